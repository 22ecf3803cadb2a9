//! `each: LIST` in place of an expression: every item counts.

use super::loader::{Loader, SubjectParts};
use crate::diag::Diagnostic;
use crate::diag::codes::rule as codes;
use crate::expr::{Declarations, Expected, Expr};
use crate::source::Fragment;
use crate::value::{Elem, Type};
use crate::yaml::Node;

/// The text of an expression, and whether it is a list whose items count one by one.
pub(super) fn value_or_each(node: &Node) -> Option<(&Fragment, bool)> {
    match node.get("each") {
        Some(each) => Some((&each.scalar()?.fragment, true)),
        None => Some((&node.scalar()?.fragment, false)),
    }
}

impl<'a> Loader<'a> {
    /// The subject as written.
    pub(super) fn subject(
        &mut self,
        by: &'a Node,
        declarations: &Declarations<'_>,
    ) -> SubjectParts {
        let mut parts = SubjectParts { by: Vec::new(), each: None };
        for (source, each) in by.items().iter().filter_map(value_or_each) {
            let Some(expr) = self.compile(source, Expected::Anything, declarations) else {
                continue;
            };
            if each && self.has_items(&expr) {
                if parts.each.is_some() {
                    let message = "a subject has at most one `each`";
                    self.diagnostics.push(
                        Diagnostic::error(&codes::EACH, message).at(expr.span(), "the second"),
                    );
                }
                parts.each = Some(parts.by.len());
            }
            parts.by.push((source.text.trim().to_owned(), expr));
        }
        parts
    }

    /// Whether the operand of `each` can have items; reports it if not.
    pub(super) fn has_items(&mut self, operand: &Expr) -> bool {
        let help = match operand.ty() {
            Type::List(Elem::Record(_)) => "name a field of each, as in `.map(|k| k.id)`",
            Type::List(_) | Type::Untyped | Type::Missing => return true,
            _ => "write the expression without `each`",
        };
        let message = format!("`each` takes a list, not {}", operand.ty());
        self.diagnostics.push(
            Diagnostic::error(&codes::EACH, message).at(operand.span(), "no list").help(help),
        );
        false
    }
}
