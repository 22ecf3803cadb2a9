//! What one entry covers in a corpus.

use std::collections::{BTreeMap, BTreeSet};

use crate::allow::Selector;
use crate::rule::Severity;
use crate::value::Time;

/// The most different values of one selector that are retained.
const MOST_VALUES: usize = 1_000;

/// The longest value that is retained, in bytes.
const LONGEST: usize = 512;

/// What one entry covers in a corpus.
#[derive(Debug, Clone, Default)]
pub struct EntryCoverage {
    /// The matches that it covers.
    pub matches: u64,
    /// Of those, the matches that no other entry covers.
    pub alone: u64,
    /// The matches by rule, by index in the policy.
    pub rules: BTreeMap<usize, u64>,
    /// The matches by severity.
    pub severities: BTreeMap<Severity, u64>,
    /// Digests of the identities whose matches it covers.
    pub(super) identities: BTreeSet<u128>,
    /// The time of the first match.
    pub first: Option<Time>,
    /// The time of the last match.
    pub last: Option<Time>,
    /// The values that its matches have, by selector.
    pub(super) values: BTreeMap<Selector, Values>,
}

/// The values that matches have of one selector.
#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// Different values.
    pub(super) seen: BTreeSet<String>,
    /// Whether some match has no value, or one that was not retained.
    pub(super) open: bool,
}

impl Values {
    /// Adds the value of a match.
    pub(super) fn add(&mut self, value: Option<&str>) {
        match value {
            Some(value) if self.seen.contains(value) => {}
            Some(value) if self.seen.len() < MOST_VALUES && value.len() <= LONGEST => {
                self.seen.insert(value.to_owned());
            }
            _ => self.open = true,
        }
    }

    /// The values, if every match has one of at most this many.
    pub(super) fn at_most(&self, most: usize) -> Option<Vec<String>> {
        let all = !self.open && !self.seen.is_empty() && self.seen.len() <= most;
        all.then(|| self.seen.iter().cloned().collect())
    }
}

impl EntryCoverage {
    /// The number of identities whose matches it covers: keys, roles or users of one account.
    pub fn identities(&self) -> usize {
        self.identities.len()
    }
}
