//! The inputs of a watch, and their new bytes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::due::LONGEST;
use super::followed_file::{FollowState, FollowedFile};
use super::identify::identify;
use super::round::{FileTask, Round};
use super::snapshot::{Snapshot, first_line};
use crate::diag::Diagnostic;
use crate::input::discover::STDIN;
use crate::input::set::{InputNote, InputSet};
use crate::record::{Hints, Inputs, ReadOrder};
use crate::source::is_same_file;
use crate::value::Time;

/// The inputs of a watch. `keytrail watch` looks for new records through it before each check.
#[derive(Debug)]
pub struct Follow {
    args: Vec<String>,
    hints: Hints,
    directory: PathBuf,
    files: Vec<FollowedFile>,
    without: Vec<PathBuf>,
}

impl Follow {
    /// Follows what the arguments name; `files` is how far an earlier watch read them.
    pub fn new(
        args: Vec<String>,
        hints: Hints,
        directory: PathBuf,
        files: Vec<FollowedFile>,
    ) -> Self {
        Self { args, hints, directory, files, without: Vec::new() }
    }

    /// Excludes these files wherever they are found: those that the watch itself writes.
    #[must_use]
    pub fn without(mut self, files: Vec<PathBuf>) -> Self {
        self.without = files;
        self
    }

    /// Whether standard input is among them.
    pub fn stdin(&self) -> bool {
        self.args.iter().any(|arg| arg == STDIN)
    }

    /// How far every file was read.
    pub fn files(&self) -> &[FollowedFile] {
        &self.files
    }

    /// Records how far a round read the files.
    pub fn accept(&mut self, files: Vec<FollowedFile>) {
        self.files = files;
    }

    /// Looks for new bytes. `stdin` contains the bytes of standard input that no round has read; an
    /// unfinished line stays there unless the input has `ended`. Retained rows refer to the files
    /// `used`, so these keep their index.
    ///
    /// # Errors
    ///
    /// An argument matches no file, as in [`InputSet::new`].
    pub fn look(
        &self,
        clock: Time,
        stdin: &mut Vec<u8>,
        ended: bool,
        used: &BTreeSet<u32>,
    ) -> Result<Round, Vec<Diagnostic>> {
        let set = InputSet::new(&self.args)?.hints(&self.hints, &self.directory);
        let mut files = self.files.clone();
        let mut notes: Vec<InputNote> = set.notes().to_vec();
        let snapshot: Vec<Option<Snapshot>> = (0..set.count())
            .map(|index| {
                let (found, _) = set.file(index)?;
                let own = |own: &PathBuf| {
                    let file =
                        found.file.as_ref().filter(|file| file.file_name() == own.file_name());
                    file.is_some_and(|file| is_same_file(file, own))
                };
                if self.without.iter().any(own) {
                    return None;
                }
                Some(Snapshot::of(index, found, set.roots()))
            })
            .collect();
        let places = identify(&snapshot, &mut files, &mut notes, clock, used);
        let mut turns: Vec<FileTask> = files.iter().map(|_| FileTask::default()).collect();
        for (snapshot, place) in snapshot.iter().zip(places) {
            let (Some(snapshot), Some(place)) = (snapshot, place) else { continue };
            let file = &mut files[place];
            file.gone = None;
            let turn = if snapshot.path == STDIN {
                due_of_stdin(file, stdin, ended)
            } else {
                let report = match file.standing {
                    // A file that was written to is peeked at again.
                    standing if snapshot.is_unchanged(file) && standing != FollowState::New => {
                        standing == FollowState::Report
                    }
                    FollowState::Lines => false,
                    _ => {
                        snapshot.status.is_none() && set.peek(snapshot.index) == ReadOrder::Reports
                    }
                };
                snapshot.due(&set, file, clock, report, &mut notes)
            };
            turns[place] = FileTask { found: Some(snapshot.index), ..turn };
        }
        for (file, turn) in files.iter_mut().zip(&turns) {
            if turn.found.is_none() {
                file.gone.get_or_insert(clock);
            }
        }
        Ok(Round { set, files, turns, notes })
    }
}

/// The complete lines among the bytes of standard input.
fn due_of_stdin(file: &mut FollowedFile, stdin: &mut Vec<u8>, ended: bool) -> FileTask {
    let whole = memchr::memrchr(b'\n', stdin).map_or(0, |at| at + 1);
    // A longer line is skipped without waiting for its end.
    let longest = stdin.len() as u64 - whole as u64 > LONGEST;
    let whole = if ended || longest { stdin.len() } else { whole };
    let rest = stdin.split_off(whole);
    let bytes = std::mem::replace(stdin, rest);
    file.standing = FollowState::Lines;
    if bytes.is_empty() {
        return FileTask::default();
    }
    let head = first_line(&bytes).map(<[u8]>::len);
    FileTask::of_bytes(file, bytes, head)
}
