//! Tests with creds and their keys, which logs do not contain.
#![allow(clippy::unwrap_used)]

use super::Table;
use crate::finding::Redactor;
use crate::inspect::{Options, Viewer, read};
use crate::output::TableStyle;
use crate::record::field::{cred, key};
use crate::record::{
    Batch, BatchRecord, BatchStatus, Batches, Columns, FieldSet, FileAccount, Format, Hint, Inputs,
    MappedRecord, Mapper, Origin, Outcome, Provider, RawRecord, Record, Scratch, Setting, field,
};
use crate::value::{RecordKind, Time, Value};
use std::sync::Arc;

/// A test format: each line is a user; the words after the first are key ids.
#[derive(Debug)]
struct Users;

impl Format for Users {
    fn name(&self) -> &'static str {
        "users"
    }
    fn doc(&self) -> &'static str {
        "Users and keys."
    }
    fn provider(&self) -> Provider {
        Provider::Aws
    }
    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Cred, RecordKind::Key]
    }
    fn carries(&self, _: &Origin) -> FieldSet {
        FieldSet::all(RecordKind::Cred)
    }
    fn mapper(&self, _: &FieldSet, origin: &Origin, _: Time) -> Box<dyn Mapper> {
        Box::new(UsersMapper(origin.account.clone()))
    }
}

struct UsersMapper(Option<String>);

impl Mapper for UsersMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        _: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        let mut words = raw.text.split(' ');
        assert!(!raw.text.contains("mistake") || self.0.is_none(), "a bug of ours");
        let mut record = Record::new(RecordKind::Cred);
        record.set(cred::USER, Value::maybe_str(words.next()));
        record.set(cred::ACCOUNT, Value::maybe_str(self.0.as_deref()));
        let keys: Vec<Record<'_>> = words
            .map(|id| {
                let mut key = Record::new(RecordKind::Key);
                key.set(key::ID, Value::str(id));
                key.set(key::ACTIVE, Value::Bool(true));
                key
            })
            .collect();
        emit(MappedRecord { record: &record, keys: &keys });
        Outcome::Read
    }
}

const TEXT: &str = "root\nann AKIAEXAMPLEKEY000001 AKIAEXAMPLEKEY000002\n";

struct OneFile(&'static str);

impl Inputs for OneFile {
    fn count(&self) -> usize {
        1
    }
    fn hint(&self, _: usize) -> Hint {
        let columns = Columns::new(["user", "key"].map(str::to_owned));
        Hint {
            account: Some(Setting::new("42".to_owned(), "--account")),
            columns: Some(Setting::new(columns, "--columns")),
            ..Hint::default()
        }
    }
    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        let time = Time::parse("2026-03-01T00:00:00Z");
        let origin = Arc::new(Origin { time, ..self.hint(index).origin() });
        Box::new(File { text: self.0, origin })
    }
}

struct File {
    text: &'static str,
    origin: Arc<Origin>,
}

impl Batches for File {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        batch.clear();
        batch.bytes.extend_from_slice(self.text.as_bytes());
        let mut start = 0;
        for (ordinal, line) in (0..).zip(self.text.lines()) {
            let (end, offset, line_number) = (start + line.len(), start as u64, ordinal + 1);
            batch.records.push(BatchRecord {
                start,
                end,
                envelope: Default::default(),
                offset,
                line: line_number,
                column: 1,
                ordinal,
                rows: 1,
            });
            start = end + 1;
        }
        BatchStatus::Done
    }
    fn formats(&self) -> &[&'static dyn Format] {
        &[&Users]
    }
    fn origin(&self) -> Arc<Origin> {
        Arc::clone(&self.origin)
    }
    fn account(&self) -> FileAccount {
        FileAccount { path: "users.txt".to_owned(), ..FileAccount::default() }
    }
}

const MASKED: Redactor = Redactor { show_keys: false };

fn inspected(fields: FieldSet, viewer: &mut dyn Viewer) {
    let options = Options {
        fields,
        limit: None,
        places: Vec::new(),
        now: None,
        clock: Time(0),
        redactor: MASKED,
    };
    assert!(read(&OneFile(TEXT), &[], &options, viewer).unwrap().complete);
}

#[test]
fn keys_are_rows_below_their_user() {
    let mut out = Vec::new();
    let fields = [cred::ACCOUNT, cred::USER, key::ID, key::ACTIVE].into_iter().collect();
    inspected(fields, &mut Table::new(&mut out, fields, MASKED, TableStyle::default()));
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    users.txt
    format    users (aws): Users and keys.
    columns   user, key (--columns)
    account   42 (by --account), where a record names none
    time      2026-03-01T00:00:00Z (its own time; ages are computed at this time)
    cred   account  user
      key    id           active
           42       root
           42       ann
           - AKIAEX…0001  true
           - AKIAEX…0002  true
    records   2 read, 2 records shown; in all 2 creds with 2 keys
    ");
}

#[test]
fn keys_are_nested_in_their_user() {
    let mut out = Vec::new();
    let fields = RecordKind::ALL.into_iter().flat_map(field::of_kind).collect();
    inspected(fields, &mut super::Lines::new(&mut out, MASKED));
    insta::assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    {"input":"users.txt","line":1,"byte":0,"pointer":"record 1","format":"users","cred":{"account":"42","user":"root","keys":[]}}
    {"input":"users.txt","line":2,"byte":5,"pointer":"record 2","format":"users","cred":{"account":"42","user":"ann","keys":[{"id":"AKIAEX…0001","active":true},{"id":"AKIAEX…0002","active":true}]}}
    {"input":"users.txt","file":{"status":"read","reason":null,"format":"users","provider":"aws","container":"","compression":null,"bytes":0,"decompressed":0,"columns":["user","key"],"account":"42","account_by":"--account","zone":null,"zone_by":null,"time":"2026-03-01T00:00:00Z","now":"2026-03-01T00:00:00Z","records":2,"shown":2,"skipped":{},"rows":{"cred":2,"key":2},"notes":[]}}
    "#);
}

/// If a record causes a panic, only that record is skipped.
#[test]
fn a_panic_costs_one_record() {
    let text = "ann AKIAEXAMPLEKEY000001\nmistake\nbob AKIAEXAMPLEKEY000002\n";
    let mut out = Vec::new();
    let fields = [cred::USER].into_iter().collect();
    let options = Options {
        fields,
        limit: None,
        places: Vec::new(),
        now: None,
        clock: Time(0),
        redactor: MASKED,
    };
    let mut lines = super::Lines::new(&mut out, MASKED);
    assert!(!read(&OneFile(text), &[], &options, &mut lines).unwrap().complete);
    let message = String::from_utf8(out).unwrap();
    assert!(message.contains(r#""skipped":{"reason":"internal""#), "{message}");
    assert!(message.contains(r#""records":3,"shown":2,"skipped":{"internal":1}"#), "{message}");
}
