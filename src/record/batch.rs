//! Raw records, as inputs pass them to the engine.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{Format, Hint, Origin};

/// One record as bytes, before any field is read; borrowed from its batch.
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
}

/// A range of bytes in a [`Batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The same range, moved by `by` bytes.
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
    /// A key that a field is read from occurs twice, so neither value can be trusted.
    DuplicateKey,
    /// Longer than the limit for a record.
    TooLong,
    /// Nested deeper than the limit for a record.
    TooDeep,
    /// Well formed, but of no known format.
    Foreign,
    /// It lacks something that every record of its format has.
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
    pub records: Vec<Placed>,
    /// Records that the splitter could not read.
    pub skipped: Vec<Skip>,
}

/// A raw record inside a [`Batch`].
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// First byte in the batch.
    pub start: usize,
    /// One past the last byte in the batch.
    pub end: usize,
    /// What it was extracted from.
    pub envelope: Envelope<Span>,
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
    /// The record, if `text` is its whole batch; `None` if `text` lacks one of the ranges.
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

/// Whether a reader has more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The batch was filled; call again.
    More,
    /// The batch holds the last records, maybe none.
    Done,
}

/// When a file is read. Events can look up rows of reports, so reports are read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Credential reports, first.
    Reports,
    /// Everything else.
    Events,
}

/// The files of one run, in a fixed order.
pub trait Inputs: Sync {
    /// The number of files.
    fn count(&self) -> usize;
    /// Determines when each file is read, so that [`Self::phase`] returns at once. `jobs` threads
    /// share the work.
    fn peek_all(&self, _jobs: NonZeroUsize) {}
    /// When a file is read.
    fn phase(&self, _index: usize) -> Phase {
        Phase::Events
    }
    /// What the user states about a file.
    fn hint(&self, _index: usize) -> Hint {
        Hint::default()
    }
    /// Starts to read a file. If the file cannot be opened, its account reports that.
    fn open(&self, index: usize) -> Box<dyn Batches + '_>;
    /// Starts to read a file again, to look at some of its records once more; `None` if it can be
    /// read only once.
    fn again(&self, _index: usize) -> Option<Box<dyn Batches + '_>> {
        None
    }
}

/// One file being read.
pub trait Batches: Send {
    /// Fills `batch` with the next records, after clearing it.
    fn next(&mut self, batch: &mut Batch) -> Step;
    /// The formats to try for its records, the most likely first.
    fn formats(&self) -> &[&'static dyn Format];
    /// What is known about its records apart from their text; the same [`Arc`] until something
    /// changes.
    fn origin(&self) -> Arc<Origin>;
    /// The report on the file; complete after `next` returns [`Step::Done`].
    fn account(&self) -> FileAccount;
}

/// How a file was classified.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FileStatus {
    /// It was read as records.
    #[default]
    Read,
    /// Found while walking a directory, and no format recognises it. It is listed, and the run is
    /// complete.
    NotAnInput {
        /// Why no format claims it.
        reason: String,
    },
    /// A format recognises it, but it contains no records (a digest, an empty `Records`).
    Declined {
        /// What kind of file it is.
        reason: String,
    },
    /// Named, globbed, or with an input's extension, but no format recognises it: the run is
    /// incomplete.
    Unclaimed {
        /// The formats that were tried.
        reason: String,
    },
    /// It could not be opened: the run is incomplete.
    Unreadable {
        /// The reason.
        reason: String,
    },
}

/// What an input reports about one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileAccount {
    /// The input root that it was found under.
    pub root: usize,
    /// Path below the root with `/` between its parts; the file's own name if the file itself was
    /// named.
    pub path: String,
    /// How it was classified.
    pub status: FileStatus,
    /// The container its records came in (`records-object`, `events-object`, `response-object`,
    /// `query-rows-object`, `hits-answer`, …, `array`, `lines`, `object`, `rows`).
    pub container: &'static str,
    /// How it was compressed, if it was.
    pub compression: Option<&'static str>,
    /// Bytes as stored.
    pub bytes: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// SHA-256 of the stored bytes, if it was requested and the file was read to its end.
    pub sha256: Option<[u8; 32]>,
    /// Notes about problems that lost no record.
    pub notes: Vec<String>,
    /// Parts that could not be interpreted in records that were still read. Each makes the run
    /// incomplete.
    pub faults: Vec<String>,
}

impl FileAccount {
    /// The position of the record with this ordinal in the file's container, for a person to read.
    pub fn pointer(&self, ordinal: u64) -> String {
        match self.container {
            "records-object" => format!("/Records/{ordinal}"),
            "events-object" => format!("/Events/{ordinal}"),
            "response-object" => format!("/Response/Events/{ordinal}"),
            "query-rows-object" => format!("/QueryResultRows/{ordinal}"),
            "results-answer" => format!("/results/{ordinal}"),
            "events-answer" => format!("/events/{ordinal}"),
            "hits-answer" => format!("/hits/hits/{ordinal}"),
            "data-answer" => format!("/data/{ordinal}"),
            "array" => format!("/{ordinal}"),
            "object" => "/".into(),
            "rows" => format!("row {}", ordinal + 1),
            _ => format!("record {}", ordinal + 1),
        }
    }
}
