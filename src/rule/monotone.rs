//! Whether adding matches can only change a condition over measures from false to true.
//!
//! An allowlist entry removes matches from the counted ones. This never adds a finding if fewer
//! matches can only make the condition false. A condition that is not recognised here is treated as
//! not monotone. That is safe: an entry then hides a finding only if it covers all of its matches.

use super::construct::{Measure, MeasureKind};
use crate::expr::Expr;
use crate::expr::ir::{Comparison, Ir, Op};

/// How a value changes when a match is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moves {
    /// It does not change.
    Never,
    /// It increases or stays; a condition becomes or stays true.
    Up,
    /// It decreases or stays; a condition becomes or stays false.
    Down,
    /// It may change either way.
    Anyhow,
}

/// Whether a condition over these measures stays true when matches are added, once it is true.
pub(super) fn is_monotone(condition: &Expr, measures: &[Measure]) -> bool {
    matches!(of(condition.ir(), measures), Moves::Never | Moves::Up)
}

fn of(ir: &Ir, measures: &[Measure]) -> Moves {
    match &ir.op {
        Op::Const(_) | Op::Now => Moves::Never,
        Op::Measure(slot) => match measures.get(*slot).map(|measure| measure.kind) {
            Some(MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Max) => Moves::Up,
            Some(MeasureKind::Min) => Moves::Down,
            // An added value may be negative, or change the values that are shown.
            Some(MeasureKind::Sum | MeasureKind::Values | MeasureKind::Step) | None => {
                Moves::Anyhow
            }
        },
        Op::And(parts) | Op::Or(parts) => {
            parts.iter().fold(Moves::Never, |all, part| together(all, of(part, measures)))
        }
        // If a value of the operand can be missing, its negation can change either way.
        Op::Not(part) if !reads_nullable(part) => back(of(part, measures)),
        Op::Compare(Comparison::Gt | Comparison::Ge, a, b) => compare(a, b, measures),
        Op::Compare(Comparison::Lt | Comparison::Le, a, b) => compare(b, a, measures),
        Op::Has(part) if matches!(part.op, Op::Measure(_)) => Moves::Up,
        _ => Moves::Anyhow,
    }
}

/// How `large >= small` changes. The comparison is false while an operand is missing, so an operand
/// that becomes present can make it true. A comparison of nullable operands that otherwise only
/// becomes false can thus change either way.
fn compare(large: &Ir, small: &Ir, measures: &[Measure]) -> Moves {
    let moves = together(of(large, measures), back(of(small, measures)));
    match moves {
        Moves::Down if large.nullable || small.nullable => Moves::Anyhow,
        moves => moves,
    }
}

fn reads_nullable(ir: &Ir) -> bool {
    let mut nullable = false;
    ir.walk(&mut |node| nullable |= node.nullable);
    nullable
}

fn back(moves: Moves) -> Moves {
    match moves {
        Moves::Up => Moves::Down,
        Moves::Down => Moves::Up,
        other => other,
    }
}

fn together(a: Moves, b: Moves) -> Moves {
    match (a, b) {
        (Moves::Never, other) | (other, Moves::Never) => other,
        (a, b) if a == b => a,
        _ => Moves::Anyhow,
    }
}
