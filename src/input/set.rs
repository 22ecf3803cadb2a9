//! The inputs of one run.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use super::FORMATS;
use super::byte_stream::{ByteStream, Progress};
use super::credentials;
use super::discover::{Discovery, FoundFile, STDIN, discover};
use super::envelope::opened;
use super::file_reader::{FileReader, ReadTask};
use super::frame::MAX_RECORD;
use super::opening::{Peeked, PeekedFiles, RawFile, Retain, SmallFile, Stdin};
use crate::diag::{Diagnostic, escape};
use crate::record::{
    Batch, Batches, FileAccount, Format, Hint, HintEntry, Hints, Inputs, Origin, ReadOrder,
    RecordsAt,
};
use crate::source::walk;

/// The inputs of one run: files that were found and are opened on demand. Every command that reads
/// inputs creates one.
pub struct InputSet {
    found: Discovery,
    formats: Vec<&'static dyn Format>,
    hash: bool,
    stdin: Mutex<Option<Stdin>>,
    progress: Arc<Progress>,
    /// The user's hints: first those for files that no entry names, then those of each entry.
    file_hints: Vec<FileHint>,
    /// For each file, its place in `file_hints`.
    hint_of: Vec<usize>,
    notes: Vec<InputNote>,
    /// When each file is read; known once its first bytes were peeked at.
    phases: Vec<OnceLock<ReadOrder>>,
    peeked: PeekedFiles,
}

/// A note about the arguments, or about the user's hints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputNote {
    /// Stable id in kebab case.
    pub id: &'static str,
    /// One sentence; may quote paths, escaped.
    pub text: String,
}

/// The user's hints for some files. These files share one origin, so their mappers are made once.
#[derive(Debug, Default)]
pub(super) struct FileHint {
    hint: Hint,
    origin: Arc<Origin>,
}

impl FileHint {
    fn new(hint: Hint) -> Self {
        let origin = Arc::new(hint.origin());
        Self { hint, origin }
    }
}

impl InputSet {
    /// Finds what the arguments name: files, folders (walked), globs, `-`.
    ///
    /// An argument that names nothing is an error; all of them are reported.
    ///
    /// # Errors
    ///
    /// An argument matches nothing. There is a diagnostic for every such argument.
    pub fn new(args: &[String]) -> Result<Self, Vec<Diagnostic>> {
        let mut found = discover(args)?;
        let note = |text| InputNote { id: "repeated-input", text };
        Ok(Self {
            notes: std::mem::take(&mut found.notes).into_iter().map(note).collect(),
            file_hints: vec![FileHint::default()],
            hint_of: vec![0; found.files.len()],
            phases: found.files.iter().map(|_| OnceLock::new()).collect(),
            peeked: PeekedFiles::new(found.files.len()),
            found,
            formats: FORMATS.to_vec(),
            hash: false,
            stdin: Mutex::new(None),
            progress: Arc::default(),
        })
    }

    /// Sets what `-` reads.
    #[must_use]
    pub fn stdin(mut self, stdin: Stdin) -> Self {
        self.stdin = Mutex::new(Some(stdin));
        self
    }

    /// Whether to compute the SHA-256 of each file as stored.
    #[must_use]
    pub fn hash(mut self, hash: bool) -> Self {
        self.hash = hash;
        self
    }

    /// Sets the user's hints for files; relative arguments are relative to `directory`.
    #[must_use]
    pub fn hints(mut self, hints: &Hints, directory: &Path) -> Self {
        self.file_hints = vec![FileHint::new(hints.every.clone())];
        let entries = hints.entries.iter();
        self.file_hints.extend(entries.map(|entry| FileHint::new(hints.every.or(&entry.hint))));
        let mut used = vec![false; hints.entries.len()];
        for (found, hint_of) in self.found.files.iter().zip(&mut self.hint_of) {
            // A pattern may match the path as given, or the path with links resolved.
            let reached = found.file.as_ref().map(|path| directory.join(path));
            let real = reached.as_deref().filter(|_| !used.is_empty()).map(walk::resolve);
            let names = |entry: &HintEntry| match (&reached, &real) {
                (Some(reached), Some(real)) => {
                    entry.paths.matches(reached) || entry.paths.matches(real)
                }
                _ => entry.paths.matches_name(STDIN),
            };
            let named: Vec<bool> = hints.entries.iter().map(names).collect();
            *hint_of = named.iter().position(|&named| named).map_or(0, |at| at + 1);
            used.iter_mut().zip(named).for_each(|(used, named)| *used |= named);
        }
        let unused = hints.entries.iter().zip(used).filter(|(_, used)| !used);
        self.notes.extend(unused.map(|(entry, _)| InputNote {
            id: "unused-input-entry",
            text: format!(
                "the entry of `inputs` at {} names no input of this run: `{}`",
                escape(&entry.by),
                escape(entry.paths.text())
            ),
        }));
        self
    }

    /// Tries these formats and no others.
    #[must_use]
    pub fn formats(mut self, formats: &[&'static dyn Format]) -> Self {
        self.formats = formats.to_vec();
        self
    }

    /// The text of each root, sorted by bytes; [`FileAccount::root`] counts them.
    pub fn roots(&self) -> &[String] {
        &self.found.roots
    }

    /// Notes about the arguments and about the user's hints.
    pub fn notes(&self) -> &[InputNote] {
        &self.notes
    }

    /// The path of every file that was found.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.found.files.iter().filter_map(|found| found.file.as_deref())
    }

    /// Bytes read so far.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// The stored size of all regular files, as the total of a progress line.
    pub fn stored_bytes(&self) -> u64 {
        let files = self.found.files.iter().filter(|found| found.status.is_none());
        files
            .filter_map(|f| f.file.as_ref())
            .filter_map(|p| fs::metadata(p).ok())
            .map(|m| m.len())
            .sum()
    }

    /// A file with the user's hints.
    pub(super) fn file(&self, index: usize) -> Option<(&FoundFile, &FileHint)> {
        let hint = self.hint_of.get(index).and_then(|&hint| self.file_hints.get(hint));
        self.found.files.get(index).zip(hint)
    }

    /// Opens a file, as stored.
    fn raw(&self, found: &FoundFile) -> io::Result<RawFile> {
        match &found.file {
            None => self.take_stdin().map(RawFile::stream),
            Some(path) => RawFile::open(path),
        }
    }

    /// Peeks at the first bytes of a file, without retaining it: it is opened again to be read.
    pub(super) fn peek(&self, index: usize) -> ReadOrder {
        let report = || {
            let (found, hint) = self.file(index).filter(|(found, _)| found.status.is_none())?;
            let raw = self.raw(found).ok()?;
            Some(self.is_report((found, hint), raw))
        };
        if report() == Some(true) { ReadOrder::Reports } else { ReadOrder::Events }
    }

    /// Whether an opened file is a credential report. Bytes read for it do not count as progress.
    fn is_report(&self, file: (&FoundFile, &FileHint), raw: RawFile) -> bool {
        let account = FileAccount::default();
        let mut task = self.task(file, account, Ok(raw), &Arc::default(), false);
        credentials::is_report(&mut task)
    }

    /// Peeks at the first bytes of a file and retains it for [`Inputs::open`].
    fn peek_and_retain(&self, index: usize) -> io::Result<bool> {
        let Some((found, hint)) = self.file(index).filter(|(found, _)| found.status.is_none())
        else {
            return Ok(false);
        };
        let file = (found, hint);
        let raw = self.raw(found)?;
        match self.peeked.retain(raw.size) {
            Retain::Open => {
                let account = FileAccount::default();
                let mut task = self.task(file, account, Ok(raw), &self.progress, self.hash);
                let report = credentials::is_report(&mut task);
                self.peeked.put(index, Peeked::Open(Box::new(task)));
                Ok(report)
            }
            Retain::Small => {
                let small = SmallFile::read(raw)?;
                let report = self.is_report(file, small.clone().raw());
                self.peeked.put(index, Peeked::Small(small));
                Ok(report)
            }
            Retain::Not => Ok(self.is_report(file, raw)),
        }
    }

    /// The task of reading these bytes of a file.
    pub(super) fn task(
        &self,
        (found, hint): (&FoundFile, &FileHint),
        account: FileAccount,
        raw: io::Result<RawFile>,
        progress: &Arc<Progress>,
        hash: bool,
    ) -> ReadTask {
        ReadTask {
            account,
            expected: found.expected,
            size: raw.as_ref().ok().and_then(|raw| raw.size),
            source: raw.and_then(|raw| ByteStream::new(raw.bytes, hash, Arc::clone(progress))),
            formats: match &hint.hint.format {
                Some(only) => vec![only.value],
                None => self.formats.clone(),
            },
            only: hint.hint.format.clone(),
            origin: Arc::clone(&hint.origin),
            goes_on: false,
        }
    }

    fn take_stdin(&self) -> io::Result<Stdin> {
        let taken = self.stdin.lock().ok().and_then(|mut stdin| stdin.take());
        taken.ok_or_else(|| io::Error::other("standard input was read already"))
    }
}

impl Inputs for InputSet {
    fn count(&self) -> usize {
        self.found.files.len()
    }

    fn hint(&self, index: usize) -> Hint {
        self.file(index).map(|(_, hint)| hint.hint.clone()).unwrap_or_default()
    }

    fn peek_all(&self, jobs: NonZeroUsize) {
        let next = AtomicUsize::new(0);
        let work = || {
            while let index = next.fetch_add(1, Ordering::Relaxed)
                && index < self.count()
            {
                self.read_order(index);
            }
        };
        thread::scope(|scope| {
            for _ in 1..jobs.get().min(self.count()) {
                // A thread that cannot start leaves its files to the others.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
    }

    fn read_order(&self, index: usize) -> ReadOrder {
        let peek = || {
            // A panic is a bug of ours; reading the file reports it.
            let report = catch_unwind(AssertUnwindSafe(|| self.peek_and_retain(index)));
            // A file that cannot be read is reported when it is opened.
            let report = report.is_ok_and(|report| report.unwrap_or(false));
            if report { ReadOrder::Reports } else { ReadOrder::Events }
        };
        self.phases.get(index).map_or(ReadOrder::Events, |read_order| *read_order.get_or_init(peek))
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        let Some(file) = self.file(index) else {
            return Box::new(FileReader::closed(FileAccount::default()));
        };
        let (found, _) = file;
        let account =
            FileAccount { root: found.root, path: found.path.clone(), ..FileAccount::default() };
        if let Some(status) = &found.status {
            return Box::new(FileReader::closed(FileAccount { status: status.clone(), ..account }));
        }
        let raw = match self.peeked.take(index) {
            Some(Peeked::Open(task)) => return credentials::open(ReadTask { account, ..*task }),
            Some(Peeked::Small(small)) => Ok(small.raw()),
            None => self.raw(found),
        };
        credentials::open(self.task(file, account, raw, &self.progress, self.hash))
    }

    fn again(&self, index: usize) -> Option<Box<dyn Batches + '_>> {
        let file = self.file(index).filter(|_| self.is_rereadable(index))?;
        let raw = RawFile::open(file.0.file.as_deref()?);
        Some(credentials::open(self.task(
            file,
            FileAccount::default(),
            raw,
            &Arc::default(),
            false,
        )))
    }

    fn records_at(&self, index: usize) -> Option<Box<dyn RecordsAt + '_>> {
        let (found, _) = self.file(index).filter(|_| self.is_rereadable(index))?;
        Some(Box::new(SeekableFile(fs::File::open(found.file.as_deref()?).ok()?)))
    }

    fn is_rereadable(&self, index: usize) -> bool {
        let Some((found, _)) = self.file(index) else { return false };
        // The bytes of a pipe or a device can be read only once.
        let path = found.file.as_deref().filter(|_| found.status.is_none());
        path.is_some_and(|path| fs::metadata(path).is_ok_and(|meta| meta.is_file()))
    }
}

/// A file that is open for reading at positions.
struct SeekableFile(fs::File);

impl RecordsAt for SeekableFile {
    fn read(&mut self, offset: u64, length: u64) -> Option<Batch> {
        let length = usize::try_from(length).ok().filter(|&length| length <= MAX_RECORD)?;
        self.0.seek(SeekFrom::Start(offset)).ok()?;
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).ok()?;
        Some(opened(&String::from_utf8(bytes).ok()?))
    }
}
