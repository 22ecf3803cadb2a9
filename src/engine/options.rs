//! What the caller decides about a run.

use std::num::NonZeroUsize;

use crate::finding::Redactor;
use crate::value::{Time, Zone};

/// What a run is told.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The run clock: expiry of allowlist entries.
    pub clock: Time,
    /// `now` in expressions, where the user set it; else a report's own time, else the clock.
    pub now: Option<Time>,
    /// The zone of occurrence days.
    pub zone: Zone,
    /// Threads; at least one.
    pub jobs: NonZeroUsize,
    /// How to show records.
    pub redactor: Redactor,
}
