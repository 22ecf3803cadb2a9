//! Known answers, and the answers for generated conditions compared with an enumeration of records.

#![allow(clippy::unwrap_used)]
#![allow(clippy::print_stdout, reason = "a long run states the share of undecided answers")]

use proptest::prelude::*;

use super::{Answer, Condition, always_true, implies, never_true};
use crate::expr::{Bindings, Declarations, Env, Expected, Expr, Function, compile, on_large_stack};
use crate::record::Record;
use crate::record::field::event;
use crate::source::{FileId, Fragment};
use crate::table::{List, ListValue};
use crate::value::{Duration, Json, RecordKind, Time, Value, Zone};

use std::sync::{Arc, LazyLock};

struct Lists {
    zone: Zone,
    risky: Arc<List>,
}

impl Env for Lists {
    fn functions(&self) -> &'static [&'static dyn Function] {
        crate::stdlib::FUNCTIONS
    }

    fn list(&self, id: &str) -> Option<&Arc<List>> {
        (id == "risky").then_some(&self.risky)
    }

    fn zone(&self) -> &Zone {
        &self.zone
    }
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let value = |text: &str| ListValue { text: text.to_owned(), span: None };
    let values = vec![value("aws:iam.Create*"), value("aws:s3.Get")];
    let risky = List::new("risky".into(), Some("event.operation".into()), String::new(), values);
    Lists { zone: Zone::utc(), risky: Arc::new(risky) }
});

/// The condition of a text.
pub(crate) fn condition(text: &str) -> Expr {
    let fragment = Fragment::whole(FileId(0), text);
    let on = Declarations { on: Some(RecordKind::Event), ..Declarations::default() };
    let compiled = compile(&fragment, Expected::Condition, &on, &*LISTS);
    compiled.unwrap_or_else(|errors| panic!("{text}: {errors:#?}")).0
}

fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No(_) => "no",
        Answer::Undecided => "undecided",
    }
}

/// The answers to "never true", "always true" and, after `=>`, "implies".
fn answers(text: &str) -> String {
    let on = RecordKind::Event;
    match text.split_once(" => ") {
        Some((a, b)) => {
            let (a, b) = (condition(a), condition(b));
            word(&implies(&Condition::new(&a, on), &Condition::new(&b, on))).to_owned()
        }
        None => {
            let a = condition(text);
            let a = Condition::new(&a, on);
            format!("{} {}", word(&never_true(&a)), word(&always_true(&a)))
        }
    }
}

#[test]
fn known_answers() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        // Never true, and always true.
        (r#"event.api == "A" && event.api == "B""#, "yes no"),
        (r#"event.api == "A" || event.api != "A""#, "no yes"),
        (r#"event.api == "A" || !(event.api == "A")"#, "no yes"),
        (r#"event.method == "api" && event.method == "console""#, "yes no"),
        (r#"event.method in ["api", "console", "miniprogram", "service", "unknown"]"#, "no yes"),
        (r#"event.method != "api" || event.method != "console""#, "no yes"),
        (r#"event.ok == true && event.ok == false"#, "yes no"),
        (r#"event.ok == true || event.ok == false"#, "no no"),
        (r#"event.ok == true || event.ok == false || !has(event.ok)"#, "no yes"),
        (r#"event.api.starts_with("Get") && event.api.starts_with("List")"#, "yes no"),
        (r#"event.api.starts_with("Get") && event.api.contains("etL")"#, "no no"),
        (r#"event.api.like("*A") && !event.api.ends_with("A")"#, "yes no"),
        (r#"event.api.like("Get?") && event.api in ["Get", "GetAB"]"#, "yes no"),
        (r#"event.ip.in_cidr("10.0.0.0/8") && !event.ip.in_cidr("10.0.0.0/7")"#, "yes no"),
        (
            r#"event.ip.in_cidr("10.0.0.0/8") && !event.ip.in_cidr(["10.0.0.0/9", "10.128.0.0/9"])"#,
            "yes no",
        ),
        (r#"event.operation in lists.risky && event.operation.starts_with("tencent")"#, "yes no"),
        (r#"event.operation in lists.risky && event.operation.starts_with("AWS:")"#, "no no"),
        (r#"event.time.hour() > 22 && event.time.hour() < 5"#, "yes no"),
        (r#"event.time.hour() > 22 || event.time.hour() < 5"#, "no no"),
        (r#"event.key.age_days > 90 && event.key.age_days <= 90"#, "yes no"),
        (r#"event.params.x == "a" && event.params.x == "b""#, "yes no"),
        (r#"event.params.x == "a" && event.params.y == "b""#, "no no"),
        (r#"event.params.x == "a" && event.params.x != "a""#, "yes no"),
        (r#"if event.ok == true { event.api == "A" } else { event.api == "B" }"#, "no no"),
        (
            r#"(if event.ok == true { event.api == "A" } else { event.api == "B" }) && event.api == "C""#,
            "yes no",
        ),
        // Only a complete analysis answers: a regular expression is not analysed.
        (r#"event.api.matches("^A$") && event.api.matches("^B$")"#, "undecided no"),
        // Different expressions of the same field are independent.
        (r#"event.api.to_lower() == "a" && event.api.to_lower() == "b""#, "yes no"),
        (r#"event.api.to_lower() == "a" && event.api == "B""#, "undecided no"),
        // Implications.
        (r#"event.api == "A" => event.api in ["A", "B"]"#, "yes"),
        (r#"event.api in ["A", "B"] => event.api == "A""#, "no"),
        (r#"event.ip.in_cidr("10.1.0.0/16") => event.ip.in_cidr("10.0.0.0/8")"#, "yes"),
        (r#"event.ip.in_cidr("10.0.0.0/8") => event.ip.in_cidr("10.1.0.0/16")"#, "no"),
        (r#"event.api == "A" && event.ok == true => event.api == "A""#, "yes"),
        (r#"event.api == "A" => event.api == "A" && event.ok == true"#, "no"),
        (r#"event.operation == "AWS:IAM.createuser" => event.operation in lists.risky"#, "yes"),
        (
            r#"event.operation in lists.risky => event.operation.starts_with("aws:iam.Create")"#,
            "no",
        ),
        (r#"event.key.age_days > 90 => event.key.age_days > 30"#, "yes"),
        (r#"now - event.time > days(2) => now - event.time > days(1)"#, "yes"),
        (r#"now - event.time > days(1) => now - event.time > days(2)"#, "no"),
        // The sum fails for the largest number, so `b` need not be true although it never is false.
        (
            r#"event.ok == true => event.key.age_days + 1 > 0 || event.key.age_days + 1 <= 0 || !has(event.key.age_days)"#,
            "no",
        ),
        (r#"event.api == "A" => event.api == event.code"#, "no"),
        (r#"event.api == event.code => event.api == event.code || event.ok == true"#, "yes"),
        (
            r#"event.api.matches("^A") && event.operation in lists.risky => event.api.matches("^A") && event.operation in lists.risky"#,
            "yes",
        ),
        (
            r#"event.api.matches("^A") && event.code in ["x"] => event.api.matches("^A") && event.code in ["x", "y"]"#,
            "yes",
        ),
        (
            r#"event.api.matches("^A") && !(event.code in ["x", "y"]) => event.api.matches("^A") && !(event.code in ["x"])"#,
            "yes",
        ),
        (r#"event.agent.contains("Mozilla") => event.agent.contains("illa")"#, "yes"),
        (r#"event.agent.contains("illa") => event.agent.contains("Mozilla")"#, "no"),
    ] {
        let answers = answers(text);
        if answers != expected {
            wrong.push(format!("{text}: {answers} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_witness_shows_the_fields_that_are_tested() {
    let a = condition(r#"event.method == "api" && event.ip.in_cidr("10.0.0.0/8")"#);
    let b = condition(r#"event.ip.in_cidr("10.0.0.0/9")"#);
    let on = RecordKind::Event;
    let Answer::No(witness) = implies(&Condition::new(&a, on), &Condition::new(&b, on)) else {
        panic!("expected a witness");
    };
    let fields: Vec<String> = witness
        .fields()
        .map(|(field, value)| format!("{} {value:?}", field.field().path()))
        .collect();
    assert_eq!(fields, [r#"event.ip Str("10.255.255.255")"#, r#"event.method Str("api")"#]);
}

#[test]
fn conditions_about_different_records_are_not_compared() {
    let a = condition("event.ok == true");
    let answer =
        implies(&Condition::new(&a, RecordKind::Event), &Condition::new(&a, RecordKind::Cred));
    assert_eq!(word(&answer), "undecided");
}

/// Values that the generated conditions tell apart.
const APIS: &[Option<&str>] =
    &[None, Some(""), Some("Get"), Some("get"), Some("GetA"), Some("PutA"), Some("é")];
const OPERATIONS: &[Option<&str>] =
    &[None, Some("aws:iam.CreateUser"), Some("AWS:IAM.CREATE"), Some("aws:s3.get"), Some("x")];
const ADDRESSES: &[Option<&str>] =
    &[None, Some("-"), Some("10.0.0.1"), Some("10.200.0.1"), Some("11.0.0.0"), Some("::1")];
const METHODS: &[&str] = &["api", "console", "service"];
const OKS: &[Option<bool>] = &[None, Some(true), Some(false)];
const PARAMS: &[Option<&str>] = &[
    None,
    Some("{}"),
    Some(r#"{"x":"Get"}"#),
    Some(r#"{"x":"GetA"}"#),
    Some(r#"{"x":5}"#),
    Some(r#"{"x":["Get"]}"#),
];
const HOURS: &[Option<i64>] = &[None, Some(0), Some(6), Some(23)];

/// Tests of one value.
const TESTS: &[&str] = &[
    r#"event.api == "Get""#,
    r#"event.api != "Get""#,
    r#"event.api in ["Get", "PutA"]"#,
    r#"event.api in ["Get", "GetA", "PutA"]"#,
    r#"event.api.starts_with("Get")"#,
    r#"event.api.starts_with_any(["Get", "Put"])"#,
    r#"event.api.ends_with("A")"#,
    r#"event.api.contains("et")"#,
    r#"event.api.contains_any(["et", "é"])"#,
    r#"event.api.like("?et*")"#,
    r#"event.api.like("*")"#,
    r#"event.api.eq_ignore_case("GET")"#,
    r#"event.api.to_lower() == "get""#,
    r#"event.api.matches("^[A-Z]")"#,
    r#""ut" in event.api"#,
    r#"has(event.api)"#,
    r#"event.api.len() > 3"#,
    r#"event.api.len() > 4"#,
    r#"event.operation in lists.risky"#,
    r#"event.operation.starts_with("aws:")"#,
    r#"event.operation == "aws:iam.CreateUser""#,
    r#"event.operation == "aws:s3.get""#,
    r#"event.ip.in_cidr("10.0.0.0/8")"#,
    r#"event.ip.in_cidr(["10.0.0.0/9", "::/0"])"#,
    r#"event.ip.in_cidr("10.128.0.0/9")"#,
    r#"event.ip.is_private()"#,
    r#"event.ip == "10.0.0.1""#,
    r#"event.ip.starts_with("10.")"#,
    r#"event.method == "api""#,
    r#"event.method in ["api", "console"]"#,
    r#"event.method.contains("s")"#,
    r#"event.ok == true"#,
    r#"event.ok ?? false"#,
    r#"event.ok ?? true"#,
    r#"has(event.ok)"#,
    r#"event.params.x == "Get""#,
    r#"event.params.x in ["Get", "GetA"]"#,
    r#"event.params.x == 5"#,
    r#"event.params.x != "Get""#,
    r#"has(event.params.x)"#,
    r#"event.api == event.params.x"#,
    r#"event.time.hour() > 5"#,
    r#"event.time.hour() >= 6"#,
    r#"event.time.hour() in 6..22"#,
    r#"event.time.hour() + 9223372036854775800 > 0"#,
    "true",
    "false",
];

/// A condition over a few fields.
pub(crate) fn a_condition() -> impl Strategy<Value = String> {
    let test = proptest::sample::select(TESTS).prop_map(str::to_owned);
    test.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" && "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" || "))),
            inner.clone().prop_map(|one| format!("!({one})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(c, a, b)| format!("(if {c} {{ {a} }} else {{ {b} }})")),
        ]
    })
}

/// Every record of the values above.
static RECORDS: LazyLock<Vec<Record<'static>>> = LazyLock::new(|| {
    let mut records = Vec::new();
    for api in APIS {
        for (at, operation) in OPERATIONS.iter().enumerate() {
            for ip in ADDRESSES {
                for (more, params) in PARAMS.iter().enumerate() {
                    // The values of these vary together, which keeps the records few.
                    let method = METHODS[(at + more) % METHODS.len()];
                    for (ok, hour) in OKS.iter().zip([at + more, more, at]) {
                        let hour = HOURS[hour % HOURS.len()];
                        let time = hour.map(|hour| Value::Time(Time(hour * Duration::HOUR)));
                        let mut record = Record::new(RecordKind::Event);
                        record.set(event::API, Value::maybe_str(*api));
                        record.set(event::OPERATION, Value::maybe_str(*operation));
                        record.set(event::IP, Value::maybe_str(*ip));
                        record.set(event::METHOD, Value::str(method));
                        record.set(event::OK, ok.map_or(Value::Missing, Value::Bool));
                        record.set(event::TIME, time.unwrap_or_default());
                        let params = params.map(|text| Value::Json(Json::new(text)));
                        record.set(event::PARAMS, params.unwrap_or_default());
                        records.push(record);
                    }
                }
            }
        }
    }
    records
});

/// Calls `visit` for every record of the values above.
pub(crate) fn each_record(visit: &mut dyn FnMut(&Bindings<'_>)) {
    RECORDS.iter().for_each(|record| visit(&Bindings::of(record, Time(0))));
}

/// Counts answers.
#[derive(Default)]
struct Answers {
    all: std::cell::Cell<u32>,
    undecided: std::cell::Cell<u32>,
}

/// The environment variable `PROPTEST_CASES` sets the number of pairs, 256 by default; 100,000 take some
/// minutes. With `--nocapture` the share of undecided answers is shown.
#[test]
fn answers_agree_with_every_record() {
    // On this thread no expression needs a thread of its own to be compiled.
    on_large_stack(agree_with_every_record).unwrap();
}

fn agree_with_every_record() {
    let counts = Answers::default();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let pairs = (a_condition(), a_condition());
    let result = runner.run(&pairs, |(a_text, b_text)| {
        let (a, b) = (condition(&a_text), condition(&b_text));
        let on = RecordKind::Event;
        let (of_a, of_b) = (Condition::new(&a, on), Condition::new(&b, on));
        let (never, always) = (never_true(&of_a), always_true(&of_a));
        let implied = implies(&of_a, &of_b);
        for answer in [&never, &always, &implied] {
            counts.all.set(counts.all.get() + 1);
            counts.undecided.set(counts.undecided.get() + u32::from(word(answer) == "undecided"));
        }
        let holds = |expr: &Expr, bindings: &Bindings<'_>| expr.test(bindings) == Ok(true);
        if let Answer::No(witness) = &never {
            prop_assert!(holds(&a, &witness.bindings()), "never true: {a_text}");
        }
        if let Answer::No(witness) = &always {
            prop_assert!(!holds(&a, &witness.bindings()), "always true: {a_text}");
        }
        if let Answer::No(witness) = &implied {
            let bindings = witness.bindings();
            prop_assert!(holds(&a, &bindings) && !holds(&b, &bindings), "{a_text} => {b_text}");
        }
        let yes = |answer: &Answer| matches!(answer, Answer::Yes);
        let [never, always, implied] = [yes(&never), yes(&always), yes(&implied)];
        // Only these answers are about every record.
        let claims = never || always || implied;
        let refutes = |record: &&Record<'_>| {
            let bindings = Bindings::of(record, Time(0));
            let (a, b) = (holds(&a, &bindings), implied && holds(&b, &bindings));
            (never && a) || (always && !a) || (implied && a && !b)
        };
        let wrong = RECORDS.iter().filter(|_| claims).find(refutes);
        prop_assert!(wrong.is_none(), "{a_text} => {b_text}: {wrong:?}");
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
    let (all, undecided) = (counts.all.get(), counts.undecided.get());
    println!("{undecided} of {all} answers are undecided");
    assert!(undecided * 4 < all, "{undecided} of {all} answers are undecided");
}

/// Tests of one value with fewer and with more constants.
const WIDENED: &[(&str, &str)] = &[
    (r#"event.api in ["Get", "PutA"]"#, r#"event.api in ["Get", "GetA", "PutA"]"#),
    (r#"event.api.starts_with_any(["Put"])"#, r#"event.api.starts_with_any(["Get", "Put"])"#),
    (r#"event.api.contains_any(["é"])"#, r#"event.api.contains_any(["et", "é"])"#),
    (r#"event.api.like_any(["G*"])"#, r#"event.api.like_any(["*A", "G*"])"#),
    (r#"event.ip.in_cidr(["10.0.0.0/9"])"#, r#"event.ip.in_cidr(["10.0.0.0/9", "::/0"])"#),
    (r#"event.params.x in ["Get"]"#, r#"event.params.x in ["Get", "GetA"]"#),
    (r#"event.api.matches("^[A-Z]")"#, r#"event.api.matches("^[A-Z]")"#),
    (
        r#"event.time.hour() + 9223372036854775800 in [1, 2]"#,
        r#"event.time.hour() + 9223372036854775800 in [1, 2, 9223372036854775806]"#,
    ),
];

/// A condition, and the same with more or fewer constants.
fn a_widened_pair() -> impl Strategy<Value = (String, String)> {
    let swapped = |(a, b): (String, String)| (b, a);
    let test = (proptest::sample::select(WIDENED), any::<bool>()).prop_map(move |(pair, swap)| {
        let pair = (pair.0.to_owned(), pair.1.to_owned());
        if swap { swapped(pair) } else { pair }
    });
    test.prop_recursive(3, 8, 3, |inner| {
        let joined = |operator: &'static str| {
            move |all: Vec<(String, String)>| {
                let (a, b): (Vec<String>, Vec<String>) = all.into_iter().unzip();
                (format!("({})", a.join(operator)), format!("({})", b.join(operator)))
            }
        };
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(joined(" && ")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(joined(" || ")),
            inner.clone().prop_map(|(a, b)| (format!("!({a})"), format!("!({b})"))),
            (inner.clone(), inner).prop_map(|((a, b), (c, d))| (
                format!("(if event.ok == true {{ {a} }} else {{ {c} }})"),
                format!("(if event.ok == true {{ {b} }} else {{ {d} }})"),
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn conditions_that_differ_by_constants_are_compared_as_every_record_shows(
        (a_text, b_text) in a_widened_pair()
    ) {
        let (a, b) = (condition(&a_text), condition(&b_text));
        let on = RecordKind::Event;
        if let Answer::Yes = implies(&Condition::new(&a, on), &Condition::new(&b, on)) {
            let mut wrong = None;
            each_record(&mut |bindings| {
                if a.test(bindings) == Ok(true) && b.test(bindings) != Ok(true) {
                    wrong = bindings.event.map(|record| format!("{record:?}"));
                }
            });
            prop_assert!(wrong.is_none(), "{a_text} => {b_text}: {wrong:?}");
        }
    }
}
