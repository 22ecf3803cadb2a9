//! Runs of correlated rules as a user sees them: their memory, their evidence, and their notes when
//! evidence is unavailable.

use serde_json::Value;

use crate::run::{Folder, Run};

const BURST: &str = r#"
rule:
  id: burst
  title: Many calls were denied
  category: abuse
  severity: high
  on: event
  when: event.ok == false
  by: [event.account, event.ak]
  correlate:
    within: 10m
    measures: { calls: { count: "true" }, apis: { distinct: event.name } }
    having: calls >= 3
  raise: [{ to: critical, when: calls >= 4 }]
  message: "${event.user} was denied ${calls} calls of ${apis} APIs, first ${event.name}"
"#;

/// A denied call.
fn denied(id: u32, time: &str, api: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE000000001","userName":"leo"}},{time}"eventSource":"iam.amazonaws.com","eventName":"{api}","sourceIPAddress":"198.51.100.7","errorCode":"AccessDenied","requestParameters":{{"n":{id}}},"eventID":"e-{id}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
    )
}

fn at(minute: u32) -> String {
    format!(r#""eventTime":"2026-01-02T08:{minute:02}:00Z","#)
}

fn log() -> String {
    let calls = [(1, "ListUsers"), (2, "ListRoles"), (3, "ListUsers"), (30, "GetUser")];
    let lines = (0..).zip(calls).map(|(id, (minute, api))| denied(id, &at(minute), api) + "\n");
    lines.collect()
}

fn folder(name: &str) -> Folder {
    Folder::new(name).file("rules/burst.yaml", BURST).file("log.json", log())
}

fn scan(folder: &Folder, arguments: &[&str]) -> Run {
    folder.keytrail(["scan", "--no-builtin", "-r", "rules"].iter().chain(arguments))
}

fn report(run: Run, code: i32) -> Value {
    let run = run.output();
    assert_eq!(run.code, Some(code), "{run}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_burst_is_reported_with_its_measures_and_records() {
    let folder = folder("correlated-reported");
    let run = scan(&folder, &["log.json", "--color", "never"]).output();
    assert_eq!(run.code, Some(1), "{run}");
    let told = run.stdout.split_once("── high").unwrap().1;
    insta::assert_snapshot!(told.split("failed:").next().unwrap(), @r"
    : 1 finding ─────────────────────────────────────────────────────────────────────────────────

    high[burst]: leo was denied 3 calls of 2 APIs, first iam.ListUsers
      --> log.json:1:1 (record 1)
       | aws, account 111122223333, ak AKIAEX…0001
       | 3 calls, failed, 2026-01-02 08:01:00 to 08:03:00 UTC
       | calls 3, apis 2
       |
       |  calls  result  source        method  api            user
       |      2  failed  198.51.100.7  api     iam.ListUsers  leo
       |      1  failed  198.51.100.7  api     iam.ListRoles  leo
       |
       = fingerprint fd1c3a97ae9600aa079041afdd2f31f5
    ");
    let found = report(scan(&folder, &["log.json", "-f", "json"]), 1);
    let finding = &found["findings"][0];
    assert_eq!(
        (&finding["count"], finding["occurrences"].as_array().unwrap().len()),
        (&3.into(), 1)
    );
    assert_eq!(finding["occurrences"][0]["measures"]["calls"], "3");
    // The fourth call matches but belongs to no burst.
    assert_eq!(found["accounting"]["matches"], 4);
    assert_eq!(finding["sample"]["request"], r#"{"n":0}"#);
    assert_eq!(finding["sample"]["location"]["line"], 1);
}

#[test]
fn an_input_that_can_be_read_only_once_shows_no_records_and_is_noted() {
    let folder = folder("correlated-stdin");
    let found = report(scan(&folder, &["-", "-f", "json"]).stdin(log()), 1);
    let finding = &found["findings"][0];
    // The message, the verdict and the counts are unchanged; only the record is unavailable.
    assert_eq!(finding["message"], "leo was denied 3 calls of 2 APIs, first iam.ListUsers");
    assert_eq!((&finding["count"], &finding["severity"]), (&3.into(), &"high".into()));
    assert_eq!(finding["sample"]["text"], "");
    assert_eq!(finding["sample"]["location"]["line"], 1);
    let note = &found["notes"][0];
    assert_eq!(note["id"], "records-not-shown");
}

const READS: &str = r#"
rule:
  id: reads
  title: Many operations in an hour
  category: abuse
  severity: low
  on: event
  when: event.ok == true
  by: [event.ak]
  correlate:
    within: 1h
    measures: { calls: { count: "true" } }
    having: calls >= 3
  message: "${event.user} read a lot"
"#;

const SECRETS: &str = r#"
rule:
  id: secrets
  title: A secret was read
  category: abuse
  severity: high
  on: event
  when: event.name == "secretsmanager.GetSecretValue"
  by: [event.ak]
  message: "${event.user} read a secret"
"#;

/// A successful call on a day of January.
fn read(id: u32, day: u32, service: &str, api: &str) -> String {
    let time = format!(r#""eventTime":"2026-01-{day:02}T08:{:02}:00Z","#, id % 60);
    denied(id, &time, api)
        .replace(r#""errorCode":"AccessDenied","#, "")
        .replace("iam.amazonaws.com", &format!("{service}.amazonaws.com"))
        + "\n"
}

#[test]
fn evidence_is_merged_over_days_and_sorted_by_weight() {
    // 210 operations that no other rule reports, each on three days, and a secret on the last.
    let mut log = String::new();
    let mut id = 0;
    for day in 1..=3 {
        for number in 0..210 {
            id += 1;
            log.push_str(&read(id, day, "ec2", &format!("Describe{number:03}")));
        }
        // One operation is called more often than the others.
        for _ in 0..9 {
            id += 1;
            log.push_str(&read(id, day, "ec2", "Describe100"));
        }
    }
    log.push_str(&read(9999, 3, "secretsmanager", "GetSecretValue"));
    let folder = Folder::new("correlated-weight")
        .file("rules/reads.yaml", READS)
        .file("rules/secrets.yaml", SECRETS)
        .file("log.json", log);
    let found = report(scan(&folder, &["log.json", "-f", "json"]), 1);
    let findings = found["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["rule"] == "reads").unwrap();
    let row = |at: usize| {
        let row = &finding["calls"][at];
        let part = |name: &str| row[name].to_string().replace('"', "");
        ["api", "count", "days", "day"].map(part).join(" ")
    };
    assert_eq!(row(0), "GetSecretValue 1 1 2026-01-03");
    assert_eq!(row(1), "Describe100 30 3 null");
    assert_eq!(row(2), "Describe000 3 3 null");
    // 200 of 211 operations are shown.
    assert_eq!(finding["others"]["rows"], 11);
    assert_eq!(finding["others"]["count"], 33);
    let operations = finding["others"]["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 11);
    assert_eq!(operations[0], serde_json::json!({ "name": "ec2.Describe199", "count": 3 }));
    // The weightiest row has its record, although 657 matches are earlier.
    assert_eq!(finding["calls"][0]["samples"].as_array().unwrap().len(), 1);
}

#[test]
fn a_match_without_a_time_is_named_and_the_run_is_incomplete() {
    let folder = Folder::new("correlated-unplaced")
        .file("rules/burst.yaml", BURST)
        .file("log.json", denied(1, "", "ListUsers"));
    let found = report(scan(&folder, &["log.json", "-f", "json"]), 3);
    assert_eq!(found["accounting"]["unplaced"]["burst"], 1);
    let reasons = found["incomplete"].as_array().unwrap().iter();
    let ids: Vec<&Value> = reasons.map(|reason| &reason["id"]).collect();
    assert_eq!(ids, ["field-gaps", "unplaced-matches"]);
    assert_eq!(found["findings"].as_array().unwrap().len(), 0);
}

/// The number of matches of one subject that fit into the minimum memory.
const CAPACITY: u32 = 100_000;

#[test]
fn the_matches_of_one_subject_are_bounded() {
    let calls = |count: u32| -> String {
        (0..count).map(|id| denied(id, &at(id % 60), "ListUsers") + "\n").collect()
    };
    let folder = Folder::new("correlated-bound")
        .file("rules/burst.yaml", BURST)
        .file("most.json", calls(CAPACITY))
        .file("more.json", calls(CAPACITY + 1));
    let least = ["-f", "json", "--memory", "16M"];
    let most = report(scan(&folder, &[&["most.json"], &least[..]].concat()), 1);
    assert_eq!(most["findings"][0]["count"], CAPACITY);
    let more = report(scan(&folder, &[&["more.json"], &least[..]].concat()), 3);
    let text = more["incomplete"][0]["text"].as_str().unwrap();
    assert!(text.contains("one subject has 100001 matches, more than 100000 of which"), "{text}");
    assert_eq!(more["findings"].as_array().unwrap().len(), 0);
    // Calls outside bursts are dropped early, whatever their number.
    let quiet: String = (0..3 * CAPACITY / 2)
        .map(|id| {
            let (day, hour) = (1 + id / 24 % 28, id % 24);
            let time =
                format!(r#""eventTime":"{}-01-{day:02}T{hour:02}:00:00Z","#, 2000 + id / 672);
            denied(id, &time, "ListUsers") + "\n"
        })
        .collect();
    let folder = folder.file("quiet.json", quiet);
    let none = report(scan(&folder, &[&["quiet.json"], &least[..]].concat()), 0);
    assert_eq!(
        (&none["accounting"]["matches"], none["findings"].as_array().unwrap().len()),
        (&(3 * CAPACITY / 2).into(), 0)
    );
    let more = report(scan(&folder, &["more.json", "-f", "json"]), 1);
    assert_eq!(more["findings"][0]["count"], CAPACITY + 1);
}
