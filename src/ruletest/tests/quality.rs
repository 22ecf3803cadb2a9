//! Tests of coverage and of mutants.

use super::with_tests;
use crate::ruletest::{Coverage, Fate, Mutation, PartKind, Told};

const RULE: &str = "  on: event\n  when: |\n    event.api == \"A\" && (event.ok == true || event.user in [\"x\", \"y\"])\n  \
                    raise: [{ to: critical, when: event.user_type == \"root\" }]\n  \
                    params: { n: { type: int, default: 1 } }\n  by: [event.account]\n  \
                    base: { event: { provider: aws, account: \"1\", api: A, ok: true, user: x, user_type: user } }\n";

/// What no test exercises, as `gap: text`; and how many sides conditions have, and how many of them
/// tests exercise.
fn gaps(tests: &str) -> (Vec<String>, (usize, usize)) {
    with_tests(RULE, tests, |tests| {
        let mut coverage = Coverage::default();
        coverage.add(tests);
        let gaps = coverage.uncovered().into_iter();
        let gaps = gaps.map(|part| format!("{}: {}", part.gap.words(), part.text)).collect();
        (gaps, coverage.count(PartKind::Condition))
    })
}

#[test]
fn coverage_names_what_no_test_exercises() {
    let (found, conditions) = gaps("    - { name: a, expect: match }\n");
    assert_eq!(
        found,
        [
            "never false: event.api == \"A\"",
            "never false: event.ok == true",
            "never evaluated: event.user in [\"x\", \"y\"]",
            "never true: event.user_type == \"root\"",
            "never found: \"x\"",
            "never found: \"y\"",
            "never raised: event.user_type == \"root\"",
            "never set: n",
        ]
    );
    assert_eq!(conditions, (8, 3));
}

#[test]
fn tests_on_both_sides_of_every_condition_cover_everything() {
    let (found, conditions) = gaps(
        "    - { name: a, params: { n: 2 }, event: { user_type: root }, expect: { severity: critical } }\n    \
         - { name: b, event: { api: B }, expect: none }\n    \
         - { name: c, event: { ok: false }, expect: match }\n    \
         - { name: d, event: { ok: false, user: y }, expect: { severity: high } }\n    \
         - { name: e, event: { ok: false, user: z }, expect: none }\n",
    );
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(conditions, (8, 8));
}

/// The survivors of a rule, as `what: code`, and the number of killed mutants.
fn survivors(rule: &str, tests: &str) -> (Vec<String>, usize) {
    with_tests(rule, tests, |tests| {
        let mut mutation = Mutation::default();
        mutation.add(tests);
        mutation.settle(&[tests.rule]);
        assert_eq!(mutation.failing, Vec::<String>::new());
        let of_fate = |fate: Fate| mutation.mutants.iter().filter(move |of| of.fate == fate);
        let shown = of_fate(Fate::Survived).map(|of| format!("{}: {}", of.what, of.code)).collect();
        (shown, of_fate(Fate::Killed).count())
    })
}

#[test]
fn a_mutant_that_no_test_notices_survives() {
    let (found, killed) = survivors(
        RULE,
        "    - { name: a, expect: match }\n    - { name: b, event: { ok: false, user: z }, expect: none }\n",
    );
    let expected = [
        "the clause was dropped: event.api == \"A\"",
        "the clause was dropped: event.ok == true",
        "`||` became `&&`: event.ok == true || event.user in [\"x\", \"y\"]",
        "the clause was dropped: event.user in [\"x\", \"y\"]",
        "\"x\" was removed: event.user in [\"x\", \"y\"]",
        "\"y\" was removed: event.user in [\"x\", \"y\"]",
        "`event.account` was dropped from `by`: event.account",
        "the `raise` to critical was dropped: event.user_type == \"root\"",
        "`==` became `!=`: event.user_type == \"root\"",
    ];
    for survivor in expected {
        assert!(found.iter().any(|of| of == survivor), "{survivor} is not in {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    assert!(killed > 4, "{killed}");
}

/// The record of each survivor, written as a test, kills it.
#[test]
fn the_record_of_a_survivor_kills_it() {
    let one = "    - { name: a, expect: match }\n    - { name: b, event: { ok: false, user: z }, expect: none }\n";
    let plain = RULE.replace("  base: { event: { provider: aws, account: \"1\", api: A, ok: true, user: x, user_type: user } }\n", "");
    let whole = one.replace(
        "expect: match",
        "event: { provider: aws, account: \"1\", api: A, ok: true, user: x }, expect: match",
    );
    let whole = whole.replace("{ ok: false", "{ provider: aws, api: A, ok: false");
    let told = with_tests(&plain, &whole, |tests| {
        let mut mutation = Mutation::default();
        mutation.add(tests);
        let survivors = mutation.mutants.iter().filter(|of| of.fate == Fate::Survived);
        let of_when = survivors.filter(|of| !of.code.contains("user_type"));
        of_when.map(|of| (of.what.clone(), of.told.clone())).collect::<Vec<_>>()
    });
    let mut more = whole;
    let mut records = Vec::new();
    for (number, (what, told)) in told.iter().enumerate() {
        match told {
            Told::By { record, rule_matches } => {
                let expect = if *rule_matches { "match" } else { "none" };
                more += &format!("    - {{ name: w{number}, {record}, expect: {expect} }}\n");
                records.push(format!("{what}: {expect} {record}"));
            }
            // A subject is no condition.
            told => assert!(what.contains("from `by`"), "{what}: {told:?}"),
        }
    }
    assert_eq!(
        records,
        [
            "the clause was dropped: none event: { provider: aws, ok: true }",
            "the clause was dropped: match event: { provider: aws, api: A, ok: true }",
            "the clause was dropped: match event: { provider: aws, user: x, api: A }",
            "`||` became `&&`: match event: { provider: aws, api: A, ok: true }",
            "\"x\" was removed: match event: { provider: aws, user: x, api: A }",
            "\"y\" was removed: match event: { provider: aws, user: \"y\", api: A }",
        ]
    );
    let (left, _) = survivors(&plain, &more);
    let of_when = left.iter().filter(|of| !of.contains("user_type") && !of.contains("from `by`"));
    assert_eq!(of_when.count(), 0, "{left:#?}");
}

#[test]
fn tests_on_both_sides_leave_no_survivor() {
    let tests = "    - { name: a, event: { user_type: root }, expect: { severity: critical } }\n    \
                 - { name: b, event: { api: B }, expect: none }\n    \
                 - { name: c, event: { ok: false }, expect: { severity: high } }\n    \
                 - { name: d, event: { ok: false, user: y }, expect: match }\n    \
                 - { name: e, event: { user: z }, expect: match }\n    \
                 - { name: f, event: { ok: false, user: z }, expect: none }\n    \
                 - { name: g, records: [{}, { event: { account: \"2\" } }], expect: { findings: 2 } }\n";
    assert_eq!(survivors(RULE, tests).0, Vec::<String>::new());
}

#[test]
fn windows_bounds_ranges_and_steps_are_changed() {
    let correlate = "  on: event\n  when: event.api == \"A\" && event.ip.in_cidr(\"10.0.0.0/8\")\n  by: []\n  correlate:\n    \
                     within: 10m\n    measures: { n: { count: \"true\" } }\n    having: n >= 2\n";
    let tests = "    - { name: a, event: { provider: aws, api: B, ip: 192.0.2.1, time: 2026-01-01T00:00:00Z }, expect: none }\n";
    let (found, _) = survivors(correlate, tests);
    for survivor in [
        "10m became 20m: 10m",
        "10m became 5m: 10m",
        "2 became 3: 2",
        "2 became 1: 2",
        "`>=` became `>`: n >= 2",
        "the range 10.0.0.0/8 was widened to 10.0.0.0/7: event.ip.in_cidr(\"10.0.0.0/8\")",
        "the range 10.0.0.0/8 was shifted to 11.0.0.0/8: event.ip.in_cidr(\"10.0.0.0/8\")",
    ] {
        assert!(found.iter().any(|of| of == survivor), "{survivor} is not in {found:#?}");
    }
    let sequence = "  on: event\n  by: []\n  sequence:\n    within: 1h\n    steps:\n      - { id: a, when: 'event.api == \"A\"' }\n      \
                    - { id: b, when: 'event.api == \"B\"' }\n      - { id: c, absent: true, when: 'event.api == \"C\"' }\n";
    let (found, _) = survivors(
        sequence,
        "    - { name: a, event: { provider: aws, api: D, time: 2026-01-01T00:00:00Z }, expect: none }\n",
    );
    for survivor in ["the steps `a` and `b` were swapped", "the absent step `c` was dropped"] {
        assert!(found.iter().any(|of| of.starts_with(survivor)), "{survivor} is not in {found:#?}");
    }
}

#[test]
fn a_rule_accepts_a_survivor_by_its_text() {
    let accepted = format!(
        "{RULE}  survivors: [{{ code: event.account, reason: one account }}, {{ code: gone, reason: x }}]\n"
    );
    with_tests(
        &accepted,
        "    - { name: a, expect: match }\n    - { name: b, event: { api: B }, expect: none }\n",
        |tests| {
            let mut mutation = Mutation::default();
            mutation.add(tests);
            let by = mutation.mutants.iter().find(|of| of.code == "event.account").unwrap();
            assert_eq!(by.fate, Fate::Accepted { reason: "one account".to_owned() });
            let unused: Vec<&str> =
                mutation.unused.iter().map(|(_, span)| tests.sources.text(*span)).collect();
            assert_eq!(unused, ["gone"]);
        },
    );
}

#[test]
fn a_rule_whose_tests_fail_has_no_mutants() {
    with_tests(RULE, "    - { name: a, expect: none }\n", |tests| {
        let mut mutation = Mutation::default();
        mutation.add(tests);
        assert_eq!(mutation.failing, ["test"]);
        assert!(mutation.mutants.is_empty());
    });
}

#[test]
fn conditions_over_measures_are_covered_by_the_fullest_window() {
    let rule = "  on: event\n  when: event.api == \"A\"\n  by: []\n  correlate:\n    within: 10m\n    \
                measures: { n: { count: \"true\" } }\n    having: n >= 2\n";
    let one = "{ event: { provider: aws, api: A, time: 2026-01-01T00:00:00Z } }";
    let tests = format!(
        "    - {{ name: a, records: [{one}, {one}], expect: match }}\n    - {{ name: b, records: [{one}], expect: none }}\n"
    );
    with_tests(rule, &tests, |tests| {
        let mut coverage = Coverage::default();
        coverage.add(tests);
        assert_eq!(coverage.count(PartKind::Condition), (4, 3), "{:#?}", coverage.uncovered());
    });
}

/// The records of a survivor of a subject, a window or a step, written as a test, kill it.
#[test]
fn the_records_of_a_survivor_kill_it() {
    let correlated = "  on: event\n  when: event.ok == false\n  by: [event.account, event.ak]\n  \
        correlate:\n    within: 10m\n    measures: { calls: { count: \"true\" } }\n    having: calls >= 3\n  \
        base: { event: { provider: aws, account: \"1\", ak: K, api: A, ok: false } }\n";
    let of_three = "    - name: a\n      records:\n        - event: { time: 2026-01-01T10:00:00Z }\n        \
        - event: { time: 2026-01-01T10:01:00Z }\n        - event: { time: 2026-01-01T10:02:00Z }\n      \
        expect: match\n";
    let sequence = "  on: event\n  by: [event.account, event.user]\n  sequence:\n    within: 1h\n    steps:\n      \
        - { id: first, when: 'event.api == \"A\"', count: 2 }\n      - { id: second, when: 'event.api == \"B\"' }\n  \
        base: { event: { provider: aws, account: \"1\", user: x } }\n";
    let of_steps = "    - name: a\n      records:\n        - event: { api: A, time: 2026-01-01T10:00:00Z }\n        \
        - event: { api: A, time: 2026-01-01T10:01:00Z }\n        - event: { api: B, time: 2026-01-01T10:02:00Z }\n      \
        expect: match\n";
    let plain = "  on: event\n  when: event.api == \"A\"\n  by: [event.account, event.ip]\n  \
        base: { event: { provider: aws, account: \"1\", api: A } }\n";
    let first_seen = "  on: event\n  when: event.api == \"A\"\n  by: [event.user]\n  \
        first_seen: { of: [event.ip], history: 7d }\n  \
        base: { event: { provider: aws, api: A, user: x, ip: 203.0.113.7 } }\n";
    let of_values = "    - name: a\n      records:\n        - event: { time: 2026-01-01T10:00:00Z, ip: 203.0.113.8 }\n        \
        - event: { time: 2026-01-10T10:00:00Z }\n      expect: match\n";
    for (head, test, changes) in [
        (plain, "    - { name: a, expect: match }\n", &["from `by`"][..]),
        (correlated, of_three, &["from `by`", "10m became 20m", "10m became 5m"]),
        (sequence, of_steps, &["from `by`", "1h became", "the `count` 2"]),
        (first_seen, of_values, &["7d became"]),
    ] {
        let survivors = |text: &str| {
            with_tests(head, text, |tests| {
                let mut mutation = Mutation::default();
                mutation.add(tests);
                assert_eq!(mutation.failing, Vec::<String>::new(), "{head}{text}");
                let survivors = mutation.mutants.into_iter();
                survivors.filter(|of| of.fate == Fate::Survived).collect::<Vec<_>>()
            })
        };
        let told = |change: &str| {
            let found = survivors(test).into_iter().filter(|of| of.what.contains(change));
            found.map(|of| (of.what, of.told)).collect::<Vec<_>>()
        };
        for change in changes {
            let found = told(change);
            assert!(
                !found.is_empty(),
                "{change} does not survive: {:#?}",
                survivors(test).iter().map(|of| &of.what).collect::<Vec<_>>()
            );
            for (number, (what, told)) in found.into_iter().enumerate() {
                let Told::Together { records, rule, .. } = told else {
                    panic!("{what}: {told:?}");
                };
                let (count, of) = rule.split_once(' ').unwrap_or_default();
                let count = if count == "no" { "0" } else { count };
                let expect = match of {
                    "finding" | "findings" if count == "0" => "none".to_owned(),
                    "finding" | "findings" => format!("{{ findings: {count} }}"),
                    "uncertain finding" | "uncertain findings" => {
                        format!("{{ uncertain: {count} }}")
                    }
                    _ => panic!("{what}: {rule}"),
                };
                let more = format!(
                    "{test}    - {{ name: w{number}, base: none, {records}, expect: {expect} }}\n"
                );
                let left = survivors(&more);
                assert!(left.iter().all(|of| of.what != what), "{what}: {records}");
            }
        }
    }
}
