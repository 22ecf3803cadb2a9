//! The table of selectors in docs/allowlists.md is that of the code, and entries are broad by what
//! they cover.

use std::fs;
use std::path::Path;

use keytrail::allow::Selector;
use keytrail::value::RecordKind;

use crate::run::Folder;

const COMMAND: &str = "KEYTRAIL_UPDATE=1 cargo test --test it allowlists";
const HEADER: &str = "| selector | reads | `*` | values |\n|---|---|---|---|\n";

fn row(selector: &Selector) -> String {
    let fields = RecordKind::ALL.into_iter().flat_map(|kind| selector.fields(kind));
    let mut fields: Vec<String> =
        fields.map(|field| format!("`{}`", field.field().path())).collect();
    fields.dedup();
    let wildcard = if selector.takes_wildcard() { "yes" } else { "no" };
    format!("| `{}` | {} | {wildcard} | {} |\n", selector.name(), fields.join(", "), selector.doc())
}

#[test]
fn the_page_has_every_selector() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/allowlists.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, after) = text.split_once(HEADER).unwrap();
    // Without rows the header is followed by the empty line itself.
    let rest = match after.strip_prefix('\n') {
        Some(rest) => rest,
        None => after.split_once("\n\n").map_or("", |(_, rest)| rest),
    };
    let rows: String = Selector::ALL.iter().map(row).collect();
    let expected = format!("{before}{HEADER}{rows}\n{rest}");
    if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
        fs::write(&page, expected).unwrap();
    } else {
        assert!(text == expected, "docs/allowlists.md is stale; run `{COMMAND}`");
    }
}

#[test]
fn values_behave_as_the_page_states() {
    for selector in Selector::ALL {
        assert!(!selector.doc().is_empty(), "{}", selector.name());
        let says = selector.doc().contains("`*` matches any text");
        assert_eq!(says, selector.takes_wildcard(), "{}", selector.name());
    }
}

/// `check` over an allowlist with one entry for each condition: those that it calls too broad.
fn called_broad(name: &str, rule: &str, conditions: &[&str]) -> Vec<usize> {
    let entry = |(index, when): (usize, &&str)| {
        format!(
            "  - {{ id: e{index}, rules: [{rule}], match: {{ user: ['*'] }}, when: '{when}', \
             reason: r, owner: o, expires: never }}\n"
        )
    };
    let entries: String = conditions.iter().enumerate().map(entry).collect();
    let folder = Folder::new(name).file("allow.yaml", format!("entries:\n{entries}"));
    let ended = folder.keytrail(["check", "-a", "allow.yaml"]).output();
    let text = ended.stdout + &ended.stderr;
    let of = |index: &usize| text.contains(&format!("the entry `e{index}` selects every call"));
    assert!(!text.contains("error[KT2"), "{text}");
    (0..conditions.len()).filter(of).collect()
}

#[test]
fn a_broad_condition_is_detected_in_any_form() {
    let broad = [
        r#"in_cidr(event.ip, "0.0.0.0/0")"#,
        r#"in_cidr(event.ip, "0.0.0.0/2") || in_cidr(event.ip, "64.0.0.0/2")"#,
        r#"in_cidr(event.ip, "128.0.0.0/1") && !(event.api == "None")"#,
        r#"in_cidr(event.ip, "2000::/4") || in_cidr(event.ip, "3000::/4")"#,
        r#"in_cidr(event.ip, "10.0.0.0/8") == false"#,
        r#"event.source.contains(".") || event.source.contains(":")"#,
        r#"event.operation.ends_with(event.api)"#,
        r#"event.ok == true || has(event.code)"#,
        r#"has(event.sensitive) == false || has(event.sensitive)"#,
        r#"has(event.account_name) == false"#,
        r#"has(event.raw)"#,
        r#"in_hours(event.time, "06:00-22:00", "UTC") || in_hours(event.time, "22:00-06:00", "UTC")"#,
    ];
    let all: Vec<usize> = (0..broad.len()).collect();
    assert_eq!(called_broad("broad-when", "create-access-key", &broad), all);
    let limited = [
        r#"in_cidr(event.ip, "0.0.0.0/3")"#,
        r#"in_cidr(event.ip, "203.0.113.0/24") || in_cidr(event.ip, "2001:db8::/32")"#,
        r#"is_private(event.ip)"#,
        r#"event.operation.ends_with(event.user)"#,
        r#"event.time > now - days(7)"#,
        r#"in_hours(event.time, "09:00-17:00", "UTC")"#,
        r#"event.agent.starts_with("Terraform/")"#,
        r#"has(event.code)"#,
    ];
    assert_eq!(called_broad("limited-when", "create-access-key", &limited), [0_usize; 0]);
    let of_keys = [
        "key.active == true || key.active != true",
        "now - key.created > days(0)",
        "key.active == true",
        "now - key.created > days(365)",
    ];
    assert_eq!(called_broad("broad-keys", "unused-key", &of_keys), [0, 1]);
}
