//! Why a rule is tried on every record.

use super::key::{asks, field_of, keys};
use crate::expr::ir::{Comparison, Ir, Op};
use crate::value::{RecordKind, Type, Value};

/// The part of a condition that keeps the rule from being looked up, and what about it does: a
/// clause that goes on where the part ends.
pub(super) fn obstacle(ir: &Ir, kind: RecordKind) -> (&Ir, &'static str) {
    let inner = match &ir.op {
        // Any operand would do, so the first is as good as another.
        Op::And(parts) => parts.first(),
        Op::Or(parts) => parts.iter().find(|part| keys(part, kind).is_none()),
        _ => None,
    };
    match inner {
        Some(part) => obstacle(part, kind),
        None => (ir, what(ir, kind)),
    }
}

fn what(test: &Ir, kind: RecordKind) -> &'static str {
    if let Some((value, shows)) = asks(test)
        && (shows.is_some() || field_of(value, kind).is_none())
    {
        return of_value(value);
    }
    match &test.op {
        Op::Const(Value::Bool(true)) => "holds for every record",
        Op::Not(_) | Op::Compare(Comparison::Ne, ..) => "is a negation, which most values meet",
        Op::Compare(Comparison::Eq, a, b)
            if [a, b].iter().all(|side| side.constant().is_none()) =>
        {
            "compares two values of the record"
        }
        Op::Compare(Comparison::Eq, ..) | Op::InSet(..) => "holds where the value is missing",
        Op::Compare(..) | Op::InRange(..) => "asks for an order, not for known values",
        Op::Has(part) if matches!(part.op, Op::Lookup(..) | Op::Report(..)) => "asks a table",
        Op::Has(_) => "holds for any value",
        Op::Each(..) => "looks into a list",
        Op::Call(_) | Op::In(..) => "asks for no known text",
        Op::If(_) | Op::Switch(_) => "chooses between conditions",
        _ => "asks no field for known values",
    }
}

fn of_value(value: &Ir) -> &'static str {
    match &value.op {
        Op::Field(_) if value.ty == Type::Untyped => "asks untyped JSON, not a field",
        Op::Field(_) if matches!(value.ty, Type::Time | Type::List(_)) => {
            "asks a time or a list, by which nothing is looked up"
        }
        Op::Field(_) | Op::Row(_) => "asks a row that is joined to the record",
        Op::Path(..) | Op::Index(..) => "asks untyped JSON, not a field",
        Op::Cell(..) | Op::Lookup(..) | Op::Report(..) => "asks a table",
        _ => "asks a value that is made from the record, not a field itself",
    }
}
