//! The records of one instant, which are unordered.

use std::collections::BTreeMap;

use super::Item;
use super::steps::{StepRole, Steps};
use crate::value::Time;

/// The records of one instant.
pub(super) struct Instant {
    pub(super) time: Time,
    /// The items, as a range of `timed`, which contains indices of the subject's items.
    pub(super) items: std::ops::Range<usize>,
    /// Classes of records: a bit set of the steps that a record matches, and the number of records
    /// with exactly these steps.
    classes: Vec<(u32, usize)>,
    /// Bit set of the gaps that a record of the instant breaks because it matches their absent
    /// step.
    pub(super) broken: u32,
}

impl Instant {
    /// The instants of items in order of time; `timed` contains the indices of items that have a
    /// time.
    pub(super) fn all(items: &[Item], timed: &[u32], steps: &Steps) -> Vec<Instant> {
        let mut instants = Vec::new();
        let mut start = 0;
        let time = |at: &u32| items[*at as usize].time;
        for of_time in timed.chunk_by(|a, b| time(a) == time(b)) {
            let range = start..start + of_time.len();
            start = range.end;
            let Some(time) = time(&of_time[0]) else { continue };
            instants.push(Self::new(items, of_time, time, range, steps));
        }
        instants
    }

    fn new(
        items: &[Item],
        of_time: &[u32],
        time: Time,
        range: std::ops::Range<usize>,
        steps: &Steps,
    ) -> Self {
        let mut records: BTreeMap<u32, u32> = BTreeMap::new();
        let mut broken = 0;
        for &at in of_time {
            let item = &items[at as usize];
            match steps.place(item.step) {
                Some(StepRole::Present(position)) => {
                    *records.entry(item.record).or_default() |= 1 << position;
                }
                Some(StepRole::Absent(gap)) => broken |= 1 << gap,
                None => {}
            }
        }
        let mut classes: BTreeMap<u32, usize> = BTreeMap::new();
        for steps in records.into_values() {
            *classes.entry(steps).or_default() += 1;
        }
        Self { time, items: range, classes: classes.into_iter().collect(), broken }
    }

    /// Whether a record of the instant matches this step.
    pub(super) fn has(&self, step: usize) -> bool {
        self.classes.iter().any(|(steps, _)| steps & 1 << step != 0)
    }

    /// Whether the steps from `first` to `last` can be assigned to different records of the
    /// instant.
    pub(super) fn covers(&self, first: usize, last: usize) -> bool {
        first == last && self.has(first) || self.assigns(first, last, None)
    }

    /// Like [`covers`](Self::covers), but with a record that matches exactly `steps` assigned to
    /// the step `fixed`.
    pub(super) fn covers_with(&self, steps: u32, fixed: usize, first: usize, last: usize) -> bool {
        first == last || self.assigns(first, last, Some((steps, fixed)))
    }

    /// Searches for a matching of steps to classes. The capacity of a class is its number of
    /// records.
    fn assigns(&self, first: usize, last: usize, fixed: Option<(u32, usize)>) -> bool {
        let total: usize = self.classes.iter().map(|(_, count)| count).sum();
        if total < last - first + 1 {
            return false;
        }
        let mut matching =
            Matching { classes: &self.classes, taken: vec![Vec::new(); self.classes.len()] };
        if let Some((steps, step)) = fixed {
            let class = self.classes.binary_search_by_key(&steps, |(of, _)| *of);
            let Ok(class) = class else { return false };
            matching.taken[class].push(None);
            return (first..=last)
                .filter(|other| *other != step)
                .all(|other| matching.place(other, &mut vec![false; self.classes.len()]));
        }
        (first..=last).all(|step| matching.place(step, &mut vec![false; self.classes.len()]))
    }
}

struct Matching<'c> {
    classes: &'c [(u32, usize)],
    /// The steps that are assigned to records of each class; `None` is fixed and cannot be moved.
    taken: Vec<Vec<Option<usize>>>,
}

impl Matching<'_> {
    /// Assigns a record to a step, and moves other steps if necessary.
    fn place(&mut self, step: usize, visited: &mut Vec<bool>) -> bool {
        for class in 0..self.classes.len() {
            let (steps, count) = self.classes[class];
            if steps & 1 << step == 0 || std::mem::replace(&mut visited[class], true) {
                continue;
            }
            if self.taken[class].len() < count {
                self.taken[class].push(Some(step));
                return true;
            }
            for at in 0..self.taken[class].len() {
                if let Some(other) = self.taken[class][at]
                    && self.place(other, visited)
                {
                    self.taken[class][at] = Some(step);
                    return true;
                }
            }
        }
        false
    }
}
