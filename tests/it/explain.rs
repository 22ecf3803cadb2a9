//! `explain`: why a rule matches records, or does not.

use insta::assert_snapshot;

use crate::project::record;
use crate::run::{Ended, Folder};

const PLAIN: &str = r#"rule:
  id: key-created
  title: A key was created
  category: abuse
  severity: medium
  on: event
  params:
    apis: { type: list, default: [CreateAccessKey], description: The operations. }
  when: |
    event.api in params.apis && event.ok == true
      && !(event.code == "Throttled" || event.params.userName == "ann")
  raise:
    - { to: high, when: event.user_type == "root" }
  message: "${event.user} called ${event.api}"
  by: [event.account, event.ak]
"#;

const COUNTED: &str = r#"rule:
  id: many-denied
  title: Many denied calls
  category: abuse
  severity: medium
  on: event
  when: event.ok == false
  by: [event.account, event.ak]
  correlate:
    within: 10m
    measures:
      calls: { count: "true" }
    having: calls >= 3
"#;

const STEPS: &str = r#"rule:
  id: created-then-listed
  title: Created, then listed
  category: abuse
  severity: medium
  on: event
  sequence:
    within: 1h
    steps:
      - { id: created, by: [event.account, event.user], when: event.api == "CreateAccessKey" && event.ok == true }
      - { id: listed, by: [event.account, event.user], when: event.api == "ListUsers" && event.ok == true }
      - { id: deleted, by: [event.account, event.user], when: event.api == "DeleteUser" }
"#;

const NEW: &str = r#"rule:
  id: new-address
  title: A new address
  category: abuse
  severity: medium
  on: event
  when: event.api == "ListUsers"
  by: [event.account, event.ak]
  first_seen:
    of: [event.ip]
    history: 1d
    among: "true"
"#;

const SILENT: &str = r#"rule:
  id: after-a-pause
  title: After a pause
  category: abuse
  severity: medium
  on: event
  when: event.api == "ListUsers"
  by: [event.account, event.ak]
  after_silence: { for: 1m }
"#;

const JOINED: &str = r#"rule:
  id: old-key-used
  title: An old key was used
  category: posture
  severity: medium
  on: event
  when: event.key.age_days > 90 && has(event.ak)
"#;

const ENTRIES: &str = r#"entries:
  - { id: office, rules: [key-created], match: { ip: [198.51.100.0/24] }, reason: r, owner: o, expires: 2030-01-01 }
  - { id: past, rules: [key-created], match: { ip: [203.0.113.0/24] }, reason: r, owner: o, expires: 2020-01-01 }
  - { id: pipeline, rules: [key-created], match: { user: [ci-*], region: [eu-west-3] }, reason: r, owner: o, expires: 2030-01-01 }
"#;

fn call(second: u32, api: &str, replaced: &[(&str, &str)]) -> String {
    replaced.iter().fold(record(second, api), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

const DENIED: (&str, &str) =
    (r#""responseElements":null"#, r#""errorCode":"AccessDenied","responseElements":null"#);
const ELSEWHERE: (&str, &str) = ("203.0.113.7", "198.51.100.9");

fn folder(name: &str) -> Folder {
    let calls = [
        call(1, "CreateAccessKey", &[]),
        call(2, "ListUsers", &[DENIED]),
        call(3, "ListUsers", &[ELSEWHERE]),
        call(4, "ListUsers", &[ELSEWHERE, DENIED]),
        call(4, "ListUsers", &[ELSEWHERE, DENIED]),
    ];
    let rules = [PLAIN, COUNTED, STEPS, NEW, SILENT, JOINED];
    let names = ["key-created", "many-denied", "created-then-listed", "new-address"];
    let names = names.into_iter().chain(["after-a-pause", "old-key-used"]);
    let folder = Folder::new(name)
        .file("logs/a.json", calls.join("\n") + "\n")
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\nallowlists: [allow.yaml]\n")
        .file("allow.yaml", ENTRIES);
    names
        .zip(rules)
        .fold(folder, |folder, (name, text)| folder.file(&format!("rules/{name}.yaml"), text))
}

fn explain(folder: &Folder, arguments: &[&str]) -> Ended {
    let base = ["explain", "--now", "2026-03-02T00:00:00Z"];
    folder.keytrail(base.iter().chain(arguments)).output()
}

#[test]
fn a_match_shows_every_part_with_its_values_and_the_entries() {
    let folder = folder("explain-match");
    assert_snapshot!(explain(&folder, &["key-created", "logs", "--misses", "1"]).stdout, @r#"
    key-created evaluates events
    evaluated 5 events

    condition: true for 1 of 5, looked up by event.api (1 value)

    match logs/a.json:1:1  2026-03-01T10:00:01Z
      true   all of
        true   event.api in params.apis
               event.api = "CreateAccessKey"
        true   event.ok == true
               event.ok = true
        true   not
          false  any of
            false  event.code == "Throttled"
                   event.code = ()  the record lacks it (aws: errorCode; failed sign-ins: `Failure`)
            false  event.params.userName == "ann"
                   event.params.userName = "bob"
      raised to high if
        false  event.user_type == "root"
               event.user_type = "user"
      not covered by the entry office: `ip` does not match
        event.ip       = "203.0.113.7"
        event.ip_scope = "public"
        event.ip_type  = ()
      not covered by the entry past: it has expired

    miss logs/a.json:3:1  2026-03-01T10:00:03Z  3 of 4 clauses hold
      false  all of
        false  event.api in params.apis
               event.api = "ListUsers"
        true   event.ok == true
               event.ok = true
        true   not
          false  any of
            false  event.code == "Throttled"
                   event.code = ()  the record lacks it (aws: errorCode; failed sign-ins: `Failure`)
            false  event.params.userName == "ann"
                   event.params.userName = "bob"
      the index does not try the rule on this record

    1 finding
      medium: ann called CreateAccessKey
    "#);
}

#[test]
fn without_a_match_the_nearest_records_are_shown() {
    let folder = folder("explain-miss");
    assert_snapshot!(explain(&folder, &["old-key-used", "logs", "--misses", "1"]).stdout, @r#"
    old-key-used evaluates events
    evaluated 5 events
    blind: the format cloudtrail does not carry key.age_days

    condition: true for 0 of 5, looked up by nothing, tried on every record

    miss logs/a.json:1:1  2026-03-01T10:00:01Z  1 of 2 clauses hold
      false  all of
        false  event.key.age_days > 90
               event.key.age_days = ()  the inputs contain no credential report
        true   has(event.ak)
               event.ak = "AKIAEX…0001"

    0 findings
    "#);
}

#[test]
fn a_rule_over_several_records_shows_what_it_holds() {
    let folder = folder("explain-held");
    let held = |rule: &str| {
        let ended = explain(&folder, &[rule, "logs", "--matches", "1", "--misses", "0"]);
        let text = ended.stdout;
        let at = text.find("\nsubject").expect("a subject");
        text[at..].to_owned()
    };
    assert_snapshot!(held("many-denied"), @r#"

    subject "123456789012", "AKIAEX…0001"  2 matches
      in the fullest window of 10m, 2 of them
        calls = 2
      false  calls >= 3

    0 findings
    "#);
    assert_snapshot!(held("created-then-listed"), @r#"

    subject "123456789012", "ann"  2 matches
      step created: 1 record, 2026-03-01T10:00:01Z
      step listed: 1 record, 2026-03-01T10:00:03Z
      step deleted: 0 records
      2 of 3 steps follow each other within 1h

    0 findings
    "#);
    assert_snapshot!(held("new-address"), @r#"

    subject "123456789012", "AKIAEX…0001"  3 matches
      logs/a.json:2:1  event.ip = "203.0.113.7": before at 2026-03-01T10:00:01Z, within 1d
      logs/a.json:3:1  event.ip = "198.51.100.9": nothing earlier
      logs/a.json:4:1  event.ip = "198.51.100.9": before at 2026-03-01T10:00:03Z, within 1d

    1 finding
      medium: A new address (uncertain)
    "#);
    assert_snapshot!(held("after-a-pause"), @r#"

    subject "123456789012", "AKIAEX…0001"  3 matches
      logs/a.json:2:1  nothing earlier
      logs/a.json:3:1  before at 2026-03-01T10:00:02Z, within 1m
      logs/a.json:4:1  before at 2026-03-01T10:00:03Z, within 1m

    0 findings
    "#);
}

#[test]
fn the_json_follows_its_schema_and_the_text() {
    let folder = folder("explain-json");
    let ended = explain(&folder, &["key-created", "logs", "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let schema = folder.keytrail(["schema", "explain"]).output().stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(value["schema"], "keytrail/explain/v1");
    let record = &value["conditions"][0]["matches"][0];
    assert_eq!(record["condition"]["operator"], "&&");
    assert_eq!(record["condition"]["holds"], true);
    assert_eq!(record["entries"][0]["unmet"][0]["name"], "ip");
    assert_eq!(value["findings"][0]["severity"], "medium");
}

#[test]
fn a_rule_that_does_not_exist_is_an_error_with_a_suggestion() {
    let folder = folder("explain-unknown");
    let ended = explain(&folder, &["key-create", "logs"]);
    let expected = "error: there is no rule `key-create`\n  = help: did you mean `key-created`?\n";
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.ends_with(expected), "{ended}");
}

#[test]
fn secrets_are_not_shown() {
    let rule = r#"rule:
  id: password-set
  title: A password was set
  category: abuse
  severity: low
  on: event
  when: event.api == "ListUsers" && event.params.password != "x" && event.ak != "x"
"#;
    let secret = (r#"{"userName":"bob"}"#, r#"{"userName":"bob","password":"hunter2hunter2"}"#);
    let folder = Folder::new("explain-secret")
        .file("logs/a.json", call(1, "ListUsers", &[secret]) + "\n")
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\n")
        .file("rules/password-set.yaml", rule);
    for format in ["human", "json"] {
        let ended = explain(&folder, &["password-set", "logs", "--format", format]);
        assert!(ended.stdout.contains("[redacted]"), "{ended}");
        assert!(!ended.stdout.contains("hunter2"), "{ended}");
        assert!(!ended.stdout.contains("AKIAEXAMPLEKEY000001"), "{ended}");
        assert!(ended.stdout.contains("AKIAEX…0001"), "{ended}");
    }
}

/// `scan --explain` says of each finding what `explain` says of its first match.
#[test]
fn a_scan_explains_its_findings() {
    let logs: String = (1..=4)
        .map(|n| {
            let text = record(n, if n == 4 { "CreateAccessKey" } else { "ListUsers" });
            let text = text.replace(
                "\"responseElements\"",
                "\"errorCode\":\"AccessDenied\",\"responseElements\"",
            );
            if n == 4 {
                record(4, "CreateAccessKey").replace("\"ann\"", "\"eve\"") + "\n"
            } else {
                text + "\n"
            }
        })
        .collect();
    let folder = Folder::new("explain-scan")
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\n")
        .file("rules/key-created.yaml", PLAIN)
        .file("rules/many-denied.yaml", COUNTED)
        .file("logs/a.json", logs);
    let scan = |more: &[&str]| {
        let all =
            [&["scan", "--now", "2026-04-01T00:00:00Z", "--explain", "--fail-on", "never"], more];
        folder.keytrail(all.concat()).output()
    };
    let ended = scan(&["logs"]);
    let explained = ended.stdout.split_once("key-created evaluates events").unwrap().1;
    assert_snapshot!(format!("key-created evaluates events{explained}"), @r#"
    key-created evaluates events
    evaluated 4 events

    condition: true for 1 of 4, looked up by event.api (1 value)

    match logs/a.json:4:1  2026-03-01T10:00:04Z  finding f688da103259
      true   all of
        true   event.api in params.apis
               event.api = "CreateAccessKey"
        true   event.ok == true
               event.ok = true
        true   not
          false  any of
            false  event.code == "Throttled"
                   event.code = ()  the record lacks it (aws: errorCode; failed sign-ins: `Failure`)
            false  event.params.userName == "ann"
                   event.params.userName = "bob"
      raised to high if
        false  event.user_type == "root"
               event.user_type = "user"

    1 finding
      medium: eve called CreateAccessKey

    many-denied evaluates events
    evaluated 4 events

    condition: true for 3 of 4, looked up by event.ok (1 value)

    match logs/a.json:1:1  2026-03-01T10:00:01Z  finding d1620af70cb6
      true   event.ok == false
             event.ok = false

    2 more

    subject "123456789012", "AKIAEX…0001"  3 matches
      in the fullest window of 10m, 3 of them
        calls = 3
      true   calls >= 3

    1 finding
      medium: Many denied calls
    "#);
    for (arguments, message) in [
        (&["-"][..], "standard input cannot be"),
        (&["logs", "--format", "json"][..], "--explain needs the report for people"),
    ] {
        let ended = scan(arguments);
        assert_eq!(ended.code, Some(2), "{ended}");
        assert!(ended.stderr.contains(message), "{ended}");
    }

    // As JSON, beside the report.
    let scan = |arguments: &[&str]| {
        let all = ["scan", "logs", "--now", "2026-04-01T00:00:00Z", "--fail-on", "never"];
        folder.keytrail([&all[..], arguments].concat()).output()
    };
    let ended = scan(&["--format", "json", "--explain=explained.json"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let text = std::fs::read_to_string(folder.path("explained.json")).unwrap();
    let explained: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema = folder.keytrail(["schema", "explanations"]).output().stdout;
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    assert!(validator.is_valid(&explained), "{text}");
    let of = |value: &serde_json::Value| value["fingerprint"].as_str().unwrap().to_owned();
    let mut found: Vec<String> = report["findings"].as_array().unwrap().iter().map(of).collect();
    let rules = explained["rules"].as_array().unwrap().iter();
    let matches = rules.map(|rule| &rule["conditions"][0]["matches"][0]["finding"]);
    let mut named: Vec<String> =
        matches.map(|finding| finding.as_str().unwrap().to_owned()).collect();
    found.sort();
    named.sort();
    assert_eq!(named, found);
    let missing = &explained["rules"][0]["conditions"][0]["matches"][0]["condition"]["parts"][2]["parts"]
        [0]["parts"][0]["values"][0];
    assert_eq!(
        (&missing["text"], &missing["missing"]),
        (
            &"event.code".into(),
            &"the record lacks it (aws: errorCode; failed sign-ins: `Failure`)".into()
        )
    );
    let ended = scan(&["--format", "json:same.json", "--explain=same.json"]);
    assert!(ended.stderr.contains("would both be written to same.json"), "{ended}");
}
