//! Values as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value as Node;

use crate::value::Value;

/// Appends a value as Rhai's `${…}` does; a missing value appends nothing.
pub(super) fn interpolate(out: &mut String, value: &Value<'_>) {
    match value {
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match item {
                    Value::Str(text) => drop(write!(out, "{text:?}")),
                    Value::Missing => out.push_str("()"),
                    other => interpolate(out, other),
                }
            }
            out.push(']');
        }
        Value::Json(json) => match serde_json::from_str(&json.text) {
            Ok(node) => tree(out, &node),
            Err(_) => plain(out, value),
        },
        other => plain(out, other),
    }
}

/// Appends a part of the original record as Rhai writes its arrays and maps.
fn tree(out: &mut String, node: &Node) {
    // Writing into a String cannot fail.
    match node {
        Node::Null => out.push_str("()"),
        Node::String(text) => drop(write!(out, "{text:?}")),
        Node::Bool(_) | Node::Number(_) => drop(write!(out, "{node}")),
        Node::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                tree(out, item);
            }
            out.push(']');
        }
        Node::Object(fields) => {
            out.push_str("#{");
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                let _ = write!(out, "{}{key:?}: ", if index > 0 { ", " } else { "" });
                tree(out, value);
            }
            out.push('}');
        }
    }
}

/// Appends a value as a message shows it: a missing value is `-`, items are joined by commas.
pub(super) fn show(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Missing => out.push('-'),
        Value::List(items) if items.is_empty() => out.push('-'),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                show(out, item);
            }
        }
        other => plain(out, other),
    }
}

fn plain(out: &mut String, value: &Value<'_>) {
    // Writing into a String cannot fail.
    let _ = match value {
        Value::Bool(b) => write!(out, "{b}"),
        Value::Int(i) => write!(out, "{i}"),
        Value::Str(text) => write!(out, "{text}"),
        Value::Time(time) => write!(out, "{time}"),
        Value::Duration(duration) => write!(out, "{duration}"),
        Value::Record(kind, _) => write!(out, "{}", kind.name()),
        Value::Json(json) => write!(out, "{}", json.text),
        Value::Missing | Value::List(_) => Ok(()),
    };
}

/// A character by index, negative from the end.
pub(super) fn character<'v>(text: &str, index: i64) -> Value<'v> {
    let from = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    let found = if index < 0 { text.chars().rev().nth(from - 1) } else { text.chars().nth(from) };
    found.map_or(Value::Missing, |c| Value::Str(c.to_string().into()))
}
