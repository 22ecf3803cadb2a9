//! Finds a finding by its fingerprint.

use crate::output::report_v1::{Finding, Report};

/// The minimum number of digits that select a finding.
const FEWEST: usize = 6;

/// The digits of a whole fingerprint.
const WHOLE: usize = 32;

/// Why a text selects no finding of a report. `keytrail show` reports it.
#[derive(Debug, PartialEq)]
pub enum NotFound<'r> {
    /// The text is not the beginning of a fingerprint.
    NotAFingerprint,
    /// No finding of the report has such a fingerprint.
    Unknown,
    /// Several findings of the report have such a fingerprint.
    Ambiguous(Vec<&'r Finding<'r>>),
}

/// The finding of a report with this fingerprint.
///
/// The first digits are enough, so that the fingerprints of earlier versions, which are the first 16
/// digits, are found too.
///
/// # Errors
/// If no finding, or more than one, has the fingerprint.
pub fn find<'r>(
    report: &'r Report<'r>,
    fingerprint: &str,
) -> Result<&'r Finding<'r>, NotFound<'r>> {
    let digits = fingerprint.trim().to_ascii_lowercase();
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hex || !(FEWEST..=WHOLE).contains(&digits.len()) {
        return Err(NotFound::NotAFingerprint);
    }
    let begins = |finding: &&Finding<'_>| finding.fingerprint.starts_with(&digits);
    let found: Vec<&Finding<'_>> = report.findings.iter().filter(begins).collect();
    match found[..] {
        [] => Err(NotFound::Unknown),
        [one] => Ok(one),
        _ => Err(NotFound::Ambiguous(found)),
    }
}
