//! How far a file was read.

use crate::value::Time;

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowState {
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

impl FollowState {
    /// Every value.
    pub const ALL: &'static [FollowState] = &[
        FollowState::New,
        FollowState::Lines,
        FollowState::Whole,
        FollowState::Report,
        FollowState::Other,
    ];
}

/// One file that is followed, and how far it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowedFile {
    /// Where it is.
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
    pub standing: FollowState,
    /// Since when it is not there any more.
    pub gone: Option<Time>,
}
