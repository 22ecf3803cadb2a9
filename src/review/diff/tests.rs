//! Verdicts about generated conditions and entries, compared with an enumeration of records.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "tests write files")]

use std::cell::Cell;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::change::{ChangeKind, Effect};
use super::changes;
use super::decided::{Decided, Difference, Proof};
use super::version::Version;
use crate::allow;
use crate::config::{LoadOptions, Policy};
use crate::decide::tests::{a_condition, condition, each_record};
use crate::expr::Bindings;
use crate::value::{RecordKind, Time};

/// A policy with one rule over events.
static TEMPLATE: LazyLock<Policy> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let rule = "rule:\n  id: one\n  title: One\n  category: abuse\n  severity: high\n  on: event\n  \
                when: \"true\"\n  message: one\n";
    std::fs::write(folder.path().join("one.yaml"), rule).unwrap();
    let options = LoadOptions {
        directory: folder.path().to_owned(),
        no_config: true,
        no_builtin: true,
        rules: vec!["one.yaml".to_owned()],
        functions: crate::stdlib::FUNCTIONS,
        ..LoadOptions::default()
    };
    Policy::load(&options).unwrap_or_else(|(_, errors)| panic!("{errors:#?}"))
});

/// The template with this condition of its rule, and an allowlist with this entry.
fn policy(when: &str, entry: &str) -> Policy {
    let mut policy = TEMPLATE.clone();
    policy.rules[0].steps[0].when = condition(when);
    let text = format!(
        "entries:\n  - {{ id: entry, rules: [one], {entry}, broad: true, reason: r, owner: o, expires: never }}\n"
    );
    let file = policy.sources.add("allow.yaml", &text);
    let node = crate::yaml::parse(file, &policy.sources).unwrap();
    let (written, problems) = allow::read(&node);
    assert!(!problems.iter().any(|of| of.is_error()), "{text} {problems:#?}");
    let (list, problems) = allow::load(
        vec![written],
        &[("one", RecordKind::Event)],
        &[],
        &policy,
        allow::Strictness::Refuse,
    );
    assert!(!problems.iter().any(|of| of.is_error()), "{text} {problems:#?}");
    policy.allowlist = list;
    policy
}

/// Values of the selectors of generated entries.
const SELECTORS: [(&str, &[&str]); 4] = [
    ("ip", &["10.0.0.0/8", "10.0.0.0/9", "10.0.0.1", "11.0.0.0", "\"::1\"", "lan"]),
    ("api", &["aws:iam.*", "aws:iam.Create*", "aws:iam.CreateUser", "\"*:s3.g*\"", "aws:s3.Get"]),
    ("method", &["api", "console", "service"]),
    ("code", &["success", "failed", "\"Access*\""]),
];

fn an_entry() -> impl Strategy<Value = String> {
    let selector = |(name, values): (&'static str, &'static [&'static str])| {
        let some = proptest::sample::subsequence(values, 1..=values.len());
        proptest::option::weighted(0.5, some)
            .prop_map(move |some| some.map(|some| format!("{name}: [{}]", some.join(", "))))
    };
    let whens = proptest::sample::select(&[
        "",
        ", when: 'event.api == \"Get\"'",
        ", when: 'event.api.starts_with(\"Get\")'",
        ", when: 'event.ok == true'",
        ", when: 'event.ip.in_cidr(\"10.0.0.0/9\")'",
    ]);
    (SELECTORS.map(selector), whens).prop_map(|(selectors, when)| {
        let selectors: Vec<String> = selectors.into_iter().flatten().collect();
        format!("match: {{ {} }}{when}", selectors.join(", "))
    })
}

fn covers(policy: &Policy, bindings: &Bindings<'_>) -> bool {
    let mut found = Vec::new();
    let covered = policy.allowlist.covering(0, &policy.rules[0], bindings, Time(0), &mut found);
    assert!(covered.is_ok());
    !found.is_empty()
}

fn matches(policy: &Policy, bindings: &Bindings<'_>) -> bool {
    policy.rules[0].steps[0].when.test(bindings) == Ok(true)
}

/// The effect of the change of this kind; neutral if there is none.
fn effect(base: &Policy, head: &Policy, kind: ChangeKind) -> Effect {
    let found = changes(base, head);
    let of_kind = found.iter().filter(|change| change.kind == kind);
    of_kind.map(|change| change.effect).max().unwrap_or(Effect::Neutral)
}

/// Whether some record is in the first and not in the second set, and the other way round.
fn moved(
    base: &dyn Fn(&Bindings<'_>) -> bool,
    head: &dyn Fn(&Bindings<'_>) -> bool,
) -> (bool, bool) {
    let (lost, gained) = (Cell::new(false), Cell::new(false));
    each_record(&mut |bindings| {
        let (before, after) = (base(bindings), head(bindings));
        lost.set(lost.get() || before && !after);
        gained.set(gained.get() || after && !before);
    });
    (lost.get(), gained.get())
}

fn runner() -> TestRunner {
    let cases = std::env::var_os("PROPTEST_CASES").map_or(100, |_| ProptestConfig::default().cases);
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..Default::default() })
}

/// The environment variable `PROPTEST_CASES` sets the number of pairs, 100 by default.
#[test]
fn verdicts_about_rules_agree_with_every_record() {
    let undecided = Cell::new(0);
    let all = Cell::new(0);
    let result = runner().run(&(a_condition(), a_condition()), |(a, b)| {
        let entry = "match: { method: [api] }";
        let (base, head) = (policy(&a, entry), policy(&b, entry));
        let effect = effect(&base, &head, ChangeKind::Condition);
        all.set(all.get() + 1);
        undecided.set(undecided.get() + u32::from(effect == Effect::Undecided));
        let (lost, gained) = moved(&|of| matches(&base, of), &|of| matches(&head, of));
        prop_assert!(!lost || effect >= Effect::Undecided, "{a} -> {b}: {effect:?}");
        prop_assert!(!gained || effect != Effect::Neutral, "{a} -> {b}: {effect:?}");
        let (before, after) = (&base.rules[0].steps[0].when, &head.rules[0].steps[0].when);
        let difference = Difference::of(before, after, RecordKind::Event);
        match difference.as_ref().map(|of| &of.lost) {
            Some(Decided::Yes(Proof::Witness(witness))) => {
                let bindings = witness.bindings();
                prop_assert!(matches(&base, &bindings) && !matches(&head, &bindings), "{a} -> {b}");
            }
            _ => prop_assert!(effect != Effect::Weaker, "{a} -> {b}"),
        }
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
    let (all, undecided) = (all.get(), undecided.get());
    assert!(undecided * 3 < all, "{undecided} of {all} verdicts are undecided");
}

#[test]
fn verdicts_about_entries_agree_with_every_record() {
    let undecided = Cell::new(0);
    let all = Cell::new(0);
    let result = runner().run(&(an_entry(), an_entry()), |(a, b)| {
        let (base, head) = (policy("true", &a), policy("true", &b));
        let effect = effect(&base, &head, ChangeKind::Entry);
        all.set(all.get() + 1);
        undecided.set(undecided.get() + u32::from(effect == Effect::Undecided));
        let (lost, gained) = moved(&|of| covers(&base, of), &|of| covers(&head, of));
        prop_assert!(!gained || effect >= Effect::Undecided, "{a} -> {b}: {effect:?}");
        prop_assert!(!lost || effect != Effect::Neutral, "{a} -> {b}: {effect:?}");
        let expr = |policy: &Policy| {
            let entry = &policy.allowlist.entries[0];
            Version::new(policy).condition(entry, RecordKind::Event).unwrap()
        };
        let (before, after) = (expr(&base), expr(&head));
        let mut wrong = None;
        each_record(&mut |bindings| {
            if before.test(bindings) != Ok(covers(&base, bindings)) {
                wrong = bindings.event.map(|record| format!("{record:?}"));
            }
        });
        prop_assert!(wrong.is_none(), "{a} as an expression: {wrong:?}");
        let difference = Difference::of(&before, &after, RecordKind::Event);
        match difference.as_ref().map(|of| &of.gained) {
            Some(Decided::Yes(Proof::Witness(witness))) => {
                let bindings = witness.bindings();
                prop_assert!(!covers(&base, &bindings) && covers(&head, &bindings), "{a} -> {b}");
            }
            _ => prop_assert!(effect != Effect::Weaker, "{a} -> {b}"),
        }
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
    let (all, undecided) = (all.get(), undecided.get());
    assert!(undecided * 4 < all, "{undecided} of {all} verdicts are undecided");
}
