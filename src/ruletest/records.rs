//! Records as tests write them.

use std::borrow::Cow;

use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::record::field::{cred, event, key, of_kind};
use crate::record::{FieldId, Record, derive};
use crate::rule::Rule;
use crate::value::{Elem, Items, Json, RecordKind, Time, Type, Value, parse_ip};
use crate::yaml::{MappingEntry, Node, NodeKind};

/// Checks the records in a rule's tests without running them: unknown fields, words that an enum
/// does not have, values of the wrong type. An error in a base is reported once.
pub fn check_records(rule: &Rule) -> Vec<Diagnostic> {
    let (mut wrong, mut distinct) = (Vec::new(), Vec::new());
    for test in &rule.tests {
        let several = test.node.get("records").map_or(&[][..], Node::items);
        for record in several.iter().chain([&test.node]) {
            for kind in RecordKind::ALL {
                if let Some(fields) = record.get(kind.name()) {
                    WrittenRecord::read(kind, fields, Time(0), &mut wrong);
                }
            }
        }
    }
    for problem in wrong {
        if !distinct.contains(&problem) {
            distinct.push(problem);
        }
    }
    distinct
}

/// A record in a test: its fields and, for a cred, the rows of its keys.
pub(super) struct WrittenRecord {
    kind: RecordKind,
    values: Vec<(FieldId, Value<'static>)>,
    keys: Vec<Vec<Value<'static>>>,
}

impl WrittenRecord {
    /// A record with these values.
    pub(super) fn of(kind: RecordKind, values: Vec<(FieldId, Value<'static>)>) -> Self {
        Self { kind, values, keys: Vec::new() }
    }

    /// Reads the fields of a record, and collects all errors.
    pub(super) fn read(
        kind: RecordKind,
        node: &Node,
        now: Time,
        out: &mut Vec<Diagnostic>,
    ) -> WrittenRecord {
        let mut written = WrittenRecord { kind, values: Vec::new(), keys: Vec::new() };
        for entry in node.entries() {
            let Some(field) = FieldId::find(kind, entry.key.text()) else {
                out.push(unknown_field(kind, entry));
                continue;
            };
            if field == cred::KEYS {
                let keys = entry.value.items().iter();
                written.keys = keys.map(|key| row(key, now, out)).collect();
            } else if let Some(value) = value(field, entry, out) {
                written.values.push((field, value));
            }
        }
        let required: &[FieldId] = match kind {
            RecordKind::Event => &[event::PROVIDER],
            RecordKind::Cred => &[cred::PROVIDER, cred::USER],
            RecordKind::Key => &[],
        };
        for field in required {
            let field = field.field();
            if node.get(field.name).is_none() {
                let at = node.entries().first().map_or(node.span, |entry| entry.key.span());
                out.push(
                    Diagnostic::error(
                        &codes::TEST,
                        format!("the record has no `{}`", field.path()),
                    )
                    .at(at, format!("this needs `{}`", field.name))
                    .help(format!("`{}`: {}", field.name, field.doc)),
                );
            }
        }
        written
    }

    /// The record with its derived fields, as an input would build it.
    pub(super) fn record(&self, now: Time) -> Record<'_> {
        let mut record = Record::new(self.kind);
        for (field, value) in &self.values {
            record.set(*field, value.borrow());
        }
        if self.kind == RecordKind::Cred {
            let rows = self.keys.iter().map(|row| Value::Record(RecordKind::Key, row));
            record.set(cred::KEYS, Value::List(Items::Owned(rows.collect())));
        }
        complete(&mut record, now);
        record
    }
}

/// Fills in fields that the record leaves unset but that every input sets.
fn complete(record: &mut Record<'_>, now: Time) {
    derive::complete(record);
    match record.kind {
        RecordKind::Event => {}
        RecordKind::Cred => {
            give(record, cred::USER_TYPE, Some(Value::str("user")));
            let all = count(record.get(cred::KEYS), key::EXISTS);
            let active = count(record.get(cred::KEYS), key::ACTIVE);
            give(record, cred::KEY_COUNT, all);
            give(record, cred::ACTIVE_KEYS, active);
        }
        RecordKind::Key => {
            give(record, key::SLOT, Some(Value::str("1")));
            give(record, key::EXISTS, Some(Value::Bool(true)));
            let created = time(record, key::CREATED);
            let used = match record.get(key::USED) {
                Value::Bool(false) => created,
                _ => time(record, key::LAST_USED),
            };
            let days = |since: Option<Time>| derive::days(since?, now).map(Value::Int);
            give(record, key::AGE_DAYS, days(created));
            give(record, key::IDLE_DAYS, days(used));
        }
    }
}

fn give(record: &mut Record<'_>, field: FieldId, value: Option<Value<'static>>) {
    if let (true, Some(value)) = (record.get(field).is_missing(), value) {
        record.set(field, value);
    }
}

fn time(record: &Record<'_>, field: FieldId) -> Option<Time> {
    record.get(field).as_time()
}

/// Counts the keys in a list whose `field` is true.
fn count(keys: &Value<'_>, field: FieldId) -> Option<Value<'static>> {
    let Value::List(keys) = keys else { return None };
    let holds = |key: &&Value<'_>| match key {
        Value::Record(_, row) => slot(row, field) == Some(&Value::Bool(true)),
        _ => false,
    };
    i64::try_from(keys.iter().filter(holds).count()).ok().map(Value::Int)
}

/// The row of a key inside a cred.
fn row(node: &Node, now: Time, out: &mut Vec<Diagnostic>) -> Vec<Value<'static>> {
    let written = WrittenRecord::read(RecordKind::Key, node, now, out);
    let record = written.record(now);
    of_kind(RecordKind::Key).map(|field| record.get(field).clone().into_owned()).collect()
}

fn slot<'v>(row: &'v [Value<'v>], field: FieldId) -> Option<&'v Value<'v>> {
    of_kind(field.kind()).position(|id| id == field).and_then(|at| row.get(at))
}

fn unknown_field(kind: RecordKind, entry: &MappingEntry) -> Diagnostic {
    let names = of_kind(kind).map(|id| id.field().name);
    let written = escaped(entry.key.text(), 60);
    Diagnostic::error(
        &codes::UNKNOWN_FIELD,
        format!("there is no field `{}.{written}`", kind.name()),
    )
    .at(entry.key.span(), "unknown field")
    .help(
        did_you_mean(entry.key.text(), names)
            .unwrap_or_else(|| "`keytrail fields` prints every field".to_owned()),
    )
}

/// The value of a field as written; `None` after an error.
fn value(
    field: FieldId,
    entry: &MappingEntry,
    out: &mut Vec<Diagnostic>,
) -> Option<Value<'static>> {
    let node = &entry.value;
    if node.kind == NodeKind::Null {
        return Some(Value::Missing);
    }
    let text = || node.text().map(|text| Value::Str(Cow::Owned(text.to_owned())));
    let ty = field.field().ty;
    let value = match ty {
        Type::Bool => node.bool().map(Value::Bool),
        Type::Int => node.int().map(Value::Int),
        Type::Str if field == event::IP => {
            text().filter(|v| v.as_str().and_then(parse_ip).is_some())
        }
        Type::Str => text(),
        Type::Enum(def) => text().filter(|v| v.as_str().is_some_and(|v| def.values.contains(&v))),
        Type::Time => node.text().and_then(Time::parse).map(Value::Time),
        Type::List(Elem::Str) => match &node.kind {
            NodeKind::Sequence(items) => items
                .iter()
                .map(|item| item.text().map(|text| Value::Str(Cow::Owned(text.to_owned()))))
                .collect::<Option<Vec<_>>>()
                .map(|items| Value::List(Items::Owned(items))),
            _ => None,
        },
        Type::Untyped => Some(untyped(node)),
        _ => None,
    };
    if value.is_none() {
        let expected = match ty {
            Type::Bool => "`true` or `false`".to_owned(),
            Type::Int => "an integer".to_owned(),
            Type::Str if field == event::IP => "an address like `203.0.113.7`".to_owned(),
            Type::Str => "a text".to_owned(),
            Type::Enum(def) => format!("one of `{}`", def.values.join("`, `")),
            Type::Time => "a time like `2026-01-01T00:00:00Z`".to_owned(),
            Type::List(_) => "a sequence of texts".to_owned(),
            other => format!("a {other}"),
        };
        let near = match (ty, node.text()) {
            (Type::Enum(def), Some(text)) => did_you_mean(text, def.values.iter().copied()),
            _ => None,
        };
        let path = field.field().path();
        let message = match (ty, node.text()) {
            _ if field == event::IP => "the field `event.ip` takes an address".to_owned(),
            (Type::Enum(_), Some(text)) => {
                format!("the field `{path}` has no value `{}`", escaped(text, 60))
            }
            _ => format!("the field `{path}` takes {expected}"),
        };
        out.push(
            Diagnostic::error(&codes::TEST, message)
                .at(node.span, format!("expected {expected}"))
                .maybe_help(near),
        );
    }
    value
}

/// A value inside an untyped field: a text, number or boolean as JSON interprets it, or else JSON.
fn untyped(node: &Node) -> Value<'static> {
    match node.to_json() {
        serde_json::Value::Null => Value::Missing,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::String(text) => Value::Str(Cow::Owned(text)),
        other => match other.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Json(Json::new(other.to_string())),
        },
    }
}
