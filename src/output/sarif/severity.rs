//! Severities on the scales of SARIF and its services.

use crate::finding::Finding;
use crate::rule::Severity;

/// The severity that services show. A finding that is uncertain, or that somebody dealt with or
/// ignores, is not shown as more than low unless it fails the run.
pub(super) fn shown_severity(finding: &Finding) -> Severity {
    match finding.is_only_uncertain() || finding.is_triaged() {
        true => finding.severity.min(Severity::Low),
        false => finding.severity,
    }
}

/// The level of a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A severity on the scale from 0 to 10 whose bands GitHub names: above 9 critical, from 7 high,
/// from 4 medium.
pub(super) fn security_severity(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Info => 0.5,
    }
}
