//! Findings, their evidence, redaction and fingerprints.
//!
//! Whatever leaves this module contains no secrets. It uses rules and allowlists. It must not
//! depend on how matches are found or on how a finding is printed.

#[allow(clippy::module_inception)]
mod finding;
mod finding_redaction;
mod fingerprint;
mod enricher;
mod enrichment;
mod redact;
mod display;
mod sign_in;
mod subject;
mod target;

pub use display::Display;
pub use enricher::Enricher;
pub(crate) use enricher::MAX_DESCRIBED;
pub use enrichment::{
    Asset, EnrichedAccount, EnrichedKey, EnrichedSource, Enrichment, Identity, OpenFinding,
};
pub use finding::{
    BaselineState, CallRecord, Calls, Finding, LeftOut, Location, MAX_OTHER_OPERATIONS,
    MAX_TARGETS, Occurrence, Sample, Suppression, VerdictRole,
};
pub use fingerprint::{digest128, fingerprint};
#[cfg(feature = "native")]
pub(crate) use redact::cut;
pub use redact::{REDACTED, Redactor};
pub use sign_in::{ConfirmedUsers, TypedName, sign_in_fields};
pub use subject::{decode, encode, show, subject_name};
pub use target::{Target, TargetKind, target_fields, targets};
