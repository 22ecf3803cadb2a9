//! Rows of a table as RFC 4180 writes them, read from their own bytes.
//!
//! The grammar is the RFC's and nothing around it: a cell is quoted from its first byte to its
//! last or not at all. Where a quote is missing or one too many, some row then says so; a reader
//! that makes the best of it would take half a file for one cell and find it well formed.

mod cells;
mod row;
mod error;

pub(super) use cells::Cells;
pub(super) use error::RowError;
pub(super) use row::{RowExtent, RowScan, line_end, row, rows};

/// The longest cell.
pub(super) const MAX_CELL: usize = 4 << 20;

/// The lines that one row may take, for cells that hold line breaks.
pub(super) const MAX_LINES: usize = 1000;

/// The most columns of a table.
pub(super) const MAX_COLUMNS: usize = 1024;

#[cfg(test)]
mod tests;
