//! Fields compared with an empty text.

use super::equality::{equalities, field};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;
use crate::record::field::event;
use crate::value::Type;

/// `event.ak == ""`.
pub(super) static EMPTY_TEXT: ExprLint = ExprLint {
    name: "empty-text",
    code: &codes::EMPTY_TEXT,
    doc: "A field compared with `\"\"`, though a field without a value is missing and not empty.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for test in equalities(subject.ir) {
        let Some(of) = field(test.value) else { continue };
        // `event.code` has a lint of its own.
        if of == event::CODE || of.field().ty != Type::Str {
            continue;
        }
        let path = of.field().path();
        for (_, span) in test.texts().filter(|(text, _)| text.is_empty()) {
            let message = format!("`{path}` is never `\"\"`: without a value it is missing");
            let help = match of.field().nullable {
                true => format!(
                    "`!has({path})` tests whether it is missing, `has({path})` whether it has a \
                     value"
                ),
                false => format!("leave the comparison out: every record has `{path}`"),
            };
            problems.push(Diagnostic::warning(&codes::EMPTY_TEXT, message).at(span, "").help(help));
        }
    }
    problems
}
