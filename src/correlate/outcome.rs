//! What the matches of one subject come to, the allowlist considered.

use super::{Sightings, first_seen, sequence, window};
use crate::expr::EvalError;
use crate::rule::{Construct, Rule, Severity};
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
    pub sightings: &'s Sightings,
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

/// What the matches of a subject come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The occurrences, in the order of time; of a suppressed finding what would have been.
    pub occurrences: Vec<Occurrence>,
    /// Whether the allowlist leaves nothing of the finding.
    pub suppressed: bool,
    /// Matches that the allowlist took out of occurrences, indices, ascending.
    pub covered: Vec<u32>,
}

impl Outcome {
    /// The outcome of the same matches where so many others stand before them.
    #[must_use]
    pub fn behind(mut self, others: u32) -> Self {
        let members = self.occurrences.iter_mut().flat_map(|of| &mut of.members);
        members.chain(&mut self.covered).for_each(|member| *member += others);
        self.occurrences.iter_mut().for_each(|of| of.told += others);
        self
    }
}

/// What the matches of a subject come to.
///
/// An allowlist entry takes away what counts towards a finding and never what counts against one,
/// so that one entry more never means one finding more.
pub fn outcome(subject: &Subject<'_>) -> Result<Outcome, EvalError> {
    let all = occurrences(subject, true)?;
    if all.is_empty() || !subject.items.iter().any(|item| item.covered) {
        return Ok(Outcome { occurrences: all, ..Outcome::default() });
    }
    let is_covered = |member: &u32| subject.items[*member as usize].covered;
    let of_all = all.iter().flat_map(|occurrence| &occurrence.members);
    let covered: Vec<u32> = of_all.copied().filter(is_covered).collect();
    let counted = if removes_matches(subject.rule) {
        occurrences(subject, false)?
    } else {
        // What fewer matches could make true is hidden only when nothing of it is left.
        let hidden = |of: &&Occurrence| of.members.iter().all(is_covered);
        all.iter().filter(|occurrence| !hidden(occurrence)).cloned().collect()
    };
    Ok(match counted.is_empty() {
        true => Outcome { occurrences: all, suppressed: true, covered },
        false => {
            let occurrences = raise_as_all(subject.rule, counted, &all);
            Outcome { occurrences, suppressed: false, covered }
        }
    })
}

/// Whether fewer matches can only mean fewer findings of the rule.
fn removes_matches(rule: &Rule) -> bool {
    match &rule.construct {
        Construct::Correlate(correlate) => correlate.grows,
        _ => true,
    }
}

/// What measures raise the severity to, where fewer matches could raise it: judged with all.
fn raise_as_all(rule: &Rule, mut counted: Vec<Occurrence>, all: &[Occurrence]) -> Vec<Occurrence> {
    if !window::raises_with_fewer(rule) {
        return counted;
    }
    for occurrence in &mut counted {
        // Occurrences come by time and share no match: the last one that begins no later.
        let first = occurrence.members.first();
        let after = all.partition_point(|of| of.members.first() <= first);
        let around = after.checked_sub(1).and_then(|at| all.get(at));
        occurrence.raised = around.and_then(|of| of.raised);
    }
    counted
}

/// The occurrences, with covered matches or without.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    covered: bool,
) -> Result<Vec<Occurrence>, EvalError> {
    match &subject.rule.construct {
        Construct::Plain => Ok(Vec::new()),
        Construct::Correlate(correlate) => window::occurrences(subject, correlate, covered),
        Construct::Sequence(of) => Ok(sequence::occurrences(subject, of, covered)),
        Construct::FirstSeen(of) => Ok(first_seen::occurrences(subject, of, covered)),
    }
}
