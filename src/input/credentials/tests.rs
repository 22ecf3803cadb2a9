//! Reports as creds and keys.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::input::InputSet;
use crate::record::field::{cred, key, of_kind};
use crate::record::{
    Batch, BatchStatus, Columns, FieldId, FieldSet, FileStatus, Format, Inputs, Origin, Outcome,
    RawRecord, ReadOrder, Record, Scratch,
};
use crate::value::{RecordKind, Time, Value, Zone};

mod joined;
mod read;
mod rewritten;
mod cells;

/// 2026-01-01T00:00:00Z.
const NOW: Time = Time(1_767_225_600_000_000);

fn all() -> FieldSet {
    FieldSet::all(RecordKind::Cred).union(FieldSet::all(RecordKind::Key))
}

fn value(value: &Value<'_>) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Str(text) => text.to_string(),
        Value::Time(time) => time.to_string(),
        Value::List(items) => format!("{} rows", items.len()),
        other => format!("{other:?}"),
    }
}

/// The fields that a record has, except those that are equal in all of them.
fn fields(record: &Record<'_>) -> String {
    let dull = [cred::PROVIDER, cred::KEYS, cred::KEY_COUNT, cred::ACTIVE_KEYS, key::EXISTS];
    let has = |id: &FieldId| !record.get(*id).is_missing() && !dull.contains(id);
    let shown = of_kind(record.kind).filter(has);
    let shown = shown.map(|id| format!("{}={}", id.field().name, value(record.get(id))));
    shown.collect::<Vec<_>>().join(" ")
}

/// A record as a person reads it: the cred, and each of its keys.
fn lines(rows: crate::record::MappedRecord<'_>) -> String {
    let mut out = fields(rows.record);
    let number = |id| value(rows.record.get(id));
    let _ = write!(out, " [{} of {} active]", number(cred::ACTIVE_KEYS), number(cred::KEY_COUNT));
    let Value::List(listed) = rows.record.get(cred::KEYS) else { return out };
    assert_eq!(listed.len(), rows.keys.len(), "the same keys in both places");
    for (key, listed) in rows.keys.iter().zip(listed.iter()) {
        assert_eq!(*listed, Value::Record(RecordKind::Key, key.values()));
        assert_eq!(*key.get(key::EXISTS), Value::Bool(true));
        let _ = write!(out, "\n  {}", fields(key));
    }
    out
}

/// One record of rows as text; columns as the vendor orders them where none are given.
fn map(format: &CredentialReport, columns: Option<&str>, rows: &str) -> String {
    let columns = columns.map(|names| Columns::new(names.split(',').map(str::to_owned)));
    map_with(format, &Origin { columns, ..Origin::default() }, rows)
}

fn map_with(format: &CredentialReport, origin: &Origin, rows: &str) -> String {
    let mapper = format.mapper(&all(), origin, NOW);
    let raw = RawRecord::alone(rows);
    let mut out = String::new();
    let mut scratch = Scratch::default();
    match mapper.map(&raw, &mut scratch, &mut |rows| out = lines(rows)) {
        Outcome::Read => {}
        other => out = format!("{other:?}"),
    }
    if let Some(note) = scratch.note {
        let _ = write!(out, "\n! {note}");
    }
    out
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/credentials").join(name)
}

/// The result of reading a file.
#[derive(Debug, Default)]
struct FileRead {
    /// Line and rows of each record, and its fields.
    records: Vec<(u64, u64, String)>,
    notes: Vec<String>,
    faults: Vec<String>,
    skips: Vec<String>,
    status: String,
    time: Option<String>,
    format: &'static str,
}

impl FileRead {
    fn text(&self) -> String {
        let record = |(line, rows, text): &(u64, u64, String)| {
            let rows = if *rows == 1 { String::new() } else { format!(" ({rows} rows)") };
            format!("{line}{rows}: {text}\n")
        };
        let mut out: String = self.records.iter().map(record).collect();
        out.extend(self.skips.iter().map(|skip| format!("skipped {skip}\n")));
        out.extend(self.notes.iter().map(|note| format!("note: {note}\n")));
        out.extend(self.faults.iter().map(|fault| format!("fault: {fault}\n")));
        out
    }
}

fn read(path: &Path) -> FileRead {
    read_set(&InputSet::new(&[path.to_str().unwrap().to_owned()]).unwrap())
}

fn read_set(set: &InputSet) -> FileRead {
    let mut file = set.open(0);
    let mut read = FileRead::default();
    let mut batch = Batch::default();
    loop {
        let step = file.next(&mut batch);
        let origin = file.origin();
        for skip in &batch.skipped {
            let (line, offset) = (skip.line, skip.offset);
            read.skips.push(format!("{line} @{offset}: {}: {}", skip.reason, skip.detail));
        }
        for raw in batch.iter() {
            let raw = raw.unwrap();
            let format = file.formats()[0];
            read.format = format.name();
            let now = origin.time.unwrap_or(NOW);
            let mapper = format.mapper(&all(), &origin, now);
            let mut scratch = Scratch::default();
            let outcome = mapper.map(&raw, &mut scratch, &mut |rows| {
                read.records.push((raw.line, raw.rows, lines(rows)));
            });
            if outcome != Outcome::Read {
                read.skips.push(format!("{}: {outcome:?}", raw.line));
            }
            read.notes.extend(scratch.note.map(|note| format!("{}: {note}", raw.line)));
        }
        if step == BatchStatus::Done {
            break;
        }
    }
    let account = file.account();
    read.status = match &account.status {
        FileStatus::Read => format!("{} {}", account.container, account.compression.unwrap_or("-")),
        other => format!("{other:?}"),
    };
    read.notes.extend(account.notes);
    read.faults = account.faults;
    read.time = file.origin().time.map(|time| time.to_string());
    read
}

/// A file with this name and content.
fn read_bytes(name: &str, bytes: &[u8]) -> FileRead {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path)
}
