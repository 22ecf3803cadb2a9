//! One JSON object per line: records, records that could not be read, and each file at its end.

use std::collections::BTreeMap;
use std::io;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::status;
use crate::finding::Redactor;
use crate::inspect::{FileView, RecordCounts, RecordView, Viewer};
use crate::output::inert::write_line;
use crate::record::{FileAccount, Record, Skip};
use crate::value::{RecordKind, Value};

/// Writes lines of JSON.
///
/// Each line is one object that names its `input`. A record has the key `event` or `cred`, a record
/// that could not be read has `skipped`, and the last line of a file has `file`. A query writes
/// this last line only if there is something to report about the file. Missing fields are left out,
/// as in the tests of rules. Times are RFC 3339.
pub struct Lines<'o> {
    out: &'o mut dyn io::Write,
    redactor: Redactor,
}

impl<'o> Lines<'o> {
    /// Writes to `out`.
    pub fn new(out: &'o mut dyn io::Write, redactor: Redactor) -> Self {
        Self { out, redactor }
    }

    /// Writes one object.
    pub(in crate::output) fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        write_line(line, self.out)
    }
}

impl Viewer for Lines<'_> {
    fn file(&mut self, _: &FileView<'_>) -> io::Result<()> {
        Ok(())
    }

    fn record(&mut self, record: &RecordView<'_>) -> io::Result<()> {
        let row = Some(RecordObject { record, row: record.record, keys: record.keys });
        let (event, cred) = match record.record.kind {
            RecordKind::Event => (row, None),
            RecordKind::Cred | RecordKind::Key => (None, row),
        };
        self.line(&RecordLine {
            input: record.file.path,
            line: record.raw.line,
            byte: record.raw.offset,
            pointer: record.file.account.pointer(record.raw.ordinal),
            format: record.format.name(),
            event,
            cred,
        })
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        let detail = self.redactor.text(&skip.detail).into_owned();
        self.line(&SkipLine {
            input: file.path,
            line: skip.line,
            byte: skip.offset,
            skipped: SkipFacts { reason: skip.reason.name(), detail },
        })
    }

    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()> {
        // Usually only a few of many files contain matches, and the total of a query counts all
        // files.
        let without_match = counts.matched.is_some() && counts.shown == 0;
        if without_match && counts.skips() == 0 && notes(file, counts).is_empty() {
            return Ok(());
        }
        let (status, reason) = status(&file.account.status);
        let setting = |by: Option<&String>| by.cloned();
        let facts = FileFacts {
            status,
            reason: reason.map(|reason| self.redactor.text(reason).into_owned()),
            format: file.format.map(|format| format.name()),
            provider: file.format.map(|format| format.provider().name()),
            container: file.account.container,
            compression: file.account.compression,
            bytes: file.account.bytes,
            decompressed: file.account.decompressed,
            columns: file.origin.columns.as_ref().map(|columns| columns.names()),
            account: file.origin.account.as_deref(),
            account_by: setting(file.hint.account.as_ref().map(|setting| &setting.by)),
            zone: file.origin.zone.as_ref().map(|zone| zone.name()),
            zone_by: setting(file.hint.zone.as_ref().map(|setting| &setting.by)),
            time: file.origin.time.map(|time| time.to_string()),
            // Only ages in creds are relative to `now`; logs do not use it.
            now: counts.rows.contains_key("cred").then(|| file.now.to_string()),
            records: counts.records,
            matched: counts.matched,
            shown: counts.shown,
            skipped: &counts.skipped,
            rows: &counts.rows,
            notes: notes(file, counts),
        };
        self.line(&FileLine { input: file.path, file: facts })
    }
}

/// The notes on a file that did not cause any record to be skipped.
pub(super) fn notes(file: &FileView<'_>, counts: &RecordCounts) -> Vec<String> {
    let of_records = counts.notes.iter().map(|(note, count)| format!("{note}; records: {count}"));
    let FileAccount { notes, faults, .. } = file.account;
    let gaps = counts.gaps.iter().map(|(gap, count)| format!("{gap}; records: {count}"));
    notes.iter().chain(faults).cloned().chain(of_records).chain(gaps).collect()
}

#[derive(Serialize)]
struct RecordLine<'a> {
    input: &'a str,
    line: u64,
    byte: u64,
    pointer: String,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<RecordObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cred: Option<RecordObject<'a>>,
}

#[derive(Serialize)]
struct SkipLine<'a> {
    input: &'a str,
    line: u64,
    byte: u64,
    skipped: SkipFacts,
}

#[derive(Serialize)]
struct SkipFacts {
    reason: &'static str,
    detail: String,
}

#[derive(Serialize)]
struct FileLine<'a> {
    input: &'a str,
    file: FileFacts<'a>,
}

#[derive(Serialize)]
struct FileFacts<'a> {
    status: &'static str,
    reason: Option<String>,
    format: Option<&'static str>,
    provider: Option<&'static str>,
    container: &'static str,
    compression: Option<&'static str>,
    bytes: u64,
    decompressed: u64,
    columns: Option<&'a [String]>,
    account: Option<&'a str>,
    account_by: Option<String>,
    zone: Option<&'a str>,
    zone_by: Option<String>,
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    records: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched: Option<u64>,
    shown: u64,
    skipped: &'a BTreeMap<&'static str, u64>,
    rows: &'a BTreeMap<&'static str, u64>,
    notes: Vec<String>,
}

/// The fields of a row. A cred also has its keys.
struct RecordObject<'a> {
    record: &'a RecordView<'a>,
    row: &'a Record<'a>,
    keys: &'a [Record<'a>],
}

impl Serialize for RecordObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, value) in self.record.fields(self.row) {
            // Rows are not a field value; they are written as `keys` below.
            if !matches!(value, Value::List(ref items) if is_rows(items)) {
                map.serialize_entry(field.field().name, &Shown(&value))?;
            }
        }
        if self.row.kind == RecordKind::Cred && self.record.shows_keys() {
            let keys: Vec<RecordObject<'_>> = self
                .keys
                .iter()
                .map(|key| RecordObject { record: self.record, row: key, keys: &[] })
                .collect();
            map.serialize_entry("keys", &keys)?;
        }
        map.end()
    }
}

fn is_rows(items: &[Value<'_>]) -> bool {
    matches!(items.first(), Some(Value::Record(..)))
}

/// A value as JSON.
pub(in crate::output) struct Shown<'v>(pub(in crate::output) &'v Value<'v>);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Missing | Value::Record(..) => serializer.serialize_none(),
            Value::Bool(b) => serializer.serialize_bool(*b),
            Value::Int(i) => serializer.serialize_i64(*i),
            Value::Str(text) => serializer.serialize_str(text),
            Value::Time(time) => serializer.serialize_str(&time.to_string()),
            Value::Duration(duration) => serializer.serialize_str(&duration.to_string()),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| list.serialize_element(&Shown(item)))?;
                list.end()
            }
            // After redaction the value may not be valid JSON; write it as a string then.
            Value::Json(json) => match serde_json::from_str::<&RawValue>(&json.text) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_str(&json.text),
            },
        }
    }
}
