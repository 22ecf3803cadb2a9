//! Allowlists: entries, the matcher, and the ledger's definition.
//!
//! An entry accepts matches of named rules; it never drops them without trace.

mod allowlist;
mod condition;
mod entry;
mod index;
mod load;
mod pattern;
mod read;
mod select;
mod selector;

pub use allowlist::Allowlist;
pub use entry::{Entry, EntryState};
pub use load::load;
pub use read::{FILE, Written, read};
pub use selector::Selector;

#[cfg(test)]
mod tests;
