//! Tables as CSV.
//!
//! The reader of the `csv` crate accepts any text: if a quote is never closed, the rest of the file
//! becomes one value. So each row that it returns is checked here against RFC 4180.
//!
//! Logs and credential reports have another reader, `input::csv`, because the two have opposite
//! tasks. This one reads a complete text that people write: it ignores blanks around values, and
//! the first error stops it and gets a span. It belongs to the core, which has no `input`. The
//! other one reads a stream in blocks without allocating, preserves blanks, and skips a broken row
//! to continue with the next one.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::Declaration;
use super::build::{Builder, Raw};
use super::data::{Data, Mistake};
use super::header::{Header, lacking, twice};
use crate::diag::escaped;

/// The maximum number of bytes of one value. A longer value indicates a misplaced quote.
const MAX_FIELD: usize = 64 * 1024;

/// The position of a row in the text.
#[derive(Debug, Clone, Copy)]
struct RowRange {
    start: usize,
    end: usize,
}

pub(super) fn read(declaration: &Arc<Declaration>, text: &str) -> Result<Data, Vec<Mistake>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut next = |record: &mut csv::StringRecord| -> Result<Option<RowRange>, Vec<Mistake>> {
        let start = reader.position().byte() as usize;
        match reader.read_record(record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let place = place(text, start, reader.position().byte() as usize);
                well_formed(text, place).map_err(|mistake| vec![mistake])?;
                Ok(Some(place))
            }
            Err(error) => Err(vec![Mistake::row(error.to_string(), start..start + 1, "")]),
        }
    };

    let Some(first) = next(&mut record)? else {
        let message = format!("the data file of the table `{}` is empty", declaration.id);
        return Err(vec![Mistake::row(
            message,
            0..0,
            "expected a header line with the names of the columns",
        )]);
    };
    let mut header = Header::new(declaration);
    let width = record.len();
    let mut columns: Vec<Option<usize>> = Vec::with_capacity(width);
    for (index, name) in record.iter().enumerate() {
        let column = header.column(name);
        if let Some(column) = column.filter(|column| columns.contains(&Some(*column))) {
            let at = field(text, first, index);
            return Err(vec![Mistake::row(twice(declaration, column), at, "here again")]);
        }
        columns.push(column);
    }
    if let Some(message) = lacking(declaration, &header) {
        let names: Vec<String> = record.iter().map(|name| escaped(name, 60)).collect();
        let at = first.start..first.end;
        return Err(vec![
            Mistake::row(message, at, "the names of its columns")
                .help(format!("available columns: {}", names.join(", "))),
        ]);
    }

    let mut builder = Builder::new(declaration.clone());
    let mut places: Vec<u32> = Vec::new();
    while let Some(at) = next(&mut record)? {
        if record.len() != width {
            let message =
                format!("the row has {} values, but the header has {width}", record.len());
            return Err(vec![
                Mistake::row(message, at.start..at.end, "this row")
                    .help("put a value that contains a comma or a line break in double quotes"),
            ]);
        }
        places.push(u32::try_from(at.start).unwrap_or(u32::MAX));
        let mut values = vec![Raw::Empty; declaration.columns.len()];
        for (value, column) in record.iter().zip(&columns) {
            if let Some(column) = column
                && !value.is_empty()
            {
                values[*column] = Raw::Text(Cow::Borrowed(value));
            }
        }
        if !builder.row(&mut values) {
            break;
        }
    }
    let place_of = |row: usize, column: usize| -> Option<Range<usize>> {
        let start = *places.get(row)? as usize;
        let index = columns.iter().position(|own| *own == Some(column))?;
        Some(field(text, RowRange { start, end: text.len() }, index))
    };
    match builder.finish() {
        Ok(table) => Ok(Data { table, extra: header.into_extra(), unread: 0 }),
        Err(problems) => {
            Err(problems.into_iter().map(|problem| problem.mistake(&place_of)).collect())
        }
    }
}

/// The range that the reader returned as a row, without the line breaks around it.
fn place(text: &str, start: usize, end: usize) -> RowRange {
    let row = text.get(start..end).unwrap_or("");
    let lead = row.len() - row.trim_start_matches(['\r', '\n']).len();
    let start = start + lead;
    RowRange { start, end: start + row.trim_matches(['\r', '\n']).len() }
}

/// The ranges of the values of a row in the text, including quotes. Each comes with the position of
/// its error, if there is one: after a closing quote that is followed by something else, or at an
/// opening quote that is never closed.
fn fields(row: &str) -> impl Iterator<Item = (Range<usize>, Option<usize>)> + '_ {
    let bytes = row.as_bytes();
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let opens = bytes[start..].iter().position(|b| !matches!(b, b' ' | b'\t'));
        let open = opens.map(|at| start + at).filter(|at| bytes[*at] == b'"');
        let (mut at, mut wrong) = (start, None);
        if let Some(open) = open {
            at = open + 1;
            loop {
                match bytes.get(at..).and_then(|rest| memchr::memchr(b'"', rest)) {
                    None => {
                        wrong = Some(open);
                        at = bytes.len();
                        break;
                    }
                    Some(quote) if bytes.get(at + quote + 1) == Some(&b'"') => at += quote + 2,
                    Some(quote) => {
                        at += quote + 1;
                        break;
                    }
                }
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let length = memchr::memchr3(b',', b'\n', b'\r', rest).unwrap_or(rest.len());
        let end = at + length;
        if wrong.is_none() {
            let tail = &rest[..length];
            wrong = match open {
                Some(_) => tail.iter().position(|b| !matches!(b, b' ' | b'\t')),
                None => memchr::memchr(b'"', tail),
            }
            .map(|found| at + found);
        }
        next = (bytes.get(end) == Some(&b',')).then_some(end + 1);
        Some((start..end, wrong))
    })
}

/// Rejects misplaced quotes, and values so long that a misplaced quote probably caused them.
fn well_formed(text: &str, place: RowRange) -> Result<(), Mistake> {
    let row = text.get(place.start..place.end).unwrap_or("");
    if row.len() <= MAX_FIELD && memchr::memchr(b'"', row.as_bytes()).is_none() {
        return Ok(());
    }
    let help = "put the whole value in double quotes, and double each quote inside it";
    for (at, wrong) in fields(row) {
        if let Some(wrong) = wrong {
            let at = place.start + wrong;
            let width = text[at..].chars().next().map_or(0, char::len_utf8);
            let message = "a double quote is in the wrong place, or is never closed";
            return Err(Mistake::row(message, at..at + width, "here").help(help));
        }
        if at.len() > MAX_FIELD {
            let at = place.start + at.start;
            let message = format!("a value has more than {MAX_FIELD} bytes");
            return Err(Mistake::row(message, at..at + 1, "it begins here").help(help));
        }
    }
    Ok(())
}

/// The range of a value of a row.
fn field(text: &str, row: RowRange, index: usize) -> Range<usize> {
    let found = text.get(row.start..row.end).and_then(|row| fields(row).nth(index));
    let at = found.map_or(0..0, |(at, _)| at);
    row.start + at.start..row.start + at.end
}

impl super::build::CellProblem {
    /// The mistake to report; `place` gives the ranges of values in a text.
    pub(super) fn mistake(self, place: &dyn Fn(usize, usize) -> Option<Range<usize>>) -> Mistake {
        let at = place(self.row, self.column).unwrap_or(0..0);
        let mut mistake = Mistake::row(self.error.to_string(), at, &self.error.label());
        if let Some(first) = self.error.first() {
            mistake.code = self.error.code();
            mistake
                .places
                .extend(place(first, self.column).map(|at| (at, "here first".to_owned())));
            mistake.help = Some("remove one of the two rows".to_owned());
        }
        mistake
    }
}
