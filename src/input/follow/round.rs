//! One check of the inputs: the new bytes, as inputs of the engine.

use std::fs::File;
use std::io::{self, Cursor, Read as _, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::followed_file::{FollowState, FollowedFile};
use crate::input::credentials;
use crate::input::file_reader::{FileReader, ReadTask};
use crate::input::opening::{RawFile, Stdin};
use crate::input::set::{InputNote, InputSet};
use crate::record::{
    Batch, BatchStatus, Batches, FileAccount, FileStatus, Format, Hint, Inputs, Origin, ReadOrder,
};

/// The new bytes since the last round.
///
/// A file has the same index in every round; its account has that index as its root.
pub struct Round {
    pub(super) set: InputSet,
    pub(super) files: Vec<FollowedFile>,
    pub(super) turns: Vec<FileTask>,
    pub(super) notes: Vec<InputNote>,
}

/// The work on one file.
#[derive(Debug, Default)]
pub(super) struct FileTask {
    /// Its number among the files that were found.
    pub(super) found: Option<usize>,
    pub(super) read: Read,
    pub(super) report: bool,
    /// Lines that were read.
    pub(super) lines: Arc<AtomicU64>,
}

/// Which part of a file to read.
#[derive(Debug, Default)]
pub(super) enum Read {
    #[default]
    Not,
    /// Nothing yet: the file is not complete.
    Later,
    All,
    /// Between two places.
    Range(u64, u64),
    /// Bytes of standard input.
    Bytes(Vec<u8>),
    Failed(FileStatus),
}

impl FileTask {
    /// Bytes of standard input; `head` is their first line.
    pub(super) fn of_bytes(file: &mut FollowedFile, bytes: Vec<u8>, head: Option<usize>) -> Self {
        if file.offset == 0
            && !bytes.trim_ascii_start().starts_with(b"{")
            && let Some(head) = head.and_then(|end| bytes.get(..end))
        {
            file.columns = String::from_utf8_lossy(head).into_owned();
        }
        Self { read: Read::Bytes(bytes), ..Self::default() }
    }
}

impl Round {
    /// Notes about the arguments and files.
    pub fn notes(&self) -> &[InputNote] {
        &self.notes
    }

    /// Files from which something is read.
    pub fn due(&self) -> usize {
        let due = |turn: &&FileTask| !matches!(turn.read, Read::Not | Read::Later);
        self.turns.iter().filter(due).count()
    }

    /// Files that are not complete yet, for messages.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        let waits = |(_, turn): &(&FollowedFile, &FileTask)| matches!(turn.read, Read::Later);
        self.files.iter().zip(&self.turns).filter(waits).map(|(file, _)| &*file.shown)
    }

    /// How far every file was read, from the results of the round: for each file its account, the
    /// number of its records, and whether reading failed.
    pub fn done<'r>(
        &self,
        accounts: impl Iterator<Item = (&'r FileAccount, u64, bool)>,
    ) -> Vec<FollowedFile> {
        let mut files = self.files.clone();
        for (account, records, failed) in accounts {
            let (Some(file), Some(turn)) =
                (files.get_mut(account.root), self.turns.get(account.root))
            else {
                continue;
            };
            let read = account.status == FileStatus::Read;
            // An object over several lines is a document; one in a line may be the first of many.
            let alone = account.container == "object" && turn.lines.load(Ordering::Relaxed) <= 1;
            let lines = alone || matches!(account.container, "lines" | "rows");
            let lines = lines && account.compression.is_none();
            match &turn.read {
                Read::Not | Read::Later | Read::Failed(_) => {}
                // The next round tries again.
                _ if failed => {}
                Read::All if turn.report => file.standing = FollowState::Report,
                Read::All if !read => file.standing = FollowState::Other,
                Read::All => {
                    file.standing = if lines { FollowState::Lines } else { FollowState::Whole };
                    turn.passed(file, file.size, records);
                }
                Read::Range(0, _) if !read => file.standing = FollowState::Other,
                Read::Range(_, to) => {
                    turn.passed(file, *to, records);
                    // A container in one line is a document; what follows it changes the file.
                    let goes_on = lines || file.standing == FollowState::Lines;
                    file.standing = if goes_on { FollowState::Lines } else { FollowState::Whole };
                }
                Read::Bytes(bytes) => {
                    turn.passed(file, file.offset + bytes.len() as u64, records);
                }
            }
        }
        files
    }

    /// The same round, which stops reading once `stop` is set.
    pub fn until<'r>(&'r self, stop: &'r AtomicBool) -> impl Inputs + 'r {
        Until { round: self, stop }
    }

    fn account(&self, index: usize) -> FileAccount {
        let path = self.files.get(index).map(|file| file.shown.clone()).unwrap_or_default();
        FileAccount { root: index, path, ..FileAccount::default() }
    }

    /// The bytes of a file, after the header line of its table if they begin later.
    fn range(&self, index: usize, from: u64, bytes: Stdin) -> Box<dyn Batches + '_> {
        let found = self.turns[index].found.and_then(|found| self.set.file(found));
        let Some(found) = found else { return Box::new(FileReader::closed(self.account(index))) };
        let file = &self.files[index];
        let head = if from > 0 { file.columns.as_bytes().to_vec() } else { Vec::new() };
        let lines = Arc::clone(&self.turns[index].lines);
        let before = (head.len() as u64, u64::from(!head.is_empty()));
        let raw = Box::new(Cursor::new(head).chain(Counted { raw: bytes, lines }));
        let raw = Ok(RawFile::stream(raw));
        let goes_on = from > 0 && file.columns.is_empty();
        let task = self.set.task(found, self.account(index), raw, &Arc::default(), false);
        // Lines after the first are not a report, whatever they begin with.
        let inner: Box<dyn Batches + '_> = match goes_on {
            true => Box::new(FileReader::new(ReadTask { goes_on, ..task })),
            false => credentials::open(task),
        };
        Box::new(Shifted {
            inner,
            offset: from.wrapping_sub(before.0),
            line: file.line.wrapping_sub(before.1),
            ordinal: file.ordinal,
        })
    }
}

impl FileTask {
    fn passed(&self, file: &mut FollowedFile, to: u64, records: u64) {
        file.offset = to;
        file.line += self.lines.load(Ordering::Relaxed);
        file.ordinal += records;
    }
}

impl Inputs for Round {
    fn count(&self) -> usize {
        self.files.len()
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        let report = self.turns.get(index).is_some_and(|turn| turn.report);
        if report { ReadOrder::Reports } else { ReadOrder::Events }
    }

    fn hint(&self, index: usize) -> Hint {
        let found = self.turns.get(index).and_then(|turn| turn.found);
        found.map(|found| self.set.hint(found)).unwrap_or_default()
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        let account = self.account(index);
        let failed = |error: io::Error| {
            let status = FileStatus::Unreadable { reason: error.to_string() };
            Box::new(FileReader::closed(FileAccount { status, ..self.account(index) }))
        };
        let Some(turn) = self.turns.get(index) else {
            return Box::new(FileReader::closed(account));
        };
        match &turn.read {
            Read::Not | Read::Later => Box::new(FileReader::closed(account)),
            Read::Failed(status) => {
                Box::new(FileReader::closed(FileAccount { status: status.clone(), ..account }))
            }
            Read::All => match self.bytes(index, 0, self.files[index].size) {
                Ok(bytes) => self.range(index, 0, bytes),
                Err(error) => failed(error),
            },
            Read::Range(from, to) => match self.bytes(index, *from, *to) {
                Ok(bytes) => self.range(index, *from, bytes),
                Err(error) => failed(error),
            },
            Read::Bytes(bytes) => {
                let from = self.files[index].offset;
                self.range(index, from, Box::new(Cursor::new(bytes.clone())))
            }
        }
    }
}

impl Round {
    fn bytes(&self, index: usize, from: u64, to: u64) -> io::Result<Stdin> {
        let found = self.turns[index].found.and_then(|found| self.set.file(found));
        let path = found.and_then(|(found, _)| found.file.as_deref());
        let mut file = File::open(path.ok_or(io::ErrorKind::NotFound)?)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(Box::new(file.take(to.saturating_sub(from))))
    }
}

/// Counts the line breaks in the bytes that are read.
struct Counted {
    raw: Stdin,
    lines: Arc<AtomicU64>,
}

impl io::Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(out)?;
        let lines = memchr::memchr_iter(b'\n', &out[..read]).count() as u64;
        self.lines.fetch_add(lines, Ordering::Relaxed);
        Ok(read)
    }
}

/// Records with their positions in the whole file.
struct Shifted<'i> {
    inner: Box<dyn Batches + 'i>,
    offset: u64,
    line: u64,
    ordinal: u64,
}

impl Batches for Shifted<'_> {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        let step = self.inner.next(batch);
        for placed in &mut batch.records {
            placed.offset = placed.offset.wrapping_add(self.offset);
            placed.line = placed.line.wrapping_add(self.line);
            placed.ordinal += self.ordinal;
        }
        for skip in &mut batch.skipped {
            skip.offset = skip.offset.wrapping_add(self.offset);
            skip.line = skip.line.wrapping_add(self.line);
            skip.ordinal += self.ordinal;
        }
        step
    }

    fn formats(&self) -> &[&'static dyn Format] {
        self.inner.formats()
    }

    fn origin(&self) -> Arc<Origin> {
        self.inner.origin()
    }

    fn account(&self) -> FileAccount {
        self.inner.account()
    }
}

/// A round that can be stopped.
struct Until<'r> {
    round: &'r Round,
    stop: &'r AtomicBool,
}

impl Inputs for Until<'_> {
    fn count(&self) -> usize {
        self.round.count()
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        self.round.read_order(index)
    }

    fn hint(&self, index: usize) -> Hint {
        self.round.hint(index)
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        Box::new(Stoppable { inner: self.round.open(index), stop: self.stop })
    }
}

struct Stoppable<'i> {
    inner: Box<dyn Batches + 'i>,
    stop: &'i AtomicBool,
}

impl Batches for Stoppable<'_> {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        if self.stop.load(Ordering::Relaxed) {
            batch.clear();
            return BatchStatus::Done;
        }
        self.inner.next(batch)
    }

    fn formats(&self) -> &[&'static dyn Format] {
        self.inner.formats()
    }

    fn origin(&self) -> Arc<Origin> {
        self.inner.origin()
    }

    fn account(&self) -> FileAccount {
        self.inner.account()
    }
}
