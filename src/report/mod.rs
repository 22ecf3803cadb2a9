//! What a run comes to: findings, ledger, accounting, notes and verdict.

mod build;
#[cfg(test)]
pub(crate) mod fixture;
#[allow(clippy::module_inception)]
mod report;
mod view;

pub use crate::engine::{Accounting, FileReport};
pub use build::Parts;
pub use report::{Facts, LedgerEntry, LedgerState, Note, Report, RuleSummary, Verdict};
