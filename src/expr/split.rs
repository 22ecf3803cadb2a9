//! Expressions over several records: the records of the steps of a sequence.
//!
//! The records of different steps are never available together. So everything that one record
//! decides is evaluated with that record, and the rest is an expression over the values.

use super::compile::Expr;
use super::ir::{Ir, Op};
use crate::value::{Elem, Type};

/// A part of an expression that the record of one step decides.
#[derive(Debug)]
pub struct Part {
    /// The step; `None` for the record of the expression itself.
    pub step: Option<usize>,
    /// The part as an expression over the record of the step.
    pub expr: Expr,
    /// Whether the part is a whole placeholder of a template.
    pub whole: bool,
}

impl Expr {
    /// Whether it names the record of another step.
    pub fn names_steps(&self) -> bool {
        names_steps(self.ir())
    }

    /// The expression with each part that one record decides replaced by a measure, whose slot
    /// `slot` returns. In a template, only the placeholders that name a step are changed.
    #[must_use]
    pub fn over_values(&self, slot: &mut dyn FnMut(Part) -> usize) -> Self {
        let ir = match &self.ir().op {
            Op::Template(_) if self.is_template() => self.ir().map_children(&mut |part| {
                if names_steps(part) { over_values(part, true, slot) } else { part.clone() }
            }),
            _ => over_values(self.ir(), false, slot),
        };
        Self::of_ir(ir, self.is_template())
    }
}

fn names_steps(ir: &Ir) -> bool {
    let mut names = false;
    ir.walk(&mut |node| names |= matches!(node.op, Op::OfStep(..)));
    names
}

fn over_values(ir: &Ir, whole: bool, slot: &mut dyn FnMut(Part) -> usize) -> Ir {
    match owner(ir) {
        Owner::None => ir.clone(),
        Owner::One(step) if is_value(ir) => {
            let expr = Expr::of_ir(of_record(ir), false);
            let slot = slot(Part { step, expr, whole });
            Ir { op: Op::Measure(slot), ..ir.clone() }
        }
        _ => ir.map_children(&mut |part| over_values(part, false, slot)),
    }
}

/// Whose record decides a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// It reads no record.
    None,
    One(Option<usize>),
    Several,
}

fn owner(ir: &Ir) -> Owner {
    match ir.op {
        Op::OfStep(step, ..) => return Owner::One(Some(step)),
        Op::Field(_) | Op::Row(_) => return Owner::One(None),
        _ => {}
    }
    // The reports belong to the record that looks them up.
    let own = match ir.op {
        Op::Report(..) => Owner::One(None),
        _ => Owner::None,
    };
    let of_children = ir.children().into_iter().map(owner).fold(Owner::None, |a, b| match (a, b) {
        (Owner::None, other) | (other, Owner::None) => other,
        (a, b) if a == b => a,
        _ => Owner::Several,
    });
    match of_children {
        Owner::None => own,
        of => of,
    }
}

/// Whether a part can be evaluated alone: it is not a row and does not depend on the parameter of a
/// closure around it.
fn is_value(ir: &Ir) -> bool {
    let row = matches!(ir.ty, Type::Record(_) | Type::Row | Type::List(Elem::Record(_)));
    !row && !depends(ir, 0)
}

/// Whether a part reads a parameter of a closure around it. `inside` is the number of closures of
/// the part itself.
fn depends(ir: &Ir, inside: usize) -> bool {
    match &ir.op {
        Op::Local(depth, _) => *depth >= inside,
        Op::Each(_, list, body) => depends(list, inside) || depends(body, inside + 1),
        _ => ir.children().into_iter().any(|part| depends(part, inside)),
    }
}

/// A part that reads the record of its step as its own record.
fn of_record(ir: &Ir) -> Ir {
    match &ir.op {
        Op::OfStep(.., part) => (**part).clone(),
        _ => ir.map_children(&mut of_record),
    }
}
