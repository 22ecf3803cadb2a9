//! Projection: walks a JSON text along a [`Shape`] and borrows the texts of the requested paths.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::shape::{SLOTS, Shape};
use super::text::has_lone_surrogate;
use crate::record::SkipReason;

/// The texts found, by the index of their path: JSON, borrowed.
#[derive(Debug)]
pub(in crate::input) struct Fields<'a> {
    texts: [&'a str; SLOTS],
    /// Whether the text is an object at all.
    pub(in crate::input) object: bool,
    /// Whether a string that begins like an object is at a place where a path continues.
    pub(in crate::input) folded: bool,
    visited: u128,
    twice: Option<&'static str>,
}

/// Why no fields can be read from a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::input) struct Fault {
    /// The kind of reason.
    pub(in crate::input) reason: SkipReason,
    /// The exact problem.
    pub(in crate::input) detail: String,
}

impl<'a> Fields<'a> {
    /// Reads the whole text, which must be exactly one JSON value.
    pub(in crate::input) fn read(text: &'a str, shape: &Shape) -> Result<Self, Fault> {
        let fields = Self::scan(text, shape)?;
        fields.unambiguous()?;
        Ok(fields)
    }

    /// The same without the check for repeated keys, which the caller makes with
    /// [`Self::unambiguous`]. If a key is repeated, its first value is read.
    pub(in crate::input) fn scan(text: &'a str, shape: &Shape) -> Result<Self, Fault> {
        let mut fields =
            Fields { texts: [""; SLOTS], object: false, folded: false, visited: 0, twice: None };
        match walk_text(text, shape, 0, &mut fields) {
            Ok(object) => fields.object = object,
            Err(error) => {
                return Err(Fault { reason: SkipReason::Syntax, detail: error.to_string() });
            }
        }
        if has_lone_surrogate(text) {
            return Err(Fault {
                reason: SkipReason::Syntax,
                detail: "an escape names half of a surrogate pair".to_owned(),
            });
        }
        Ok(fields)
    }

    /// Whether no key on a path occurs twice.
    pub(in crate::input) fn unambiguous(&self) -> Result<(), Fault> {
        let fault = |path| Fault {
            reason: SkipReason::DuplicateKey,
            detail: format!("a key occurs twice on the path to `{path}`"),
        };
        self.twice.map_or(Ok(()), |path| Err(fault(path)))
    }

    /// Copies the texts of these paths that only `other` has.
    pub(in crate::input) fn adopt(&mut self, other: &Fields<'a>, paths: Range<usize>) {
        let theirs = other.texts.get(paths.clone()).unwrap_or_default();
        for (own, text) in self.texts.iter_mut().skip(paths.start).zip(theirs) {
            if own.is_empty() {
                *own = text;
            }
        }
    }

    /// Forgets the text of a path.
    pub(in crate::input) fn remove(&mut self, path: usize) {
        if let Some(text) = self.texts.get_mut(path) {
            *text = "";
        }
    }

    /// Every text that was found, in the order of the paths.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.texts.iter().copied().filter(|text| !text.is_empty())
    }

    /// The JSON text of a path; `None` if the record does not have it.
    pub(in crate::input) fn get(&self, path: usize) -> Option<&'a str> {
        self.texts.get(path).copied().filter(|text| !text.is_empty())
    }
}

/// Walks a text from a node on. Returns whether it is an object.
fn walk_text<'a>(
    text: &'a str,
    shape: &Shape,
    node: usize,
    fields: &mut Fields<'a>,
) -> Result<bool, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let object = Walk { shape, node, fields }.deserialize(&mut json)?;
    json.end()?;
    Ok(object)
}

/// Reads the value of one node.
struct Walk<'s, 'f, 'a> {
    shape: &'s Shape,
    node: usize,
    fields: &'f mut Fields<'a>,
}

impl<'a> DeserializeSeed<'a> for Walk<'_, '_, 'a> {
    type Value = bool;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

/// The value is not needed.
macro_rules! no_object {
    ($($name:ident($($ty:ty)?);)*) => {
        $(fn $name<E>(self $(, _: $ty)?) -> Result<bool, E> {
            Ok(false)
        })*
    };
}

impl<'a> Visitor<'a> for Walk<'_, '_, 'a> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    no_object! {
        visit_bool(bool);
        visit_i64(i64);
        visit_u64(u64);
        visit_f64(f64);
        visit_unit();
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        let goes_on = !self.shape.node(self.node).is_leaf();
        self.fields.folded |= goes_on && text.trim_ascii_start().starts_with('{');
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<bool, A::Error> {
        let Walk { shape, node, fields } = self;
        if shape.node(node).each {
            loop {
                fields.visited &= !shape.node(node).below;
                let item = Walk { shape, node, fields: &mut *fields };
                if items.next_element_seed(item)?.is_none() {
                    break;
                }
            }
        } else {
            while items.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(false)
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<bool, A::Error> {
        let Walk { shape, node, fields } = self;
        while let Some(found) = map.next_key_seed(Key { shape, node })? {
            let Some(child) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let info = shape.node(child);
            let bit = 1u128 << child;
            if fields.visited & bit != 0 {
                fields.twice.get_or_insert(info.path);
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            fields.visited |= bit;
            match info.slot {
                Some(slot) => {
                    let text = map.next_value::<&'a RawValue>()?.get();
                    fields.texts[slot] = text;
                    if !info.is_leaf() {
                        walk_text(text, shape, child, fields).map_err(serde::de::Error::custom)?;
                    }
                }
                None if info.is_leaf() => {
                    map.next_value::<IgnoredAny>()?;
                }
                None => {
                    map.next_value_seed(Walk { shape, node: child, fields: &mut *fields })?;
                }
            }
        }
        Ok(true)
    }
}

/// Reads a key and finds its node.
struct Key<'s> {
    shape: &'s Shape,
    node: usize,
}

impl<'a> DeserializeSeed<'a> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Option<usize>, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.shape.child(self.node, key))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const PATHS: [&str; 6] = ["a", "b.c", "b.d.e", "b.d", "l", "l[].k"];

    fn shape(wanted: impl Fn(usize) -> bool) -> Shape {
        Shape::new(&PATHS, wanted)
    }

    #[test]
    fn texts_are_borrowed_unchanged() {
        let text = r#" {"x":[1], "a" : "q\"\u0041", "b":{"c":12345678901234567890123,"d":{"e":null}},"l":[{"k":1},{"k":2}]} "#;
        let fields = Fields::read(text, &shape(|_| true)).unwrap();
        assert!(fields.object);
        assert_eq!(fields.get(0), Some(r#""q\"\u0041""#));
        assert_eq!(fields.get(1), Some("12345678901234567890123"));
        assert_eq!(fields.get(2), Some("null"));
        assert_eq!(fields.get(3), Some(r#"{"e":null}"#));
        assert_eq!(fields.get(4), Some(r#"[{"k":1},{"k":2}]"#));
    }

    #[test]
    fn a_duplicate_key_is_found_whether_or_not_it_is_needed() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"b":{"c":1,"c":2}}"#,
            r#"{"b":{},"b":{"c":2}}"#,
            r#"{"b":{"d":{"e":1,"e":1}}}"#,
            r#"{"l":[{"k":1},{"k":1,"k":2}]}"#,
        ] {
            for wanted in [true, false] {
                let fault = Fields::read(text, &shape(|_| wanted)).unwrap_err();
                assert_eq!(fault.reason, SkipReason::DuplicateKey, "{text}");
            }
        }
        for text in [r#"{"x":1,"x":1}"#, r#"{"x":{"a":1},"a":2}"#, r#"{"l":[{"k":1},{"k":1}]}"#] {
            assert!(Fields::read(text, &shape(|_| true)).is_ok(), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_a_single_json_value_is_an_error() {
        for text in [
            "",
            "{",
            r#"{"a":}"#,
            r#"{"a":1}x"#,
            r#"{"a":1}{"a":1}"#,
            r#"{"x":[}"#,
            r#"{"x":NaN}"#,
            r#"{"x":"\ud800"}"#,
            r#"{"x":"\udc00\ud800"}"#,
            "{\"x\":\"\n\"}",
            r#"{"x":01}"#,
        ] {
            let fault = Fields::read(text, &shape(|_| false)).unwrap_err();
            assert_eq!(fault.reason, SkipReason::Syntax, "{text}");
        }
        assert!(Fields::read(r#"{"x":"\ud83d\ude00 \\ud800"}"#, &shape(|_| true)).is_ok());
        assert!(!Fields::read("[1]", &shape(|_| true)).unwrap().object);
    }

    #[test]
    fn nesting_does_not_use_the_stack() {
        let deep = format!(r#"{{"a":1,"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Fields::read(&deep, &shape(|_| true)).unwrap().get(0), Some("1"));
    }

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-e\"\\\\\u{0}-\u{20}é😀]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[abcdelk]", inner, 0..6)
                    .prop_map(|map| json!(map.into_iter().collect::<serde_json::Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_projection_equals_that_of_a_parsed_tree(document in documents(), pretty: bool, mask in 0u8..64) {
            let text = if pretty {
                serde_json::to_string_pretty(&document).unwrap()
            } else {
                document.to_string()
            };
            let fields = Fields::read(&text, &shape(|path| mask & 1 << path != 0)).unwrap();
            for (path, keys) in [(0, "/a"), (1, "/b/c"), (2, "/b/d/e"), (3, "/b/d"), (4, "/l")] {
                let expected = document
                    .pointer(keys)
                    .filter(|_| mask & 1 << path != 0)
                    // A pointer also indexes arrays; a path does not.
                    .filter(|_| document.is_object());
                let found = fields.get(path).map(|text| serde_json::from_str(text).unwrap());
                prop_assert_eq!(found.as_ref(), expected);
            }
        }

        #[test]
        fn the_projection_accepts_the_same_texts_as_a_parser(document in documents(), cut in any::<prop::sample::Index>()) {
            let text = document.to_string();
            let mut end = cut.index(text.len() + 1);
            while !text.is_char_boundary(end) { end -= 1; }
            let cut = &text[..end];
            let tree = serde_json::from_str::<Value>(cut).is_ok();
            prop_assert_eq!(Fields::read(cut, &shape(|_| true)).is_ok(), tree);
        }
    }
}
