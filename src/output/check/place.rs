//! The places of diagnostics in files.

use crate::diag::Label;
use crate::source::{SourceFile, Sources};

/// A range of a file, in lines and columns from 1. The end is exclusive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) path: &'s str,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl<'s> Place<'s> {
    /// Where a label points at; `column` converts a line and a column in characters.
    pub(super) fn of(label: &Label, sources: &'s Sources) -> Self {
        let file = sources.file(label.span.file);
        let (line, column) = file.line_col(label.span.start);
        let (end_line, end_column) = file.line_col(label.span.end.max(label.span.start));
        Self { path: &file.name, line, column, end_line, end_column }
    }

    /// The same place with columns in UTF-16 code units, as SARIF counts them.
    pub(super) fn utf16(label: &Label, sources: &'s Sources) -> Self {
        let file = sources.file(label.span.file);
        let place = Self::of(label, sources);
        Self {
            column: units(file, label.span.start),
            end_column: units(file, label.span.end.max(label.span.start)),
            ..place
        }
    }
}

/// The column of an offset in UTF-16 code units, from 1.
fn units(file: &SourceFile, offset: u32) -> usize {
    let before = file.text.get(..offset as usize).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.encode_utf16().count() + 1
}
