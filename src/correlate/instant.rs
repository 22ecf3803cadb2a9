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
    /// The number of records that match a present step.
    records: usize,
    /// Whether each of them matches only one.
    single: bool,
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
        Self {
            time,
            items: range,
            records: classes.values().sum(),
            single: classes.keys().all(|steps| steps.is_power_of_two()),
            classes: classes.into_iter().collect(),
            broken,
        }
    }

    /// Whether a record of the instant matches this step.
    pub(super) fn has(&self, step: usize) -> bool {
        self.classes.iter().any(|(steps, _)| steps & 1 << step != 0)
    }

    /// Whether these positions, each given by its step, can be assigned to different records of the
    /// instant.
    pub(super) fn covers(&self, positions: &[usize]) -> bool {
        match positions {
            [step] => self.has(*step),
            _ => self.assigns(positions, None),
        }
    }

    /// Like [`covers`](Self::covers), but with a record that matches exactly `steps` assigned to
    /// the position with the index `fixed`.
    pub(super) fn covers_with(&self, steps: u32, fixed: usize, positions: &[usize]) -> bool {
        positions.len() == 1 || self.assigns(positions, Some((steps, fixed)))
    }

    /// The number of records, which is the most positions that the instant can cover.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Searches for a matching of positions to classes. The capacity of a class is its number of
    /// records.
    fn assigns(&self, positions: &[usize], fixed: Option<(u32, usize)>) -> bool {
        if self.records < positions.len() {
            return false;
        }
        if self.single {
            // The positions of one step are adjacent.
            return positions.chunk_by(|a, b| a == b).all(|of_step| {
                let class = self.classes.binary_search_by_key(&(1 << of_step[0]), |(of, _)| *of);
                class.is_ok_and(|class| self.classes[class].1 >= of_step.len())
            });
        }
        let mut matching =
            Matching { classes: &self.classes, taken: vec![Vec::new(); self.classes.len()] };
        if let Some((steps, _)) = fixed {
            let class = self.classes.binary_search_by_key(&steps, |(of, _)| *of);
            let Ok(class) = class else { return false };
            matching.taken[class].push(None);
        }
        let fixed = fixed.map(|(_, index)| index);
        (0..)
            .zip(positions)
            .filter(|(index, _)| fixed != Some(*index))
            .all(|(_, step)| matching.place(*step, &mut vec![false; self.classes.len()]))
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
