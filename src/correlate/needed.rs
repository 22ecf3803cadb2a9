//! Which matches of a subject can still matter.
//!
//! A busy key has millions of matches and hardly a burst. What is further back than a window
//! reaches, and part of no occurrence, can be forgotten while later matches come.

use super::outcome::occurrences;
use super::{Item, Subject};
use crate::rule::Construct;
use crate::value::{Duration, Time};

/// For each match whether it can still matter when later ones come; `None` when all may.
///
/// Without the others the later outcome is the same: what they could have been part of, they would
/// be by now.
pub fn needed(subject: &Subject<'_>) -> Option<Vec<bool>> {
    let rule = subject.rule;
    let reach = match &rule.construct {
        // With fewer matches something else could become true.
        Construct::Correlate(correlate) if !correlate.grows => return None,
        Construct::Correlate(correlate) => correlate.within?,
        Construct::Sequence(sequence) => sequence.within?,
        // What showed a value before a match came before it.
        Construct::FirstSeen(_) => Duration(0),
        Construct::Plain => return None,
    };
    let last = subject.items.last()?.time?;
    let begins = Time(last.0.saturating_sub(reach.0));
    let absent = |item: &Item| rule.steps.get(usize::from(item.step)).is_some_and(|of| of.absent);
    let mut needed: Vec<bool> = subject
        .items
        .iter()
        .map(|item| item.time.is_none_or(|time| time >= begins) || absent(item))
        .collect();
    // What could not be worked out is told when all matches are there.
    let found = occurrences(subject, true).ok()?;
    found.iter().flat_map(|of| &of.members).for_each(|member| needed[*member as usize] = true);
    Some(needed)
}
