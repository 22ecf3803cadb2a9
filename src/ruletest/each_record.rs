//! The records of the tests of a rule.

use super::observer::RecordObserver;
use super::run::{RuleTests, Runner, as_written, clock};
use crate::allow::Allowlist;
use crate::config::Policy;
use crate::expr::Bindings;
use crate::input::FORMATS;
use crate::rule::Rule;
use crate::source::Sources;

/// Calls `visit` for each record of the tests of a rule that the rule reads. Tests that cannot be
/// run are left out.
pub fn each_record(rule: &Rule, policy: &Policy, visit: &mut dyn FnMut(&Bindings<'_>)) {
    let entries = Allowlist::default();
    let sources = &policy.sources;
    let runner =
        Runner::new(RuleTests { rule, sources, policy, formats: FORMATS, entries: &entries });
    let Ok((plain, env)) = runner.plain() else { return };
    for test in &rule.tests {
        let mut visitor = Visitor(visit);
        // Only the records matter, and not the result of the test.
        let _ = runner.evaluate(test, &plain, &env, clock(test), as_written, Some(&mut visitor));
    }
}

struct Visitor<'v>(&'v mut dyn FnMut(&Bindings<'_>));

impl RecordObserver for Visitor<'_> {
    fn record(&mut self, bindings: &Bindings<'_>, _: &Sources) {
        (self.0)(bindings);
    }
}
