//! Tests of running the tests of rules.

#![allow(clippy::unwrap_used)]

mod quality;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Outcome, RuleTests, run};
use crate::allow::Allowlist;
use crate::diag::render_line;
use crate::expr::{Definition, Env, Function};
use crate::input::FORMATS;
use crate::rule::{self, Overrides};
use crate::source::Sources;
use crate::stdlib::FUNCTIONS;
use crate::table::{List, ListValue};
use crate::value::Zone;
use crate::yaml;

struct World {
    lists: BTreeMap<String, Arc<List>>,
    zone: Zone,
}

impl Env for World {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn list(&self, id: &str) -> Option<&Arc<List>> {
        self.lists.get(id)
    }
    fn list_ids(&self) -> Vec<&str> {
        self.lists.keys().map(String::as_str).collect()
    }
    fn definition(&self, _: &str) -> Option<&Definition> {
        None
    }
    fn definition_names(&self) -> Vec<&str> {
        Vec::new()
    }
    fn zone(&self) -> &Zone {
        &self.zone
    }
}

/// Calls `run` with a rule's tests, in a project with another time zone and other values.
fn with_tests<R>(head: &str, tests: &str, run: impl FnOnce(RuleTests<'_>) -> R) -> R {
    let mut sources = Sources::default();
    let text = format!(
        "rule:\n  id: test\n  title: A test\n  category: abuse\n  severity: high\n{head}  tests:\n{tests}"
    );
    let file = sources.add("test.yaml", &text);
    let value = ListValue { text: "aws:iam.CreateUser".to_owned(), span: None };
    let list =
        List::new("risky".into(), Some("event.operation".into()), String::new(), vec![value]);
    let lists = BTreeMap::from([("risky".to_owned(), Arc::new(list))]);
    let world = World { lists, zone: Zone::parse("Asia/Shanghai").unwrap() };
    let document = yaml::parse(file, &sources).unwrap();
    let (rule, problems) = rule::load(&document, &sources, &Overrides::default(), &world);
    let problems: Vec<String> = problems.iter().map(|d| render_line(d, &sources)).collect();
    let rule = rule.unwrap_or_else(|| panic!("{problems:#?}"));
    let entries = Allowlist::default();
    let (rule, sources, policy) = (&rule, &sources, &world);
    run(RuleTests { rule, sources, policy, formats: FORMATS, entries: &entries })
}

/// The outcomes of a rule's tests.
fn outcomes(head: &str, tests: &str) -> Vec<String> {
    let shown = |tests: RuleTests<'_>| {
        let outcome = |outcome| match outcome {
            Outcome::Passed => "passed".to_owned(),
            Outcome::Failed(why) => {
                let why = why
                    .iter()
                    .map(|d| render_line(d, tests.sources).split_once(": ").unwrap().1.to_owned());
                why.collect::<Vec<_>>().join(" / ")
            }
        };
        run(tests).into_iter().map(|result| outcome(result.outcome)).collect()
    };
    with_tests(head, tests, shown)
}

/// The outcome of one test of a rule, with the name `x` and these keys.
fn outcome(head: &str, keys: &str) -> String {
    let outcomes = outcomes(head, &format!("    - {{name: x, {keys}}}\n"));
    assert_eq!(outcomes.len(), 1);
    outcomes[0].clone()
}

const RISKY: &str = "  on: event\n  when: event.operation in lists.risky\n";

#[test]
fn canonical_fields_are_derived_and_compared() {
    let event = "provider: aws, service: iam, api: CreateUser";
    for (keys, expected) in [
        (format!("event: {{{event}}}, expect: match"), "passed".to_owned()),
        (format!("event: {{{event}, operation: 'aws:s3.X'}}, expect: none"), "passed".to_owned()),
        (
            "event: {provider: aws, service: iam, api: GetUser}, expect: none".to_owned(),
            "passed".to_owned(),
        ),
        (
            format!("event: {{{event}}}, expect: none"),
            "error[KT3012]: the rule `test` matches in the test `x` (the condition read \
             `event.operation = \"aws:iam.CreateUser\"`)"
                .to_owned(),
        ),
        (
            "event: {provider: aws, api: CreateUser}, expect: match".to_owned(),
            "error[KT3012]: the rule `test` does not match in the test `x` (the condition read \
             `event.operation = ()`)"
                .to_owned(),
        ),
    ] {
        assert_eq!(outcome(RISKY, &keys), expected, "{keys}");
    }
}

#[test]
fn counts_and_severity_that_differ_are_reported() {
    let hit = "event: {provider: aws, service: iam, api: CreateUser}";
    let miss = "event: {provider: aws, service: iam, api: GetUser}";
    let two = "records: [{event: {provider: aws, service: iam, api: CreateUser}}, {event: \
               {provider: aws, service: iam, api: CreateUser}}]";
    for (record, expect, wrong) in [
        (hit, "{findings: 1, severity: high}", None),
        (hit, "{findings: 2}", Some("produces 1 finding instead of 2")),
        (miss, "{findings: 1}", Some("produces 0 findings instead of 1")),
        (hit, "{severity: low}", Some("produces the severity `high` instead of `low`")),
        (miss, "{severity: low}", Some("produces no finding")),
        (two, "none", Some("produces 1 finding")),
    ] {
        let outcome = outcome(RISKY, &format!("{record}, expect: {expect}"));
        match wrong {
            None => assert_eq!(outcome, "passed", "{record} {expect}"),
            Some(wrong) => {
                let start = format!("error[KT3012]: the rule `test` {wrong} in the test `x`");
                assert!(outcome.starts_with(&start), "{outcome}");
            }
        }
    }
}

#[test]
fn a_test_that_cannot_be_run_is_a_located_error() {
    for (keys, expected) in [
        ("expect: match", "error[KT3011]: the test has no event"),
        ("cred: {provider: aws, user: a}, expect: match", "error[KT3011]: the test has no event"),
        (
            "event: {provider: aws, apy: X}, expect: match",
            "error[KT3004]: there is no field `event.apy` (did you mean `api`?)",
        ),
        (
            "event: {api: X}, expect: match",
            "error[KT3011]: the record has no `event.provider` (`provider`: The cloud that recorded the call.)",
        ),
        (
            "event: {provider: asw, ok: yes, time: today, resources: x}, expect: match",
            "error[KT3011]: the field `event.provider` has no value `asw` (did you mean `aws`?) / error[KT3011]: the field `event.ok` takes `true` or `false` / \
             error[KT3011]: the field `event.time` takes a time like `2026-01-01T00:00:00Z` / \
             error[KT3011]: the field `event.resources` takes a sequence of texts",
        ),
        (
            "raw: {eventName: X}, format: cloudtrial, expect: match",
            "error[KT3011]: there is no format `cloudtrial` (did you mean `cloudtrail`?)",
        ),
        (
            "raw: {x: y}, format: cloudtrail, expect: match",
            "error[KT3011]: the format `cloudtrail` does not recognise this record",
        ),
        (
            "lists: {riski: []}, event: {provider: aws}, expect: none",
            "error[KT3010]: there is no list `riski` (did you mean `risky`?)",
        ),
        (
            "params: {p: 1}, event: {provider: aws}, expect: none",
            "error[KT3009]: the rule has no parameter `p`",
        ),
        (
            "zone: Mars/Base, event: {provider: aws}, expect: none",
            "error[KT3011]: the test names a zone that does not exist",
        ),
        (
            "event: {provider: aws}, records: [], expect: none",
            "error[KT3011]: a test has either one record or `records`",
        ),
    ] {
        let found = outcome(RISKY, keys);
        assert_eq!(found, expected, "{keys}");
    }
    let names: Vec<String> = FORMATS.iter().map(|format| format!("`{}`", format.name())).collect();
    assert_eq!(
        outcome(RISKY, "raw: {eventName: X}, expect: match"),
        format!(
            "error[KT3011]: a `raw` record needs its `format` (the formats are {})",
            names.join(", ")
        )
    );
}

#[test]
fn a_providers_record_goes_through_its_format() {
    let raw = "eventVersion: '1.08', eventTime: '2024-01-01T00:00:00Z', eventSource: \
               iam.amazonaws.com, eventName: CreateUser, eventID: e1, awsRegion: us-east-1, \
               userIdentity: {type: IAMUser, accountId: '000011112222', userName: alice}";
    let keys = |expect: &str| format!("raw: {{{raw}}}, format: cloudtrail, expect: {expect}");
    assert_eq!(outcome(RISKY, &keys("match")), "passed");
    assert!(outcome(RISKY, &keys("none")).contains("matches in the test"));
}

#[test]
fn a_test_can_write_a_report_row_by_its_columns() {
    let rule =
        "  on: cred\n  when: cred.password == true && cred.mfa == false && cred.key_count == 1\n";
    let aws =
        |cells: &str| format!("raw: {{{cells}}}, format: aws-credential-report, expect: match");
    let cells = "user: ann, password_enabled: true, mfa_active: FALSE, access_key_1_active: true";
    assert_eq!(outcome(rule, &aws(cells)), "passed");
    let spaced = cells.replace("mfa_active", "\"MFA _ Active\"");
    assert_eq!(outcome(rule, &aws(&spaced)), "passed", "as columns of files are matched");
    assert_eq!(
        outcome(rule, &aws(&cells.replace("mfa_active", "mfa_activ"))),
        "error[KT3011]: the format `aws-credential-report` has no column `mfa_activ` (did you mean `mfa_active`?)"
    );
    assert_eq!(
        outcome(rule, &aws("user: ann, mfa_active: [false]")),
        "error[KT3011]: the column `mfa_active` has one text as its value"
    );
    assert_eq!(
        outcome(rule, &aws("mfa_active: false")),
        "error[KT3011]: the format `aws-credential-report` cannot read this record: malformed, it does not name a user"
    );

    let name = "  on: cred\n  when: cred.user == \"a,\\\"b\"\n";
    assert_eq!(outcome(name, &aws(r#"user: 'a,"b'"#)), "passed", "a cell is any text");

    let header =
        FORMATS.iter().find(|f| f.name() == "tencent-credential-report").unwrap().columns();
    let row = "100012345678,ann,Sub-user,2019-08-16 9:25:56,TRUE,FALSE,TRUE,TRUE,FALSE,FALSE,FALSE,\
               AKIDexample,FALSE,2025-12-01 8:00:00,Active,N/A,FALSE,FALSE,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A";
    for text in [row.to_owned(), format!("{}\\n{row}", header.join(","))] {
        let keys = format!("raw: \"{text}\", format: tencent-credential-report, expect: match");
        assert_eq!(outcome(rule, &keys), "passed", "pasted unchanged");
    }
}

#[test]
fn a_test_can_write_several_rows_of_one_user() {
    let rule = "  on: key\n  when: key.idle_days == 31 && key.slot == \"2\" && cred.mfa == true\n";
    let row = |id: &str, used: &str| {
        format!(
            "{{account_id: '000011112222', username: ann, mfa_status: Virtual, \
                 access_key_id: {id}, created_date: '2025-12-01 00:00:00', last_used_date: {used}}}"
        )
    };
    let rows = format!("[{}, {}]", row("AKIA1", "Nunca"), row("AKIA2", "Nunca utilizada"));
    let keys = format!("raw: {rows}, format: iam-audit-report, expect: match");
    assert_eq!(outcome(rule, &keys), "passed");
}

#[test]
fn one_of_several_records_is_enough() {
    let good = "{event: {provider: aws, service: iam, api: CreateUser}}";
    let bad = "{event: {provider: aws, service: iam, api: GetUser}}";
    for (records, expect) in [
        (format!("{bad}, {good}"), "match"),
        (format!("{bad}, {bad}"), "none"),
        (good.to_owned(), "match"),
    ] {
        assert_eq!(outcome(RISKY, &format!("records: [{records}], expect: {expect}")), "passed");
    }
}

#[test]
fn a_test_sets_clock_zone_parameters_and_lists() {
    let hour =
        "  on: event\n  when: hour(now) == params.h\n  params: {h: {type: int, default: 0}}\n";
    let event = "event: {provider: aws}, expect: match";
    for keys in [
        "",
        "zone: UTC, ",
        "now: '2026-01-01T05:00:00Z', params: {h: 5}, ",
        "zone: Asia/Shanghai, params: {h: 8}, ",
    ] {
        assert_eq!(outcome(hour, &format!("{keys}{event}")), "passed", "{keys}");
    }
    let keys = "lists: {risky: ['aws:s3.*']}, event: {provider: aws, service: s3, api: GetObject}, expect: match";
    assert_eq!(outcome(RISKY, keys), "passed");
}

#[test]
fn creds_and_keys_have_derived_ages_and_counts() {
    let cred = "  on: cred\n  when: cred.active_keys == 1 && cred.key_count == 2\n";
    let keys = "cred: {provider: aws, user: a, keys: [{active: true}, {slot: '2', active: false}, \
                {slot: '3', exists: false}]}, expect: match";
    assert_eq!(outcome(cred, keys), "passed");
    let key = "  on: key\n  when: key.age_days == 31 && key.idle_days == 1 && cred.user == \"a\"\n";
    let keys = "cred: {provider: aws, user: a}, key: {created: '2025-12-01T00:00:00Z', used: true, \
                last_used: '2025-12-30T12:00:00Z'}, expect: match";
    assert_eq!(outcome(key, keys), "passed");
    let unused = "  on: key\n  when: key.idle_days == 31\n";
    let keys = "key: {created: '2025-12-01T00:00:00Z', used: false}, expect: match";
    assert_eq!(outcome(unused, keys), "passed");
}

#[test]
fn original_records_are_untyped() {
    let head = "  on: event\n  when: event.params.user.name == \"x\" && event.params.n == 3\n";
    let keys = "event: {provider: aws, params: {user: {name: x}, n: 3}}, expect: match";
    assert_eq!(outcome(head, keys), "passed");
    let text = keys.replace("n: 3", "n: '3'").replace("match", "none");
    assert_eq!(outcome(head, &text), "passed");
}

#[test]
fn errors_in_messages_are_found() {
    let head =
        "  on: event\n  when: event.api == \"X\"\n  by: [9223372036854775807 + len(event.api)]\n";
    let keys = "event: {provider: aws, api: X}, expect: match";
    assert_eq!(
        outcome(head, keys),
        "error[KT3012]: `by` has no result for this record: 9223372036854775807 + 1 does not \
         fit into 64 bits"
    );
}
