//! Access keys that were copied in masked form from a report.

use super::equality::{equalities, field};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::record::FieldId;
use crate::record::field::{event, key};
use crate::value::is_masked;

/// A key compared with a masked key, which never equals a key.
pub(super) static MASKED_KEY: ExprLint = ExprLint {
    name: "masked-key",
    code: &codes::MASKED_KEY,
    doc: "An access key compared with a masked one, which never equals a key.",
    run,
};

/// Fields that contain the id of a key.
pub(super) const KEYS: [FieldId; 3] = [event::AK, event::ACTOR, key::ID];

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for test in equalities(subject.ir) {
        if !field(test.value).is_some_and(|of| KEYS.contains(&of)) {
            continue;
        }
        for (text, span) in test.texts().filter(|(text, _)| is_masked(text)) {
            let message =
                format!("`{}` is a masked access key, which never equals a key", escaped(text, 60));
            problems.push(
                Diagnostic::warning(&codes::MASKED_KEY, message)
                    .at(span, "")
                    .help("copy the whole key from a scan or query with `--show-keys`"),
            );
        }
    }
    problems
}
