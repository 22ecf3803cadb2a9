//! The result of a run: findings, ledger, accounting, notes and verdict.
//!
//! Everything that a report contains is computed and sorted here. This module must not depend on
//! how a record was read or on how a report is written.

mod baseline;
mod build;
#[cfg(test)]
pub(crate) mod fixture;
mod gate;
mod incidents;
mod key_masks;
mod redact;
#[allow(clippy::module_inception)]
mod report;
mod unapplied;
mod view;

pub use crate::engine::{Accounting, FileReport};
pub use baseline::{Baseline, Comparison, KnownFinding};
pub use build::ReportParts;
pub use gate::Standing;
pub use report::{Facts, GateCounts, LedgerEntry, LedgerState, Note, Report, RuleSummary, Verdict};
