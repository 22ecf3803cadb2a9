//! The options of a run.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::finding::{Enricher, Redactor};
use crate::plan::{Plan, Prefilter};
use crate::source::Temporary;
use crate::value::{Time, Zone};

/// The default bound on matches in memory, in bytes: 64 MiB. A larger bound did not make a run
/// faster over a log of 1 GB and all built-in rules.
pub const MEMORY: usize = 64 << 20;

/// The options of a run. A scan, a watch and a test of a rule set them.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The run clock, which decides the expiry of allowlist entries.
    pub clock: Time,
    /// `now` in expressions, if the user set it; otherwise it is the time of the report, or else
    /// the clock.
    pub now: Option<Time>,
    /// The time zone of occurrence days.
    pub zone: Zone,
    /// The number of threads; at least one.
    pub jobs: NonZeroUsize,
    /// How to show records.
    pub redactor: Redactor,
    /// Enriches addresses and keys from tables.
    pub enricher: Enricher,
    /// Bytes of matches to retain in memory; matches beyond it spill to temporary files.
    pub memory: usize,
    /// Creates a temporary file.
    pub create: fn() -> io::Result<Temporary>,
    /// The unit that one finding reports.
    pub emit: EmitMode,
    /// Whether findings show records. If not, no record is redacted.
    pub records: bool,
    /// Records without any text that a rule needs are not parsed, if every policy has one.
    pub prefilter: Option<Arc<Prefilter>>,
    /// Whether to note who made whom, which incidents are joined by.
    pub lineage: bool,
}

/// A policy of a run, with its options.
#[derive(Debug, Clone, Copy)]
pub struct PolicyRun<'p> {
    /// The policy.
    pub plan: &'p Plan<'p>,
    /// Zone, tables and memory belong to the policy. The number of threads, the clock, `now` and
    /// the place of temporary files belong to the run.
    pub options: &'p RunOptions,
}

/// The unit that one finding reports. A scan emits findings, and a watch emits occurrences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmitMode {
    /// A finding reports all matches of a rule and subject. Records that it shows are read again if
    /// they were not retained.
    #[default]
    Findings,
    /// A finding reports one occurrence. A row contains the rendered message of its record, so no
    /// record is read again and rows may outlive their input. Records themselves are not shown.
    Occurrences,
}
