//! Tables as JSON: an array of objects.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Declaration;
use super::build::{Builder, Raw};
use super::data::{Data, Mistake};
use super::header::{Header, lacking, twice};
use crate::value::Members;

pub(super) fn read(declaration: &Arc<Declaration>, text: &str) -> Result<Data, Vec<Mistake>> {
    let rows: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| vec![invalid(text, 0, &error)])?;
    let mut header = Header::new(declaration);
    let mut builder = Builder::new(declaration.clone());
    for row in &rows {
        let start = offset(text, row.get());
        let Members(members) = serde_json::from_str(row.get())
            .map_err(|error| vec![invalid(row.get(), start, &error)])?;
        let mut values: Vec<Option<Raw<'_>>> = vec![None; declaration.columns.len()];
        for (name, value) in &members {
            let Some(column) = header.column(name) else { continue };
            if values[column].replace(raw(value)).is_some() {
                let at = offset(text, value);
                let at = at..at + value.len();
                return Err(vec![Mistake::row(twice(declaration, column), at, "here again")]);
            }
        }
        let mut values: Vec<Raw<'_>> =
            values.into_iter().map(|value| value.unwrap_or(Raw::Empty)).collect();
        if !builder.row(&mut values) {
            break;
        }
    }
    let place_of = |row: usize, column: usize| -> Option<Range<usize>> {
        let row = rows.get(row)?.get();
        let Members(members) = serde_json::from_str(row).ok()?;
        let named =
            |(name, _): &&(Cow<'_, str>, &str)| declaration.column_of_header(name) == Some(column);
        let part = members.iter().find(named).map_or(row, |(_, value)| value);
        let start = offset(text, part);
        Some(start..start + part.len())
    };
    match builder.finish() {
        Err(problems) => {
            Err(problems.into_iter().map(|problem| problem.mistake(&place_of)).collect())
        }
        Ok(table) => {
            if let Some(message) = lacking(declaration, &header).filter(|_| !rows.is_empty()) {
                return Err(vec![Mistake::row(message, 0..1, "in none of its rows")]);
            }
            Ok(Data { table, extra: header.into_extra(), unread: 0 })
        }
    }
}

/// A JSON value as input for a column. Numbers and booleans are taken as written.
fn raw(text: &str) -> Raw<'_> {
    match text.as_bytes().first() {
        Some(b'n') | None => Raw::Empty,
        Some(b'"') => match serde_json::from_str::<String>(text) {
            Ok(text) if text.is_empty() => Raw::Empty,
            Ok(text) => Raw::Text(Cow::Owned(text)),
            Err(_) => Raw::Other,
        },
        Some(b'[') => serde_json::from_str(text).map_or(Raw::Other, Raw::Texts),
        Some(b'{') => Raw::Other,
        Some(_) => Raw::Text(Cow::Borrowed(text)),
    }
}

/// The offset of a part of the text.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// The error of serde at its position; `base` is the offset of the text in the file.
fn invalid(text: &str, base: usize, error: &serde_json::Error) -> Mistake {
    let line = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line: usize = line.map(str::len).sum();
    let mut at = (line + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let width = text[at..].chars().next().map_or(0, char::len_utf8);
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let message = format!("the file is not an array of objects in JSON: {reason}");
    Mistake::row(message, base + at..base + at + width, "here")
}
