//! Records in canonical form, as `inspect` and `query` show them: a table for people, lines of JSON
//! for programs.

mod lines;
mod rows;
mod table;
mod vertical;
#[cfg(test)]
mod tests;

use crate::record::FileStatus;

pub use lines::Lines;
pub(in crate::output) use lines::Shown;
pub(in crate::output) use rows::{Line, TableBlocks};
pub use table::{Table, default_fields};
pub use vertical::Vertical;

/// The stable name of a status, and why the file was not read as records.
fn status(status: &FileStatus) -> (&'static str, Option<&str>) {
    match status {
        FileStatus::Read => ("read", None),
        FileStatus::NotAnInput { reason } => ("not-an-input", Some(reason)),
        FileStatus::Declined { reason } => ("declined", Some(reason)),
        FileStatus::Unclaimed { reason } => ("unclaimed", Some(reason)),
        FileStatus::Unreadable { reason } => ("unreadable", Some(reason)),
    }
}
