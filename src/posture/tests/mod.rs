//! Cases of counts and remediation steps; both sides of each threshold.

#![allow(clippy::unwrap_used)]

mod remediation_events;
mod users;

use super::user::User;
use crate::record::{FieldId, Record};
use crate::value::{RecordKind, Time, Type, Value};

/// The time at which ages are computed, and when the reports were made.
pub(super) const NOW: &str = "2026-01-01T00:00:00Z";

pub(super) fn time(text: &str) -> Time {
    match text.strip_suffix('d') {
        // This many days and an hour before.
        Some(days) => {
            let hours = days.parse::<i64>().unwrap() * 24 + 1;
            Time(time(NOW).0 - hours * 3_600_000_000)
        }
        None => Time::parse(text).unwrap_or_else(|| panic!("{text} is not a time")),
    }
}

/// A record of `field=value` between blanks; a time may be `30d`, thirty days and an hour ago.
pub(super) fn record(kind: RecordKind, text: &str) -> Record<'_> {
    let mut record = Record::new(kind);
    for part in text.split_whitespace() {
        let (name, value) = part.split_once('=').unwrap();
        let field = FieldId::find(kind, name).unwrap_or_else(|| panic!("no field {name}"));
        let value = match field.field().ty {
            Type::Bool => Value::Bool(value.parse().unwrap()),
            Type::Int => Value::Int(value.parse().unwrap()),
            Type::Time => Value::Time(time(value)),
            _ => Value::str(value),
        };
        record.set(field, value);
    }
    record
}

/// A user of a report, `cred / key / key`.
pub(super) fn user(text: &str, made: Option<&str>) -> User {
    let mut parts = text.split('/');
    let cred = record(RecordKind::Cred, parts.next().unwrap());
    let keys: Vec<Record<'_>> = parts.map(|part| record(RecordKind::Key, part)).collect();
    User::read(&cred, &keys, made.map(time), time(NOW))
}
