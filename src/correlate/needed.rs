//! Decides which matches of a subject must be retained.
//!
//! A busy key has millions of matches and few bursts. A match can be dropped before
//! later matches arrive if it is part of no occurrence and too old for the window.

use super::outcome::occurrences;
use super::{Item, Subject};
use crate::rule::Construct;
use crate::value::{Duration, Time};

/// Returns for each match whether later matches may need it; `None` if all may be needed.
///
/// Dropping the other matches does not change the later outcome: an occurrence that they could be
/// part of would already exist.
pub fn needed(subject: &Subject<'_>) -> Option<Vec<bool>> {
    let rule = subject.rule;
    let reach = match &rule.construct {
        // With fewer matches, `having` could become true.
        Construct::Correlate(correlate) if !correlate.grows => return None,
        Construct::Correlate(correlate) => correlate.within?,
        Construct::Sequence(sequence) => sequence.within?,
        // An earlier record with the value, or of the subject, was added before the match.
        Construct::FirstSeen(_) | Construct::AfterSilence(_) => Duration(0),
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
    // An error is reported when all matches have been added.
    let found = occurrences(subject, true).ok()?;
    found.iter().flat_map(|of| &of.members).for_each(|member| needed[*member as usize] = true);
    Some(needed)
}
