//! Records for people: facts about the file, then its records in columns.

use std::io;

use super::lines::notes;
use super::rows::TableBlocks;
use super::status;
use crate::diag::{escape, escaped};
use crate::finding::Redactor;
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::output::TableStyle;
use crate::output::human::text::{bytes, counted, number};
use crate::record::field::{cred, event, key};
use crate::record::{FieldSet, FileStatus, Skip};

/// Skipped records listed for each file.
const SKIPS: usize = 20;

/// Characters shown of the reason why a record was skipped or a file was not read.
const DETAIL: usize = 600;

/// The fields that a table shows by default.
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
    style: TableStyle,
    rows: TableBlocks,
    skips: Vec<String>,
}

impl<'o> Table<'o> {
    /// Writes these fields to `out`.
    pub fn new(
        out: &'o mut dyn io::Write,
        fields: FieldSet,
        redactor: Redactor,
        style: TableStyle,
    ) -> Self {
        Self { out, redactor, style, rows: TableBlocks::new(fields, style), skips: Vec::new() }
    }

    /// Writes a fact of the file; `text` is already escaped.
    fn fact(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.style.ink("2", &format!("{label:<9}"));
        writeln!(self.out, "{label} {text}")
    }

    fn value(&self, text: &str, limit: usize) -> String {
        escaped(&self.redactor.text(text), limit)
    }
}

impl Viewer for Table<'_> {
    fn file(&mut self, file: &FileView<'_>) -> io::Result<()> {
        self.rows.restart();
        self.skips.clear();
        let path = self.style.ink("1", &escape(file.path));
        writeln!(self.out, "{path}")?;
        // Facts about records do not apply to a file that was not read.
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
            let by = file.hint.columns.as_ref().map_or("by its first line", |setting| &setting.by);
            let text = format!("{} ({})", self.value(&names.join(", "), DETAIL), escape(by));
            self.fact("columns", &text)?;
        }
        let setting = |value: &str, by: Option<&String>| {
            let by = by.map(|by| format!(" (by {by})")).unwrap_or_default();
            format!("{}{}", escape(value), escape(&by))
        };
        if let Some(account) = &file.origin.account {
            let text = setting(account, file.hint.account.as_ref().map(|setting| &setting.by));
            self.fact("account", &format!("{text}, where a record names none"))?;
        }
        if let Some(zone) = &file.origin.zone {
            let text = setting(zone.name(), file.hint.zone.as_ref().map(|setting| &setting.by));
            self.fact("zone", &format!("{text}, where a time names none"))?;
        }
        if let Some(time) = file.origin.time {
            let now = if time == file.now {
                "its own time; ages are computed at this time".to_owned()
            } else {
                format!("its own time; ages are computed at {}, by --now", file.now)
            };
            self.fact("time", &format!("{time} ({now})"))?;
        }
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        self.rows.add(record, self.out)
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        if self.skips.len() < SKIPS {
            let detail = self.value(&skip.detail, DETAIL);
            let place = format!("{}:{}", escape(file.path), skip.line);
            self.skips.push(format!("{place} (byte {}): {}: {detail}", skip.offset, skip.reason));
        }
        Ok(())
    }

    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()> {
        self.rows.flush(self.out)?;
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
