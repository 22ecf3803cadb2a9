//! The search for instances of a sequence: assignments of different records to the positions of its
//! steps, in order of time.
//!
//! Instances are not enumerated. A forward pass computes for each prefix of the positions the latest
//! time at which it can begin, and a backward pass computes for each suffix the earliest time at
//! which it can end. An instance passes between two instants, or through a record, if the prefix and
//! the suffix that meet there are close enough. So the work grows with the number of matches and not
//! with the number of instances.

use std::collections::BTreeMap;

use super::instant::Instant;
use super::steps::{StepRole, Steps};
use super::{Item, Reach, Subject};
use crate::value::Time;

/// Instances that overlap in time.
#[derive(Debug)]
pub(super) struct Found {
    /// Indices of the matches that are part of an instance, ascending.
    pub(super) members: Vec<u32>,
    /// Whether the input covers the whole time in which a record could break one of the instances.
    pub(super) certain: bool,
}

/// The instances over these matches, which are indices in the order of time.
pub(super) fn found(subject: &Subject<'_>, steps: &Steps, timed: &[u32]) -> Vec<Found> {
    let instants = Instant::all(subject.items, timed, steps);
    let search = Search { subject, steps, timed, instants: &instants };
    let groups = search.groups(Ends::Possible);
    let ends_matter = steps.guards(0) || steps.guards(steps.present);
    if !ends_matter {
        return groups.into_iter().map(|members| Found { members, certain: true }).collect();
    }
    let mut certain: Vec<u32> = search.groups(Ends::Certain).into_iter().flatten().collect();
    certain.sort_unstable();
    let is_certain = |member: &u32| certain.binary_search(member).is_ok();
    groups
        .into_iter()
        .map(|members| Found { certain: members.iter().any(is_certain), members })
        .collect()
}

/// Which starts and ends of sequences are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Every start and end that no record of the input breaks.
    Possible,
    /// Only those for which the input covers the whole time in which a record could break them.
    Certain,
}

struct Search<'s> {
    subject: &'s Subject<'s>,
    steps: &'s Steps,
    timed: &'s [u32],
    instants: &'s [Instant],
}

/// For each position, the latest start or the earliest end.
type States = Vec<Option<Time>>;

/// Instants whose states of the backward pass are computed at a time. The states of all instants
/// would take more memory than the matches.
const BLOCK: usize = 256;

impl Search<'_> {
    /// The matches of instances, one group for instances that overlap.
    fn groups(&self, ends: Ends) -> Vec<Vec<u32>> {
        let count = self.steps.positions().len();
        let (starts, stops) = (self.starts(ends), self.stops(ends));
        let checkpoints = self.checkpoints(&stops);
        let mut before: States = vec![None; count];
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut open = false;
        for (block, checkpoint) in checkpoints.iter().enumerate() {
            let first = block * BLOCK;
            let end = self.instants.len().min(first + BLOCK);
            let after = self.block(first, end, checkpoint, &stops);
            for at in first..end {
                let (from, behind) = (&after[at - first], &after[at - first + 1]);
                // An instance that spans the boundary between two instants joins them.
                let joined = open
                    && (0..count.saturating_sub(1))
                        .any(|position| self.meet(before[position], from[position + 1]));
                let members = self.members(at, &before, behind, &starts, &stops);
                before = self.forward(at, &before, starts[at]);
                match groups.last_mut().filter(|_| joined) {
                    Some(group) => group.extend(members),
                    None if members.is_empty() => {
                        open = false;
                        continue;
                    }
                    None => groups.push(members),
                }
                open = true;
            }
        }
        groups
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
            let covered = !steps.guards(0) || steps.sees_before(instant.time, self.reach(instant));
            whole && (ends == Ends::Possible || covered)
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
            let covered =
                !steps.guards(behind) || steps.sees_after(instant.time, self.reach(instant));
            whole && (ends == Ends::Possible || covered)
        };
        let mut stops: Vec<bool> = self.instants.iter().rev().map(stop).collect();
        stops.reverse();
        stops
    }

    /// One step of the forward pass: computes the states after an instant from those before it. The
    /// state of a position is the latest start of the positions up to and including it. It is
    /// `None` if a later record broke the gap after the position.
    fn forward(&self, at: usize, before: &States, may_start: bool) -> States {
        let (instant, positions) = (&self.instants[at], self.steps.positions());
        let mut after = before.clone();
        for (position, state) in after.iter_mut().enumerate() {
            let gap = self.steps.gap_after(position);
            if gap.is_some_and(|gap| instant.broken & 1 << gap != 0) {
                *state = None;
            }
            // A start that is more than `within` ago can no longer end in time.
            *state = state.filter(|start| self.steps.fits(*start, instant.time));
        }
        for last in (0..positions.len()).filter(|last| instant.has(positions[*last])) {
            for first in (0..=last).rev() {
                if !instant.covers(&positions[first..=last]) {
                    break;
                }
                let start = match first {
                    0 => may_start.then_some(instant.time),
                    _ => before[first - 1],
                };
                after[last] = after[last].max(start);
            }
        }
        after
    }

    /// One step of the backward pass: computes the states before an instant from those after it.
    /// The state of a position is the earliest end of the positions from this one on. It is `None`
    /// if an earlier record broke the gap before the position.
    fn backward(&self, at: usize, after: &States, may_stop: bool) -> States {
        let (instant, positions) = (&self.instants[at], self.steps.positions());
        let mut before = after.clone();
        for (position, state) in before.iter_mut().enumerate() {
            let gap = self.steps.gap_before(position);
            if gap.is_some_and(|gap| instant.broken & 1 << gap != 0) {
                *state = None;
            }
            *state = state.filter(|end| self.steps.fits(instant.time, *end));
        }
        for first in (0..positions.len()).filter(|first| instant.has(positions[*first])) {
            for last in first..positions.len() {
                if !instant.covers(&positions[first..=last]) {
                    break;
                }
                let end = match last + 1 {
                    next if next == positions.len() => may_stop.then_some(instant.time),
                    next => after[next],
                };
                before[first] = earlier(before[first], end);
            }
        }
        before
    }

    /// The states of the backward pass at the end of each block.
    fn checkpoints(&self, stops: &[bool]) -> Vec<States> {
        let mut states: States = vec![None; self.steps.positions().len()];
        let mut checkpoints = Vec::new();
        for at in (0..self.instants.len()).rev() {
            if (at + 1) % BLOCK == 0 || at + 1 == self.instants.len() {
                checkpoints.push(states.clone());
            }
            states = self.backward(at, &states, stops[at]);
        }
        checkpoints.reverse();
        checkpoints
    }

    /// The states of the backward pass before each instant of a block, and after the last one.
    fn block(&self, first: usize, end: usize, checkpoint: &States, stops: &[bool]) -> Vec<States> {
        let mut states = vec![checkpoint.clone()];
        for at in (first..end).rev() {
            let before = self.backward(at, &states[states.len() - 1], stops[at]);
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
        let (instant, positions) = (&self.instants[at], self.steps.positions());
        let start = |first: usize| match first {
            0 => starts[at].then_some(instant.time),
            _ => before[first - 1],
        };
        let end = |last: usize| match last + 1 {
            next if next == positions.len() => stops[at].then_some(instant.time),
            next => after[next],
        };
        let most = instant.records();
        let passes_at = |steps: u32, position: usize| {
            let earliest = (position + 1).saturating_sub(most);
            (earliest..=position).any(|first| {
                (position..positions.len().min(first + most)).any(|last| {
                    self.meet(start(first), end(last))
                        && instant.covers_with(steps, position - first, &positions[first..=last])
                })
            })
        };
        let goes_through = |steps: u32, step: usize| {
            (0..positions.len())
                .filter(|position| positions[*position] == step)
                .any(|position| passes_at(steps, position))
        };
        let of_instant = &self.timed[instant.items.clone()];
        let item = |at: u32| &self.subject.items[at as usize];
        let number = |at: u32| match self.steps.place(item(at).step) {
            Some(StepRole::Present(step)) => Some(step),
            _ => None,
        };
        let mut records: BTreeMap<u32, u32> = BTreeMap::new();
        for &at in of_instant {
            if let Some(step) = number(at) {
                *records.entry(item(at).record).or_default() |= 1 << step;
            }
        }
        // Records that match the same steps are either all members or none.
        let mut memo: BTreeMap<(u32, usize), bool> = BTreeMap::new();
        let is_member = |at: &u32| {
            let (Some(step), Some(&steps)) = (number(*at), records.get(&item(*at).record)) else {
                return false;
            };
            *memo.entry((steps, step)).or_insert_with(|| goes_through(steps, step))
        };
        of_instant.iter().copied().filter(is_member).collect()
    }
}

fn earlier(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The first and the last time of matches.
pub(super) fn span(items: &[Item], members: &[u32]) -> Option<(Time, Time)> {
    let time = |member: Option<&u32>| items.get(*member? as usize)?.time;
    time(members.first()).zip(time(members.last()))
}
