//! Records in aligned columns.

use std::io;

use crate::diag::escape;
use crate::finding::show;
use crate::inspect::RecordView;
use crate::output::human::text::{columns, shorten};
use crate::record::field::cred;
use crate::record::{FieldId, FieldSet, Record};
use crate::value::RecordKind;

/// The maximum width of a value, in columns.
const WIDEST: usize = 48;

/// Records that are aligned together. Later records use the same column widths.
const BLOCK: usize = 100;

/// Rows with a heading for each kind of record, written block by block.
pub(in crate::output) struct Rows {
    fields: FieldSet,
    color: bool,
    /// Rows that wait for alignment.
    waiting: Vec<Line>,
    /// The width of each column by kind, set once the first block is written.
    widths: Vec<(RecordKind, Vec<usize>)>,
}

enum Line {
    Row(RecordKind, Vec<String>),
    /// A line that is not aligned; already escaped.
    Whole(String),
}

impl Rows {
    /// Creates rows of these fields.
    pub(in crate::output) fn new(fields: FieldSet, color: bool) -> Self {
        Self { fields, color, waiting: Vec::new(), widths: Vec::new() }
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
        self.row(record, record.record);
        record.keys.iter().for_each(|key| self.row(record, key));
        if self.waiting.len() >= BLOCK { self.flush(out) } else { Ok(()) }
    }

    fn columns_of(&self, kind: RecordKind) -> Vec<FieldId> {
        self.fields.iter().filter(|field| field.kind() == kind && *field != cred::KEYS).collect()
    }

    fn row(&mut self, record: &RecordView<'_>, row: &Record<'_>) {
        let mut values = record.fields(row).peekable();
        let cell = |field: FieldId| {
            let value = values.next_if(|(found, _)| *found == field);
            let text = value.and_then(|(_, value)| show(&value)).unwrap_or_else(|| "-".to_owned());
            shorten(&escape(&text), WIDEST)
        };
        let kind = row.kind;
        let cells: Vec<String> = self.columns_of(kind).into_iter().map(cell).collect();
        if !cells.is_empty() {
            self.waiting.push(Line::Row(kind, cells));
        }
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
            let known = self.widths.iter().any(|(known, _)| *known == kind);
            if known || of_kind().next().is_none() {
                continue;
            }
            let names = self.columns_of(kind);
            let names: Vec<&str> = names.iter().map(|field| field.field().name).collect();
            let width = |at: usize| {
                let cells = of_kind().map(|cells| columns(&cells[at]));
                cells.max().unwrap_or(0).max(columns(names[at]))
            };
            let widths: Vec<usize> = (0..names.len()).map(width).collect();
            let heading = lined_up(names.iter().copied(), &widths);
            let heading = format!("{}{}", label(kind, true), heading);
            let heading = heading.trim_end();
            match self.color {
                true => writeln!(out, "\u{1b}[1m{heading}\u{1b}[0m")?,
                false => writeln!(out, "{heading}")?,
            }
            self.widths.push((kind, widths));
        }
        for line in &lines {
            match line {
                Line::Row(kind, cells) => {
                    let widths = self.widths.iter().find(|(of, _)| of == kind);
                    let widths = widths.map_or(&[][..], |(_, widths)| widths);
                    let cells = lined_up(cells.iter().map(String::as_str), widths);
                    writeln!(out, "{}{}", label(*kind, false), cells.trim_end())?;
                }
                Line::Whole(text) => writeln!(out, "{text}")?,
            }
        }
        Ok(())
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

fn lined_up<'c>(cells: impl Iterator<Item = &'c str>, widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.zip(widths) {
        line.push_str(cell);
        line.push_str(&" ".repeat(width.saturating_sub(columns(cell)) + 2));
    }
    line
}
