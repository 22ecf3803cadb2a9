//! Lists that are not used.

use std::collections::BTreeSet;

use super::Lint;
use crate::config::Policy;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// A list of the project that no policy file names as `lists.NAME`.
pub(super) static UNUSED_LIST: Lint = Lint {
    name: "unused-list",
    code: &codes::UNUSED_LIST,
    doc: "A list that no rule, definition, parameter or allowlist entry names.",
    run: |policy, _| {
        let named = named(policy);
        let unused = policy
            .list_spans
            .iter()
            .filter(|(id, span)| !named.contains(id.as_str()) && !policy.is_builtin(span.file));
        let problems = unused.map(|(id, &span)| {
            Diagnostic::warning(&codes::UNUSED_LIST, format!("nothing uses the list `{id}`"))
                .at(span, "")
                .help(format!("name it as `lists.{id}` in a rule, or delete it"))
        });
        problems.collect()
    },
};

/// Every `NAME` in a `lists.NAME` anywhere in the policy files.
fn named(policy: &Policy) -> BTreeSet<&str> {
    const BEFORE: &str = "lists.";
    let mut names = BTreeSet::new();
    for (_, file) in policy.sources.iter() {
        for (at, _) in file.text.match_indices(BEFORE) {
            let rest = &file.text[at + BEFORE.len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            names.insert(&rest[..end.unwrap_or(rest.len())]);
        }
    }
    names
}
