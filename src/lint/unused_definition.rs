//! Definitions that are not used.

use super::Lint;
use super::words::words;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// A definition of the project that no expression names.
pub(super) static UNUSED_DEFINITION: Lint = Lint {
    name: "unused-definition",
    code: &codes::UNUSED_DEFINITION,
    doc: "A definition that no expression names.",
    run: |policy, _| {
        let mut problems = Vec::new();
        for (name, definition) in &policy.definitions {
            let span = definition.source.locate(0, definition.source.text.len());
            if policy.is_builtin(span.file) {
                continue;
            }
            // Built-in expressions cannot name it. Its own key names it once.
            let own = policy.sources.iter().filter(|(file, _)| !policy.is_builtin(*file));
            let uses = own.map(|(_, file)| words(&file.text, name)).sum::<usize>();
            if uses <= 1 {
                problems.push(
                    Diagnostic::warning(
                        &codes::UNUSED_DEFINITION,
                        format!("nothing uses the definition `{name}`"),
                    )
                    .at(span, "")
                    .help(format!("name it as `{name}` in an expression, or delete it")),
                );
            }
        }
        problems
    },
};
