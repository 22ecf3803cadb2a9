//! What the engine asks of inputs: phases, a report's own time, and what a bug of ours may cost.

use std::num::NonZeroUsize;
use std::sync::Mutex;

use keytrail::config::{LoadOptions, Policy};
use keytrail::record::field::event;
use keytrail::record::{
    Batch, Batches, FieldSet, FileAccount, Format, Inputs, Mapper, Outcome, Phase, Placed,
    Provider, RawRecord, Record, Scratch, Step,
};
use keytrail::report::{Report, Verdict};
use keytrail::rule::Severity;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value};
use keytrail::{ScanOptions, scan};

use crate::run::Folder;

/// A format whose records are the name of an API, or `panic`.
#[derive(Debug)]
struct Names;

impl Format for Names {
    fn name(&self) -> &'static str {
        "names"
    }
    fn doc(&self) -> &'static str {
        "One name a record."
    }
    fn provider(&self) -> Provider {
        Provider::Aws
    }
    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }
    fn carries(&self) -> FieldSet {
        FieldSet::all(RecordKind::Event)
    }
    fn mapper(&self, _: &FieldSet) -> Box<dyn Mapper> {
        Box::new(Names)
    }
}

impl Mapper for Names {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        _: &mut Scratch,
        emit: &mut dyn FnMut(&Record<'_>),
    ) -> Outcome {
        assert_ne!(raw.text, "panic", "planted");
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PROVIDER, Value::str("aws"));
        record.set(event::API, Value::str(raw.text));
        record.set(event::TIME, Value::Time(Time::parse("2021-01-01T00:00:00Z").unwrap()));
        emit(&record);
        Outcome::Read
    }
}

/// A file: its phase, its own time, its records; reading it fails when there are none.
struct File(Phase, Option<&'static str>, &'static [&'static str]);

struct Files {
    files: Vec<File>,
    opened: Mutex<Vec<usize>>,
}

struct Reading<'f>(&'f File);

impl Inputs for Files {
    fn count(&self) -> usize {
        self.files.len()
    }
    fn phase(&self, index: usize) -> Phase {
        self.files[index].0
    }
    fn open(&self, index: usize) -> Box<dyn Batches + '_> {
        self.opened.lock().unwrap().push(index);
        Box::new(Reading(&self.files[index]))
    }
}

impl Batches for Reading<'_> {
    fn next(&mut self, batch: &mut Batch) -> Step {
        batch.clear();
        assert!(!self.0.2.is_empty(), "planted");
        for (ordinal, name) in (0u64..).zip(self.0.2) {
            let start = batch.bytes.len();
            batch.bytes.extend_from_slice(name.as_bytes());
            let end = batch.bytes.len();
            let (offset, line) = (start as u64, ordinal + 1);
            batch.records.push(Placed { start, end, offset, line, column: 1, ordinal });
        }
        Step::Done
    }
    fn formats(&self) -> &[&'static dyn Format] {
        &[&Names]
    }
    fn report_time(&self) -> Option<Time> {
        self.0.1.map(|time| Time::parse(time).unwrap())
    }
    fn account(&self) -> FileAccount {
        FileAccount { path: "names".into(), ..FileAccount::default() }
    }
}

fn run(name: &str, now_given: bool, files: Vec<File>) -> (Report, Vec<usize>) {
    let rule = "rule:\n  id: later\n  title: t\n  category: abuse\n  severity: low\n  status: stable\n  on: event\n  description: d\n  remediation: r\n  when: event.time > now\n  by: [event.api]\n";
    let folder = Folder::new(&format!("engine-{name}")).file("later.yaml", rule);
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: vec![folder.path("later.yaml").display().to_string()],
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let options = ScanOptions {
        clock: Time::parse("2026-01-01T00:00:00Z").unwrap(),
        clock_given: now_given,
        jobs: NonZeroUsize::new(3).unwrap(),
        fail_on: Severity::High,
        min_severity: Severity::Info,
        max_skipped: 10,
        strict: false,
        allow_empty: true,
        show_keys: false,
    };
    let inputs = Files { files, opened: Mutex::default() };
    let report = scan(&policy, &inputs, Vec::new(), Vec::new(), &options);
    (report, inputs.opened.into_inner().unwrap())
}

fn subjects(report: &Report) -> Vec<&str> {
    report.findings.iter().filter_map(|finding| finding.subject[0].1.as_deref()).collect()
}

#[test]
fn reports_are_read_before_events() {
    let log = || File(Phase::Events, None, &["Call"]);
    let files = vec![log(), log(), File(Phase::Reports, None, &["Row"]), log()];
    let (report, mut opened) = run("phases", false, files);
    assert_eq!(opened[0], 2);
    opened.sort_unstable();
    assert_eq!(opened, [0, 1, 2, 3]);
    assert_eq!(report.accounting.evaluated, 4);
}

#[test]
fn now_is_what_the_user_says_else_the_time_of_the_report_else_the_clock() {
    let files = || {
        vec![
            File(Phase::Reports, Some("2020-01-01T00:00:00Z"), &["Old"]),
            File(Phase::Reports, Some("2022-01-01T00:00:00Z"), &["New"]),
            File(Phase::Events, None, &["Log"]),
        ]
    };
    assert_eq!(subjects(&run("own-time", false, files()).0), ["Old"]);
    assert!(subjects(&run("given-time", true, files()).0).is_empty());
}

#[test]
fn a_panic_on_a_record_costs_that_record_and_is_told() {
    let old = Some("2020-01-01T00:00:00Z");
    let files = vec![File(Phase::Events, old, &["First", "panic", "Last"])];
    let (report, _) = run("panic", false, files);
    assert_eq!(subjects(&report), ["First", "Last"]);
    assert_eq!(report.verdict, Verdict::Incomplete);
    assert_eq!(report.accounting.skipped_by_reason["internal"], 1);
    assert_eq!(
        report.incomplete[0].text,
        "evaluation failed inside Keytrail on the records at names:2"
    );
}

#[test]
fn a_panic_while_reading_costs_that_file_and_is_told() {
    let old = Some("2020-01-01T00:00:00Z");
    let files = vec![File(Phase::Events, None, &[]), File(Phase::Events, old, &["Call"])];
    let (report, _) = run("reader", false, files);
    assert_eq!(subjects(&report), ["Call"]);
    assert_eq!(report.verdict, Verdict::Incomplete);
    assert_eq!(
        report.incomplete[0].text,
        "names cannot be read: reading it failed inside Keytrail"
    );
}
