//! A test that is not divided further.

use super::key::key;
use super::shape::{Shape, value_of};
use crate::expr::ir::{Ir, Op};
use crate::expr::{Bindings, EvalError, Expr};
use crate::value::{Time, Type, Value};

/// A test of the record.
#[derive(Debug)]
pub(super) struct Literal {
    /// Identifies what it computes.
    pub(super) key: String,
    /// Whether it can fail.
    pub(super) fails: bool,
    /// The one value that it reads, if it reads exactly one.
    pub(super) of: Option<OneValue>,
}

/// The one value that a test reads, and the test of it.
#[derive(Debug)]
pub(super) struct OneValue {
    /// Identifies the value.
    pub(super) key: String,
    /// The expression of the value.
    pub(super) ir: Ir,
    /// Whether computing the value can fail.
    pub(super) fails: bool,
    /// What the test compares the value with.
    pub(super) shape: Shape,
    /// The test, with the value as its first measure.
    test: Expr,
}

impl Literal {
    pub(super) fn new(ir: &Ir) -> Self {
        let of = value_of(ir).map(|(value, shape)| OneValue {
            key: key(value),
            ir: value.clone(),
            fails: can_fail(value),
            shape,
            test: Expr::of_part(&with_measure(ir, value)),
        });
        Self { key: key(ir), fails: can_fail(ir), of }
    }
}

impl OneValue {
    /// The result of the test if the value is this one.
    pub(super) fn test(&self, value: &Value<'_>) -> Result<bool, EvalError> {
        let measures = [value.borrow()];
        let none = Bindings::none(Time(0));
        self.test.test(&Bindings { measures: &measures, ..none })
    }
}

/// The test with the value that it reads replaced by the first measure.
fn with_measure(test: &Ir, value: &Ir) -> Ir {
    if std::ptr::eq(test, value) {
        return Ir { op: Op::Measure(0), ..test.clone() };
    }
    let mut replaced = false;
    test.map_children(&mut |part| match !replaced && part.id == value.id && same(part, value) {
        true => {
            replaced = true;
            Ir { op: Op::Measure(0), ..part.clone() }
        }
        false => part.clone(),
    })
}

fn same(a: &Ir, b: &Ir) -> bool {
    a.span == b.span && a.ty == b.ty
}

/// Whether evaluating an expression can fail for some record.
pub(super) fn can_fail(ir: &Ir) -> bool {
    let mut fails = false;
    ir.walk(&mut |node| {
        let arithmetic = matches!(node.op, Op::Arithmetic(..) | Op::Negate(_));
        // A part of a record can be ambiguous if an export changed the case of its keys.
        let part = matches!(node.op, Op::Path(..) | Op::Index(..) | Op::Each(..) | Op::In(..));
        let computed = matches!(node.op, Op::Call(_)) && node.ty != Type::Bool;
        fails |= arithmetic || part || computed || node.ty == Type::Untyped;
    });
    fails
}
