//! Tests of laying the records of tests over bases.

use serde_json::{Value, json};

use super::World;
use crate::diag::render_line;
use crate::rule::{Overrides, Rule, load};
use crate::source::Sources;
use crate::yaml;

const HEAD: &str = "  on: event\n  when: event.api == \"X\"\n";
const NAMED: &str = "  base:\n    ann: { event: { provider: aws, user: ann, ok: true, params: { a: 1, b: [1, 2] } }, key: { id: K } }\n    \
                     log: { format: cloudtrail, raw: { eventName: X, errorCode: Denied } }\n";
const SINGLE: &str = "  base: { event: { provider: aws, user: ann }, key: { id: K } }\n";

/// Loads a rule with these lines.
fn loaded(lines: &str) -> (Option<Rule>, Vec<String>) {
    let mut sources = Sources::default();
    let head = "rule:\n  id: test\n  title: A test\n  category: abuse\n  severity: high\n";
    let file = sources.add("rules/test.yaml", &format!("{head}{lines}"));
    let document = yaml::parse(file, &sources).unwrap();
    let (rule, problems) = load(&document, &sources, &Overrides::default(), &World::new());
    let problems = problems.iter().filter(|problem| problem.code.id != "KT7002");
    (rule, problems.map(|problem| render_line(problem, &sources)).collect())
}

/// The records of a rule's only test, or the problems of the rule.
fn records(base: &str, test: &str) -> Result<Value, Vec<String>> {
    let body = format!("{HEAD}{base}  tests:\n    - {{ name: x, expect: match, {test} }}\n");
    let (rule, problems) = loaded(&body);
    let Some(rule) = rule else { return Err(problems) };
    let record = |node: &yaml::Node| {
        let keys = ["event", "cred", "key", "raw", "format"];
        let of = keys.iter().filter_map(|key| Some(((*key).to_owned(), node.get(key)?.to_json())));
        of.collect::<Value>()
    };
    let test = &rule.tests[0].node;
    Ok(match test.get("records") {
        Some(records) => records.items().iter().map(record).collect(),
        None => record(test),
    })
}

#[test]
fn a_record_says_what_it_changes() {
    let key = json!({ "id": "K" });
    let cases = [
        (
            SINGLE,
            "event: { user: bob }",
            json!({ "event": { "provider": "aws", "user": "bob" }, "key": key }),
        ),
        (
            SINGLE,
            "event: { ip: 192.0.2.1 }",
            json!({ "event": { "provider": "aws", "user": "ann", "ip": "192.0.2.1" }, "key": key }),
        ),
        (SINGLE, "event: { user: null }", json!({ "event": { "provider": "aws" }, "key": key })),
        (SINGLE, "key: null", json!({ "event": { "provider": "aws", "user": "ann" } })),
        (
            SINGLE,
            "now: 2026-01-01T00:00:00Z",
            json!({ "event": { "provider": "aws", "user": "ann" }, "key": key }),
        ),
        (
            SINGLE,
            "base: none, event: { provider: tencent }",
            json!({ "event": { "provider": "tencent" } }),
        ),
        (
            SINGLE,
            "format: cloudtrail, raw: { eventName: X }",
            json!({ "format": "cloudtrail", "raw": { "eventName": "X" } }),
        ),
        (NAMED, "event: { provider: tencent }", json!({ "event": { "provider": "tencent" } })),
        (
            NAMED,
            "base: log, raw: { errorCode: null }",
            json!({ "format": "cloudtrail", "raw": { "eventName": "X" } }),
        ),
        (
            NAMED,
            "base: ann, key: null, event: { params: { a: null, b: [3], c: { d: 4 } } }",
            json!({
                "event": { "provider": "aws", "user": "ann", "ok": true, "params": { "b": [3], "c": { "d": 4 } } },
            }),
        ),
        (
            SINGLE,
            "records: [{ key: null }, { base: none, event: { provider: aws } }]",
            json!([
                { "event": { "provider": "aws", "user": "ann" } }, { "event": { "provider": "aws" } },
            ]),
        ),
        (
            NAMED,
            "base: log, records: [{}, { base: ann, key: null, event: { params: null } }, { event: { provider: aws } }]",
            json!([
                { "format": "cloudtrail", "raw": { "eventName": "X", "errorCode": "Denied" } },
                { "event": { "provider": "aws", "user": "ann", "ok": true } },
                { "event": { "provider": "aws" } },
            ]),
        ),
    ];
    for (base, test, expected) in cases {
        assert_eq!(records(base, test), Ok(expected), "{test}");
    }
}

#[test]
fn bases_that_cannot_be_used_are_errors() {
    let cases = [
        (NAMED, "base: anne", "there is no base `anne` (did you mean `ann`?)"),
        (NAMED, "base: root", "there is no base `root` (the bases of this rule are `ann`, `log`)"),
        (
            SINGLE,
            "base: ann",
            "there is no base `ann` (the base of this rule has no name and applies to every test; `base: none` leaves it out)",
        ),
        ("", "base: ann", "there is no base `ann` (write its records below `base` of the rule)"),
        (
            NAMED,
            "base: ann, raw: { a: 1 }, format: cloudtrail",
            "fields are not laid over `raw`, or `raw` over fields (name another base, or `none`)",
        ),
        (
            SINGLE,
            "cred: null",
            "the `cred` is empty (`cred: null` removes the `cred` of a base, which has none here)",
        ),
        (
            "",
            "event: null",
            "the `event` is empty (`event: null` removes the `event` of a base, which has none here)",
        ),
        (
            "  base: { none: { event: { provider: aws } } }\n",
            "event: { provider: aws }",
            "`none` cannot be the name of a base (`base: none` leaves out the base)",
        ),
        (
            "  base: { raw: { a: 1 }, event: { provider: aws } }\n",
            "base: none",
            "a base has either fields or `raw` (name two bases, and let each test name the one it needs)",
        ),
        (
            "  base: { evnt: { provider: aws, user: ann } }\n",
            "event: { provider: aws }",
            "unknown key `evnt` (did you mean `event`?)",
        ),
        (
            "  base: { ann: { evnt: { provider: aws } }, bob: { event: {} } }\n",
            "event: { provider: aws }",
            "unknown key `evnt` (did you mean `event`?)",
        ),
    ];
    for (base, test, expected) in cases {
        let errors = records(base, test).unwrap_err();
        assert!(errors.iter().any(|error| error.ends_with(expected)), "{test}: {errors:#?}");
    }
}

#[test]
fn a_base_that_no_test_names_is_reported() {
    let body = format!(
        "{HEAD}{NAMED}  tests:\n    - {{ name: a, base: ann, expect: match }}\n    - {{ name: b, base: none, event: {{ provider: aws }}, expect: none }}\n"
    );
    let (rule, problems) = loaded(&body);
    assert!(rule.is_some());
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].contains("no test uses the base `log`"), "{problems:#?}");
}
