//! Rows of a table as RFC 4180 writes them, read from their own bytes.
//!
//! The grammar is strictly that of the RFC: a cell is quoted from its first byte to its last, or not
//! at all. So a missing or surplus quote is an error in some row. A tolerant reader would take half
//! a file for one cell and accept it.

mod cells;
mod row;
mod error;

pub(super) use cells::Cells;
pub(super) use error::RowError;
pub(super) use row::{RowExtent, RowScan, line_end, row, rows};

/// The longest cell.
pub(super) const MAX_CELL: usize = 4 << 20;

/// How many lines one row may have, for cells with line breaks.
pub(super) const MAX_LINES: usize = 1000;

/// The most columns of a table.
pub(super) const MAX_COLUMNS: usize = 1024;

#[cfg(test)]
mod tests;
