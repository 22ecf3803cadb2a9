//! Sorted runs of rows in a temporary file.

use std::fmt;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::source::Temporary;

/// Creates a temporary file.
pub(in crate::engine) type Create = fn() -> io::Result<Temporary>;

/// Bytes written at a time.
const WRITE: usize = 1 << 18;

/// A temporary file to which all threads append their runs: one descriptor for any number of runs.
/// It is created when the first run is appended.
#[derive(Debug)]
pub(in crate::engine) struct SpillFile {
    create: Create,
    file: Mutex<Option<Temporary>>,
}

/// An operation on a temporary file of spilled rows failed. The run continues without the file, and
/// its report shows the error.
#[derive(Debug, Clone)]
pub struct SpillError(Arc<io::Error>);

impl fmt::Display for SpillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for SpillError {}

impl From<io::Error> for SpillError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

/// Sorted rows in a spill file: a range of bytes.
#[derive(Debug, Clone)]
pub(super) struct Run {
    file: Arc<SpillFile>,
    from: u64,
    to: u64,
}

impl SpillFile {
    pub(in crate::engine) fn new(create: Create) -> Arc<Self> {
        Arc::new(Self { create, file: Mutex::default() })
    }

    /// A new, empty spill file that is created in the same way.
    pub(super) fn another(&self) -> Arc<Self> {
        Self::new(self.create)
    }

    /// Appends a run of the rows that `rows` writes. If that fails, the bytes already written are
    /// never read.
    pub(super) fn append(
        self: &Arc<Self>,
        rows: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Run> {
        let mut file = self.lock();
        let file = match &mut *file {
            Some(file) => file,
            none => none.insert((self.create)()?),
        };
        let from = file.seek(SeekFrom::End(0))?;
        let mut out = BufWriter::with_capacity(WRITE, &mut *file);
        rows(&mut out)?;
        out.flush()?;
        drop(out);
        let to = file.stream_position()?;
        Ok(Run { file: Arc::clone(self), from, to })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Temporary>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a row; its first `sorts` bytes are its sort key.
pub(super) fn write_row(out: &mut dyn Write, row: &[u8], sorts: usize) -> io::Result<()> {
    out.write_all(&(row.len() as u32).to_le_bytes())?;
    out.write_all(&(sorts as u32).to_le_bytes())?;
    out.write_all(row)
}

/// Reads the rows of a run through its own buffer.
#[derive(Debug)]
pub(super) struct RunReader {
    run: Run,
    buffer: Vec<u8>,
    /// The number of bytes of the buffer that were read.
    read: usize,
    /// Bytes read from the file at a time.
    size: usize,
}

impl RunReader {
    pub(super) fn new(run: Run, size: usize) -> Self {
        Self { run, buffer: Vec::new(), read: 0, size }
    }

    /// Reads the next row. Returns the length of its sort key in bytes; `None` at the end.
    pub(super) fn next(&mut self, into: &mut Vec<u8>) -> io::Result<Option<usize>> {
        if self.read == self.buffer.len() && self.run.from == self.run.to {
            return Ok(None);
        }
        let mut head = [0; 8];
        self.exact(&mut head)?;
        let word =
            |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        into.resize(word(0) as usize, 0);
        self.exact(into)?;
        Ok(Some(word(4) as usize))
    }

    fn exact(&mut self, mut into: &mut [u8]) -> io::Result<()> {
        while !into.is_empty() {
            if self.read == self.buffer.len() {
                self.fill()?;
            }
            let count = into.len().min(self.buffer.len() - self.read);
            let (now, later) = into.split_at_mut(count);
            now.copy_from_slice(&self.buffer[self.read..self.read + count]);
            self.read += count;
            into = later;
        }
        Ok(())
    }

    fn fill(&mut self) -> io::Result<()> {
        let left = usize::try_from(self.run.to - self.run.from).unwrap_or(usize::MAX);
        if left == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.resize(left.min(self.size), 0);
        self.read = 0;
        let mut file = self.run.file.lock();
        let file = file.as_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
        file.seek(SeekFrom::Start(self.run.from))?;
        file.read_exact(&mut self.buffer)?;
        self.run.from += self.buffer.len() as u64;
        Ok(())
    }
}
