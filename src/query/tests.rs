//! Queries, bounds and groups.
#![allow(clippy::unwrap_used)]

use super::{Bound, Groups, Limits, QuerySource, Tally};
use crate::diag::{Diagnostic, render};
use crate::expr::{Bindings, Env, Function, between_commas};
use crate::record::Record;
use crate::record::field::event;
use crate::source::{Fragment, Sources, Span};
use crate::value::Period;
use crate::value::{RecordKind, Time, Value, Zone};

struct TestEnv(Zone);

impl Env for TestEnv {
    fn functions(&self) -> &'static [&'static dyn Function] {
        crate::stdlib::FUNCTIONS
    }
    fn zone(&self) -> &Zone {
        &self.0
    }
}

/// The kind and columns of a query, or its diagnostics.
fn compiled(on: Option<RecordKind>, expr: &str, count_by: &str) -> String {
    let mut sources = Sources::default();
    let expr = Fragment::whole(sources.add("<query>", expr), expr);
    let file = sources.add("<count-by>", count_by);
    let part = |range: std::ops::Range<usize>| {
        let span = Span::new(file, range.start, range.end);
        Fragment::copied(count_by[range.clone()].to_owned(), span, range.start as u32)
    };
    let count_by = match count_by {
        "" => Vec::new(),
        text => between_commas(text).into_iter().map(part).collect(),
    };
    let problems = |problems: &[Diagnostic]| -> String {
        problems.iter().map(|diagnostic| render(diagnostic, &sources, false)).collect()
    };
    match (QuerySource { on, expr, count_by }).compile(&TestEnv(Zone::utc())) {
        Ok((query, warnings)) => {
            let names: Vec<&str> =
                query.columns.iter().map(|column| column.name.as_str()).collect();
            let joined: Vec<String> =
                query.joined().iter().map(|field| field.field().path()).collect();
            let (on, by, joined) = (query.on.name(), names.join(" | "), joined.join(" "));
            format!("{on}: {by}: {joined}{}", problems(&warnings))
        }
        Err(errors) => problems(&errors),
    }
}

#[test]
fn the_kind_follows_from_the_fields_or_is_stated() {
    let (cred, key) = (Some(RecordKind::Cred), Some(RecordKind::Key));
    for (on, expr, count_by, expected) in [
        (None, "event.ak == \"x\"", "", "event: : "),
        (None, "cred.mfa == false", "cred.user", "cred: cred.user: "),
        (key, "cred.mfa == false", "key.id", "key: key.id: "),
        (None, "key.age_days > 90 && cred.mfa == false", "", "key: : "),
        (None, "true", "event.ip, event.name", "event: event.ip | event.name: "),
        (cred, "true", "", "cred: : "),
        (None, "event.cred.mfa == false", "event.key.id", "event: event.key.id: cred.mfa key.id"),
        (None, "event.ok == true", "[event.ip,  event.ak]", "event: [event.ip, event.ak]: "),
    ] {
        assert_eq!(compiled(on, expr, count_by), expected, "{expr}");
    }
}

#[test]
fn an_invalid_query_is_a_located_error() {
    insta::assert_snapshot!(compiled(None, "true", ""), @r"
    error[KT9001]: the query does not read a field, so it is unclear whether it reads events, creds or keys
     --> <query>:1:1
      |
    1 | true
      | ^^^^
      |
      = help: add `--on event`, `--on cred` or `--on key`; in the project file `on: event`
    ");
    insta::assert_snapshot!(compiled(None, "event.ok == true && cred.mfa == false", ""), @r"
    error[KT9002]: the query reads events, and creds of credential reports
     --> <query>:1:21
      |
    1 | event.ok == true && cred.mfa == false
      | ----- an event      ^^^^ a cred
      |
      = help: over events, the cred of the caller is `event.cred`; or run two queries
    ");
    insta::assert_snapshot!(compiled(None, "event.ipp == \"1\"", "event.name, event.namee"), @r#"
    error[KT2004]: `event` has no field `ipp`
     --> <query>:1:7
      |
    1 | event.ipp == "1"
      |       ^^^
      |
      = help: did you mean `ip`?
    error[KT2004]: `event` has no field `namee`
     --> <count-by>:1:19
      |
    1 | event.name, event.namee
      |                   ^^^^^
      |
      = help: did you mean `name`?
    "#);
    insta::assert_snapshot!(compiled(None, "event.ak", ""), @r"
    error[KT2009]: expected a condition, but `event.ak` is str
     --> <query>:1:1
      |
    1 | event.ak
      | ^^^^^^^^
      |
      = help: compare it, or write `has(event.ak)`
    ");
    insta::assert_snapshot!(compiled(None, "event.ak ==", ""), @r"
    error[KT2001]: the expression ends where a value was expected
     --> <query>:1:12
      |
    1 | event.ak ==
      |            ^
    ");
    insta::assert_snapshot!(compiled(None, "cred.mfa == true", "cred.keys, cred"), @"
    error[KT9003]: records cannot be counted by a list of keys
     --> <count-by>:1:1
      |
    1 | cred.keys, cred
      | ^^^^^^^^^
      |
      = help: name a field of each, as in `.map(|k| k.id)`, or their number, `.len()`
    error[KT9003]: records cannot be counted by a complete cred
     --> <count-by>:1:12
      |
    1 | cred.keys, cred
      |            ^^^^
      |
      = help: name one of its fields
    ");
    insta::assert_snapshot!(compiled(None, "cred.mfa == true", "cred.user,"), @r"
    error[KT2001]: the expression is empty
     --> <count-by>:1:11
      |
    1 | cred.user,
      |           ^
    ");
}

#[test]
fn a_masked_key_matches_the_keys_that_look_like_it() {
    let compile = |expr: &str| {
        let mut sources = Sources::default();
        let expr = Fragment::whole(sources.add("<query>", expr), expr);
        let source = QuerySource { on: None, expr, count_by: Vec::new() };
        source.compile(&TestEnv(Zone::utc())).map(|(query, _)| query)
    };
    let matches = |expr: &str, ak: Option<&str>| {
        let query = compile(expr).unwrap();
        let mut record = Record::new(RecordKind::Event);
        record.set(event::AK, Value::maybe_str(ak));
        record.set(event::ACTOR, Value::maybe_str(ak));
        query.condition.test(&Bindings::of(&record, Time(0))).unwrap()
    };
    let (ours, other) = (Some("AKIAEXAMPLEKEY000001"), Some("AKIAEXAMPLEKEY000002"));
    for (expr, of_ours, of_other, of_none) in [
        ("event.ak == \"AKIAEX…0001\"", true, false, false),
        ("\"AKIA...0001\" == event.actor", true, false, false),
        ("event.ak == \"AKIA****0001\"", true, false, false),
        ("event.ak != \"AKIAEX…0001\"", false, true, true),
        ("event.ak in [\"AKIAEX…0001\", \"AKIAEXAMPLEKEY000002\"]", true, true, false),
        ("!(event.ak in [\"AKIAEX…0001\"])", false, true, true),
        ("event.ak == \"AKIAEXAMPLEKEY…EXAMPLEKEY000001\"", false, false, false),
    ] {
        let found = [ours, other, None].map(|ak| matches(expr, ak));
        assert_eq!(found, [of_ours, of_other, of_none], "{expr}");
        assert_eq!(compile(expr).unwrap().masked.len(), 1, "{expr}");
    }
    for expr in [
        "event.ak == \"AKIAEXAMPLEKEY000001\"",
        "event.agent == \"tool…\"",
        "event.ak.starts_with(\"AKIA\")",
    ] {
        assert_eq!(compile(expr).unwrap().masked, [], "{expr}");
    }
    for expr in ["event.ak == \"…\"", "event.ak in [\"AK…\"]", "event.ak == \"A b…0001\""] {
        let message = compiled(None, expr, "");
        assert!(
            message.contains("KT9005") && message.contains("shows too little"),
            "{expr}: {message}"
        );
    }
}

#[test]
fn a_bound_is_an_instant_a_day_or_a_length_of_time() {
    let clock = Time::parse("2026-03-10T12:00:00Z").unwrap();
    let zone = Zone::parse("+08:00").unwrap();
    for (text, expected) in [
        ("2026-03-01T00:00:00Z", Some("2026-03-01T00:00:00Z")),
        ("2026-03-01", Some("2026-02-28T16:00:00Z")),
        ("2026-03-01 09:30", Some("2026-03-01T01:30:00Z")),
        ("15m", Some("2026-03-10T11:45:00Z")),
        ("1d12h", Some("2026-03-09T00:00:00Z")),
        ("90d", Some("2025-12-10T12:00:00Z")),
        ("0s", Some("2026-03-10T12:00:00Z")),
        ("15", None),
        ("-15m", None),
        ("yesterday", None),
        ("", None),
        ("2026-02-30", None),
    ] {
        let bound = Bound::parse(text).ok().map(|bound| bound.instant(clock, &zone).to_string());
        assert_eq!(bound.as_deref(), expected, "{text:?}");
    }
    let far = Bound::Back(i64::MAX).instant(clock, &zone);
    assert!(far < clock);
}

#[test]
fn a_period_includes_its_first_instant_and_excludes_its_last() {
    let (one, two) = (Some(Time(1)), Some(Time(2)));
    for (since, until, inside, empty) in [
        (None, None, [true, true, true], false),
        (one, None, [false, true, true], false),
        (None, one, [true, false, false], false),
        (one, two, [false, true, false], false),
        (one, one, [false, false, false], true),
        (two, one, [false, false, false], true),
    ] {
        let period = Period { since, until };
        assert_eq!([0, 1, 2].map(|time| period.contains(Time(time))), inside, "{period:?}");
        assert_eq!(period.is_empty(), empty, "{period:?}");
        assert_eq!(period.is_bounded(), since.is_some() || until.is_some());
    }
}

/// Counts records of these groups, by the first letter of their name.
fn counted(limits: Limits, names: &[&str]) -> String {
    let mut groups = Groups::new(limits);
    for (time, name) in (0..).zip(names) {
        let mut record = Tally::default();
        record.add(Some(Time(time)), [Some(true), Some(false), None][time as usize % 3]);
        let key = u128::from(name.as_bytes()[0]);
        groups.count(key, &record, || vec![Value::Str((*name).to_owned().into())]);
    }
    let ranked = groups.ranked();
    let tally = |tally: &Tally| {
        let times = [tally.first, tally.last].map(|time| time.map_or(-1, |time| time.0));
        format!("{}={}+{} {times:?}", tally.count, tally.ok, tally.failed)
    };
    let shown = ranked
        .groups
        .iter()
        .map(|group| format!("{}: {}", group.values[0].as_str().unwrap(), tally(&group.tally)));
    let shown: Vec<String> = shown.chain([format!("others: {}", tally(&ranked.others))]).collect();
    shown.join("; ")
}

#[test]
fn groups_are_sorted_by_count_and_then_by_value() {
    assert_eq!(
        counted(Limits::default(), &["b", "a", "c", "c", "d", "c"]),
        "c: 3=1+0 [2, 5]; a: 1=0+1 [1, 1]; b: 1=1+0 [0, 0]; d: 1=0+1 [4, 4]; \
         others: 0=0+0 [-1, -1]"
    );
}

#[test]
fn groups_beyond_a_limit_are_counted_together() {
    let two = Limits { groups: 2, ..Limits::default() };
    let expected = "a: 3=1+0 [0, 5]; b: 1=0+1 [1, 1]; others: 2=1+1 [3, 4]";
    assert_eq!(counted(two, &["a", "b", "a", "c", "d", "a"]), expected);
    let short = Limits { bytes: 10, ..Limits::default() };
    assert_eq!(
        counted(short, &["a12345", "b12345", "c", "b"]),
        "b12345: 2=1+1 [1, 3]; a12345: 1=1+0 [0, 0]; others: 1=0+0 [2, 2]"
    );
}
