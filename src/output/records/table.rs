//! Records for people: what a file is, then its records in columns.

use std::io;

use super::lines::notes;
use super::status;
use crate::diag::{escape, escaped};
use crate::finding::{Redactor, show};
use crate::inspect::{Counts, FileView, RecordView, Viewer};
use crate::output::human::text::{bytes, columns, counted, number, shorten};
use crate::record::field::{cred, event, key};
use crate::record::{FieldId, FieldSet, FileStatus, Record, Skip};
use crate::value::RecordKind;

/// Columns that one value may take.
const WIDEST: usize = 48;

/// Records that are lined up together; later ones keep their columns.
const BLOCK: usize = 100;

/// Skipped records that are named for each file.
const SKIPS: usize = 20;

/// Characters that are shown of why a record was skipped or a file not read.
const DETAIL: usize = 600;

/// The fields that a table shows unless it is told which.
pub fn default_fields() -> FieldSet {
    [
        event::TIME,
        event::USER,
        event::AK,
        event::SOURCE,
        event::METHOD,
        event::OPERATION,
        event::OK,
        event::CODE,
        cred::ACCOUNT,
        cred::USER,
        cred::USER_TYPE,
        cred::CREATED,
        cred::PASSWORD,
        cred::PASSWORD_LAST_USED,
        cred::MFA,
        key::SLOT,
        key::ID,
        key::ACTIVE,
        key::CREATED,
        key::LAST_USED,
        key::AGE_DAYS,
        key::IDLE_DAYS,
    ]
    .into_iter()
    .collect()
}

/// Writes a table for each file.
pub struct Table<'o> {
    out: &'o mut dyn io::Write,
    redactor: Redactor,
    fields: FieldSet,
    color: bool,
    /// Rows that wait to be lined up.
    rows: Vec<Line>,
    /// The width of each column, by kind, once the first block was written.
    widths: Vec<(RecordKind, Vec<usize>)>,
    skips: Vec<String>,
}

struct Line {
    kind: RecordKind,
    cells: Vec<String>,
}

impl<'o> Table<'o> {
    /// Writes these fields to `out`.
    pub fn new(
        out: &'o mut dyn io::Write,
        fields: FieldSet,
        redactor: Redactor,
        color: bool,
    ) -> Self {
        let (rows, widths, skips) = (Vec::new(), Vec::new(), Vec::new());
        Self { out, redactor, fields, color, rows, widths, skips }
    }

    fn ink(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A fact of the file; `text` is inert already.
    fn fact(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.ink("2", &format!("{label:<9}"));
        writeln!(self.out, "{label} {text}")
    }

    fn value(&self, text: &str, limit: usize) -> String {
        escaped(&self.redactor.text(text), limit)
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
            self.rows.push(Line { kind, cells });
        }
    }

    /// Writes the rows that wait.
    fn flush(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.rows);
        for kind in RecordKind::ALL {
            let known = self.widths.iter().any(|(known, _)| *known == kind);
            if known || !rows.iter().any(|row| row.kind == kind) {
                continue;
            }
            let names = self.columns_of(kind);
            let names: Vec<&str> = names.iter().map(|field| field.field().name).collect();
            let width = |at: usize| {
                let cells = rows.iter().filter(|row| row.kind == kind).map(|row| &row.cells[at]);
                cells.map(|cell| columns(cell)).max().unwrap_or(0).max(columns(names[at]))
            };
            let widths: Vec<usize> = (0..names.len()).map(width).collect();
            let heading = lined_up(names.iter().copied(), &widths);
            let heading = format!("{}{}", label(kind, true), heading);
            let heading = self.ink("1", heading.trim_end());
            writeln!(self.out, "{heading}")?;
            self.widths.push((kind, widths));
        }
        for row in &rows {
            let widths = self.widths.iter().find(|(kind, _)| *kind == row.kind);
            let widths = widths.map_or(&[][..], |(_, widths)| widths);
            let cells = lined_up(row.cells.iter().map(String::as_str), widths);
            writeln!(self.out, "{}{}", label(row.kind, false), cells.trim_end())?;
        }
        Ok(())
    }
}

/// What stands before a row: keys stand below their cred.
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

impl Viewer for Table<'_> {
    fn file(&mut self, file: &FileView<'_>) -> io::Result<()> {
        self.widths.clear();
        self.skips.clear();
        let path = self.ink("1", &escape(file.path));
        writeln!(self.out, "{path}")?;
        // What is said of records says nothing of a file that is not read.
        if file.account.status != FileStatus::Read {
            return Ok(());
        }
        if let Some(format) = file.format {
            let text =
                format!("{} ({}): {}", format.name(), format.provider().name(), format.doc());
            self.fact("format", &text)?;
        }
        if let Some(names) = file.origin.columns.as_ref() {
            let names: Vec<&str> = names.names().iter().map(String::as_str).collect();
            let by = file.hint.columns.as_ref().map_or("by its first line", |said| &said.by);
            let text = format!("{} ({})", self.value(&names.join(", "), DETAIL), escape(by));
            self.fact("columns", &text)?;
        }
        let said = |value: &str, by: Option<&String>| {
            let by = by.map(|by| format!(" (by {by})")).unwrap_or_default();
            format!("{}{}", escape(value), escape(&by))
        };
        if let Some(account) = &file.origin.account {
            let text = said(account, file.hint.account.as_ref().map(|said| &said.by));
            self.fact("account", &format!("{text}, where a record names none"))?;
        }
        if let Some(zone) = &file.origin.zone {
            let text = said(zone.name(), file.hint.zone.as_ref().map(|said| &said.by));
            self.fact("zone", &format!("{text}, where a time names none"))?;
        }
        if let Some(time) = file.origin.time {
            let now = if time == file.now {
                "its own time; ages are counted to it".to_owned()
            } else {
                format!("its own time; ages are counted to {}, by --now", file.now)
            };
            self.fact("time", &format!("{time} ({now})"))?;
        }
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        self.row(record, record.record);
        record.keys.iter().for_each(|key| self.row(record, key));
        if self.rows.len() >= BLOCK { self.flush() } else { Ok(()) }
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        if self.skips.len() < SKIPS {
            let detail = self.value(&skip.detail, DETAIL);
            let place = format!("{}:{}", escape(file.path), skip.line);
            self.skips.push(format!("{place} (byte {}): {}: {detail}", skip.offset, skip.reason));
        }
        Ok(())
    }

    fn end(&mut self, file: &FileView<'_>, counts: &Counts) -> io::Result<()> {
        self.flush()?;
        let account = file.account;
        if let (_, Some(reason)) = status(&account.status) {
            let reason = self.value(reason, DETAIL);
            let what = match account.status {
                FileStatus::NotAnInput { .. } => "not an input",
                FileStatus::Declined { .. } => "no records",
                FileStatus::Unclaimed { .. } => "of no known format",
                FileStatus::Unreadable { .. } | FileStatus::Read => "unreadable",
            };
            self.fact("not read", &format!("{what}: {reason}"))?;
        } else {
            let shown = counted(counts.shown, "record");
            let more = counts.records.saturating_sub(counts.shown + counts.skips());
            let mut text = format!("{} read, {shown} shown", number(counts.records));
            if more > 0 {
                text.push_str(&format!(", {} more (--limit 0 shows all)", number(more)));
            }
            if counts.skips() > 0 {
                text.push_str(&format!(", {} skipped", number(counts.skips())));
            }
            let rows: Vec<String> =
                counts.rows.iter().map(|(kind, count)| counted(*count, kind)).collect();
            if counts.rows.len() > 1 {
                text.push_str(&format!("; in all {}", rows.join(" with ")));
            }
            self.fact("records", &text)?;
        }
        if account.bytes > 0 {
            let mut text = bytes(account.bytes);
            if let Some(compression) = account.compression {
                text.push_str(&format!(", {compression} of {}", bytes(account.decompressed)));
            }
            if !account.container.is_empty() {
                text.push_str(&format!(", {}", account.container));
            }
            self.fact("stored", &text)?;
        }
        for note in notes(file, counts) {
            let note = self.value(&note, DETAIL);
            self.fact("note", &note)?;
        }
        for skip in std::mem::take(&mut self.skips) {
            self.fact("skipped", &skip)?;
        }
        let more = counts.skips().saturating_sub(SKIPS as u64);
        if more > 0 {
            self.fact("skipped", &format!("… {}", counted(more, "more record")))?;
        }
        writeln!(self.out)
    }
}
