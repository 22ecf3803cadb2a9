//! The options of an explanation.

use std::collections::BTreeSet;

use crate::finding::Redactor;
use crate::value::Time;

/// The options of an explanation.
#[derive(Debug, Clone)]
pub struct ExplainOptions {
    /// The most matches of each condition that are shown.
    pub matches: usize,
    /// The most records that a condition nearly matches and that are shown.
    pub misses: usize,
    /// The most subjects whose state is shown.
    pub subjects: usize,
    /// `now` for every file, if the user set it.
    pub now: Option<Time>,
    /// The run clock, and `now` for files that have no time of their own.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
    /// The fingerprints of the findings to explain, each with its first match of every step; `None`
    /// shows the first matches.
    pub findings: Option<BTreeSet<String>>,
}
