//! Selectors as expressions, so that what an entry covers can be decided without records.

use super::pattern::Pattern;
use super::select::address_types;
use super::selector::Selector;
use crate::value::RecordKind;

/// A selector with these values as a condition on records of a kind; `false` if the kind has no such
/// field.
///
/// The condition is true exactly for the records that the selector selects, with one exception:
/// letters outside ASCII in `api` lose their case too.
pub fn selector_expression(selector: Selector, values: &[&str], kind: RecordKind) -> String {
    let parts = match selector {
        Selector::Ip => ip(values),
        Selector::Ak => ak(values, kind),
        Selector::Code => code(values),
        Selector::Api => {
            let lower: Vec<String> = values.iter().map(|text| text.to_lowercase()).collect();
            let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
            patterns("event.operation.to_lower()", &lower)
        }
        Selector::User
        | Selector::Account
        | Selector::Region
        | Selector::Agent
        | Selector::Method => {
            let Some(field) = selector.fields(kind).first() else { return "false".to_owned() };
            let path = field.field().path();
            match selector.takes_wildcard() {
                true => patterns(&path, values),
                false => exact(&path, values).into_iter().collect(),
            }
        }
    };
    match &parts[..] {
        _ if selector.fields(kind).is_empty() => "false".to_owned(),
        [] => "false".to_owned(),
        parts => format!("({})", parts.join(" || ")),
    }
}

/// Whether the source is an address; one that is not has no kind.
const ANY_ADDRESS: &str = r#"event.ip.in_cidr(["0.0.0.0/0", "::/0"])"#;

fn ip(values: &[&str]) -> Vec<String> {
    let is_range = |text: &&str| *text != "lan" && address_types(text).is_empty();
    let ranges: Vec<&str> = values.iter().copied().filter(is_range).collect();
    let types: Vec<&str> = values.iter().flat_map(|word| address_types(word)).copied().collect();
    let mut parts = Vec::new();
    if !ranges.is_empty() {
        parts.push(format!("event.ip.in_cidr({})", list(&ranges)));
    }
    if values.contains(&"lan") {
        parts.push(format!("{ANY_ADDRESS} && event.ip_scope == \"private\""));
    }
    let of_type = exact("event.ip_type", &types);
    parts.extend(of_type.map(|test| format!("{ANY_ADDRESS} && {test}")));
    parts
}

fn ak(values: &[&str], kind: RecordKind) -> Vec<String> {
    const WORDS: [&str; 2] = ["long_term", "temporary"];
    let keys: Vec<&str> = values.iter().copied().filter(|text| !WORDS.contains(text)).collect();
    let long_term = values.contains(&"long_term");
    let (id, exists) = match kind {
        RecordKind::Event => {
            let words: Vec<&str> =
                values.iter().copied().filter(|text| WORDS.contains(text)).collect();
            let of_type = exact("event.ak_type", &words);
            return exact("event.ak", &keys).into_iter().chain(of_type).collect();
        }
        RecordKind::Key => (exact("key.id", &keys), "key.exists == true".to_owned()),
        RecordKind::Cred => (
            exact("k.id", &keys).map(|test| format!("cred.keys.some(|k| {test})")),
            "cred.keys.some(|k| k.exists == true)".to_owned(),
        ),
    };
    id.into_iter().chain(long_term.then_some(exists)).collect()
}

fn code(values: &[&str]) -> Vec<String> {
    let codes: Vec<&str> =
        values.iter().copied().filter(|text| !["success", "failed"].contains(text)).collect();
    let mut parts = Vec::new();
    if values.contains(&"success") {
        parts.push("event.ok == true".to_owned());
    }
    if values.contains(&"failed") {
        parts.push("event.ok == false".to_owned());
    }
    parts.extend(patterns("event.code", &codes));
    parts
}

/// A test for one of these texts.
fn exact(path: &str, values: &[&str]) -> Option<String> {
    (!values.is_empty()).then(|| format!("{path} in {}", list(values)))
}

/// Tests for texts of which some are patterns.
fn patterns(path: &str, values: &[&str]) -> Vec<String> {
    let (patterns, texts): (Vec<&str>, Vec<&str>) =
        values.iter().partition(|text| Pattern::is_pattern(text));
    let mut parts: Vec<String> = exact(path, &texts).into_iter().collect();
    // `?` stands for a character in `like` and for itself in an entry.
    let (odd, plain): (Vec<&str>, Vec<&str>) =
        patterns.into_iter().partition(|text| text.contains('?'));
    if !plain.is_empty() {
        parts.push(format!("{path}.like_any({})", list(&plain)));
    }
    parts.extend(odd.iter().map(|text| format!("{path}.matches({})", quoted(&regex_of(text)))));
    parts
}

fn regex_of(pattern: &str) -> String {
    let parts: Vec<String> = pattern.split('*').map(regex::escape).collect();
    format!("(?s)^{}$", parts.join(".*"))
}

fn list(values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|text| quoted(text)).collect();
    format!("[{}]", values.join(", "))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
