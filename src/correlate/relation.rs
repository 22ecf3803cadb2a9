//! `where` of the steps of a sequence: conditions over values of several steps.
//!
//! Matches of a step with the same values are equivalent. So the conditions are evaluated over
//! combinations of values, and the instances of each combination that satisfies them are searched
//! like those of any sequence. The work for one subject is bounded.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use smallvec::SmallVec;

use super::Subject;
use super::steps::{StepRole, Steps};
use crate::expr::{Bindings, EvalError};
use crate::rule::{Relation, Sequence};
use crate::value::{Duration, Time, Value};

/// The combinations of values that are tried for one subject, together with the matches that are
/// searched for all of them.
const MAX_COMBINATIONS: u64 = 4_000_000;

/// The matches of a sequence by the values that its conditions name.
pub(super) struct Related<'s> {
    subject: &'s Subject<'s>,
    steps: &'s Steps,
    within: Option<Duration>,
    /// For each present step, its number in the rule.
    numbers: Vec<usize>,
    present: Vec<Vec<Group>>,
    /// Matches of absent steps.
    absent: Vec<u32>,
    work: Cell<u64>,
}

/// Matches of a step that later conditions cannot tell apart.
struct Group {
    first: Time,
    last: Time,
    /// By all values that are retained of the step.
    variants: Vec<Variant>,
}

/// Matches with the same retained values.
struct Variant {
    measured: u32,
    items: Vec<u32>,
}

/// A partial combination.
struct Combination<'g> {
    /// The group of each step so far.
    groups: Vec<&'g Group>,
    matches: Vec<u32>,
    /// The time in which every match of the combination is.
    span: (Time, Time),
}

impl<'s> Related<'s> {
    /// The groups of these matches, which are indices in the order of time.
    pub(super) fn new(
        subject: &'s Subject<'s>,
        sequence: &Sequence,
        steps: &'s Steps,
        timed: &[u32],
    ) -> Self {
        let rule = subject.rule;
        let numbered = rule.steps.iter().enumerate();
        let numbers = numbered.filter(|(_, step)| !step.absent).map(|(number, _)| number).collect();
        let mut related = Self {
            subject,
            steps,
            within: sequence.within,
            numbers,
            present: (0..steps.present).map(|_| Vec::new()).collect(),
            absent: Vec::new(),
            work: Cell::new(0),
        };
        // The group of each list of named values, and the group and variant of each match's values.
        let mut groups: BTreeMap<(usize, Vec<&Value<'static>>), usize> = BTreeMap::new();
        let mut variants: HashMap<(usize, usize, u32), usize> = HashMap::new();
        for &at in timed {
            let item = &subject.items[at as usize];
            let Some(time) = item.time else { continue };
            let step = match steps.place(item.step) {
                Some(StepRole::Present(step)) => step,
                Some(StepRole::Absent(_)) => {
                    related.absent.push(at);
                    continue;
                }
                None => continue,
            };
            let named = named(subject, item.step, at);
            let of_step = &mut related.present[step];
            let group = groups.entry((step, named)).or_insert(usize::MAX);
            // Matches of the first step that are far apart begin different instances.
            let far = |group: &Group| {
                step == 0
                    && sequence.within.is_some_and(|of| time.0.saturating_sub(group.last.0) > of.0)
            };
            if of_step.get(*group).is_none_or(far) {
                *group = of_step.len();
                of_step.push(Group { first: time, last: time, variants: Vec::new() });
            }
            let key = (step, *group, item.measured);
            let group = &mut of_step[*group];
            group.last = time;
            let variant = *variants.entry(key).or_insert(group.variants.len());
            match group.variants.get_mut(variant) {
                Some(variant) => variant.items.push(at),
                None => {
                    group.variants.push(Variant { measured: item.measured, items: vec![at] });
                }
            }
        }
        related
    }

    /// Calls `visit` with the matches of each combination that satisfies the conditions.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&[u32])) -> Result<(), EvalError> {
        let Some(first) = self.present.first() else { return Ok(()) };
        for group in first {
            let ends = self.within.map_or(i64::MAX, |within| group.last.0.saturating_add(within.0));
            let mut combination = Combination {
                groups: Vec::new(),
                matches: Vec::new(),
                span: (group.first, Time(ends)),
            };
            self.add(0, group, &mut combination, visit)?;
        }
        Ok(())
    }

    /// Extends a combination by a group of a step, and by every possible group of the steps after
    /// it.
    fn add<'g>(
        &'g self,
        step: usize,
        group: &'g Group,
        combination: &mut Combination<'g>,
        visit: &mut dyn FnMut(&[u32]),
    ) -> Result<(), EvalError> {
        self.count(1)?;
        let (from, to) = combination.span;
        if group.first > to || group.last < from {
            return Ok(());
        }
        let before = combination.matches.len();
        let relation = self.subject.rule.steps[self.numbers[step]].relation.as_ref();
        for variant in &group.variants {
            let time = |at: &u32| self.subject.items[*at as usize].time;
            let begin = variant.items.partition_point(|at| time(at) < Some(from));
            let end = variant.items.partition_point(|at| time(at) <= Some(to));
            let Some(items) = variant.items.get(begin..end).filter(|items| !items.is_empty())
            else {
                continue;
            };
            if let Some(relation) = relation {
                self.count(1)?;
                if !self.holds(relation, self.numbers[step], variant.measured, combination)? {
                    continue;
                }
            }
            combination.matches.extend_from_slice(items);
        }
        if combination.matches.len() - before >= self.steps.counts(step) {
            combination.groups.push(group);
            match self.present.get(step + 1) {
                None => self.complete(combination, visit)?,
                Some(next) => {
                    for group in next {
                        self.add(step + 1, group, combination, visit)?;
                    }
                }
            }
            combination.groups.pop();
        }
        combination.matches.truncate(before);
        Ok(())
    }

    /// Passes on a combination, with the matches that can break its instances.
    fn complete(
        &self,
        combination: &Combination<'_>,
        visit: &mut dyn FnMut(&[u32]),
    ) -> Result<(), EvalError> {
        let (from, to) = combination.span;
        let (from, to) = (Some(self.steps.opens(from)), Some(self.steps.closes(to)));
        let item = |at: &u32| &self.subject.items[*at as usize];
        let begin = self.absent.partition_point(|at| item(at).time < from);
        let end = self.absent.partition_point(|at| item(at).time <= to);
        let mut matches = combination.matches.clone();
        for at in self.absent.get(begin..end).unwrap_or_default() {
            self.count(1)?;
            let (number, measured) = (usize::from(item(at).step), item(at).measured);
            let relation = self.subject.rule.steps[number].relation.as_ref();
            let breaks = match relation {
                Some(relation) => self.holds(relation, number, measured, combination)?,
                None => true,
            };
            if breaks {
                matches.push(*at);
            }
        }
        self.count(matches.len() as u64)?;
        matches.sort_unstable();
        visit(&matches);
        Ok(())
    }

    /// Whether a condition is true for these values of its own step and those of the steps before.
    fn holds(
        &self,
        relation: &Relation,
        own: usize,
        measured: u32,
        combination: &Combination<'_>,
    ) -> Result<bool, EvalError> {
        let values_of = |number: usize| {
            if number == own {
                return self.subject.measured.get(measured as usize);
            }
            let step = self.numbers.iter().position(|of| *of == number)?;
            let variant = combination.groups.get(step)?.variants.first()?;
            self.subject.measured.get(variant.measured as usize)
        };
        let value = |of: &crate::rule::StepValue| {
            let value = values_of(of.step).and_then(|values| values.get(of.value));
            value.map_or(Value::Missing, Value::borrow)
        };
        let measures: SmallVec<[Value<'_>; 8]> = relation.reads.iter().map(value).collect();
        let bindings = Bindings { measures: &measures, ..Bindings::none(self.subject.now) };
        relation.condition.test(&bindings)
    }

    fn count(&self, work: u64) -> Result<(), EvalError> {
        self.work.set(self.work.get() + work);
        if self.work.get() <= MAX_COMBINATIONS {
            return Ok(());
        }
        Err(EvalError {
            span: self.subject.rule.id_span,
            message: format!(
                "the steps of one subject can be combined in more than {MAX_COMBINATIONS} ways \
                 (to reduce them, use `by` instead of `where`, or a shorter `within`)"
            ),
        })
    }
}

/// The values of a match that conditions of later steps name.
fn named<'s>(subject: &Subject<'s>, step: u8, at: u32) -> Vec<&'s Value<'static>> {
    let measured = subject.items[at as usize].measured;
    let values = subject.measured.get(measured as usize).map_or(&[][..], Vec::as_slice);
    let named = subject.rule.steps.get(usize::from(step)).map_or(&[][..], |step| &step.named);
    named.iter().filter_map(|value| values.get(*value)).collect()
}

/// Whether conditions of later steps cannot tell two matches of a step apart.
pub(super) fn same_values(subject: &Subject<'_>, a: u32, b: u32) -> bool {
    let step = subject.items[a as usize].step;
    named(subject, step, a) == named(subject, step, b)
}
