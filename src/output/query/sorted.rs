//! Records that match a query, in an order that the user names.

use std::io;

use crate::finding::Redactor;
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::output::TableStyle;
use crate::output::records::{Line, Lines, TableBlocks};
use crate::query::SortKey;
use crate::record::{FieldId, FieldSet, Skip};
use crate::value::{RecordKind, Value};

/// Records that are buffered for sorting if there is no limit, and bytes of their texts.
const RECORDS: usize = 1_000_000;
const BYTES: usize = 256 << 20;

/// How the records are written.
#[derive(Debug, Clone, Copy)]
pub enum SortedAs {
    /// As one table, with the place of each record.
    Table(TableStyle),
    /// As lines of JSON.
    Lines(Redactor),
}

/// Buffers the matching records until all are read, and then writes the first of them in order.
///
/// With a limit it buffers at most twice as many. Notes about files are written at once.
pub struct Sorted<'o> {
    out: &'o mut dyn io::Write,
    written: SortedAs,
    order: Vec<SortKey<FieldId>>,
    limit: Option<usize>,
    on: RecordKind,
    rows: TableBlocks,
    retained: Vec<Retained>,
    bytes: usize,
    left_out: u64,
}

/// A buffered record.
struct Retained {
    values: Vec<Option<Value<'static>>>,
    text: RenderedRecord,
}

enum RenderedRecord {
    Rows(Vec<Line>),
    Json(Vec<u8>),
}

impl<'o> Sorted<'o> {
    /// Writes these fields of the first `limit` records to `out`; `None` writes all.
    pub fn new(
        out: &'o mut dyn io::Write,
        (on, fields): (RecordKind, FieldSet),
        order: Vec<SortKey<FieldId>>,
        limit: Option<u64>,
        written: SortedAs,
    ) -> Self {
        let style = match written {
            SortedAs::Table(style) => style,
            SortedAs::Lines(_) => TableStyle::default(),
        };
        Self {
            out,
            written,
            order,
            limit: limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            on,
            rows: TableBlocks::new(fields, style).with_places(),
            retained: Vec::new(),
            bytes: 0,
            left_out: 0,
        }
    }

    /// Writes the records. Returns how many were written, and how many did not fit into the buffer
    /// and were left out.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn finish(mut self) -> io::Result<(u64, u64)> {
        self.shorten();
        let shown = self.retained.len() as u64;
        for Retained { text, .. } in std::mem::take(&mut self.retained) {
            match text {
                RenderedRecord::Rows(lines) => self.rows.push(lines, self.out)?,
                RenderedRecord::Json(line) => self.out.write_all(&line)?,
            }
        }
        self.rows.flush(self.out)?;
        if shown > 0 && matches!(self.written, SortedAs::Table(_)) {
            writeln!(self.out)?;
        }
        Ok((shown, self.left_out))
    }

    /// Sorts the buffered records and drops those beyond the limit. The sort is stable: equal
    /// records stay in the order of the inputs.
    fn shorten(&mut self) {
        let order = &self.order;
        self.retained.sort_by(|a, b| {
            let pairs = a.values.iter().zip(&b.values).zip(order);
            pairs
                .map(|((a, b), key)| key.compare(a.as_ref(), b.as_ref()))
                .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        self.retained.truncate(self.limit.unwrap_or(usize::MAX));
    }

    fn add(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        if self.limit.is_none() && (self.retained.len() >= RECORDS || self.bytes >= BYTES) {
            self.left_out += 1;
            return Ok(());
        }
        let values = self.order.iter().map(|key| value(record, key.column)).collect();
        let text = match self.written {
            SortedAs::Table(_) => RenderedRecord::Rows(self.rows.lines(record)),
            SortedAs::Lines(redactor) => {
                let mut line = Vec::new();
                Lines::new(&mut line, redactor).record(record)?;
                self.bytes += line.len();
                RenderedRecord::Json(line)
            }
        };
        self.retained.push(Retained { values, text });
        // Sorting only when the number of buffered records has doubled keeps the cost of each
        // record logarithmic.
        if self.limit.is_some_and(|limit| self.retained.len() >= 2 * limit.max(50)) {
            self.shorten();
        }
        Ok(())
    }
}

/// The value of a field in the form in which it may be shown; `None` if it is missing.
fn value(record: &RecordView<'_>, field: FieldId) -> Option<Value<'static>> {
    let row = match field.kind() == record.record.kind {
        true => record.record,
        false => record.keys.first()?,
    };
    let found = record.fields(row).find(|(found, _)| *found == field);
    found.map(|(_, value)| value.into_owned())
}

impl Viewer for Sorted<'_> {
    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        // The keys of one user have different places in the order.
        if self.on == RecordKind::Key {
            let mut keys = record.keys.iter();
            return keys.try_for_each(|key| self.add(&record.with_keys(std::slice::from_ref(key))));
        }
        self.add(record)
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        match self.written {
            SortedAs::Table(_) => Ok(()),
            SortedAs::Lines(redactor) => Lines::new(self.out, redactor).skipped(file, skip),
        }
    }

    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()> {
        match self.written {
            SortedAs::Table(_) => Ok(()),
            SortedAs::Lines(redactor) => Lines::new(self.out, redactor).end(file, counts),
        }
    }
}
