//! Rows of a table in the format of RFC 4180, split in place without copying.
//!
//! The grammar is exactly that of the RFC: a cell is quoted from its first byte to its last, or not
//! at all. A missing or surplus quote is therefore an error in some row. A tolerant reader could
//! read half a file as one cell and accept it.
//!
//! Data files of tables have another reader, `table::csv`, which explains the difference.

mod cells;
mod row;
mod error;

pub(super) use cells::Cells;
pub(super) use error::RowError;
pub(super) use row::{RowExtent, RowScan, line_end, row, rows};

/// The longest cell.
pub(super) const MAX_CELL: usize = 4 << 20;

/// The maximum number of lines of one row, whose cells may contain line breaks.
pub(super) const MAX_LINES: usize = 1000;

/// The most columns of a table.
pub(super) const MAX_COLUMNS: usize = 1024;

#[cfg(test)]
mod tests;
