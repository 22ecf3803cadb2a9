//! A row of a query's response: `[{"column":"value"},{"column":"value"}]`.

use std::borrow::Cow;

use crate::input::json::decode;
use crate::record::{Columns, same_name};
use crate::value::Members;

/// The names and values of a row, in order.
#[derive(Debug)]
pub(in crate::input) struct ResponseRow<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> ResponseRow<'a> {
    /// Reads a row; `None` for another text.
    pub(in crate::input) fn read(text: &'a str) -> Option<Self> {
        if !text.trim_start().starts_with('[') {
            return None;
        }
        let objects: Vec<Members<'a>> = serde_json::from_str(text).ok()?;
        let cells: Vec<_> = objects.into_iter().flat_map(|Members(members)| members).collect();
        (!cells.is_empty()).then_some(Self(cells))
    }

    /// Its columns.
    pub(in crate::input) fn columns(&self) -> Columns {
        Columns::new(self.0.iter().map(|(name, _)| name.to_string()))
    }

    /// Whether it has these columns in this order.
    pub(super) fn has(&self, columns: &Columns) -> bool {
        self.0.len() == columns.len()
            && self.0.iter().zip(columns.names()).all(|((a, _), b)| same_name(a, b))
    }

    /// The text of the value at this position; an object or array as its JSON.
    pub(super) fn get(&self, position: usize) -> Option<Cow<'a, str>> {
        let json = self.0.get(position)?.1;
        if json.starts_with(['{', '[']) { Some(Cow::Borrowed(json)) } else { decode(json) }
    }
}
