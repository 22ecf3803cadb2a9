//! The declaration of a table, without its rows.

use crate::source::Span;
use crate::value::{Elem, Type, words};

/// Ids that refer to the credential reports of the run, never to a table of the policy.
pub const RESERVED_IDS: [&str; 2] = ["keys", "creds"];

words! {
    /// The type of a column.
    ColumnType {
        /// Text, unchanged.
        Str = "str",
        /// A 64-bit integer.
        Int = "int",
        /// `true` or `false`.
        Bool = "bool",
        /// An RFC 3339 instant.
        Time = "time",
        /// Several texts.
        Texts = "list of str",
    }
}

impl ColumnType {
    /// The type of its values in expressions.
    pub fn value_type(self) -> Type {
        match self {
            ColumnType::Str => Type::Str,
            ColumnType::Int => Type::Int,
            ColumnType::Bool => Type::Bool,
            ColumnType::Time => Type::Time,
            ColumnType::Texts => Type::List(Elem::Str),
        }
    }

    /// A description of a valid value, as a noun.
    pub(super) fn expected(self) -> &'static str {
        match self {
            ColumnType::Str => "a text",
            ColumnType::Int => "an integer",
            ColumnType::Bool => "`true` or `false`",
            ColumnType::Time => "a time like `2026-01-01T00:00:00Z`",
            ColumnType::Texts => "a sequence of texts",
        }
    }
}

words! {
    /// How a key finds a row.
    Match {
        /// The texts are the same.
        Exact = "exact",
        /// The address lies in the row's range; the row with the longest prefix is taken.
        Cidr = "cidr",
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in expressions.
    pub name: String,
    /// The type of its values.
    pub ty: ColumnType,
}

/// The declaration of a table, without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Its id.
    pub id: String,
    /// The purpose of the table.
    pub description: String,
    /// The columns, in the order written.
    pub columns: Vec<Column>,
    /// The index of the key column; always a [`ColumnType::Str`].
    pub key: usize,
    /// How a key finds a row.
    pub matching: Match,
    /// Whether its data file may be the report of a secret scanner.
    pub scanned: bool,
    /// Where the id was written; `None` for a table that no file declares.
    pub span: Option<Span>,
}

impl Declaration {
    /// The index of the column with this name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The index of the column that a header of a data file denotes, ignoring case, spaces, `_` and
    /// `-`.
    pub(super) fn column_of_header(&self, header: &str) -> Option<usize> {
        self.columns.iter().position(|column| plain(&column.name).eq(plain(header)))
    }
}

fn plain(name: &str) -> impl Iterator<Item = char> + '_ {
    let significant = |c: &char| !c.is_whitespace() && !matches!(c, '_' | '-');
    name.chars().filter(significant).flat_map(char::to_lowercase)
}
