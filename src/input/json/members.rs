//! The members of an object and the items of an array, unchanged.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The keys of an object and the JSON of its values, in order and with duplicates.
#[derive(Debug)]
pub(in crate::input) struct Members<'a>(pub(in crate::input) Vec<(Cow<'a, str>, &'a str)>);

/// The members of an object; `None` for another text.
pub(in crate::input) fn members(json: &str) -> Option<Members<'_>> {
    serde_json::from_str(json).ok()
}

/// The JSON of each item of an array; `None` for another text.
pub(in crate::input) fn items(json: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}

/// Consecutive JSON values; `None` if the text contains anything else.
pub(in crate::input) fn values(text: &str) -> Option<Vec<&str>> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values.map(|value| Some(value.ok()?.get())).collect()
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            members.push((key, map.next_value::<&'de RawValue>()?.get()));
        }
        Ok(Members(members))
    }
}

/// A key, borrowed where it holds no escape.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Cow<'de, str>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn members_stand_in_their_order_and_twice_where_they_do() {
        let Members(found) = members(r#" {"b":[1, 2],"a\u0062":"x","b":null} "#).unwrap();
        let expected = [("b", "[1, 2]"), ("ab", "\"x\""), ("b", "null")];
        let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (&**key, *value)).collect();
        assert_eq!(found, expected);
        for text in ["[1]", "1", "{", r#"{"a":1}x"#] {
            assert!(members(text).is_none(), "{text}");
        }
    }

    #[test]
    fn items_and_values_are_cut_and_not_parsed() {
        assert_eq!(items(r#"[{"a": 1}, "x",[2]]"#).unwrap(), [r#"{"a": 1}"#, "\"x\"", "[2]"]);
        assert!(items("{}").is_none());
        assert_eq!(values("{\"a\":1}\n{\"b\":2}{}").unwrap(), ["{\"a\":1}", "{\"b\":2}", "{}"]);
        assert_eq!(values(" ").unwrap(), [""; 0]);
        for text in ["{\"a\":1} x", "{\"a\":"] {
            assert!(values(text).is_none(), "{text}");
        }
    }
}
