//! The credential reports of a run: read before any event, immutable from then on.
//!
//! A report is held as the rows that it was read as. Its users and keys are judged from there, and
//! an event finds the row of its key or user through an index; a row becomes fields again only
//! when an event asks for it. So a report costs about its own size in memory.

mod stored_reports;
mod index;
mod join;
mod look_up;

pub use index::Credentials;
pub use join::{AMBIGUOUS, Joiner};
pub use look_up::LookUp;
pub use stored_reports::StoredReports;
