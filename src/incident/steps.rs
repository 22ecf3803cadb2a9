//! The timeline of an incident.

use std::collections::BTreeMap;

use super::identities::Identities;
use super::incident::Step;
use super::story_rule::StoryRule;
use crate::finding::{CallRecord, Calls, Finding, Location, Target};
use crate::record::derive;
use crate::rule::Tactic;
use crate::value::{Duration, Time};

/// The longest time between two calls that are told as one step.
const BURST: Duration = Duration(15 * 60 * 1_000_000);

/// Resources that a step names.
const TARGETS: usize = 20;

/// What is known of equal calls of several findings.
#[derive(Debug, Default)]
struct Call<'f> {
    first: Option<Time>,
    last: Option<Time>,
    count: u64,
    targets: Vec<&'f Target>,
    location: Option<&'f Location>,
    rules: Vec<usize>,
}

/// The steps of findings, in the order of time. A call that several findings show is told once.
pub(super) fn steps<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    rules: &[StoryRule<'_>],
    identities: &Identities,
) -> Vec<Step> {
    let mut calls: BTreeMap<(&str, &CallRecord), Call<'_>> = BTreeMap::new();
    for finding in findings {
        for Calls { call, count, first, last, targets, samples, .. } in &finding.calls {
            let of = calls.entry((&finding.provider, call)).or_default();
            // Each finding counts the calls that its rule matches, so the largest count is the best
            // estimate of all of them.
            of.count = of.count.max(*count);
            of.first = of.first.into_iter().chain(*first).min();
            of.last = of.last.max(*last);
            of.targets.extend(targets);
            let places = samples.iter().map(|sample| &sample.location);
            of.location = of.location.into_iter().chain(places).min();
            if !of.rules.contains(&finding.rule) {
                of.rules.push(finding.rule);
            }
        }
    }
    let mut steps: Vec<Step> = calls
        .into_iter()
        .filter_map(|((provider, call), of)| {
            let (first, last) = (of.first?, of.last?);
            let counts = |ok| if call.ok == ok { of.count } else { 0 };
            let mut step = Step {
                first,
                last,
                operations: vec![call.operation()],
                ok: counts(Some(true)),
                failed: counts(Some(false)),
                other: counts(None),
                identity: identities.of_call(provider, call),
                source: call.source.clone(),
                location: of.location.cloned(),
                targets: of.targets.into_iter().cloned().collect(),
                rules: of.rules,
                tactics: Vec::new(),
            };
            step.tidy(rules);
            Some(step)
        })
        .collect();
    steps.sort_by(|a, b| {
        (a.first, a.identity, &a.operations, a.last).cmp(&(
            b.first,
            b.identity,
            &b.operations,
            b.last,
        ))
    });
    let mut folded: Vec<Step> = Vec::new();
    for step in steps {
        match folded.last_mut().filter(|last| last.continues(&step)) {
            Some(last) => last.fold(step, rules),
            None => folded.push(step),
        }
    }
    folded
}

impl Step {
    /// Whether the next step is part of the same burst: reads, or calls of the same operation, by the
    /// same caller and from the same source, marked by the same rules, and without a pause.
    fn continues(&self, next: &Step) -> bool {
        (self.only_reads() && next.only_reads() || self.operations == next.operations)
            && self.identity == next.identity
            && self.source == next.source
            && self.rules == next.rules
            && next.first.0.saturating_sub(self.last.0) <= BURST.0
    }

    fn only_reads(&self) -> bool {
        let api = |operation: &'_ String| operation.rsplit('.').next().map(derive::action);
        self.operations.iter().all(|operation| api(operation) == Some("read"))
    }

    fn fold(&mut self, next: Step, rules: &[StoryRule<'_>]) {
        self.last = self.last.max(next.last);
        for operation in next.operations {
            if !self.operations.contains(&operation) {
                self.operations.push(operation);
            }
        }
        self.ok += next.ok;
        self.failed += next.failed;
        self.other += next.other;
        self.targets.extend(next.targets);
        self.tidy(rules);
    }

    fn tidy(&mut self, rules: &[StoryRule<'_>]) {
        self.targets.sort_unstable();
        self.targets.dedup();
        self.targets.truncate(TARGETS);
        self.rules.sort_unstable();
        let mut tactics: Vec<Tactic> = self
            .rules
            .iter()
            .filter_map(|rule| rules.get(*rule))
            .flat_map(|rule| rule.tactics.iter().copied())
            .collect();
        tactics.sort_unstable();
        tactics.dedup();
        self.tactics = tactics;
    }

    /// How many calls it contains.
    pub fn count(&self) -> u64 {
        self.ok + self.failed + self.other
    }
}
