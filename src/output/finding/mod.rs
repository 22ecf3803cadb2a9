//! One finding of a JSON report, whole.
//!
//! A person reads what [`human`](fn@human) writes and then the records, a program what
//! [`json`](fn@json) writes.

mod find;
mod human;
mod json;
mod places;
mod records;
#[cfg(test)]
mod tests;

pub use find::{NotFound, find};
pub use human::human;
pub use json::json;
pub use places::{places, samples};
pub use records::stored_records;
