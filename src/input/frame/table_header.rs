//! The header of a table: its columns, and where its rows begin.

use super::MAX_RECORD;
use super::unknown_content::{ColumnsError, UnknownContent};
use crate::input::csv::{Cells, MAX_COLUMNS, RowExtent, RowScan, line_end, row};
use crate::record::{Columns, Format, SkipReason, same_name};
use crate::value::mask_keys;

/// The settings for tables before one is read.
#[derive(Debug, Default)]
pub(in crate::input) struct Tables {
    /// The columns given by the user, for files without a header line.
    pub(in crate::input) given: Option<Columns>,
    /// The formats that are tried.
    pub(in crate::input) formats: Vec<&'static dyn Format>,
}

/// The header of a table.
#[derive(Debug)]
pub(super) struct TableHeader {
    pub(super) columns: Columns,
    /// The header line: where it begins and ends, and where the next line begins.
    pub(super) header: Option<RowExtent>,
    /// Whether each row follows a file name and a colon, as in the output of `grep`.
    pub(super) prefixed: bool,
}

/// The table whose rows are split.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Columns,
    /// The cells that a row must have: up to the last column with a name.
    pub(super) required: usize,
    /// The header line, which concatenated files repeat.
    pub(super) header: Vec<u8>,
    pub(super) prefixed: bool,
    /// Why the current row is skipped.
    pub(super) lost: (SkipReason, String),
}

impl Table {
    pub(super) fn new(columns: Columns, header: Vec<u8>, prefixed: bool) -> Self {
        let names = columns.names();
        let required = names.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
        let lost = (SkipReason::Syntax, String::new());
        Self { columns, required, header, prefixed, lost }
    }
}

/// The columns in whose cells log services and search engines export whole records.
const RECORD_COLUMNS: [&str; 14] = [
    "@message",
    "message",
    "event",
    "event.original",
    "_source",
    "_raw",
    "raw",
    "content",
    "__CONTENT__",
    "LogJson",
    "RawLog",
    "rawevent",
    "CloudTrailEvent",
    "cloud_trail_event",
];

/// The column whose cells may contain complete records.
pub(in crate::input) fn record_column(columns: &Columns) -> Option<usize> {
    RECORD_COLUMNS.iter().find_map(|name| columns.position(name))
}

/// How many rows are examined for file names.
const SAMPLE: usize = 16;

/// The longest file name before a row.
pub(super) const MAX_PREFIX: usize = 4096;

/// How much of a file's first line a message shows.
const SHOWN: usize = 12;

impl Tables {
    /// Reads the header of a table that begins with these bytes, at a line that is not blank.
    ///
    /// # Errors
    ///
    /// What the file contains instead.
    pub(super) fn head(&self, bytes: &[u8], whole: bool) -> Result<TableHeader, UnknownContent> {
        let first = match row(bytes, whole, MAX_RECORD) {
            RowScan::Ends(fit) => Some(fit),
            RowScan::Unfinished | RowScan::Broken(_) => None,
        };
        let first = first.filter(|fit| memchr::memchr(0, &bytes[..fit.end]).is_none());
        let names = first.and_then(|fit| std::str::from_utf8(&bytes[..fit.end]).ok());
        let header = names.and_then(|text| columns(text, ','));
        if let (Some(columns), Some(fit)) = (&header, first)
            && (self.is_given(columns) || self.is_recognised(columns))
        {
            trusted(columns)?;
            let columns = columns.clone();
            return Ok(TableHeader { columns, header: Some(fit), prefixed: false });
        }
        if let Some(given) = &self.given {
            trusted(given)?;
            let prefixed = are_prefixed(bytes, whole);
            return Ok(TableHeader { columns: given.clone(), header: None, prefixed });
        }
        Err(self.other(bytes, whole, header.filter(|columns| columns.len() > 1)))
    }

    fn is_given(&self, columns: &Columns) -> bool {
        self.given.as_ref().is_some_and(|given| {
            let (a, b) = (given.names(), columns.names());
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_name(a, b))
        })
    }

    fn is_recognised(&self, columns: &Columns) -> bool {
        self.formats.iter().any(|format| format.knows(columns)) || record_column(columns).is_some()
    }

    /// The content of a file that does not begin like a known table.
    fn other(&self, bytes: &[u8], whole: bool, comma_columns: Option<Columns>) -> UnknownContent {
        let line = line_end(bytes, whole).map_or(bytes, |(end, _)| &bytes[..end]);
        if memchr::memchr(0, line).is_some() {
            return UnknownContent::Binary;
        }
        let Ok(line) = std::str::from_utf8(line) else {
            return UnknownContent::NotUtf8;
        };
        for (separator, name) in [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")] {
            if let Some(columns) = columns(line, separator)
                && (self.is_recognised(&columns) || (comma_columns.is_none() && columns.len() > 2))
            {
                return UnknownContent::Separator(name);
            }
        }
        let Some(columns) = comma_columns else {
            if !whole && line.len() == bytes.len() {
                return UnknownContent::LongLine;
            }
            return UnknownContent::Text;
        };
        let mut names: Vec<&str> = columns.names().iter().map(String::as_str).collect();
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        let formats: Vec<&str> = self.formats.iter().map(|format| format.name()).collect();
        UnknownContent::UnknownColumns {
            // Without a header line, what is shown is a row.
            shown: mask_keys(&names.join(", ")).into(),
            more,
            tried: formats.join(", "),
        }
    }
}

/// The names in a header line.
fn columns(line: &str, separator: char) -> Option<Columns> {
    let name = |name: &str| name.trim().to_owned();
    if separator == ',' {
        let cells = Cells::read(line).ok()?;
        return Some(Columns::new(cells.iter().map(|cell| name(&cell))));
    }
    let unquoted = |cell: &str| name(cell.trim().trim_matches('"'));
    Some(Columns::new(line.split(separator).map(unquoted)))
}

/// Whether rows can be read with these columns.
///
/// # Errors
///
/// There are too many columns, or two have the same name.
pub(in crate::input) fn trusted(columns: &Columns) -> Result<(), ColumnsError> {
    if columns.len() > MAX_COLUMNS {
        return Err(ColumnsError::TooMany(columns.len()));
    }
    for (at, name) in columns.names().iter().enumerate() {
        if !name.is_empty() && columns.position(name) != Some(at) {
            return Err(ColumnsError::Duplicate(name.clone()));
        }
    }
    Ok(())
}

/// Whether each of the first rows follows a file name, as in the output of `grep`.
fn are_prefixed(bytes: &[u8], whole: bool) -> bool {
    let mut rest = bytes;
    let mut lines = 0;
    while lines < SAMPLE && !rest.is_empty() {
        let Some((end, next)) = line_end(rest, whole) else { break };
        let line = &rest[..end];
        if !line.trim_ascii().is_empty() {
            if prefix(line).is_none() {
                return false;
            }
            lines += 1;
        }
        rest = &rest[next..];
    }
    lines > 0
}

/// The length of a file name and its colon at the beginning of a row.
pub(super) fn prefix(line: &[u8]) -> Option<usize> {
    let near = line.get(..MAX_PREFIX).unwrap_or(line);
    let colon = near.iter().position(|b| matches!(b, b':' | b',' | b'"'))?;
    let name = near.get(..colon).filter(|_| near[colon] == b':')?;
    let dot = memchr::memrchr(b'.', name)?;
    let extension = &name[dot + 1..];
    let is_extension = (1..=5).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_alphanumeric)
        && extension.iter().any(u8::is_ascii_alphabetic);
    (dot > 0 && is_extension).then_some(colon + 1)
}
