//! The index does not change the result: every rule that it skips would be false without an error.
//!
//! `KEYTRAIL_CASES` sets the number of rule sets.

use keytrail::config::{LoadOptions, Policy};
use keytrail::expr::{Expected, Expr, compile};
use keytrail::plan::{Candidates, Plan};
use keytrail::rule::Rule;
use keytrail::source::{Fragment, Sources};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::RecordKind;
use serde_json::{Value as Node, json};

use crate::expr::random::Random;
use crate::expr::world::{Rows, World};
use crate::run::Folder;

const RULE_SETS: usize = 60;
const RULES: usize = 40;
const ROWS: usize = 40;

/// Values of conditions and records: pairs that only Unicode case folding makes equal, texts that
/// share a prefix or suffix with another, and texts that are almost an address.
pub(crate) const TEXTS: [&str; 22] = [
    "CreateUser",
    "DeleteUser",
    "kali",
    "KALI",
    "\u{212a}ali",
    "Kali Linux",
    "s3",
    "\u{17f}3",
    "stra\u{df}e",
    "STRASSE",
    "\u{130}",
    "i\u{307}",
    "i",
    "\u{e9}",
    "\u{c9}",
    "",
    "a",
    "aa",
    "a*b",
    "aab",
    "ab",
    "a?b",
];
pub(crate) const ADDRESSES: [&str; 14] = [
    "10.1.2.3",
    "10.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "010.1.2.3",
    "::ffff:10.1.2.3",
    "203.0.113.9",
    "203.0.114.0",
    "2001:db8::1",
    "2001:DB8::1",
    "2001:db9::",
    "fd00::1",
    "AWS Internal",
    "10.1.2.3/32",
];
const RANGES: [&str; 7] = [
    "10.0.0.0/8",
    "10.1.2.3",
    "203.0.113.0/24",
    "2001:db8::/32",
    "::ffff:10.0.0.0/104",
    "0.0.0.0/0",
    "::/0",
];
const TEXT_FIELDS: [&str; 5] = ["api", "user", "code", "agent", "ip"];
const REGEXES: [&str; 16] = [
    "kali",
    "(?i)kali",
    "(?i)s3",
    "(?i)stra\u{df}e",
    "^a",
    "a$",
    "^$",
    "",
    "(Create|Delete)User",
    "(kali|[0-9])",
    "(ab)?",
    "(?m)^ab",
    "a.b",
    "[ak]ali",
    "(?i)\u{e9}",
    "a{0,2}b",
];

/// A condition of an indexable shape, or almost.
fn test(random: &mut Random) -> String {
    let field = format!("event.{}", random.pick(&TEXT_FIELDS));
    let text = quoted(random.pick(&TEXTS));
    let some = |random: &mut Random, from: &[&str]| {
        let count = random.roll(12);
        let all: Vec<String> = (0..count).map(|_| quoted(random.pick(from))).collect();
        format!("[{}]", all.join(", "))
    };
    match random.roll(30) {
        27 => format!("{field}.to_lower() == {text}"),
        28 => format!("{field}.to_lower().contains_any({})", some(random, &TEXTS)),
        29 => format!("{field}.to_upper().starts_with({text})"),
        0 => format!("{field} == {text}"),
        1 => format!("{text} == {field}"),
        2 => format!("{field} != {text}"),
        3 => format!("{field} in {}", some(random, &TEXTS)),
        4 => format!("{field} in [{text}, ()]"),
        5 => format!("{field} !in {}", some(random, &TEXTS)),
        6 => format!("event.api {} lists.apis", random.pick(&["in", "!in"])),
        7 => "event.operation in lists.operations".to_owned(),
        8 => format!("{text} in {field}"),
        9 => format!("{field} in {text}"),
        10 => format!("{field}.contains({text})"),
        11 => format!("{field}.contains_any({})", some(random, &TEXTS)),
        12 => format!("{field}.starts_with({text})"),
        13 => format!("{field}.starts_with_any({})", some(random, &TEXTS)),
        14 => format!("{field}.ends_with({text})"),
        15 => format!("{field}.eq_ignore_case({text})"),
        16 => format!("{field}.like({text})"),
        17 => {
            let (a, b) = (random.pick(&TEXTS), random.pick(&TEXTS));
            let wild = random.pick(&["*", "?", "**", "*?"]);
            format!("{field}.like_any([{}, {}])", quoted(&format!("{a}{wild}{b}")), quoted(a))
        }
        18 => format!("{field}.matches({})", quoted(random.pick(&REGEXES))),
        19 => format!("event.ip.in_cidr({})", some(random, &RANGES)),
        20 => format!("event.ip.in_cidr({})", random.pick(&["lists.offices", "\"10.0.0.0/8\""])),
        21 => "event.ip.is_private()".to_owned(),
        22 => format!("event.ok {} {}", random.pick(&["==", "!="]), random.pick(&["true", "()"])),
        23 => format!("(event.mfa ?? {})", random.pick(&["true", "false"])),
        24 => format!("event.user_type in [\"root\", \"{}\"]", random.pick(&["user", "role"])),
        25 => format!("{field} == event.{}", random.pick(&TEXT_FIELDS)),
        _ => format!("{field}.{}() == {text}", random.pick(&["to_lower", "to_upper", "trim"])),
    }
}

/// A condition of indexable and arbitrary clauses, in two orders.
pub(crate) fn condition(random: &mut Random, depth: usize) -> [String; 2] {
    match random.roll(if depth == 0 { 6 } else { 12 }) {
        0..=4 => {
            let one = test(random);
            [one.clone(), one]
        }
        5 => {
            let one = random.condition(2);
            [one.clone(), one]
        }
        6 => condition(random, depth - 1).map(|part| format!("!({part})")),
        roll => {
            let operator = if roll % 2 == 0 { " || " } else { " && " };
            let count = 2 + random.roll(3);
            let parts: Vec<_> = (0..count).map(|_| condition(random, depth - 1)).collect();
            let join = |order: &[usize], which: usize| {
                let parts = order.iter().map(|&part| format!("({})", parts[part][which]));
                parts.collect::<Vec<_>>().join(operator)
            };
            let mut order: Vec<usize> = (0..count).collect();
            let written = join(&order, 0);
            for at in (1..count).rev() {
                order.swap(at, random.roll(at + 1));
            }
            [written, join(&order, 1)]
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// An event whose texts match and almost match the conditions.
fn row(random: &mut Random) -> Node {
    let mut rows = random.rows();
    for field in TEXT_FIELDS {
        let from: &[&str] = if field == "ip" { &ADDRESSES } else { &TEXTS };
        let text = random.pick(from);
        rows["event"][field] = match random.roll(8) {
            0 => Node::Null,
            1 => json!(text.to_lowercase()),
            2 => json!(text.to_uppercase()),
            3 => json!(text.to_ascii_uppercase()),
            4 => json!(format!("{text}{}", random.pick(&TEXTS))),
            5 => json!(format!("{}{text}", random.pick(&TEXTS))),
            _ => json!(text),
        };
    }
    rows["event"]["operation"] = match random.roll(4) {
        0 => Node::Null,
        1 => json!("aws:IAM.createuser"),
        2 => json!("aws:sts.GetCallerIdentit"),
        _ => json!("aws:sts.getcalleridentity"),
    };
    rows
}

pub(crate) fn compiled(world: &World, text: &str) -> Expr {
    let file = Sources::default().add("condition", text);
    let declarations = world.declarations(RecordKind::Event);
    let source = Fragment::whole(file, text);
    match compile(&source, Expected::Condition, &declarations, world) {
        Ok((expr, _)) => expr,
        Err(errors) => panic!("{text}: {}", errors[0].message),
    }
}

/// A policy of one rule, the template for others.
pub(crate) fn policy() -> Policy {
    let rule = "rule:\n  id: r\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  description: d\n  remediation: r\n  when: \"true\"\n";
    let folder = Folder::new("index").file("rules/r.yaml", rule);
    Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: vec![folder.path("rules").display().to_string()],
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"))
}

#[test]
fn the_index_omits_only_false_conditions() {
    let (world, policy) = (World::new(), policy());
    let sets = std::env::var("KEYTRAIL_CASES").map_or(RULE_SETS, |sets| sets.parse().unwrap());
    let mut failures = Vec::new();
    let (mut tried, mut left_out, mut matches, mut errors) = (0, 0, 0, 0);
    for set in 0..sets {
        let mut random = Random::new(set as u64);
        let texts: Vec<[String; 2]> = (0..RULES).map(|_| condition(&mut random, 3)).collect();
        let of = |text: &String| {
            let mut rule = policy.rules[0].clone();
            rule.steps[0].when = compiled(&world, text);
            rule
        };
        let rules: Vec<Rule> = texts.iter().map(|[written, _]| of(written)).collect();
        let shuffled: Vec<Rule> = texts.iter().map(|[_, shuffled]| of(shuffled)).collect();
        let plans = [
            Plan::new(&rules, &policy.allowlist, &policy),
            Plan::new(&shuffled, &policy.allowlist, &policy),
            Plan::exhaustive(&rules, &policy.allowlist, &policy),
        ];
        let mut candidates = Candidates::default();
        for _ in 0..ROWS {
            let json = row(&mut random);
            let rows = Rows::new(json.clone());
            let bindings = rows.bindings(RecordKind::Event);
            let mut decide = |plan: &Plan<'_>| {
                plan.candidates(bindings.event.unwrap(), &mut candidates);
                let numbers: Vec<u32> = candidates.conditions().collect();
                assert!(numbers.is_sorted_by(|a, b| a < b));
                let mut results = vec![None; RULES];
                for number in numbers {
                    let when = plan.conditions[number as usize].when;
                    results[number as usize] = Some(when.test(&bindings).map_err(|_| ()));
                }
                results
            };
            let [indexed, shuffled, all] = [0, 1, 2].map(|plan| decide(&plans[plan]));
            for (number, expected) in all.iter().enumerate() {
                let expected = expected.expect("an exhaustive plan tries every rule");
                matches += usize::from(expected == Ok(true));
                errors += usize::from(expected.is_err());
                for (which, found) in [indexed[number], shuffled[number]].into_iter().enumerate() {
                    tried += usize::from(found.is_some());
                    left_out += usize::from(found.is_none());
                    if found.unwrap_or(Ok(false)) != expected {
                        let text = &texts[number][which];
                        let event = &json["event"];
                        failures.push(format!("{text}\n  {found:?}, not {expected:?}: {event}"));
                    }
                }
            }
        }
        if failures.len() > 20 {
            break;
        }
    }
    failures.sort_by_key(String::len);
    failures.truncate(5);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{tried} tried, {left_out} left out, {matches} matches, {errors} errors");
    assert!(
        left_out * 4 > tried,
        "{left_out} left out and {tried} tried: the index skips too few rules"
    );
    assert!(matches * 20 > tried, "{matches} matches in {tried}: too few records match");
    assert!(errors > 0, "no condition failed: the errors of && and || are not covered");
}

const ORDERED: &str = r#"
rule:
  id: ordered
  title: Under test
  category: abuse
  severity: low
  on: event
  sequence:
    steps:
      - { id: made, when: event.api == "CreateUser" }
      - { id: quiet, when: event.api == "DeleteUser", absent: true }
      - { id: used, when: event.api == "CreateAccessKey" }
"#;

const NEW: &str = r#"
rule:
  id: new
  title: Under test
  category: abuse
  severity: low
  on: event
  when: event.api == "CreateUser"
  first_seen: { of: [event.ip], history: 30d, among: event.service == "iam" }
"#;

/// A correlated rule is indexed by each of its steps and by the records that it compares with.
#[test]
fn a_correlation_rule_is_evaluated_only_on_its_steps() {
    let folder =
        crate::run::Folder::new("index-steps").file("ordered.yaml", ORDERED).file("new.yaml", NEW);
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: vec![folder.path("").display().to_string()],
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let plan = Plan::new(&policy.rules, &policy.allowlist, &policy);
    // `new` comes before `ordered`: its match, the records that it compares with, then three steps.
    for (api, service, expected) in [
        ("CreateUser", "s3", &[0, 2][..]),
        ("CreateUser", "iam", &[0, 1, 2]),
        ("DeleteUser", "s3", &[3]),
        ("CreateAccessKey", "s3", &[4]),
        ("GetUser", "s3", &[]),
        ("GetUser", "iam", &[1]),
    ] {
        let json =
            serde_json::json!({ "event": { "provider": "aws", "api": api, "service": service } });
        let rows = Rows::new(json);
        let bindings = rows.bindings(RecordKind::Event);
        let mut candidates = Candidates::default();
        plan.candidates(bindings.event.unwrap(), &mut candidates);
        let tried: Vec<u32> = candidates.conditions().collect();
        assert_eq!(tried, expected, "{api} of {service}");
    }
}
