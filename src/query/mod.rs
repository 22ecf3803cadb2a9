//! Queries: a condition over records, and what those that meet it are counted by.
//!
//! What a person asks on the command line or saves in the project file, checked as rules are. It
//! must not know inputs or outputs: [`inspect`](crate::inspect) reads the records for it.

mod bound;
mod groups;
mod masked;
mod question;
mod saved;
#[cfg(test)]
mod tests;

pub use bound::{Bound, Period};
pub use groups::{Group, Groups, Limits, Ranked, Tally};
pub use question::{Column, Query, Question};
pub use saved::{SAVED, Saved, load_saved};
