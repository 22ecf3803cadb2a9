//! Enumerates the cases of formulas.

use std::collections::BTreeMap;

use super::formula::Formula;
use super::literal::Literal;
use super::value::{Test, Values, values};
use super::want::Want;
use super::witness::Witness;
use crate::expr::ir::Ir;
use crate::value::{RecordKind, Value};

/// The most cases that are examined.
const MOST_CASES: usize = 1_500;

/// The most records that are tried for a case.
const MOST_RECORDS: usize = 12;

/// Whether formulas can have the wanted results together.
#[derive(Debug)]
pub(super) enum Found {
    Impossible,
    Possible(Box<Witness>),
    Undecided,
}

/// The results that parts of formulas must have.
type Wanted<'f> = Vec<(&'f Formula, Want)>;

/// The search for a record.
pub(super) struct Search<'c> {
    on: RecordKind,
    /// Whether a record has the wanted results.
    confirms: &'c dyn Fn(&Witness) -> bool,
    cases: usize,
}

impl<'c> Search<'c> {
    pub(super) fn new(on: RecordKind, confirms: &'c dyn Fn(&Witness) -> bool) -> Self {
        Self { on, confirms, cases: 0 }
    }

    /// Finds a record for which every formula has its wanted result.
    pub(super) fn find<'f>(&mut self, wanted: Wanted<'f>) -> Found {
        self.case(wanted, &Case::default(), Vec::new())
    }

    /// Examines a case: what is wanted, what is known, and the choices that are left.
    fn case<'f>(
        &mut self,
        mut wanted: Wanted<'f>,
        known: &Case<'f>,
        mut choices: Vec<(&'f [Formula], Want)>,
    ) -> Found {
        self.cases += 1;
        if self.cases > MOST_CASES {
            return Found::Undecided;
        }
        let mut known = known.clone();
        let mut changed = Vec::new();
        while let Some((formula, want)) = wanted.pop() {
            match formula {
                Formula::Constant(value) if want.accepts(&Ok(*value)) => {}
                Formula::Constant(_) => return Found::Impossible,
                Formula::Not(part) => wanted.push((part, want.negated())),
                Formula::Joined(parts, all) if want.of_every_operand(*all) => {
                    wanted.extend(parts.iter().map(|part| (part, want)));
                }
                Formula::Joined(parts, _) => choices.push((parts, want)),
                Formula::Literal(literal) => {
                    if !known.add(literal, want) {
                        return Found::Impossible;
                    }
                    changed.extend(literal.of.as_ref().map(|of| of.key.as_str()));
                }
            }
        }
        changed.sort_unstable();
        changed.dedup();
        if changed.iter().any(|key| known.excludes(key)) {
            return Found::Impossible;
        }
        // The smallest choice first: it is the most likely to rule a case out.
        let smallest = choices.iter().enumerate().min_by_key(|(_, (parts, _))| parts.len());
        let Some((at, _)) = smallest else { return self.witness(&known) };
        let (parts, want) = choices.swap_remove(at);
        let mut undecided = false;
        for part in parts {
            match self.case(vec![(part, want)], &known, choices.clone()) {
                Found::Impossible => {}
                Found::Undecided => undecided = true,
                found @ Found::Possible(_) => return found,
            }
        }
        if undecided { Found::Undecided } else { Found::Impossible }
    }

    /// Finds a record for a case without choices.
    fn witness(&self, known: &Case<'_>) -> Found {
        let found: Vec<(&Ir, Vec<Value<'static>>)> =
            known.by_value.values().filter_map(|tests| candidates(tests)).collect();
        let others = found
            .iter()
            .enumerate()
            .flat_map(|(at, (_, values))| (1..values.len()).map(move |index| (Some(at), index)));
        let mut tried = [(None, 0)].into_iter().chain(others).take(MOST_RECORDS);
        let confirmed = tried.find_map(|(changed, index)| {
            let witness = Witness::new(self.on, &chosen(&found, changed, index));
            (self.confirms)(&witness).then_some(witness)
        });
        confirmed.map_or(Found::Undecided, |witness| Found::Possible(Box::new(witness)))
    }
}

/// The first value of each expression, or for the changed one the value with this index.
fn chosen<'f>(
    found: &[(&'f Ir, Vec<Value<'static>>)],
    changed: Option<usize>,
    index: usize,
) -> Vec<(&'f Ir, Value<'static>)> {
    let mut chosen = Vec::with_capacity(found.len());
    for (at, (ir, values)) in found.iter().enumerate() {
        let index = if changed == Some(at) { index } else { 0 };
        chosen.extend(values.get(index).map(|value| (*ir, value.clone())));
    }
    chosen
}

/// The values to try for the expression that some tests read.
fn candidates<'f>(tests: &[Test<'f>]) -> Option<(&'f Ir, Vec<Value<'static>>)> {
    let (first, _) = tests.first()?;
    match values(tests) {
        Values::Some(values) if !values.is_empty() => Some((&first.ir, values)),
        _ => None,
    }
}

/// What is known in a case.
#[derive(Default, Clone)]
struct Case<'f> {
    /// The wanted results of literals, by their keys.
    literals: BTreeMap<&'f str, Want>,
    /// The tests of each value, by its key.
    by_value: BTreeMap<&'f str, Vec<Test<'f>>>,
}

impl<'f> Case<'f> {
    /// Adds the wanted result of a literal. Returns false if it contradicts an earlier one.
    fn add(&mut self, literal: &'f Literal, want: Want) -> bool {
        // A literal that cannot fail has only two results.
        let want = match (literal.fails, want) {
            (false, Want::NotTrue) => Want::False,
            (false, Want::NotFalse) => Want::True,
            (_, want) => want,
        };
        match self.literals.get(literal.key.as_str()) {
            Some(known) if known.excludes(want) => return false,
            Some(known) if *known == want => return true,
            _ => drop(self.literals.insert(&literal.key, want)),
        }
        if let Some(of) = &literal.of {
            self.by_value.entry(&of.key).or_default().push((of, want));
        }
        true
    }

    /// Whether no value has the wanted results in the tests of it.
    fn excludes(&self, key: &str) -> bool {
        let tests = self.by_value.get(key);
        tests.is_some_and(|tests| matches!(values(tests), Values::Impossible))
    }
}
