//! The steps of a sequence: those that are there, and the gaps between them.

use super::Reach;
use crate::rule::{Rule, Sequence};
use crate::value::{Duration, Time};

/// The steps of a sequence in the form in which it is searched.
pub(super) struct Steps {
    /// For each step of the rule its place: among the steps that must be there, or the gap in
    /// which it must not be.
    places: Vec<StepRole>,
    /// How many steps must be there.
    pub(super) present: usize,
    /// How far apart the first and the last of them may be.
    within: Option<Duration>,
}

/// What a step of a rule is to the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepRole {
    /// It must be there, at this position.
    Present(usize),
    /// It must not be there before the step that is present at this position (or, after the last
    /// one, behind it).
    Absent(usize),
}

impl Steps {
    pub(super) fn new(rule: &Rule, sequence: &Sequence) -> Self {
        let mut present = 0;
        let place = |step: &crate::rule::Step| {
            if step.absent {
                return StepRole::Absent(present);
            }
            present += 1;
            StepRole::Present(present - 1)
        };
        let places = rule.steps.iter().map(place).collect();
        Self { places, present, within: sequence.within }
    }

    pub(super) fn place(&self, step: u8) -> Option<StepRole> {
        self.places.get(usize::from(step)).copied()
    }

    /// Whether something must be absent in this gap.
    pub(super) fn guards(&self, gap: usize) -> bool {
        self.places.contains(&StepRole::Absent(gap))
    }

    /// Whether a sequence from `first` to `last` is short enough.
    pub(super) fn fits(&self, first: Time, last: Time) -> bool {
        self.within.is_none_or(|within| last.0.saturating_sub(first.0) <= within.0)
    }

    /// The earliest time at which a record before `first` matters.
    pub(super) fn opens(&self, first: Time) -> Time {
        Time(self.within.map_or(i64::MIN, |within| first.0.saturating_sub(within.0)))
    }

    /// The latest time at which a record after `last` matters.
    pub(super) fn closes(&self, last: Time) -> Time {
        Time(self.within.map_or(i64::MAX, |within| last.0.saturating_add(within.0)))
    }

    /// Whether the input shows all of the time before `first` that matters. What is to be absent
    /// in the whole input is absent there.
    pub(super) fn sees_before(&self, first: Time, reach: Reach) -> bool {
        let opens = self.opens(first);
        self.within.is_none() || reach.first.is_some_and(|begins| begins <= opens)
    }

    /// Whether the input shows all of the time after `last` that matters.
    pub(super) fn sees_after(&self, last: Time, reach: Reach) -> bool {
        let closes = self.closes(last);
        self.within.is_none() || reach.last.is_some_and(|ends| ends >= closes)
    }
}
