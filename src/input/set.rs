//! The inputs of one run.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use super::FORMATS;
use super::credentials;
use super::discover::{Discovery, Found, STDIN, discover};
use super::open::Progress;
use super::reader::{Reader, Task, source};
use crate::diag::{Diagnostic, escape};
use crate::record::{Batches, FileAccount, Format, Hint, HintEntry, Hints, Inputs, Origin, Phase};
use crate::source::walk;

/// Standard input, or what stands in for it.
pub type Stdin = Box<dyn Read + Send>;

/// The inputs of one run, found and not yet opened.
pub struct InputSet {
    found: Discovery,
    formats: Vec<&'static dyn Format>,
    hash: bool,
    stdin: Mutex<Option<Stdin>>,
    progress: Arc<Progress>,
    /// What is said of files: first of those that no entry names, then of each entry's.
    known: Vec<Known>,
    /// For each file, its place in `known`.
    known_of: Vec<usize>,
    notes: Vec<InputNote>,
    /// What the first bytes of each file say of when it is read.
    phases: Vec<OnceLock<Phase>>,
    /// Standard input, once it was looked at.
    waiting: Mutex<Option<Task>>,
}

/// Something worth saying of the arguments, or of what is said of inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputNote {
    /// Stable id in kebab case.
    pub id: &'static str,
    /// One sentence; may quote paths, escaped.
    pub text: String,
}

/// What is said of some files. They share one origin, so that readers are prepared once for all.
#[derive(Debug, Default)]
pub(super) struct Known {
    hint: Hint,
    origin: Arc<Origin>,
}

impl Known {
    fn new(hint: Hint) -> Self {
        let origin = Arc::new(hint.origin());
        Self { hint, origin }
    }
}

impl InputSet {
    /// Finds what the arguments name: files, folders (walked), globs, `-`.
    ///
    /// An argument that names nothing is an error; all of them are reported.
    pub fn new(args: &[String]) -> Result<Self, Vec<Diagnostic>> {
        let mut found = discover(args)?;
        let note = |text| InputNote { id: "repeated-input", text };
        Ok(Self {
            notes: std::mem::take(&mut found.notes).into_iter().map(note).collect(),
            known: vec![Known::default()],
            known_of: vec![0; found.files.len()],
            phases: found.files.iter().map(|_| OnceLock::new()).collect(),
            waiting: Mutex::default(),
            found,
            formats: FORMATS.to_vec(),
            hash: false,
            stdin: Mutex::new(None),
            progress: Arc::default(),
        })
    }

    /// Gives what `-` reads.
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

    /// Takes what the user says of files; `directory` is where relative arguments begin.
    #[must_use]
    pub fn hints(mut self, hints: &Hints, directory: &Path) -> Self {
        self.known = vec![Known::new(hints.every.clone())];
        let entries = hints.entries.iter();
        self.known.extend(entries.map(|entry| Known::new(hints.every.or(&entry.hint))));
        let mut used = vec![false; hints.entries.len()];
        for (found, known) in self.found.files.iter().zip(&mut self.known_of) {
            // A file is named as it was reached or as it really lies.
            let reached = found.file.as_ref().map(|path| directory.join(path));
            let real = reached.as_deref().filter(|_| !used.is_empty()).map(walk::resolve);
            let names = |entry: &HintEntry| match (&reached, &real) {
                (Some(reached), Some(real)) => {
                    entry.paths.matches(reached) || entry.paths.matches(real)
                }
                _ => entry.paths.matches_name(STDIN),
            };
            let named: Vec<bool> = hints.entries.iter().map(names).collect();
            *known = named.iter().position(|&named| named).map_or(0, |at| at + 1);
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

    /// Things worth saying of the arguments and of what is said of inputs.
    pub fn notes(&self) -> &[InputNote] {
        &self.notes
    }

    /// Every file that was found, as it can be opened.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.found.files.iter().filter_map(|found| found.file.as_deref())
    }

    /// Bytes read so far.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Bytes as stored of all files that say so, to show progress against.
    pub fn stored_bytes(&self) -> u64 {
        let files = self.found.files.iter().filter(|found| found.status.is_none());
        files
            .filter_map(|f| f.file.as_ref())
            .filter_map(|p| fs::metadata(p).ok())
            .map(|m| m.len())
            .sum()
    }

    /// Standard input, when it was looked at before.
    fn waiting(&self, found: &Found) -> Option<Task> {
        let waiting = || self.waiting.lock().ok()?.take();
        if found.file.is_none() { waiting() } else { None }
    }

    /// A file with what is said of it.
    pub(super) fn file(&self, index: usize) -> Option<(&Found, &Known)> {
        let known = self.known_of.get(index).and_then(|&known| self.known.get(known));
        self.found.files.get(index).zip(known)
    }

    fn task(
        &self,
        (found, known): (&Found, &Known),
        account: FileAccount,
        progress: &Arc<Progress>,
        hash: bool,
    ) -> Task {
        let (raw, size) = match &found.file {
            None => (self.take_stdin(), None),
            Some(path) => {
                match File::open(path).and_then(|file| file.metadata().map(|m| (file, m))) {
                    // What is appended while it is read belongs to the next run.
                    Ok((file, meta)) if meta.is_file() => {
                        (Ok(Box::new(file.take(meta.len())) as Stdin), Some(meta.len()))
                    }
                    Ok((file, _)) => (Ok(Box::new(file) as Stdin), None),
                    Err(error) => (Err(error), None),
                }
            }
        };
        self.task_over((found, known), account, raw, size, progress, hash)
    }

    /// What is to be done with these bytes of a file.
    pub(super) fn task_over(
        &self,
        (found, known): (&Found, &Known),
        account: FileAccount,
        raw: io::Result<Stdin>,
        size: Option<u64>,
        progress: &Arc<Progress>,
        hash: bool,
    ) -> Task {
        Task {
            account,
            expected: found.expected,
            source: raw
                .map_err(|error| error.to_string())
                .and_then(|raw| source(raw, hash, progress)),
            size,
            formats: match &known.hint.format {
                Some(only) => vec![only.value],
                None => self.formats.clone(),
            },
            only: known.hint.format.clone(),
            origin: Arc::clone(&known.origin),
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
        self.file(index).map(|(_, known)| known.hint.clone()).unwrap_or_default()
    }

    fn phase(&self, index: usize) -> Phase {
        let Some((file, phase)) = self.file(index).zip(self.phases.get(index)) else {
            return Phase::Events;
        };
        let look = || {
            let (found, _) = file;
            if found.status.is_some() {
                return false;
            }
            // What is only looked at is no progress; standard input cannot be opened again.
            let unseen = Arc::default();
            let progress = if found.file.is_some() { &unseen } else { &self.progress };
            let mut task = self.task(file, FileAccount::default(), progress, self.hash);
            let report = credentials::is_report(&mut task);
            if found.file.is_none()
                && let Ok(mut waiting) = self.waiting.lock()
            {
                *waiting = Some(task);
            }
            report
        };
        *phase.get_or_init(|| if look() { Phase::Reports } else { Phase::Events })
    }

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        let Some(file) = self.file(index) else {
            return Box::new(Reader::closed(FileAccount::default()));
        };
        let (found, _) = file;
        let account =
            FileAccount { root: found.root, path: found.path.clone(), ..FileAccount::default() };
        match &found.status {
            Some(status) => {
                Box::new(Reader::closed(FileAccount { status: status.clone(), ..account }))
            }
            None => credentials::open(match self.waiting(found) {
                Some(task) => Task { account, ..task },
                None => self.task(file, account, &self.progress, self.hash),
            }),
        }
    }

    fn again(&self, index: usize) -> Option<Box<dyn Batches + '_>> {
        let file = self.file(index)?;
        let path = file.0.file.as_deref().filter(|_| file.0.status.is_none())?;
        // What a pipe or a device gave is gone.
        fs::metadata(path).is_ok_and(|meta| meta.is_file()).then(|| {
            credentials::open(self.task(file, FileAccount::default(), &Arc::default(), false))
        })
    }
}
