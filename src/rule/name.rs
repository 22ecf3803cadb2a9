//! Names that expressions use: parameters, lists and definitions.

use crate::diag::codes::{policy, rule as codes};
use crate::diag::{Diagnostic, escaped};
use crate::expr;
use crate::yaml::Scalar;

/// The error for the name of a parameter or list, which expressions write after a `.`.
pub(super) fn member(name: &Scalar, what: &str) -> Option<Diagnostic> {
    let text = name.text();
    let written = escaped(text, 60);
    let mut chars = text.chars();
    let well_formed = chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !well_formed {
        let message = format!("`{written}` cannot be the name of a {what}");
        return Some(
            Diagnostic::error(&policy::INVALID_VALUE, message)
                .at(name.span(), "expected lower-case letters, digits and `_`"),
        );
    }
    expr::is_keyword(text).then(|| {
        Diagnostic::error(
            &codes::RESERVED_NAME,
            format!("`{written}` is a reserved word of the expression language"),
        )
        .at(name.span(), "this name is reserved")
        .help(format!("choose another name, like `{written}_`"))
    })
}

/// The error for the name of a definition or measure, which expressions write by itself.
pub(super) fn alone(name: &Scalar, what: &str) -> Option<Diagnostic> {
    member(name, what).or_else(|| {
        expr::is_reserved(name.text()).then(|| {
            let message = format!("`{}` already has a meaning in expressions", name.text());
            Diagnostic::error(&codes::RESERVED_NAME, message)
                .at(name.span(), "this name is reserved")
        })
    })
}
