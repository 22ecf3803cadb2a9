//! What the caller decides about a run.

use std::io;
use std::num::NonZeroUsize;

use crate::finding::{Enricher, Redactor};
use crate::plan::Plan;
use crate::source::Temporary;
use crate::value::{Time, Zone};

/// Bytes of matches that are held in memory unless the user says otherwise: 64 MiB. Over
/// a log of 1 GB and all built-in rules more made a run no faster.
pub const MEMORY: usize = 64 << 20;

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
    /// What tables know of addresses and keys.
    pub enricher: Enricher,
    /// Bytes of matches to hold in memory; beyond them they are written to temporary files.
    pub memory: usize,
    /// Makes a temporary file.
    pub create: fn() -> io::Result<Temporary>,
    /// What a finding is made of.
    pub tell: Tell,
}

/// A policy of a run, and what the run is told for it.
#[derive(Debug, Clone, Copy)]
pub struct PolicyRun<'p> {
    /// The policy.
    pub plan: &'p Plan<'p>,
    /// Zone, tables and memory are the policy's own. The number of threads, the clock, `now` and
    /// where temporary files are made belong to the whole run.
    pub options: &'p RunOptions,
}

/// What a finding is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tell {
    /// All matches of a rule and subject. Records that it shows are read again where they were not
    /// kept.
    #[default]
    Findings,
    /// One occurrence. A row carries what the finding says of its record, so that nothing is read
    /// again and rows may outlive their input; records themselves are not shown.
    Occurrences,
}
