//! What an input format is, and what it can carry.

use std::fmt;

use super::{Columns, FieldGap, FieldSet, Origin, Provider, RawRecord, Record, SkipReason};
use crate::value::{RecordKind, Time};

/// One input format: a registry entry of the input side.
pub trait Format: Sync + fmt::Debug {
    /// Stable name, `cloudtrail`.
    fn name(&self) -> &'static str;
    /// What it is, one sentence.
    fn doc(&self) -> &'static str;
    /// Whose records it holds.
    fn provider(&self) -> Provider;
    /// What its rows become.
    fn kinds(&self) -> &'static [RecordKind];
    /// Its columns, as the vendor writes and orders them; none where its records are no rows.
    fn columns(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether a table with these columns is of this format. A column that some rule needs may be
    /// missing; those that tell what the table is may not.
    fn knows(&self, columns: &Columns) -> bool {
        let _ = columns;
        false
    }
    /// The fields that records of this format and origin can have; a rule that needs others is
    /// blind.
    fn carries(&self, origin: &Origin) -> FieldSet;
    /// A reader of its records that fills these fields and no others. `now` is what ages are
    /// counted to.
    fn mapper(&self, needed: &FieldSet, origin: &Origin, now: Time) -> Box<dyn Mapper>;
    /// Whose records such a file never holds, where it holds those of others of the kind: a noun.
    fn omits(&self) -> Option<&'static str> {
        None
    }
    /// What this text is, when the format knows it and it holds no records (a digest).
    fn declines(&self, text: &str) -> Option<&'static str> {
        let _ = text;
        None
    }
}

/// What one raw record becomes: an event, or a cred with its keys.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'r> {
    /// The event or cred.
    pub record: &'r Record<'r>,
    /// The keys of a cred.
    pub keys: &'r [Record<'r>],
}

impl<'r> Rows<'r> {
    /// A record without keys.
    pub fn of(record: &'r Record<'r>) -> Self {
        Self { record, keys: &[] }
    }
}

/// Reads raw records of one format into canonical fields; prepared once for an origin.
pub trait Mapper: Send + Sync {
    /// Reads one raw record and hands on the rows that it makes. A record that the mapper reads
    /// and that makes no row gives [`Outcome::Read`] all the same.
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Rows<'_>),
    ) -> Outcome;
}

/// What became of a raw record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was read; `emit` was called for each row.
    Read,
    /// It is well formed and of no known format.
    Foreign,
    /// It could not be read: why, and what exactly was wrong (may quote the input, so escape it).
    Skipped(SkipReason, String),
}

/// Buffers that a mapper reuses from record to record.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Text put together from several parts (`aws:iam.CreateUser`).
    pub text: String,
    /// A record whose parts stood in it as strings, with the parts in their place.
    pub unfolded: String,
    /// A row of a table as the object that its cells are.
    pub row: String,
    /// A remark on the last record; the record was read all the same.
    pub note: Option<&'static str>,
    /// The promised fields that the last record does not give, whichever fields were needed.
    pub gaps: Vec<FieldGap>,
}

impl Scratch {
    /// Drops what was said of the record before. Every mapper calls it first.
    pub fn begin(&mut self) {
        self.note = None;
        self.gaps.clear();
    }
}
