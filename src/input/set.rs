//! The inputs of one run.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::FORMATS;
use super::discover::{Discovery, Found, discover};
use super::open::Progress;
use super::reader::{Reader, Task, source};
use crate::diag::Diagnostic;
use crate::record::{Batches, FileAccount, Format, Inputs, Origin};

/// Standard input, or what stands in for it.
pub type Stdin = Box<dyn Read + Send>;

/// The inputs of one run, found and not yet opened.
pub struct InputSet {
    found: Discovery,
    formats: Vec<&'static dyn Format>,
    hash: bool,
    stdin: Mutex<Option<Stdin>>,
    progress: Arc<Progress>,
    /// What is known of a log beforehand: nothing.
    origin: Arc<Origin>,
}

impl InputSet {
    /// Finds what the arguments name: files, folders (walked), globs, `-`.
    ///
    /// An argument that names nothing is an error; all of them are reported.
    pub fn new(args: &[String]) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self {
            found: discover(args)?,
            formats: FORMATS.to_vec(),
            hash: false,
            stdin: Mutex::new(None),
            progress: Arc::default(),
            origin: Arc::default(),
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

    /// Things worth saying of the arguments.
    pub fn notes(&self) -> &[String] {
        &self.found.notes
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

    fn task(&self, found: &Found, account: FileAccount) -> Task {
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
        Task {
            account,
            expected: found.expected,
            source: raw
                .map_err(|error| error.to_string())
                .and_then(|raw| source(raw, self.hash, &self.progress)),
            size,
            formats: self.formats.clone(),
            origin: Arc::clone(&self.origin),
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

    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        let Some(found) = self.found.files.get(index) else {
            return Box::new(Reader::closed(FileAccount::default()));
        };
        let account =
            FileAccount { root: found.root, path: found.path.clone(), ..FileAccount::default() };
        Box::new(match &found.status {
            Some(status) => Reader::closed(FileAccount { status: status.clone(), ..account }),
            None => Reader::new(self.task(found, account)),
        })
    }
}
