//! JSON without a tree: the members of an object as an ordered list of pairs, and strings.

mod cursor;
mod strings;

use std::borrow::Cow;
use std::fmt::{self, Write};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use self::cursor::{Cursor, Malformed, StringToken};
#[cfg(feature = "native")]
pub(crate) use self::strings::{StringEnd, string_end};

/// The keys of a JSON object and the JSON of its values, in order and with duplicates. Deserialize
/// it from a text to read an object without building a tree.
#[derive(Debug)]
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a str)>);

/// A key of a JSON object, borrowed unless it contains an escape.
#[derive(Debug)]
struct MemberKey<'a>(Cow<'a, str>);

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
        while let Some((MemberKey(key), value)) = map.next_entry::<_, &'de RawValue>()? {
            members.push((key, value.get()));
        }
        Ok(Members(members))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for MemberKey<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_str(KeyText)
    }
}

struct KeyText;

impl<'de> Visitor<'de> for KeyText {
    type Value = MemberKey<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(MemberKey(Cow::Borrowed(key)))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(MemberKey(Cow::Owned(key.to_owned())))
    }
}

/// Appends a text as a JSON string.
pub(crate) fn push_string(text: &str, out: &mut String) {
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

/// The first text or number below one of these keys, ignoring ASCII case, in an object or in the
/// objects inside it, at most `depth` levels down. Outer members come before inner ones.
pub fn nested_text(json: &str, names: &[&str], depth: usize) -> Option<String> {
    find(&serde_json::from_str(json).ok()?, names, depth)
}

fn find(value: &serde_json::Value, names: &[&str], depth: usize) -> Option<String> {
    let object = value.as_object().filter(|_| depth > 0)?;
    let is_named = |key: &str| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    let own = object.iter().find(|(key, _)| is_named(key));
    match own.map(|(_, value)| value) {
        Some(serde_json::Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        _ => object.values().find_map(|inner| find(inner, names, depth - 1)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn members_keep_their_order_and_duplicates() {
        let text = r#" {"b":[1, 2],"a\u0062":"x","b":null} "#;
        let Members(found) = serde_json::from_str(text).unwrap();
        let expected = [("b", "[1, 2]"), ("ab", "\"x\""), ("b", "null")];
        let pairs: Vec<(&str, &str)> = found.iter().map(|(key, value)| (&**key, *value)).collect();
        assert_eq!(pairs, expected);
        let borrowed = found.iter().map(|(key, _)| matches!(key, Cow::Borrowed(_)));
        assert_eq!(borrowed.collect::<Vec<_>>(), [true, false, true]);
        for text in ["[1]", "1", "{", r#"{"a":1}x"#, r#"{"\ud800":1}"#] {
            assert!(serde_json::from_str::<Members<'_>>(text).is_err(), "{text}");
        }
    }
    #[test]
    fn a_string_round_trips() {
        let text: String =
            (0..0x100).filter_map(char::from_u32).chain("\u{2028}日😀".chars()).collect();
        let mut out = String::new();
        push_string(&text, &mut out);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        assert!(out.starts_with("\"\\u0000\\u0001"), "{out}");
        assert!(out.contains("\\t\\n\\u000b\\u000c\\r"), "{out}");
    }
}
