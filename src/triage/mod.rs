//! Triage: decisions about findings, kept in a file beside the policy.
//!
//! An entry names a finding by its fingerprint, and says who decided what about it, when and why.
//! This module reads the file, decides the effect of an entry, and edits the text of the file. It must
//! not know how findings are made.

mod decision;
mod edit;
mod read;
#[allow(clippy::module_inception)]
mod triage;

pub use decision::{TriageDecision, TriageEffect, TriageState};
pub use edit::{Decided, EditError, without, written};
pub use read::{FILE, read};
pub use triage::{Triage, TriageEntry};
