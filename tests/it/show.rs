//! `show`: one finding of a report, whole.

use serde_json::Value;

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

/// A folder with two logs in which a rule fires for two users, and the report of its scan.
fn folder(name: &str) -> Folder {
    let bob = record(3, "CreateAccessKey").replace("user/ann", "user/bob");
    let bob = bob.replace("\"userName\":\"ann\"", "\"userName\":\"bob\"");
    let bob = bob.replace("AKIAEXAMPLEKEY000001", "AKIAEXAMPLEKEY000002");
    let secret = record(1, "CreateAccessKey")
        .replace(r#"{"userName":"bob"}"#, r#"{"userName":"bob","password":"hunter2hunter2"}"#);
    let folder = Folder::new(name)
        .file("rules/create-key.yaml", RULE)
        .file("logs/a.json", format!("{{\"Records\":[{secret},{bob}]}}"))
        .file("logs/b.json", record(2, "CreateAccessKey") + "\n");
    let scan = [
        "scan",
        "--no-builtin",
        "-r",
        "rules",
        "logs",
        "--exit-zero",
        "-f",
        "json:report.json",
        "-f",
        "sarif:report.sarif",
    ];
    let ended = folder.keytrail(scan).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    folder
}

/// The fingerprint of the finding about a user.
fn fingerprint(folder: &Folder, user: &str) -> String {
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut of_user = findings.filter(|of| of["message"].as_str().unwrap().starts_with(user));
    of_user.next().unwrap()["fingerprint"].as_str().unwrap().to_owned()
}

fn show(folder: &Folder, arguments: &[&str]) -> Ended {
    folder.keytrail([&["show"], arguments].concat()).output()
}

#[test]
fn a_finding_is_shown_completely_with_its_stored_records() {
    let folder = folder("show-stored");
    let fingerprint = fingerprint(&folder, "ann");
    let ended = show(&folder, &[&fingerprint, "report.json"]);
    let rest = ended.stdout.replace(&fingerprint, "FINGERPRINT");
    insta::assert_snapshot!(format!("exit: {:?}\n{rest}{}", ended.code, ended.stderr), @r#"
    exit: Some(0)
    high[create-key]: ann created a key

    fingerprint  FINGERPRINT
    rule         An access key is created (rules/create-key.yaml:3, not built in)
    category     lifecycle
    severity     high
    role         gates: it fails the run
    provider     aws
    account      123456789012
    actor        AKIAEX…0001
    matches      2, 2 ok, 0 failed
    first        2026-03-01T10:00:01Z
    last         2026-03-01T10:00:02Z
    first record logs/a.json:1:13 (/Records/0)

    ── occurrences: 1 ──────────────────────────────────────────────────────────────────────────────────

    2026-03-01   2 matches, 2026-03-01T10:00:01Z to 2026-03-01T10:00:02Z

    ── evidence: 1 row ─────────────────────────────────────────────────────────────────────────────────

    row 1 of 1
    api          iam.CreateAccessKey
    user         ann
    key          AKIAEX…0001
    source       203.0.113.7
    method       api
    result       ok
    day          2026-03-01
    matches      2
    first        2026-03-01T10:00:01Z
    last         2026-03-01T10:00:02Z
    record       logs/a.json:1:13 (/Records/0), event event-1
    record       logs/b.json:1:1 (/), event event-2


    ── rule: create-key ────────────────────────────────────────────────────────────────────────────────

    description  A new long-term key.
    remediation  Ask whether it is needed.

    ── records: 2 as the report stored them ────────────────────────────────────────────────────────────

    logs/a.json:1:13 (/Records/0)
        {
          "awsRegion": "us-east-1",
          "eventID": "event-1",
          "eventName": "CreateAccessKey",
          "eventSource": "iam.amazonaws.com",
          "eventTime": "2026-03-01T10:00:01Z",
          "eventType": "AwsApiCall",
          "eventVersion": "1.08",
          "managementEvent": true,
          "readOnly": false,
          "recipientAccountId": "123456789012",
          "requestID": "request-1",
          "requestParameters": {
            "password": "[redacted]",
            "userName": "bob"
          },
          "responseElements": null,
          "sourceIPAddress": "203.0.113.7",
          "userAgent": "aws-cli/2.15",
          "userIdentity": {
            "accessKeyId": "AKIAEX…0001",
            "accountId": "123456789012",
            "arn": "arn:aws:iam::123456789012:user/ann",
            "principalId": "AIDAEXAMPLEUSER00001",
            "type": "IAMUser",
            "userName": "ann"
          }
        }

    logs/b.json:1:1 (/)
        {
          "awsRegion": "us-east-1",
          "eventID": "event-2",
          "eventName": "CreateAccessKey",
          "eventSource": "iam.amazonaws.com",
          "eventTime": "2026-03-01T10:00:02Z",
          "eventType": "AwsApiCall",
          "eventVersion": "1.08",
          "managementEvent": true,
          "readOnly": false,
          "recipientAccountId": "123456789012",
          "requestID": "request-2",
          "requestParameters": {
            "userName": "bob"
          },
          "responseElements": null,
          "sourceIPAddress": "203.0.113.7",
          "userAgent": "aws-cli/2.15",
          "userIdentity": {
            "accessKeyId": "AKIAEX…0001",
            "accountId": "123456789012",
            "arn": "arn:aws:iam::123456789012:user/ann",
            "principalId": "AIDAEXAMPLEUSER00001",
            "type": "IAMUser",
            "userName": "ann"
          }
        }

    note: name the INPUT files after the report to read the records again, whole
    "#);
    // The first digits suffice, and so does the fingerprint of earlier versions.
    for digits in [&fingerprint[..16], &fingerprint[..8], &fingerprint.to_uppercase()] {
        assert_eq!(show(&folder, &[digits, "report.json"]).stdout, ended.stdout, "{digits}");
    }
    let stdin = folder.keytrail(["show", &fingerprint, "-"]).stdin(folder.read("report.json"));
    assert_eq!(stdin.output().stdout, ended.stdout);
}

#[test]
fn records_are_read_again_and_shown_redacted_without_cuts() {
    let folder = folder("show-inputs");
    let fingerprint = fingerprint(&folder, "ann");
    let ended = show(&folder, &[&fingerprint, "report.json", "logs"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended}");
    let (_, records) = ended.stdout.split_once("records: 2 read again").unwrap();
    for text in ["logs/a.json:1:13 (/Records/0)", "logs/b.json:1:1 (/)", "event-1", "event-2"] {
        assert!(records.contains(text), "{text}: {ended}");
    }
    assert!(!records.contains("event-3"), "{ended}");
    for secret in ["hunter2hunter2", "AKIAEXAMPLEKEY000001"] {
        assert!(!ended.stdout.contains(secret), "{ended}");
    }
    let keys = show(&folder, &[&fingerprint, "report.json", "logs", "--show-keys"]);
    assert!(keys.stdout.contains("AKIAEXAMPLEKEY000001"), "{keys}");
    assert!(!keys.stdout.contains("hunter2hunter2"), "{keys}");
    // The inputs may have moved and may be named differently.
    std::fs::rename(folder.path("logs"), folder.path("moved")).unwrap();
    let moved = folder.path("moved");
    for input in ["moved", "moved/*.json", moved.to_str().unwrap()] {
        let ended = show(&folder, &[&fingerprint, "report.json", input]);
        assert_eq!(ended.code, Some(0), "{input}: {ended}");
        assert!(ended.stdout.contains("records: 2 read again"), "{input}: {ended}");
    }
}

#[test]
fn a_record_that_is_not_in_the_inputs_is_named() {
    let folder = folder("show-changed");
    let fingerprint = fingerprint(&folder, "ann");
    let ended = show(&folder, &[&fingerprint, "report.json", "logs/a.json"]);
    assert_eq!(ended.code, Some(3), "{ended}");
    let line =
        "incomplete: the inputs contain no record of the finding at b.json:1 (event event-2)\n";
    assert_eq!(ended.stderr, line);
    // Another event is now at the position of the record.
    let folder = folder.file("logs/b.json", record(9, "CreateAccessKey") + "\n");
    let ended = show(&folder, &[&fingerprint, "report.json", "logs"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(3), line), "{ended}");
    assert!(!ended.stdout.contains("event-9"), "{ended}");
}

#[test]
fn json_contains_the_finding_its_rule_and_its_records() {
    let folder = folder("show-json");
    let fingerprint = fingerprint(&folder, "ann");
    let shown = |inputs: &[&str]| -> Value {
        let arguments = [&[&*fingerprint, "report.json", "-f", "json"], inputs].concat();
        serde_json::from_str(&show(&folder, &arguments).stdout).unwrap()
    };
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    let stored = shown(&[]);
    assert_eq!(stored["schema"], "keytrail/finding/v1");
    assert!(report["findings"].as_array().unwrap().contains(&stored["finding"]));
    assert_eq!(stored["rule"], report["rules"][0]);
    assert!(stored.get("records").is_none());
    let read = shown(&["logs"]);
    let ids: Vec<&Value> =
        read["records"].as_array().unwrap().iter().map(|of| &of["event"]["id"]).collect();
    assert_eq!(ids, ["event-1", "event-2"]);
}

#[test]
fn an_unknown_fingerprint_is_an_error_with_advice() {
    let folder = folder("show-unknown");
    let report = folder.read("report.json");
    let (ann, bob) = (fingerprint(&folder, "ann"), fingerprint(&folder, "bob"));
    let alike = format!("{}{}", &ann[..16], &bob[16..]);
    let folder = folder
        .file("alike.json", report.replace(&bob, &alike))
        .file("watch.json", "{\"type\":\"check\"}\n");
    for (arguments, message) in [
        (["abcdef", "report.json"], "no finding of report.json has the fingerprint `abcdef`"),
        (["abcde", "report.json"], "`abcde` is not a fingerprint: expected 6 to 32 hexadecimal"),
        (["create-key", "report.json"], "`create-key` is not a fingerprint"),
        ([&ann[..16], "alike.json"], "2 findings have fingerprints that begin with"),
        ([&ann, "none.json"], "cannot read the report none.json: No such file"),
        ([&ann, "report.sarif"], "this is SARIF, which does not contain whole findings"),
        ([&ann, "watch.json"], "these are lines of `keytrail watch`"),
    ] {
        let ended = show(&folder, &arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended}");
        assert!(ended.stderr.contains(message), "{arguments:?}: {ended}");
    }
    let ended = show(&folder, &[&ann[..16], "alike.json"]);
    let listed = format!("{alike} high[create-key]: bob created a key");
    assert!(ended.stderr.contains(&listed), "{ended}");
    let both = folder.keytrail(["show", &ann, "-", "-"]).stdin(report).output();
    assert!(both.stderr.contains("cannot be both the report and an input"), "{both}");
}

#[test]
fn a_masked_key_of_a_report_can_be_queried() {
    let folder = folder("query-masked");
    let query = |arguments: &[&str]| folder.keytrail([&["query"], arguments].concat()).output();
    let count = |expr: &str| {
        let ended = query(&[expr, "logs"]);
        assert_eq!(ended.code, Some(0), "{expr}: {ended}");
        let line = ended.stdout.lines().find(|line| line.starts_with("matches ")).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(count("event.ak == \"AKIAEX…0001\""), "2");
    assert_eq!(count("event.ak == \"AKIA...0002\" && event.ok == true"), "1");
    assert_eq!(count("event.ak != \"AKIAEX…0001\""), "1");
    assert_eq!(count("event.ak == \"AKIAEX…0009\""), "0");
    let none = query(&["event.ak == \"AKIAEX…0009\"", "logs"]);
    assert!(
        none.stdout.contains("note: no access key in the inputs looks like AKIAEX…0009"),
        "{none}"
    );
    let json = query(&["event.ak == \"AKIAEX…0001\"", "logs", "-f", "json"]);
    assert!(json.stdout.contains("\"masked_keys\":{\"AKIAEX…0001\":1}"), "{json}");
    // Whatever the query computes, the whole key does not appear.
    let computed = "if event.ak == \"AKIAEX…0001\" { event.ak } else { \"other\" }";
    let by = query(&["has(event.ak)", "logs", "--count-by", computed]);
    assert!(by.stdout.contains("AKIAEX…0001"), "{by}");
    assert!(!by.stdout.contains("AKIAEXAMPLEKEY000001"), "{by}");
    // Standard input can be read only once.
    let stdin = folder.keytrail(["query", "event.ak == \"AKIAEX…0001\"", "-"]);
    let stdin = stdin.stdin(folder.read("logs/b.json")).output();
    assert!(stdin.stdout.contains("matches   1 of 1 event"), "{stdin}");
}

#[test]
fn a_masked_key_that_may_be_several_keys_lists_them() {
    let other = record(5, "ListUsers")
        .replace("AKIAEXAMPLEKEY000001", "AKIAEXAMPLEKEY990001")
        .replace("ann", "carol");
    let folder = folder("query-ambiguous").file("logs/c.json", other);
    for format in ["human", "json"] {
        let expr = "event.ak == \"AKIAEX…0001\"";
        let ended = folder.keytrail(["query", expr, "logs", "-f", format]).output();
        assert_eq!(ended.code, Some(2), "{ended}");
        assert!(!ended.stdout.contains("carol") && !ended.stdout.contains("total"), "{ended}");
        if format == "json" {
            continue;
        }
        insta::assert_snapshot!(ended, @r#"
        exit: 2
        ----- stderr
        error[KT9005]: `AKIAEX…0001` may be any of 2 access keys of the inputs
         --> <query>:1:13
          |
        1 | event.ak == "AKIAEX…0001"
          |             ^^^^^^^^^^^^^
          |
          = help: AKIAEX…0001 of ann in 123456789012: 2 records, 2026-03-01T10:00:01Z to 2026-03-01T10:00:02Z
          = help: AKIAEX…0001 of carol in 123456789012: 1 record, 2026-03-01T10:00:05Z to 2026-03-01T10:00:05Z
          = help: `keytrail query 'event.ak.like("AKIAEX*0001")' INPUT --count-by event.ak,event.user --show-keys` shows the keys whole
        error: 1 masked key is ambiguous in the inputs; there is no result
        "#);
    }
}
