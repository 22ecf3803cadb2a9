//! Single records for people: every field on a separate line.

use std::io;

use super::lines::Shown;
use crate::diag::escape;
use crate::finding::{Redactor, show};
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::output::TableStyle;
use crate::output::human::text::columns;
use crate::output::inert::write_pretty;
use crate::record::field::{cred, event};
use crate::record::{FieldId, Record, Skip};
use crate::value::Value;

/// Writes each record with its place and all of its fields, untruncated, and its JSON at the end.
pub struct Vertical<'o> {
    out: &'o mut dyn io::Write,
    redactor: Redactor,
    style: TableStyle,
    /// The number of records that were written.
    shown: u64,
}

impl<'o> Vertical<'o> {
    /// Writes to `out`.
    pub fn new(out: &'o mut dyn io::Write, redactor: Redactor, style: TableStyle) -> Self {
        Self { out, redactor, style, shown: 0 }
    }

    /// The number of records that were written.
    pub fn shown(&self) -> u64 {
        self.shown
    }

    fn rows(&mut self, record: &RecordView<'_>, row: &Record<'_>) -> io::Result<()> {
        let fields: Vec<(FieldId, Value<'_>)> = record
            .fields(row)
            .filter(|(field, _)| ![cred::KEYS, event::RAW].contains(field))
            .collect();
        let paths: Vec<String> = fields.iter().map(|(field, _)| field.field().path()).collect();
        let width = paths.iter().map(|path| columns(path)).max().unwrap_or(0);
        for ((_, value), path) in fields.iter().zip(&paths) {
            let label = self.style.ink("2", &format!("{path:<width$}"));
            match value {
                Value::Json(json) if json.text.starts_with(['{', '[']) => {
                    writeln!(self.out, "{label}")?;
                    self.json(value, "    ")?;
                }
                value => {
                    let text = show(value).unwrap_or_else(|| "-".to_owned());
                    writeln!(self.out, "{label}  {}", escape(&text))?;
                }
            }
        }
        Ok(())
    }

    /// Writes a value as indented JSON.
    fn json(&mut self, value: &Value<'_>, indent: &str) -> io::Result<()> {
        let mut text = Vec::new();
        let parsed = match value {
            Value::Json(json) => serde_json::from_str::<serde_json::Value>(&json.text).ok(),
            _ => None,
        };
        match parsed {
            Some(parsed) => write_pretty(&parsed, &mut text)?,
            // After redaction the value may not be valid JSON.
            None => write_pretty(&Shown(value), &mut text)?,
        }
        for line in String::from_utf8_lossy(&text).lines() {
            writeln!(self.out, "{indent}{line}")?;
        }
        Ok(())
    }
}

impl Viewer for Vertical<'_> {
    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        self.shown += 1;
        let pointer = record.file.account.pointer(record.raw.ordinal);
        let place = escape(&format!("{} ({pointer})", record.place())).into_owned();
        writeln!(self.out, "{}", self.style.ink("1", &place))?;
        let format = self.style.ink("2", "format");
        writeln!(self.out, "{format}  {}", record.format.name())?;
        self.rows(record, record.record)?;
        for key in record.keys {
            writeln!(self.out)?;
            self.rows(record, key)?;
        }
        let raw = record.fields(record.record).find(|(field, _)| *field == event::RAW);
        if let Some((_, raw)) = raw {
            writeln!(self.out, "{}", self.style.ink("2", "record"))?;
            self.json(&raw, "    ")?;
        }
        writeln!(self.out)
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        let place = format!("{}:{} (byte {})", file.path, skip.line, skip.offset);
        let label = self.style.ink("1;33", "skipped:");
        let detail = self.redactor.text(&skip.detail);
        let text = format!("{place}: {}: {detail}", skip.reason);
        writeln!(self.out, "{label} {}", escape(&text))
    }

    fn end(&mut self, _: &FileView<'_>, _: &RecordCounts) -> io::Result<()> {
        Ok(())
    }
}
