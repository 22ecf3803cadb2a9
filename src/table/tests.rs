//! Look-ups in tables, and input that no table accepts.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::diag::Diagnostic;
use crate::source::Sources;
use crate::value::{Cidr, Value, parse_ip};
use crate::yaml;

fn declaration(matching: Match, columns: &[(&str, ColumnType)]) -> Arc<Declaration> {
    let column = |&(name, ty): &(&str, ColumnType)| Column { name: name.to_owned(), ty };
    Arc::new(Declaration {
        id: "assets".to_owned(),
        description: String::new(),
        columns: columns.iter().map(column).collect(),
        key: 0,
        matching,
        scanned: false,
        span: None,
    })
}

fn keyed(matching: Match) -> Arc<Declaration> {
    use ColumnType::{Bool, Int, Str, Texts, Time};
    declaration(
        matching,
        &[
            ("key", Str),
            ("name", Str),
            ("hosts", Int),
            ("ours", Bool),
            ("since", Time),
            ("tags", Texts),
        ],
    )
}

/// The table of rows in YAML, or the errors: each message with the text it points at.
fn load(declaration: &Arc<Declaration>, rows: &str) -> Result<Table, Vec<String>> {
    let mut sources = Sources::default();
    let file = sources.add("rows.yaml", rows);
    let node = yaml::parse(file, &sources).unwrap();
    let show = |d: &Diagnostic| {
        let places: Vec<&str> = d.labels.iter().map(|label| sources.text(label.span)).collect();
        let help = d.help.iter().map(|help| format!(" ({help})")).collect::<String>();
        format!("{} {places:?} {}{help}", d.code.id, d.message)
    };
    from_nodes(declaration, node.items()).map_err(|errors| errors.iter().map(show).collect())
}

fn text(table: &Table, key: &str, column: usize) -> String {
    match table.find(key).map(|row| table.value(row, column)) {
        None => "no row".to_owned(),
        Some(Value::Missing) => "()".to_owned(),
        Some(Value::Str(text)) => text.into_owned(),
        Some(Value::List(items)) => {
            items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>().join("|")
        }
        Some(other) => format!("{other:?}"),
    }
}

#[test]
fn a_row_is_found_by_its_key_and_has_typed_values() {
    let rows = "\
- {key: '000011112222', name: billing, hosts: 12, ours: true, since: 2026-01-01T00:00:00Z, tags: [a, b]}
- {key: Billing, name: '', hosts: -1, ours: false, tags: []}
- {key: é/1, tags: 'a; b;'}
";
    let table = load(&keyed(Match::Exact), rows).unwrap();
    assert_eq!((table.len(), table.is_empty()), (3, false));
    let all = |key: &str| (1..6).map(|column| text(&table, key, column)).collect::<Vec<_>>();
    assert_eq!(
        all("000011112222"),
        ["billing", "Int(12)", "Bool(true)", "Time(Time(1767225600000000))", "a|b"]
    );
    assert_eq!(all("Billing"), ["()", "Int(-1)", "Bool(false)", "()", ""]);
    assert_eq!(all("é/1"), ["()", "()", "()", "()", "a|b"]);
    for key in ["billing", "11112222", "", " Billing"] {
        assert_eq!(table.find(key), None, "{key}");
    }
    let empty = Table::empty(keyed(Match::Exact));
    assert_eq!((empty.find("Billing"), empty.len()), (None, 0));
}

#[test]
fn the_smallest_range_that_contains_the_address_is_found() {
    let rows = "\
- {key: 10.0.0.0/8, name: ten}
- {key: 10.1.0.0/16, name: ten-one}
- {key: 10.1.2.3, name: one}
- {key: 0.0.0.0/0, name: all}
- {key: 255.255.255.255, name: last}
- {key: '::ffff:192.0.2.0/120', name: mapped}
- {key: '2001:db8::/32', name: six}
- {key: '2001:db8::1', name: six-one}
";
    let table = load(&keyed(Match::Cidr), rows).unwrap();
    for (ip, expected) in [
        ("10.1.2.3", "one"),
        ("::ffff:10.1.2.3", "one"),
        ("10.1.2.4", "ten-one"),
        ("10.1.0.0", "ten-one"),
        ("10.2.0.0", "ten"),
        ("9.255.255.255", "all"),
        ("11.0.0.0", "all"),
        ("255.255.255.254", "all"),
        ("255.255.255.255", "last"),
        ("192.0.2.9", "mapped"),
        ("2001:DB8::1", "six-one"),
        ("2001:db8::2", "six"),
        ("2001:db9::", "no row"),
        ("::", "no row"),
        ("010.1.2.3", "no row"),
        ("AWS Internal", "no row"),
        ("", "no row"),
    ] {
        assert_eq!(text(&table, ip, 1), expected, "{ip}");
    }
}

#[test]
fn invalid_rows_are_rejected() {
    let cases = [
        (
            Match::Exact,
            "- {key: a}\n- {key: b}\n- {key: a, name: x}",
            "KT8002 [\"a\", \"a\"] the key `a` occurs twice in the table `assets` (remove one of the two rows)",
        ),
        (
            Match::Cidr,
            "- {key: 10.0.0.1}\n- {key: 10.0.0.1/32}",
            "KT8002 [\"10.0.0.1/32\", \"10.0.0.1\"] the key `10.0.0.1/32` occurs twice in the table `assets` (remove one of the two rows)",
        ),
        (
            Match::Exact,
            "- {name: a}",
            "KT8001 [\"{name: a}\"] a row of the table `assets` has no value in its key column `key`",
        ),
        (
            Match::Exact,
            "- {key: '', name: a}",
            "KT8001 [\"''\"] a row of the table `assets` has no value in its key column `key`",
        ),
        (
            Match::Exact,
            "- {key: [a], name: a}",
            "KT8001 [\"[a]\"] the column `key` of the table `assets` takes a text",
        ),
        (
            Match::Exact,
            "- {key: a, hosts: 1.5}",
            "KT8001 [\"1.5\"] the column `hosts` of the table `assets` takes an integer, not `1.5`",
        ),
        (
            Match::Exact,
            "- {key: a, ours: yes}",
            "KT8001 [\"yes\"] the column `ours` of the table `assets` takes `true` or `false`, not `yes`",
        ),
        (
            Match::Exact,
            "- {key: a, since: 2026-01-01}",
            "KT8001 [\"2026-01-01\"] the column `since` of the table `assets` takes a time like `2026-01-01T00:00:00Z`, not `2026-01-01`",
        ),
        (
            Match::Exact,
            "- {key: a, tags: [{}]}",
            "KT8001 [\"[{}]\"] the column `tags` of the table `assets` takes a sequence of texts",
        ),
        (
            Match::Exact,
            "- {key: a, nme: b}",
            "KT8003 [\"nme\"] the table `assets` has no column `nme` (did you mean `name`?)",
        ),
        (Match::Exact, "- a", "KT8001 [\"a\"] a row of the table `assets` is a mapping"),
        (
            Match::Cidr,
            "- {key: 10.0.0.1/8}",
            "KT8001 [\"10.0.0.1/8\"] `10.0.0.1/8` has bits set beyond its prefix; the range that contains it is `10.0.0.0/8`",
        ),
    ];
    for (matching, rows, expected) in cases {
        let errors = load(&keyed(matching), rows).map(|table| table.len()).unwrap_err();
        assert_eq!(errors.first().map(String::as_str), Some(expected), "for {rows}");
    }
}

#[test]
fn mistakes_are_collected_up_to_a_bound() {
    let rows = "- {key: a, hosts: x}\n".repeat(500);
    let errors = load(&keyed(Match::Exact), &rows).map(|table| table.len()).unwrap_err();
    assert!((2..30).contains(&errors.len()), "{}", errors.len());
}

fn range() -> impl Strategy<Value = Cidr> {
    // Few bits, so that ranges contain each other and share their ends.
    let v4 = (any::<u8>(), any::<u8>(), 0_u8..=32).prop_map(|(a, b, prefix)| {
        Cidr::around([a & 3, b & 3, a >> 6, b >> 6].into(), prefix).unwrap()
    });
    let v6 = (any::<u8>(), 0_u8..=128).prop_map(|(a, prefix)| {
        let ip = (u128::from(a & 3) << 126) | u128::from(a >> 6);
        Cidr::around(std::net::Ipv6Addr::from(ip).into(), prefix).unwrap()
    });
    prop_oneof![v4, v6]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The index of ranges returns the same result as a search of every range.
    #[test]
    fn range_lookups_equal_a_linear_search(ranges in prop::collection::vec(range(), 0..24)) {
        let mut named = BTreeMap::new();
        let mut probes = Vec::new();
        for range in ranges {
            named.insert(range, format!("{}/{}", range.network(), range.prefix()));
            probes.extend([range.network(), range.last()]);
        }
        let rows: String =
            named.values().map(|name| format!("- {{key: '{name}', name: '{name}'}}\n")).collect();
        let table = match named.is_empty() {
            true => Table::empty(keyed(Match::Cidr)),
            false => load(&keyed(Match::Cidr), &rows).unwrap(),
        };
        for ip in probes {
            let canonical = parse_ip(&ip.to_string()).unwrap();
            let expected = named
                .iter()
                .filter(|(range, _)| range.contains(canonical))
                .max_by_key(|(range, _)| range.prefix())
                .map_or("no row", |(_, name)| name);
            prop_assert_eq!(text(&table, &ip.to_string(), 1), expected, "{}", ip);
        }
    }
}
