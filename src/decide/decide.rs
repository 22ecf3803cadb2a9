//! The questions about conditions.

use super::formula::Formula;
use super::key::key;
use super::search::{Found, Search};
use super::structure;
use super::want::Want;
use super::witness::Witness;
use crate::expr::Expr;
use crate::expr::ir::{Ir, Op};
use crate::value::RecordKind;

/// The answer to a question about conditions.
#[derive(Debug)]
pub enum Answer {
    /// It holds for every record.
    Yes,
    /// It does not hold for this record, which was evaluated. The parts of the record are chosen
    /// independently of each other, so a provider may never write such a record.
    No(Box<Witness>),
    /// Neither was shown.
    Undecided,
}

/// A condition, prepared for questions.
#[derive(Debug)]
pub struct Condition<'e> {
    expr: &'e Expr,
    formula: Formula,
    on: RecordKind,
}

impl<'e> Condition<'e> {
    /// Prepares a condition over records of this kind.
    pub fn new(expr: &'e Expr, on: RecordKind) -> Self {
        Self { expr, formula: Formula::of(expr.ir()), on }
    }

    fn is_true(&self, witness: &Witness) -> bool {
        self.expr.test(&witness.bindings()) == Ok(true)
    }
}

/// Whether two expressions compute the same: they have the same parts, however they are written.
/// Expressions that are not the same may still have equal values.
pub fn same(a: &Expr, b: &Expr) -> bool {
    key(a.ir()) == key(b.ir())
}

/// The condition that both conditions hold.
pub fn both(a: &Expr, b: &Expr) -> Expr {
    let parts = vec![a.ir().clone(), b.ir().clone()];
    Expr::of_part(&Ir { op: Op::And(parts), ..a.ir().clone() })
}

/// Whether a condition is true for no record.
pub fn never_true(condition: &Condition<'_>) -> Answer {
    answer(condition.on, vec![(&condition.formula, Want::True)], &|witness| {
        condition.is_true(witness)
    })
}

/// Whether a condition is true for every record. A failed evaluation is not true.
pub fn always_true(condition: &Condition<'_>) -> Answer {
    answer(condition.on, vec![(&condition.formula, Want::NotTrue)], &|witness| {
        !condition.is_true(witness)
    })
}

/// Whether `b` is true for every record for which `a` is true. The conditions must be over the same
/// kind of record.
pub fn implies(a: &Condition<'_>, b: &Condition<'_>) -> Answer {
    if a.on != b.on {
        return Answer::Undecided;
    }
    if structure::implies(a.expr.ir(), b.expr.ir()) {
        return Answer::Yes;
    }
    let wanted = vec![(&b.formula, Want::NotTrue), (&a.formula, Want::True)];
    answer(a.on, wanted, &|witness| a.is_true(witness) && !b.is_true(witness))
}

/// Whether no record has all the wanted results.
fn answer(
    on: RecordKind,
    wanted: Vec<(&Formula, Want)>,
    confirms: &dyn Fn(&Witness) -> bool,
) -> Answer {
    match Search::new(on, confirms).find(wanted) {
        Found::Impossible => Answer::Yes,
        Found::Possible(witness) => Answer::No(witness),
        Found::Undecided => Answer::Undecided,
    }
}
