//! Derives from a condition the field values that a matching record must have.

use super::field_value::{Requirement, Shows};
use super::selectivity::{of_key, of_keys};
use crate::expr::ir::{Call, Comparison, Ir, Op};
use crate::expr::{Constant, Required};
use crate::record::FieldId;
use crate::table::List;
use crate::value::{RecordKind, Type, Value};

/// Conditions of which at least one must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Requirements {
    pub(super) any_of: Vec<Requirement>,
    /// The share of records that are expected to meet one of them; only compared.
    cost: f64,
}

/// The requirements of which one must be met, or the expression is false. `None` if there is no
/// such requirement on an indexed field.
///
/// If a record meets none, the expression is false and never an error: `&&` is false if one operand
/// is false, whatever the others are. So a skipped rule could not have failed either.
pub(super) fn keys(ir: &Ir, kind: RecordKind) -> Option<Requirements> {
    match &ir.op {
        Op::Const(Value::Bool(false)) => Some(Requirements::default()),
        Op::And(parts) => parts
            .iter()
            .filter_map(|part| keys(part, kind))
            .min_by(|a, b| a.cost.total_cmp(&b.cost)),
        Op::Or(parts) => {
            let mut all = Requirements::default();
            for part in parts {
                let part = keys(part, kind)?;
                all.any_of.extend(part.any_of);
                all.cost += part.cost;
            }
            Some(all)
        }
        _ => {
            let (value, shows) = requirements_of(ir)?;
            let (value, changed) = match case_changed(value) {
                Some(text) => (text, true),
                None => (value, false),
            };
            let field = field_of(value, kind)?;
            let mut any_of: Vec<Requirement> =
                shows?.into_iter().map(|shows| Requirement { field, shows }).collect();
            let cost = of_keys(any_of.len(), any_of.iter().map(of_key));
            if changed && !any_of.is_empty() {
                // Lookups ignore the case of ASCII letters only. The lower case of some other
                // letters is an ASCII letter.
                any_of.push(Requirement { field, shows: Shows::NonAscii });
            }
            Some(Requirements { any_of, cost })
        }
    }
}

/// The value that a test reads, and the requirements of which the value must meet one for the test
/// to hold. The inner `None` means that every value may satisfy the test.
pub(super) fn requirements_of(test: &Ir) -> Option<(&Ir, Option<Vec<Shows>>)> {
    Some(match &test.op {
        Op::Compare(Comparison::Eq, a, b) => match (a.constant(), b.constant()) {
            (None, Some(value)) => (a, of_values(std::slice::from_ref(value))),
            (Some(value), None) => (b, of_values(std::slice::from_ref(value))),
            _ => return None,
        },
        Op::InSet(value, set) => (value, of_values(set.values())),
        Op::InList(value, list) => (value, of_texts(of_list(list))),
        Op::In(part, text) => {
            let part = part.constant()?.as_str()?;
            (text, of_texts(vec![Required::Literal(part.to_owned())]))
        }
        Op::Call(Call { function, args, .. }) if test.ty == Type::Bool => {
            let constants: Vec<Constant> = args.iter().map(Ir::as_constant).collect();
            (args.first()?, function.required(&constants).and_then(of_texts))
        }
        // A boolean that is never missing is itself a test. Its negation is not: it would hold if
        // the record lacked the field after all.
        Op::Field(_) if test.ty == Type::Bool => (test, Some(vec![Shows::Bool(true)])),
        // `field ?? false`.
        Op::Coalesce(parts) => match &parts[..] {
            [value, default] if matches!(default.constant(), Some(Value::Bool(false))) => {
                (value, Some(vec![Shows::Bool(true)]))
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// The text of which a value is a change of case.
pub(super) fn case_changed(value: &Ir) -> Option<&Ir> {
    match &value.op {
        Op::Call(Call { function, args, .. }) if function.only_changes_case() => args.first(),
        _ => None,
    }
}

/// The field, if it belongs to this record kind. Fields of joined rows are not available when a
/// record is looked up.
pub(super) fn field_of(ir: &Ir, kind: RecordKind) -> Option<FieldId> {
    let Op::Field(field) = ir.op else { return None };
    let indexed = matches!(field.field().ty, Type::Str | Type::Enum(_) | Type::Bool | Type::Int);
    (field.kind() == kind && indexed).then_some(field)
}

fn of_values(values: &[Value<'static>]) -> Option<Vec<Shows>> {
    let shows = |value: &Value<'static>| match value {
        Value::Str(text) => Some(Some(Shows::Text(Required::Text(text.to_string())))),
        Value::Bool(b) => Some(Some(Shows::Bool(*b))),
        Value::Int(int) => Some(Some(Shows::Int(*int))),
        // Missing equals missing, so such a test can hold without any value.
        Value::Missing => None,
        // No other value equals the value of an indexed field.
        _ => Some(None),
    };
    let all: Option<Vec<_>> = values.iter().map(shows).collect();
    Some(all?.into_iter().flatten().collect())
}

fn of_texts(required: Vec<Required>) -> Option<Vec<Shows>> {
    let trivial = required.iter().any(Required::is_trivial);
    (!trivial).then(|| required.into_iter().map(Shows::Text).collect())
}

fn of_list(list: &List) -> Vec<Required> {
    let of = |text: &str| match text.strip_suffix('*') {
        Some(prefix) => Required::Prefix(prefix.trim_end_matches('*').to_owned()),
        None => Required::Text(text.to_owned()),
    };
    list.values().iter().map(|value| of(&value.text)).collect()
}
