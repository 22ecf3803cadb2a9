//! Entries as expressions, so that what they cover can be decided without records.

use super::condition::{Condition, Texts};
use super::entry::AllowlistEntry;
use super::selector::Selector;
use crate::expr::ir::{Ir, Op};
use crate::expr::{self, Declarations, Env, Expected, Expr};
use crate::source::Fragment;
use crate::value::{Cidr, RecordKind};

impl AllowlistEntry {
    /// The condition under which the entry covers a match of a rule of this kind, apart from expiry and
    /// guards: its selectors and its `when`. `None` if the expression cannot be compiled.
    ///
    /// It is true exactly for the records that the entry covers, with one exception: letters outside
    /// ASCII in `api` lose their case too.
    pub fn condition(&self, kind: RecordKind, env: &dyn Env) -> Option<Expr> {
        let own = self.when.iter().find(|(of, _)| *of == kind).map(|(_, when)| when);
        let text = if self.when_span.is_some() && own.is_none() {
            // Without a `when` for this kind the entry covers nothing.
            "false".to_owned()
        } else {
            let parts: Vec<String> = self.conditions.iter().map(|of| text_of(of, kind)).collect();
            if parts.is_empty() { "true".to_owned() } else { parts.join(" && ") }
        };
        let source = Fragment::copied(text, self.span, self.span.start);
        let declarations = Declarations { on: Some(kind), ..Declarations::default() };
        let compiled = expr::compile(&source, Expected::Condition, &declarations, env);
        let (selected, _) = compiled.ok()?;
        Some(match own {
            None => selected,
            Some(when) => {
                let parts = vec![selected.ir().clone(), when.ir().clone()];
                Expr::of_part(&Ir { op: Op::And(parts), ..selected.ir().clone() })
            }
        })
    }
}

/// A selector with its values as a condition on records of a kind; `false` if the kind has no such
/// field.
fn text_of(condition: &Condition, kind: RecordKind) -> String {
    let selector = condition.selector();
    let Some(field) = selector.fields(kind).first() else { return "false".to_owned() };
    let parts = match condition {
        Condition::Ip { ranges, lan, types } => ip(&ranges.ranges(), *lan, types),
        Condition::Ak { keys, long_term, temporary } => ak(keys, (*long_term, *temporary), kind),
        Condition::Code { codes, success, failed } => {
            let outcomes = [(success, "true"), (failed, "false")];
            let outcomes = outcomes.into_iter().filter(|(given, _)| **given);
            let outcomes = outcomes.map(|(_, ok)| format!("event.ok == {ok}"));
            outcomes.chain(patterns("event.code", codes, false)).collect()
        }
        Condition::Text { selector: Selector::Api, values } => {
            patterns(&format!("{}.to_lower()", field.field().path()), values, true)
        }
        Condition::Text { values, .. } => patterns(&field.field().path(), values, false),
    };
    match &parts[..] {
        [] => "false".to_owned(),
        parts => format!("({})", parts.join(" || ")),
    }
}

/// Whether the source is an address; one that is not has no kind.
const ANY_ADDRESS: &str = r#"event.ip.in_cidr(["0.0.0.0/0", "::/0"])"#;

fn ip(ranges: &[Cidr], lan: bool, types: &[&str]) -> Vec<String> {
    let range = |range: &Cidr| format!("{}/{}", range.network(), range.prefix());
    let ranges: Vec<String> = ranges.iter().map(range).collect();
    let ranges: Vec<&str> = ranges.iter().map(String::as_str).collect();
    let mut parts = Vec::new();
    if !ranges.is_empty() {
        parts.push(format!("event.ip.in_cidr({})", list(&ranges)));
    }
    if lan {
        parts.push(format!("{ANY_ADDRESS} && event.ip_scope == \"private\""));
    }
    let of_type = exact("event.ip_type", types);
    parts.extend(of_type.map(|test| format!("{ANY_ADDRESS} && {test}")));
    parts
}

fn ak(keys: &Texts, (long_term, temporary): (bool, bool), kind: RecordKind) -> Vec<String> {
    let keys = keys.literals();
    let (id, exists) = match kind {
        RecordKind::Event => {
            let words = [(long_term, "long_term"), (temporary, "temporary")];
            let words = words.into_iter().filter(|(given, _)| *given).map(|(_, word)| word);
            let of_type = exact("event.ak_type", &words.collect::<Vec<_>>());
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

/// A test for one of these texts.
fn exact(path: &str, values: &[&str]) -> Option<String> {
    (!values.is_empty()).then(|| format!("{path} in {}", list(values)))
}

/// Tests for texts of which some are patterns, in lower case if the path is.
fn patterns(path: &str, values: &Texts, lower: bool) -> Vec<String> {
    let cased = |text: &str| if lower { text.to_lowercase() } else { text.to_owned() };
    let texts: Vec<String> = values.literals().into_iter().map(cased).collect();
    let patterns: Vec<String> = values.wildcards().into_iter().map(cased).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut parts: Vec<String> = exact(path, &texts).into_iter().collect();
    // `?` stands for a character in `like` and for itself in an entry.
    let (odd, plain): (Vec<&str>, Vec<&str>) =
        patterns.iter().map(String::as_str).partition(|text| text.contains('?'));
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
