//! One selector with its values, compiled.

use std::cmp::Ordering;

use super::pattern::Pattern;
use super::selector::Selector;
use crate::expr::Bindings;
use crate::record::FieldId;
use crate::record::field::{cred, event, key};
use crate::value::{CidrSet, RecordKind, Value, parse_ip};

/// One selector with its values; it is true if any value matches.
///
/// A missing field matches no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// The address.
    Ip { ranges: CidrSet, lan: bool, types: Box<[&'static str]> },
    /// The access key.
    Ak { keys: Texts, long_term: bool, temporary: bool },
    /// The outcome of the call.
    Code { codes: Texts, success: bool, failed: bool },
    /// A selector that compares a single text.
    Text { selector: Selector, values: Texts },
}

impl Condition {
    /// The selector of this condition.
    pub(super) fn selector(&self) -> Selector {
        match self {
            Condition::Ip { .. } => Selector::Ip,
            Condition::Ak { .. } => Selector::Ak,
            Condition::Code { .. } => Selector::Code,
            Condition::Text { selector, .. } => *selector,
        }
    }

    /// Whether it is true for the record of a rule of this kind.
    pub(super) fn holds(&self, kind: RecordKind, bindings: &Bindings<'_>) -> bool {
        match self {
            Condition::Ip { ranges, lan, types } => {
                text(bindings, event::IP).and_then(parse_ip).is_some_and(|ip| {
                    ranges.contains(ip)
                        || *lan && text(bindings, event::IP_SCOPE) == Some("private")
                        || text(bindings, event::IP_TYPE).is_some_and(|ty| types.contains(&ty))
                })
            }
            Condition::Ak { keys, long_term, temporary } => match kind {
                RecordKind::Event => {
                    text(bindings, event::AK).is_some_and(|ak| keys.contain(ak))
                        || match text(bindings, event::AK_TYPE) {
                            Some("long_term") => *long_term,
                            Some("temporary") => *temporary,
                            _ => false,
                        }
                }
                // Reports contain only long-term keys.
                RecordKind::Cred | RecordKind::Key => {
                    each_key(kind, bindings, &mut |id, exists| {
                        id.is_some_and(|id| keys.contain(id)) || exists && *long_term
                    })
                }
            },
            Condition::Code { codes, success, failed } => {
                match value(bindings, event::OK) {
                    Value::Bool(true) if *success => return true,
                    Value::Bool(false) if *failed => return true,
                    _ => {}
                }
                text(bindings, event::CODE).is_some_and(|code| codes.contain(code))
            }
            Condition::Text { selector, values } => {
                let field = selector.fields(kind).first();
                field.and_then(|&f| text(bindings, f)).is_some_and(|text| values.contain(text))
            }
        }
    }
}

/// The text of a field; `None` if it is missing.
pub(super) fn text<'r>(bindings: &Bindings<'r>, field: FieldId) -> Option<&'r str> {
    value(bindings, field).as_str()
}

fn value<'r>(bindings: &Bindings<'r>, field: FieldId) -> &'r Value<'r> {
    let row = match field.kind() {
        RecordKind::Event => bindings.event,
        RecordKind::Cred => bindings.cred,
        RecordKind::Key => bindings.key,
    };
    row.map_or(&Value::Missing, |row| row.get(field))
}

/// Whether `holds` is true for a key of the row; it receives the id of each key and whether the key
/// exists.
pub(super) fn each_key<'r>(
    kind: RecordKind,
    bindings: &Bindings<'r>,
    holds: &mut dyn FnMut(Option<&'r str>, bool) -> bool,
) -> bool {
    if kind == RecordKind::Key {
        let exists = *value(bindings, key::EXISTS) == Value::Bool(true);
        return holds(text(bindings, key::ID), exists);
    }
    let Value::List(keys) = value(bindings, cred::KEYS) else { return false };
    keys.iter().any(|row| match row {
        Value::Record(RecordKind::Key, values) => {
            let at = |field: FieldId| values.get(field.slot()).unwrap_or(&Value::Missing);
            holds(at(key::ID).as_str(), *at(key::EXISTS) == Value::Bool(true))
        }
        _ => false,
    })
}

/// Texts to compare with; some of them may be patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// Sorted; in lower case if case is ignored.
    exact: Box<[Box<str>]>,
    patterns: Box<[Pattern]>,
    ignore_case: bool,
}

impl Texts {
    /// Texts that are compared literally.
    pub(super) fn exact(texts: &[&str]) -> Self {
        let mut exact: Vec<Box<str>> = texts.iter().map(|&text| text.into()).collect();
        exact.sort_unstable();
        exact.dedup();
        Self { exact: exact.into(), ..Self::default() }
    }

    /// Texts in which `*` matches any characters.
    pub(super) fn patterns(texts: &[&str], ignore_case: bool) -> Self {
        let (patterns, exact): (Vec<&str>, Vec<&str>) =
            texts.iter().partition(|text| Pattern::is_pattern(text));
        let make = if ignore_case { Pattern::ignoring_case } else { Pattern::exact };
        let lower: Vec<String> = exact.iter().map(|text| text.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        Self {
            patterns: patterns.into_iter().map(make).collect(),
            ignore_case,
            ..Self::exact(if ignore_case { &lower } else { &exact })
        }
    }

    /// The texts that are compared literally; in lower case if case is ignored.
    pub(super) fn literals(&self) -> Vec<&str> {
        self.exact.iter().map(|text| &**text).collect()
    }

    /// The patterns as written.
    pub(super) fn wildcards(&self) -> Vec<&str> {
        self.patterns.iter().map(Pattern::text).collect()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.patterns.is_empty()
    }

    /// Whether one of them equals or matches the text.
    pub(super) fn contain(&self, text: &str) -> bool {
        let compare = |own: &str| {
            if self.ignore_case {
                own.bytes().cmp(text.bytes().map(|b| b.to_ascii_lowercase()))
            } else {
                own.cmp(text)
            }
        };
        let exact = match &*self.exact {
            [] => false,
            [one] => compare(one) == Ordering::Equal,
            many => many.binary_search_by(|own| compare(own)).is_ok(),
        };
        exact || self.patterns.iter().any(|pattern| pattern.matches(text))
    }
}
