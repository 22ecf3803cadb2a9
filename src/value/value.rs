//! A value at run time.

use std::borrow::Cow;

use super::{Duration, RecordKind, Time};

/// JSON that no type of the language represents: an object, an array, or a number that is not an
/// `i64`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Json<'a> {
    /// The JSON text; it is valid.
    pub text: Cow<'a, str>,
    /// Whether its keys have their original case.
    pub keys: KeyCase,
}

impl<'a> Json<'a> {
    /// JSON whose keys have their original case.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), keys: KeyCase::Exact }
    }
}

/// Whether the keys of a JSON value have their original case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyCase {
    /// The case is original. A key is found by its exact name.
    #[default]
    Exact,
    /// An export may have changed the case. A key is found in any case.
    Any,
    /// An export changed the case. A key is found in any case, and the text differs from the
    /// original.
    Changed,
}

/// The items of a list.
#[derive(Debug, Clone)]
pub enum Items<'a> {
    /// Borrowed items.
    Borrowed(&'a [Value<'a>]),
    /// Owned items.
    Owned(Vec<Value<'a>>),
}

impl<'a> std::ops::Deref for Items<'a> {
    type Target = [Value<'a>];

    fn deref(&self) -> &[Value<'a>] {
        match self {
            Items::Borrowed(items) => items,
            Items::Owned(items) => items,
        }
    }
}

impl PartialEq for Items<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Items<'_> {}

impl PartialOrd for Items<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Items<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

/// A value; `Missing` is Rhai's `()`.
///
/// The ordering exists only to sort values reproducibly. It is not the `<` of the language.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value<'a> {
    /// `()`: the record does not have the value.
    #[default]
    Missing,
    /// `true`, `false`.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// Text.
    Str(Cow<'a, str>),
    /// An instant, UTC.
    Time(Time),
    /// A length of time.
    Duration(Duration),
    /// A list.
    List(Items<'a>),
    /// A row: its values in the order of the field table.
    Record(RecordKind, &'a [Value<'a>]),
    /// Untyped JSON that no other variant fits.
    Json(Json<'a>),
}

impl<'a> Value<'a> {
    /// A borrowed text.
    pub fn str(text: &'a str) -> Self {
        Value::Str(Cow::Borrowed(text))
    }

    /// A borrowed text, or missing if there is none.
    pub fn maybe_str(text: Option<&'a str>) -> Self {
        text.map_or(Value::Missing, Value::str)
    }

    /// Whether the value is missing.
    pub fn is_missing(&self) -> bool {
        matches!(self, Value::Missing)
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(is) => Some(*is),
            _ => None,
        }
    }

    /// The instant, if it is an instant.
    pub fn as_time(&self) -> Option<Time> {
        match self {
            Value::Time(time) => Some(*time),
            _ => None,
        }
    }

    /// The same value, borrowing from `self`; it never allocates.
    pub fn borrow(&self) -> Value<'_> {
        match self {
            Value::Missing => Value::Missing,
            Value::Bool(b) => Value::Bool(*b),
            Value::Int(i) => Value::Int(*i),
            Value::Str(text) => Value::Str(Cow::Borrowed(text)),
            Value::Time(t) => Value::Time(*t),
            Value::Duration(d) => Value::Duration(*d),
            Value::List(items) => Value::List(Items::Borrowed(items)),
            Value::Record(kind, values) => Value::Record(*kind, values),
            Value::Json(json) => {
                Value::Json(Json { text: Cow::Borrowed(&json.text), keys: json.keys })
            }
        }
    }

    /// The same value with owned text.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Missing => Value::Missing,
            Value::Bool(b) => Value::Bool(b),
            Value::Int(i) => Value::Int(i),
            Value::Str(text) => Value::Str(Cow::Owned(text.into_owned())),
            Value::Time(t) => Value::Time(t),
            Value::Duration(d) => Value::Duration(d),
            Value::List(items) => {
                Value::List(Items::Owned(items.iter().cloned().map(Value::into_owned).collect()))
            }
            // A row is used only during an evaluation.
            Value::Record(..) => Value::Missing,
            Value::Json(json) => {
                Value::Json(Json { text: Cow::Owned(json.text.into_owned()), keys: json.keys })
            }
        }
    }
}
