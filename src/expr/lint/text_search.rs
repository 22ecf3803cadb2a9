//! `in` on a text that is written out.

use super::super::ir::Op;
use super::expr_lint::{ExprLint, Subject};
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::value::Value;

/// `event.api in "CreateUser"`.
pub(super) static TEXT_SEARCH: ExprLint = ExprLint {
    name: "text-search",
    code: &codes::TEXT_SEARCH,
    doc: "A value searched in a text that is written out, where a list was probably meant.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    subject.ir.walk(&mut |node| {
        if let Op::In(needle, haystack) = &node.op
            && needle.constant().is_none()
            && let Some(Value::Str(text)) = haystack.constant()
        {
            let written = escaped(text, 60);
            let message = format!("`in` searches for a part of the text `{written}`");
            problems.push(
                Diagnostic::warning(&codes::TEXT_SEARCH, message)
                    .at(haystack.span, "")
                    .help(format!("write a list, `in [\"{written}\"]`, or compare with `==`")),
            );
        }
    });
    problems
}
