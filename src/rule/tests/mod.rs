//! Tests of loading rule files.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

mod bases;
mod related;

use super::*;
use crate::diag::Diagnostic;
use crate::expr::{Definition, Env, Function, Param};
use crate::source::{Sources, Span};
use crate::table::{List, ListValue};
use crate::value::{RecordKind, Value, Zone};
use crate::yaml;

/// Two lists, one of them empty, and no functions.
struct World {
    lists: BTreeMap<String, Arc<List>>,
    zone: Zone,
}

impl World {
    fn new() -> Self {
        let list = |id: &str, values: &[&str]| {
            let value = |text: &&str| ListValue { text: (*text).to_owned(), span: None };
            let values = values.iter().map(value).collect();
            let of = Some("event.operation".to_owned());
            (id.to_owned(), Arc::new(List::new(id.to_owned(), of, String::new(), values)))
        };
        let lists = [list("risky", &["aws:iam.CreateUser"]), list("nothing", &[])];
        Self { lists: lists.into(), zone: Zone::utc() }
    }
}

impl Env for World {
    fn functions(&self) -> &'static [&'static dyn Function] {
        &[]
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

/// Loads a rule file that contains these lines, with these parameters from the project file.
fn load_with(body: &str, params: &[(&str, &str)]) -> (Option<Rule>, Vec<String>) {
    let mut sources = Sources::default();
    let text = format!("rule:\n  id: test\n  title: A test\n  category: abuse\n{body}");
    let file = sources.add("rules/test.yaml", &text);
    let document = yaml::parse(file, &sources).unwrap();
    let mut overrides = Overrides::default();
    for (name, value) in params {
        let file = sources.add("keytrail.yaml", value);
        let node = yaml::parse(file, &sources).unwrap();
        overrides.params.insert((*name).to_owned(), (Span::new(file, 0, 0), node));
    }
    let (rule, problems) = load(&document, &sources, &overrides, &World::new());
    let show = |d: &Diagnostic| {
        let place = d.labels.first().map_or("", |label| sources.text(label.span));
        format!("{} {place:?} {}", d.code.id, d.message)
    };
    (rule, problems.iter().filter(|d| d.code.id != "KT7002").map(show).collect())
}

const PLAIN: &str = "  severity: high\n  on: event\n  when: event.ok == true\n";

#[test]
fn omitted_keys_have_defaults() {
    let (rule, problems) = load_with(PLAIN, &[]);
    assert_eq!(problems, [""; 0]);
    let rule = rule.unwrap();
    assert_eq!(rule.status, Status::Stable);
    assert_eq!(rule.on, RecordKind::Event);
    let by =
        |rule: &Rule| rule.steps[0].by.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>();
    assert_eq!(by(&rule), ["event.account", "event.actor"]);
    assert_eq!((rule.raise.len(), rule.tests.len(), rule.builtin), (0, 0, false));
    for (on, when, expected) in [
        ("cred", "cred.mfa == false", vec!["cred.account", "cred.user"]),
        ("key", "key.age_days > 90", vec!["cred.account", "cred.user", "key.id ?? key.slot"]),
    ] {
        let (rule, problems) =
            load_with(&format!("  severity: low\n  on: {on}\n  when: {when}\n"), &[]);
        assert_eq!(problems, [""; 0]);
        assert_eq!(by(&rule.unwrap()), expected);
    }
    let (rule, _) = load_with(&format!("{PLAIN}  by: []\n"), &[]);
    assert!(rule.unwrap().steps[0].by.is_empty());
}

#[test]
fn errors_are_collected_across_the_file() {
    let body = "  severity: hihg\n  on: event\n  when: event.okk == true\n  by: [event.acount]\n  \
                tgas: []\n  message: \"${event.usr}\"\n";
    let (rule, problems) = load_with(body, &[]);
    assert!(rule.is_none());
    assert_eq!(
        problems.iter().map(|d| &d[..6]).collect::<Vec<_>>().join(" ").matches("KT").count(),
        5
    );
    for place in ["\"hihg\"", "\"tgas\"", "\"okk\"", "\"acount\"", "\"usr\""] {
        assert!(problems.iter().any(|d| d.contains(place)), "{place}: {problems:#?}");
    }
}

#[test]
fn a_raise_must_raise_the_severity() {
    for (to, refused) in [("critical", false), ("high", true), ("low", true)] {
        let raise = format!("{PLAIN}  raise: [{{to: {to}, when: 'event.ok == false'}}]\n");
        let (rule, problems) = load_with(&raise, &[]);
        assert_eq!((rule.is_none(), problems.len() == 1), (refused, refused), "{to}: {problems:?}");
    }
}

/// The diagnostics of a rule `on: event` with these lines after its head.
fn problems(body: &str) -> Vec<String> {
    load_with(&format!("  severity: high\n  on: event\n{body}"), &[]).1
}

const COUNTS: &str = "measures: {n: {count: 'true'}}, having: n > 1";

#[test]
fn a_rule_has_at_most_one_construct() {
    let when = "  when: event.ok == true\n";
    let steps = "steps: [{id: a, when: event.ok == true}, {id: b, when: event.ok == false}]";
    for (body, expected) in [
        (format!("{when}  correlate: {{{COUNTS}}}\n"), vec![]),
        (format!("{when}  correlate: {{within: 10m, {COUNTS}}}\n"), vec![]),
        (format!("  sequence: {{within: 1h, {steps}}}\n"), vec![]),
        (format!("{when}  first_seen: {{of: [event.ip], history: 30d}}\n"), vec![]),
        (format!("{when}  after_silence: {{for: 30d}}\n"), vec![]),
        (format!("{when}  after_silence: {{for: 30d, last_seen: event.key.last_used}}\n"), vec![]),
        (
            format!("{when}  after_silence: {{for: 0d}}\n"),
            vec!["KT3015 \"0d\" `after_silence` needs a duration above zero"],
        ),
        (
            format!("{when}  after_silence: {{for: 1d, last_seen: event.ip}}\n"),
            vec!["KT3015 \"event.ip\" `last_seen` takes a time, not str"],
        ),
        (
            format!("{when}  after_silence: {{for: 1d, last: event.time}}\n"),
            vec!["KT1010 \"last\" unknown key `last`"],
        ),
        (
            format!("{when}  after_silence: {{for: 1d}}\n  message: since ${{silent_sinc}}\n"),
            vec!["KT2004 \"silent_sinc\" unknown name `silent_sinc`"],
        ),
        (
            format!(
                "{when}  correlate: {{{COUNTS}}}\n  first_seen: {{of: [event.ip], history: 1d}}\n"
            ),
            vec!["KT3015 \"first_seen\" a rule has either `correlate` or `first_seen`, not both"],
        ),
        (
            format!("{when}  sequence: {{{steps}}}\n"),
            vec!["KT3015 \"when\" a rule with steps has no `when` of its own"],
        ),
        (format!("  correlate: {{{COUNTS}}}\n"), vec!["KT1011 \"id\" the key `when` is missing"]),
        (String::new(), vec!["KT1011 \"id\" the key `when` is missing"]),
    ] {
        assert_eq!(problems(&body), expected, "{body}");
    }
    for (on, body, expected) in [
        ("cred", format!("correlate: {{{COUNTS}}}"), vec![]),
        (
            "cred",
            format!("correlate: {{within: 1h, {COUNTS}}}"),
            vec!["KT3015 \"1h\" a rule `on: cred` counts over the whole report, without `within`"],
        ),
        (
            "key",
            "after_silence: {for: 1d}".to_owned(),
            vec![
                "KT3015 \"after_silence\" `after_silence` needs events, and the rule is `on: key`",
            ],
        ),
        (
            "key",
            "first_seen: {of: [key.id], history: 1d}".to_owned(),
            vec!["KT3015 \"first_seen\" `first_seen` needs events, and the rule is `on: key`"],
        ),
    ] {
        let head =
            format!("  severity: high\n  on: {on}\n  when: cred.password == true\n  {body}\n");
        assert_eq!(load_with(&head, &[]).1, expected, "{on} {body}");
    }
}

#[test]
fn measures_have_one_kind_and_a_countable_value() {
    let rule = |measure: &str| {
        format!(
            "  when: event.ok == true\n  correlate: {{measures: {{{measure}}}, having: n == n}}\n"
        )
    };
    for (measure, expected) in [
        ("n: {count: event.ok == false}", ""),
        ("n: {distinct: event.ip}", ""),
        ("n: {sum: 'if event.ok == true { 2 } else { 1 }'}", ""),
        ("n: {max: event.time}", ""),
        ("n: {count: event.ip}", "KT2009 \"event.ip\""),
        ("n: {sum: event.ip}", "KT3016 \"event.ip\" `sum` takes an integer, not str"),
        (
            "n: {min: event.ip}",
            "KT3016 \"event.ip\" `min` takes an integer, a time or a length of time, not str",
        ),
        ("n: {}", "KT3016 \"{}\" the measure `n` counts in one way"),
        ("n: {count: 'true', distinct: event.ip}", "KT3016 \"distinct\" the measure `n` counts in"),
        ("event: {count: 'true'}", "KT3014 \"event\" `event` already has a meaning"),
        ("count: {count: 'true'}", ""),
        ("switch: {count: 'true'}", "KT3014 \"switch\""),
        ("N: {count: 'true'}", "KT1014 \"N\""),
        ("", "KT3016 \"{}\" `correlate` needs at least one measure"),
    ] {
        let having = if measure.starts_with("count") { "count > 1" } else { "n == n" };
        let problems = problems(&rule(measure).replace("n == n", having));
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{measure}: {problems:#?}");
            }
            _ => panic!("{measure}: {problems:#?}"),
        }
    }
}

#[test]
fn steps_have_unique_names_and_comparable_subjects() {
    let steps = |steps: &str| format!("  sequence: {{steps: [{steps}]}}\n");
    let a = "{id: a, when: event.ok == true}";
    for (written, expected) in [
        (format!("{a}, {{id: b, when: event.ok == true, by: [event.account, event.user]}}"), ""),
        (a.to_owned(), "KT3017"),
        (format!("{a}, {a}"), "KT3017 \"a\" two steps are called `a`"),
        (
            "{id: a, when: event.ok == true, absent: true}, {id: b, when: event.ok == true, absent: true}"
                .to_owned(),
            "KT3017",
        ),
        (
            format!("{a}, {{id: b, when: event.ok == true, by: [event.user]}}"),
            "KT3017 \"[event.user]\" the steps `a` and `b` have subjects of 2 and 1 values",
        ),
        (
            format!("{a}, {{id: b, when: event.ok == true, by: [event.account, event.time]}}"),
            "KT3017 \"event.time\" the steps `a` and `b` have subjects of different types",
        ),
        (format!("{a}, {{id: b, wehn: event.ok == true}}"), "KT1010 \"wehn\""),
        (format!("{a}, {{id: b, when: event.okk == true}}"), "KT2004 \"okk\""),
    ] {
        let problems = problems(&steps(&written));
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{written}: {problems:#?}");
            }
            _ => panic!("{written}: {problems:#?}"),
        }
    }
    let many = (0..17).map(|n| format!("{{id: s{n}, when: event.ok == true}}"));
    let problems = problems(&steps(&many.collect::<Vec<_>>().join(", ")));
    assert!(problems[0].contains("a sequence has 2 to 16 steps, not 17"), "{problems:?}");
}

#[test]
fn durations_may_be_parameters() {
    let rule = |within: &str| {
        format!(
            "  when: event.ok == true\n  params:\n    window: {{type: duration, default: 5m}}\n    \
             n: {{type: int, default: 1}}\n  correlate: {{within: {within}, {COUNTS}}}\n"
        )
    };
    let within = |params: &[(&str, &str)]| {
        let body = format!("  severity: high\n  on: event\n{}", rule("params.window"));
        let (rule, problems) = load_with(&body, params);
        assert_eq!(problems, [""; 0]);
        let Construct::Correlate(correlate) = rule.unwrap().construct else { panic!() };
        correlate.within.unwrap().0 / 60_000_000
    };
    assert_eq!(within(&[]), 5);
    assert_eq!(within(&[("window", "1h")]), 60);
    for (written, expected) in [
        ("params.n", "KT3008 \"params.n\" the parameter `n` is not a duration"),
        ("params.windw", "KT3009 \"params.windw\" the rule has no parameter `windw`"),
        ("10", "KT1014 \"10\" `10` is not a duration"),
        ("soon", "KT1014 \"soon\" `soon` is not a duration"),
    ] {
        assert_eq!(problems(&rule(written)), [expected], "{written}");
    }
}

#[test]
fn a_raise_over_measures_reads_no_record() {
    let rule = |when: &str| {
        format!(
            "  when: event.ok == true\n  correlate: {{{COUNTS}}}\n  raise: [{{to: critical, when: '{when}'}}]\n"
        )
    };
    assert_eq!(problems(&rule("n > 3")), [""; 0]);
    assert_eq!(problems(&rule("event.ok == false")), [""; 0]);
    let shown = problems(&rule("n > 3 && event.ok == false"));
    assert!(
        shown[0].starts_with("KT3007 \"event.ok\" a `raise` that names a measure"),
        "{shown:?}"
    );
}

/// Whether fewer matches can only make a condition false.
#[test]
fn monotone_conditions_are_recognised() {
    let measures = "n: {count: event.ok == true}, m: {distinct: event.ip}, s: {sum: 'if event.ok == true { 2 } else { 1 }'}, lo: {min: event.time}, hi: {max: event.time}";
    for (having, grows) in [
        ("n >= 3", true),
        ("n > 3 || m > 2", true),
        ("3 <= n && m > n", false),
        ("n == 3", false),
        ("n < 3", false),
        ("!(n < 3)", true),
        ("!(n >= 3)", false),
        ("s > 3", false),
        ("n + m > 3", false),
        ("m < n", false),
        ("hi > now", true),
        ("lo < now", true),
        ("lo > now", false),
        ("!(lo > now)", false),
        ("hi > lo", true),
        ("n in 3..9", false),
        ("if n > 3 { true } else { false }", false),
        ("true", true),
    ] {
        let body = format!(
            "  severity: high\n  on: event\n  when: event.ok == true\n  correlate:\n    \
             measures: {{{measures}}}\n    having: '{having}'\n"
        );
        let (rule, problems) = load_with(&body, &[]);
        let Some(rule) = rule else { panic!("{having}: {problems:?}") };
        let Construct::Correlate(correlate) = &rule.construct else { panic!() };
        assert_eq!(correlate.grows, grows, "{having}");
    }
}

fn with_param(param: &str) -> String {
    format!("{PLAIN}  params:\n    p: {param}\n")
}

#[test]
fn parameters_have_their_effective_value() {
    let cases = [
        ("{type: int, default: 3}", None, "Int(3)"),
        ("{type: int, default: 3}", Some("4"), "Int(4)"),
        ("{type: str, default: 1}", None, "Str(\"1\")"),
        ("{type: bool, default: true}", Some("false"), "Bool(false)"),
        ("{type: duration, default: 1d}", None, "Duration(Duration(86400000000))"),
        ("{type: time, default: 1970-01-01T00:00:01Z}", None, "Time(Time(1000000))"),
    ];
    for (param, given, expected) in cases {
        let given: Vec<(&str, &str)> = given.iter().map(|value| ("p", *value)).collect();
        let (rule, problems) = load_with(&with_param(param), &given);
        assert_eq!(problems, [""; 0], "{param}");
        let Some(Param::Value(value)) = rule.unwrap().params.remove("p") else { panic!("{param}") };
        let value: Value<'static> = value;
        assert_eq!(format!("{value:?}"), expected, "{param}");
    }
    let lists = [
        ("{type: list, default: lists.risky}", None, "aws:iam.CreateUser"),
        ("{type: list, default: lists.risky}", Some("[aws:s3.GetObject]"), "aws:s3.GetObject"),
        ("{type: list, of: event.method, default: [api]}", None, "api"),
    ];
    for (param, given, expected) in lists {
        let given: Vec<(&str, &str)> = given.iter().map(|value| ("p", *value)).collect();
        let (rule, problems) = load_with(&with_param(param), &given);
        assert_eq!(problems, [""; 0], "{param}");
        let Some(Param::List(list)) = rule.unwrap().params.remove("p") else { panic!("{param}") };
        assert_eq!(list.values()[0].text, expected);
        assert!(list.of.is_some(), "{param}");
    }
}

#[test]
fn parameters_of_the_wrong_type_are_rejected() {
    let cases = [
        ("{type: int, default: x}", None, "KT3008 \"x\""),
        ("{type: int, default: 1}", Some("x"), "KT3008 \"x\""),
        ("{type: duration, default: 10}", None, "KT3008 \"10\""),
        ("{type: list, default: 10}", None, "KT3008 \"10\""),
        ("{type: list, default: [[x]]}", None, "KT3008 \"[[x]]\""),
        ("{type: list, default: lists.riski}", None, "KT3010 \"lists.riski\""),
        ("{type: list, of: event.method, default: [apy]}", None, "KT3005 \"apy\""),
        (
            "{type: list, default: lists.risky}",
            Some("[iam.CreateUser]"),
            "KT3005 \"iam.CreateUser\"",
        ),
        ("{type: list, of: event.methd, default: []}", None, "KT3004 \"event.methd\""),
        ("{type: int, of: event.method, default: 1}", None, "KT3008 \"event.method\""),
        ("{type: integer, default: 1}", None, "KT1013 \"integer\""),
    ];
    for (param, given, expected) in cases {
        let given: Vec<(&str, &str)> = given.iter().map(|value| ("p", *value)).collect();
        let (rule, problems) = load_with(&with_param(param), &given);
        assert!(rule.is_none(), "{param}");
        assert_eq!(problems.len(), 1, "{param}: {problems:?}");
        assert!(problems[0].starts_with(expected), "{param}: {problems:?}");
    }
    let (_, problems) = load_with(&with_param("{type: int, default: 1}"), &[("q", "1")]);
    assert_eq!(problems, ["KT3009 \"\" the rule has no parameter `q`"]);
}

#[test]
fn names_that_expressions_cannot_use_are_rejected() {
    for (name, code) in
        [("call", "KT3014"), ("default", "KT3014"), ("A", "KT1014"), ("a-b", "KT1014")]
    {
        let body = format!("{PLAIN}  params:\n    {name}: {{type: int, default: 1}}\n");
        let (rule, problems) = load_with(&body, &[]);
        assert!(rule.is_none(), "{name}");
        assert!(problems[0].starts_with(code), "{name}: {problems:?}");
    }
}

#[test]
fn a_rule_over_an_empty_list_is_not_configured() {
    let when = |when: &str| format!("  severity: high\n  on: event\n  when: {when}\n");
    let (rule, _) = load_with(&when("event.operation in lists.nothing"), &[]);
    assert_eq!(rule.unwrap().not_configured.as_deref(), Some("the list `nothing` is empty"));
    let (rule, _) = load_with(&when("event.operation in lists.risky"), &[]);
    assert_eq!(rule.unwrap().not_configured, None);
    let body = format!(
        "{}  params:\n    p: {{type: list, default: lists.risky}}\n",
        when("event.operation in params.p")
    );
    assert_eq!(load_with(&body, &[]).0.unwrap().not_configured, None);
    assert_eq!(
        load_with(&body, &[("p", "[]")]).0.unwrap().not_configured.as_deref(),
        Some("its parameter `p` is an empty list")
    );
}
