//! Rule files, loaded.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

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

/// A rule with these lines in it, loaded with these parameters of the project file.
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
    let (rule, told) = load(&document, &sources, &overrides, &World::new());
    let show = |d: &Diagnostic| {
        let place = d.labels.first().map_or("", |label| sources.text(label.span));
        format!("{} {place:?} {}", d.code.id, d.message)
    };
    (rule, told.iter().filter(|d| d.code.id != "KT7002").map(show).collect())
}

const PLAIN: &str = "  severity: high\n  on: event\n  when: event.ok == true\n";

#[test]
fn what_is_left_out_has_its_default() {
    let (rule, told) = load_with(PLAIN, &[]);
    assert_eq!(told, [""; 0]);
    let rule = rule.unwrap();
    assert_eq!(rule.status, Status::Stable);
    assert_eq!(rule.on, RecordKind::Event);
    let by = |rule: &Rule| rule.by.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>();
    assert_eq!(by(&rule), ["event.account", "event.actor"]);
    assert_eq!((rule.raise.len(), rule.tests.len(), rule.builtin), (0, 0, false));
    for (on, when, expected) in [
        ("cred", "cred.mfa == false", vec!["cred.account", "cred.user"]),
        ("key", "key.age_days > 90", vec!["cred.account", "cred.user", "key.id ?? key.slot"]),
    ] {
        let (rule, told) =
            load_with(&format!("  severity: low\n  on: {on}\n  when: {when}\n"), &[]);
        assert_eq!(told, [""; 0]);
        assert_eq!(by(&rule.unwrap()), expected);
    }
    let (rule, _) = load_with(&format!("{PLAIN}  by: []\n"), &[]);
    assert!(rule.unwrap().by.is_empty());
}

#[test]
fn errors_are_collected_across_the_file() {
    let body = "  severity: hihg\n  on: event\n  when: event.okk == true\n  by: [event.acount]\n  \
                tgas: []\n  message: \"${event.usr}\"\n";
    let (rule, told) = load_with(body, &[]);
    assert!(rule.is_none());
    assert_eq!(told.iter().map(|d| &d[..6]).collect::<Vec<_>>().join(" ").matches("KT").count(), 5);
    for place in ["\"hihg\"", "\"tgas\"", "\"okk\"", "\"acount\"", "\"usr\""] {
        assert!(told.iter().any(|d| d.contains(place)), "{place}: {told:#?}");
    }
}

#[test]
fn a_raise_raises() {
    for (to, refused) in [("critical", false), ("high", true), ("low", true)] {
        let raise = format!("{PLAIN}  raise: [{{to: {to}, when: 'event.ok == false'}}]\n");
        let (rule, told) = load_with(&raise, &[]);
        assert_eq!((rule.is_none(), told.len() == 1), (refused, refused), "{to}: {told:?}");
    }
}

#[test]
fn what_later_versions_know_is_refused_by_name() {
    let body = "  severity: high\n  on: event\n  sequence: {within: 1h}\n  correlate: {}\n";
    let (rule, told) = load_with(body, &[]);
    assert!(rule.is_none());
    assert_eq!(
        told,
        [
            "KT3006 \"sequence\" `sequence` is not supported by this version of Keytrail",
            "KT3006 \"correlate\" `correlate` is not supported by this version of Keytrail",
        ]
    );
}

fn with_param(param: &str) -> String {
    format!("{PLAIN}  params:\n    p: {param}\n")
}

#[test]
fn parameters_have_the_value_in_force() {
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
        let (rule, told) = load_with(&with_param(param), &given);
        assert_eq!(told, [""; 0], "{param}");
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
        let (rule, told) = load_with(&with_param(param), &given);
        assert_eq!(told, [""; 0], "{param}");
        let Some(Param::List(list)) = rule.unwrap().params.remove("p") else { panic!("{param}") };
        assert_eq!(list.values()[0].text, expected);
        assert!(list.of.is_some(), "{param}");
    }
}

#[test]
fn parameters_of_the_wrong_type_are_refused() {
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
        let (rule, told) = load_with(&with_param(param), &given);
        assert!(rule.is_none(), "{param}");
        assert_eq!(told.len(), 1, "{param}: {told:?}");
        assert!(told[0].starts_with(expected), "{param}: {told:?}");
    }
    let (_, told) = load_with(&with_param("{type: int, default: 1}"), &[("q", "1")]);
    assert_eq!(told, ["KT3009 \"\" the rule has no parameter `q`"]);
}

#[test]
fn names_that_expressions_cannot_say_are_refused() {
    for (name, code) in
        [("call", "KT3014"), ("default", "KT3014"), ("A", "KT1014"), ("a-b", "KT1014")]
    {
        let body = format!("{PLAIN}  params:\n    {name}: {{type: int, default: 1}}\n");
        let (rule, told) = load_with(&body, &[]);
        assert!(rule.is_none(), "{name}");
        assert!(told[0].starts_with(code), "{name}: {told:?}");
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
