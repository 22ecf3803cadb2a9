//! Changes rules one by one, and finds the changes that no test notices.
//!
//! A change is made in the compiled rule, so nothing is parsed again. A mutant that no test tells
//! from its rule survives: a test is missing, or the changed part does nothing.

mod entries;
mod expr_changes;
mod records;
mod rule_changes;
mod told;
mod variant;

use std::collections::{BTreeMap, BTreeSet};

use records::told_by_records;
use rule_changes::{RuleChange, rule_changes};
pub use told::Told;
use told::told;
use variant::Variant;

use super::coverage::written;
use super::run::{RuleTests, Runner};
use crate::rule::Rule;
use crate::source::Span;

/// The fate of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A test fails.
    Killed,
    /// Its changed condition has the same constant result as before.
    Equal,
    /// No test fails, and the rule gives a reason.
    Accepted {
        /// The reason.
        reason: String,
    },
    /// No test fails.
    Survived,
}

/// A rule with one change.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The id of the rule.
    pub rule: String,
    /// Where the change is.
    pub span: Span,
    /// The text that was changed, on one line.
    pub code: String,
    /// What was changed, as a clause.
    pub what: String,
    /// Whether an allowlist entry was changed.
    pub is_entry: bool,
    /// What became of it.
    pub fate: Fate,
    /// For a survivor, the records that tell it from its rule.
    pub told: Told,
}

/// The mutants of rules.
#[derive(Debug, Default)]
pub struct Mutation {
    /// Every mutant, in the order of rules and changes.
    pub mutants: Vec<Mutant>,
    /// Accepted survivors that no mutant needs any more: the place of each.
    pub unused: Vec<(String, Span)>,
    /// Rules whose tests fail without a change, so that they cannot tell mutants apart.
    pub failing: Vec<String>,
}

impl Mutation {
    /// Makes the mutants of a rule and runs its tests on each.
    pub fn add(&mut self, tests: RuleTests<'_>) {
        let RuleTests { rule, sources, .. } = tests;
        let runner = Runner::new(tests);
        let (Ok((plain, env)), Some(body)) = (runner.plain(), runner.body()) else { return };
        let mut variants = vec![Variant::new(plain, env)];
        let mut broken = false;
        for test in &rule.tests {
            match runner.variant(test) {
                Ok(None) => variants[0].tests.push(test),
                Ok(Some((rule, env))) => {
                    variants.push(Variant { tests: vec![test], ..Variant::new(rule, env) });
                }
                Err(_) => broken = true,
            }
        }
        let fails = |variant: &Variant<'_>| {
            variant.tests.iter().any(|test| variant.tells(test, &variant.rule, &runner))
        };
        if broken || variants.iter().any(fails) {
            self.failing.push(rule.id.clone());
            return;
        }
        let mut keys: Vec<String> = Vec::new();
        let mut made = BTreeSet::new();
        for (number, variant) in variants.iter_mut().enumerate() {
            for change in rule_changes(&variant.rule, body) {
                // The values that a test sets are no part of the rule.
                let is_of_test = number > 0 && change.removes_value;
                if made.insert(change.key.clone()) && !is_of_test {
                    keys.push(change.key.clone());
                }
                variant.changes.insert(change.key.clone(), change);
            }
        }
        let mut used = BTreeSet::new();
        for key in &keys {
            let of = variants.iter().find_map(|variant| variant.changes.get(key));
            let Some(RuleChange { span, what, constant, .. }) = of else { continue };
            let code = written(*span, sources);
            let killed = variants.iter().any(|variant| {
                variant.changes.get(key).is_some_and(|change| {
                    variant.tests.iter().any(|test| variant.tells(test, &change.rule, &runner))
                })
            });
            let fate = match killed {
                true => Fate::Killed,
                false if *constant => Fate::Equal,
                false => unnoticed(rule, &code, what, &mut used),
            };
            let told = match fate {
                Fate::Survived => told_by_variants(&variants, key, &runner),
                _ => Told::Unknown,
            };
            self.mutants.push(Mutant {
                told,
                is_entry: false,
                rule: rule.id.clone(),
                span: *span,
                code,
                what: what.clone(),
                fate,
            });
        }
        self.add_entries(tests, &runner, &variants, &mut used);
        let unused = rule.survivors.iter().enumerate().filter(|(number, _)| !used.contains(number));
        self.unused.extend(unused.map(|(_, of)| (rule.id.clone(), of.span)));
    }

    /// Settles the mutants of definitions, which several rules share: one rule whose tests notice
    /// the change, or that accepts it, is enough.
    pub fn settle(&mut self, rules: &[&Rule]) {
        let own: BTreeMap<&str, _> =
            rules.iter().map(|rule| (rule.id.as_str(), rule.id_span.file)).collect();
        let is_shared = |mutant: &Mutant| own.get(mutant.rule.as_str()) != Some(&mutant.span.file);
        let mut fates: BTreeMap<(Span, String), Fate> = BTreeMap::new();
        for mutant in self.mutants.iter().filter(|mutant| is_shared(mutant)) {
            let fate = fates
                .entry((mutant.span, mutant.what.clone()))
                .or_insert_with(|| mutant.fate.clone());
            if rank(&mutant.fate) < rank(fate) {
                *fate = mutant.fate.clone();
            }
        }
        let mut reported = BTreeSet::new();
        let mut settled = Vec::new();
        for mut mutant in std::mem::take(&mut self.mutants) {
            if is_shared(&mutant) {
                let key = (mutant.span, mutant.what.clone());
                if let Some(fate) = fates.get(&key) {
                    mutant.fate = fate.clone();
                }
                // A shared survivor is one missing test.
                if !reported.insert(key) {
                    continue;
                }
            }
            settled.push(mutant);
        }
        self.mutants = settled;
    }
}

/// What tells a change from its rule: one record if the condition decides, else several.
fn told_by_variants(variants: &[Variant<'_>], key: &str, runner: &Runner<'_>) -> Told {
    let plain = variants.first().and_then(|of| Some(told(&of.rule, of.changes.get(key)?)));
    let plain = plain.unwrap_or(Told::Unknown);
    if plain != Told::Unknown {
        return plain;
    }
    let told = variants.iter().filter_map(|variant| {
        Some(told_by_records(variant, &variant.changes.get(key)?.rule, runner))
    });
    told.into_iter().find(|told| *told != Told::Unknown).unwrap_or(Told::Unknown)
}

/// The fate of a change that no test notices. `used` gets the number of the survivor that accepts it.
fn unnoticed(rule: &Rule, code: &str, what: &str, used: &mut BTreeSet<usize>) -> Fate {
    let accepts = |of: &crate::rule::AcceptedSurvivor| of.code == code && what.contains(&of.change);
    match rule.survivors.iter().position(accepts) {
        Some(number) => {
            used.insert(number);
            Fate::Accepted { reason: rule.survivors[number].reason.clone() }
        }
        None => Fate::Survived,
    }
}

fn rank(fate: &Fate) -> u8 {
    match fate {
        Fate::Killed => 0,
        Fate::Accepted { .. } => 1,
        Fate::Survived => 2,
        // Equal in one rule does not make it equal in another.
        Fate::Equal => 3,
    }
}
