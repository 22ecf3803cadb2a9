//! Findings of a baseline, as version 1 of the formats writes them.

use super::v1;
use super::word::Word;
use crate::report::KnownFinding;

/// The finding that was written.
pub(super) fn known(of: v1::KnownFinding<'_>) -> KnownFinding {
    KnownFinding {
        fingerprint: of.fingerprint.into_owned(),
        rule: of.rule.into_owned(),
        severity: of.severity.0,
        message: of.message.into_owned(),
    }
}

/// The finding as it is written.
pub(super) fn known_finding(of: &KnownFinding) -> v1::KnownFinding<'_> {
    v1::KnownFinding {
        fingerprint: of.fingerprint.as_str().into(),
        rule: of.rule.as_str().into(),
        severity: Word(of.severity),
        message: of.message.as_str().into(),
    }
}
