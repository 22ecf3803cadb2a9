//! Queries: a condition over records, and the columns that matching records are counted by.
//!
//! A query is written on the command line or saved in the project file, and is checked like a rule.
//! This module must not depend on inputs or outputs: [`inspect`](crate::inspect) reads the records.

mod bound;
mod groups;
mod masked;
mod order;
mod query_source;
mod saved;
#[cfg(test)]
mod tests;

pub use bound::{Bound, NotABound};
pub use groups::{Group, Groups, Limits, Ranked, Tally};
pub use masked::MaskedKey;
pub use order::{GroupColumn, SortColumn, SortError, SortKey, sort_fields};
pub use query_source::{CountColumn, Query, QuerySource};
pub use saved::{SAVED, Saved, load_saved};
