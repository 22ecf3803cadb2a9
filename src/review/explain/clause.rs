//! A condition divided into its clauses, each of which is evaluated on its own.

use std::cmp::Reverse;

use crate::expr::ir::{Ir, Op};
use crate::expr::{Bindings, Expr};
use crate::source::Span;

/// A condition divided at `&&`, `||` and `!`.
pub(super) enum Clause {
    /// Every part must hold.
    All(Vec<Clause>, Span),
    /// One part must hold.
    Any(Vec<Clause>, Span),
    /// The part must not hold.
    Not(Box<Clause>, Span),
    /// A test.
    Test(Box<Expr>),
}

/// The result of a condition for one record, and how near it is to a wanted result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Score {
    /// The result; `None` if the evaluation fails.
    pub(super) holds: Option<bool>,
    /// The clauses that have the wanted result.
    pub(super) met: u32,
    /// The clauses that must change for the wanted result.
    pub(super) unmet: u32,
}

impl Score {
    /// Orders the nearest score first.
    pub(super) fn rank(&self) -> (u32, Reverse<u32>) {
        (self.unmet, Reverse(self.met))
    }
}

impl Clause {
    /// The clauses of a condition.
    pub(super) fn of(ir: &Ir) -> Self {
        let all = |parts: &[Ir]| parts.iter().map(Self::of).collect();
        match &ir.op {
            Op::And(parts) => Clause::All(all(parts), ir.span),
            Op::Or(parts) => Clause::Any(all(parts), ir.span),
            Op::Not(part) => Clause::Not(Box::new(Self::of(part)), ir.span),
            _ => Clause::Test(Box::new(Expr::of_part(ir))),
        }
    }

    /// Where it was written.
    pub(super) fn span(&self) -> Span {
        match self {
            Clause::All(_, span) | Clause::Any(_, span) | Clause::Not(_, span) => *span,
            Clause::Test(expr) => expr.span(),
        }
    }

    /// How near a record is to the condition having the value `wanted`. Of alternatives, the nearest
    /// counts.
    pub(super) fn score(&self, bindings: &Bindings<'_>, wanted: bool) -> Score {
        let (parts, all) = match self {
            Clause::Test(expr) => {
                let holds = expr.test(bindings).ok();
                let met = holds == Some(wanted);
                return Score { holds, met: met.into(), unmet: (!met).into() };
            }
            Clause::Not(part, _) => {
                let score = part.score(bindings, !wanted);
                return Score { holds: score.holds.map(|holds| !holds), ..score };
            }
            Clause::All(parts, _) => (parts, true),
            Clause::Any(parts, _) => (parts, false),
        };
        let scores = parts.iter().map(|part| part.score(bindings, wanted));
        // `a && b` is true if all parts are, and false if one is.
        let every = all == wanted;
        let mut total: Option<Score> = None;
        for score in scores {
            total = Some(match total {
                None => score,
                Some(total) => {
                    let holds = kleene(total.holds, score.holds, all);
                    let nearest = if score.rank() < total.rank() { score } else { total };
                    let (met, unmet) = match every {
                        true => (total.met + score.met, total.unmet + score.unmet),
                        false => (nearest.met, nearest.unmet),
                    };
                    Score { holds, met, unmet }
                }
            });
        }
        total.unwrap_or(Score { holds: Some(all), met: 0, unmet: 0 })
    }
}

/// `a && b` if `all`, otherwise `a || b`. `None` is a failure, which a decisive operand outweighs.
pub(super) fn kleene(a: Option<bool>, b: Option<bool>, all: bool) -> Option<bool> {
    let decisive = Some(!all);
    if a == decisive || b == decisive { decisive } else { a.and(b) }
}
