//! The severity threshold at which findings fail a run.

use super::rule::Severity;
use crate::value::words;

words! {
    /// The lowest severity that fails the run.
    FailOn {
        /// Any finding.
        Info = "info",
        /// Low and above.
        Low = "low",
        /// Medium and above.
        Medium = "medium",
        /// High and above.
        High = "high",
        /// Critical only.
        Critical = "critical",
        /// No finding.
        Never = "never",
    }
}

impl FailOn {
    /// Whether a finding of this severity is at or above the threshold.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        self <= FailOn::from(severity)
    }
}

impl From<Severity> for FailOn {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => FailOn::Info,
            Severity::Low => FailOn::Low,
            Severity::Medium => FailOn::Medium,
            Severity::High => FailOn::High,
            Severity::Critical => FailOn::Critical,
        }
    }
}
