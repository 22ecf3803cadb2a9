//! The columns of a data file, matched to the columns of the declaration.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::Declaration;
use crate::diag::escaped;

/// The columns of a data file that have been read so far.
pub(super) struct Header<'d> {
    declaration: &'d Declaration,
    columns: FxHashMap<String, Option<usize>>,
    present: Vec<bool>,
    extra: BTreeSet<String>,
}

impl<'d> Header<'d> {
    pub(super) fn new(declaration: &'d Declaration) -> Self {
        let present = vec![false; declaration.columns.len()];
        Self { declaration, columns: FxHashMap::default(), present, extra: BTreeSet::new() }
    }

    /// The declared column that this name in the file denotes; `None` if there is no such column.
    pub(super) fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(column) = self.columns.get(name) {
            return *column;
        }
        let column = self.declaration.column_of_header(name);
        match column {
            Some(column) => self.present[column] = true,
            None => drop(self.extra.insert(name.trim().to_owned())),
        }
        self.columns.insert(name.to_owned(), column);
        column
    }

    /// Declared columns that the file lacks, worded for a message.
    pub(super) fn lacking(&self) -> Option<String> {
        let columns = self.declaration.columns.iter().zip(&self.present);
        let lacking: Vec<String> = columns
            .filter(|(_, present)| !**present)
            .map(|(column, _)| format!("`{}`", column.name))
            .collect();
        (!lacking.is_empty()).then(|| lacking.join(", "))
    }

    /// Columns of the file that the declaration lacks, sorted by name.
    pub(super) fn into_extra(self) -> Vec<String> {
        self.extra.into_iter().collect()
    }
}

/// The message for declared columns that the file does not have.
pub(super) fn lacking(declaration: &Declaration, header: &Header<'_>) -> Option<String> {
    let columns = header.lacking()?;
    Some(format!("the file does not have {columns}, which the table `{}` declares", declaration.id))
}

/// The message for a column that occurs twice.
pub(super) fn twice(declaration: &Declaration, column: usize) -> String {
    let name = declaration.columns.get(column).map_or("", |column| column.name.as_str());
    format!("the column `{}` of the table `{}` occurs twice", escaped(name, 60), declaration.id)
}
