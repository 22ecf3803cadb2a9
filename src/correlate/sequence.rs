//! `sequence`: assigns different records to the steps, in order of time.

use super::relation::{Related, same_values};
use super::search::{Found, found, span};
use super::steps::{StepRole, Steps};
use super::window::raised;
use super::{Item, Occurrence, Subject};
use crate::expr::EvalError;
use crate::rule::Sequence;
use crate::value::Value;

/// The occurrences; instances that overlap in time are one occurrence.
pub(super) fn occurrences(
    subject: &Subject<'_>,
    sequence: &Sequence,
    covered: bool,
) -> Result<Vec<Occurrence>, EvalError> {
    let steps = Steps::new(subject.rule, sequence);
    // A match of an absent step counts against a finding, so no allowlist entry removes it.
    let counts =
        |item: &Item| item.time.is_some() && (covered || !item.covered || is_absent(&steps, item));
    let numbered = (0u32..).zip(subject.items);
    let timed: Vec<u32> = numbered.filter(|(_, item)| counts(item)).map(|(n, _)| n).collect();
    let instances = Instances { subject, sequence, steps: &steps };
    instances.over(&timed)?.into_iter().map(|of| instances.occurrence(of, &timed)).collect()
}

fn is_absent(steps: &Steps, item: &Item) -> bool {
    matches!(steps.place(item.step), Some(StepRole::Absent(_)))
}

struct Instances<'s> {
    subject: &'s Subject<'s>,
    sequence: &'s Sequence,
    steps: &'s Steps,
}

impl Instances<'_> {
    /// The instances over these matches.
    fn over(&self, timed: &[u32]) -> Result<Vec<Found>, EvalError> {
        let (subject, steps) = (self.subject, self.steps);
        if subject.rule.steps.iter().all(|step| step.relation.is_none()) {
            return Ok(found(subject, steps, timed));
        }
        let mut all = Vec::new();
        Related::new(subject, self.sequence, steps, timed)
            .each(&mut |matches| all.extend(found(subject, steps, matches)))?;
        Ok(self.merged(all))
    }

    /// Merges instances that overlap in time. Without `within`, a later record may be part of an
    /// instance that spans any two others, so all of them are one.
    fn merged(&self, mut all: Vec<Found>) -> Vec<Found> {
        let items = self.subject.items;
        all.sort_by_key(|of| of.members.first().copied());
        let mut merged: Vec<Found> = Vec::new();
        let mut ends = None;
        for of in all {
            let Some((first, last)) = span(items, &of.members) else { continue };
            let joins = self.sequence.within.is_none() || ends >= Some(first);
            match merged.last_mut().filter(|_| joins) {
                Some(before) => {
                    before.members.extend(of.members);
                    before.certain |= of.certain;
                    ends = ends.max(Some(last));
                }
                None => {
                    merged.push(of);
                    ends = Some(last);
                }
            }
        }
        for of in &mut merged {
            of.members.sort_unstable();
            of.members.dedup();
        }
        merged
    }

    fn occurrence(&self, of: Found, timed: &[u32]) -> Result<Occurrence, EvalError> {
        let Found { members, certain } = of;
        let reported = self.subject.rule.reported_step();
        let is_reported = |m: &&u32| usize::from(self.subject.items[**m as usize].step) == reported;
        let first = members.first();
        let reported = members.iter().find(is_reported).or(first).copied().unwrap_or_default();
        let measures = match self.sequence.measures.is_empty() {
            true => Vec::new(),
            false => self.values(&members, reported, timed)?,
        };
        let raised = raised(self.subject.rule, &measures, self.subject.now)?;
        Ok(Occurrence { members, reported, measures, raised, uncertain: !certain })
    }

    /// The values of the reported instance that the message and `raise` name.
    fn values(
        &self,
        members: &[u32],
        reported: u32,
        timed: &[u32],
    ) -> Result<Vec<Value<'static>>, EvalError> {
        let chosen = self.chosen(members, reported, timed)?;
        let value = |of: &crate::rule::StepValue| {
            let Some(StepRole::Present(step)) = self.steps.place(of.step as u8) else {
                return Value::Missing;
            };
            let item = chosen[step].map(|member| &self.subject.items[member as usize]);
            let values = item.map_or(&[][..], |item| self.subject.values(item));
            values.get(of.value).cloned().unwrap_or_default()
        };
        Ok(self.sequence.shown.iter().map(value).collect())
    }

    /// The matches of absent steps that can break an instance of these matches.
    fn breaking(&self, members: &[u32], timed: &[u32]) -> Vec<u32> {
        let (items, steps) = (self.subject.items, self.steps);
        let Some((first, last)) = span(items, members) else { return Vec::new() };
        if self.subject.rule.steps.iter().all(|step| !step.absent) {
            return Vec::new();
        }
        let (from, to) = (Some(steps.opens(first)), Some(steps.closes(last)));
        let begin = timed.partition_point(|at| items[*at as usize].time < from);
        let end = timed.partition_point(|at| items[*at as usize].time <= to);
        let near = timed.get(begin..end).unwrap_or_default().iter().copied();
        near.filter(|at| is_absent(steps, &items[*at as usize])).collect()
    }

    /// The first record of each present step in the reported instance: the one that ends first, and
    /// of these the one whose first step is first, then whose second step is first, and so on.
    fn chosen(
        &self,
        members: &[u32],
        reported: u32,
        timed: &[u32],
    ) -> Result<Vec<Option<u32>>, EvalError> {
        let (subject, steps) = (self.subject, self.steps);
        let number = |member: u32| match steps.place(subject.items[member as usize].step) {
            Some(StepRole::Present(step)) => Some(step),
            _ => None,
        };
        let breaking = self.breaking(members, timed);
        let mut chosen: Vec<Option<u32>> = vec![None; steps.present];
        if let Some(last) = number(reported) {
            chosen[last] = Some(reported);
        }
        for step in 0..steps.present {
            if chosen[step].is_some() {
                continue;
            }
            let possible = |member: &&u32| {
                let Some(of) = number(**member) else { return false };
                match chosen[of] {
                    None => true,
                    Some(first) if steps.counts(of) == 1 => **member == first,
                    Some(first) => **member >= first && same_values(subject, first, **member),
                }
            };
            let mut matches: Vec<u32> = members.iter().filter(possible).copied().collect();
            matches.extend(&breaking);
            matches.sort_unstable();
            let of_step = |member: &u32| number(*member) == Some(step);
            let found = self.over(&matches)?;
            let instances = found.iter().flat_map(|of| &of.members).copied();
            chosen[step] = instances.filter(of_step).min();
        }
        Ok(chosen)
    }
}
