//! A condition as a formula over literals.

use std::rc::Rc;

use super::literal::{Literal, can_fail};
use crate::expr::ir::{Ir, Op};
use crate::value::{Type, Value};

/// A condition as a formula.
#[derive(Debug, Clone)]
pub(super) enum Formula {
    Constant(bool),
    /// Every operand holds (if the flag is set), or one of them.
    Joined(Vec<Formula>, bool),
    Not(Box<Formula>),
    Literal(Rc<Literal>),
}

impl Formula {
    /// The formula of a condition.
    pub(super) fn of(ir: &Ir) -> Self {
        let all = |parts: &[Ir]| parts.iter().map(Self::of).collect();
        match &ir.op {
            Op::Const(Value::Bool(value)) => Formula::Constant(*value),
            Op::And(parts) => Formula::Joined(all(parts), true),
            Op::Or(parts) => Formula::Joined(all(parts), false),
            Op::Not(part) => Formula::Not(Box::new(Self::of(part))),
            Op::If(parts) if ir.ty == Type::Bool && !ir.nullable && !can_fail(&parts.0) => {
                let (condition, then, otherwise) = &**parts;
                let Some(otherwise) = otherwise else { return Self::literal(ir) };
                let condition = Self::of(condition);
                let not = Formula::Not(Box::new(condition.clone()));
                let then = Formula::Joined(vec![condition, Self::of(then)], true);
                let otherwise = Formula::Joined(vec![not, Self::of(otherwise)], true);
                Formula::Joined(vec![then, otherwise], false)
            }
            _ => Self::literal(ir),
        }
    }

    fn literal(ir: &Ir) -> Self {
        Formula::Literal(Rc::new(Literal::new(ir)))
    }
}
