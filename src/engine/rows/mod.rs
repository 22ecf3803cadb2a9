//! Matches as flat rows, and the sorting of more rows than memory holds.
//!
//! A row is bytes that sort as the reduction wants them: by rule and subject, then by time, id and
//! content. It holds all that its finding needs, so that rows can be written away, merged and
//! read back in any order. This folder knows neither rules nor findings.

mod merge;
mod row;
mod sorter;
mod spill;

pub(super) use merge::Merge;
pub(super) use row::{
    Frame, MatchRow, Observation, Order, RecordPosition, entries, put_entries, put_text, texts,
    version_frame,
};
pub(super) use sorter::Sorter;
pub(super) use spill::SpillFile;
