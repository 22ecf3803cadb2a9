//! Lists in subjects and measures, and measures that list values, as a user sees them.

use crate::run::{Folder, Run};

const SPREAD: &str = r#"
rule:
  id: spread
  title: One caller reads many things
  category: abuse
  severity: high
  on: event
  when: event.ok == true
  by: [event.account, event.user]
  correlate:
    within: 10m
    measures:
      apis: { distinct: event.name }
      named: { values: event.name, most: 2 }
      keys: { values: event.ak }
      actors: { values: event.actor }
      agents: { values: event.agent }
      passwords: { values: event.params.password }
      groups: { distinct: { each: event.params.groups } }
      named_groups: { values: { each: event.params.groups }, most: 3 }
    having: apis >= 3
  message: "${event.user}: ${named}; ${groups} groups: ${named_groups}; ${keys}; ${actors}; ${passwords}"
"#;

const PER_GROUP: &str = r#"
rule:
  id: per-group
  title: Somebody was added to a group
  category: abuse
  severity: high
  on: event
  when: event.api == "AddUser"
  by: [event.account, { each: event.params.groups }]
  message: "${event.user} added to groups"
"#;

/// A call of a user in a minute, with these groups.
fn call(id: u32, minute: u32, api: &str, groups: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE000000001","userName":"leo"}},"eventTime":"2026-01-02T08:{minute:02}:00Z","eventSource":"iam.amazonaws.com","eventName":"{api}","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli","requestParameters":{{"password":"hunter2","groups":{groups}}},"eventID":"e-{id}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
    ) + "\n"
}

fn scan(folder: &Folder, arguments: &[&str]) -> Run {
    let fixed = ["scan", "--no-builtin", "-r", "rules", "-f", "json"];
    folder.keytrail(fixed.iter().chain(arguments))
}

fn report(folder: &Folder, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&scan(folder, arguments).output().stdout).unwrap()
}

/// The subjects of the findings, the last value of each, sorted.
fn subjects(report: &serde_json::Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let last = |finding: &serde_json::Value| {
        let subject = finding["subject"].as_array().unwrap();
        subject.last().unwrap()["value"].as_str().unwrap_or("-").to_owned()
    };
    let mut all: Vec<String> = findings.map(last).collect();
    all.sort();
    all
}

#[test]
fn values_are_listed_in_order_and_the_rest_is_counted() {
    let calls = [
        call(1, 1, "ListUsers", r#"["b","a"]"#),
        call(2, 2, "ListRoles", r#"["d","a","c"]"#),
        call(3, 3, "GetUser", r#""lone""#),
        call(4, 4, "GetUser", "[]").replace("aws-cli", &"x".repeat(300)),
    ];
    let folder =
        Folder::new("values").file("rules/spread.yaml", SPREAD).file("a.json", calls.concat());
    let turned: String = calls.iter().rev().cloned().collect();
    let folder = folder.file("b.json", turned);
    let expected = "leo: iam.GetUser, iam.ListRoles and 1 more; 5 groups: a, b, c and 2 more; \
                    AKIAEX…0001; AKIAEX…0001; [redacted]";
    for (file, jobs) in [("a.json", "1"), ("b.json", "3")] {
        let report = report(&folder, &[file, "-j", jobs]);
        assert_eq!(report["findings"][0]["message"], expected, "{file}");
        let measures = &report["findings"][0]["occurrences"][0]["measures"];
        assert_eq!(measures["named"], "iam.GetUser, iam.ListRoles and 1 more", "{measures}");
        assert_eq!(measures["actors"], "AKIAEX…0001", "{measures}");
        assert_eq!(measures["passwords"], "[redacted]", "{measures}");
        let agents = measures["agents"].as_str().unwrap();
        assert!(
            agents.starts_with("aws-cli, xxx") && agents.ends_with("(100 bytes more)"),
            "{agents}"
        );
    }
    let shown = scan(&folder, &["a.json", "--show-keys"]).output().stdout;
    assert!(shown.contains("AKIAEXAMPLE000000001") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn each_item_of_a_list_is_a_subject_if_the_rule_says_so() {
    let calls = [
        call(1, 1, "AddUser", r#"["b","a","b"]"#),
        call(2, 2, "AddUser", r#"["a"]"#),
        call(3, 3, "AddUser", r#""lone""#),
        call(4, 4, "AddUser", "[]"),
        call(5, 5, "AddUser", "null"),
    ];
    let whole = PER_GROUP.replace("{ each: event.params.groups }", "event.params.groups");
    let folder = Folder::new("each-subject")
        .file("rules/per-group.yaml", PER_GROUP)
        .file("a.json", calls.concat());
    let report_of = |folder: &Folder| report(folder, &["a.json"]);
    let of_items = report_of(&folder);
    assert_eq!(subjects(&of_items), ["-", "a", "b", "lone"]);
    let counts: Vec<_> = of_items["findings"].as_array().unwrap().iter().collect();
    let matches = |value: &str| {
        let subject = |f: &&&serde_json::Value| {
            let last = f["subject"].as_array().unwrap().last().unwrap();
            last["value"].as_str().unwrap_or("-") == value
        };
        counts.iter().find(subject).unwrap()["count"].clone()
    };
    assert_eq!([matches("a"), matches("b"), matches("-")], [2, 1, 2]);
    // Without `each`, a list is one value.
    let folder = folder.file("rules/per-group.yaml", whole);
    assert_eq!(subjects(&report_of(&folder)), ["-", r#"["a"]"#, r#"["b","a","b"]"#, "[]", "lone"]);
}

#[test]
fn a_list_with_too_many_subjects_makes_the_run_incomplete() {
    let groups: Vec<String> = (0..1_001).map(|n| format!("\"g{n}\"")).collect();
    let folder = Folder::new("each-many")
        .file("rules/per-group.yaml", PER_GROUP)
        .file("a.json", call(1, 1, "AddUser", &format!("[{}]", groups.join(","))));
    let run = scan(&folder, &["a.json"]).output();
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stdout.contains("more than the 1000 that can each be a subject"), "{run}");
}

#[test]
fn each_works_with_every_construct() {
    for construct in [
        "first_seen: { of: [event.ip], history: 1d }",
        "correlate: { within: 1h, measures: { n: { count: \"true\" } }, having: n >= 2 }",
        "after_silence: { for: 10m }",
        "sequence:\n    steps:\n      - { id: a, when: event.api == \"AddUser\" }\n      - { id: b, when: event.api == \"AddUser\" }",
    ] {
        let mut rule = PER_GROUP.replace("  message", &format!("  {construct}\n  message"));
        if construct.starts_with("sequence") {
            rule = rule.replace("  when: event.api == \"AddUser\"\n", "");
        }
        let folder = Folder::new("each-constructs").file("rules/per-group.yaml", rule).file(
            "a.json",
            [call(1, 1, "AddUser", r#"["a","b"]"#), call(2, 40, "AddUser", r#"["b","c"]"#)]
                .concat(),
        );
        let found = subjects(&report(&folder, &["a.json"]));
        let expected: &[&str] =
            if construct.starts_with("first") { &["a", "b", "c"] } else { &["b"] };
        assert_eq!(found, expected, "{construct}");
    }
}
