//! Writes a row of a table as a JSON object.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::struct_notation;
use crate::input::trail::Spelling;
use crate::record::Columns;
use crate::value::push_string;

/// Words that query engines print for a cell without a value.
const NULLS: [&str; 3] = ["null", "NULL", "\\N"];

/// Makes objects of rows.
#[derive(Debug)]
pub(super) struct RowObject {
    /// `None` for a column without a name.
    columns: Vec<Option<Column>>,
    /// Whether some column represents a key of an object inside the record.
    flat: bool,
    spelling: Spelling,
    /// More words for a cell without a value, in tables of this format.
    nothing: &'static [&'static str],
}

/// The key that a column represents.
#[derive(Debug)]
struct Column {
    path: String,
    /// `"eventName":`
    written: String,
}

/// Whether all cells of a row could be written with their own types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'k> {
    /// All of them.
    Whole,
    /// The cell of this key begins like an object but is not one; it was written as a string.
    Torn(&'k str),
}

impl RowObject {
    /// Prepares for columns with these paths; the key of a column without a path is its name.
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

    /// Replaces `out` by the object. A cell without a value gets no key.
    pub(super) fn write<'c>(
        &self,
        cell: impl Fn(usize) -> Option<Cow<'c, str>>,
        out: &mut String,
    ) -> Written<'_> {
        let mut written_as = Written::Whole;
        let has_value = |cell: &Cow<'_, str>| {
            !cell.is_empty() && ![&NULLS, self.nothing].iter().any(|words| words.contains(&&**cell))
        };
        out.clear();
        out.push('{');
        for (position, column) in self.columns.iter().enumerate() {
            let Some(Column { path, written }) = column else { continue };
            let Some(cell) = cell(position).filter(has_value) else { continue };
            if out.len() > 1 {
                out.push(',');
            }
            out.push_str(written);
            if !self.push_value(&cell, path, out) {
                written_as = Written::Torn(path);
            }
        }
        out.push('}');
        if self.flat {
            let mut nested = String::with_capacity(out.len());
            self.spelling.nest(out, "", &mut nested);
            *out = nested;
        }
        written_as
    }

    /// Writes a cell as the object or array that it contains, else as a string; `false` if it
    /// begins like an object but is not one.
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
