//! Opens each file of a run once: the bytes that were peeked at are the bytes that are read.
//!
//! A peek at the first bytes of every file distinguishes credential reports from logs, because
//! reports are read first. A stream (standard input, a pipe, a device) gives its bytes only once,
//! so it stays open together with what was peeked. A regular file stays in memory if it is small,
//! and open otherwise, up to a limit; beyond the limit it is opened a second time.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::file_reader::ReadTask;

/// Standard input, or a replacement for it.
pub type Stdin = Box<dyn Read + Send>;

/// The maximum size of a regular file that stays in memory between the peek and reading.
const SMALL: u64 = 64 << 10;

/// The maximum size of all of these files together.
const SMALL_BYTES: u64 = 32 << 20;

/// The maximum number of larger regular files that stay open between the peek and reading.
const LARGE_FILES: u64 = 32;

/// An opened file, as stored.
pub(super) struct RawFile {
    pub(super) bytes: Stdin,
    /// Its size when it was opened; `None` for a stream.
    pub(super) size: Option<u64>,
}

impl RawFile {
    /// Opens a file. A regular file is read only up to its size at this moment: bytes that are
    /// appended later belong to the next run.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        Ok(match meta.is_file() {
            true => Self { bytes: Box::new(file.take(meta.len())), size: Some(meta.len()) },
            false => Self::stream(Box::new(file)),
        })
    }

    pub(super) fn stream(bytes: Stdin) -> Self {
        Self { bytes, size: None }
    }
}

/// The state of a file between the peek and its reading.
pub(super) enum Peeked {
    /// The opened file, which gives the peeked bytes again.
    Open(Box<ReadTask>),
    /// A small file that was read whole.
    Small(SmallFile),
}

/// The bytes of a file in memory, and its size when it was opened.
#[derive(Clone)]
pub(super) struct SmallFile {
    bytes: Arc<[u8]>,
    size: u64,
}

impl SmallFile {
    pub(super) fn read(mut file: RawFile) -> io::Result<Self> {
        let mut bytes = Vec::new();
        file.bytes.read_to_end(&mut bytes)?;
        Ok(Self { size: file.size.unwrap_or(bytes.len() as u64), bytes: bytes.into() })
    }

    pub(super) fn raw(self) -> RawFile {
        RawFile { bytes: Box::new(Cursor::new(self.bytes)), size: Some(self.size) }
    }
}

/// How a file is retained from the peek until it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retain {
    Open,
    Small,
    /// It is closed, and opened again to be read.
    Not,
}

/// The peeked files of a run, until each is read.
pub(super) struct PeekedFiles {
    files: Vec<Mutex<Option<Peeked>>>,
    /// Bytes of small files that may still be retained.
    small_bytes: AtomicU64,
    /// Larger files that may still be retained.
    large_files: AtomicU64,
}

impl PeekedFiles {
    pub(super) fn new(files: usize) -> Self {
        Self {
            files: std::iter::repeat_with(Mutex::default).take(files).collect(),
            small_bytes: AtomicU64::new(SMALL_BYTES),
            large_files: AtomicU64::new(LARGE_FILES),
        }
    }

    /// Decides how a file of this size is retained; `None` is the size of a stream.
    pub(super) fn retain(&self, size: Option<u64>) -> Retain {
        match size {
            None => Retain::Open,
            Some(size) if size <= SMALL && take(&self.small_bytes, size) => Retain::Small,
            Some(size) if size > SMALL && take(&self.large_files, 1) => Retain::Open,
            Some(_) => Retain::Not,
        }
    }

    /// Retains a file until [`Self::take`].
    pub(super) fn put(&self, index: usize, peeked: Peeked) {
        if let Some(slot) = self.files.get(index) {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(peeked);
        }
    }

    /// The retained state of a file; the second call returns nothing.
    pub(super) fn take(&self, index: usize) -> Option<Peeked> {
        self.files.get(index)?.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Takes `amount` from the remaining budget; `false` if less remains.
fn take(left: &AtomicU64, amount: u64) -> bool {
    let less = |left: u64| left.checked_sub(amount);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peeked_files_are_retained_up_to_a_limit_and_streams_always() {
        let files = PeekedFiles::new(0);
        for _ in 0..SMALL_BYTES / SMALL {
            assert_eq!(files.retain(Some(SMALL)), Retain::Small);
        }
        assert_eq!(files.retain(Some(1)), Retain::Not);
        for _ in 0..LARGE_FILES {
            assert_eq!(files.retain(Some(SMALL + 1)), Retain::Open);
        }
        assert_eq!(files.retain(Some(SMALL + 1)), Retain::Not);
        assert_eq!(files.retain(None), Retain::Open);
    }
}
