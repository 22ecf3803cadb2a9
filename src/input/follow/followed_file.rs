//! How far a file was read.

use crate::value::Time;

/// The recognised kind of a followed file, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowState {
    /// Nothing of it was read.
    #[default]
    New = 0,
    /// Lines, read up to `offset`.
    Lines = 1,
    /// A document that was read to its end.
    Whole = 2,
    /// A credential report, read at every check.
    Report = 3,
    /// Not an input, at its last size and time.
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

/// A followed file, and how far it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowedFile {
    /// Its path; bytes that are not UTF-8 as `\xNN`.
    pub path: String,
    /// Its path, for messages.
    pub shown: String,
    /// The number of its device; 0 if the system has none.
    pub device: u64,
    /// The number of the file on its device.
    pub inode: u64,
    /// Its size at the last check.
    pub size: u64,
    /// When it was last written, in microseconds since 1970.
    pub modified: i64,
    /// The number of first bytes that identify it, and their digest.
    pub head: (u64, String),
    /// The number of bytes up to the end of the last complete record that was read.
    pub offset: u64,
    /// Lines in these bytes.
    pub line: u64,
    /// Records in these bytes.
    pub ordinal: u64,
    /// The header line of a table.
    pub columns: String,
    /// Its kind.
    pub standing: FollowState,
    /// The time since which it is missing.
    pub gone: Option<Time>,
}
