//! The options of recommendations.

use std::num::NonZeroUsize;

use super::selection::CredentialSelection;
use super::usage::CallOutcome;
use crate::finding::Redactor;
use crate::query::Period;
use crate::value::Time;

/// The options of recommendations.
#[derive(Debug, Clone)]
pub struct Options {
    /// The credentials to show.
    pub selection: CredentialSelection,
    /// The period whose calls count.
    pub period: Period,
    /// The outcomes of calls that policies allow.
    pub granted: Vec<CallOutcome>,
    /// The days that a log must cover; a shorter one makes a recommendation too early.
    pub min_days: u64,
    /// Whether policies allow calls only from the addresses of the log, if they are few.
    pub by_address: bool,
    /// The number of addresses that are few.
    pub max_addresses: usize,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The time of the run.
    pub clock: Time,
    /// The number of threads.
    pub jobs: NonZeroUsize,
    /// Redacts and masks values.
    pub redactor: Redactor,
}
