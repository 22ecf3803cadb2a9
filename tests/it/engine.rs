//! What the engine requires of inputs: read order, a report's own time, and containment of panics.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use keytrail::config::{LoadOptions, Policy};
use keytrail::record::field::{cred, event, key};
use keytrail::record::{
    FieldSet, Format, MappedRecord, Mapper, Origin, Outcome, Provider, RawRecord, ReadOrder,
    Record, Scratch,
};
use keytrail::report::{Report, Verdict};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time, Value};
use keytrail::{ScanOptions, scan};

use crate::inputs::{Files, Written};
use crate::run::Folder;

/// A format whose records are API names; the record `panic` panics.
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
    fn carries(&self, _: &Origin) -> FieldSet {
        FieldSet::all(RecordKind::Event)
    }
    fn mapper(&self, _: &FieldSet, _: &Origin, _: Time) -> Box<dyn Mapper> {
        Box::new(Names)
    }
}

impl Mapper for Names {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        _: &mut Scratch,
        emit: &mut dyn FnMut(MappedRecord<'_>),
    ) -> Outcome {
        assert_ne!(raw.text, "panic", "planted");
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PROVIDER, Value::str("aws"));
        record.set(event::API, Value::str(raw.text));
        record.set(event::TIME, Value::Time(Time::parse("2021-01-01T00:00:00Z").unwrap()));
        emit(MappedRecord::of(&record));
        Outcome::Read
    }
}

/// A report whose rows are a user and the ages of two keys: `alice 10 400`.
#[derive(Debug)]
struct Users {
    now: Time,
}

const USERS: Users = Users { now: Time(0) };

impl Format for Users {
    fn name(&self) -> &'static str {
        "users"
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
        FieldSet::all(RecordKind::Cred).union(FieldSet::all(RecordKind::Key))
    }
    fn mapper(&self, _: &FieldSet, _: &Origin, now: Time) -> Box<dyn Mapper> {
        Box::new(Users { now })
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
        record.set(cred::USER, Value::str(parts.next().unwrap()));
        let keys: Vec<Record<'_>> = parts
            .map(|days| {
                let mut record = Record::new(RecordKind::Key);
                let created = self.now.0 - days.parse::<i64>().unwrap() * 86_400_000_000;
                record.set(key::CREATED, Value::Time(Time(created)));
                record.set(key::ID, Value::str("AKIDofAKeyThatIsOld1"));
                record
            })
            .collect();
        emit(MappedRecord { record: &record, keys: &keys });
        Outcome::Read
    }
}

#[test]
fn a_rule_on_keys_sees_each_key_and_its_user() {
    let rule = "rule:\n  id: later\n  title: t\n  category: posture\n  severity: high\n  status: stable\n  on: key\n  description: d\n  remediation: r\n  when: now - key.created > days(90)\n  by: [cred.user]\n  message: \"${cred.user} keeps ${key.id}\"\n";
    let report =
        |time| File(ReadOrder::Reports, Some(time), &["alice 10 400", "bob 90", "eve 91 92"]);
    let files = vec![report("2025-06-01T00:00:00Z")];
    let (report, _) = run_rule("keys", rule, &USERS, false, files);
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.message.as_str(), finding.count, finding.first))
        .collect();
    let time = Time::parse("2025-06-01T00:00:00Z");
    assert_eq!(
        found,
        [("alice keeps AKIDof…Old1", 1, time), ("eve keeps AKIDof…Old1", 2, time)],
        "the time of a row is that of its report"
    );
    assert_eq!(report.accounting.read, 3);
}

/// A file: its phase, its own time, its records; reading it fails when there are none.
struct File(ReadOrder, Option<&'static str>, &'static [&'static str]);

fn run(name: &str, now_given: bool, files: Vec<File>) -> (Report, Vec<usize>) {
    run_rule(name, LATER, &Names, now_given, files)
}

const LATER: &str = "rule:\n  id: later\n  title: t\n  category: abuse\n  severity: low\n  status: stable\n  on: event\n  description: d\n  remediation: r\n  when: event.time > now\n  by: [event.api]\n";

fn run_rule(
    name: &str,
    rule: &str,
    format: &'static dyn Format,
    now_given: bool,
    files: Vec<File>,
) -> (Report, Vec<usize>) {
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
        clock_given: now_given,
        jobs: NonZeroUsize::new(3).unwrap(),
        max_skipped: 10,
        allow_empty: true,
        ..ScanOptions::at(Time::parse("2026-01-01T00:00:00Z").unwrap())
    };
    let files = files.iter().map(|File(read_order, time, records)| {
        let time = time.map(|time| Time::parse(time).unwrap());
        let origin = Arc::new(Origin { time, ..Origin::default() });
        let records = records.iter().map(ToString::to_string).collect();
        Written { read_order: *read_order, format: [format], origin, records }
    });
    let inputs = Files::new(files.collect());
    let report = scan(&policy, &inputs, Vec::new(), Vec::new(), &options);
    (report, inputs.opened())
}

fn subjects(report: &Report) -> Vec<&str> {
    report.findings.iter().filter_map(|finding| finding.subject[0].1.as_deref()).collect()
}

#[test]
fn reports_are_read_before_events() {
    let log = || File(ReadOrder::Events, None, &["Call"]);
    let files = vec![log(), log(), File(ReadOrder::Reports, None, &["Row"]), log()];
    let (report, mut opened) = run("phases", false, files);
    assert_eq!(opened[0], 2);
    opened.sort_unstable();
    assert_eq!(opened, [0, 1, 2, 3]);
    assert_eq!(report.accounting.evaluated, 4);
}

#[test]
fn now_is_the_option_else_the_time_of_the_report_else_the_clock() {
    let files = || {
        vec![
            File(ReadOrder::Reports, Some("2020-01-01T00:00:00Z"), &["Old"]),
            File(ReadOrder::Reports, Some("2022-01-01T00:00:00Z"), &["New"]),
            File(ReadOrder::Events, None, &["Log"]),
        ]
    };
    assert_eq!(subjects(&run("own-time", false, files()).0), ["Old"]);
    assert!(subjects(&run("given-time", true, files()).0).is_empty());
}

#[test]
fn a_panic_on_a_record_costs_only_that_record_and_is_reported() {
    let old = Some("2020-01-01T00:00:00Z");
    let files = vec![File(ReadOrder::Events, old, &["First", "panic", "Last"])];
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
fn a_panic_on_every_record_reports_the_first_positions() {
    let files = vec![File(ReadOrder::Events, None, &["panic"; 50])];
    let (report, _) = run("panics", false, files);
    assert_eq!(report.accounting.skipped_by_reason["internal"], 50);
    let note = report.incomplete.iter().find(|note| note.id == "internal-error").unwrap();
    assert!(note.text.ends_with("names:19, names:20, 30 more places"), "{}", note.text);
}

#[test]
fn a_panic_while_reading_costs_only_that_file_and_is_reported() {
    let old = Some("2020-01-01T00:00:00Z");
    let files = vec![File(ReadOrder::Events, None, &[]), File(ReadOrder::Events, old, &["Call"])];
    let (report, _) = run("reader", false, files);
    assert_eq!(subjects(&report), ["Call"]);
    assert_eq!(report.verdict, Verdict::Incomplete);
    assert_eq!(
        report.incomplete[0].text,
        "names cannot be read: reading it failed inside Keytrail"
    );
}

/// A cluster maps parts of the inputs on its nodes and merges the results.
#[test]
fn merged_parts_equal_one_run() {
    use keytrail::engine::{EmitMode, Mapped, RunOptions, map, map_part, reduce};
    use keytrail::finding::{Enricher, Redactor};
    use keytrail::plan::Plan;
    use keytrail::source::Temporary;

    let burst = "rule:\n  id: burst\n  title: t\n  category: abuse\n  severity: high\n  on: event\n  when: event.api != \"none\"\n  by: [event.provider]\n  correlate:\n    within: 1h\n    measures: { calls: { count: \"true\" }, apis: { distinct: event.api } }\n    having: calls >= 3\n  message: \"${calls} calls of ${apis} APIs\"\n";
    let folder = Folder::new("engine-parts")
        .file("later.yaml", LATER.replace("event.time > now", "event.time < now"))
        .file("burst.yaml", burst);
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: ["later", "burst"]
            .map(|id| folder.path(&format!("{id}.yaml")).display().to_string())
            .into(),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let plan = Plan::new(&policy.rules, &policy.allowlist, &policy);
    let inputs = || {
        let file = |records: &[&str]| Written {
            read_order: ReadOrder::Events,
            format: [&Names as &'static dyn Format],
            origin: Arc::default(),
            records: records.iter().map(ToString::to_string).collect(),
        };
        Files::new(vec![
            file(&["A", "B", "A"]),
            file(&["C", "panic"]),
            file(&["A", "D"]),
            file(&[]),
        ])
    };
    for memory in [0, keytrail::engine::MEMORY] {
        let options = RunOptions {
            clock: Time::parse("2026-01-01T00:00:00Z").unwrap(),
            now: None,
            zone: policy.zone.clone(),
            jobs: NonZeroUsize::new(2).unwrap(),
            redactor: Redactor { show_keys: false },
            enricher: Enricher::new(&policy),
            memory,
            create: Temporary::create,
            emit: EmitMode::Findings,
            records: true,
            prefilter: None,
            lineage: false,
        };
        let shown = |mapped: Mapped| format!("{:#?}", reduce(&plan, mapped, &options));
        let whole = shown(map(&plan, &inputs(), &options));
        for first in [0, 1] {
            let part = |odd: usize| map_part(&plan, &inputs(), &options, &|file| file % 2 == odd);
            let mut merged = part(first);
            merged.merge(part(1 - first));
            assert_eq!(shown(merged), whole);
        }
        // Four subjects of one rule, and the burst of the other.
        assert_eq!(whole.matches("    fingerprint: ").count(), 5, "{whole}");
    }
}

/// A cluster shuffles rows by event, then by key, and reduces each key on any node.
#[test]
fn keys_reduced_separately_equal_one_reduction() {
    use std::collections::BTreeMap;

    use keytrail::engine::{EmitMode, RunOptions, map, reduce, reduce_keys};
    use keytrail::engine::{EventKey, EventVersion, StoredRow, StoredRows};
    use keytrail::finding::{Enricher, Redactor};
    use keytrail::input::InputSet;
    use keytrail::plan::Plan;
    use keytrail::source::Temporary;

    // Each event has two versions, which name different users, so that they belong to different
    // subjects. Some records have no id.
    let log: String = (0..240u32)
        .map(|number| {
            let (user, minute) = (number % 7, number / 4);
            let id = match number % 10 {
                9 => String::new(),
                _ => format!(r#""eventID":"e-{}","#, number / 2),
            };
            let revised = if number % 6 == 0 { r#""addendum":{"reason":"UPDATED_DATA"},"# } else { "" };
            format!(
                r#"{{"eventVersion":"1.08",{id}{revised}"userIdentity":{{"type":"IAMUser","accountId":"111122223333","userName":"user-{user}"}},"eventTime":"2026-01-02T08:{minute:02}:00Z","eventSource":"iam.amazonaws.com","eventName":"Create{}","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#,
                number % 5
            ) + "\n"
        })
        .collect();
    let folder = Folder::new("engine-keys").file("log.ndjson", log);
    let rules = [
        "rule:\n  id: calls\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  when: event.service == \"iam\"\n  by: [event.user]\n  message: \"${event.user} called ${event.api}\"\n",
        "rule:\n  id: burst\n  title: t\n  category: abuse\n  severity: high\n  on: event\n  when: event.ok == true\n  by: [event.user]\n  correlate:\n    within: 1h\n    measures: { apis: { distinct: event.api } }\n    having: apis >= 2\n  message: \"${apis} APIs\"\n",
        "rule:\n  id: new\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  when: event.ok == true\n  by: [event.user]\n  first_seen: { of: [event.api], history: 10m }\n  message: \"${event.user} is new to ${event.api}\"\n",
    ];
    let folder = ["calls", "burst", "new"]
        .into_iter()
        .zip(rules)
        .fold(folder, |folder, (id, rule)| folder.file(&format!("rules/{id}.yaml"), rule));
    let policy = Policy::load(&LoadOptions {
        no_config: true,
        no_builtin: true,
        directory: folder.path(""),
        rules: vec![folder.path("rules").display().to_string()],
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let plan = Plan::new(&policy.rules, &policy.allowlist, &policy);
    let options = RunOptions {
        clock: Time::parse("2026-02-01T00:00:00Z").unwrap(),
        now: None,
        zone: policy.zone.clone(),
        jobs: NonZeroUsize::new(2).unwrap(),
        redactor: Redactor { show_keys: false },
        enricher: Enricher::new(&policy),
        memory: keytrail::engine::MEMORY,
        create: Temporary::create,
        // The only unit whose findings need no records besides those in the rows.
        emit: EmitMode::Occurrences,
        records: true,
        prefilter: None,
        lineage: false,
    };
    let mapped = || {
        let inputs = InputSet::new(&[folder.path("log.ndjson").display().to_string()]).unwrap();
        map(&plan, &inputs, &options)
    };
    let shown = |findings: &[keytrail::finding::Finding]| -> Vec<String> {
        let text = |finding: &keytrail::finding::Finding| {
            let mut finding = finding.clone();
            finding.sample.location = Default::default();
            finding.calls.iter_mut().for_each(|calls| calls.samples.clear());
            finding.sample.name = String::new();
            format!("{finding:#?}")
        };
        findings.iter().map(text).collect()
    };
    let whole = reduce(&plan, mapped(), &options);

    let (rows, mut stored) = (mapped().rows, Vec::new());
    let reaches: Vec<_> =
        rows.reaches().map(|(account, reach)| (account.to_owned(), reach)).collect();
    rows.drain(&mut |row| stored.push((row.bytes().to_vec(), row.sorts()))).unwrap();
    fn read((bytes, sorts): &(Vec<u8>, usize)) -> StoredRow<'_> {
        StoredRow::read(bytes, *sorts).unwrap()
    }
    let mut counts: BTreeMap<EventKey, EventVersion> = BTreeMap::new();
    for (event, version) in stored.iter().filter_map(|row| read(row).event()) {
        let smallest = counts.entry(event).or_insert(version);
        *smallest = version.min(*smallest);
    }
    let mut keys: BTreeMap<Vec<u8>, StoredRows> = BTreeMap::new();
    let mut left = 0;
    for row in stored.iter().map(read) {
        if row.event().is_some_and(|(event, version)| counts[&event] != version) {
            left += 1;
            continue;
        }
        let rows = keys.entry(row.key().to_vec()).or_insert_with(|| StoredRows::new(&options));
        rows.push(&row, &plan);
    }
    assert!(left > 100 && keys.len() > 20, "{left} {}", keys.len());
    // Keys may be reduced in any order; their findings are sorted by key.
    let mut findings = BTreeMap::new();
    for (key, mut rows) in keys.into_iter().rev() {
        reaches.iter().for_each(|(account, reach)| rows.reach(account, *reach));
        findings.insert(key, reduce_keys(&plan, rows, &options).findings);
    }
    let apart: Vec<_> = findings.into_values().flatten().collect();
    assert!(apart.len() > 20, "{}", apart.len());
    assert_eq!(shown(&apart), shown(&whole.findings));
}

const OWN: &[(&str, &str)] = &[
    (
        "own-write",
        "rule:\n  id: own-write\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  when: event.action == \"write\"\n  by: [event.account_name, event.actor]\n  message: \"${event.name} in ${event.account_name}\"\n",
    ),
    (
        "own-joined",
        "rule:\n  id: own-joined\n  title: t\n  category: abuse\n  severity: high\n  on: event\n  when: event.cred.password == true\n  by: [event.cred.user]\n  message: \"${event.cred.user} called ${event.name}\"\n",
    ),
    (
        "own-posture",
        "rule:\n  id: own-posture\n  title: t\n  category: posture\n  severity: high\n  on: cred\n  when: cred.password == true && cred.mfa == false\n  by: [cred.user]\n  message: \"${cred.user} of ${cred.account_name}\"\n",
    ),
    (
        "own-burst",
        "rule:\n  id: own-burst\n  title: t\n  category: abuse\n  severity: high\n  on: event\n  when: event.ok == true\n  by: [event.provider]\n  correlate:\n    within: 1h\n    measures: { apis: { distinct: event.api } }\n    having: apis >= 2\n  message: \"${apis} APIs\"\n",
    ),
];

/// The fields that the two policies need, their tables, zones and allowlists differ.
#[test]
fn several_policies_in_one_run_equal_separate_runs() {
    use keytrail::engine::{EmitMode, PolicyRun, RunOptions, run, run_each};
    use keytrail::finding::{Enricher, Redactor};
    use keytrail::input::{FORMATS, InputSet};
    use keytrail::plan::Plan;
    use keytrail::source::Temporary;

    let columns = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
    let row = "backup-sync,arn:aws:iam::111122223333:user/backup-sync,2024-01-01T00:00:00+00:00,true,no_information,2024-01-01T00:00:00+00:00,N/A,false,true,2024-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    let folder = Folder::new("engine-policies").file("report.csv", format!("{columns}\n{row}\n"));
    let folder =
        OWN.iter().fold(folder, |folder, (id, rule)| folder.file(&format!("{id}.yaml"), rule));
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let load = |options: LoadOptions| {
        Policy::load(&options).unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"))
    };
    let project = load(LoadOptions {
        directory: format!("{examples}/policy").into(),
        functions: FUNCTIONS,
        formats: FORMATS,
        ..LoadOptions::default()
    });
    let table = |id: &str, file: &str| (id.to_owned(), format!("{examples}/tables/{file}"));
    let own = load(LoadOptions {
        no_config: true,
        directory: folder.path(""),
        rules: vec![folder.path("*.yaml").display().to_string()],
        tables: vec![
            table("accounts", "accounts.yaml"),
            table("shared_roles", "shared_roles.csv"),
            table("ip_assets", "ip_assets.csv"),
        ],
        only: vec!["own-*".to_owned()],
        functions: FUNCTIONS,
        ..LoadOptions::default()
    });
    let plans = [&project, &own].map(|of| Plan::new(&of.rules, &of.allowlist, of));
    let inputs = || {
        let logs = ["cloudtrail", "actiontrail", "cloudaudit"].map(|of| format!("{examples}/{of}"));
        let report = folder.path("report.csv").display().to_string();
        InputSet::new(&logs.into_iter().chain([report]).collect::<Vec<_>>()).unwrap()
    };
    for (jobs, memory) in [(1, keytrail::engine::MEMORY), (3, 0)] {
        let options = [&project, &own].map(|policy| RunOptions {
            clock: Time::parse("2026-10-08T00:00:00Z").unwrap(),
            now: None,
            zone: policy.zone.clone(),
            jobs: NonZeroUsize::new(jobs).unwrap(),
            redactor: Redactor { show_keys: false },
            enricher: Enricher::new(policy),
            memory,
            create: Temporary::create,
            emit: EmitMode::Findings,
            records: true,
            prefilter: None,
            lineage: false,
        });
        let [first, second] =
            [0, 1].map(|at| PolicyRun { plan: &plans[at], options: &options[at] });
        let alone = [first, second].map(|of| run(of.plan, &inputs(), of.options));
        let [a, b] = alone.each_ref().map(|result| format!("{result:#?}"));
        let both = |policies| run_each(policies, &inputs()).map(|result| format!("{result:#?}"));
        assert_eq!(both([first, second]), [&*a, &*b]);
        assert_eq!(both([second, first]), [&*b, &*a]);

        let found = |at: usize| -> BTreeSet<&str> {
            alone[at].findings.iter().map(|f| &*plans[at].rules[f.rule].id).collect()
        };
        assert!(found(0).len() > 3, "{:?}", found(0));
        assert_eq!(found(1), OWN.iter().map(|(id, _)| *id).collect());
        assert!(b.contains(" in production"), "{b}");
    }
}
