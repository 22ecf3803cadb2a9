//! Credential reports and events: which report rules evaluate, and which row an event is joined
//! with.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keytrail::config::{LoadOptions, Policy};
use keytrail::record::field::{cred, event, key};
use keytrail::record::{
    FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider, RawRecord, ReadOrder,
    Record, Scratch, derive,
};
use keytrail::report::Report;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value};
use keytrail::{ScanOptions, scan};

use crate::inputs::{Files, Written};
use crate::run::Folder;

/// A report: `account user key-id:created …`, with `-` for values that it does not contain.
#[derive(Debug)]
struct Users {
    /// Whether its rows contain key ids.
    ids: bool,
    now: Time,
}

static USERS: Users = Users { ids: true, now: Time(0) };
static NAMELESS: Users = Users { ids: false, now: Time(0) };

/// A log: `time account user user-type key-id`.
#[derive(Debug)]
struct Calls;

fn shown(text: &str) -> Value<'_> {
    Value::maybe_str(Some(text).filter(|text| *text != "-"))
}

fn time(text: &str) -> Value<'static> {
    Time::parse(text).map_or(Value::Missing, Value::Time)
}

impl Format for Users {
    fn name(&self) -> &'static str {
        if self.ids { "users" } else { "nameless" }
    }
    fn doc(&self) -> &'static str {
        "One user a record."
    }
    fn provider(&self) -> Provider {
        Provider::Aws
    }
    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Cred, RecordKind::Key]
    }
    fn carries(&self, _: &Origin) -> FieldSet {
        let all = FieldSet::all(RecordKind::Cred).union(FieldSet::all(RecordKind::Key));
        all.iter().filter(|field| self.ids || *field != key::ID).collect()
    }
    fn mapper(&self, _: &FieldSet, _: &Origin, now: Time) -> Box<dyn Mapper> {
        Box::new(Users { now, ..*self })
    }
}

impl Mapper for Users {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        _: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        let mut parts = raw.text.split(' ');
        let mut record = Record::new(RecordKind::Cred);
        record.set(cred::PROVIDER, Value::str("aws"));
        record.set(cred::ACCOUNT, shown(parts.next().unwrap()));
        let user = parts.next().unwrap();
        record.set(cred::USER, Value::str(user));
        record.set(cred::USER_TYPE, Value::str(if user == "<root>" { "root" } else { "user" }));
        let keys: Vec<Record<'_>> = parts
            .map(|part| {
                let (id, created) = part.split_once(':').unwrap();
                let mut record = Record::new(RecordKind::Key);
                if self.ids {
                    record.set(key::ID, shown(id));
                }
                let created = Time::parse(created).unwrap();
                record.set(key::CREATED, Value::Time(created));
                let age = derive::days(created, self.now);
                record.set(key::AGE_DAYS, age.map_or(Value::Missing, Value::Int));
                record
            })
            .collect();
        emit(MappedRecord { record: &record, keys: &keys });
        Outcome::Read
    }
}

impl Format for Calls {
    fn name(&self) -> &'static str {
        "calls"
    }
    fn doc(&self) -> &'static str {
        "One call a record."
    }
    fn provider(&self) -> Provider {
        Provider::Aws
    }
    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }
    fn carries(&self, _: &Origin) -> FieldSet {
        FieldSet::all(RecordKind::Event)
    }
    fn mapper(&self, _: &FieldSet, _: &Origin, _: Time) -> Box<dyn Mapper> {
        Box::new(Calls)
    }
}

impl Mapper for Calls {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        _: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        let parts: Vec<&str> = raw.text.split(' ').collect();
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PROVIDER, Value::str("aws"));
        record.set(event::TIME, time(parts[0]));
        record.set(event::ACCOUNT, shown(parts[1]));
        record.set(event::USER, shown(parts[2]));
        record.set(event::USER_TYPE, Value::str(parts[3]));
        record.set(event::AK, shown(parts[4]));
        emit(MappedRecord::of(&record));
        Outcome::Read
    }
}

const JOINED: &str = r#"rule:
  id: joined
  title: t
  category: abuse
  severity: high
  status: stable
  on: event
  description: d
  remediation: r
  when: has(event.cred)
  by: [event.user, event.cred.account, event.cred.user, event.key.id, event.key.age_days]
"#;

const JUDGED: &str = r#"rule:
  id: judged
  title: t
  category: posture
  severity: high
  status: stable
  on: key
  description: d
  remediation: r
  when: key.age_days >= 0
  by: [cred.account, cred.user, key.age_days]
"#;

const ACCOUNTS: &str = r#"table:
  id: accounts
  key: { column: account }
  columns: { account: str, name: str }
  rows: [{ account: "111", name: production }]
"#;

fn file(format: &'static dyn Format, when: Option<&str>, records: &[&str]) -> Written {
    let read_order = match format.kinds() {
        [RecordKind::Event] => ReadOrder::Events,
        _ => ReadOrder::Reports,
    };
    let origin = Arc::new(Origin { time: when.and_then(Time::parse), ..Origin::default() });
    let records = records.iter().map(ToString::to_string).collect();
    Written { read_order, format: [format], origin, records }
}

/// The report of a scan of these files with one rule.
fn report(rule: &str, files: Vec<Written>, strict: bool) -> Report {
    // Tests run in parallel, each in its own folder.
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let id = rule.split("id: ").nth(1).unwrap().lines().next().unwrap();
    let name = format!("{id}.yaml");
    let folder = Folder::new(&format!("credentials-{}-{number}", std::process::id()))
        .file(&name, rule)
        .file("accounts.yaml", ACCOUNTS);
    let rules = [&name, "accounts.yaml"].map(|name| folder.path(name).display().to_string());
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: rules.to_vec(),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let options = ScanOptions {
        clock_given: false,
        jobs: NonZeroUsize::new(2).unwrap(),
        strict,
        allow_empty: true,
        show_keys: true,
        ..ScanOptions::at(Time::parse("2026-01-01T00:00:00Z").unwrap())
    };
    scan(&policy, &Files::new(files), Vec::new(), Vec::new(), &options)
}

/// The subject of every finding, one a line.
fn subjects(report: &Report) -> Vec<String> {
    let subject = |finding: &keytrail::finding::Finding| {
        let values = finding.subject.iter().map(|(_, value)| value.as_deref().unwrap_or("-"));
        values.collect::<Vec<_>>().join(" ")
    };
    let mut all: Vec<String> = report.findings.iter().map(subject).collect();
    all.sort();
    all
}

/// The report rows with which the events are joined.
fn joined(reports: Vec<Written>, events: &[&str]) -> Vec<String> {
    let mut files = reports;
    files.push(file(&Calls, None, events));
    subjects(&report(JOINED, files, false))
}

fn users(when: Option<&str>, records: &[&str]) -> Written {
    file(&USERS, when, records)
}

const MAY: Option<&str> = Some("2025-05-01T00:00:00Z");
const JUNE: Option<&str> = Some("2025-06-01T00:00:00Z");

#[test]
fn an_event_is_joined_by_its_key_else_by_its_user() {
    let reports = || {
        vec![users(
            MAY,
            &[
                "111 alice AKIA1:2025-04-01T00:00:00Z AKIA2:2025-04-21T00:00:00Z",
                "222 bob",
                "111 <root>",
            ],
        )]
    };
    for (event, expected) in [
        ("2025-05-02T00:00:00Z 111 alice user AKIA2", "alice 111 alice AKIA2 10"),
        // The key determines the user, whatever name the event contains.
        ("2025-05-02T00:00:00Z 222 other user AKIA1", "other 111 alice AKIA1 30"),
        ("2025-05-02T00:00:00Z 111 alice user ASIA9", "alice 111 alice - -"),
        ("2025-05-02T00:00:00Z 111 alice user -", "alice 111 alice - -"),
        ("2025-05-02T00:00:00Z - bob user -", "bob 222 bob - -"),
        ("2025-05-02T00:00:00Z 111 root root -", "root 111 <root> - -"),
        ("2025-05-02T00:00:00Z 111 bob user -", ""),
        ("2025-05-02T00:00:00Z 222 alice user -", ""),
        ("2025-05-02T00:00:00Z 222 root root -", ""),
        // A role name is never joined with a user.
        ("2025-05-02T00:00:00Z 111 alice role -", ""),
        ("2025-05-02T00:00:00Z 222 bob service -", ""),
    ] {
        let expected: Vec<&str> = Some(expected).filter(|e| !e.is_empty()).into_iter().collect();
        assert_eq!(joined(reports(), &[event]), expected, "{event}");
    }
}

#[test]
fn accounts_of_events_and_creds_have_the_name_in_the_table() {
    let users = || users(MAY, &["111 alice AKIA1:2025-04-01T00:00:00Z", "222 bob"]);
    let events =
        ["2025-05-02T00:00:00Z 111 alice user AKIA1", "2025-05-02T00:00:00Z 222 bob user -"];
    let (joined, _) = JOINED.split_once("  by:").unwrap();
    let joined =
        format!("{joined}  by: [event.user, event.account_name, event.cred.account_name]\n");
    let found = report(&joined, vec![users(), file(&Calls, None, &events)], false);
    assert_eq!(subjects(&found), ["alice production production", "bob - -"]);
    let judged = JUDGED.replace("[cred.account,", "[cred.account_name,");
    assert_eq!(subjects(&report(&judged, vec![users()], false)), ["production alice 30"]);
}

#[test]
fn a_report_without_an_account_is_joined_with_any_account() {
    let reports = vec![users(MAY, &["- alice"])];
    assert_eq!(joined(reports, &["2025-05-02T00:00:00Z 222 alice user -"]), ["alice - alice - -"]);
}

#[test]
fn events_join_the_newest_report_that_is_not_later() {
    let reports = || {
        vec![
            users(JUNE, &["111 alice AKIA1:2025-04-01T00:00:00Z"]),
            users(MAY, &["111 alice AKIA1:2025-04-01T00:00:00Z"]),
        ]
    };
    for (time, age) in [
        ("2025-05-01T00:00:00Z", "30"),
        ("2025-05-31T23:59:59Z", "30"),
        ("2025-06-01T00:00:00Z", "61"),
        ("2026-01-01T00:00:00Z", "61"),
        // Before every report, the oldest report is the nearest.
        ("2025-04-02T00:00:00Z", "30"),
        // An event without a time is joined with the newest report.
        ("-", "61"),
    ] {
        let event = format!("{time} 111 alice user AKIA1");
        let expected = [format!("alice 111 alice AKIA1 {age}")];
        assert_eq!(joined(reports(), &[&event]), expected, "{time}");
    }
    // A report without a time is used if no other is early enough. Its ages are computed at the run
    // clock.
    let undated = || users(None, &["111 alice AKIA1:2025-12-31T00:00:00Z"]);
    let dated = || users(JUNE, &["111 alice AKIA1:2025-05-31T00:00:00Z"]);
    for (time, age) in [("2025-05-01T00:00:00Z", "1"), ("2025-07-01T00:00:00Z", "1")] {
        let event = format!("{time} 111 alice user AKIA1");
        let expected = [format!("alice 111 alice AKIA1 {age}")];
        assert_eq!(joined(vec![undated(), dated()], &[&event]), expected, "{time}");
    }
}

#[test]
fn an_ambiguous_join_uses_neither_row_and_is_noted() {
    let event = "2025-06-02T00:00:00Z 111 alice user -";
    let differing = || ["111 alice AKIA1:2025-04-01T00:00:00Z", "111 alice"];
    let two_reports = || vec![users(MAY, &differing()[..1]), users(MAY, &differing()[1..])];
    for reports in [vec![users(MAY, &differing())], two_reports()] {
        let mut files = reports;
        files.push(file(&Calls, None, &[event, event]));
        let report = report(JOINED, files, false);
        assert_eq!(report.findings, []);
        let notes: Vec<&String> = report.files.iter().flat_map(|f| &f.account.notes).collect();
        assert_eq!(
            notes,
            ["several rows of the credential reports fit it equally well: it is joined with none \
              of them; records: 2"]
        );
    }
    // Two copies of one report count as one.
    let copies = vec![users(MAY, &["111 alice"]), users(MAY, &["111 alice"])];
    assert_eq!(joined(copies, &[event]), ["alice 111 alice - -"]);
}

/// The message, the subject and `raise` are evaluated only for a match, after the condition.
#[test]
fn an_ambiguous_lookup_of_a_finding_is_noted_on_its_own_record() {
    const LOOK_UP: &str = r#"lookup("creds", event.user)?.key_count"#;
    let rule = |parts: &str| {
        format!(
            "rule:\n  id: looks-up\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  \
             when: event.ak == \"AKIA1\"\n{parts}"
        )
    };
    let matching = "2025-06-02T00:00:00Z 111 alice user AKIA1";
    let other = "2025-06-02T00:00:00Z 111 alice user AKIA2";
    for parts in [
        format!("  message: '${{{LOOK_UP}}}'\n"),
        format!("  by: ['{LOOK_UP}']\n"),
        format!("  by: ['{LOOK_UP}']\n  message: '${{{LOOK_UP}}}'\n"),
        format!("  raise: [{{ to: high, when: '{LOOK_UP} == 1' }}]\n"),
    ] {
        for (events, noted) in
            [([matching, other], [1, 0]), ([other, matching], [0, 1]), ([other, other], [0, 0])]
        {
            let rows = ["111 alice AKIA1:2025-04-01T00:00:00Z", "111 alice"];
            let files = [
                users(MAY, &rows),
                file(&Calls, None, &events[..1]),
                file(&Calls, None, &events[1..]),
            ];
            let report = report(&rule(&parts), files.into(), false);
            let logs = report.files.iter().filter(|file| file.account.path.starts_with("calls"));
            let notes: Vec<usize> = logs.map(|file| file.account.notes.len()).collect();
            assert_eq!(notes, noted, "{parts} {events:?} {:#?}", report.files);
        }
    }
}

#[test]
fn rules_evaluate_the_newest_report_of_each_account() {
    let files = vec![
        users(MAY, &["111 alice K:2025-04-30T00:00:00Z", "222 bob K:2025-04-29T00:00:00Z"]),
        users(JUNE, &["111 alice K:2025-05-29T00:00:00Z"]),
        file(&NAMELESS, MAY, &["111 eve K:2025-04-27T00:00:00Z"]),
        users(None, &["111 ann K:2025-12-27T00:00:00Z"]),
    ];
    let report = report(JUDGED, files, false);
    // The June report of account 111 is newer. Another format and a report without a time are
    // separate.
    assert_eq!(subjects(&report), ["111 alice 3", "111 ann 5", "111 eve 4", "222 bob 2"]);
    let accounting = &report.accounting;
    assert_eq!((accounting.read, accounting.evaluated), (5, 5));
    assert_eq!((accounting.creds, accounting.keys), (5, 5));
    let notes: Vec<&String> = report.files.iter().flat_map(|f| &f.account.notes).collect();
    assert_eq!(
        notes,
        ["older than another report of the same account: no rule evaluates it; records: 1"]
    );
}

#[test]
fn a_rule_that_looks_up_a_report_is_not_configured_without_one() {
    let key = JOINED.replace("has(event.cred)", "event.key.age_days > 3");
    let log = || file(&Calls, None, &["2025-05-02T00:00:00Z 111 alice user AKIA1"]);
    let row = "111 alice AKIA1:2025-04-01T00:00:00Z";
    // Without a report such a rule is not configured, and with one that lacks the keys it is blind.
    for (what, rule, files, configured, blind) in [
        ("no report", JOINED, vec![log()], false, false),
        ("a report", JOINED, vec![log(), users(MAY, &[row])], true, false),
        (
            "a report without key ids",
            JOINED,
            vec![log(), file(&NAMELESS, MAY, &[row])],
            true,
            false,
        ),
        ("keys, no report", &key, vec![log()], false, false),
        ("keys, a report", &key, vec![log(), users(MAY, &[row])], true, false),
        (
            "keys, a report without key ids",
            &key,
            vec![log(), file(&NAMELESS, MAY, &[row])],
            true,
            true,
        ),
    ] {
        let report = report(rule, files, true);
        let notes: Vec<&str> = report.notes.iter().map(|note| note.id).collect();
        assert_eq!(report.rules[0].not_configured.is_none(), configured, "{what}");
        assert_eq!(notes.contains(&"blind-rule"), blind, "{what}: {:?}", report.notes);
        assert_eq!(report.incomplete.iter().any(|note| note.id == "blind-rules"), blind, "{what}");
    }
}
