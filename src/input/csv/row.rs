//! Finds the end of a row.

use memchr::{memchr2, memchr3};

use super::{MAX_CELL, MAX_LINES, RowError};

/// The result of scanning a row.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::input) enum RowScan {
    /// A row.
    Ends(RowExtent),
    /// The bytes end inside it.
    Unfinished,
    /// They are not a row.
    Broken(RowError),
}

/// The extent of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::input) struct RowExtent {
    /// One past its last byte, without its line break.
    pub(in crate::input) end: usize,
    /// Where the next one begins.
    pub(in crate::input) next: usize,
    /// The number of its cells.
    pub(in crate::input) cells: usize,
    /// The number of its cells up to the last one that is not empty.
    pub(in crate::input) filled: usize,
    /// The number of line breaks in its cells.
    pub(in crate::input) breaks: u64,
}

/// Finds the end of the row that begins with these bytes. `whole` is true if they are the complete
/// text; a row has at most `limit` bytes.
///
/// With only some of these bytes, the result is the same or [`RowScan::Unfinished`].
pub(in crate::input) fn row(bytes: &[u8], whole: bool, limit: usize) -> RowScan {
    let mut fit = RowExtent { end: 0, next: 0, cells: 0, filled: 0, breaks: 0 };
    let mut text = RowBytes { bytes, whole, limit, breaks: 0 };
    loop {
        let cell = match text.cell(fit.end) {
            Ok(Some(cell)) => cell,
            Ok(None) => return RowScan::Unfinished,
            Err(RowError::Stray | RowError::After) if text.breaks > 0 => {
                return RowScan::Broken(RowError::Later);
            }
            Err(wrong) => return RowScan::Broken(wrong),
        };
        fit.cells += 1;
        if cell.end > cell.start {
            fit.filled = fit.cells;
        }
        fit.end = cell.after;
        fit.breaks = text.breaks;
        if fit.end > limit {
            return RowScan::Broken(RowError::Row(limit));
        }
        match bytes.get(fit.end) {
            Some(b',') => fit.end += 1,
            None => return RowScan::Ends(RowExtent { next: fit.end, ..fit }),
            Some(_) => {
                let next = after_break(bytes, fit.end, whole);
                return next
                    .map_or(RowScan::Unfinished, |next| RowScan::Ends(RowExtent { next, ..fit }));
            }
        }
    }
}

/// The end of the first line, and the start of the next one; `None` if the bytes end before that. A
/// line ends with a line feed, a carriage return, or both.
pub(in crate::input) fn line_end(bytes: &[u8], whole: bool) -> Option<(usize, usize)> {
    match memchr2(b'\n', b'\r', bytes) {
        Some(end) => Some((end, after_break(bytes, end, whole)?)),
        None => whole.then_some((bytes.len(), bytes.len())),
    }
}

/// The rows of a text, in order; a broken row extends to the end of the text.
pub(in crate::input) fn rows(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (end, next) = match row(rest.as_bytes(), true, usize::MAX) {
            RowScan::Ends(RowExtent { end, next, .. }) => (end, next),
            RowScan::Unfinished | RowScan::Broken(_) => (rest.len(), rest.len()),
        };
        let found = rest.get(..end)?;
        rest = rest.get(next..)?;
        Some(found)
    })
}

fn after_break(bytes: &[u8], at: usize, whole: bool) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\r'), None) if !whole => None,
        _ => Some(at + 1),
    }
}

/// The bytes of a row that were read so far.
pub(super) struct RowBytes<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) whole: bool,
    pub(super) limit: usize,
    /// Line breaks in the cells so far.
    pub(super) breaks: u64,
}

/// The extent of a cell.
pub(super) struct Cell {
    /// Its first byte, after the quote that opens it.
    pub(super) start: usize,
    /// One past its last, before the quote that closes it.
    pub(super) end: usize,
    /// Whether it contains doubled quotes.
    pub(super) doubled: bool,
    /// The position of the comma or line break after it, or the end of the bytes.
    pub(super) after: usize,
}

impl RowBytes<'_> {
    /// The cell that begins at `at`; `None` if the bytes end inside it.
    pub(super) fn cell(&mut self, at: usize) -> Result<Option<Cell>, RowError> {
        match self.bytes.get(at) {
            Some(b'"') => self.quoted(at + 1),
            _ => self.plain(at),
        }
    }

    fn plain(&self, start: usize) -> Result<Option<Cell>, RowError> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        // Most cells are short, and a vectorized search costs more to set up than it saves.
        let found = rest.iter().position(|b| matches!(b, b',' | b'\n' | b'\r' | b'"'));
        let end = start + found.unwrap_or(rest.len());
        self.bounded(start, end)?;
        match self.bytes.get(end) {
            None if !self.whole => Ok(None),
            Some(b'"') => Err(RowError::Stray),
            _ => Ok(Some(Cell { start, end, doubled: false, after: end })),
        }
    }

    fn quoted(&mut self, start: usize) -> Result<Option<Cell>, RowError> {
        let mut at = start;
        let mut doubled = false;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let end = at + memchr3(b'"', b'\n', b'\r', rest).unwrap_or(rest.len());
            self.bounded(start, end)?;
            match (self.bytes.get(end), self.bytes.get(end + 1)) {
                (None, _) if self.whole => return Err(RowError::Open),
                (None, _) => return Ok(None),
                (Some(b'"'), Some(b'"')) => {
                    doubled = true;
                    at = end + 2;
                }
                (Some(b'"'), None) if !self.whole => return Ok(None),
                (Some(b'"'), None | Some(b',' | b'\n' | b'\r')) => {
                    return Ok(Some(Cell { start, end, doubled, after: end + 1 }));
                }
                (Some(b'"'), Some(_)) => return Err(RowError::After),
                (Some(_), _) => {
                    let Some(next) = after_break(self.bytes, end, self.whole) else {
                        return Ok(None);
                    };
                    at = next;
                    self.breaks += 1;
                    if self.breaks >= MAX_LINES as u64 {
                        return Err(RowError::Lines);
                    }
                }
            }
        }
    }

    fn bounded(&self, start: usize, end: usize) -> Result<(), RowError> {
        if end - start > MAX_CELL {
            Err(RowError::Cell)
        } else if end > self.limit {
            Err(RowError::Row(self.limit))
        } else {
            Ok(())
        }
    }
}
