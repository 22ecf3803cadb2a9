//! `??`, `if` and `switch`.

use super::super::ast::{At, Node, Switch, Syntax};
use super::super::ir::{self, Ir, Op};
use super::types::{comparable, unify};
use super::{Checked, Checker, Reported};
use crate::diag::Diagnostic;
use crate::diag::codes::expr as codes;
use crate::value::{Type, Value};

impl Checker<'_> {
    pub(super) fn coalesce(&mut self, at: At, operands: &[Node]) -> Checked {
        let parts = self.all(operands)?;
        let ty = self.common("`??`", &parts)?;
        let nullable = parts.iter().all(|part| part.nullable);
        Ok(self.node(at, Op::Coalesce(parts), ty, nullable))
    }

    fn common(&mut self, what: &str, parts: &[Ir]) -> Result<Type, Reported> {
        let mut ty = Type::Missing;
        for part in parts {
            let Some(both) = unify(ty, part.ty) else {
                let message =
                    format!("{what} has results of type {ty} and {}, which differ", part.ty);
                let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
                    .at(part.span, format!("this is {}", part.ty));
                return Err(self.report(diagnostic));
            };
            ty = both;
            if let (Type::Enum(def), Some(Value::Str(text))) = (ty, part.constant()) {
                let text = text.clone();
                self.word(def, &text, part.span)?;
            }
        }
        Ok(ty)
    }

    pub(super) fn if_else(&mut self, at: At, parts: &(Node, Node, Option<Node>)) -> Checked {
        let (condition, then, otherwise) = parts;
        let condition = self.condition(condition);
        let then = self.check(then);
        let otherwise = otherwise.as_ref().map(|node| self.check(node)).transpose();
        let (condition, then, otherwise) = (condition?, then?, otherwise?);
        let branches: Vec<Ir> = std::iter::once(&then).chain(&otherwise).cloned().collect();
        let ty = self.common("`if`", &branches)?;
        let nullable = then.nullable || otherwise.as_ref().is_none_or(|other| other.nullable);
        Ok(self.node(at, Op::If(Box::new((condition, then, otherwise))), ty, nullable))
    }

    pub(super) fn switch(&mut self, at: At, switch: &Switch) -> Checked {
        let subject = self.check(&switch.subject);
        let mut arms = Vec::new();
        let mut failed = None;
        for (guard, body) in &switch.arms {
            let guard = guard.as_ref().map(|guard| self.condition(guard)).transpose();
            match (guard, self.check(body)) {
                (Ok(guard), Ok(body)) => arms.push((guard, body)),
                (guard, body) => failed = guard.err().or(body.err()),
            }
        }
        let subject = subject?;
        if let Some(reported) = failed {
            return Err(reported);
        }
        let mut labels = Vec::new();
        for (label, arms) in &switch.labels {
            labels.push((self.label(&subject, label)?, arms.clone()));
        }
        if !switch.ranges.is_empty()
            && !matches!(subject.ty, Type::Int | Type::Untyped | Type::Missing)
        {
            let message =
                format!("`switch` over {} has a case that is a range of integers", subject.ty);
            let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
                .at(subject.span, format!("this is {}", subject.ty));
            return Err(self.report(diagnostic));
        }
        let bodies: Vec<Ir> = arms.iter().map(|(_, body)| body.clone()).collect();
        let ty = self.common("`switch`", &bodies)?;
        let nullable = switch.default.is_none() || bodies.iter().any(|body| body.nullable);
        let (ranges, default) = (switch.ranges.clone(), switch.default);
        let switch = ir::Switch { subject, arms, labels, ranges, default };
        Ok(self.node(at, Op::Switch(Box::new(switch)), ty, nullable))
    }

    /// A case of a `switch`. Rhai compares it by type and value, so a character is not equal to
    /// text.
    fn label(&mut self, subject: &Ir, label: &Syntax) -> Result<Value<'static>, Reported> {
        let (value, ty) = match label {
            Syntax::Bool(b) => (Value::Bool(*b), Type::Bool),
            Syntax::Int(i) => (Value::Int(*i), Type::Int),
            Syntax::Char(c) => (Value::Str(c.to_string().into()), Type::Char),
            Syntax::Str(text) => (Value::Str(text.clone().into()), Type::Str),
            _ => (Value::Missing, Type::Missing),
        };
        let never = (ty == Type::Char) != (subject.ty == Type::Char)
            && (ty == Type::Char || ty == Type::Str);
        if never || !comparable(subject.ty, ty) {
            let message = format!(
                "`switch` over {} has a case of type {ty}, which never matches",
                subject.ty
            );
            let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
                .at(subject.span, format!("this is {}", subject.ty));
            return Err(self.report(diagnostic));
        }
        if let (Type::Enum(def), Value::Str(text)) = (subject.ty, &value) {
            self.word(def, text, subject.span)?;
        }
        Ok(value)
    }
}
