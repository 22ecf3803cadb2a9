//! What a run comes to: findings, ledger, accounting, notes and verdict.
//!
//! Everything that a reader is to see is worked out and put in order here. It must not know how a
//! record was read or how a report is written.

mod build;
#[cfg(test)]
pub(crate) mod fixture;
mod redact;
#[allow(clippy::module_inception)]
mod report;
mod unapplied;
mod view;

pub use crate::engine::{Accounting, FileReport};
pub use build::Parts;
pub use report::{
    Facts, FailOn, GateCounts, LedgerEntry, LedgerState, Note, Report, RuleSummary, Verdict,
};
