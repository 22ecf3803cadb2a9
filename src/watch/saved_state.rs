//! The state of a watch as bytes of a file.
//!
//! The file consists of a line that names the version, the length of a JSON object that contains
//! everything but the rows, the object, the rows, and the SHA-256 of all preceding bytes. The
//! digest detects a truncated or modified state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::saved_incidents::SavedIncidents;
use super::state::{RetainedRow, WatchState};
use crate::correlate::Reach;
use crate::engine::StoredRow;
use crate::input::{FollowState, FollowedFile};
use crate::value::Time;

/// The first line of a state.
const MAGIC: &[u8] = b"keytrail watch state 4\n";
/// The beginning of a state of any version.
const ANY: &[u8] = b"keytrail watch state ";
/// Bytes of the digest.
const DIGEST: usize = 32;

/// A state and the files that it refers to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SavedState {
    /// The state of the watch.
    pub state: WatchState,
    /// How far every file was read. Rows refer to files by their index here.
    pub files: Vec<FollowedFile>,
}

/// The reason why bytes are not a valid state. `keytrail watch` reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadState {
    /// They are not a state.
    Foreign,
    /// Another version of Keytrail wrote it.
    Version,
    /// It is truncated or modified.
    Damaged,
}

impl std::fmt::Display for BadState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BadState::Foreign => "it is not a state file of `keytrail watch`",
            BadState::Version => "another version of Keytrail wrote it",
            BadState::Damaged => "it was cut off or changed",
        })
    }
}

/// Everything but the rows.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    policy: String,
    watermark: Option<i64>,
    latest: Option<i64>,
    latest_arrived: Option<i64>,
    emitted: Vec<(u128, i64)>,
    reaches: BTreeMap<String, (Option<i64>, Option<i64>)>,
    incidents: SavedIncidents,
    files: Vec<File>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: String,
    shown: String,
    device: u64,
    inode: u64,
    size: u64,
    modified: i64,
    head: (u64, String),
    offset: u64,
    line: u64,
    ordinal: u64,
    columns: String,
    standing: u8,
    gone: Option<i64>,
}

impl SavedState {
    /// Encodes the state.
    pub fn write(&self) -> Vec<u8> {
        let state = &self.state;
        let number = |time: Option<Time>| time.map(|time| time.0);
        let head = Head {
            policy: state.policy.clone(),
            watermark: number(state.watermark),
            latest: number(state.latest),
            latest_arrived: number(state.latest_arrived),
            emitted: state.emitted.iter().map(|(id, found)| (*id, found.0)).collect(),
            reaches: state
                .reaches
                .iter()
                .map(|(account, of)| (account.clone(), (number(of.first), number(of.last))))
                .collect(),
            incidents: SavedIncidents::of(&state.incidents),
            files: self.files.iter().map(File::of).collect(),
        };
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut out = MAGIC.to_vec();
        out.extend((head.len() as u64).to_le_bytes());
        out.extend(head);
        for row in &state.rows {
            out.extend((row.bytes.len() as u32).to_le_bytes());
            out.extend(row.sorts.to_le_bytes());
            out.extend_from_slice(&row.bytes);
        }
        let digest = Sha256::digest(&out);
        out.extend(digest);
        out
    }

    /// Decodes a state.
    ///
    /// # Errors
    ///
    /// The bytes are not a state, have another version, or are damaged.
    pub fn read(bytes: &[u8]) -> Result<Self, BadState> {
        if !bytes.starts_with(MAGIC) {
            let cut = !bytes.is_empty() && MAGIC.starts_with(bytes);
            return Err(match bytes.starts_with(ANY) {
                true => BadState::Version,
                false if cut => BadState::Damaged,
                false => BadState::Foreign,
            });
        }
        let whole = bytes.len().checked_sub(DIGEST).map(|end| bytes.split_at(end));
        let (body, digest) = whole.ok_or(BadState::Damaged)?;
        if Sha256::digest(body).as_slice() != digest {
            return Err(BadState::Damaged);
        }
        Self::body(body.get(MAGIC.len()..).unwrap_or_default()).ok_or(BadState::Damaged)
    }

    fn body(mut rest: &[u8]) -> Option<Self> {
        let length =
            usize::try_from(u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?)).ok()?;
        let head: Head = serde_json::from_slice(rest.split_off(..length)?).ok()?;
        let mut rows = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
            let sorts = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
            let bytes = rest.split_off(..length as usize)?;
            StoredRow::read(bytes, sorts as usize)?;
            rows.push(RetainedRow { bytes: bytes.into(), sorts });
        }
        let reach = |(first, last): (Option<i64>, Option<i64>)| Reach {
            first: first.map(Time),
            last: last.map(Time),
        };
        Some(Self {
            state: WatchState {
                policy: head.policy,
                watermark: head.watermark.map(Time),
                latest: head.latest.map(Time),
                latest_arrived: head.latest_arrived.map(Time),
                emitted: head.emitted.into_iter().map(|(id, found)| (id, Time(found))).collect(),
                reaches: head.reaches.into_iter().map(|(of, span)| (of, reach(span))).collect(),
                incidents: head.incidents.open()?,
                rows,
            },
            files: head.files.into_iter().map(File::followed).collect::<Option<_>>()?,
        })
    }
}

impl File {
    fn of(file: &FollowedFile) -> Self {
        Self {
            path: file.path.clone(),
            shown: file.shown.clone(),
            device: file.device,
            inode: file.inode,
            size: file.size,
            modified: file.modified,
            head: (file.head.0, file.head.1.clone()),
            offset: file.offset,
            line: file.line,
            ordinal: file.ordinal,
            columns: file.columns.clone(),
            standing: file.standing as u8,
            gone: file.gone.map(|time| time.0),
        }
    }

    fn followed(self) -> Option<FollowedFile> {
        Some(FollowedFile {
            path: self.path,
            shown: self.shown,
            device: self.device,
            inode: self.inode,
            size: self.size,
            modified: self.modified,
            head: self.head,
            offset: self.offset,
            line: self.line,
            ordinal: self.ordinal,
            columns: self.columns,
            standing: FollowState::ALL.iter().copied().find(|of| *of as u8 == self.standing)?,
            gone: self.gone.map(Time),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn store() -> SavedState {
        let reach = Reach { first: Some(Time(-1)), last: None };
        let state = WatchState {
            policy: "abc".into(),
            watermark: Some(Time(5)),
            emitted: [(u128::MAX, Time(7))].into(),
            reaches: [("aws 1".to_owned(), reach)].into(),
            ..WatchState::default()
        };
        SavedState {
            state,
            files: vec![FollowedFile { path: "a.log".into(), ..FollowedFile::default() }],
        }
    }

    #[test]
    fn a_saved_state_round_trips() {
        assert_eq!(SavedState::read(&store().write()), Ok(store()));
    }

    #[test]
    fn a_truncated_or_changed_state_is_rejected() {
        let bytes = store().write();
        for end in 1..bytes.len() {
            assert_eq!(
                SavedState::read(&bytes[..end]).unwrap_err(),
                match end {
                    // The version line is truncated.
                    end if end < MAGIC.len() && end >= ANY.len() => BadState::Version,
                    _ => BadState::Damaged,
                }
            );
        }
        for at in MAGIC.len()..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(SavedState::read(&changed), Err(BadState::Damaged));
        }
        assert_eq!(SavedState::read(b"{}"), Err(BadState::Foreign));
        assert_eq!(SavedState::read(b""), Err(BadState::Foreign));
        assert_eq!(SavedState::read(b"keytrail watch state 2\n"), Err(BadState::Version));
    }
}
