//! Counts the matches that each allowlist entry covers.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{time, widen};
use crate::engine::rows::{Order, entries};
use crate::rule::Severity;
use crate::value::Time;

/// The matches that one allowlist entry covers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Matches that it covers.
    pub matches: u64,
    /// Of those, matches that no entry with a smaller id covers.
    pub first_credit: u64,
    /// Indices of the rules whose matches it covered.
    pub rules: BTreeSet<usize>,
    /// Severities of those matches.
    pub severities: BTreeMap<Severity, u64>,
    /// The time of the earliest match.
    pub first: Option<Time>,
    /// The time of the latest match.
    pub last: Option<Time>,
}

/// A match that entries cover.
pub(super) struct Covered<'c> {
    /// Indices of the entries, encoded.
    pub(super) cover: &'c [u8],
    /// The severity, as its number.
    pub(super) severity: u8,
    pub(super) order: Order,
}

/// Credits every entry that covers a match.
pub(super) fn credit(coverage: &mut [Coverage], covered: &Covered<'_>, rule: u32) {
    for (position, entry) in entries(covered.cover).enumerate() {
        let Some(of) = coverage.get_mut(entry as usize) else { continue };
        of.matches += 1;
        of.first_credit += u64::from(position == 0);
        of.rules.insert(rule as usize);
        *of.severities.entry(super::evidence::severity(covered.severity)).or_default() += 1;
        widen(&mut of.first, &mut of.last, time(covered.order));
    }
}
