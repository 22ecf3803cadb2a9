//! Untyped values: parts of the original record, read from its text without building a tree.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::text;
use crate::value::{Items, Json, MemberKey, Members, Value};

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

/// The part of a value at the end of a path; missing if the path does not exist. A path with
/// [`PathStep::Each`] leads to a list of parts, which is empty if there are none.
pub(super) fn walk<'v>(value: Value<'v>, steps: &[PathStep]) -> Value<'v> {
    if steps.is_empty() {
        return value;
    }
    if let Some(each) = steps.iter().position(|step| *step == PathStep::Each) {
        let mut found = Vec::new();
        spread(value, &steps[..each], &steps[each + 1..], &mut found);
        return Value::List(Items::Owned(found));
    }
    match value {
        Value::Json(Json { text: Cow::Borrowed(text) }) => part(text, steps),
        Value::Json(Json { text: Cow::Owned(text) }) => part(&text, steps).into_owned(),
        Value::Str(text) => match steps {
            [PathStep::Item(index)] => text::character(&text, *index),
            _ => Value::Missing,
        },
        Value::List(items) => match steps.split_first() {
            Some((PathStep::Item(index), rest)) => {
                walk(item(&items, *index).map_or(Value::Missing, Value::clone), rest)
            }
            _ => Value::Missing,
        },
        _ => Value::Missing,
    }
}

/// Appends the parts at the end of `rest` of each item of the value at the end of `before`.
fn spread<'v>(
    value: Value<'v>,
    before: &[PathStep],
    rest: &[PathStep],
    found: &mut Vec<Value<'v>>,
) {
    let items = match list(walk(value, before)) {
        Some(Items::Owned(items)) => items,
        Some(Items::Borrowed(items)) => items.iter().map(Value::borrow).collect(),
        None => return,
    };
    match rest.iter().position(|step| *step == PathStep::Each) {
        Some(each) => {
            for item in items {
                spread(item, &rest[..each], &rest[each + 1..], found);
            }
        }
        None => {
            let parts = items.into_iter().map(|item| walk(item, rest));
            found.extend(parts.filter(|part| !part.is_missing()));
        }
    }
}

/// The part of a JSON text at the end of a path. If the path goes into a text, the part is a
/// character.
fn part<'j>(json: &'j str, steps: &[PathStep]) -> Value<'j> {
    if let Some(found) = find(json, steps) {
        return scalar(found);
    }
    match steps.split_last() {
        Some((PathStep::Item(index), [])) => match scalar(json) {
            Value::Str(text) => text::character(&text, *index),
            _ => Value::Missing,
        },
        Some((PathStep::Item(index), before)) => match find(json, before).map(scalar) {
            Some(Value::Str(text)) => text::character(&text, *index),
            _ => Value::Missing,
        },
        _ => Value::Missing,
    }
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
    Some(parts.into_iter().map(|part| scalar(part.get())).collect())
}

/// The items of a value: of a list or a JSON array its items, of any other value the value itself.
/// JSON that was made from XML writes a list of one item as the item. `None` if the value is
/// missing.
pub(crate) fn list<'v>(value: Value<'v>) -> Option<Items<'v>> {
    match value {
        Value::Missing => None,
        Value::List(items) => Some(items),
        Value::Json(Json { text: Cow::Borrowed(text) }) if text.starts_with('[') => {
            let parts: Vec<&'v RawValue> = serde_json::from_str(text).ok()?;
            Some(Items::Owned(parts.into_iter().map(|part| scalar(part.get())).collect()))
        }
        Value::Json(json) if json.text.starts_with('[') => {
            let items = items(&json)?;
            Some(Items::Owned(items.into_iter().map(Value::into_owned).collect()))
        }
        one => Some(Items::Owned(vec![one])),
    }
}

/// The members of a JSON object, sorted by key; of a key that occurs twice, the last one. `None`
/// for anything else.
pub(crate) fn members<'j>(json: &'j str) -> Option<BTreeMap<Cow<'j, str>, Value<'j>>> {
    let Members(members) = serde_json::from_str(json).ok()?;
    Some(members.into_iter().map(|(key, value)| (key, scalar(value))).collect())
}

/// Whether a JSON value is an object that has the key.
pub(super) fn has_key(json: &Json<'_>, key: &str) -> bool {
    json.text.trim_start().starts_with('{')
        && find(&json.text, &[PathStep::Key(key.to_owned())]).is_some()
}

/// Reads a JSON text as a value: scalars are converted, arrays and objects stay JSON.
pub(crate) fn scalar(text: &str) -> Value<'_> {
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
        Some(b'{' | b'[') => Value::Json(Json { text: Cow::Borrowed(text) }),
        Some(_) => match text.parse() {
            Ok(int) => Value::Int(int),
            Err(_) => Value::Json(Json { text: Cow::Borrowed(text) }),
        },
    }
}

/// The text of the part at the end of a path.
fn find<'j>(text: &'j str, steps: &[PathStep]) -> Option<&'j str> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Seek(steps).deserialize(&mut deserializer).ok()?
}

struct Seek<'s>(&'s [PathStep]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if self.0.is_empty() {
            let raw = <&'de RawValue as serde::Deserialize>::deserialize(deserializer)?;
            return Ok(Some(raw.get()));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let step = self.0.split_first();
        while let Some(key) = map.next_key::<MemberKey<'de>>()? {
            match step {
                Some((PathStep::Key(wanted), rest)) if key.0 == wanted.as_str() => {
                    // If a key occurs twice, the last one counts.
                    found = map.next_value_seed(Seek(rest))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        match self.0.split_first() {
            Some((PathStep::Item(index), rest)) if *index >= 0 => {
                let mut at = 0;
                while at < *index && seq.next_element::<IgnoredAny>()?.is_some() {
                    at += 1;
                }
                found = seq.next_element_seed(Seek(rest))?.flatten();
            }
            Some((PathStep::Item(index), rest)) => {
                let mut parts: Vec<&'de RawValue> = Vec::new();
                while let Some(part) = seq.next_element()? {
                    parts.push(part);
                }
                let part = item(&parts, *index).map(|part| part.get());
                return Ok(part
                    .and_then(|part| if rest.is_empty() { Some(part) } else { find(part, rest) }));
            }
            _ => {}
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(found)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_into_the_text() {
        let text = r#"{"a":{"b":[1,"x\n",null,{"c":true}]},"k\u0065y":"v","n":1.5,"a2":"\ud800"}"#;
        let key = |key: &str| PathStep::Key(key.to_owned());
        let at = |steps: &[PathStep]| walk(Value::Json(Json { text: text.into() }), steps);
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
            (vec![key("n")], Value::Json(Json { text: "1.5".into() })),
            (vec![key("a2")], Value::Missing),
        ] {
            assert_eq!(at(&steps), expected, "{steps:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_missing() {
        for text in ["", "{", "[1,", "{\"a\":", "nonsense"] {
            let value = Value::Json(Json { text: text.into() });
            assert_eq!(walk(value, &[PathStep::Key("a".into())]), Value::Missing, "{text}");
        }
    }
}
