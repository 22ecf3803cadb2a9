//! Projection: walks a JSON text along a [`Shape`] and borrows the texts of the requested paths.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::shape::{SLOTS, Shape};
use super::text::has_lone_surrogate;
use crate::record::SkipReason;
use crate::value::{Cursor, Malformed, StringToken};

/// The texts found, by the index of their path: JSON, borrowed.
#[derive(Debug)]
pub(in crate::input) struct Fields<'a> {
    texts: [&'a str; SLOTS],
    /// Whether the text is an object at all.
    pub(in crate::input) object: bool,
    /// Whether a string that begins like an object is at a place where a path continues.
    pub(in crate::input) folded: bool,
    seen: u128,
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
    /// [`Self::unambiguous`]. Of a repeated key the first value is read.
    pub(in crate::input) fn scan(text: &'a str, shape: &Shape) -> Result<Self, Fault> {
        let mut fields =
            Fields { texts: [""; SLOTS], object: false, folded: false, seen: 0, twice: None };
        let mut walk = Walk { cursor: Cursor::new(text), shape, fields: &mut fields };
        let object = walk.cursor.peek() == b'{';
        if walk.value(0, 0).and_then(|()| walk.cursor.end()).is_err() {
            return Err(Fault { reason: SkipReason::Syntax, detail: syntax(text) });
        }
        fields.object = object;
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

/// The most arrays that are items of one another on a path into the items of an array.
const MAX_NESTED_ITEMS: usize = 64;

/// A walk of one text along a shape.
struct Walk<'s, 'f, 'a> {
    cursor: Cursor<'a>,
    shape: &'s Shape,
    fields: &'f mut Fields<'a>,
}

impl Walk<'_, '_, '_> {
    /// Reads the value of a node, inside this many arrays that are items of one another.
    fn value(&mut self, node: usize, around: usize) -> Result<(), Malformed> {
        match self.cursor.peek() {
            b'{' => self.object(node),
            b'[' if self.shape.node(node).each => self.items(node, around),
            b'"' => {
                let string = self.cursor.string()?;
                let goes_on = !self.shape.node(node).is_leaf();
                self.fields.folded |= goes_on && begins_object(string);
                Ok(())
            }
            _ => self.cursor.skip(),
        }
    }

    fn items(&mut self, node: usize, around: usize) -> Result<(), Malformed> {
        if around > MAX_NESTED_ITEMS {
            return Err(Malformed);
        }
        self.cursor.advance();
        if self.cursor.is_empty(b']') {
            return Ok(());
        }
        loop {
            self.fields.seen &= !self.shape.node(node).below;
            self.value(node, around + 1)?;
            if !self.cursor.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    fn object(&mut self, node: usize) -> Result<(), Malformed> {
        self.cursor.advance();
        if self.cursor.is_empty(b'}') {
            return Ok(());
        }
        loop {
            let key = self.cursor.string()?;
            self.cursor.expect(b':')?;
            let child = match key.escaped {
                false => self.shape.child(node, key.raw),
                true => self.shape.child(node, &key.decoded()),
            };
            match child {
                None => self.cursor.skip()?,
                Some(child) => self.member(child)?,
            }
            if !self.cursor.goes_on(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads the value of a key on a path.
    fn member(&mut self, child: usize) -> Result<(), Malformed> {
        let info = self.shape.node(child);
        let bit = 1u128 << child;
        if self.fields.seen & bit != 0 {
            self.fields.twice.get_or_insert(info.path);
            return self.cursor.skip();
        }
        self.fields.seen |= bit;
        match info.slot {
            Some(slot) if info.is_leaf() => self.fields.texts[slot] = self.cursor.value()?,
            Some(slot) => {
                let start = self.cursor.position();
                self.value(child, 0)?;
                self.fields.texts[slot] = self.cursor.since(start);
            }
            None if info.is_leaf() => self.cursor.skip()?,
            None => self.value(child, 0)?,
        }
        Ok(())
    }
}

/// Whether the content of a string begins like an object.
fn begins_object(string: StringToken<'_>) -> bool {
    let begins = |text: &str| text.trim_ascii_start().starts_with('{');
    // An escape may stand for a blank or a bracket.
    begins(string.raw)
        || (string.escaped
            && string.raw.trim_ascii_start().starts_with('\\')
            && begins(&string.decoded()))
}

/// What is wrong with a text that is not one JSON value.
fn syntax(text: &str) -> String {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        error.to_string()
    } else if has_lone_surrogate(text) {
        "an escape names half of a surrogate pair".to_owned()
    } else {
        format!("more than {MAX_NESTED_ITEMS} arrays are items of one another")
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
