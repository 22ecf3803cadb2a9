//! Writes a row of a table as a JSON object.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::struct_notation;
use crate::input::trail::Spelling;
use crate::record::Columns;
use crate::value::{KeyCase, push_string};

/// Words that query engines print for a cell without a value.
const NULLS: [&str; 3] = ["null", "NULL", "\\N"];

/// Makes objects of rows.
#[derive(Debug)]
pub(super) struct RowObject {
    /// `None` for a column without a name.
    columns: Vec<Option<Column>>,
    /// Whether some column represents a key of an object inside the record.
    flat: bool,
    /// The case of the keys in cells, as the names of the columns show it.
    keys: KeyCase,
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

/// How a row was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written<'k> {
    /// The key of a cell that begins like an object but is not one; it was written as a string.
    pub(super) torn: Option<&'k str>,
    /// The case of the keys in its cells.
    pub(super) keys: KeyCase,
}

/// How a cell was written.
enum Cell {
    /// With its own type, and its keys as they are.
    Whole,
    /// With keys whose case differs from the trail's.
    Respelled,
    /// As a string, although it begins like an object.
    Torn,
}

impl RowObject {
    /// Prepares for columns with these paths; the key of a column without a path is its name.
    pub(super) fn new(
        columns: &Columns,
        paths: Vec<Option<String>>,
        spelling: Spelling,
        nothing: &'static [&'static str],
    ) -> Self {
        let (mut flat, mut keys) = (false, KeyCase::Any);
        let column = |(name, path): (&String, Option<String>)| {
            flat |= path.as_ref().is_some_and(|path| path.contains('.'));
            let path = path.unwrap_or_else(|| name.clone());
            if is_folded(name, &path) {
                keys = KeyCase::Changed;
            }
            let mut written = String::new();
            push_string(&path, &mut written);
            written.push(':');
            (!name.is_empty()).then_some(Column { path, written })
        };
        let columns = columns.names().iter().zip(paths).map(column).collect();
        Self { columns, flat, keys, spelling, nothing }
    }

    /// Replaces `out` by the object. A cell without a value gets no key.
    pub(super) fn write<'c>(
        &self,
        cell: impl Fn(usize) -> Option<Cow<'c, str>>,
        out: &mut String,
    ) -> Written<'_> {
        let mut result = Written { torn: None, keys: self.keys };
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
            match self.push_value(&cell, path, out) {
                Cell::Whole => {}
                Cell::Respelled => result.keys = KeyCase::Changed,
                Cell::Torn => result.torn = Some(path),
            }
        }
        out.push('}');
        if self.flat {
            let mut nested = String::with_capacity(out.len());
            self.spelling.nest(out, "", &mut nested);
            *out = nested;
        }
        result
    }

    /// Writes a cell as the object or array that it contains, else as a string.
    fn push_value(&self, cell: &str, path: &str, out: &mut String) -> Cell {
        let text = cell.trim();
        if !text.starts_with(['{', '[']) {
            push_string(cell, out);
            return Cell::Whole;
        }
        if serde_json::from_str::<IgnoredAny>(text).is_ok() {
            return match self.spelling.write(text, path, out) {
                true => Cell::Respelled,
                false => Cell::Whole,
            };
        }
        match struct_notation::json(text) {
            // The engines with this notation write keys in lower case.
            Some(json) => {
                self.spelling.write(&json, path, out);
                Cell::Respelled
            }
            None => {
                push_string(cell, out);
                if text.starts_with('{') { Cell::Torn } else { Cell::Whole }
            }
        }
    }
}

/// Whether the name of a column is its path entirely in lower or upper case.
fn is_folded(name: &str, path: &str) -> bool {
    let one_case = |is: fn(&u8) -> bool| !name.as_bytes().iter().any(is);
    name != path
        && name.eq_ignore_ascii_case(path)
        && (one_case(u8::is_ascii_uppercase) || one_case(u8::is_ascii_lowercase))
}
