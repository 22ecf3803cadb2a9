//! Equality, order and membership of values, with the semantics of Rhai.

use std::cmp::Ordering;

use super::json;
use super::operator::Comparison;
use crate::value::{Json, Value};

/// `==`; values of different types are not equal.
pub(super) fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (a, b) {
        (Value::Missing, Value::Missing) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Time(a), Value::Time(b)) => a == b,
        (Value::Duration(a), Value::Duration(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        (Value::Record(a, x), Value::Record(b, y)) => a == b && x == y,
        (Value::Json(a), Value::Json(b)) => json_equal(a, b),
        (Value::Json(json), Value::List(items)) | (Value::List(items), Value::Json(json)) => {
            json::items(json).is_some_and(|parts| {
                parts.len() == items.len()
                    && parts.iter().zip(items.iter()).all(|(a, b)| equal(a, b))
            })
        }
        _ => false,
    }
}

fn json_equal(a: &Json<'_>, b: &Json<'_>) -> bool {
    let parse = |json: &Json<'_>| serde_json::from_str::<serde_json::Value>(&json.text).ok();
    a.text == b.text || matches!((parse(a), parse(b)), (Some(a), Some(b)) if a == b)
}

/// `a op b`. An order comparison of values of different types, or with a missing value, is false.
#[inline]
pub(super) fn compare(op: Comparison, a: &Value<'_>, b: &Value<'_>) -> bool {
    match (op, a, b) {
        // The most common test.
        (Comparison::Eq, Value::Str(a), Value::Str(b)) => a == b,
        _ => compare_any(op, a, b),
    }
}

fn compare_any(op: Comparison, a: &Value<'_>, b: &Value<'_>) -> bool {
    let ordering = match (a, b) {
        _ if op.is_equality() => return equal(a, b) == (op == Comparison::Eq),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        // Booleans get here only from untyped values; the checker rejects an order comparison of
        // values that are known to be booleans.
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Str(a), Value::Str(b)) => a.as_ref().cmp(b.as_ref()),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        _ => return false,
    };
    match op {
        Comparison::Lt => ordering == Ordering::Less,
        Comparison::Le => ordering != Ordering::Greater,
        Comparison::Gt => ordering == Ordering::Greater,
        Comparison::Ge => ordering != Ordering::Less,
        Comparison::Eq | Comparison::Ne => false,
    }
}

/// `needle in haystack`: an item of a list, a part of a text, a key or an item of JSON.
pub(super) fn contains(haystack: &Value<'_>, needle: &Value<'_>) -> bool {
    match (haystack, needle) {
        (Value::List(items), needle) => items.iter().any(|item| equal(item, needle)),
        (Value::Str(text), Value::Str(part)) => text.contains(part.as_ref()),
        (Value::Json(json), Value::Str(key)) if json::has_key(json, key) => true,
        (Value::Json(json), needle) => {
            json::items(json).is_some_and(|items| items.iter().any(|item| equal(item, needle)))
        }
        _ => false,
    }
}
