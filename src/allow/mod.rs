//! Allowlists: entries, the matcher, and the ledger's definition.
//!
//! An entry accepts matches of named rules; it never drops them without trace.
//!
//! It knows rules and expressions. It must not know findings, inputs or the engine: it says which
//! entries cover a match, and others say what that means.

mod allowlist;
mod condition;
mod entry;
mod index;
mod load;
mod pattern;
mod read;
mod samples;
mod select;
mod selector;

pub use allowlist::Allowlist;
pub use entry::{Entry, EntryState};
pub use load::load;
pub use pattern::names_rule;
pub use read::{FILE, WrittenEntry, read};
pub use selector::Selector;

#[cfg(test)]
mod tests;
