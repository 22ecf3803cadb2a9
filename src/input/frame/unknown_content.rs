//! Why a file is not split into records.

use std::fmt;

use crate::input::csv::MAX_COLUMNS;

/// What a file contains instead of records. The splitter finds it, and the reader reports it as the
/// reason why no format claims the file. `Display` is that reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::input) enum UnknownContent {
    /// Its first bytes are those of another kind of file, which is described here.
    OtherKind(&'static str),
    /// Its first line contains a zero byte.
    Binary,
    /// Its first line is neither JSON nor UTF-8.
    NotUtf8,
    /// It is a table with another separator than a comma; contains the plural of its name.
    Separator(&'static str),
    /// Its first line does not end in the bytes that are examined.
    LongLine,
    /// Its first line is text, and not that of a table.
    Text,
    /// No format reads the columns of its first line.
    UnknownColumns {
        /// The first columns, masked: without a header line they are values.
        shown: String,
        /// The number of columns that are not shown.
        more: usize,
        /// The formats that were tried.
        tried: String,
    },
    /// Its columns cannot be used.
    Columns(ColumnsError),
}

impl fmt::Display for UnknownContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnknownContent::OtherKind(what) => f.write_str(what),
            UnknownContent::Binary => f.write_str("binary data, which is not read"),
            UnknownContent::NotUtf8 => f.write_str("neither JSON nor text in UTF-8"),
            UnknownContent::Separator(name) => write!(
                f,
                "its columns are separated by {name}: only commas are read, so convert it"
            ),
            UnknownContent::LongLine => {
                f.write_str("its first line is too long for a record or for the header of a table")
            }
            UnknownContent::Text => {
                f.write_str("neither JSON, nor lines of JSON, nor a table of a known format")
            }
            UnknownContent::UnknownColumns { shown, more, tried } => {
                write!(f, "no known table has the columns of its first line ({shown}")?;
                if *more > 0 {
                    write!(f, " and {more} more")?;
                }
                write!(f, "; tried: {tried}); if it has no header line, name them with `--columns`")
            }
            UnknownContent::Columns(error) => write!(f, "{error}"),
        }
    }
}

impl From<ColumnsError> for UnknownContent {
    fn from(error: ColumnsError) -> Self {
        UnknownContent::Columns(error)
    }
}

/// Why rows cannot be read with the columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::input) enum ColumnsError {
    /// There are more than [`MAX_COLUMNS`]; contains their number.
    TooMany(usize),
    /// Two columns have this name.
    Duplicate(String),
}

impl fmt::Display for ColumnsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnsError::TooMany(count) => {
                write!(f, "a table has at most {MAX_COLUMNS} columns, but this one has {count}")
            }
            ColumnsError::Duplicate(name) => {
                write!(f, "two of its columns have the name `{name}`, so its rows are ambiguous")
            }
        }
    }
}
