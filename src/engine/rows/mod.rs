//! Matches as flat rows, and an external sort of more rows than fit in memory.
//!
//! A row is a byte string that sorts in the order that the reduction requires: by rule and subject,
//! then by time, id and content. It contains all that its finding requires, so rows can be spilled,
//! merged and read back in any order. This folder does not depend on rules or findings.

mod merge;
mod row;
mod sorter;
mod spill;

pub(super) use merge::Merge;
pub(super) use row::{
    Frame, MatchRow, Observation, Order, RecordPosition, TAIL, entries, first_text, put_entries,
    put_text, texts, version_frame,
};
pub(super) use sorter::Sorter;
pub use spill::SpillError;
pub(super) use spill::SpillFile;
