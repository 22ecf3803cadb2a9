//! The rows of a table.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256};

use super::index::Index;
use super::{Column, Declaration};
use crate::value::{Items, Time, Value};

/// The maximum number of rows of a table.
pub const MAX_ROWS: usize = 2_000_000;

/// One value of a row, 16 bytes. Texts and lists are stored outside the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Missing,
    Bool(bool),
    Int(i64),
    Time(Time),
    /// The offset of the text, and its length.
    Text(u32, u32),
    /// The index of the list.
    List(u32),
}

/// The cells of all rows, row by row.
#[derive(Debug, Default)]
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    pub(super) texts: String,
    pub(super) lists: Vec<Vec<Value<'static>>>,
}

impl Cells {
    /// The text of a cell; empty if it has none.
    pub(super) fn text(&self, cell: usize) -> &str {
        match self.cells.get(cell) {
            Some(&Cell::Text(start, length)) => {
                let start = start as usize;
                self.texts.get(start..start + length as usize).unwrap_or("")
            }
            _ => "",
        }
    }
}

/// Reference data found by key: typed columns, and rows that are looked up by one of them.
///
/// It never changes after it is built. A look-up allocates nothing.
#[derive(Debug)]
pub struct Table {
    declaration: Arc<Declaration>,
    cells: Cells,
    index: Index,
    digest: OnceLock<String>,
}

impl Table {
    /// A table without rows. Rules that use it are *not configured*.
    pub fn empty(declaration: Arc<Declaration>) -> Self {
        Self::new(declaration, Cells::default(), Index::default())
    }

    pub(super) fn new(declaration: Arc<Declaration>, cells: Cells, index: Index) -> Self {
        Self { declaration, cells, index, digest: OnceLock::new() }
    }

    /// The declaration of the table.
    pub fn declaration(&self) -> &Arc<Declaration> {
        &self.declaration
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.declaration.id
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.declaration.columns
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.cells.cells.len() / self.declaration.columns.len().max(1)
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.cells.cells.is_empty()
    }

    /// The row with this key.
    ///
    /// In a table of ranges the key is an address, and the row with the longest prefix that
    /// contains it is returned. A key that is not an address matches no row.
    pub fn find(&self, key: &str) -> Option<u32> {
        self.index.find(key, |row| self.key(row))
    }

    /// The value of a column in a row; missing if the row has none.
    pub fn value(&self, row: u32, column: usize) -> Value<'_> {
        let at = row as usize * self.declaration.columns.len() + column;
        match self.cells.cells.get(at) {
            None | Some(Cell::Missing) => Value::Missing,
            Some(Cell::Bool(value)) => Value::Bool(*value),
            Some(Cell::Int(value)) => Value::Int(*value),
            Some(Cell::Time(value)) => Value::Time(*value),
            Some(Cell::Text(..)) => Value::str(self.cells.text(at)),
            Some(Cell::List(list)) => self
                .cells
                .lists
                .get(*list as usize)
                .map_or(Value::Missing, |items| Value::List(Items::Borrowed(items))),
        }
    }

    /// SHA-256 of its declaration and rows, in hex. Tables with the same digest find the same values.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let mut hasher = Sha256::new();
            let Declaration { id, matching, key, columns, .. } = &*self.declaration;
            hasher.update(format!("{id:?} {matching:?} {key} "));
            columns.iter().for_each(|of| hasher.update(format!("{:?} {:?} ", of.name, of.ty)));
            let row = |row: u32| {
                let mut text = String::new();
                for column in 0..columns.len() {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{:?} ", self.value(row, column));
                }
                Sha256::digest(text)
            };
            // The order of rows does not matter to a look-up.
            let mut rows: Vec<_> =
                (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(row).collect();
            rows.sort_unstable();
            rows.iter().for_each(|row| hasher.update(row));
            hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }

    fn key(&self, row: u32) -> &str {
        self.cells.text(row as usize * self.declaration.columns.len() + self.declaration.key)
    }
}
