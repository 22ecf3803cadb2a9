//! Whether a condition over measures only becomes true as matches are added.
//!
//! An allowlist entry takes matches out of what is counted. That can never add a finding as long
//! as fewer matches can only make the condition false. What is not recognised here counts as not
//! growing, which is safe: then an entry hides a finding only when it covers all of it.

use super::construct::{Measure, MeasureKind};
use crate::expr::Expr;
use crate::expr::ir::{Comparison, Ir, Op};

/// How a value moves when a match is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moves {
    /// Not at all.
    Never,
    /// It grows or stays; a condition becomes or stays true.
    Up,
    /// It shrinks or stays; a condition becomes or stays false.
    Down,
    /// Either way.
    Anyhow,
}

/// Whether a condition over these measures, once true, stays true when matches are added.
pub(super) fn is_monotone(condition: &Expr, measures: &[Measure]) -> bool {
    matches!(of(condition.ir(), measures), Moves::Never | Moves::Up)
}

fn of(ir: &Ir, measures: &[Measure]) -> Moves {
    match &ir.op {
        Op::Const(_) | Op::Now => Moves::Never,
        Op::Measure(slot) => match measures.get(*slot).map(|measure| measure.kind) {
            Some(MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Max) => Moves::Up,
            Some(MeasureKind::Min) => Moves::Down,
            // What is added may be negative.
            Some(MeasureKind::Sum) | None => Moves::Anyhow,
        },
        Op::And(parts) | Op::Or(parts) => {
            parts.iter().fold(Moves::Never, |all, part| together(all, of(part, measures)))
        }
        // A value that appears moves a negated test of it both ways.
        Op::Not(part) if !reads_nullable(part) => back(of(part, measures)),
        Op::Compare(Comparison::Gt | Comparison::Ge, a, b) => compare(a, b, measures),
        Op::Compare(Comparison::Lt | Comparison::Le, a, b) => compare(b, a, measures),
        Op::Has(part) if matches!(part.op, Op::Measure(_)) => Moves::Up,
        _ => Moves::Anyhow,
    }
}

/// How `large >= small` moves. It is false while a side is missing, and a value that appears only
/// makes it true when no other side can have made it so before.
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
