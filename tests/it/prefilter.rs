//! The prefilter omits only records that no rule matches.
//!
//! `KEYTRAIL_CASES` sets the number of rule sets.

use std::fmt::Write as _;
use std::path::Path;

use keytrail::config::{LoadOptions, Policy};
use keytrail::expr::Bindings;
use keytrail::input::{FORMATS, InputSet};
use keytrail::plan::{Plan, Prefilter};
use keytrail::record::{
    Batch, BatchStatus, FieldSet, Inputs, Mapper, Origin, RawRecord, Record, Scratch,
};
use keytrail::rule::Rule;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Time};
use serde_json::Value as Json;

use crate::expr::random::Random;
use crate::expr::world::World;
use crate::index::{ADDRESSES, TEXTS, compiled, condition, policy};
use crate::run::Folder;

const RULE_SETS: usize = 40;
const RULES: usize = 20;
const RECORDS: usize = 40;

/// The mappers of the audit trails, for every field of events.
fn mappers() -> Vec<Box<dyn Mapper>> {
    let fields = FieldSet::all(RecordKind::Event);
    FORMATS[..3].iter().map(|of| of.mapper(&fields, &Origin::default(), Time(0))).collect()
}

/// Calls `see` with the event that the text is.
fn read(mappers: &[Box<dyn Mapper>], text: &str, see: &mut dyn FnMut(&Record<'_>)) {
    let mut scratch = Scratch::default();
    for mapper in mappers {
        mapper.map(&RawRecord::alone(text), &mut scratch, &mut |rows| see(rows.record));
    }
}

/// Whether the prefilter omits the record, wherever it is in a file.
fn omits(prefilter: &Prefilter, text: &str) -> bool {
    !prefilter.may_match(&RawRecord { ordinal: 1_000, ..RawRecord::alone(text) })
}

/// A JSON string with some letters as escapes.
fn string(random: &mut Random, text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            _ if c.is_ascii() && random.roll(60) == 0 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            '"' | '\\' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out + "\""
}

/// A CloudTrail record whose texts match and almost match the conditions.
fn record(random: &mut Random) -> String {
    let text = |random: &mut Random| {
        let text = random.pick(&TEXTS);
        let text = match random.roll(6) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            2 => format!("{text}{}", random.pick(&TEXTS)),
            _ => text.to_owned(),
        };
        string(random, &text)
    };
    let (api, user, agent) = (text(random), text(random), text(random));
    let source = random.pick(&["iam.amazonaws.com", "sts.amazonaws.com", "IAM.amazonaws.com"]);
    let mut out = format!(
        r#"{{"eventVersion":"1.08","eventTime":"2026-03-02T00:00:01Z","eventSource":"{source}","eventName":{api},"awsRegion":"eu-west-1","sourceIPAddress":"{}","userAgent":{agent},"userIdentity":{{"type":"{}","accountId":"111122223333","userName":{user}}}"#,
        random.pick(&ADDRESSES),
        random.pick(&["IAMUser", "Root", "AssumedRole"]),
    );
    if random.roll(3) == 0 {
        let _ = write!(out, r#","errorCode":{}"#, text(random));
    }
    if random.roll(8) == 0 {
        out.push_str(
            r#","eventType":"AwsConsoleSignIn","responseElements":{"ConsoleLogin":"Failure"}"#,
        );
    }
    out + r#","eventID":"8f6c1a52-0000-4000-8000-000000000001"}"#
}

#[test]
fn the_prefilter_omits_only_records_that_no_rule_matches() {
    let (world, policy, mappers) = (World::new(), policy(), mappers());
    let sets = std::env::var("KEYTRAIL_CASES").map_or(RULE_SETS, |sets| sets.parse().unwrap());
    let (mut omitted, mut parsed, mut filters, mut matches) = (0, 0, 0, 0);
    for set in 0..sets {
        let mut random = Random::new(set as u64);
        let texts: Vec<String> = (0..RULES).map(|_| condition(&mut random, 2)[0].clone()).collect();
        let records: Vec<String> = (0..RECORDS).map(|_| record(&mut random)).collect();
        for text in &texts {
            let mut rule = policy.rules[0].clone();
            rule.steps[0].when = compiled(&world, text);
            let rules = [rule];
            let plan = Plan::new(&rules, &policy.allowlist, &policy);
            let Ok(prefilter) = plan.prefilter(FORMATS) else { continue };
            filters += 1;
            for record in &records {
                let omits = omits(&prefilter, record);
                omitted += usize::from(omits);
                parsed += usize::from(!omits);
                read(&mappers, record, &mut |event| {
                    let holds = rules[0].steps[0].when.test(&Bindings::of(event, Time(0)));
                    matches += usize::from(holds == Ok(true));
                    assert!(!omits || holds == Ok(false), "{text}\n  {holds:?}: {record}");
                });
            }
        }
    }
    println!("{filters} filters: {omitted} omitted, {parsed} parsed, {matches} matches");
    assert!(omitted * 4 > parsed, "too few records are omitted");
    assert!(matches * 20 > parsed, "too few records match");
}

/// The texts of every record below these folders.
fn records(folders: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths: Vec<String> = folders.iter().map(|of| root.join(of).display().to_string()).collect();
    let inputs = InputSet::new(&paths).unwrap();
    let mut all = Vec::new();
    for file in 0..inputs.count() {
        let mut batches = inputs.open(file);
        let mut batch = Batch::default();
        loop {
            let status = batches.next(&mut batch);
            let is_table = batches.origin().columns.is_some();
            let texts = batch.iter().flatten().filter(|_| !is_table);
            all.extend(texts.map(|raw| raw.text.to_owned()));
            if status == BatchStatus::Done {
                break;
            }
        }
    }
    all
}

#[test]
fn no_rule_of_the_pack_matches_a_record_that_is_omitted() {
    let pack = Policy::load(&LoadOptions {
        no_config: true,
        directory: Path::new(env!("CARGO_MANIFEST_DIR")).to_owned(),
        functions: FUNCTIONS,
        ..LoadOptions::default()
    })
    .unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"));
    let records = records(&[
        "examples/cloudtrail",
        "examples/actiontrail",
        "examples/cloudaudit",
        "tests/data",
    ]);
    assert!(records.len() > 500, "{} records", records.len());
    let mappers = mappers();
    let events: Vec<&Rule> = pack.rules.iter().filter(|of| of.on == RecordKind::Event).collect();
    let (mut with, mut omitted, mut matches) = (0, 0, 0);
    for rule in &events {
        let rules = [(*rule).clone()];
        let plan = Plan::new(&rules, &pack.allowlist, &pack);
        let Ok(prefilter) = plan.prefilter(FORMATS) else { continue };
        with += 1;
        for text in &records {
            let omits = omits(&prefilter, text);
            omitted += usize::from(omits);
            read(&mappers, text, &mut |event| {
                let bindings = Bindings::of(event, Time(0));
                let mut conditions = plan.conditions.iter();
                let holds = conditions.any(|of| of.when.test(&bindings) != Ok(false));
                matches += usize::from(holds);
                assert!(!omits || !holds, "{}: {text}", rule.id);
            });
        }
    }
    assert!(with * 2 > events.len(), "{with} of {} rules have a prefilter", events.len());
    assert!(omitted > 10_000 && matches > 200, "{omitted} omitted, {matches} matches");
}

const STOPPED: &str = r#"
rule:
  id: stopped
  title: A trail was stopped
  category: abuse
  severity: high
  on: event
  when: event.name in ["cloudtrail.StopLogging", "cloudtrail.DeleteTrail"]
"#;

/// Needs the other records of the caller.
const NEW: &str = r#"
rule:
  id: new-address
  title: An address that the user never used
  category: abuse
  severity: low
  on: event
  when: event.api == "StopLogging"
  first_seen: { of: [event.ip], history: 30d }
"#;

/// 40 records, of which the last but one stops a trail.
fn log() -> String {
    (0..40)
        .map(|n| {
            let (api, error) = match n {
                38 => ("StopLogging", ""),
                _ => ("DescribeTrails", r#""errorCode":"AccessDenied","#),
            };
            format!(
                r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/x","accountId":"111122223333","accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"x"}},"eventTime":"2026-03-04T10:00:{n:02}Z","eventSource":"cloudtrail.amazonaws.com","eventName":"{api}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.13.0",{error}"requestParameters":{{"name":"main"}},"responseElements":null,"requestID":"r-{n}","eventID":"e-{n}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
            ) + "\n"
        })
        .collect()
}

fn scanned(folder: &Folder, rules: &str, more: &[&str]) -> Json {
    let arguments =
        ["scan", "log.ndjson", "--no-builtin", "-r", rules, "--exit-zero", "-f", "json"];
    let ended = folder.keytrail([&arguments[..], more].concat()).output();
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"))
}

fn note<'r>(report: &'r Json, id: &str) -> Option<&'r str> {
    let notes = report["notes"].as_array().unwrap();
    notes.iter().find(|note| note["id"] == id).and_then(|note| note["text"].as_str())
}

#[test]
fn records_without_a_needed_text_are_counted_and_not_parsed() {
    let folder =
        Folder::new("prefilter").file("log.ndjson", log()).file("rules/stopped.yaml", STOPPED);
    let plain = scanned(&folder, "rules", &[]);
    let filtered = scanned(&folder, "rules", &["--prefilter"]);
    assert_eq!(plain["findings"].as_array().unwrap().len(), 1);
    for key in ["fingerprint", "count", "message", "sample", "calls"] {
        assert_eq!(plain["findings"][0][key], filtered["findings"][0][key], "{key}");
    }
    let accounting = &filtered["accounting"];
    assert_eq!(accounting["read"], 40);
    assert_eq!(accounting["evaluated"], 40);
    // The first records of a file are parsed, so that its format is known.
    assert_eq!(accounting["formats"], serde_json::json!({"cloudtrail": 17, "not parsed": 23}));
    let text = note(&filtered, "not-parsed").unwrap();
    assert!(text.starts_with("23 records contain none of the texts that the rules need"), "{text}");
    assert_eq!(note(&plain, "not-parsed"), None);
}

#[test]
fn a_rule_that_needs_every_record_turns_the_prefilter_off() {
    let folder = Folder::new("prefilter-off")
        .file("log.ndjson", log())
        .file("rules/stopped.yaml", STOPPED)
        .file("rules/new-address.yaml", NEW);
    let filtered = scanned(&folder, "rules", &["--prefilter"]);
    assert_eq!(filtered["accounting"]["formats"], serde_json::json!({"cloudtrail": 40}));
    let text = note(&filtered, "prefilter-unused").unwrap();
    assert!(
        text.starts_with(
            "every record is parsed, because 1 rule needs every record: `new-address`"
        ),
        "{text}"
    );
    let plan = folder.keytrail(["rules", "--no-builtin", "-r", "rules", "--plan"]).output().stdout;
    let row = |id: &str| plan.lines().find(|line| line.starts_with(id)).unwrap().to_owned();
    assert!(row("stopped").contains("2 texts"), "{plan}");
    assert!(row("new-address").contains("every record"), "{plan}");
}
