//! Laws over random entries and records.

use proptest::prelude::*;

use super::{CLOCK, covering, load, row};
use crate::expr::Bindings;
use crate::record::field::event;
use crate::value::{Cidr, RecordKind, parse_ip};

/// Values of records.
const USERS: &[&str] = &["ann", "bob", "ci-1", "ci-2"];
const KEYS: &[&str] = &["AKIDone000", "AKIDtwo000", "ASIAtmp000"];
const ADDRESSES: &[&str] = &["10.0.0.1", "203.0.113.7", "203.0.113.200", "2001:db8::1"];
const OPERATIONS: &[&str] = &["aws:iam.CreateUser", "aws:IAM.DeleteUser", "tencent:cam.AddUser"];

/// Values of entries; `holds` interprets those of each selector separately.
const SELECTS: &[(&str, &[&str])] = &[
    ("user", &["ann", "bob", "ci-*", "*"]),
    ("ak", &["AKIDone000", "AKIDtwo000", "long_term", "temporary"]),
    ("ip", &["203.0.113.7", "203.0.113.0/24", "203.0.113.0/25", "2001:db8::/32", "lan"]),
    ("api", &["aws:iam.*", "aws:iam.createuser", "*:cam.AddUser"]),
];

#[derive(Debug, Clone)]
struct Written {
    rules: Vec<&'static str>,
    selectors: Vec<(&'static str, Vec<&'static str>)>,
}

#[derive(Debug, Clone)]
struct Row {
    user: Option<&'static str>,
    ak: Option<&'static str>,
    ip: Option<&'static str>,
    operation: Option<&'static str>,
}

fn some_of(values: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::sample::subsequence(values, 1..=values.len())
}

fn written() -> impl Strategy<Value = Written> {
    let selectors: Vec<_> = SELECTS
        .iter()
        .map(|&(name, values)| {
            proptest::option::of(some_of(values)).prop_map(move |v| v.map(|v| (name, v)))
        })
        .collect();
    let rules = some_of(&["create-key", "create-resources-vm", "create-*"]);
    (rules, selectors).prop_map(|(rules, selectors)| Written {
        rules,
        selectors: selectors.into_iter().flatten().collect(),
    })
}

fn a_row() -> impl Strategy<Value = Row> {
    let one = |values: &'static [&'static str]| {
        proptest::option::weighted(0.8, proptest::sample::select(values))
    };
    (one(USERS), one(KEYS), one(ADDRESSES), one(OPERATIONS))
        .prop_map(|(user, ak, ip, operation)| Row { user, ak, ip, operation })
}

fn yaml(entries: &[Written]) -> String {
    let mut text = "entries:\n".to_owned();
    for (index, entry) in entries.iter().enumerate() {
        let quoted = |values: &[&str]| {
            values.iter().map(|v| format!("'{v}'")).collect::<Vec<_>>().join(", ")
        };
        let selectors: Vec<String> = entry
            .selectors
            .iter()
            .map(|(name, values)| format!("{name}: [{}]", quoted(values)))
            .collect();
        text += &format!(
            "  - {{ id: e-{index}, rules: [{}], match: {{ {} }}, reason: r, owner: o, expires: never, \
             broad: true }}\n",
            quoted(&entry.rules),
            selectors.join(", ")
        );
    }
    text
}

/// A reference implementation of coverage, written without regard to speed.
fn holds(entry: &Written, rule: &str, row: &Row) -> bool {
    entry.rules.iter().any(|name| *name == rule || *name == "create-*")
        && entry.selectors.iter().all(|(selector, values)| {
            values.iter().any(|&value| match *selector {
                "user" => row.user.is_some_and(|user| match value.strip_suffix('*') {
                    Some(prefix) => user.starts_with(prefix),
                    None => user == value,
                }),
                "ak" => row.ak.is_some_and(|ak| match value {
                    "long_term" => ak.starts_with("AKID"),
                    "temporary" => ak.starts_with("ASIA"),
                    key => ak == key,
                }),
                "ip" => row.ip.is_some_and(|ip| match value {
                    "lan" => ip.starts_with("10."),
                    range => Cidr::parse(range).unwrap().contains(parse_ip(ip).unwrap()),
                }),
                _ => row.operation.is_some_and(|operation| {
                    let (operation, value) = (operation.to_lowercase(), value.to_lowercase());
                    match (value.strip_suffix('*'), value.strip_prefix('*')) {
                        (Some(prefix), _) => operation.starts_with(prefix),
                        (_, Some(suffix)) => operation.ends_with(suffix),
                        _ => operation == value,
                    }
                }),
            })
        })
}

fn found(entries: &[Written], rule: usize, of: &Row) -> Vec<String> {
    let (list, problems, _) = load(&[("a.yaml", &yaml(entries))]);
    assert_eq!(problems, []);
    let mut fields = Vec::new();
    fields.extend(of.user.map(|user| (event::USER, user)));
    fields.extend(of.operation.map(|operation| (event::OPERATION, operation)));
    if let Some(ak) = of.ak {
        let kind = if ak.starts_with("ASIA") { "temporary" } else { "long_term" };
        fields.extend([(event::AK, ak), (event::AK_TYPE, kind)]);
    }
    if let Some(ip) = of.ip {
        let scope = if ip.starts_with("10.") { "private" } else { "public" };
        fields.extend([(event::IP, ip), (event::IP_SCOPE, scope)]);
    }
    let record = row(RecordKind::Event, &fields);
    let bindings = Bindings::of(&record, CLOCK);
    let found = covering(&list, rule, &bindings, CLOCK);
    // An entry covers a match exactly if the match meets every test.
    for entry in list.entries.iter().filter(|entry| entry.rules.contains(&rule)) {
        let unmet = entry.unmet(RecordKind::Event, &bindings, CLOCK);
        assert_eq!(unmet.is_empty(), found.contains(&entry.id), "{}: {unmet:?}", entry.id);
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn coverage_equals_the_reference_implementation(
        entries in prop::collection::vec(written(), 1..12),
        row in a_row(),
    ) {
        for (rule, name) in [(0, "create-key"), (1, "create-resources-vm")] {
            let mut expected: Vec<String> = entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| holds(entry, name, &row))
                .map(|(index, _)| format!("e-{index}"))
                .collect();
            expected.sort();
            prop_assert_eq!(found(&entries, rule, &row), expected);
        }
    }

    #[test]
    fn adding_an_entry_never_uncovers_a_match(
        entries in prop::collection::vec(written(), 1..8),
        more in written(),
        row in a_row(),
    ) {
        let before = found(&entries, 0, &row);
        let after = found(&[entries, vec![more]].concat(), 0, &row);
        prop_assert!(before.iter().all(|id| after.contains(id)), "{:?} {:?}", before, after);
    }
}

#[test]
fn the_index_tests_few_of_many_entries() {
    let mut text = "entries:\n".to_owned();
    for n in 0..2_000 {
        let selector = match n % 3 {
            0 => format!("ak: [AKIDexample{n:08}]"),
            1 => format!("ip: [10.{}.{}.0/24]", n / 250, n % 250),
            _ => format!("user: [user-{n}], code: [failed]"),
        };
        text += &format!(
            "  - {{ id: e-{n}, rules: ['create-*'], match: {{ {selector} }}, reason: r, owner: o, \
             expires: never }}\n"
        );
    }
    let (list, problems, _) = load(&[("a.yaml", &text)]);
    assert_eq!(problems, []);
    let record = row(
        RecordKind::Event,
        &[(event::AK, "AKIDexample00000300"), (event::IP, "10.1.12.9"), (event::USER, "user-5")],
    );
    let bindings = Bindings::of(&record, CLOCK);
    assert_eq!(covering(&list, 0, &bindings, CLOCK), ["e-262", "e-300"]);
    assert_eq!(list.tried(0, RecordKind::Event, &bindings), 3);
}
