//! What a record must show before a rule can match it.

use crate::expr::ir::{Comparison, Ir, Op};
use crate::record::FieldId;
use crate::table::List;
use crate::value::{RecordKind, Type, Value};

/// A value of a field, ASCII case ignored: a necessary condition need not be a sufficient one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    /// The field is this text.
    Exact(FieldId, String),
    /// The field begins with this text.
    Prefix(FieldId, String),
}

impl Key {
    pub(super) fn field(&self) -> FieldId {
        match self {
            Key::Exact(field, _) | Key::Prefix(field, _) => *field,
        }
    }
}

/// Conditions of which at least one must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    pub(super) any_of: Vec<Key>,
    /// A guess at the share of records that meet one of them; only compared.
    cost: f64,
}

/// The conditions of which one must hold, or the expression is false; `None` when there is no
/// such condition on an indexed field.
///
/// "False" and never "error": `&&` is false as soon as one operand is, whatever the others are, so
/// a rule that is not tried would not have failed either.
pub(super) fn keys(ir: &Ir, kind: RecordKind) -> Option<Keys> {
    match &ir.op {
        Op::Const(Value::Bool(false)) => Some(Keys::default()),
        Op::And(parts) => parts
            .iter()
            .filter_map(|part| keys(part, kind))
            .min_by(|a, b| a.cost.total_cmp(&b.cost)),
        Op::Or(parts) => {
            let mut all = Keys::default();
            for part in parts {
                let part = keys(part, kind)?;
                all.any_of.extend(part.any_of);
                all.cost += part.cost;
            }
            Some(all)
        }
        Op::Compare(Comparison::Eq, a, b) => {
            let (field, value) =
                field(a, kind).zip(b.constant()).or_else(|| field(b, kind).zip(a.constant()))?;
            of_values(field, std::iter::once(value))
        }
        Op::InSet(a, set) => of_values(field(a, kind)?, set.values()),
        Op::InList(a, list) => Some(of_list(field(a, kind)?, list)),
        _ => None,
    }
}

fn field(ir: &Ir, kind: RecordKind) -> Option<FieldId> {
    match ir.op {
        Op::Field(field) if field.kind() == kind => {
            matches!(field.field().ty, Type::Str | Type::Enum(_)).then_some(field)
        }
        _ => None,
    }
}

fn of_values<'v>(
    field: FieldId,
    values: impl IntoIterator<Item = &'v Value<'static>>,
) -> Option<Keys> {
    let mut keys = Keys::default();
    for value in values {
        let text = match value {
            Value::Str(text) => text.to_string(),
            Value::Char(c) => c.to_string(),
            // Missing equals missing: such a rule can match without any value.
            Value::Missing => return None,
            // Nothing else ever equals a text.
            _ => continue,
        };
        keys.cost += exact_cost(field);
        keys.any_of.push(Key::Exact(field, text));
    }
    Some(keys)
}

fn of_list(field: FieldId, list: &List) -> Keys {
    let mut keys = Keys::default();
    for value in list.values() {
        match value.text.strip_suffix('*') {
            Some(prefix) => {
                keys.cost += 20.0 * exact_cost(field);
                keys.any_of.push(Key::Prefix(field, prefix.trim_end_matches('*').to_owned()));
            }
            None => {
                keys.cost += exact_cost(field);
                keys.any_of.push(Key::Exact(field, value.text.clone()));
            }
        }
    }
    keys
}

/// Most records share a word of an enum (`api`, `user`); few share a text.
fn exact_cost(field: FieldId) -> f64 {
    match field.field().ty {
        Type::Enum(_) => 0.5,
        _ => 0.001,
    }
}
