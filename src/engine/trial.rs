//! Records that are evaluated without an input: what the tests of rules run through.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::account::FileReport;
use super::keep::{At, Keeper, message};
use super::options::RunOptions;
use super::reduce::{Reduced, reduce};
use crate::expr::{Bindings, EvalError};
use crate::finding::Finding;
use crate::plan::{Plan, Role};
use crate::record::{Origin, RawRecord};

/// The rules of a plan over records that the caller gives one by one.
///
/// Every condition is tried on every record. Findings show no records: there are none to read.
pub struct Trial<'p> {
    plan: &'p Plan<'p>,
    options: &'p RunOptions,
    keeper: Keeper<'p>,
    origin: Arc<Origin>,
    subjects: BTreeSet<Box<[u8]>>,
    records: u64,
}

/// What records came to.
#[derive(Debug)]
pub struct Tried {
    /// One finding for each rule and subject that comes to one.
    pub findings: Vec<Finding>,
    /// Subjects with a match, whether or not it comes to a finding.
    pub subjects: u64,
    /// Matches without a time of rules that ask for one.
    pub unplaced: u64,
    /// What could not be worked out over several records.
    pub errors: Vec<EvalError>,
}

impl<'p> Trial<'p> {
    /// A trial without any record.
    pub fn new(plan: &'p Plan<'p>, options: &'p RunOptions) -> Self {
        let keeper = Keeper::new(plan, options);
        Self {
            plan,
            options,
            keeper,
            origin: Arc::default(),
            subjects: BTreeSet::new(),
            records: 0,
        }
    }

    /// Evaluates a record; whether a condition of a rule holds, and what failed.
    pub fn record(&mut self, bindings: &Bindings<'_>) -> (bool, Vec<EvalError>) {
        // Without an id, records are told apart by where they stand.
        let ordinal = self.records;
        self.records += 1;
        let raw = RawRecord { offset: ordinal, ordinal, ..RawRecord::alone("") };
        let at = At { file: 0, raw: &raw, origin: &self.origin, row: 0 };
        let (plan, options, keeper) = (self.plan, self.options, &mut self.keeper);
        keeper.failed.clear();
        if let Some(record) = bindings.event.filter(|_| plan.needs_reach) {
            keeper.reach(record);
        }
        let mut met = false;
        for (number, condition) in (0u32..).zip(&plan.conditions) {
            let rule = condition.rule;
            match (condition.when.test(bindings), condition.role) {
                (Ok(false), _) => {}
                (Ok(true), Role::Among) => keeper.saw(rule, bindings),
                (Ok(true), Role::Step) => {
                    met = true;
                    if let Some(subject) = keeper.keep(number, at, bindings) {
                        self.subjects.insert(subject.into());
                    }
                    let definition = &plan.rules[rule as usize];
                    if definition.correlates() {
                        message(definition, bindings, options, &mut keeper.failed, rule);
                    }
                }
                (Err(error), _) => keeper.failed.push((rule, error)),
            }
        }
        (met, keeper.failed.drain(..).map(|(_, error)| error).collect())
    }

    /// What all records come to.
    pub fn finish(self) -> Tried {
        let files = [FileReport::default()];
        let unplaced = self.keeper.unplaced.values().sum();
        let Reduced { findings, errors, .. } =
            reduce(self.keeper.found, self.plan, &files, self.options);
        Tried {
            findings,
            subjects: self.subjects.len() as u64,
            unplaced,
            errors: errors.into_iter().map(|(_, error)| error).collect(),
        }
    }
}
