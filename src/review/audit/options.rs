//! The options of an audit.

use crate::finding::Redactor;
use crate::value::Time;

/// The options of an audit. `keytrail allowlist audit` sets them from its flags.
#[derive(Debug, Clone, Copy)]
pub struct AuditOptions {
    /// `now` in conditions, if the user set it.
    pub now: Option<Time>,
    /// The run clock, which decides whether entries have expired.
    pub clock: Time,
    /// Whether access keys are shown unmasked. Keys are added to tightened entries only if they are.
    pub redactor: Redactor,
}
