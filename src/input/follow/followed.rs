//! The files that are followed, and how far each was read.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::due::LONGEST;
use super::look::{Seen, digest};
use super::round::{Round, Turn};
use crate::diag::{Diagnostic, escape};
use crate::input::discover::STDIN;
use crate::input::set::{InputNote, InputSet};
use crate::record::{FileStatus, Hints, Inputs, Phase};
use crate::source::is_same_file;
use crate::value::{Duration, Time};

/// A file that is gone is forgotten after this.
const FORGOTTEN: Duration = Duration(35 * 24 * 3600 * 1_000_000);

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Nothing of it was read.
    #[default]
    New = 0,
    /// Lines, read up to a position.
    Lines = 1,
    /// A document, read to its end.
    Whole = 2,
    /// A credential report, read at every check.
    Report = 3,
    /// Nothing that is read, as it was when it was looked at.
    Other = 4,
}

impl Standing {
    /// Every value.
    pub const ALL: &'static [Standing] =
        &[Standing::New, Standing::Lines, Standing::Whole, Standing::Report, Standing::Other];
}

/// One file that is followed, and how far it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Followed {
    /// Where it is; empty where its place may be taken by another file.
    pub path: String,
    /// Where it is, for a person.
    pub shown: String,
    /// The device and the number on it, where the system tells.
    pub device: u64,
    /// The number of the file on its device.
    pub inode: u64,
    /// Its size when it was looked at last.
    pub size: u64,
    /// When it was written last, in microseconds since 1970.
    pub modified: i64,
    /// How many of its first bytes are known, and their digest.
    pub head: (u64, String),
    /// Bytes of whole records that were read.
    pub offset: u64,
    /// Lines before that.
    pub line: u64,
    /// Records before that.
    pub ordinal: u64,
    /// The head of a table of rows.
    pub columns: String,
    /// How it stands.
    pub standing: Standing,
    /// Since when it is not there any more.
    pub gone: Option<Time>,
}

/// The inputs of a watch.
#[derive(Debug)]
pub struct Follow {
    args: Vec<String>,
    hints: Hints,
    directory: PathBuf,
    files: Vec<Followed>,
    without: Vec<PathBuf>,
}

impl Follow {
    /// Follows what the arguments name; `files` is how far an earlier watch came.
    pub fn new(args: Vec<String>, hints: Hints, directory: PathBuf, files: Vec<Followed>) -> Self {
        Self { args, hints, directory, files, without: Vec::new() }
    }

    /// Leaves these files out, wherever they are met: what the watch itself writes.
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
    pub fn files(&self) -> &[Followed] {
        &self.files
    }

    /// Takes over how far a round came.
    pub fn accept(&mut self, files: Vec<Followed>) {
        self.files = files;
    }

    /// Looks for what is new. `stdin` is what standard input gave and no round took; what is no
    /// whole line stays there, unless it `ended`. Rows name the files `used`, which keep their
    /// places.
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
        let seen: Vec<Option<Seen>> = (0..set.count())
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
                Some(Seen::of(index, found, set.roots()))
            })
            .collect();
        let places = place(&seen, &mut files, &mut notes, clock, used);
        let mut turns: Vec<Turn> = files.iter().map(|_| Turn::default()).collect();
        for (seen, place) in seen.iter().zip(places) {
            let (Some(seen), Some(place)) = (seen, place) else { continue };
            let file = &mut files[place];
            file.gone = None;
            let turn = if seen.path == STDIN {
                due_of_stdin(file, stdin, ended)
            } else {
                let report = seen.status.is_none() && set.phase(seen.index) == Phase::Reports;
                seen.due(&set, file, clock, report, &mut notes)
            };
            turns[place] = Turn { found: Some(seen.index), ..turn };
        }
        for (file, turn) in files.iter_mut().zip(&turns) {
            if turn.found.is_none() && !file.path.is_empty() {
                file.gone.get_or_insert(clock);
            }
        }
        Ok(Round { set, files, turns, notes })
    }
}

/// The place of every file that was found among those that are followed.
fn place(
    seen: &[Option<Seen>],
    files: &mut Vec<Followed>,
    notes: &mut Vec<InputNote>,
    clock: Time,
    used: &BTreeSet<u32>,
) -> Vec<Option<usize>> {
    let mut places = vec![None; seen.len()];
    let mut taken = vec![false; files.len()];
    // First by what the file is, so that one which was renamed goes on under its new name.
    for (at, seen) in seen.iter().enumerate() {
        let Some(seen) = seen.as_ref().filter(|seen| seen.is_file()) else { continue };
        let same = |(place, file): &(usize, &Followed)| {
            !taken[*place] && seen.is_same(file) && seen.begins_as(file)
        };
        let known: Vec<(usize, &Followed)> = files.iter().enumerate().filter(same).collect();
        let named = known.iter().find(|(_, file)| file.path == seen.path);
        if let Some(&(place, _)) = named.or(known.first()) {
            taken[place] = true;
            places[at] = Some(place);
        }
    }
    for (at, seen) in seen.iter().enumerate() {
        // What cannot be looked at has a place too, so that it is said.
        let readable = |seen: &&Seen| seen.status.as_ref().is_none_or(is_unreadable);
        let Some(seen) = seen.as_ref().filter(readable) else { continue };
        if let Some(place) = places[at] {
            files[place].path.clone_from(&seen.path);
            files[place].shown.clone_from(&seen.shown);
            continue;
        }
        let named = (0..files.len()).find(|at| !taken[*at] && files[*at].path == seen.path);
        let place = named.unwrap_or_else(|| {
            let free = |at: &usize| {
                let left = files[*at].gone.is_some_and(|gone| gone.0 + FORGOTTEN.0 < clock.0);
                !taken[*at] && left && !used.contains(&(*at as u32))
            };
            let place = (0..files.len()).find(free).unwrap_or(files.len());
            if place == files.len() {
                files.push(Followed::default());
                taken.push(false);
            }
            files[place] = Followed::default();
            place
        });
        taken[place] = true;
        places[at] = Some(place);
        let file = &mut files[place];
        if file.offset > 0 && seen.is_file() && !seen.begins_as(file) {
            let text = format!(
                "{} was replaced by another file, which is read from its beginning",
                escape(&seen.shown)
            );
            notes.push(InputNote { id: "replaced-input", text });
            *file = Followed::default();
        }
        file.path.clone_from(&seen.path);
        file.shown.clone_from(&seen.shown);
    }
    places
}

/// What standard input gave, as far as it is whole lines.
fn due_of_stdin(file: &mut Followed, stdin: &mut Vec<u8>, ended: bool) -> Turn {
    let whole = memchr::memrchr(b'\n', stdin).map_or(0, |at| at + 1);
    // A line that is longer is read, to be skipped, rather than waited for.
    let longest = stdin.len() as u64 - whole as u64 > LONGEST;
    let whole = if ended || longest { stdin.len() } else { whole };
    let rest = stdin.split_off(whole);
    let bytes = std::mem::replace(stdin, rest);
    file.standing = Standing::Lines;
    if bytes.is_empty() {
        return Turn::default();
    }
    let head = super::look::first_line(&bytes).map(<[u8]>::len);
    Turn::of_bytes(file, bytes, head)
}

impl Seen {
    /// Whether it is what a followed file was.
    fn is_same(&self, file: &Followed) -> bool {
        self.inode != 0 && (self.device, self.inode) == (file.device, file.inode)
    }

    /// Whether it begins as a followed file did, and is no shorter than what was read of it.
    fn begins_as(&self, file: &Followed) -> bool {
        if self.size < file.offset || self.size < file.head.0 {
            return false;
        }
        let unchanged = self.is_same(file)
            && (self.size, self.modified) == (file.size, file.modified)
            && self.path == file.path;
        // What cannot be opened for a while is not another file.
        unchanged || digest(&self.path, file.head.0).is_none_or(|head| head == file.head.1)
    }

    fn is_file(&self) -> bool {
        self.status.is_none() && self.path != STDIN
    }
}

/// Whether a file that was found is to be looked at no further.
pub(super) fn is_unreadable(status: &FileStatus) -> bool {
    matches!(status, FileStatus::Unreadable { .. })
}
