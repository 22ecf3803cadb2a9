//! Allowlists: entries, the matcher, and the definition of coverage.
//!
//! An entry accepts matches of the rules that it names. It never drops them without a trace.
//!
//! This module uses rules and expressions. It must not know findings, inputs or the engine: it
//! determines which entries cover a match, and its callers decide what follows from that.

mod allowlist;
mod condition;
mod entry;
mod entry_change;
mod expression;
mod guard;
mod index;
mod load;
mod pattern;
mod read;
mod samples;
mod select;
mod selector;

pub use allowlist::Allowlist;
pub use entry::{AllowlistEntry, EntryState, Unmet};
pub use entry_change::{EntryChange, entry_changes};
pub use guard::{GUARD, Guard, WrittenGuard};
pub use load::{Strictness, load, load_guards};
pub use pattern::names_rule;
pub use read::{FILE, WrittenEntry, read};
pub use selector::Selector;

#[cfg(test)]
mod tests;
