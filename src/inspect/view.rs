//! What a viewer is shown.

use std::collections::BTreeMap;
use std::io;

use crate::finding::{KnownUsers, Redactor};
use crate::record::field::{cred, event};
use crate::record::{
    FieldGap, FieldId, FieldSet, FileAccount, Format, Hint, Origin, RawRecord, Record, Rows, Skip,
};
use crate::value::{RecordKind, Time, Value};

/// Prints what is read, in the order in which it is read. An error ends the reading.
pub trait Viewer {
    /// A file, once it is known what it is, before its records.
    fn file(&mut self, file: &FileView<'_>) -> io::Result<()>;
    /// A record of it.
    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()>;
    /// A record of it that could not be read.
    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()>;
    /// The end of the file.
    fn end(&mut self, file: &FileView<'_>, counts: &Counts) -> io::Result<()>;
}

/// What a file was taken for.
#[derive(Debug)]
pub struct FileView<'f> {
    /// Its path, as a person would type it.
    pub path: &'f str,
    /// What the input side says of it; complete at the end of the file.
    pub account: &'f FileAccount,
    /// What the user says of it.
    pub hint: &'f Hint,
    /// What is known of its records beside their text.
    pub origin: &'f Origin,
    /// The format of its first record.
    pub format: Option<&'static dyn Format>,
    /// What `now` means over its records, ages among them.
    pub now: Time,
}

/// A record in canonical form.
pub struct RecordView<'r> {
    /// The file that it is from.
    pub file: &'r FileView<'r>,
    /// Its format.
    pub format: &'static dyn Format,
    /// Where it stands.
    pub raw: &'r RawRecord<'r>,
    /// The event or cred.
    pub record: &'r Record<'r>,
    /// The keys of a cred.
    pub keys: &'r [Record<'r>],
    pub(super) fields: FieldSet,
    pub(super) redactor: Redactor,
    /// The users who succeeded in a record that was shown before.
    pub(super) known_users: &'r KnownUsers,
}

impl RecordView<'_> {
    /// Whether something of the keys of a cred is shown.
    pub fn shows_keys(&self) -> bool {
        self.fields.contains(cred::KEYS)
            || self.fields.iter().any(|field| field.kind() == RecordKind::Key)
    }

    /// The fields of one of its rows that are shown and not missing, in the order of the field
    /// table, redacted and masked. The keys of a cred are rows of their own.
    pub fn fields<'v>(
        &'v self,
        row: &'v Record<'_>,
    ) -> impl Iterator<Item = (FieldId, Value<'v>)> + 'v {
        let typed = self.known_users.typed(row);
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
            // The actor is the key, or a name that may be read.
            Value::Str(text) if field == event::ACTOR && value == row.get(event::AK) => {
                Value::Str(self.redactor.key_id(text))
            }
            _ => self.redactor.field(field, value),
        }
    }
}

/// What became of the records of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that were read, or skipped; in tables rows.
    pub records: u64,
    /// Events, creds or keys that a query means; `None` where nothing was asked.
    pub matched: Option<u64>,
    /// Records that were shown.
    pub shown: u64,
    /// Records that could not be read, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Rows that the records became, by kind: events, or creds and keys.
    pub rows: BTreeMap<&'static str, u64>,
    /// What was said of records that could be read, with how many.
    pub notes: BTreeMap<&'static str, u64>,
    /// Records that were read and do not give a field that their format promises.
    pub gapped: u64,
    /// These fields, with how many records.
    pub gaps: BTreeMap<FieldGap, u64>,
}

impl Counts {
    /// Counts what a record became.
    pub(super) fn add(&mut self, rows: &Rows<'_>) {
        let mut add = |kind: RecordKind, count| *self.rows.entry(kind.name()).or_default() += count;
        add(rows.record.kind, 1);
        if rows.record.kind == RecordKind::Cred {
            add(RecordKind::Key, rows.keys.len() as u64);
        }
    }

    /// Records that could not be read.
    pub fn skips(&self) -> u64 {
        self.skipped.values().sum()
    }
}
