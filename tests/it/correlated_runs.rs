//! Runs of rules that correlate, as a user sees them: what they hold, what they show, and what is
//! said when something of it is not to be had.

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
fn a_burst_is_told_with_its_measures_and_its_records() {
    let folder = folder("correlated-told");
    let run = scan(&folder, &["log.json", "--color", "never"]).output();
    assert_eq!(run.code, Some(1), "{run}");
    insta::assert_snapshot!(run.stdout.split("── run").next().unwrap(), @"
    ── high: 1 finding ─────────────────────────────────────────────────────────────────────────────────

    high[burst]: leo was denied 3 calls of 2 APIs, first iam.ListUsers
      --> log.json:1:1 (record 1)
       | aws, account 111122223333, ak AKIA…0001
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
    // The fourth call is a match, and of no burst.
    assert_eq!(found["accounting"]["matches"], 4);
    assert_eq!(finding["sample"]["request"], r#"{"n":0}"#);
    assert_eq!(finding["sample"]["location"]["line"], 1);
}

#[test]
fn what_can_be_read_only_once_shows_no_records_and_says_so() {
    let folder = folder("correlated-stdin");
    let found = report(scan(&folder, &["-", "-f", "json"]).stdin(log()), 1);
    let finding = &found["findings"][0];
    // What decides and counts is the same; the record that the message tells of is gone.
    assert_eq!(finding["message"], "Many calls were denied");
    assert_eq!((&finding["count"], &finding["severity"]), (&3.into(), &"high".into()));
    assert_eq!(finding["sample"]["text"], "");
    assert_eq!(finding["sample"]["location"]["line"], 1);
    let note = &found["notes"][0];
    assert_eq!(note["id"], "records-not-shown");
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

/// So many matches of a subject may be held in the least memory.
const HELD: u32 = 100_000;

#[test]
fn matches_of_one_subject_have_a_bound() {
    let calls = |count: u32| -> String {
        (0..count).map(|id| denied(id, &at(id % 60), "ListUsers") + "\n").collect()
    };
    let folder = Folder::new("correlated-bound")
        .file("rules/burst.yaml", BURST)
        .file("most.json", calls(HELD))
        .file("more.json", calls(HELD + 1));
    let least = ["-f", "json", "--memory", "16M"];
    let most = report(scan(&folder, &[&["most.json"], &least[..]].concat()), 1);
    assert_eq!(most["findings"][0]["count"], HELD);
    let more = report(scan(&folder, &[&["more.json"], &least[..]].concat()), 3);
    let text = more["incomplete"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("one subject has 100001 matches, of which more than the 100000"),
        "{text}"
    );
    assert_eq!(more["findings"].as_array().unwrap().len(), 0);
    // Calls that are no burst are forgotten on the way, however many there are.
    let quiet: String = (0..3 * HELD / 2)
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
        (&(3 * HELD / 2).into(), 0)
    );
    let more = report(scan(&folder, &["more.json", "-f", "json"]), 1);
    assert_eq!(more["findings"][0]["count"], HELD + 1);
}
