//! The result of a run: findings, ledger, accounting, notes and verdict.
//!
//! Everything that a report contains is computed and sorted here. This module must not depend on
//! how a record was read or on how a report is written.

mod baseline;
mod brief;
mod build;
mod comparison;
#[cfg(test)]
pub(crate) mod fixture;
mod gate;
mod incidents;
mod key_masks;
mod redact;
#[allow(clippy::module_inception)]
mod report;
mod standing;
mod unapplied;
mod view;

pub use crate::engine::{Accounting, FileReport};
pub use baseline::Baseline;
pub use build::ReportParts;
pub use comparison::{Comparison, KnownFinding};
pub use report::{Facts, GateCounts, LedgerEntry, LedgerState, Note, Report, RuleSummary, Verdict};
pub use standing::Standing;
