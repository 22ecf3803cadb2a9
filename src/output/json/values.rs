//! Values as the report formats write them.

use std::borrow::Cow;

use super::v1;
use crate::finding;
use crate::report::Facts;
use crate::value::Time;

/// Texts whose access keys are masked.
pub(super) fn texts<'a>(facts: &Facts, texts: &'a [String]) -> Vec<Cow<'a, str>> {
    texts.iter().map(|text| facts.text(text)).collect()
}

/// A time in RFC 3339.
pub(super) fn at(time: Option<Time>) -> Option<String> {
    time.map(|time| time.to_string())
}

/// The location of a record.
pub(super) fn location<'a>(facts: &Facts, of: &'a finding::Location) -> v1::Location<'a> {
    v1::Location {
        root: of.root,
        path: Cow::Borrowed(of.path.as_str()),
        line: of.line,
        column: of.column,
        end_line: of.end_line,
        end_column: of.end_column,
        offset: of.offset,
        length: of.length,
        pointer: facts.text(&of.pointer),
    }
}
