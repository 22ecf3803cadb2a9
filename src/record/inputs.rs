//! The files of a run, as the engine reads them.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{Batch, Format, Hint, Origin};

/// Whether a reader has more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchStatus {
    /// The batch was filled; call again.
    More,
    /// The batch contains the last records, or none.
    Done,
}

/// The order of reading: reports come first, because events look up their rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadOrder {
    /// Credential reports, first.
    Reports,
    /// Everything else.
    Events,
}

/// The files of one run, in a fixed order. `input` implements it, and the engine reads records
/// through it.
pub trait Inputs: Sync {
    /// How many files there are.
    fn count(&self) -> usize;
    /// Determines the read order of each file, so that [`Self::read_order`] returns at once; `jobs`
    /// threads share the work.
    fn peek_all(&self, _jobs: NonZeroUsize) {}
    /// When a file is read.
    fn read_order(&self, _index: usize) -> ReadOrder {
        ReadOrder::Events
    }
    /// The user's hint about a file.
    fn hint(&self, _index: usize) -> Hint {
        Hint::default()
    }
    /// Starts reading a file. If it cannot be opened, its account contains the reason.
    fn open(&self, index: usize) -> Box<dyn Batches + '_>;
    /// Whether [`Self::again`] can read one again.
    fn is_rereadable(&self, _index: usize) -> bool {
        false
    }
    /// Opens a file to read some of its records again, each alone; `None` if the file cannot be read at
    /// a position. The file must not be compressed.
    fn records_at(&self, _index: usize) -> Option<Box<dyn RecordsAt + '_>> {
        None
    }
    /// Starts reading a file again, to read some of its records a second time; `None` if it can be
    /// read only once.
    fn again(&self, _index: usize) -> Option<Box<dyn Batches + '_>> {
        None
    }
}

/// A file of which single records are read.
pub trait RecordsAt {
    /// The record at this offset and of this length in bytes. If it is an envelope, the records in it.
    /// `None` if it cannot be read.
    fn read(&mut self, offset: u64, length: u64) -> Option<Batch>;
}

/// One file being read. The readers of `input` implement it, and the engine takes batches from it.
pub trait Batches: Send {
    /// Fills `batch` with the next records, after clearing it.
    fn next(&mut self, batch: &mut Batch) -> BatchStatus;
    /// The formats to try for its records, the most likely first.
    fn formats(&self) -> &[&'static dyn Format];
    /// Properties of its records that their text does not contain; the same [`Arc`] while nothing
    /// changes.
    fn origin(&self) -> Arc<Origin>;
    /// The account of the file; complete once `next` returned [`BatchStatus::Done`].
    fn account(&self) -> FileAccount;
}

/// How a file was treated. Every report on files shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum FileStatus {
    /// It was read as records.
    #[default]
    Read,
    /// It was found in a folder, and no format claims it: it is listed and does not make the run
    /// incomplete.
    NotAnInput {
        /// Why no format claims it.
        reason: String,
    },
    /// A format recognises it, and it contains no records (a digest, an empty `Records`).
    Declined {
        /// What it is.
        reason: String,
    },
    /// It was named, matched a glob or has the extension of an input, and no format claims it: the
    /// run is incomplete.
    Unclaimed {
        /// What was tried.
        reason: String,
    },
    /// It could not be opened: the run is incomplete.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// The account of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileAccount {
    /// Which input root it was found under.
    pub root: usize,
    /// Path below the root, `/` between its parts; the file's own name when it was named itself.
    pub path: String,
    /// How it was treated.
    pub status: FileStatus,
    /// The container of its records (`records-object`, `events-object`, `response-object`,
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
    /// Notes; no record was skipped because of them.
    pub notes: Vec<String>,
    /// Unreadable values in records that were read; each makes the run incomplete.
    pub faults: Vec<String>,
}

impl FileAccount {
    /// The position of the record with this ordinal in the file's container, for messages.
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
