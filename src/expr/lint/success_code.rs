//! Error codes of calls that succeeded.

use super::equality::{equalities, field};
use super::expr_lint::{ExprLint, Subject};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::record::field::event;

/// `event.code == "success"`.
pub(super) static SUCCESS_CODE: ExprLint = ExprLint {
    name: "success-code",
    code: &codes::SUCCESS_CODE,
    doc: "`event.code` compared with a word for success, though a call that succeeded has no code.",
    run,
};

/// Words that people expect as the code of a call that succeeded, in lower case.
const SUCCESS: [&str; 9] =
    ["", "success", "succeeded", "successful", "ok", "none", "null", "0", "200"];

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for test in equalities(subject.ir) {
        if field(test.value) != Some(event::CODE) {
            continue;
        }
        for (text, span) in test.texts() {
            if !SUCCESS.contains(&text.to_ascii_lowercase().as_str()) {
                continue;
            }
            let message = format!(
                "`event.code` is never `\"{}\"`: it is missing if the call succeeded",
                escaped(text, 60)
            );
            problems.push(
                Diagnostic::warning(&codes::SUCCESS_CODE, message).at(span, "").help(
                    "write `event.ok == true`, or `event.ok == false` for a call that failed",
                ),
            );
        }
    }
    problems
}
