//! Records that match a query, for people.

use std::io;

use crate::diag::escape;
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::output::TableStyle;
use crate::output::records::TableBlocks;
use crate::record::{FieldSet, Skip};

/// Writes the matching records as one table, with the path of a file before its records.
///
/// The summary of the result reports the files without matches and the records that cannot be read.
pub struct Matches<'o> {
    out: &'o mut dyn io::Write,
    style: TableStyle,
    rows: TableBlocks,
    /// The file of the last record.
    path: Option<String>,
}

impl<'o> Matches<'o> {
    /// Writes these fields to `out`.
    pub fn new(out: &'o mut dyn io::Write, fields: FieldSet, style: TableStyle) -> Self {
        Self { out, style, rows: TableBlocks::new(fields, style), path: None }
    }

    /// Writes the remaining rows.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.rows.flush(self.out)?;
        if self.path.is_some() { writeln!(self.out) } else { Ok(()) }
    }
}

impl Viewer for Matches<'_> {
    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        if self.path.as_deref() != Some(record.file.path) {
            self.rows.line(self.style.ink("1", &escape(record.file.path)));
            self.path = Some(record.file.path.to_owned());
        }
        self.rows.add(record, self.out)
    }

    fn skipped(&mut self, _: &FileView<'_>, _: &Skip) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, _: &FileView<'_>, _: &RecordCounts) -> io::Result<()> {
        Ok(())
    }
}
