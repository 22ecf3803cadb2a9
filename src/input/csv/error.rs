//! The errors of a row.

use std::fmt;

use super::{MAX_CELL, MAX_LINES};
use crate::input::json::Fault;
use crate::record::SkipReason;

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::input) enum RowError {
    /// A quote inside a cell that does not begin with one.
    Stray,
    /// Text between the closing quote of a cell and the comma after it.
    After,
    /// A quote opens a cell, and the text ends inside the cell.
    Open,
    /// A quote opens a cell, and the quote that closes it on a later line is not at the end of a
    /// cell.
    Later,
    /// A quote opens a cell, and the row exceeds the maximum number of lines.
    Lines,
    /// A cell exceeds the maximum length.
    Cell,
    /// A row longer than this many bytes.
    Row(usize),
    /// A line break that is followed by more text.
    Break,
}

impl RowError {
    /// The kind of reason.
    pub(in crate::input) fn reason(self) -> SkipReason {
        match self {
            RowError::Cell | RowError::Row(_) => SkipReason::TooLong,
            _ => SkipReason::Syntax,
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowError::Stray => f.write_str("a quote is inside a cell that does not begin with one"),
            RowError::After => f.write_str("text follows the quote that closes a cell"),
            RowError::Open => f.write_str("a quote opens a cell, but no quote closes it"),
            RowError::Later => f.write_str(
                "a quote opens a cell, but the next quote, on a later line, is not at the end of a cell",
            ),
            RowError::Lines => {
                write!(f, "a quote opens a cell, but no quote closes it within {MAX_LINES} lines")
            }
            RowError::Cell => write!(f, "a cell is longer than {} MiB", MAX_CELL >> 20),
            RowError::Row(limit) => write!(f, "longer than {limit} bytes"),
            RowError::Break => f.write_str("a line break is outside of quotes"),
        }
    }
}

impl From<RowError> for Fault {
    fn from(wrong: RowError) -> Self {
        Self { reason: wrong.reason(), detail: wrong.to_string() }
    }
}
