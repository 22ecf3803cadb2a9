//! Inputs on which quadratic work would take minutes to hours.
//!
//! No test measures time. Each has so many records of one shape that it ends in reasonable time
//! only if the work is linear.

use std::sync::Arc;

use keytrail::config::{LoadOptions, Policy};
use keytrail::finding::Finding;
use keytrail::record::field::{cred, event};
use keytrail::record::{
    FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider, RawRecord, ReadOrder,
    Record, Scratch,
};
use keytrail::rule::Severity;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value};
use keytrail::{ScanOptions, scan};

use crate::inputs::{Files, Written};
use crate::run::Folder;

const MANY: usize = 100_000;

/// Calls as `SECOND ACCOUNT API`, without an event id, and users as `root ACCOUNT`.
#[derive(Debug)]
struct Plain(&'static [RecordKind]);

static CALLS: Plain = Plain(&[RecordKind::Event]);
static USERS: Plain = Plain(&[RecordKind::Cred, RecordKind::Key]);

impl Format for Plain {
    fn name(&self) -> &'static str {
        if self.0[0] == RecordKind::Event { "calls" } else { "users" }
    }
    fn doc(&self) -> &'static str {
        "Three words per record."
    }
    fn provider(&self) -> Provider {
        Provider::Aws
    }
    fn kinds(&self) -> &'static [RecordKind] {
        self.0
    }
    fn carries(&self, _: &Origin) -> FieldSet {
        self.0.iter().fold(FieldSet::EMPTY, |all, kind| all.union(FieldSet::all(*kind)))
    }
    fn mapper(&self, _: &FieldSet, _: &Origin, _: Time) -> Box<dyn Mapper> {
        Box::new(Plain(self.0))
    }
}

impl Mapper for Plain {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        _: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        let mut words = raw.text.split(' ');
        let (first, account) = (words.next().unwrap(), words.next().unwrap());
        let mut record = Record::new(self.0[0]);
        if self.0[0] == RecordKind::Cred {
            record.set(cred::PROVIDER, Value::str("aws"));
            record.set(cred::ACCOUNT, Value::str(account));
            record.set(cred::USER, Value::str("<root_account>"));
            record.set(cred::USER_TYPE, Value::str("root"));
        } else {
            record.set(event::PROVIDER, Value::str("aws"));
            record.set(event::TIME, Value::Time(Time(first.parse::<i64>().unwrap() * 1_000_000)));
            record.set(event::ACCOUNT, Value::str(account));
            let api = words.next().unwrap();
            record.set(event::API, Value::str(api));
            record.set(event::OPERATION, Value::Str(format!("aws:iam.{api}").into()));
            record.set(event::USER_TYPE, Value::str("root"));
        }
        emit(MappedRecord::of(&record));
        Outcome::Read
    }
}

/// The findings of one rule over files of calls and, before them, users.
fn findings(
    name: &str,
    rule: &str,
    entry: &str,
    users: Vec<String>,
    calls: Vec<String>,
) -> Vec<Finding> {
    let rule = format!(
        "rule:\n  id: rule\n  title: t\n  category: abuse\n  severity: low\n  on: event\n{rule}"
    );
    let folder =
        Folder::new(&format!("scale-{name}")).file("rule.yaml", rule).file("allow.yaml", entry);
    let path = |file: &str| vec![folder.path(file).display().to_string()];
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: path("rule.yaml"),
        allowlists: if entry.is_empty() { Vec::new() } else { path("allow.yaml") },
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let options = ScanOptions {
        allow_empty: true,
        memory: 1 << 30,
        ..ScanOptions::at(Time::parse("2026-01-01T00:00:00Z").unwrap())
    };
    let (read, count) = (users.len() + calls.len(), calls.len());
    let report = Origin { time: Some(Time(0)), ..Origin::default() };
    let files = [
        (ReadOrder::Reports, &USERS, report, users),
        (ReadOrder::Events, &CALLS, Origin::default(), calls),
    ];
    let files = files.into_iter().filter(|file| !file.3.is_empty());
    let written = |(read_order, format, origin, records): (_, &'static Plain, _, _)| Written {
        read_order,
        format: [format as &'static dyn Format],
        origin: Arc::new(origin),
        records,
    };
    let inputs = Files::new(files.map(written).collect());
    let report = scan(&policy, &inputs, Vec::new(), Vec::new(), &options);
    assert_eq!(
        (report.accounting.evaluated as usize, report.accounting.rule_errors.len()),
        (read, 0)
    );
    assert!(report.accounting.matches as usize <= count);
    report.findings
}

const BURST: &str = "  when: event.api != \"none\"\n  by: []\n  correlate:\n    within: 1m\n    measures: { calls: { count: \"true\" } }\n    having: calls >= 1\n";

#[test]
fn identical_records_take_linear_time() {
    let calls = vec!["0 1 ListUsers".to_owned(); MANY];
    let found = findings("same", BURST, "", Vec::new(), calls);
    assert_eq!(
        (found.len(), found[0].count),
        (1, MANY as u64),
        "records without an id are never duplicates"
    );
}

#[test]
fn bursts_from_which_an_entry_removes_matches() {
    let rule = format!("{BURST}  raise: [{{ to: high, when: calls == 2 }}]\n");
    let entry = "entries:\n  - id: listed\n    rules: [rule]\n    match: { api: [\"aws:iam.ListUsers\"] }\n    reason: a test\n    owner: nobody\n    expires: never\n";
    let api = |n: usize| if n.is_multiple_of(2) { "ListUsers" } else { "GetUser" };
    let calls = (0..MANY).map(|n| format!("{} 1 {}", n / 2 * 3600, api(n))).collect();
    let found = findings("covered", &rule, entry, Vec::new(), calls);
    assert_eq!((found.len(), found[0].occurrences.len()), (1, MANY / 2));
    assert_eq!((found[0].count, found[0].suppressed), (MANY as u64 / 2, MANY as u64 / 2));
    assert_eq!(found[0].severity, Severity::High, "a raise is evaluated with covered matches");
}

#[test]
fn matches_on_many_days() {
    let calls = (0..MANY).map(|n| format!("{} 1 ListUsers", n * 86_400)).collect();
    let found =
        findings("days", "  when: event.api != \"none\"\n  by: []\n", "", Vec::new(), calls);
    assert_eq!((found.len(), found[0].occurrences.len()), (1, MANY));
    assert!(found[0].occurrences.is_sorted_by(|a, b| a.first < b.first));
}

/// As an API lists them.
#[test]
fn values_read_from_the_newest_to_the_oldest() {
    let rule =
        "  when: event.api != \"none\"\n  by: []\n  first_seen: { of: [event.api], history: 1m }\n";
    let calls = (0..MANY).rev().map(|n| format!("{} 1 ListUsers", n * 3600)).collect();
    let found = findings("newest-first", rule, "", Vec::new(), calls);
    assert_eq!((found.len(), found[0].count), (1, MANY as u64));
}

#[test]
fn events_of_many_accounts_with_reports() {
    let rule = "  when: event.cred.user_type == \"root\"\n  by: []\n";
    let users = (0..MANY).map(|n| format!("root {n}")).collect();
    let calls = (0..MANY).map(|n| format!("{n} {n} ListUsers")).collect();
    let found = findings("accounts", rule, "", users, calls);
    assert_eq!((found.len(), found[0].count), (1, MANY as u64));
}
