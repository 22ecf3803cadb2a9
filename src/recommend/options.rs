//! The options of recommendations.

use std::num::NonZeroUsize;

use super::attached::AttachedPolicies;
use super::selection::CredentialSelection;
use super::usage::CallOutcome;
use crate::finding::Redactor;
use crate::value::Period;
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
    /// The policies that are attached to credentials.
    pub attached: AttachedPolicies,
    /// Findings about credentials, from a report of a scan.
    pub findings: Vec<CredentialFinding>,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The time of the run.
    pub clock: Time,
    /// The number of threads.
    pub jobs: NonZeroUsize,
    /// Redacts and masks values.
    pub redactor: Redactor,
}

/// A finding about a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFinding {
    /// The key, as the report shows it: masked or whole.
    pub key: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// Whether the finding is of high or critical severity.
    pub severe: bool,
}
