//! The cells of one row.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::RowError;
use super::row::{Cell, RowBytes};
use crate::input::json::Fault;

/// The cells of one row, borrowed from its text.
#[derive(Debug)]
pub(in crate::input) struct Cells<'a> {
    row: &'a str,
    spans: SmallVec<[CellRange; 64]>,
}

/// The range of a cell's text, without the quotes around it.
#[derive(Debug, Clone, Copy)]
struct CellRange {
    start: usize,
    end: usize,
    /// Whether it contains doubled quotes.
    doubled: bool,
}

impl<'a> Cells<'a> {
    /// Reads one row, which must be all of the text except for the line break after it.
    pub(in crate::input) fn read(row: &'a str) -> Result<Self, Fault> {
        let bytes = row.as_bytes();
        let mut text = RowBytes { bytes, whole: true, limit: usize::MAX, breaks: 0 };
        let mut spans = SmallVec::new();
        let mut at = 0;
        // The text is complete, so no cell ends outside of it.
        while let Some(Cell { start, end, doubled, after }) = text.cell(at)? {
            spans.push(CellRange { start, end, doubled });
            at = after + 1;
            match bytes.get(after..) {
                Some([b',', ..]) => {}
                Some([] | [b'\n' | b'\r'] | [b'\r', b'\n']) | None => break,
                Some(_) => return Err(RowError::Break.into()),
            }
        }
        Ok(Self { row, spans })
    }

    /// The text of the cell at this position, from 0; `None` if the row has fewer cells.
    pub(in crate::input) fn get(&self, position: usize) -> Option<Cow<'a, str>> {
        let CellRange { start, end, doubled } = *self.spans.get(position)?;
        let text = self.row.get(start..end)?;
        Some(if doubled { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) })
    }

    /// The number of cells.
    pub(in crate::input) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cells, in order.
    pub(in crate::input) fn iter(&self) -> impl Iterator<Item = Cow<'a, str>> + '_ {
        (0..self.len()).filter_map(|position| self.get(position))
    }
}
