//! Dedup of events that were delivered in several versions.

use std::collections::HashMap;
use std::io;

use crate::engine::rows::{MatchRow, Merge, version_frame};

/// Identifies an event: the rule and the hash of the event id, as bytes.
type Event = [u8; 4 + 16];
/// The sort key of a version, as bytes: a byte that sorts updates first, content, time.
type Version = [u8; 1 + 8 + 8];

/// Events with several versions, each with the version that counts.
///
/// The version that counts is the one that updates the others, or else the first by content.
pub(super) struct Contested(HashMap<Event, Version>);

impl Contested {
    /// Reads the sorted ids of all matches.
    pub(super) fn of(mut ids: Merge) -> io::Result<Self> {
        let mut contested = HashMap::new();
        let mut last: Option<(Event, Version)> = None;
        while let Some((frame, _)) = ids.next()? {
            let Some((event, version)) = split(frame) else { continue };
            match last {
                Some((of, first)) if of == event => {
                    if version != first {
                        contested.entry(event).or_insert(first);
                    }
                }
                _ => last = Some((event, version)),
            }
        }
        Ok(Self(contested))
    }

    /// Whether a row belongs to the version that counts.
    pub(super) fn counts(&self, rule: u32, row: &MatchRow<'_>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        split(&version_frame(rule, row.order, row.revision)).is_none_or(|(event, version)| {
            self.0.get(&event).is_none_or(|counted| *counted == version)
        })
    }
}

fn split(frame: &[u8]) -> Option<(Event, Version)> {
    let (event, version) = frame.split_first_chunk()?;
    Some((*event, version.try_into().ok()?))
}
