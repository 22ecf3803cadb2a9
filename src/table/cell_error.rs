//! The errors of values in the data file of a table.

use std::borrow::Cow;
use std::fmt;

use super::table::MAX_ROWS;
use crate::diag::codes::table as codes;
use crate::diag::{Code, escaped};
use crate::value::CidrError;

/// Why a value cannot be in a table. The readers of CSV, JSON and YAML report it as a diagnostic at
/// the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CellError {
    /// Its row exceeds the maximum number of rows.
    TooManyRows,
    /// It is not of the type of its column.
    Type {
        table: String,
        column: String,
        /// What the column takes.
        expected: &'static str,
        /// The value as written, if it is a single text.
        written: Option<String>,
    },
    /// The key of a row is missing.
    NoKey { table: String, column: String },
    /// The key of a row must be a range of addresses and is not.
    Range(CidrError),
    /// Another row has the same key.
    DuplicateKey {
        table: String,
        key: String,
        /// The row that has it first.
        first: usize,
    },
}

impl CellError {
    /// The code of its diagnostic.
    pub(super) fn code(&self) -> &'static Code {
        if self.first().is_some() { &codes::DUPLICATE_KEY } else { &codes::ROW }
    }

    /// The text shown next to the value.
    pub(super) fn label(&self) -> Cow<'static, str> {
        match self {
            CellError::TooManyRows => "no further row fits".into(),
            CellError::Type { expected, .. } => format!("expected {expected}").into(),
            CellError::NoKey { .. } => "the key is missing".into(),
            CellError::Range(_) => "expected an address or a range".into(),
            CellError::DuplicateKey { .. } => "here again".into(),
        }
    }

    /// The row that has the same key.
    pub(super) fn first(&self) -> Option<usize> {
        match self {
            CellError::DuplicateKey { first, .. } => Some(*first),
            _ => None,
        }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CellError::TooManyRows => write!(f, "the table has more than {MAX_ROWS} rows"),
            CellError::Type { table, column, expected, written } => {
                write!(f, "the column `{column}` of the table `{table}` takes {expected}")?;
                match written {
                    Some(text) => write!(f, ", not `{}`", escaped(text, 60)),
                    None => Ok(()),
                }
            }
            CellError::NoKey { table, column } => {
                write!(f, "a row of the table `{table}` has no value in its key column `{column}`")
            }
            CellError::Range(error) => write!(f, "{error}"),
            CellError::DuplicateKey { table, key, .. } => {
                write!(f, "the key `{}` occurs twice in the table `{table}`", escaped(key, 60))
            }
        }
    }
}
