//! Untyped values: parts of the original record, read from its text without building a tree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::text;
use crate::value::{Cursor, Items, Json, KeyCase, Malformed, Members, Value};

/// One step into an untyped value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// `.key`, `["key"]`.
    Key(String),
    /// `[0]`; negative from the end.
    Item(i64),
    /// `[*]` in a path of `values_at`: each item of an array, or the value itself if it is not an
    /// array.
    Each,
}

/// Several keys of one object that are equal if their case is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// The part of a value at the end of a path; missing if the path does not exist. A path with
/// [`PathStep::Each`] leads to a list of parts, which is empty if there are none.
pub(super) fn walk<'v>(value: Value<'v>, steps: &[PathStep]) -> Result<Value<'v>, Ambiguous> {
    if steps.is_empty() {
        return Ok(value);
    }
    if let Some(each) = steps.iter().position(|step| *step == PathStep::Each) {
        let mut found = Vec::new();
        spread(value, &steps[..each], &steps[each + 1..], &mut found)?;
        return Ok(Value::List(Items::Owned(found)));
    }
    Ok(match value {
        Value::Json(Json { text: Cow::Borrowed(text), keys }) => part(text, keys, steps)?,
        Value::Json(Json { text: Cow::Owned(text), keys }) => {
            part(&text, keys, steps)?.into_owned()
        }
        Value::Str(text) => match steps {
            [PathStep::Item(index)] => text::character(&text, *index),
            _ => Value::Missing,
        },
        Value::List(items) => match steps.split_first() {
            Some((PathStep::Item(index), rest)) => {
                return walk(item(&items, *index).map_or(Value::Missing, Value::clone), rest);
            }
            _ => Value::Missing,
        },
        _ => Value::Missing,
    })
}

/// Appends the parts at the end of `rest` of each item of the value at the end of `before`.
fn spread<'v>(
    value: Value<'v>,
    before: &[PathStep],
    rest: &[PathStep],
    found: &mut Vec<Value<'v>>,
) -> Result<(), Ambiguous> {
    let items = match list(walk(value, before)?) {
        Some(Items::Owned(items)) => items,
        Some(Items::Borrowed(items)) => items.iter().map(Value::borrow).collect(),
        None => return Ok(()),
    };
    match rest.iter().position(|step| *step == PathStep::Each) {
        Some(each) => {
            for item in items {
                spread(item, &rest[..each], &rest[each + 1..], found)?;
            }
        }
        None => {
            for item in items {
                let part = walk(item, rest)?;
                if !part.is_missing() {
                    found.push(part);
                }
            }
        }
    }
    Ok(())
}

/// The part of a JSON text at the end of a path. If the path goes into a text, the part is a
/// character.
fn part<'j>(json: &'j str, keys: KeyCase, steps: &[PathStep]) -> Result<Value<'j>, Ambiguous> {
    if let Some(found) = find(json, keys, steps)? {
        return Ok(scalar(found, keys));
    }
    Ok(match steps.split_last() {
        Some((PathStep::Item(index), [])) => match scalar(json, keys) {
            Value::Str(text) => text::character(&text, *index),
            _ => Value::Missing,
        },
        Some((PathStep::Item(index), before)) => {
            match find(json, keys, before)?.map(|found| scalar(found, keys)) {
                Some(Value::Str(text)) => text::character(&text, *index),
                _ => Value::Missing,
            }
        }
        _ => Value::Missing,
    })
}

/// An item by index, negative from the end.
pub(super) fn item<T>(items: &[T], index: i64) -> Option<&T> {
    items.get(position(items.len(), index)?)
}

fn position(length: usize, index: i64) -> Option<usize> {
    if index < 0 {
        length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

/// The items of a JSON array; `None` for anything else.
pub(super) fn items<'j>(json: &'j Json<'_>) -> Option<Vec<Value<'j>>> {
    if !json.text.trim_start().starts_with('[') {
        return None;
    }
    let parts: Vec<&'j RawValue> = serde_json::from_str(&json.text).ok()?;
    Some(parts.into_iter().map(|part| scalar(part.get(), json.keys)).collect())
}

/// The items of a list or JSON array; for any other value, the value itself. JSON that was made
/// from XML writes a list of one item as the item. `None` if the value is missing.
pub(crate) fn list<'v>(value: Value<'v>) -> Option<Items<'v>> {
    match value {
        Value::Missing => None,
        Value::List(items) => Some(items),
        Value::Json(Json { text: Cow::Borrowed(text), keys }) if text.starts_with('[') => {
            let parts: Vec<&'v RawValue> = serde_json::from_str(text).ok()?;
            Some(Items::Owned(parts.into_iter().map(|part| scalar(part.get(), keys)).collect()))
        }
        Value::Json(json) if json.text.starts_with('[') => {
            let items = items(&json)?;
            Some(Items::Owned(items.into_iter().map(Value::into_owned).collect()))
        }
        one => Some(Items::Owned(vec![one])),
    }
}

/// The members of a JSON object, sorted by key; if a key occurs twice, the last member is returned.
/// `None` for anything else.
pub(crate) fn members(json: &str, keys: KeyCase) -> Option<BTreeMap<Cow<'_, str>, Value<'_>>> {
    let Members(members) = serde_json::from_str(json).ok()?;
    Some(members.into_iter().map(|(key, value)| (key, scalar(value, keys))).collect())
}

/// Whether a JSON value is an object that has the key.
pub(super) fn has_key(json: &Json<'_>, key: &str) -> bool {
    // If several keys match, the object has the key.
    json.text.trim_start().starts_with('{')
        && !matches!(find(&json.text, json.keys, &[PathStep::Key(key.to_owned())]), Ok(None))
}

/// Whether a value contains an object whose keys an export changed.
pub(super) fn is_changed(value: &Value<'_>) -> bool {
    match value {
        Value::Json(json) => json.keys == KeyCase::Changed && json.text.contains('{'),
        Value::List(items) => items.iter().any(is_changed),
        _ => false,
    }
}

/// Reads a JSON text as a value: scalars are converted, arrays and objects stay JSON.
pub(crate) fn scalar(text: &str, keys: KeyCase) -> Value<'_> {
    let text = text.trim();
    match text.as_bytes().first() {
        Some(b'"') => match text.get(1..text.len().saturating_sub(1)) {
            Some(inner) if !inner.contains('\\') => Value::str(inner),
            // A lone surrogate is not valid text, but the rest of the record stays readable.
            _ => serde_json::from_str::<String>(text)
                .map_or(Value::Missing, |text| Value::Str(Cow::Owned(text))),
        },
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Missing,
        Some(b'{' | b'[') => Value::Json(Json { text: Cow::Borrowed(text), keys }),
        Some(_) => match text.parse() {
            Ok(int) => Value::Int(int),
            Err(_) => Value::Json(Json { text: Cow::Borrowed(text), keys }),
        },
    }
}

/// The text of the part at the end of a path.
fn find<'j>(
    text: &'j str,
    keys: KeyCase,
    steps: &[PathStep],
) -> Result<Option<&'j str>, Ambiguous> {
    let cursor = Cursor::lenient(text);
    let mut seek = Seek { cursor, exact: keys == KeyCase::Exact, ambiguous: false };
    let found = seek.value(steps);
    if seek.ambiguous { Err(Ambiguous) } else { Ok(found.ok().flatten()) }
}

/// A walk along a path.
struct Seek<'j> {
    cursor: Cursor<'j>,
    /// Whether the case of keys counts.
    exact: bool,
    /// Set if several keys fit a step.
    ambiguous: bool,
}

impl<'j> Seek<'j> {
    /// Reads one value, and returns the text at the end of the path below it.
    fn value(&mut self, steps: &[PathStep]) -> Result<Option<&'j str>, Malformed> {
        let Some((first, below)) = steps.split_first() else {
            return self.cursor.value().map(Some);
        };
        match (self.cursor.peek(), first) {
            (b'{', PathStep::Key(_)) => self.object(steps),
            (b'[', PathStep::Item(index)) => self.array(*index, below),
            _ => self.cursor.skip().map(|()| None),
        }
    }

    fn object(&mut self, steps: &[PathStep]) -> Result<Option<&'j str>, Malformed> {
        self.cursor.advance();
        let (mut found, mut fits) = (None, false);
        if self.cursor.is_empty(b'}') {
            return Ok(None);
        }
        loop {
            let key = self.cursor.string()?;
            self.cursor.expect(b':')?;
            let below = match key.escaped {
                false => below(key.raw, steps, self.exact),
                true => below(&key.decoded(), steps, self.exact),
            };
            match below {
                Some(below) => {
                    self.ambiguous |= fits && !self.exact;
                    fits = true;
                    // If a key occurs twice, the last one counts.
                    found = self.value(below)?;
                }
                None => self.cursor.skip()?,
            }
            if !self.cursor.goes_on(b'}')? {
                return Ok(found);
            }
        }
    }

    fn array(&mut self, index: i64, below: &[PathStep]) -> Result<Option<&'j str>, Malformed> {
        self.cursor.advance();
        let mut parts = Vec::new();
        let (mut found, mut at) = (None, 0);
        if self.cursor.is_empty(b']') {
            return Ok(None);
        }
        loop {
            if at == index {
                found = self.value(below)?;
            } else {
                let part = self.cursor.value()?;
                // Which item is meant from the end is known at the end.
                parts.extend(Some(part).filter(|_| index < 0));
            }
            at += 1;
            if !self.cursor.goes_on(b']')? {
                break;
            }
        }
        if let Some(part) = item(&parts, index).filter(|_| index < 0) {
            let rest = std::mem::replace(&mut self.cursor, Cursor::lenient(part));
            found = self.value(below)?;
            self.cursor = rest;
        }
        Ok(found)
    }
}

/// The steps that remain below a key; `None` if the key does not fit.
///
/// Without its case, a key may also be several keys joined by dots, as exports flatten objects.
fn below<'s>(key: &str, steps: &'s [PathStep], exact: bool) -> Option<&'s [PathStep]> {
    let (PathStep::Key(wanted), mut rest) = steps.split_first()? else { return None };
    if exact {
        return (key == wanted.as_str()).then_some(rest);
    }
    let mut left = without(key, wanted)?;
    while !left.is_empty() {
        let (PathStep::Key(wanted), below) = rest.split_first()? else { return None };
        (left, rest) = (without(left.strip_prefix('.')?, wanted)?, below);
    }
    Some(rest)
}

/// What remains of a key after another, in any case.
fn without<'k>(key: &'k str, start: &str) -> Option<&'k str> {
    let (first, rest) = key.split_at_checked(start.len())?;
    first.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_path_is_resolved_in_the_text() {
        let text = r#"{"a":{"b":[1,"x\n",null,{"c":true}]},"k\u0065y":"v","n":1.5,"a2":"\ud800"}"#;
        let key = |key: &str| PathStep::Key(key.to_owned());
        let at = |steps: &[PathStep]| walk(Value::Json(Json::new(text)), steps).unwrap();
        for (steps, expected) in [
            (vec![key("a"), key("b"), PathStep::Item(0)], Value::Int(1)),
            (vec![key("a"), key("b"), PathStep::Item(1)], Value::str("x\n")),
            (vec![key("a"), key("b"), PathStep::Item(2)], Value::Missing),
            (vec![key("a"), key("b"), PathStep::Item(9)], Value::Missing),
            (vec![key("a"), key("b"), PathStep::Item(-1), key("c")], Value::Bool(true)),
            (vec![key("a"), key("b"), PathStep::Item(-5)], Value::Missing),
            (vec![key("a"), key("x")], Value::Missing),
            (vec![key("a"), PathStep::Item(0)], Value::Missing),
            (vec![key("key")], Value::str("v")),
            (vec![key("key"), key("deeper")], Value::Missing),
            (vec![key("key"), PathStep::Item(0)], Value::str("v")),
            (vec![key("key"), PathStep::Item(-2)], Value::Missing),
            (vec![key("key"), PathStep::Item(0), PathStep::Item(0)], Value::Missing),
            (vec![key("a"), key("b"), PathStep::Item(1), PathStep::Item(-1)], Value::str("\n")),
            (vec![key("n"), PathStep::Item(0)], Value::Missing),
            (vec![key("n")], Value::Json(Json::new("1.5"))),
            (vec![key("a2")], Value::Missing),
        ] {
            assert_eq!(at(&steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn invalid_json_is_missing() {
        for text in ["", "{", "[1,", "{\"a\":", "nonsense"] {
            let value = Value::Json(Json::new(text));
            assert_eq!(walk(value, &[PathStep::Key("a".into())]), Ok(Value::Missing), "{text}");
        }
    }

    #[test]
    fn keys_are_case_sensitive_unless_an_export_changed_their_case() {
        let text = r#"{"maxage":1,"TAGS":[{"tagkey":"k"}],"set.items.0":{"inner":2},"set":7,"b":1,"B":2,"c":{"x":1},"c":{"x":1}}"#;
        let at = |keys, path: &str| {
            let steps: Vec<PathStep> = path
                .split('/')
                .map(|part| {
                    part.parse().map_or_else(|_| PathStep::Key(part.to_owned()), PathStep::Item)
                })
                .collect();
            walk(Value::Json(Json { text: text.into(), keys }), &steps).map(Value::into_owned)
        };
        for (path, exact, any) in [
            ("maxAge", Value::Missing, Ok(Value::Int(1))),
            ("maxage", Value::Int(1), Ok(Value::Int(1))),
            ("tags/0/tagKey", Value::Missing, Ok(Value::str("k"))),
            ("tags/-1/tagKey", Value::Missing, Ok(Value::str("k"))),
            ("maxAg", Value::Missing, Ok(Value::Missing)),
            ("maxAges", Value::Missing, Ok(Value::Missing)),
            ("b", Value::Int(1), Err(Ambiguous)),
            ("b/deeper", Value::Missing, Err(Ambiguous)),
            ("C/x", Value::Missing, Err(Ambiguous)),
            ("c/x", Value::Int(1), Err(Ambiguous)),
        ] {
            assert_eq!(at(KeyCase::Exact, path), Ok(exact), "{path}");
            assert_eq!(at(KeyCase::Any, path), any, "{path}");
            assert_eq!(at(KeyCase::Changed, path), any, "{path}");
        }
        // An export flattened the object; one of its keys may also be an object.
        let flat = r#"{"set.items":{"inner":2},"other.list":[3]}"#;
        let at = |keys, path: &str| {
            let steps: Vec<PathStep> =
                path.split('/').map(|key| PathStep::Key(key.to_owned())).collect();
            walk(Value::Json(Json { text: flat.into(), keys }), &steps).map(Value::into_owned)
        };
        assert_eq!(at(KeyCase::Any, "set/Items/inner"), Ok(Value::Int(2)));
        assert_eq!(at(KeyCase::Any, "set.items/inner"), Ok(Value::Int(2)));
        assert_eq!(at(KeyCase::Any, "set/item"), Ok(Value::Missing));
        assert_eq!(at(KeyCase::Exact, "set/items/inner"), Ok(Value::Missing));
    }

    #[test]
    fn an_object_of_an_export_has_a_key_in_any_case() {
        let has = |keys, key| has_key(&Json { text: r#"{"ab":1,"AB":2,"c":3}"#.into(), keys }, key);
        assert!(!has(KeyCase::Exact, "C") && has(KeyCase::Any, "C") && has(KeyCase::Changed, "aB"));
        assert!(!has(KeyCase::Changed, "d"));
    }
}
