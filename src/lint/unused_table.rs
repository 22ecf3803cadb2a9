//! Tables that are not used.

use super::Lint;
use crate::config::Policy;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::record::reference;

/// A table of the project that no expression names.
pub(super) static UNUSED_TABLE: Lint = Lint {
    name: "unused-table",
    code: &codes::UNUSED_TABLE,
    doc: "A table that no expression looks anything up in.",
    run: |policy, _| {
        let own = policy.table_spans.iter().filter(|(_, span)| !policy.is_builtin(span.file));
        let unused = own.filter(|(id, _)| !is_named(policy, id));
        let problems = unused.map(|(id, &span)| {
            Diagnostic::warning(&codes::UNUSED_TABLE, format!("nothing uses the table `{id}`"))
                .at(span, "")
                .help(format!("read it with `lookup(\"{id}\", key)`, or delete it"))
        });
        problems.collect()
    },
};

/// Whether an expression names a table, which is a text in quotes there.
fn is_named(policy: &Policy, id: &str) -> bool {
    let names = [format!("\"{id}\""), format!("`{id}`")];
    // Records get fields from these without an expression.
    if reference::TABLES.contains(&id) {
        return true;
    }
    let mut files = policy.sources.iter().filter(|(file, _)| !policy.is_builtin(*file));
    files.any(|(file, text)| {
        // The declaration itself may write the id in quotes.
        let own = policy.table_spans.get(id).is_some_and(|span| span.file == file);
        !own && names.iter().any(|name| text.text.contains(name))
    })
}
