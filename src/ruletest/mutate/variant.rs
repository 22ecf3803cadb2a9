//! A rule as some of its tests see it.

use std::collections::BTreeMap;

use super::rule_changes::RuleChange;
use crate::rule::{Rule, TestCase};
use crate::ruletest::environment::TestEnv;
use crate::ruletest::expected::differs;
use crate::ruletest::run::{Runner, as_written, clock};

/// A rule as some of its tests see it.
pub(super) struct Variant<'a> {
    pub(super) rule: Rule,
    pub(super) env: TestEnv<'a>,
    pub(super) tests: Vec<&'a TestCase>,
    pub(super) changes: BTreeMap<String, RuleChange>,
}

impl<'a> Variant<'a> {
    pub(super) fn new(rule: Rule, env: TestEnv<'a>) -> Self {
        Self { rule, env, tests: Vec::new(), changes: BTreeMap::new() }
    }

    /// Whether a test fails on a rule.
    pub(super) fn tells(&self, test: &TestCase, rule: &Rule, runner: &Runner<'_>) -> bool {
        let observed = runner.evaluate(test, rule, &self.env, clock(test), as_written, None);
        observed.map_or(true, |observed| differs(&test.expect, &observed).is_some())
    }
}
