//! Raw records on their way from an input to the engine.

use std::fmt;

/// One record as bytes, before any field is read; borrowed from its batch.
#[derive(Debug, Clone, Copy)]
pub struct RawRecord<'a> {
    /// Its text: one JSON object, or one or more rows of a table, each on lines of its own.
    pub text: &'a str,
    /// What it was taken out of.
    pub envelope: Envelope<&'a str>,
    /// Bytes before it in the decompressed file.
    pub offset: u64,
    /// Line it begins on, from 1.
    pub line: u64,
    /// Column it begins in, from 1, in UTF-16 code units.
    pub column: u64,
    /// Its position in the file's container, from 0; the records of one envelope share it.
    pub ordinal: u64,
    /// How many rows of the file it is made of: 1, but where the rows of one user are joined.
    pub rows: u64,
}

impl<'a> RawRecord<'a> {
    /// A record that stands by itself.
    pub fn alone(text: &'a str) -> Self {
        let envelope = Envelope::default();
        Self { text, envelope, offset: 0, line: 1, column: 1, ordinal: 0, rows: 1 }
    }

    /// What stands in the file: the record's own text, or the envelope that it was taken out of.
    pub fn stored(&self) -> &'a str {
        if self.envelope.whole.is_empty() { self.text } else { self.envelope.whole }
    }
}

/// What a record was taken out of; empty where it stands in the file as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Envelope<T> {
    /// What stands in the file.
    pub whole: T,
    /// The object whose member the record is; empty where it is an item of an array.
    pub object: T,
}

/// Some bytes of a [`Batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The same bytes, once `by` others stand before them.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }
}

/// Why a record or the rest of a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Not well-formed JSON or CSV.
    Syntax,
    /// The input ends inside the record.
    Truncated,
    /// Bytes that are not UTF-8.
    Encoding,
    /// A key that a field is read from stands twice: no value can be trusted.
    DuplicateKey,
    /// Longer than a record may be.
    TooLong,
    /// Nested deeper than a record may be.
    TooDeep,
    /// Well formed, and of no known format.
    Foreign,
    /// It lacks what every record of its format has.
    Malformed,
    /// Reading or decompressing failed.
    Io,
    /// Evaluating it failed inside Keytrail.
    Internal,
}

impl SkipReason {
    /// Stable name in reports.
    pub fn name(self) -> &'static str {
        match self {
            SkipReason::Syntax => "syntax",
            SkipReason::Truncated => "truncated",
            SkipReason::Encoding => "encoding",
            SkipReason::DuplicateKey => "duplicate-key",
            SkipReason::TooLong => "too-long",
            SkipReason::TooDeep => "too-deep",
            SkipReason::Foreign => "foreign",
            SkipReason::Malformed => "malformed",
            SkipReason::Io => "io",
            SkipReason::Internal => "internal",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One record that was not evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// Bytes before it in the decompressed file.
    pub offset: u64,
    /// Line it begins on, from 1.
    pub line: u64,
    /// Its position in the file's container, from 0.
    pub ordinal: u64,
    /// Why.
    pub reason: SkipReason,
    /// What exactly was wrong, one clause; may quote the input, so escape it.
    pub detail: String,
}

/// Some consecutive raw records of one file. Buffers are reused from call to call.
#[derive(Debug, Default)]
pub struct Batch {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Where each stands in `bytes`, and its position in the file.
    pub records: Vec<Placed>,
    /// Records that the splitter had to give up.
    pub skipped: Vec<Skip>,
}

/// A raw record inside a [`Batch`].
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// First byte in the batch.
    pub start: usize,
    /// One past the last byte in the batch.
    pub end: usize,
    /// What it was taken out of.
    pub envelope: Envelope<Span>,
    /// Bytes before it in the decompressed file.
    pub offset: u64,
    /// Line it begins on, from 1.
    pub line: u64,
    /// Column it begins in, from 1, in UTF-16 code units.
    pub column: u64,
    /// Its position in the file's container, from 0.
    pub ordinal: u64,
    /// How many rows of the file it is made of.
    pub rows: u64,
}

impl Batch {
    /// Forgets the records and keeps the buffers.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.skipped.clear();
    }

    /// The records in their order; one that is not UTF-8 is a skip. `skipped` is not among them.
    pub fn iter(&self) -> impl Iterator<Item = Result<RawRecord<'_>, Skip>> {
        self.records.iter().map(|placed| self.raw(placed))
    }

    /// The record with this number, if there is one.
    pub fn get(&self, index: usize) -> Option<Result<RawRecord<'_>, Skip>> {
        self.records.get(index).map(|placed| self.raw(placed))
    }

    /// The record that stands there; one that is not UTF-8 is a skip.
    pub fn raw(&self, placed: &Placed) -> Result<RawRecord<'_>, Skip> {
        let Placed { start, end, envelope: Envelope { whole, object }, .. } = *placed;
        let part = |start, end| std::str::from_utf8(self.bytes.get(start..end).unwrap_or_default());
        let read = part(start, end).and_then(|text| {
            let whole = part(whole.start, whole.end)?;
            Ok((text, Envelope { whole, object: part(object.start, object.end)? }))
        });
        match read {
            Ok((text, envelope)) => Ok(placed.record(text, envelope)),
            Err(error) => Err(Skip {
                offset: placed.offset,
                line: placed.line,
                ordinal: placed.ordinal,
                reason: SkipReason::Encoding,
                detail: format!("not UTF-8 from byte {} of the record on", error.valid_up_to()),
            }),
        }
    }
}

impl Placed {
    /// The record, where `text` is all of its batch; `None` where that has no such part.
    pub fn within<'t>(&self, text: &'t str) -> Option<RawRecord<'t>> {
        let Envelope { whole, object } = self.envelope;
        let whole = text.get(whole.start..whole.end)?;
        let object = text.get(object.start..object.end)?;
        Some(self.record(text.get(self.start..self.end)?, Envelope { whole, object }))
    }

    fn record<'t>(&self, text: &'t str, envelope: Envelope<&'t str>) -> RawRecord<'t> {
        let Placed { offset, line, column, ordinal, rows, .. } = *self;
        RawRecord { text, envelope, offset, line, column, ordinal, rows }
    }
}
