//! Findings, their evidence, redaction and fingerprints.
//!
//! What leaves this module holds no secret any more. It knows rules and allowlists, and must know
//! neither how matches come about nor how a finding is printed.

#[allow(clippy::module_inception)]
mod finding;
mod finding_redaction;
mod fingerprint;
mod known;
mod redact;
mod display;
mod sign_in;
mod subject;

pub use display::Display;
pub use finding::{
    CallRecord, Calls, Finding, Location, Occurrence, Sample, Suppression, VerdictRole,
};
pub use fingerprint::{digest128, fingerprint};
pub use known::{Asset, Knowledge, KnownKey, KnownSource, OpenFinding};
#[cfg(feature = "native")]
pub(crate) use redact::cut;
pub use redact::{REDACTED, Redactor};
pub use sign_in::KnownUsers;
pub use subject::{decode, encode, show, subject_name};
