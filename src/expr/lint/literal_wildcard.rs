//! `*` where it is literal.

use super::equality::{equalities, field};
use super::expr_lint::{ExprLint, Subject};
use super::masked_key::KEYS;
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::value::{Type, is_masked};

/// A field compared with a text that looks like a pattern.
pub(super) static LITERAL_WILDCARD: ExprLint = ExprLint {
    name: "literal-wildcard",
    code: &codes::LITERAL_WILDCARD,
    doc: "A field compared with a text that contains `*`, which `==` and `in [..]` take literally.",
    run,
};

fn run(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for test in equalities(subject.ir) {
        // In raw values, `*` is common: policies write it for every resource.
        let Some(of) = field(test.value).filter(|of| of.field().ty == Type::Str) else { continue };
        let path = of.field().path();
        // A masked key is another mistake.
        let masked = |text: &str| KEYS.contains(&of) && is_masked(text);
        let pattern = |text: &str| text.len() > 1 && text.contains('*') && !masked(text);
        for (text, span) in test.texts().filter(|(text, _)| pattern(text)) {
            let written = escaped(text, 60);
            let operator = if test.list { "in [..]" } else { "==" };
            let message =
                format!("`{operator}` compares with `{written}` literally, including the `*`");
            let help = match test.list {
                true => format!("write `{path}.like_any([..])`"),
                false => format!("write `{path}.like(\"{written}\")`"),
            };
            problems.push(
                Diagnostic::warning(&codes::LITERAL_WILDCARD, message).at(span, "").help(help),
            );
            if test.list {
                break;
            }
        }
    }
    problems
}
