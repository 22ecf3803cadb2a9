//! A harness for rule tests: evaluates given records without an input.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::accounting::FileReport;
use super::match_recorder::MatchRecorder;
use super::options::RunOptions;
use super::reduce::{Reduced, reduce};
use super::rows::SpillFile;
use super::shown_record::{RecordAt, message};
use super::subject::fingerprint_of;
use crate::expr::{Bindings, EvalError};
use crate::finding::Finding;
use crate::plan::{Plan, Role};
use crate::record::{Origin, RawRecord};
use crate::rule::Rule;

/// Evaluates the rules of a plan over records that the caller passes one by one.
///
/// Every condition is evaluated on every record. Findings show no records, because there is no
/// input to read them from.
pub struct RuleHarness<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    recorder: MatchRecorder<'p>,
    origin: Arc<Origin>,
    subjects: BTreeSet<Box<[u8]>>,
    /// The conditions that the last record meets, each with the key of a subject.
    matched: Vec<(u32, Box<[u8]>)>,
    records: u64,
}

/// The result of evaluating the records.
#[derive(Debug)]
pub struct HarnessResult {
    /// The findings, at most one for each rule and subject.
    pub findings: Vec<Finding>,
    /// The number of subjects with a match, whether or not they have a finding.
    pub subjects: u64,
    /// Matches that have no time although their rule requires one.
    pub unplaced: u64,
    /// Evaluations over several records that failed.
    pub errors: Vec<EvalError>,
}

impl<'p> RuleHarness<'p> {
    /// A harness without records.
    pub fn new(plan: &'p Plan<'p>, options: &'p RunOptions) -> Self {
        let recorder = MatchRecorder::new(plan, options, &SpillFile::new(options.create));
        Self {
            plan,
            options,
            recorder,
            origin: Arc::default(),
            subjects: BTreeSet::new(),
            matched: Vec::new(),
            records: 0,
        }
    }

    /// Evaluates a record. Returns whether a condition of a rule holds, and the failed evaluations.
    pub fn record(&mut self, bindings: &Bindings<'_>) -> (bool, Vec<EvalError>) {
        // Records without an id are distinguished by their position.
        let ordinal = self.records;
        self.records += 1;
        let raw = RawRecord { offset: ordinal, ordinal, ..RawRecord::alone("") };
        let at = RecordAt { file: 0, raw: &raw, origin: &self.origin, row: 0, weight: 0 };
        let (plan, options) = (self.plan, self.options);
        let (recorder, subjects) = (&mut self.recorder, &mut self.subjects);
        let keys = &mut self.matched;
        keys.clear();
        recorder.failed.clear();
        bindings.event.inspect(|record| recorder.note_owner(record));
        if let Some(record) = bindings.event.filter(|_| plan.needs_reach) {
            recorder.reach(record);
        }
        let matched = recorder.matched(at, bindings, false);
        let mut met = false;
        for (number, condition) in (0u32..).zip(&plan.conditions) {
            let rule = condition.rule;
            match (condition.when.test(bindings), condition.role) {
                (Ok(false), _) => {}
                (Ok(true), Role::Among) => recorder.observe(rule, bindings),
                (Ok(true), role) => {
                    met = true;
                    if role == Role::AfterSilence && !recorder.may_end_silence(rule, bindings) {
                        continue;
                    }
                    recorder.record_match(number, &matched, bindings, &mut |subject| {
                        subjects.insert(subject.into());
                        keys.push((number, subject.into()));
                    });
                    let definition = &plan.rules[rule as usize];
                    if definition.correlates() {
                        message(definition, bindings, options, &mut recorder.failed, rule);
                    }
                }
                (Err(error), _) => recorder.failed.push((rule, error)),
            }
        }
        (met, recorder.failed.drain(..).map(|(_, error)| error).collect())
    }

    /// The fingerprints of the findings to which the last record contributes as a match of a step.
    pub fn fingerprints(&self, rule: &Rule, step: usize) -> Vec<String> {
        let of_step = |(number, _): &&(u32, Box<[u8]>)| {
            let condition = self.plan.conditions.get(*number as usize);
            condition.is_some_and(|of| usize::from(of.step) == step)
        };
        self.matched.iter().filter(of_step).map(|(_, key)| fingerprint_of(rule, key)).collect()
    }

    /// Reduces all records to a result.
    pub fn finish(self) -> HarnessResult {
        let files = [FileReport::default()];
        let unplaced = self.recorder.unplaced.values().sum();
        let Reduced { findings, errors, .. } =
            reduce(self.recorder.found, self.plan, &files, self.options);
        HarnessResult {
            findings,
            subjects: self.subjects.len() as u64,
            unplaced,
            errors: errors.into_iter().map(|(_, error)| error).collect(),
        }
    }
}
