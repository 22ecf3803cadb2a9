//! The reports of a run as tables: `lookup("keys", id)` and `lookup("creds", user)`.

use std::cell::{Cell, RefCell};

use super::index::Credentials;
use super::join::Joiner;
use crate::expr::{Bindings, Reports};
use crate::plan::Enrichment;
use crate::record::field::{cred, event};
use crate::record::{FieldId, FieldSet, Record};
use crate::value::{RecordKind, Time, Value};

/// Finds rows for expressions; one per thread.
pub struct LookUp<'c> {
    credentials: &'c Credentials<'c>,
    /// Reads the found rows.
    rows: RefCell<Joiner<'c>>,
    /// Whether a lookup for the current record was ambiguous.
    ambiguous: Cell<bool>,
}

impl<'c> LookUp<'c> {
    /// A lookup that reads these fields of creds and keys; `now` and `clock` are those of the run.
    pub fn new(
        credentials: &'c Credentials<'c>,
        fields: FieldSet,
        enrichment: Enrichment,
        now: Option<Time>,
        clock: Time,
    ) -> Self {
        let rows = RefCell::new(Joiner::new(credentials, fields, enrichment, now, clock));
        Self { credentials, rows, ambiguous: Cell::new(false) }
    }

    /// Whether a lookup was ambiguous since the last call; resets the flag.
    pub fn was_ambiguous(&self) -> bool {
        self.ambiguous.take()
    }
}

impl Reports for LookUp<'_> {
    fn find(
        &self,
        kind: RecordKind,
        key: &str,
        field: Option<FieldId>,
        bindings: &Bindings<'_>,
    ) -> Value<'static> {
        let (provider, account, time) = perspective(bindings);
        let found = match kind {
            RecordKind::Key => self.credentials.find_key(provider, key, time),
            _ => self.credentials.find_user(provider, account, key, time),
        };
        let Ok(found) = found else {
            self.ambiguous.set(true);
            return Value::Missing;
        };
        let Some(found) = found else { return Value::Missing };
        let Some(field) = field else { return Value::Bool(true) };
        let mut value = Value::Missing;
        // No expression is evaluated while a row is read, so nothing else borrows it.
        self.rows.borrow_mut().row(found, &mut |cred, key| {
            let row = if field.kind() == RecordKind::Key { key } else { cred };
            value = row.map_or(Value::Missing, |row| row.get(field).clone().into_owned());
        });
        value
    }
}

/// Provider, account and time of the current record.
fn perspective<'b>(bindings: &Bindings<'b>) -> (&'b str, Option<&'b str>, Option<i64>) {
    let text = |record: &'b Record<'b>, field| {
        record.get(field).as_str().filter(|text: &&str| !text.is_empty())
    };
    match (bindings.event, bindings.cred) {
        (Some(record), _) => {
            let account = text(record, event::CALLER_ACCOUNT).or(text(record, event::ACCOUNT));
            let time = match record.get(event::TIME) {
                Value::Time(time) => Some(time.0),
                _ => None,
            };
            (text(record, event::PROVIDER).unwrap_or_default(), account, time)
        }
        (None, Some(record)) => {
            let provider = text(record, cred::PROVIDER).unwrap_or_default();
            // Rules evaluate the newest report, so its rows are looked up in the newest report too.
            (provider, text(record, cred::ACCOUNT), None)
        }
        (None, None) => ("", None, None),
    }
}
