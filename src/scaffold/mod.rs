//! The first text of a project, a rule and an allowlist entry.
//!
//! What it returns loads, and its tests pass. It writes no file: the binary does.

mod entry;
mod project;
mod rule;

pub use entry::{EntryText, NewEntry, PLACEHOLDER, entry_of, with_entry};
pub use project::{CI_SYSTEMS, CiSystem, ScaffoldFile, project};
pub use rule::{is_rule_id, rule};
