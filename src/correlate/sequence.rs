//! `sequence`: assigns different records to the steps, in order of time.
//!
//! An instance is such an assignment. Instances are not enumerated. A forward pass computes for
//! each prefix of the steps the latest time at which it can begin, and a backward pass computes for
//! each suffix the earliest time at which it can end. An instance passes between two instants, or
//! through a record, if the prefix and the suffix that meet there are close enough. So the work
//! grows with the number of matches and not with the number of instances.

use std::collections::BTreeMap;

use super::instant::Instant;
use super::steps::{StepRole, Steps};
use super::{Item, Occurrence, Reach, Subject};
use crate::rule::Sequence;
use crate::value::Time;

/// Which starts and ends of sequences are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Every start and end that no record of the input breaks.
    Possible,
    /// Only those for which the input covers the whole time in which a record could break them.
    Certain,
}

/// The occurrences; instances that overlap in time are one occurrence.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    sequence: &Sequence,
    covered: bool,
) -> Vec<Occurrence> {
    let steps = Steps::new(subject.rule, sequence);
    let absent = |item: &Item| matches!(steps.place(item.step), Some(StepRole::Absent(_)));
    // A match of an absent step counts against a finding, so no allowlist entry removes it.
    let counts = |item: &Item| item.time.is_some() && (covered || !item.covered || absent(item));
    let numbered = (0u32..).zip(subject.items);
    let timed: Vec<u32> = numbered.filter(|(_, item)| counts(item)).map(|(n, _)| n).collect();
    let instants = Instant::all(subject.items, &timed, &steps);
    let search = Search { subject, steps: &steps, timed: &timed, instants: &instants };
    let mut occurrences = search.occurrences(Ends::Possible);
    if steps.guards(0) || steps.guards(steps.present) {
        let mut certain = vec![false; subject.items.len()];
        let members = search.occurrences(Ends::Certain).into_iter().flat_map(|of| of.members);
        members.for_each(|member| certain[member as usize] = true);
        for occurrence in &mut occurrences {
            occurrence.uncertain = !occurrence.members.iter().any(|m| certain[*m as usize]);
        }
    }
    occurrences
}

struct Search<'s> {
    subject: &'s Subject<'s>,
    steps: &'s Steps,
    timed: &'s [u32],
    instants: &'s [Instant],
}

/// For each step, the latest start or the earliest end.
type States = Vec<Option<Time>>;

impl Search<'_> {
    fn occurrences(&self, ends: Ends) -> Vec<Occurrence> {
        let count = self.steps.present;
        let (starts, stops) = (self.starts(ends), self.stops(ends));
        let before = self.forwards(&starts);
        let after = self.backwards(&stops);
        let mut occurrences: Vec<Occurrence> = Vec::new();
        let mut open = false;
        for at in 0..self.instants.len() {
            // An instance that spans the boundary between two instants joins them.
            let joined = open
                && (0..count.saturating_sub(1))
                    .any(|step| self.meet(before[at][step], after[at][step + 1]));
            let members = self.members(at, &before[at], &after[at + 1], &starts, &stops);
            match occurrences.last_mut().filter(|_| joined) {
                Some(occurrence) => occurrence.members.extend(members),
                None if members.is_empty() => {
                    open = false;
                    continue;
                }
                None => occurrences.push(Occurrence {
                    members,
                    reported: 0,
                    measures: Vec::new(),
                    raised: None,
                    uncertain: false,
                }),
            }
            open = true;
        }
        for occurrence in &mut occurrences {
            let reported = self.subject.rule.reported_step();
            let is_reported =
                |m: &&u32| usize::from(self.subject.items[**m as usize].step) == reported;
            let first = occurrence.members.first();
            occurrence.reported =
                occurrence.members.iter().find(is_reported).or(first).copied().unwrap_or_default();
        }
        occurrences
    }

    /// The time span that the input covers for every account of an instant.
    fn reach(&self, instant: &Instant) -> Reach {
        let items = &self.timed[instant.items.clone()];
        let of = |at: &u32| self.subject.reach(&self.subject.items[*at as usize]);
        let both = |a: Reach, b: Reach| Reach {
            first: a.first.zip(b.first).map(|(a, b)| a.max(b)),
            last: a.last.zip(b.last).map(|(a, b)| a.min(b)),
        };
        items.iter().map(of).reduce(both).unwrap_or_default()
    }

    fn meet(&self, start: Option<Time>, end: Option<Time>) -> bool {
        start.zip(end).is_some_and(|(start, end)| self.steps.fits(start, end))
    }

    /// For each instant, whether a sequence may begin there: no record breaks the time before it.
    fn starts(&self, ends: Ends) -> Vec<bool> {
        let (steps, mut last) = (self.steps, None);
        let start = |instant: &Instant| {
            let opens = steps.opens(instant.time);
            let whole = last.is_none_or(|last| last < opens);
            if instant.broken & 1 != 0 {
                last = Some(instant.time);
            }
            let seen = !steps.guards(0) || steps.sees_before(instant.time, self.reach(instant));
            whole && (ends == Ends::Possible || seen)
        };
        self.instants.iter().map(start).collect()
    }

    /// For each instant, whether a sequence may end there: no record breaks the time after it.
    fn stops(&self, ends: Ends) -> Vec<bool> {
        let (steps, mut next) = (self.steps, None);
        let behind = steps.present;
        let stop = |instant: &Instant| {
            let closes = steps.closes(instant.time);
            let whole = next.is_none_or(|next| next > closes);
            if instant.broken & 1 << behind != 0 {
                next = Some(instant.time);
            }
            let seen = !steps.guards(behind) || steps.sees_after(instant.time, self.reach(instant));
            whole && (ends == Ends::Possible || seen)
        };
        let mut stops: Vec<bool> = self.instants.iter().rev().map(stop).collect();
        stops.reverse();
        stops
    }

    /// The forward pass. Before each instant and after the last: for each step, the latest start of
    /// the steps up to it, unless a later record broke the gap after it.
    fn forwards(&self, starts: &[bool]) -> Vec<States> {
        let count = self.steps.present;
        let mut states = vec![vec![None; count]];
        for (instant, may_start) in self.instants.iter().zip(starts) {
            let before = &states[states.len() - 1];
            let mut after = before.clone();
            for (step, state) in after.iter_mut().enumerate() {
                if instant.broken & 1 << (step + 1) != 0 {
                    *state = None;
                }
                // A start that is more than `within` ago can no longer end in time.
                *state = state.filter(|start| self.steps.fits(*start, instant.time));
            }
            for last in (0..count).filter(|last| instant.has(*last)) {
                for first in (0..=last).rev() {
                    if !instant.covers(first, last) {
                        break;
                    }
                    let start = match first {
                        0 => may_start.then_some(instant.time),
                        _ => before[first - 1],
                    };
                    after[last] = after[last].max(start);
                }
            }
            states.push(after);
        }
        states
    }

    /// The backward pass. From each instant on and after the last: for each step, the earliest end
    /// of the steps from it on, unless an earlier record broke the gap before it.
    fn backwards(&self, stops: &[bool]) -> Vec<States> {
        let count = self.steps.present;
        let mut states = vec![vec![None; count]];
        for (instant, may_stop) in self.instants.iter().zip(stops).rev() {
            let after = &states[states.len() - 1];
            let mut before = after.clone();
            for (step, state) in before.iter_mut().enumerate() {
                if instant.broken & 1 << step != 0 {
                    *state = None;
                }
                *state = state.filter(|end| self.steps.fits(instant.time, *end));
            }
            for first in (0..count).filter(|first| instant.has(*first)) {
                for last in first..count {
                    if !instant.covers(first, last) {
                        break;
                    }
                    let end = match last + 1 {
                        next if next == count => may_stop.then_some(instant.time),
                        next => after[next],
                    };
                    before[first] = earlier(before[first], end);
                }
            }
            states.push(before);
        }
        states.reverse();
        states
    }

    /// The items of an instant that are part of an instance.
    fn members(
        &self,
        at: usize,
        before: &States,
        after: &States,
        starts: &[bool],
        stops: &[bool],
    ) -> Vec<u32> {
        let (instant, count) = (&self.instants[at], self.steps.present);
        let start = |first: usize| match first {
            0 => starts[at].then_some(instant.time),
            _ => before[first - 1],
        };
        let end = |last: usize| match last + 1 {
            next if next == count => stops[at].then_some(instant.time),
            next => after[next],
        };
        let goes_through = |steps: u32, step: usize| {
            (0..=step).any(|first| {
                (step..count).any(|last| {
                    self.meet(start(first), end(last))
                        && instant.covers_with(steps, step, first, last)
                })
            })
        };
        let of_instant = &self.timed[instant.items.clone()];
        let item = |at: u32| &self.subject.items[at as usize];
        let mut known: BTreeMap<(u32, usize), bool> = BTreeMap::new();
        let mut members = Vec::new();
        for record in of_instant.chunk_by(|a, b| item(*a).record == item(*b).record) {
            let position = |at: u32| match self.steps.place(item(at).step) {
                Some(StepRole::Present(position)) => Some(position),
                _ => None,
            };
            let steps = record.iter().filter_map(|at| position(*at)).fold(0, |all, p| all | 1 << p);
            for &at in record {
                let Some(step) = position(at) else { continue };
                // Records that match the same steps are either all members or none.
                if *known.entry((steps, step)).or_insert_with(|| goes_through(steps, step)) {
                    members.push(at);
                }
            }
        }
        members
    }
}

fn earlier(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
