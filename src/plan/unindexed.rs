//! The reason why a condition is not indexed.

use super::key::{field_of, keys, requirements_of};
use crate::expr::ir::{Comparison, Ir, Op};
use crate::value::{RecordKind, Type, Value};

/// The part of a condition that prevents an index lookup, and the reason: a clause whose subject is
/// that part.
pub(super) fn unindexed_reason(ir: &Ir, kind: RecordKind) -> (&Ir, &'static str) {
    let inner = match &ir.op {
        // Any operand could be indexed, so the reason of the first is reported.
        Op::And(parts) => parts.first(),
        Op::Or(parts) => parts.iter().find(|part| keys(part, kind).is_none()),
        _ => None,
    };
    match inner {
        Some(part) => unindexed_reason(part, kind),
        None => (ir, what(ir, kind)),
    }
}

fn what(test: &Ir, kind: RecordKind) -> &'static str {
    if let Some((value, shows)) = requirements_of(test)
        && (shows.is_some() || field_of(value, kind).is_none())
    {
        return of_value(value);
    }
    match &test.op {
        Op::Const(Value::Bool(true)) => "is true for every record",
        Op::Not(_) | Op::Compare(Comparison::Ne, ..) => "is a negation, which most records satisfy",
        Op::Compare(Comparison::Eq, a, b)
            if [a, b].iter().all(|side| side.constant().is_none()) =>
        {
            "compares two values of the record"
        }
        Op::Compare(Comparison::Eq, ..) | Op::InSet(..) => "is true if the value is missing",
        Op::Compare(..) | Op::InRange(..) => "is an ordering test, which is not indexed",
        Op::Has(part) if matches!(part.op, Op::Lookup(..) | Op::Report(..)) => {
            "tests a table, which is not indexed"
        }
        Op::Has(_) => "is true for any value",
        Op::Each(..) => "tests the items of a list, which are not indexed",
        Op::Call(_) | Op::In(..) => "does not test for constant text",
        Op::If(_) | Op::Switch(_) => "chooses between conditions, which is not indexed",
        _ => "does not test a field for constant values",
    }
}

fn of_value(value: &Ir) -> &'static str {
    match &value.op {
        Op::Field(_) if value.ty == Type::Untyped => "tests untyped JSON, which is not indexed",
        Op::Field(_) if matches!(value.ty, Type::Time | Type::List(_)) => {
            "tests a time or list field, which is not indexed"
        }
        Op::Field(_) | Op::Row(_) => "tests a joined report, which is not indexed",
        Op::Path(..) | Op::Index(..) => "tests untyped JSON, which is not indexed",
        Op::Cell(..) | Op::Lookup(..) | Op::Report(..) => "tests a table, which is not indexed",
        _ => "tests a computed value, which is not indexed",
    }
}
