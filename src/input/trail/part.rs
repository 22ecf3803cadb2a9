//! Parts of a text, borrowed if the text is borrowed.

use std::borrow::Cow;

use crate::input::json::once;
use crate::value::{Items, Value};

/// The first `len` bytes.
pub(in crate::input) fn cut(text: Cow<'_, str>, len: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..len]),
        Cow::Owned(mut text) => {
            text.truncate(len);
            Cow::Owned(text)
        }
    }
}

/// A list of the distinct texts; missing if there are none.
pub(in crate::input) fn list<'a>(texts: impl IntoIterator<Item = Cow<'a, str>>) -> Value<'a> {
    let found = once(texts);
    if found.is_empty() {
        return Value::Missing;
    }
    Value::List(Items::Owned(found.into_iter().map(Value::Str).collect()))
}

/// The part before the first of these characters, or all of it.
pub(in crate::input) fn before(text: Cow<'_, str>, mark: char) -> Cow<'_, str> {
    let len = text.find(mark).unwrap_or(text.len());
    cut(text, len)
}

/// The part after the first of these characters; `None` if there is none, or nothing after it.
pub(in crate::input) fn after(text: Cow<'_, str>, mark: char) -> Option<Cow<'_, str>> {
    let rest = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.split_once(mark)?.1),
        Cow::Owned(text) => Cow::Owned(text.split_once(mark)?.1.to_owned()),
    };
    (!rest.is_empty()).then_some(rest)
}
