//! The matches of one subject, and its occurrences.

use super::Observations;
use crate::rule::{Rule, Severity};
use crate::value::{Duration, Time, Value};

/// The attributes of a match that correlation evaluates.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// The time of the match; a match without a time is in no window.
    pub time: Option<Time>,
    /// The number of the record. Matches of one record as several steps have the same number.
    pub record: u32,
    /// The step of the rule that it matches.
    pub step: u8,
    /// Whether an allowlist entry covers it.
    pub covered: bool,
    /// The values that the rule measures, as an index into [`Subject::measured`].
    pub measured: u32,
    /// The account of the record, as an index into [`Subject::reaches`].
    pub account: u32,
}

/// The span of time that the input covers for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// The time of the earliest event.
    pub first: Option<Time>,
    /// The time of the latest event.
    pub last: Option<Time>,
}

impl Reach {
    /// The time between the earliest and the latest event.
    pub fn length(self) -> Option<Duration> {
        Some(Duration(self.last?.0.saturating_sub(self.first?.0)))
    }

    /// Widens the span by another span of the same account.
    pub fn widen(&mut self, by: Reach) {
        self.first = self.first.into_iter().chain(by.first).min();
        self.last = self.last.max(by.last);
    }
}

/// The matches of one rule and subject. The engine's reduction creates one for each subject.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The rule.
    pub rule: &'s Rule,
    /// Its matches, sorted by time; matches without a time come first.
    pub items: &'s [Item],
    /// The measured values of matches, in the order of [`Rule::measured`].
    pub measured: &'s [Vec<Value<'static>>],
    /// Earlier observations of values, for `first_seen`.
    pub observations: &'s Observations,
    /// The reach of the input, by account.
    pub reaches: &'s [Reach],
    /// `now` in expressions over measures.
    pub now: Time,
}

impl<'s> Subject<'s> {
    /// The values that the rule measures of a match.
    pub(super) fn values(&self, item: &Item) -> &'s [Value<'static>] {
        self.measured.get(item.measured as usize).map_or(&[], Vec::as_slice)
    }

    /// The reach of the input for the account of a match.
    pub(super) fn reach(&self, item: &Item) -> Reach {
        self.reaches.get(item.account as usize).copied().unwrap_or_default()
    }
}

/// Matches that together form one occurrence of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Indices of the matches in [`Subject::items`], ascending.
    pub members: Vec<u32>,
    /// The match that the message describes.
    pub reported: u32,
    /// Values of the rule's measures, over all members.
    pub measures: Vec<Value<'static>>,
    /// The severity that measures raise the occurrence to, if they do.
    pub raised: Option<Severity>,
    /// Whether the input does not reach far enough to be certain of the occurrence.
    pub uncertain: bool,
}
