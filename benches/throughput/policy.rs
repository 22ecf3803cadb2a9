//! The times that an author waits for: checking, testing and mutating the built-in rules.

use std::path::Path;
use std::time::Duration;

use keytrail::allow::Allowlist;
use keytrail::config::{LoadOptions, Policy};
use keytrail::lint;
use keytrail::rule::Rule;
use keytrail::ruletest::{self, Mutation, RuleTests};
use keytrail::value::Time;

use crate::best_of;

/// 2026-01-01T00:00:00Z.
const CLOCK: Time = Time(1_767_225_600_000_000);

/// Loads the built-in rules as a project's own, for which every lint runs.
fn load() -> Policy {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).to_owned();
    let options = LoadOptions {
        directory,
        no_config: true,
        no_builtin: true,
        rules: vec!["rules".to_owned()],
        functions: keytrail::stdlib::FUNCTIONS,
        formats: keytrail::input::FORMATS,
        ..LoadOptions::default()
    };
    Policy::load(&options).expect("the built-in rules load")
}

/// Calls `run` with the tests of every rule.
fn each<'p>(policy: &'p Policy, entries: &'p Allowlist, mut run: impl FnMut(RuleTests<'p>)) {
    let formats = keytrail::input::FORMATS;
    for rule in &policy.rules {
        run(RuleTests { rule, sources: &policy.sources, policy, formats, entries });
    }
}

/// Prints each time beside its limit.
pub(crate) fn print() {
    println!("\nthe built-in rules as an author's own");
    let checked = best_of(3, || {
        let policy = load();
        let advice = lint::run(&policy, CLOCK);
        let records: usize =
            policy.rules.iter().map(|rule: &Rule| ruletest::check_records(rule).len()).sum();
        std::hint::black_box((advice, records));
    });
    show("check", checked, Duration::from_millis(100));
    let entries = Allowlist::default();
    let mut tests = 0;
    let tested = best_of(3, || {
        let policy = load();
        tests = 0;
        each(&policy, &entries, |of| tests += ruletest::run(of).len());
    });
    show(&format!("test ({tests} tests)"), tested, Duration::from_secs(1));
    let mut mutants = 0;
    let mutated = best_of(1, || {
        let policy = load();
        let mut mutation = Mutation::default();
        each(&policy, &entries, |of| mutation.add(of));
        mutation.settle(&policy.rules.iter().collect::<Vec<_>>());
        mutants = mutation.mutants.len();
    });
    show(&format!("test --mutate ({mutants} mutants)"), mutated, Duration::from_secs(30));
}

fn show(what: &str, time: Duration, limit: Duration) {
    let verdict = if time <= limit { "within" } else { "OVER" };
    println!(
        "  {what:<32} {:>8.0} ms, {verdict} the limit of {} ms",
        time.as_secs_f64() * 1e3,
        limit.as_millis()
    );
}
