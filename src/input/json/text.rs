//! Values of JSON texts that are known to be well formed.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use crate::value::{Items, Json, Value};

/// The text of a scalar: a string's content, a number or a boolean as written. `None` for `null`,
/// an empty string, an object or an array.
pub(in crate::input) fn decode(json: &str) -> Option<Cow<'_, str>> {
    let Some(rest) = json.strip_prefix('"') else {
        let scalar = !json.starts_with(['n', '{', '[']) && !json.is_empty();
        return scalar.then_some(Cow::Borrowed(json));
    };
    let content = rest.strip_suffix('"')?;
    if content.is_empty() {
        return None;
    }
    match memchr(b'\\', content.as_bytes()) {
        None => Some(Cow::Borrowed(content)),
        Some(_) => serde_json::from_str(json).ok().map(Cow::Owned),
    }
}

/// The value of an untyped field.
pub(in crate::input) fn untyped(json: &str) -> Value<'_> {
    match json.as_bytes().first() {
        None | Some(b'n') => Value::Missing,
        Some(b'"') => decode(json).map_or(Value::str(""), Value::Str),
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'{' | b'[') => Value::Json(Json::new(json)),
        Some(_) => match json.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Json(Json::new(json)),
        },
    }
}

/// The text below the first of `keys` that each object of an array has.
pub(in crate::input) fn list_of<'a>(json: &'a str, keys: &[&str]) -> Option<Value<'a>> {
    let items: Vec<std::collections::BTreeMap<Cow<'a, str>, &'a serde_json::value::RawValue>> =
        serde_json::from_str(json).ok()?;
    let texts: Vec<Value<'a>> = items
        .iter()
        .filter_map(|item| keys.iter().find_map(|key| decode(item.get(*key)?.get())))
        .map(Value::Str)
        .collect();
    Some(Value::List(Items::Owned(texts)))
}

/// Whether a `\u` escape names half of a surrogate pair, so that some string has no text.
pub(super) fn has_lone_surrogate(json: &str) -> bool {
    let bytes = json.as_bytes();
    let unit = |at: usize| {
        let hex = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
    };
    let mut paired = 0;
    memmem::find_iter(bytes, b"\\u").any(|at| {
        let escaped = bytes[..at].iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 1;
        if escaped || at < paired {
            return false;
        }
        match unit(at) {
            Some(0xd800..=0xdbff) => match unit(at + 6) {
                Some(0xdc00..=0xdfff) => {
                    paired = at + 12;
                    false
                }
                _ => true,
            },
            Some(0xdc00..=0xdfff) => true,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn scalars_keep_their_exact_text() {
        for (json, text) in [
            (r#""a""#, Some("a")),
            (r#""a\nb""#, Some("a\nb")),
            (r#""""#, None),
            ("null", None),
            ("true", Some("true")),
            ("000011112222", Some("000011112222")),
            ("123456789012345678901234567890", Some("123456789012345678901234567890")),
            ("{}", None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(decode(json).as_deref(), text, "{json}");
        }
    }

    #[test]
    fn untyped_values_have_the_type_of_the_data() {
        assert_eq!(untyped("null"), Value::Missing);
        assert_eq!(untyped(r#""""#), Value::str(""));
        assert_eq!(untyped("-5"), Value::Int(-5));
        assert_eq!(untyped("false"), Value::Bool(false));
        for json in ["{}", "[1]", "1.5", "18446744073709551615"] {
            assert_eq!(untyped(json), Value::Json(Json::new(json)));
        }
    }

    #[test]
    fn a_list_uses_the_first_present_key() {
        let json = r#"[{"ARN":"a","arn":"b"},{"arn":"c"},{"other":1},{"ARN":null}]"#;
        let Some(Value::List(items)) = list_of(json, &["ARN", "arn"]) else { panic!("a list") };
        assert_eq!(items.iter().map(|v| v.as_str().unwrap()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(list_of("null", &["ARN"]), None);
        assert_eq!(list_of("[1]", &["ARN"]), None);
    }
}
