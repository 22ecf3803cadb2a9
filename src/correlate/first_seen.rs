//! `first_seen`: values that no earlier record of the subject contains.

use super::{Item, Occurrence, Subject};
use crate::rule::FirstSeen;
use crate::value::Time;

/// Returns one occurrence with every match that has new values, or none if there is no such match.
///
/// A record is earlier only if its time is earlier: records of one instant are not ordered.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    first_seen: &FirstSeen,
    covered: bool,
) -> Vec<Occurrence> {
    let is_new = |item: &Item, time: Time| {
        let values = subject.values(item);
        values.iter().all(|value| !value.is_missing())
            && !subject.observations.before(values, time, first_seen.history)
    };
    let mut members = Vec::new();
    let mut certain = false;
    for (number, item) in (0u32..).zip(subject.items) {
        let Some(time) = item.time else { continue };
        if (covered || !item.covered) && is_new(item, time) {
            members.push(number);
            let begins = Time(time.0.saturating_sub(first_seen.history.0));
            certain |= subject.reach(item).first.is_some_and(|first| first <= begins);
        }
    }
    let reported = members.first().copied();
    let occurrence = |reported| Occurrence {
        members,
        reported,
        measures: Vec::new(),
        raised: None,
        uncertain: !certain,
    };
    reported.map(occurrence).into_iter().collect()
}
