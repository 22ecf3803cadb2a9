//! Embedded JSON: objects that a record contains as strings.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::scan::too_deep;
use super::shape::SLOTS;
use super::text::{decode, has_lone_surrogate, untyped};
use super::{Fault, Fields, Shape};
use crate::record::SkipReason;
use crate::value::{Json, Value};

/// The result of unfolding.
pub(in crate::input) struct Unfolded<'a> {
    /// The fields, including those from embedded objects.
    pub(in crate::input) fields: Fields<'a>,
    /// Whether some string begins like an object but is not one, and remains a string.
    pub(in crate::input) torn: bool,
}

/// Replaces the strings on the paths of `folds` by the objects that they contain, writes that text
/// to `out`, and reads its fields. Without such a string it reads nothing.
///
/// A string is replaced only if it is one complete JSON object, so that its content cannot change
/// the record around it.
pub(in crate::input) fn unfold<'a>(
    text: &'a str,
    fields: Fields<'a>,
    shape: &Shape,
    folds: &Shape,
    out: &'a mut String,
) -> Result<Unfolded<'a>, Fault> {
    if !fields.folded {
        return Ok(Unfolded { fields, torn: false });
    }
    let parts = Fields::scan(text, folds)?;
    let mut strings: Vec<(usize, &str)> = parts
        .texts()
        .filter(|part| part.starts_with('"'))
        .map(|part| (part.as_ptr().addr() - text.as_ptr().addr(), part))
        .collect();
    strings.sort_unstable_by_key(|(at, _)| *at);
    out.clear();
    let (mut done, mut torn) = (0, false);
    for (at, string) in strings {
        let Some(content) = decode(string).filter(|content| begins_object(content)) else {
            continue;
        };
        if is_object(&content) {
            out.push_str(&text[done..at]);
            out.push_str(&content);
            done = at + string.len();
        } else {
            torn = true;
        }
    }
    if done == 0 {
        return Ok(Unfolded { fields, torn });
    }
    out.push_str(&text[done..]);
    let text: &'a str = out;
    if too_deep(text.as_bytes()) {
        let detail = "nested too deep with the JSON in its strings".to_owned();
        return Err(Fault { reason: SkipReason::TooDeep, detail });
    }
    let mut unfolded = Fields::read(text, shape)?;
    unfolded.adopt(&fields, 0..SLOTS);
    Ok(Unfolded { fields: unfolded, torn })
}

/// The value of an untyped field; a string that is one JSON object is replaced by the object.
pub(in crate::input) fn opened(json: &str) -> Value<'_> {
    match embedded_object(json) {
        Some(text) => Value::Json(Json::new(text)),
        None => untyped(json),
    }
}

/// The object that a JSON string contains, if it contains only one object.
pub(in crate::input) fn embedded_object(json: &str) -> Option<Cow<'_, str>> {
    let text = json.starts_with('"').then(|| decode(json)).flatten()?;
    (is_object(&text) && !too_deep(text.as_bytes())).then_some(text)
}

fn begins_object(text: &str) -> bool {
    text.trim_ascii_start().starts_with('{')
}

/// Whether a text is exactly one JSON object.
fn is_object(text: &str) -> bool {
    begins_object(text)
        && !has_lone_surrogate(text)
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PATHS: [&str; 5] = ["id", "who.name", "who.more.k", "asked.user", "around"];
    const FOLDS: [&str; 3] = ["who", "who.more", "asked"];

    /// The text of each path, and whether a string remains a string.
    fn check(text: &str) -> Result<(Vec<Option<String>>, bool), SkipReason> {
        let (shape, folds) = (Shape::new(&PATHS, |_| true), Shape::new(&FOLDS, |_| true));
        let fields = Fields::read(text, &shape).unwrap();
        let mut out = String::new();
        match unfold(text, fields, &shape, &folds, &mut out) {
            Ok(Unfolded { fields, torn }) => {
                Ok(((0..PATHS.len()).map(|at| fields.get(at).map(str::to_owned)).collect(), torn))
            }
            Err(fault) => Err(fault.reason),
        }
    }

    #[test]
    fn strings_that_contain_an_object_are_read_as_the_object() {
        for (text, name, more, user) in [
            (r#"{"who":{"name":1,"more":{"k":2}},"asked":{"user":3}}"#, "1", "2", "3"),
            (r#"{"who":"{\"name\":1}","asked":"{\"user\":\"\u00e9\"}"}"#, "1", "-", "\"é\""),
            (
                r#"{"who":{"more":" {\"k\":\"a\\\"b\"} ","name":1},"asked":""}"#,
                "1",
                r#""a\"b""#,
                "-",
            ),
            (r#"{"who":"\n\u007b\"name\":1}","asked":{"user":3}}"#, "1", "-", "3"),
            (r#"{"asked":"{\"user\":3}","who":"text","x":"{\"k\":1}"}"#, "-", "-", "3"),
        ] {
            let (found, torn) = check(text).unwrap();
            let found: Vec<&str> =
                found[1..4].iter().map(|f| f.as_deref().unwrap_or("-")).collect();
            assert_eq!((found, torn), (vec![name, more, user], false), "{text}");
        }
    }

    #[test]
    fn a_string_that_is_not_an_object_by_itself_stays_a_string() {
        for inner in [
            r#"{\"user\":1},\"id\":{\"x\":2}"#,
            r#"{\"user\":\"cut o"#,
            r#"{\"user\":\"\\ud800\"}"#,
            r#"{\"user\":1}}"#,
        ] {
            let text = format!(r#"{{"id":7,"asked":"{inner}"}}"#);
            let (found, torn) = check(&text).unwrap();
            assert_eq!((found[0].as_deref(), found[3].as_deref()), (Some("7"), None), "{text}");
            assert!(torn, "{text}");
        }
    }

    #[test]
    fn embedded_objects_are_checked_like_other_json() {
        let twice = r#"{"asked":"{\"user\":1,\"user\":2}"}"#;
        assert_eq!(check(twice), Err(SkipReason::DuplicateKey));
        let deep = format!(r#"{{"asked":"{{\"x\":{}{}}}"}}"#, "[".repeat(600), "]".repeat(600));
        assert_eq!(check(&deep), Err(SkipReason::TooDeep));
    }
}
