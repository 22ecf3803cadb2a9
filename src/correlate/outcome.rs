//! What the matches of one subject come to, the allowlist considered.

use super::subject::{Occurrence, Subject};
use super::{first_seen, sequence, window};
use crate::expr::EvalError;
use crate::rule::{Construct, Rule};

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
