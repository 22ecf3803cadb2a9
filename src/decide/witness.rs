//! A record that shows that a case is possible.

use std::collections::BTreeMap;

use crate::expr::ir::{Arithmetic, Ir, Op};
use crate::expr::{Bindings, PathStep};
use crate::record::field::{self, cred, event};
use crate::record::{FieldId, Record};
use crate::value::{Duration, Items, Json, RecordKind, Time, Type, Value};

/// `now` in witnesses: 2026-01-01.
const NOW: Time = Time(1_767_225_600 * Duration::SECOND);

/// A record that shows that a case is possible, with the rows that are joined with it.
#[derive(Debug, Clone)]
pub struct Witness {
    event: Option<Record<'static>>,
    cred: Option<Record<'static>>,
    key: Option<Record<'static>>,
    measures: Vec<Value<'static>>,
    /// The fields that matter, in the order in which they were set.
    set: BTreeMap<FieldId, Value<'static>>,
}

impl Witness {
    /// The record for an evaluation.
    pub fn bindings(&self) -> Bindings<'_> {
        Bindings {
            event: self.event.as_ref(),
            cred: self.cred.as_ref(),
            key: self.key.as_ref(),
            measures: &self.measures,
            ..Bindings::none(NOW)
        }
    }

    /// The fields that the condition tests, with their values. Other fields have any value.
    pub fn fields(&self) -> impl Iterator<Item = (FieldId, &Value<'static>)> {
        self.set.iter().map(|(field, value)| (*field, value))
    }

    /// The values of measures, in slot order.
    pub fn measures(&self) -> &[Value<'static>] {
        &self.measures
    }

    /// A record of this kind in which these expressions have these values, as far as expressions can
    /// be given a value.
    pub(super) fn new(on: RecordKind, values: &[(&Ir, Value<'static>)]) -> Self {
        let mut setting = Setting::default();
        for (ir, value) in values {
            setting.set(ir, value);
        }
        let Setting { fields, objects, measures } = setting;
        let mut set = fields;
        for (field, object) in objects {
            let text = serde_json::Value::Object(object).to_string();
            set.insert(field, Value::Json(Json::new(text)));
        }
        let row = |kind: RecordKind| {
            let used = kind == on
                || (on == RecordKind::Key && kind == RecordKind::Cred)
                || set.iter().any(|(field, value)| field.kind() == kind && !value.is_missing());
            used.then(|| {
                let mut record = Record::new(kind);
                for field in field::of_kind(kind) {
                    match set.get(&field) {
                        Some(value) => record.set(field, value.clone()),
                        None if !field.field().nullable => record.set(field, any(field)),
                        None => {}
                    }
                }
                record
            })
        };
        Self {
            event: row(RecordKind::Event),
            cred: row(RecordKind::Cred),
            key: row(RecordKind::Key),
            measures,
            set,
        }
    }
}

/// Some value of a field that is never missing.
fn any(field: FieldId) -> Value<'static> {
    match field.field().ty {
        _ if field == event::PROVIDER || field == cred::PROVIDER => Value::str("aws"),
        Type::Bool => Value::Bool(false),
        Type::Int => Value::Int(0),
        Type::Str => Value::str("x"),
        Type::Enum(of) => of.values.first().map_or(Value::Missing, |word| Value::str(word)),
        Type::Time => Value::Time(NOW),
        Type::List(_) => Value::List(Items::Owned(Vec::new())),
        _ => Value::Missing,
    }
}

#[derive(Default)]
struct Setting {
    fields: BTreeMap<FieldId, Value<'static>>,
    objects: BTreeMap<FieldId, serde_json::Map<String, serde_json::Value>>,
    measures: Vec<Value<'static>>,
}

impl Setting {
    /// Chooses the parts of the record so that an expression has this value.
    fn set(&mut self, ir: &Ir, value: &Value<'static>) {
        match &ir.op {
            Op::Field(field) => drop(self.fields.insert(*field, value.clone())),
            Op::Measure(slot) => {
                if self.measures.len() <= *slot {
                    self.measures.resize(slot + 1, Value::Missing);
                }
                if let Some(measure) = self.measures.get_mut(*slot) {
                    *measure = value.clone();
                }
            }
            Op::Path(base, steps) => {
                if let Op::Field(field) = base.op {
                    self.set_path(field, steps, value);
                }
            }
            Op::Coalesce(parts) => {
                if let Some(first) = parts.first() {
                    self.set(first, value);
                }
            }
            Op::Arithmetic(Arithmetic::Sub, a, b) => {
                if let (Op::Now, Value::Duration(age)) = (&a.op, value) {
                    self.set(b, &Value::Time(Time(NOW.0.saturating_sub(age.0))));
                }
            }
            Op::Call(call) => {
                let Some(first) = call.args.first() else { return };
                match (call.function.name(), value) {
                    ("to_lower" | "to_upper" | "trim" | "str" | "int" | "bool" | "time", value) => {
                        self.set(first, value);
                    }
                    ("hour", Value::Int(hour)) => {
                        let time = NOW.0.saturating_add(hour.saturating_mul(Duration::HOUR));
                        self.set(first, &Value::Time(Time(time)));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn set_path(&mut self, field: FieldId, steps: &[PathStep], value: &Value<'static>) {
        let value = match value {
            Value::Str(text) => serde_json::Value::from(text.as_ref()),
            Value::Int(number) => serde_json::Value::from(*number),
            Value::Bool(value) => serde_json::Value::from(*value),
            _ => return,
        };
        let mut object = self.objects.entry(field).or_default();
        let Some((PathStep::Key(last), path)) = steps.split_last() else { return };
        for step in path {
            let PathStep::Key(key) = step else { return };
            let inner = object.entry(key.clone()).or_insert_with(|| serde_json::json!({}));
            let Some(inner) = inner.as_object_mut() else { return };
            object = inner;
        }
        object.entry(last.clone()).or_insert(value);
    }
}
