//! The texts of a JSON value at any depth.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::text::decode;

/// Every distinct text and number in a JSON value, in order, without keys and empty texts. A string
/// that contains an array or an object contributes the texts in it.
pub(in crate::input) fn texts(json: &str) -> Vec<Cow<'_, str>> {
    if let Some(Cow::Borrowed(text)) = decode(json)
        && !is_json(text)
    {
        return vec![Cow::Borrowed(text)];
    }
    let found = read(json).unwrap_or_default();
    once(found.into_iter().filter(|text| !text.is_empty()).map(Cow::Owned))
}

/// The distinct texts, in order.
pub(in crate::input) fn once<'a>(
    texts: impl IntoIterator<Item = Cow<'a, str>>,
) -> Vec<Cow<'a, str>> {
    let mut found: Vec<Cow<'a, str>> = Vec::new();
    let mut unique: HashSet<Cow<'a, str>> = HashSet::new();
    for text in texts {
        // Nearly every list is short, and then comparing costs less than hashing.
        let new = match found.len() < FEW {
            true => !found.contains(&text),
            false => {
                if unique.is_empty() {
                    unique.extend(found.iter().cloned());
                }
                unique.insert(text.clone())
            }
        };
        if new {
            found.push(text);
        }
    }
    found
}

/// Up to this many texts are compared one by one.
const FEW: usize = 16;

fn is_json(text: &str) -> bool {
    text.trim_ascii_start().starts_with(['[', '{'])
}

/// All of them; `None` if the text is not one JSON value.
fn read(json: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Leaves(&mut texts).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(texts)
}

struct Leaves<'f>(&'f mut Vec<String>);

impl<'a> DeserializeSeed<'a> for Leaves<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Leaves<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        match is_json(text).then(|| read(text)).flatten() {
            Some(inner) => self.0.extend(inner),
            None => self.0.push(text.to_owned()),
        }
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.0.push(number.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.0.push(number.to_string());
        Ok(())
    }

    // The id of a resource is never a fraction, a flag or null.
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Leaves(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<serde::de::IgnoredAny>()?.is_some() {
            map.next_value_seed(Leaves(self.0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_every_form() {
        for (json, expected) in [
            (
                r#"{"ACS::RAM::User":["alice","bob"],"ACS::RAM::Group":["ops","bob"]}"#,
                "alice bob ops",
            ),
            (r#"["a",1,"",null,true,{"k":"b"}]"#, "a 1 b"),
            (r#""qcs::cam::uin/1:uin/2""#, "qcs::cam::uin/1:uin/2"),
            (r#""[\"*\"]""#, "*"),
            (r#""{\"T\":[\"x\"]}""#, "x"),
            (r#"{"T":"[\"x\",\"y\"]","U":"[z"}"#, "x y [z"),
            (r#""[not JSON""#, "[not JSON"),
            (r#""""#, ""),
            ("null", ""),
            ("{}", ""),
        ] {
            assert_eq!(texts(json).join(" "), expected, "{json}");
        }
        let many: Vec<String> = (0..40).chain(0..40).map(|id| format!("\"id-{id}\"")).collect();
        let found = texts(&format!("[{}]", many.join(","))).join(" ");
        let expected: Vec<String> = (0..40).map(|id| format!("id-{id}")).collect();
        assert_eq!(found, expected.join(" "));
        let deep = "[".repeat(500) + &"]".repeat(500);
        assert!(texts(&deep).is_empty());
    }
}
