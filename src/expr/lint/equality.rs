//! Tests for equality with constants, which several lints inspect.

use super::super::ir::{Comparison, Ir, Op};
use crate::record::FieldId;
use crate::source::Span;
use crate::value::Value;

/// A test of a value for equality with constants, `==`, `!=` or `in [..]`.
pub(super) struct Equality<'e> {
    /// The value.
    pub(super) value: &'e Ir,
    /// The constants, each with the place to point at.
    pub(super) constants: Vec<(&'e Value<'static>, Span)>,
    /// Whether it is a list.
    pub(super) list: bool,
}

/// Every test for equality with constants, in the order of the expression.
pub(super) fn equalities<'e>(ir: &'e Ir) -> Vec<Equality<'e>> {
    let mut found = Vec::new();
    ir.walk(&mut |node| match &node.op {
        Op::Compare(Comparison::Eq | Comparison::Ne, a, b) => {
            for (value, constant) in [(a, b), (b, a)] {
                if let (None, Some(of)) = (value.constant(), constant.constant()) {
                    let constants = vec![(of, constant.span)];
                    found.push(Equality { value, constants, list: false });
                }
            }
        }
        Op::InSet(value, set) => {
            let constants = set.values().iter().map(|of| (of, node.span)).collect();
            found.push(Equality { value, constants, list: true });
        }
        _ => {}
    });
    found
}

impl Equality<'_> {
    /// The texts among the constants.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, Span)> {
        self.constants.iter().filter_map(|(of, span)| Some((of.as_str()?, *span)))
    }
}

/// The field that a node reads.
pub(super) fn field(ir: &Ir) -> Option<FieldId> {
    match ir.op {
        Op::Field(id) | Op::Member(_, id, _) => Some(id),
        _ => None,
    }
}
