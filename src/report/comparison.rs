//! How a run differs from its baseline.

use crate::rule::Severity;

/// A finding of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFinding {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The id of its rule.
    pub rule: String,
    /// The highest severity with which it was accepted.
    pub severity: Severity,
    /// Its message; access keys are masked.
    pub message: String,
}

/// How a run differs from its baseline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Findings that the baseline does not contain.
    pub new: u64,
    /// Findings that the baseline contains.
    pub unchanged: u64,
    /// Whether the report leaves out unchanged findings.
    pub new_only: bool,
    /// Findings of the baseline that the run does not have, by fingerprint.
    pub absent: Vec<KnownFinding>,
}
