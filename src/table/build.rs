//! Builds a table from rows; each value is checked against its column.

use std::borrow::Cow;
use std::collections::hash_map::Entry as MapEntry;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxHashMap;

use super::cell_error::CellError;
use super::index::{Index, Ranges};
use super::table::{Cell, Cells, MAX_ROWS};
use super::{ColumnType, Declaration, Match, Table};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::value::{Cidr, Time, Value};

/// Number of mistakes after which no further row is read: one wrong column gives a mistake in every
/// row.
const MAX_PROBLEMS: usize = 20;

/// A value as it is in a data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raw<'a> {
    /// No text, or an empty text: the value is missing.
    Empty,
    /// A single text.
    Text(Cow<'a, str>),
    /// Several texts.
    Texts(Vec<String>),
    /// A value that no column type accepts.
    Other,
}

/// What is wrong with one value. The caller that read the value has its position.
#[derive(Debug)]
pub(super) struct CellProblem {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) error: CellError,
}

/// A value is not of the type of its column.
struct OtherType {
    /// The value as written, if it is a single text.
    written: Option<String>,
}

/// A table that is being built.
pub(super) struct Builder {
    declaration: Arc<Declaration>,
    cells: Cells,
    rows: usize,
    keys: Keys,
    pub(super) problems: Vec<CellProblem>,
}

enum Keys {
    Exact(HashTable<u32>, RandomState),
    Ranges(FxHashMap<Cidr, u32>),
}

impl Builder {
    pub(super) fn new(declaration: Arc<Declaration>) -> Self {
        let keys = match declaration.matching {
            Match::Exact => Keys::Exact(HashTable::new(), RandomState::new()),
            Match::Cidr => Keys::Ranges(FxHashMap::default()),
        };
        Self { declaration, cells: Cells::default(), rows: 0, keys, problems: Vec::new() }
    }

    /// Adds a row: one value for each column of the declaration, in order. Returns false if no
    /// further row needs to be read.
    pub(super) fn row(&mut self, values: &mut [Raw<'_>]) -> bool {
        let row = self.rows;
        if row == MAX_ROWS {
            self.at(self.declaration.key, CellError::TooManyRows);
            return false;
        }
        let base = self.cells.cells.len();
        let declaration = self.declaration.clone();
        for (index, column) in declaration.columns.iter().enumerate() {
            let raw =
                values.get_mut(index).map_or(Raw::Empty, |v| std::mem::replace(v, Raw::Empty));
            let cell = self.cell(raw, column.ty).unwrap_or_else(|OtherType { written }| {
                let error = CellError::Type {
                    table: declaration.id.clone(),
                    column: column.name.clone(),
                    expected: column.ty.expected(),
                    written,
                };
                self.at(index, error);
                Cell::Missing
            });
            self.cells.cells.push(cell);
        }
        self.key(base);
        self.rows += 1;
        self.problems.len() < MAX_PROBLEMS
    }

    /// The cell of a value.
    fn cell(&mut self, raw: Raw<'_>, ty: ColumnType) -> Result<Cell, OtherType> {
        let text = match (raw, ty) {
            (Raw::Empty, _) => return Ok(Cell::Missing),
            (Raw::Texts(texts), ColumnType::Texts) => return Ok(self.list(texts)),
            (Raw::Texts(_) | Raw::Other, _) => return Err(OtherType { written: None }),
            (Raw::Text(text), _) => text,
        };
        let wrong = || OtherType { written: Some(text.to_string()) };
        match ty {
            ColumnType::Str => {
                let start = u32::try_from(self.cells.texts.len()).map_err(|_| wrong())?;
                let length = u32::try_from(text.len()).map_err(|_| wrong())?;
                self.cells.texts.push_str(&text);
                Ok(Cell::Text(start, length))
            }
            ColumnType::Int => text.trim().parse().map(Cell::Int).map_err(|_| wrong()),
            ColumnType::Bool => match text.trim() {
                text if text.eq_ignore_ascii_case("true") => Ok(Cell::Bool(true)),
                text if text.eq_ignore_ascii_case("false") => Ok(Cell::Bool(false)),
                _ => Err(wrong()),
            },
            ColumnType::Time => Time::parse(text.trim()).map(Cell::Time).ok_or_else(wrong),
            ColumnType::Texts => {
                let items = text.split(';').map(str::trim).filter(|item| !item.is_empty());
                let items = items.map(str::to_owned).collect();
                Ok(self.list(items))
            }
        }
    }

    fn list(&mut self, texts: Vec<String>) -> Cell {
        let list = self.cells.lists.len() as u32;
        self.cells.lists.push(texts.into_iter().map(|text| Value::Str(text.into())).collect());
        Cell::List(list)
    }

    /// Adds the row whose cells begin at `base` to the index by its key.
    fn key(&mut self, base: usize) {
        let column = self.declaration.key;
        if let Err(error) = self.enter(base) {
            self.at(column, error);
        }
    }

    fn enter(&mut self, base: usize) -> Result<(), CellError> {
        let Declaration { id, columns, key, .. } = &*self.declaration;
        let (row, cells) = (self.rows as u32, &self.cells);
        let text = cells.text(base + key);
        if text.is_empty() {
            if self.problems.last().is_some_and(|p| p.row == self.rows && p.column == *key) {
                return Ok(());
            }
            // An invalid declaration may have no columns at all.
            let column = columns.get(*key).map_or("", |column| column.name.as_str());
            return Err(CellError::NoKey { table: id.clone(), column: column.to_owned() });
        }
        let first = match &mut self.keys {
            Keys::Exact(rows, hasher) => {
                let key_of = |row: u32| cells.text(row as usize * columns.len() + key);
                let hash = hasher.hash_one(text);
                let same = |&other: &u32| key_of(other) == text;
                match rows.entry(hash, same, |&other| hasher.hash_one(key_of(other))) {
                    Entry::Occupied(other) => Some(*other.get()),
                    Entry::Vacant(entry) => {
                        entry.insert(row);
                        None
                    }
                }
            }
            Keys::Ranges(rows) => {
                let range = Cidr::parse(text.trim()).map_err(CellError::Range)?;
                match rows.entry(range) {
                    MapEntry::Occupied(other) => Some(*other.get()),
                    MapEntry::Vacant(entry) => {
                        entry.insert(row);
                        None
                    }
                }
            }
        };
        let Some(first) = first else { return Ok(()) };
        let (table, key) = (id.clone(), text.to_owned());
        Err(CellError::DuplicateKey { table, key, first: first as usize })
    }

    fn at(&mut self, column: usize, error: CellError) {
        self.problems.push(CellProblem { row: self.rows, column, error });
    }

    /// The table, unless there were problems.
    pub(super) fn finish(self) -> Result<Table, Vec<CellProblem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let mut cells = self.cells;
        cells.cells.shrink_to_fit();
        cells.texts.shrink_to_fit();
        let index = match self.keys {
            Keys::Exact(mut rows, hasher) => {
                let (width, key) = (self.declaration.columns.len(), self.declaration.key);
                rows.shrink_to_fit(|&row| hasher.hash_one(cells.text(row as usize * width + key)));
                Index::Exact(rows, hasher)
            }
            Keys::Ranges(rows) => {
                let ranges: Vec<(Cidr, u32)> = rows.into_iter().collect();
                Index::Ranges(Ranges::new(&ranges))
            }
        };
        Ok(Table::new(self.declaration, cells, index))
    }
}

impl CellProblem {
    /// The diagnostic for this problem; `place` gives the spans of values.
    pub(super) fn diagnostic(self, place: &dyn Fn(usize, usize) -> Option<Span>) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.error.code(), self.error.to_string());
        if let Some(span) = place(self.row, self.column) {
            diagnostic = diagnostic.at(span, self.error.label());
        }
        let Some(first) = self.error.first() else { return diagnostic };
        if let Some(span) = place(first, self.column) {
            diagnostic = diagnostic.at(span, "here first");
        }
        diagnostic.help("remove one of the two rows")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::{Builder, MAX_ROWS, Raw};
    use crate::table::{Column, ColumnType, Declaration, Match};

    #[test]
    fn the_number_of_rows_of_a_table_is_limited() {
        let column = Column { name: "key".to_owned(), ty: ColumnType::Str };
        let mut builder = Builder::new(Arc::new(Declaration {
            id: "keys".to_owned(),
            description: String::new(),
            columns: vec![column],
            key: 0,
            matching: Match::Exact,
            scanned: false,
            span: None,
        }));
        let mut row = |key: usize| builder.row(&mut [Raw::Text(key.to_string().into())]);
        assert!((0..MAX_ROWS).all(&mut row));
        assert!(!row(MAX_ROWS));
        let problems = builder.finish().unwrap_err();
        assert_eq!(problems.len(), 1);
        assert_eq!(
            problems[0].error.to_string(),
            format!("the table has more than {MAX_ROWS} rows")
        );
    }
}
