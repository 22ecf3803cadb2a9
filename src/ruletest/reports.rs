//! The creds and keys of a test, as the reports of a run that `lookup` searches.

use super::records::WrittenRecord;
use crate::expr::{Bindings, Reports};
use crate::record::field::{cred, key};
use crate::record::{FieldId, Record};
use crate::value::{RecordKind, Time, Value};
use crate::yaml::Node;

/// Creds, each with the key of its row.
pub(super) struct TestReports {
    rows: Vec<(Option<WrittenRecord>, Option<WrittenRecord>)>,
    now: Time,
}

impl TestReports {
    /// Reads the creds and keys of these records. Their errors are reported when they are
    /// evaluated.
    pub(super) fn read<'n>(records: impl Iterator<Item = &'n Node>, now: Time) -> Self {
        let written = |record: &Node, kind: RecordKind| {
            record
                .get(kind.name())
                .map(|fields| WrittenRecord::read(kind, fields, now, &mut Vec::new()))
        };
        let rows = records
            .map(|record| (written(record, RecordKind::Cred), written(record, RecordKind::Key)))
            .filter(|(cred, key)| cred.is_some() || key.is_some());
        Self { rows: rows.collect(), now }
    }
}

impl Reports for TestReports {
    fn find(
        &self,
        kind: RecordKind,
        sought: &str,
        field: Option<FieldId>,
        _: &Bindings<'_>,
    ) -> Value<'static> {
        let is = |record: &Record<'_>, of: FieldId| record.get(of).as_str() == Some(sought);
        for (user, own) in &self.rows {
            let user = user.as_ref().map(|written| written.record(self.now));
            let own = own.as_ref().map(|written| written.record(self.now));
            let found = match kind {
                RecordKind::Key => own.as_ref().is_some_and(|row| is(row, key::ID)),
                _ => user.as_ref().is_some_and(|r| is(r, cred::USER) || is(r, cred::USER_ID)),
            };
            if found {
                let Some(field) = field else { return Value::Bool(true) };
                let row = if field.kind() == RecordKind::Key { own } else { user };
                return row.map_or(Value::Missing, |row| row.get(field).clone().into_owned());
            }
        }
        Value::Missing
    }
}
