//! Raw records, as inputs pass them to the engine.

use std::fmt;

use crate::value::KeyCase;

/// One record as bytes, before any field is read; borrowed from its batch. A mapper reads its
/// fields.
#[derive(Debug, Clone, Copy)]
pub struct RawRecord<'a> {
    /// Its text: one JSON object, or one or more rows of a table, each on its own lines.
    pub text: &'a str,
    /// What it was extracted from.
    pub envelope: Envelope<&'a str>,
    /// Number of bytes before it in the decompressed file.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The column in which it begins, in UTF-16 code units, from 1.
    pub column: u64,
    /// Its position in the file's container, from 0. The records of one envelope share a position.
    pub ordinal: u64,
    /// Number of rows in the file that it consists of: 1, unless the rows of one user are joined.
    pub rows: u64,
}

impl<'a> RawRecord<'a> {
    /// A record that was not extracted from an envelope.
    pub fn alone(text: &'a str) -> Self {
        let envelope = Envelope::default();
        Self { text, envelope, offset: 0, line: 1, column: 1, ordinal: 0, rows: 1 }
    }

    /// The text as it is in the file: the record itself, or the envelope that it was extracted
    /// from.
    pub fn stored(&self) -> &'a str {
        if self.envelope.whole.is_empty() { self.text } else { self.envelope.whole }
    }
}

/// What a record was extracted from; empty if the file contains the record directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Envelope<T> {
    /// The whole envelope, as it is in the file.
    pub whole: T,
    /// The object whose member the record is; empty if the record is an item of an array.
    pub object: T,
    /// Whether the keys of the record have their original case.
    pub keys: KeyCase,
}

/// A range of bytes in a [`Batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByteRange {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl ByteRange {
    /// The same range, moved by `by` bytes.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Self { start: self.start + by, end: self.end + by }
    }
}

crate::value::words! {
    /// Why a record or the rest of a file could not be read.
    SkipReason {
        /// Not well-formed JSON or CSV.
        Syntax = "syntax",
        /// The input ends inside the record.
        Truncated = "truncated",
        /// Bytes that are not UTF-8.
        Encoding = "encoding",
        /// A key that a field is read from occurs twice, so neither value can be trusted.
        DuplicateKey = "duplicate-key",
        /// Longer than the limit for a record.
        TooLong = "too-long",
        /// Nested deeper than the limit for a record.
        TooDeep = "too-deep",
        /// Well formed, but of no known format.
        Foreign = "foreign",
        /// It lacks something that every record of its format has.
        Malformed = "malformed",
        /// Reading or decompressing failed.
        Io = "io",
        /// Evaluating it failed inside Keytrail.
        Internal = "internal",
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
    /// Number of bytes before it in the decompressed file.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its position in the file's container, from 0.
    pub ordinal: u64,
    /// The reason.
    pub reason: SkipReason,
    /// What exactly was wrong, as one clause. It may quote the input, so escape it.
    pub detail: String,
}

/// Consecutive raw records of one file. Buffers are reused from call to call.
#[derive(Debug, Default)]
pub struct Batch {
    /// The bytes of the records.
    pub bytes: Vec<u8>,
    /// The range of each record in `bytes`, and its position in the file.
    pub records: Vec<BatchRecord>,
    /// Records that the splitter could not read.
    pub skipped: Vec<Skip>,
}

/// A raw record inside a [`Batch`].
#[derive(Debug, Clone, Copy)]
pub struct BatchRecord {
    /// First byte in the batch.
    pub start: usize,
    /// One past the last byte in the batch.
    pub end: usize,
    /// What it was extracted from.
    pub envelope: Envelope<ByteRange>,
    /// Number of bytes before it in the decompressed file.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The column in which it begins, in UTF-16 code units, from 1.
    pub column: u64,
    /// Its position in the file's container, from 0.
    pub ordinal: u64,
    /// Number of rows in the file that it consists of.
    pub rows: u64,
}

impl Batch {
    /// Removes the records; the buffers stay allocated.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.skipped.clear();
    }

    /// The records in order. A record that is not UTF-8 is returned as a skip. `skipped` is not
    /// included.
    pub fn iter(&self) -> impl Iterator<Item = Result<RawRecord<'_>, Skip>> {
        self.records.iter().map(|placed| self.raw(placed))
    }

    /// The record with this index, if there is one.
    pub fn get(&self, index: usize) -> Option<Result<RawRecord<'_>, Skip>> {
        self.records.get(index).map(|placed| self.raw(placed))
    }

    /// The record at this position. A record that is not UTF-8 is returned as a skip.
    ///
    /// # Errors
    ///
    /// The record is not UTF-8.
    pub fn raw(&self, placed: &BatchRecord) -> Result<RawRecord<'_>, Skip> {
        let BatchRecord { start, end, envelope: Envelope { whole, object, keys }, .. } = *placed;
        let part = |start, end| std::str::from_utf8(self.bytes.get(start..end).unwrap_or_default());
        let read = part(start, end).and_then(|text| {
            let whole = part(whole.start, whole.end)?;
            Ok((text, Envelope { whole, object: part(object.start, object.end)?, keys }))
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

impl BatchRecord {
    /// The record, if `text` is its whole batch; `None` if `text` lacks one of the ranges.
    pub fn within<'t>(&self, text: &'t str) -> Option<RawRecord<'t>> {
        let Envelope { whole, object, keys } = self.envelope;
        let whole = text.get(whole.start..whole.end)?;
        let object = text.get(object.start..object.end)?;
        Some(self.record(text.get(self.start..self.end)?, Envelope { whole, object, keys }))
    }

    fn record<'t>(&self, text: &'t str, envelope: Envelope<&'t str>) -> RawRecord<'t> {
        let BatchRecord { offset, line, column, ordinal, rows, .. } = *self;
        RawRecord { text, envelope, offset, line, column, ordinal, rows }
    }
}
