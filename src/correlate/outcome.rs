//! Evaluates the matches of one subject, including the allowlist.

use super::subject::{Occurrence, Subject};
use super::{after_silence, first_seen, sequence, window};
use crate::expr::EvalError;
use crate::rule::{Construct, Rule};

/// The outcome of the matches of a subject. The engine's reduction turns it into a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The occurrences, in order of time. If the finding is suppressed, these are the occurrences
    /// that it would have without the allowlist.
    pub occurrences: Vec<Occurrence>,
    /// Whether the allowlist suppresses the whole finding.
    pub suppressed: bool,
    /// Indices of matches that the allowlist removed from occurrences, ascending.
    pub covered: Vec<u32>,
}

impl Outcome {
    /// The outcome of the same matches if `others` matches precede them.
    #[must_use]
    pub fn behind(mut self, others: u32) -> Self {
        let members = self.occurrences.iter_mut().flat_map(|of| &mut of.members);
        members.chain(&mut self.covered).for_each(|member| *member += others);
        self.occurrences.iter_mut().for_each(|of| of.reported += others);
        self
    }
}

/// Evaluates the matches of a subject.
///
/// An allowlist entry removes what counts towards a finding and never what counts against one, so
/// adding an entry never adds a finding.
///
/// # Errors
///
/// A sum overflows, or a condition or the severity of an occurrence cannot be evaluated.
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
        // If fewer matches could create an occurrence, an occurrence is hidden only if all its
        // matches are covered.
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

/// Whether removing matches can only remove findings of the rule.
fn removes_matches(rule: &Rule) -> bool {
    match &rule.construct {
        Construct::Correlate(correlate) => correlate.grows,
        _ => true,
    }
}

/// Sets the severity that measures raise an occurrence to. If fewer matches could raise it, it is
/// evaluated over all matches.
fn raise_as_all(rule: &Rule, mut counted: Vec<Occurrence>, all: &[Occurrence]) -> Vec<Occurrence> {
    if !window::raises_with_fewer(rule) {
        return counted;
    }
    for occurrence in &mut counted {
        // Occurrences are sorted by time and share no match, so the enclosing one is the last that
        // does not begin later.
        let first = occurrence.members.first();
        let after = all.partition_point(|of| of.members.first() <= first);
        let around = after.checked_sub(1).and_then(|at| all.get(at));
        occurrence.raised = around.and_then(|of| of.raised);
    }
    counted
}

/// The occurrences; `covered` is whether covered matches are included.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    covered: bool,
) -> Result<Vec<Occurrence>, EvalError> {
    match &subject.rule.construct {
        Construct::Plain => Ok(Vec::new()),
        Construct::Correlate(correlate) => window::occurrences(subject, correlate, covered),
        Construct::Sequence(of) => sequence::occurrences(subject, of, covered),
        Construct::FirstSeen(of) => Ok(first_seen::occurrences(subject, of, covered)),
        Construct::AfterSilence(of) => after_silence::occurrences(subject, of, covered),
    }
}
