//! Identifies the followed file that a file on disk is.

use std::collections::{BTreeSet, HashMap};

use super::followed_file::FollowedFile;
use super::snapshot::{Snapshot, digest, is_unreadable};
use crate::diag::escape;
use crate::input::discover::STDIN;
use crate::input::set::InputNote;
use crate::value::{Duration, Time};

/// A missing file is forgotten after this time.
const FORGOTTEN: Duration = Duration(35 * 24 * 3600 * 1_000_000);

/// For every file that was found, its index among the followed files.
pub(super) fn identify(
    snapshot: &[Option<Snapshot>],
    files: &mut Vec<FollowedFile>,
    notes: &mut Vec<InputNote>,
    clock: Time,
    used: &BTreeSet<u32>,
) -> Vec<Option<usize>> {
    let mut places = vec![None; snapshot.len()];
    let mut taken = vec![false; files.len()];
    let mut by_identity: HashMap<(u64, u64), Vec<usize>> = HashMap::new();
    let mut by_path: HashMap<String, usize> = HashMap::new();
    for (place, file) in files.iter().enumerate() {
        by_identity.entry((file.device, file.inode)).or_default().push(place);
        by_path.entry(file.path.clone()).or_insert(place);
    }
    // First by device and inode, so that a renamed file continues under its new name.
    for (at, snapshot) in snapshot.iter().enumerate() {
        let Some(snapshot) = snapshot.as_ref().filter(|snapshot| snapshot.is_file()) else {
            continue;
        };
        let Some(candidates) = by_identity.get(&(snapshot.device, snapshot.inode)) else {
            continue;
        };
        let goes_on = |place: &&usize| {
            let file = &files[**place];
            !taken[**place] && snapshot.is_same(file) && snapshot.begins_as(file)
        };
        let candidates: Vec<usize> = candidates.iter().filter(goes_on).copied().collect();
        let named = candidates.iter().find(|place| files[**place].path == snapshot.path);
        if let Some(&place) = named.or(candidates.first()) {
            taken[place] = true;
            places[at] = Some(place);
        }
    }
    let left = |file: &FollowedFile| file.gone.is_some_and(|gone| gone.0 + FORGOTTEN.0 < clock.0);
    let free = |(place, file): &(usize, &FollowedFile)| {
        !taken[*place] && left(file) && !used.contains(&(*place as u32))
    };
    let mut free: Vec<usize> = files.iter().enumerate().filter(free).map(|(at, _)| at).collect();
    for (at, snapshot) in snapshot.iter().enumerate() {
        // A file that cannot be read has an index too, so that it is reported.
        let readable = |snapshot: &&Snapshot| snapshot.status.as_ref().is_none_or(is_unreadable);
        let Some(snapshot) = snapshot.as_ref().filter(readable) else { continue };
        let place = places[at].unwrap_or_else(|| {
            let named = by_path.get(&snapshot.path).copied().filter(|place| !taken[*place]);
            let place = named.unwrap_or_else(|| {
                while let Some(place) = free.pop() {
                    if !taken[place] {
                        files[place] = FollowedFile::default();
                        return place;
                    }
                }
                files.push(FollowedFile::default());
                taken.push(false);
                files.len() - 1
            });
            taken[place] = true;
            let file = &mut files[place];
            if file.offset > 0 && snapshot.is_file() && !snapshot.begins_as(file) {
                let text = format!(
                    "{} was replaced by another file; it is read from its beginning",
                    escape(&snapshot.shown)
                );
                notes.push(InputNote { id: "replaced-input", text });
                *file = FollowedFile::default();
            }
            place
        });
        places[at] = Some(place);
        let file = &mut files[place];
        file.path.clone_from(&snapshot.path);
        file.shown.clone_from(&snapshot.shown);
    }
    places
}

impl Snapshot {
    /// Whether it has the identity of a followed file.
    fn is_same(&self, file: &FollowedFile) -> bool {
        self.inode != 0 && (self.device, self.inode) == (file.device, file.inode)
    }

    /// Whether it begins as a followed file did, and is at least as long as the part that was read.
    fn begins_as(&self, file: &FollowedFile) -> bool {
        if self.size < file.offset || self.size < file.head.0 {
            return false;
        }
        let unchanged = self.is_same(file) && self.is_unchanged(file) && self.path == file.path;
        // A file that cannot be opened for a while is not another file.
        unchanged || digest(&self.file, file.head.0).is_none_or(|head| head == file.head.1)
    }

    fn is_file(&self) -> bool {
        self.status.is_none() && self.path != STDIN
    }
}
