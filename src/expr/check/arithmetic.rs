//! Arithmetic operators.

use super::super::ast::{At, Node};
use super::super::ir::{Arithmetic, Ir, Op};
use super::{Checked, Checker};
use crate::diag::Diagnostic;
use crate::diag::codes::expr as codes;
use crate::value::Type;

impl Checker<'_> {
    pub(super) fn arithmetic(
        &mut self,
        at: At,
        op: Arithmetic,
        place: At,
        left: &Node,
        right: &Node,
    ) -> Checked {
        let (a, b) = (self.check(left), self.check(right));
        let (a, b) = (a?, b?);
        let text = |ty: Type| matches!(ty, Type::Str | Type::Char | Type::Enum(_));
        let ty = match (op, a.ty, b.ty) {
            (_, Type::Int, Type::Int) => Type::Int,
            (Arithmetic::Add, a, b) if text(a) && text(b) => Type::Str,
            (Arithmetic::Sub, Type::Time, Type::Time) => Type::Duration,
            (Arithmetic::Add | Arithmetic::Sub, Type::Time, Type::Duration) => Type::Time,
            (Arithmetic::Add | Arithmetic::Sub, Type::Duration, Type::Duration) => Type::Duration,
            (Arithmetic::Add, Type::Duration, Type::Time) => Type::Time,
            _ => {
                let message = format!("`{}` between {} and {}", op.symbol(), a.ty, b.ty);
                let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message)
                    .at(self.span(place), "")
                    .at(a.span, format!("this is {}", a.ty))
                    .at(b.span, format!("this is {}", b.ty))
                    .maybe_help(help(op, &a, &b));
                return Err(self.report(diagnostic));
            }
        };
        // A text plus a missing value is the text, as in Rhai.
        let nullable =
            if ty == Type::Str { a.nullable && b.nullable } else { a.nullable || b.nullable };
        Ok(self.node(at, Op::Arithmetic(op, Box::new(a), Box::new(b)), ty, nullable))
    }

    pub(super) fn negate(&mut self, at: At, operand: &Node) -> Checked {
        let operand = self.check(operand)?;
        if !matches!(operand.ty, Type::Int) {
            let message = format!("`-` before {}", operand.ty);
            let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message)
                .at(operand.span, format!("this is {}", operand.ty));
            return Err(self.report(diagnostic));
        }
        let nullable = operand.nullable;
        Ok(self.node(at, Op::Negate(Box::new(operand)), Type::Int, nullable))
    }
}

fn help(op: Arithmetic, a: &Ir, b: &Ir) -> Option<String> {
    match (a.ty, b.ty) {
        (Type::Untyped, _) | (_, Type::Untyped) => {
            Some("convert the untyped value first, with `int(…)`, `str(…)` or `time(…)`".into())
        }
        (Type::Time, Type::Int) | (Type::Int, Type::Time) => {
            Some("a length of time is `days(n)` or `hours(n)`".into())
        }
        (Type::Str, _) | (_, Type::Str) if op == Arithmetic::Add => {
            Some("put values into a text with `` `…${value}…` ``".into())
        }
        _ => None,
    }
}
