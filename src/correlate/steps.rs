//! The steps of a sequence: the present steps, and the gaps between them.

use super::Reach;
use crate::rule::{Rule, Sequence};
use crate::value::{Duration, Time};

/// The steps of a sequence in the form that the search uses.
pub(super) struct Steps {
    /// The role of each step of the rule: a number among the present steps, or the gap in which
    /// it must be absent.
    places: Vec<StepRole>,
    /// The present steps, each as often as it counts. An instance has a record at each position.
    positions: Vec<usize>,
    /// The number of present steps.
    pub(super) present: usize,
    /// The maximum distance between the first and the last present step.
    within: Option<Duration>,
}

/// The role of a step in the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepRole {
    /// The present step with this number.
    Present(usize),
    /// An absent step: no record may match it in the gap before the present step with this number,
    /// or after the last present step.
    Absent(usize),
}

impl Steps {
    pub(super) fn new(rule: &Rule, sequence: &Sequence) -> Self {
        let (mut present, mut positions) = (0, Vec::new());
        let place = |step: &crate::rule::Step| {
            if step.absent {
                return StepRole::Absent(present);
            }
            positions.extend(std::iter::repeat_n(present, step.count));
            present += 1;
            StepRole::Present(present - 1)
        };
        let places = rule.steps.iter().map(place).collect();
        Self { places, positions, present, within: sequence.within }
    }

    pub(super) fn place(&self, step: u8) -> Option<StepRole> {
        self.places.get(usize::from(step)).copied()
    }

    /// The step at each position.
    pub(super) fn positions(&self) -> &[usize] {
        &self.positions
    }

    /// How many records a present step requires.
    pub(super) fn counts(&self, step: usize) -> usize {
        self.positions.iter().filter(|of| **of == step).count()
    }

    /// The gap before a position; `None` if the record before it belongs to the same step.
    pub(super) fn gap_before(&self, position: usize) -> Option<usize> {
        let step = self.positions[position];
        let before = position.checked_sub(1).map(|before| self.positions[before]);
        (before != Some(step)).then_some(step)
    }

    /// The gap after a position; `None` if the record after it belongs to the same step.
    pub(super) fn gap_after(&self, position: usize) -> Option<usize> {
        let step = self.positions[position];
        (self.positions.get(position + 1) != Some(&step)).then_some(step + 1)
    }

    /// Whether this gap has an absent step.
    pub(super) fn guards(&self, gap: usize) -> bool {
        self.places.contains(&StepRole::Absent(gap))
    }

    /// Whether a sequence from `first` to `last` is short enough.
    pub(super) fn fits(&self, first: Time, last: Time) -> bool {
        self.within.is_none_or(|within| last.0.saturating_sub(first.0) <= within.0)
    }

    /// The earliest time at which a record before `first` can break the sequence.
    pub(super) fn opens(&self, first: Time) -> Time {
        Time(self.within.map_or(i64::MIN, |within| first.0.saturating_sub(within.0)))
    }

    /// The latest time at which a record after `last` can break the sequence.
    pub(super) fn closes(&self, last: Time) -> Time {
        Time(self.within.map_or(i64::MAX, |within| last.0.saturating_add(within.0)))
    }

    /// Whether the input covers the whole time before `first` in which a record can break the
    /// sequence. Without `within`, that time is the input itself, so it is always covered.
    pub(super) fn sees_before(&self, first: Time, reach: Reach) -> bool {
        let opens = self.opens(first);
        self.within.is_none() || reach.first.is_some_and(|begins| begins <= opens)
    }

    /// Whether the input covers the whole time after `last` in which a record can break the
    /// sequence.
    pub(super) fn sees_after(&self, last: Time, reach: Reach) -> bool {
        let closes = self.closes(last);
        self.within.is_none() || reach.last.is_some_and(|ends| ends >= closes)
    }
}
