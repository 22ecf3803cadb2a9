//! The matches of one subject, and the occurrences that they make.

use super::Observations;
use crate::rule::{Rule, Severity};
use crate::value::{Time, Value};

/// One match, as far as correlation looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    /// When; a match without a time has no place in a window.
    pub time: Option<Time>,
    /// The record: matches of one record (as several steps) have the same number.
    pub record: u32,
    /// Which of the rule's steps it is.
    pub step: u8,
    /// Whether an allowlist entry covers it.
    pub covered: bool,
    /// What the rule takes from it, an index into [`Subject::measured`].
    pub measured: u32,
    /// The account of the record, an index into [`Subject::reaches`].
    pub account: u32,
}

/// The span of time that the input shows of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// The earliest event.
    pub first: Option<Time>,
    /// The latest event.
    pub last: Option<Time>,
}

impl Reach {
    /// Takes in what others show of the same account.
    pub fn widen(&mut self, by: Reach) {
        self.first = self.first.into_iter().chain(by.first).min();
        self.last = self.last.max(by.last);
    }
}

/// The matches of one rule and subject.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// The rule.
    pub rule: &'s Rule,
    /// Its matches, by time; those without one stand first.
    pub items: &'s [Item],
    /// What the rule takes from matches: values in the order of [`Rule::measured`].
    pub measured: &'s [Vec<Value<'static>>],
    /// When values were shown before, for `first_seen`.
    pub observations: &'s Observations,
    /// How far the input reaches, by account.
    pub reaches: &'s [Reach],
    /// `now` in expressions over measures.
    pub now: Time,
}

impl Subject<'_> {
    /// What the rule takes from a match.
    pub(super) fn values(&self, item: &Item) -> &[Value<'static>] {
        self.measured.get(item.measured as usize).map_or(&[], Vec::as_slice)
    }

    /// How far the input reaches for the account of a match.
    pub(super) fn reach(&self, item: &Item) -> Reach {
        self.reaches.get(item.account as usize).copied().unwrap_or_default()
    }
}

/// Matches that make a finding together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The matches, indices into [`Subject::items`], ascending.
    pub members: Vec<u32>,
    /// The match that the message tells of.
    pub told: u32,
    /// Values of the rule's measures, over all members.
    pub measures: Vec<Value<'static>>,
    /// What the measures raise the severity to.
    pub raised: Option<Severity>,
    /// Whether the input does not reach far enough to be sure.
    pub uncertain: bool,
}
