//! A row as the JSON object that its cells are.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::loose;
use crate::record::Columns;

/// The keys of an object, one for each column.
#[derive(Debug)]
pub(super) struct Keys {
    /// `"eventName":`; none for a column without a name.
    keys: Vec<Option<String>>,
}

impl Keys {
    /// The keys that columns stand for; a column that stands for none has its own name.
    pub(super) fn new(
        columns: &Columns,
        known: impl Iterator<Item = (usize, &'static str)>,
    ) -> Self {
        let written = |name: &str| {
            let mut key = String::new();
            push_string(name, &mut key);
            key.push(':');
            key
        };
        let names = columns.names().iter();
        let mut keys: Vec<Option<String>> =
            names.map(|name| (!name.is_empty()).then(|| written(name))).collect();
        for (column, key) in known {
            keys[column] = Some(written(key));
        }
        Self { keys }
    }

    /// Replaces `out` by the object. An empty cell says nothing, so it has no key.
    pub(super) fn write<'c>(&self, cell: impl Fn(usize) -> Option<Cow<'c, str>>, out: &mut String) {
        out.clear();
        out.push('{');
        for (position, key) in self.keys.iter().enumerate() {
            let Some(key) = key else { continue };
            let Some(cell) = cell(position).filter(|cell| !cell.is_empty()) else { continue };
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(key);
            push_value(&cell, out);
        }
        out.push('}');
    }
}

/// A cell as a value: an object or a list where it holds one, else its text.
fn push_value(cell: &str, out: &mut String) {
    let text = cell.trim();
    if !text.starts_with(['{', '[']) {
        return push_string(cell, out);
    }
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return out.push_str(text);
    }
    match loose::json(text) {
        Some(json) => out.push_str(&json),
        None => push_string(cell, out),
    }
}

/// A text as a JSON string.
pub(super) fn push_string(text: &str, out: &mut String) {
    use std::fmt::Write;
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| matches!(b, b'"' | b'\\' | ..0x20)) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b @ (b'"' | b'\\') => out.extend(['\\', char::from(b)]),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b => {
                // Writing to a text does not fail.
                let _ = write!(out, "\\u{b:04x}");
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}
