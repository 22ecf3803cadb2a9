//! The credential reports of a run: read before any event, immutable from then on.
//!
//! A report is stored as raw rows. Rules evaluate its users and keys from these rows. An event
//! finds the row of its key or user through an index, and a row is mapped to fields again only if
//! an event looks it up. So a report takes about its own size in memory.

mod stored_reports;
mod index;
mod join;
mod look_up;

pub use index::Credentials;
pub use join::{AMBIGUOUS, Joiner};
pub use look_up::LookUp;
pub use stored_reports::StoredReports;
