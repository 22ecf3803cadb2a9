//! A row as the JSON object that its cells are.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::struct_notation;
use crate::input::json::push_string;
use crate::input::trail::Spelling;
use crate::record::Columns;

/// What query engines print for a cell without a value, besides nothing.
const NULLS: [&str; 3] = ["null", "NULL", "\\N"];

/// Makes objects of rows.
#[derive(Debug)]
pub(super) struct RowObject {
    /// None for a column without a name.
    columns: Vec<Option<Column>>,
    /// Whether some columns are keys of objects in the record.
    flat: bool,
    spelling: Spelling,
    /// Words that stand for nothing in tables of this kind, besides those of query engines.
    nothing: &'static [&'static str],
}

/// The key that a column stands for.
#[derive(Debug)]
struct Column {
    path: String,
    /// `"eventName":`
    written: String,
}

/// What a row became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'k> {
    /// An object with all that its cells hold.
    Whole,
    /// An object in which the cell of this key begins like an object, is none, and stays a text.
    Torn(&'k str),
}

impl RowObject {
    /// Prepares for columns that stand for keys at these paths; one that stands for none has its own
    /// name.
    pub(super) fn new(
        columns: &Columns,
        paths: Vec<Option<String>>,
        spelling: Spelling,
        nothing: &'static [&'static str],
    ) -> Self {
        let mut flat = false;
        let column = |(name, path): (&String, Option<String>)| {
            flat |= path.as_ref().is_some_and(|path| path.contains('.'));
            let path = path.unwrap_or_else(|| name.clone());
            let mut written = String::new();
            push_string(&path, &mut written);
            written.push(':');
            (!name.is_empty()).then_some(Column { path, written })
        };
        let columns = columns.names().iter().zip(paths).map(column).collect();
        Self { columns, flat, spelling, nothing }
    }

    /// Replaces `out` by the object. An empty cell says nothing, so it has no key.
    pub(super) fn write<'c>(
        &self,
        cell: impl Fn(usize) -> Option<Cow<'c, str>>,
        out: &mut String,
    ) -> Written<'_> {
        let mut became = Written::Whole;
        let says = |cell: &Cow<'_, str>| {
            !cell.is_empty() && ![&NULLS, self.nothing].iter().any(|words| words.contains(&&**cell))
        };
        out.clear();
        out.push('{');
        for (position, column) in self.columns.iter().enumerate() {
            let Some(Column { path, written }) = column else { continue };
            let Some(cell) = cell(position).filter(says) else { continue };
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(written);
            if !self.push_value(&cell, path, out) {
                became = Written::Torn(path);
            }
        }
        out.push('}');
        if self.flat {
            let mut nested = String::with_capacity(out.len());
            self.spelling.nest(out, "", &mut nested);
            *out = nested;
        }
        became
    }

    /// A cell as a value: an object or a list where it holds one, else its text; `false` where it
    /// begins like an object and is none.
    fn push_value(&self, cell: &str, path: &str, out: &mut String) -> bool {
        let text = cell.trim();
        if !text.starts_with(['{', '[']) {
            push_string(cell, out);
            return true;
        }
        if serde_json::from_str::<IgnoredAny>(text).is_ok() {
            self.spelling.write(text, path, out);
            return true;
        }
        match struct_notation::json(text) {
            Some(json) => self.spelling.write(&json, path, out),
            None => push_string(cell, out),
        }
        !out.ends_with('"') || !text.starts_with('{')
    }
}
