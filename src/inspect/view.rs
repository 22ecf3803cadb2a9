//! The views of files and records that a viewer receives.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use crate::finding::{ConfirmedUsers, Redactor};
use crate::record::field::{cred, event};
use crate::record::{
    FieldGap, FieldId, FieldSet, FileAccount, Format, Hint, MappedRecord, Origin, RawRecord,
    Record, Skip,
};
use crate::value::{RecordKind, Time, Value};

/// Prints files and records in the order in which they are read. An error ends the reading.
pub trait Viewer {
    /// Begins a file: called when its format is known, before its records.
    ///
    /// # Errors
    ///
    /// If writing fails.
    fn file(&mut self, file: &FileView<'_>) -> io::Result<()>;
    /// Prints a record of the file.
    ///
    /// # Errors
    ///
    /// If writing fails.
    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()>;
    /// Prints a record of the file that could not be read.
    ///
    /// # Errors
    ///
    /// If writing fails.
    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()>;
    /// Ends the file.
    ///
    /// # Errors
    ///
    /// If writing fails.
    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()>;
}

/// The view of a file that a [`Viewer`] gets.
#[derive(Debug)]
pub struct FileView<'f> {
    /// The path as a user would type it.
    pub path: &'f str,
    /// The reader's account of the file; complete at its end.
    pub account: &'f FileAccount,
    /// The user's hint about the file.
    pub hint: &'f Hint,
    /// The origin of its records.
    pub origin: &'f Origin,
    /// The format of its first record.
    pub format: Option<&'static dyn Format>,
    /// The value of `now` for its records, from which ages are computed.
    pub now: Time,
}

/// A record in canonical form, as a [`Viewer`] gets it.
pub struct RecordView<'r> {
    /// The file of the record.
    pub file: &'r FileView<'r>,
    /// Its format.
    pub format: &'static dyn Format,
    /// The raw record, with its position.
    pub raw: &'r RawRecord<'r>,
    /// The event or cred.
    pub record: &'r Record<'r>,
    /// The keys of a cred.
    pub keys: &'r [Record<'r>],
    pub(super) fields: FieldSet,
    pub(super) redactor: Redactor,
    /// The users who succeeded in an earlier record.
    pub(super) confirmed_users: &'r ConfirmedUsers,
}

impl<'r> RecordView<'r> {
    /// The same record with these of its keys.
    #[must_use]
    pub fn with_keys<'v>(&'v self, keys: &'v [Record<'v>]) -> RecordView<'v>
    where
        'r: 'v,
    {
        RecordView { keys, ..*self }
    }
}

impl RecordView<'_> {
    /// Where the record begins: `logs/a.json:1:1`. `keytrail inspect` opens it there.
    pub fn place(&self) -> String {
        format!("{}:{}:{}", self.file.path, self.raw.line, self.raw.column)
    }

    /// A text of the record as it may be shown: redacted, and its access keys masked.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.redactor.text(text)
    }

    /// Whether any field of a cred's keys is shown.
    pub fn shows_keys(&self) -> bool {
        self.fields.contains(cred::KEYS)
            || self.fields.iter().any(|field| field.kind() == RecordKind::Key)
    }

    /// The fields of a row that are shown and not missing, in the order of the field table,
    /// redacted and masked. The keys of a cred are separate rows.
    pub fn fields<'v>(
        &'v self,
        row: &'v Record<'_>,
    ) -> impl Iterator<Item = (FieldId, Value<'v>)> + 'v {
        let typed = self.confirmed_users.typed(row);
        self.fields
            .iter()
            .filter(|field| field.kind() == row.kind)
            .map(move |field| {
                let value = self.value(row, field);
                let shown = match &typed {
                    Some(name) => name.conceal(value),
                    None => value,
                };
                (field, shown)
            })
            .filter(|(_, value)| !value.is_missing())
    }
}

impl RecordView<'_> {
    fn value<'v>(&self, row: &'v Record<'_>, field: FieldId) -> Value<'v> {
        let value = row.get(field);
        match value {
            // The actor is the access key, or a name that may be shown.
            Value::Str(text) if field == event::ACTOR && value == row.get(event::AK) => {
                Value::Str(self.redactor.key_id(text))
            }
            _ => self.redactor.field(field, value),
        }
    }
}

/// The counts of a file's records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordCounts {
    /// Records that were read or skipped; for tables, rows.
    pub records: u64,
    /// Events, creds or keys that meet the query; `None` without a query.
    pub matched: Option<u64>,
    /// Records that were shown.
    pub shown: u64,
    /// Records that could not be read, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Rows that the records produced, by kind: events, or creds and keys.
    pub rows: BTreeMap<&'static str, u64>,
    /// Notes on records that were read, with the number of records.
    pub notes: BTreeMap<&'static str, u64>,
    /// Records that were read and lack a field that their format promises.
    pub gapped: u64,
    /// These fields, with the number of records.
    pub gaps: BTreeMap<FieldGap, u64>,
}

impl RecordCounts {
    /// Counts the rows of a record.
    pub(crate) fn add(&mut self, rows: &MappedRecord<'_>) {
        let mut add = |kind: RecordKind, count| *self.rows.entry(kind.name()).or_default() += count;
        add(rows.record.kind, 1);
        if rows.record.kind == RecordKind::Cred {
            add(RecordKind::Key, rows.keys.len() as u64);
        }
    }

    /// The number of records that could not be read.
    pub fn skips(&self) -> u64 {
        self.skipped.values().sum()
    }
}
