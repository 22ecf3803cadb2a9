//! The changes of allowlist entries.

use std::collections::BTreeSet;

use super::told::told_of_entry;
use super::variant::Variant;
use super::{Fate, Mutant, Mutation, Told, unnoticed};
use crate::allow::entry_changes;
use crate::ruletest::coverage::written;
use crate::ruletest::run::{RuleTests, Runner, as_written, clock};

impl Mutation {
    /// Makes the mutants of the entries that cover findings of tests, and runs the tests that expect
    /// something of entries on each. Coverage names the entries that no test has.
    pub(super) fn add_entries(
        &mut self,
        tests: RuleTests<'_>,
        runner: &Runner<'_>,
        variants: &[Variant<'_>],
        used: &mut BTreeSet<usize>,
    ) {
        let RuleTests { rule, sources, policy, entries, .. } = tests;
        let reading =
            |variant: &Variant<'_>| variant.tests.iter().any(|t| t.expect.reads_entries());
        let variants: Vec<&Variant<'_>> = variants.iter().filter(|of| reading(of)).collect();
        let covering = covering(&variants, runner);
        for entry in entries.of_rule(0).into_iter().filter(|entry| covering.contains(&entry.id)) {
            for change in entry_changes(entry, sources) {
                let changed = entries.with_changed(&change.entry, rule.on);
                let runner = runner.with_entries(&changed);
                let killed = variants.iter().any(|variant| {
                    let mut tests = variant.tests.iter().filter(|test| test.expect.reads_entries());
                    tests.any(|test| variant.tells(test, &variant.rule, &runner))
                });
                let code = written(change.span, sources);
                let fate = match killed {
                    true => Fate::Killed,
                    false => unnoticed(rule, &code, &change.what, used),
                };
                let told = match (&fate, &rule.steps[..]) {
                    (Fate::Survived, [step]) => {
                        told_of_entry((&step.when, rule.on), (entry, &change.entry), policy)
                    }
                    _ => Told::Unknown,
                };
                let (rule, span, what) = (rule.id.clone(), change.span, change.what);
                self.mutants.push(Mutant { rule, span, code, what, is_entry: true, fate, told });
            }
        }
    }
}

/// The ids of the entries that cover findings of tests.
fn covering(variants: &[&Variant<'_>], runner: &Runner<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for variant in variants {
        for test in variant.tests.iter().filter(|test| test.expect.reads_entries()) {
            let Variant { rule, env, .. } = variant;
            let observed = runner.evaluate(test, rule, env, clock(test), as_written, None);
            found.extend(observed.into_iter().flat_map(|observed| observed.entries));
        }
    }
    found
}
