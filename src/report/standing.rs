//! What decides whether a finding fails the run, apart from thresholds.

use crate::rule::{Pack, Severity, Status};
use crate::triage::TriageState;

/// What decides whether a finding fails the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The severity of the finding.
    pub severity: Severity,
    /// The maturity of its rule.
    pub status: Status,
    /// The pack of its rule.
    pub pack: Pack,
    /// Whether all of its occurrences are uncertain.
    pub uncertain: bool,
    /// Whether the allowlist covers all of its matches.
    pub suppressed: bool,
    /// Whether the baseline contains it.
    pub unchanged: bool,
    /// The decision that keeps it from failing the run.
    pub triage: Option<TriageState>,
}
