//! The trait of an input format, and the fields that a format can provide.

use std::fmt;

use super::{
    Columns, FieldGap, FieldId, FieldSet, Origin, Provider, RawRecord, Record, SkipReason,
};
use crate::value::{RecordKind, Time};

/// One input format: a registry entry of the input side.
pub trait Format: Sync + fmt::Debug {
    /// Stable name, `cloudtrail`.
    fn name(&self) -> &'static str;
    /// A description in one sentence.
    fn doc(&self) -> &'static str;
    /// The provider of its records.
    fn provider(&self) -> Provider;
    /// The kinds of records that its rows become.
    fn kinds(&self) -> &'static [RecordKind];
    /// Its columns, as the vendor writes and orders them; empty if its records are not rows.
    fn columns(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether its records are rows of a table: of a file without columns it reads none.
    fn reads_rows(&self) -> bool {
        !self.columns().is_empty()
    }
    /// Whether a table with these columns is of this format. A column that a rule needs may be
    /// missing, but not a column that identifies the format.
    fn knows(&self, columns: &Columns) -> bool {
        let _ = columns;
        false
    }
    /// The fields that records of this format and origin can have. A rule that needs other fields
    /// is blind.
    fn carries(&self, origin: &Origin) -> FieldSet;
    /// A mapper that fills only these fields. Ages are measured up to `now`.
    fn mapper(&self, needed: &FieldSet, origin: &Origin, now: Time) -> Box<dyn Mapper>;
    /// The users whose records a file of this format never contains, as a noun; `None` if it
    /// contains every user.
    fn omits(&self) -> Option<&'static str> {
        None
    }
    /// The texts of which the bytes of a record contain one if the field has this value; ASCII case is
    /// ignored, and so are escapes. `None` if no text follows from the value.
    fn written(&self, field: FieldId, sought: Sought<'_>) -> Option<Vec<String>> {
        let _ = (field, sought);
        None
    }
    /// What kind of text this is, if the format recognises it and it contains no records (a
    /// digest).
    fn declines(&self, text: &str) -> Option<&'static str> {
        let _ = text;
        None
    }
}

/// A value of a field that a condition needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought<'v> {
    /// This text, in any case.
    Whole(&'v str),
    /// A text that begins with this one.
    Prefix(&'v str),
    /// A text that contains this one.
    Part(&'v str),
    /// This boolean.
    Flag(bool),
}

/// What one raw record becomes: an event, or a cred with its keys.
#[derive(Debug, Clone, Copy)]
pub struct MappedRecord<'r> {
    /// The event or cred.
    pub record: &'r Record<'r>,
    /// The keys of a cred.
    pub keys: &'r [Record<'r>],
}

impl<'r> MappedRecord<'r> {
    /// A record without keys.
    pub fn of(record: &'r Record<'r>) -> Self {
        Self { record, keys: &[] }
    }
}

/// Maps raw records of one format to canonical fields; prepared once for each origin.
pub trait Mapper: Send + Sync {
    /// Maps one raw record and calls `emit` for each row. The result is [`Outcome::Read`] even if
    /// the record has no row.
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome;
}

/// The result of mapping a raw record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was read; `emit` was called for each row.
    Read,
    /// It is well formed, but of no known format.
    Foreign,
    /// It could not be read. The text explains what exactly was wrong. It may quote the input, so
    /// escape it.
    Skipped(SkipReason, String),
}

/// Buffers that a mapper reuses from record to record.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Text joined from several parts (`aws:iam.CreateUser`).
    pub text: String,
    /// A record that contains parts as JSON strings, after each string is replaced by its part.
    pub unfolded: String,
    /// A row of a table as an object of its cells.
    pub row: String,
    /// A note about the last record, which was still read.
    pub note: Option<&'static str>,
    /// The promised fields that the last record lacks, whether or not they were needed.
    pub gaps: Vec<FieldGap>,
}

impl Scratch {
    /// Clears the note and the gaps of the previous record. Every mapper calls it first.
    pub fn begin(&mut self) {
        self.note = None;
        self.gaps.clear();
    }
}
