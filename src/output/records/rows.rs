//! Records in aligned columns.

use std::io;

use crate::diag::escape;
use crate::finding::show;
use crate::inspect::RecordView;
use crate::output::fit::{Shrink, TableStyle};
use crate::output::human::text::{columns, shorten};
use crate::record::field::cred;
use crate::record::{FieldId, FieldSet, Record};
use crate::value::{RecordKind, Type};

/// The maximum width of a value, in columns.
const WIDEST: usize = 48;

/// Records that are aligned together. Later records use the same column widths.
const BLOCK: usize = 100;

/// Rows with a heading for each kind of record, written block by block.
pub(in crate::output) struct TableBlocks {
    fields: FieldSet,
    style: TableStyle,
    /// Whether a row ends with the place of its record.
    places: bool,
    /// Rows that wait for alignment.
    waiting: Vec<Line>,
    /// The width of each column by kind, set once the first block is written.
    widths: Vec<(RecordKind, Vec<usize>)>,
}

/// A line of a table.
pub(in crate::output) enum Line {
    /// The cells of a record, which are aligned.
    Row(RecordKind, Vec<String>),
    /// A line that is not aligned; already escaped.
    Whole(String),
}

impl TableBlocks {
    /// Creates rows of these fields.
    pub(in crate::output) fn new(fields: FieldSet, style: TableStyle) -> Self {
        Self { fields, style, places: false, waiting: Vec::new(), widths: Vec::new() }
    }

    /// The same rows, each with the place of its record as the last cell.
    pub(in crate::output) fn with_places(self) -> Self {
        Self { places: true, ..self }
    }

    /// Begins a new table with its own headings.
    pub(in crate::output) fn restart(&mut self) {
        self.widths.clear();
    }

    /// Adds a line between rows; `text` is already escaped.
    pub(in crate::output) fn line(&mut self, text: String) {
        self.waiting.push(Line::Whole(text));
    }

    /// Adds a record and its keys, and writes the waiting rows once they fill a block.
    pub(in crate::output) fn add(
        &mut self,
        record: &RecordView<'_>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let lines = self.lines(record);
        self.push(lines, out)
    }

    /// The lines of a record and its keys.
    pub(in crate::output) fn lines(&self, record: &RecordView<'_>) -> Vec<Line> {
        let rows = std::iter::once(record.record).chain(record.keys);
        rows.filter_map(|row| self.row(record, row)).collect()
    }

    /// Adds lines, and writes the waiting rows once they fill a block.
    pub(in crate::output) fn push(
        &mut self,
        lines: Vec<Line>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        self.waiting.extend(lines);
        if self.waiting.len() >= BLOCK { self.flush(out) } else { Ok(()) }
    }

    fn columns_of(&self, kind: RecordKind) -> Vec<FieldId> {
        self.fields.iter().filter(|field| field.kind() == kind && *field != cred::KEYS).collect()
    }

    /// The names of the columns, and how each shrinks.
    fn headings(&self, kind: RecordKind) -> Vec<(&'static str, Shrink)> {
        let shrink = |ty| match ty {
            Type::Str | Type::List(_) | Type::Untyped => Shrink::Text,
            Type::Time => Shrink::Time,
            _ => Shrink::Whole,
        };
        let fields = self.columns_of(kind).into_iter().map(|field| field.field());
        let place = (self.places && kind != RecordKind::Key).then_some(("place", Shrink::Text));
        fields.map(|field| (field.name, shrink(field.ty))).chain(place).collect()
    }

    fn row(&self, record: &RecordView<'_>, row: &Record<'_>) -> Option<Line> {
        let mut values = record.fields(row).peekable();
        let cell = |field: FieldId| {
            let value = values.next_if(|(found, _)| *found == field);
            let text = value.and_then(|(_, value)| show(&value)).unwrap_or_else(|| "-".to_owned());
            shorten(&escape(&text), WIDEST)
        };
        let kind = row.kind;
        let mut cells: Vec<String> = self.columns_of(kind).into_iter().map(cell).collect();
        if self.places && kind != RecordKind::Key {
            cells.push(escape(&record.place()).into_owned());
        }
        (!cells.is_empty()).then_some(Line::Row(kind, cells))
    }

    /// Writes the waiting rows.
    pub(in crate::output) fn flush(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        let lines = std::mem::take(&mut self.waiting);
        for kind in RecordKind::ALL {
            let of_kind = || {
                lines.iter().filter_map(move |line| match line {
                    Line::Row(of, cells) if *of == kind => Some(cells),
                    _ => None,
                })
            };
            let measured = self.widths.iter().any(|(measured, _)| *measured == kind);
            if measured || of_kind().next().is_none() {
                continue;
            }
            let headings = self.headings(kind);
            let names = || headings.iter().map(|(name, _)| *name);
            let width = |(at, name): (usize, &str)| {
                let cells = of_kind().filter_map(|cells| cells.get(at)).map(|cell| columns(cell));
                cells.max().unwrap_or(0).max(columns(name))
            };
            let mut widths: Vec<usize> = names().enumerate().map(width).collect();
            let shrink: Vec<Shrink> = headings.iter().map(|(_, shrink)| *shrink).collect();
            self.style.fit(&mut widths, &shrink, columns(label(kind, true)));
            let heading = self.lined_up(kind, names(), &widths);
            let heading = self.style.cut(format!("{}{heading}", label(kind, true)).trim_end());
            writeln!(out, "{}", self.style.ink("1", &heading))?;
            self.widths.push((kind, widths));
        }
        for line in &lines {
            match line {
                Line::Row(kind, cells) => {
                    let widths = self.widths.iter().find(|(of, _)| of == kind);
                    let widths = widths.map_or(&[][..], |(_, widths)| widths);
                    let cells = self.lined_up(*kind, cells.iter().map(String::as_str), widths);
                    let line = format!("{}{cells}", label(*kind, false));
                    writeln!(out, "{}", self.style.cut(line.trim_end()))?;
                }
                Line::Whole(text) => writeln!(out, "{text}")?,
            }
        }
        Ok(())
    }

    /// The cells in columns of these widths. A cell that is wider is shortened only if the lines
    /// must fit a terminal.
    fn lined_up<'c>(
        &self,
        kind: RecordKind,
        cells: impl Iterator<Item = &'c str>,
        widths: &[usize],
    ) -> String {
        let mut line = String::new();
        for ((cell, width), (_, shrink)) in cells.zip(widths).zip(self.headings(kind)) {
            let cell = match self.style.width {
                Some(_) => shrink.cell(cell, *width),
                None => cell.to_owned(),
            };
            line.push_str(&cell);
            line.push_str(&" ".repeat(width.saturating_sub(columns(&cell)) + 2));
        }
        line
    }
}

/// The prefix of a row. Keys are indented below their cred.
fn label(kind: RecordKind, heading: bool) -> &'static str {
    match (kind, heading) {
        (RecordKind::Event, true) => "event  ",
        (RecordKind::Cred, true) => "cred   ",
        (RecordKind::Key, true) => "  key    ",
        (RecordKind::Event | RecordKind::Cred, false) => "       ",
        (RecordKind::Key, false) => "       - ",
    }
}
