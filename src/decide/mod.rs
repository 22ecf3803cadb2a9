//! Decides whether a condition can be true, is always true, or implies another one.
//!
//! A condition becomes a formula over literals, tests of one value against constants. Its cases are
//! enumerated. A case is impossible if no value satisfies all literals about one part of the record.
//! The parts are taken as independent of each other, which only enlarges the set of records: what is
//! proven holds for every record. A possible case gives a *witness*, a record that is evaluated
//! before it is returned. Everything else is undecided.
//!
//! This module uses compiled expressions. It must not know rules or entries: its callers decide what
//! an answer means.

mod want;
mod key;
mod glob;
mod shape;
mod literal;
mod formula;
mod text;
mod value;
mod witness;
mod search;
mod structure;
#[allow(clippy::module_inception)]
mod decide;

pub use decide::{Answer, Condition, always_true, both, implies, never_true, same};
pub use witness::Witness;

#[cfg(test)]
pub(crate) mod tests;
