//! Rules over credential reports, from the file to the output.

use insta::assert_snapshot;

use crate::run::{Folder, Run};

const MFA: &str = r#"
rule:
  id: console-without-mfa
  title: A user may sign in without a second factor
  category: posture
  severity: high
  status: stable
  on: cred
  description: A password alone opens the console.
  remediation: Enforce a second factor.
  when: cred.password == true && cred.mfa == false
  message: "${cred.user} may sign in without a second factor"
"#;

const IDLE: &str = r#"
rule:
  id: idle-key
  title: An active key is not used
  category: posture
  severity: medium
  status: stable
  on: key
  description: What nobody uses, nobody misses.
  remediation: Deactivate the key, wait, and delete it.
  when: key.active == true && key.idle_days > 30
  message: "key ${key.slot} of ${cred.user} was not used for ${key.idle_days} days"
"#;

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/credentials/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

fn folder(name: &str) -> Folder {
    let mut folder = Folder::new(name)
        .file("rules/console-without-mfa.yaml", MFA)
        .file("rules/idle-key.yaml", IDLE);
    for name in [
        "aws_20260101_000000.csv",
        "aws-answer.json",
        "alibaba.csv",
        "tencent_2026-01-01T00-00-00Z.csv",
        "iam_audit_report_20260101_000000.csv",
    ] {
        folder = folder.file(name, fixture(name));
    }
    folder
}

fn scan(folder: &Folder, arguments: &[&str]) -> Run {
    folder.keytrail(["scan", "--no-builtin", "-r", "rules"].iter().chain(arguments))
}

#[test]
fn the_report_for_people_shows_the_owner_and_the_row_of_a_key() {
    let folder = folder("reports-human");
    let findings = |name: &str| {
        let run = scan(&folder, &[name]).output();
        // Without the summary and the verdict.
        let (_, told) = run.stdout.split_once("\n── ").unwrap();
        format!("── {}", told.rsplit_once("\n\n").unwrap().0)
    };
    assert_snapshot!(findings("aws_20260101_000000.csv"), @"
    ── high: 1 finding ─────────────────────────────────────────────────────────────────────────────────

    high[console-without-mfa]: carol may sign in without a second factor
      --> aws_20260101_000000.csv:5:1 (row 4)
       | aws, account 000011112222, user carol
       | 1 record, 2026-01-01 00:00:00 UTC
       = help: Enforce a second factor.
       = fingerprint a53ab87ca3653abf4349aece1a820e5e

    ── medium: 1 finding ───────────────────────────────────────────────────────────────────────────────

    medium[idle-key]: key 1 of build-bot was not used for 90 days
      --> aws_20260101_000000.csv:4:1 (row 3)
       | aws, account 000011112222, user build-bot, key 1
       | 1 record, 2026-01-01 00:00:00 UTC
       = help: Deactivate the key, wait, and delete it.
       = fingerprint 1fef450970d1bf5863893b103cf7e76a
    ");
    assert_snapshot!(findings("iam_audit_report_20260101_000000.csv"), @"
    ── medium: 1 finding ───────────────────────────────────────────────────────────────────────────────

    medium[idle-key]: key 1 of mia was not used for 579 days
      --> iam_audit_report_20260101_000000.csv:3:1 (row 2)
       | aws, account 333344445555, user mia, key AKIAEX…0002
       | 1 record, 2026-01-01 00:00:00 UTC
       = help: Deactivate the key, wait, and delete it.
       = fingerprint 79d33b7b026eeed7a5120dac5fc6ab6e
    ");
}

#[test]
fn machine_readable_outputs_contain_the_same_findings() {
    let folder = folder("reports-json");
    let run = scan(&folder, &["aws_20260101_000000.csv", "-f", "json"]).output();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let idle = report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "idle-key");
    let (sample, occurrence) = (&idle.unwrap()["sample"], &idle.unwrap()["occurrences"][0]);
    assert_eq!(sample["name"], "aws/aws-credential-report/000011112222/build-bot/1");
    assert_eq!(sample["time"], "2026-01-01T00:00:00Z", "the report's own");
    assert_eq!(occurrence["day"], "2026-01-01");
    let text = sample["text"].as_str().unwrap();
    let (columns, row) = text.split_once('\n').unwrap();
    assert!(columns.starts_with("user,arn,user_creation_time,"), "{text}");
    assert!(row.starts_with("build-bot,arn:aws:iam::000011112222:user/ci/build-bot,"), "{text}");
    let location = &sample["location"];
    let place = ["line", "column", "end_line", "offset", "length"].map(|key| &location[key]);
    assert_eq!(serde_json::json!(place), serde_json::json!([4, 1, 4, 961, 188]));

    let run = scan(&folder, &["aws_20260101_000000.csv", "-f", "sarif"]).output();
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let idle = results.iter().find(|result| result["ruleId"] == "idle-key").unwrap();
    assert_snapshot!(idle["message"]["text"].as_str().unwrap(), @"An active key is not used: aws, account 000011112222, user build-bot, key 1.");
    let logical = &idle["locations"][0]["logicalLocations"][0];
    assert_eq!(logical["fullyQualifiedName"], sample["name"]);
    assert_eq!(logical["name"], "1");
}

#[test]
fn joined_rows_have_the_position_of_the_first() {
    let rule =
        IDLE.replace("idle-key", "old-key").replace("key.idle_days > 30", "key.age_days > 340");
    let folder = folder("reports-joined").file("rules/old-key.yaml", rule);
    let run = scan(&folder, &["iam_audit_report_20260101_000000.csv", "-f", "json"]).output();
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let old = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["rule"] == "old-key" && f["subject"][1]["value"] == "leo");
    let location = &old.unwrap()["sample"]["location"];
    let place = ["line", "end_line", "length"].map(|key| &location[key]);
    let report_text = fixture("iam_audit_report_20260101_000000.csv");
    let row = report_text.split(|&byte| byte == b'\n').nth(1).unwrap();
    assert_eq!(serde_json::json!(place), serde_json::json!([2, 2, row.len()]));
    assert_eq!(report["accounting"]["read"], 5, "{}", report["accounting"]);
}

#[test]
fn a_report_and_the_response_that_contains_it_give_the_same_findings() {
    let folder = folder("reports-answer");
    let prints = |name: &str| -> Vec<String> {
        let run = scan(&folder, &[name, "-f", "json"]).output();
        assert_eq!(run.code, Some(1), "{run}");
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|f| format!("{} {}", f["fingerprint"], f["message"])).collect()
    };
    let bare = prints("aws_20260101_000000.csv");
    assert_eq!(bare.len(), 2);
    assert_eq!(prints("aws-answer.json"), bare);
}

#[test]
fn a_response_that_cannot_be_decoded_makes_the_run_incomplete() {
    let folder = folder("reports-broken").file("broken.json", "{\n\"Content\": \"dXN*\"}");
    let run = scan(&folder, &["broken.json"]).output();
    assert_eq!(run.code, Some(3), "{run}");
    assert!(run.stdout.contains("not base64"), "{run}");
    assert!(run.stdout.contains("broken.json:2"), "{run}");
}

#[test]
fn a_rule_is_blind_if_its_column_is_missing() {
    let excerpt = "account_id,account_name,username,access_key_id,created_date\n\
                   111122223333,production,svc,AKIAI...,2023-01-15 09:30:00\n";
    let folder = folder("reports-blind").file("excerpt_20260101.csv", excerpt);
    let run = scan(&folder, &["excerpt_20260101.csv"]).output();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("console-without-mfa") && run.stdout.contains("idle-key"), "{run}");
    assert_eq!(scan(&folder, &["excerpt_20260101.csv", "--strict"]).output().code, Some(3));
}

/// A call with this key, as CloudTrail records it.
fn call(id: &str, key: &str, user: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE{id}","accountId":"000011112222","accessKeyId":"{key}","userName":"{user}"}},"eventTime":"2026-01-0{id}T08:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.{id}","userAgent":"aws-cli/2.13","readOnly":true,"eventID":"e-{id}","eventType":"AwsApiCall","recipientAccountId":"000011112222"}}"#
    )
}

const WOKEN: &str = r#"
rule:
  id: idle-key-used
  title: A key that was idle is used
  category: abuse
  severity: high
  status: stable
  on: event
  description: A key that nobody used for long may be in other hands.
  remediation: Ask its owner, and deactivate it.
  when: event.key.idle_days > 30
  by: [event.account, event.ak]
  message: "${event.cred.user} uses key ${event.ak}, idle for ${event.key.idle_days} days by the report"
"#;

#[test]
fn a_log_and_a_report_in_one_run_are_joined_by_the_key() {
    let log = [
        call("2", "AKIAEXAMPLE000000003", "leo"),
        call("3", "AKIAEXAMPLE000000001", "leo"),
        call("4", "AKIAEXAMPLE000000009", "leo"),
    ];
    let folder = Folder::new("reports-and-log")
        .file("rules/idle-key-used.yaml", WOKEN)
        .file("in/calls.json", log.join("\n"))
        .file("in/notes.txt", "not an input")
        .file("in/empty.json", "")
        .file(
            "in/iam_audit_report_20260101_000000.csv",
            fixture("iam_audit_report_20260101_000000.csv"),
        );
    let run = scan(&folder, &["in", "-f", "json", "--strict"]).output();
    assert_eq!(run.code, Some(1), "{run}");
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let messages: Vec<&str> =
        findings.iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["leo uses key AKIAEX…0003, idle for 699 days by the report"]);
    let accounting = &report["accounting"];
    assert_eq!(accounting["formats"]["cloudtrail"], 3);
    assert_eq!(accounting["formats"]["iam-audit-report"], 5);
    assert_eq!((&accounting["creds"], &accounting["keys"]), (&3.into(), &5.into()));
    assert_eq!((&accounting["read"], &accounting["skipped"]), (&8.into(), &0.into()));

    // The log alone does not show how long a key was idle, which the summary states.
    let run = scan(&folder, &["in/calls.json", "--strict"]).output();
    assert_eq!(run.code, Some(0), "{run}");
    let line = "not configured: idle-key-used (no input is a credential report)";
    assert!(run.stdout.contains(line), "{run}");
}

const OTHERS_KEY: &str = r#"
rule:
  id: others-key-deleted
  title: Somebody deletes another user's key
  category: lifecycle
  severity: high
  status: stable
  on: event
  description: The log names the key only.
  remediation: Ask both.
  when: |
    event.api == "ListUsers" && has(event.user)
      && has(lookup("keys", str(event.raw.requestParameters.accessKeyId))?.user)
      && lookup("keys", str(event.raw.requestParameters.accessKeyId))?.user != event.user
      && lookup("creds", event.user)?.password == true
  message: "${event.user} deleted ${str(event.raw.requestParameters.accessKeyId)} of ${lookup(\"keys\", str(event.raw.requestParameters.accessKeyId))?.user}"
"#;

#[test]
fn reports_of_the_run_are_tables() {
    let call = |id: &str, user: &str, key: &str| {
        let parameters = format!(r#""requestParameters":{{"accessKeyId":"{key}"}},"readOnly""#);
        call(id, "AKIAEXAMPLE000000077", user).replace("\"readOnly\"", &parameters)
    };
    let log = [
        call("2", "leo", "AKIAEXAMPLE000000002"),
        // The user's own key.
        call("3", "leo", "AKIAEXAMPLE000000003"),
        // A key of no user.
        call("4", "leo", "AKIAEXAMPLE000000099"),
        // The report does not contain the caller, or contains it in another account.
        call("5", "zoe", "AKIAEXAMPLE000000003"),
        call("6", "mia", "AKIAEXAMPLE000000003"),
    ];
    let report = "iam_audit_report_20260101_000000.csv";
    let folder = Folder::new("reports-as-tables")
        .file("rules/others-key-deleted.yaml", OTHERS_KEY)
        .file("in/calls.json", log.join("\n"))
        .file(&format!("in/{report}"), fixture(report));
    let run = scan(&folder, &["in", "-f", "json", "--strict"]).output();
    assert_eq!(run.code, Some(1), "{run}");
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let messages: Vec<&str> = findings.map(|of| of["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["leo deleted AKIAEX…0002 of mia"]);

    let run = scan(&folder, &["in/calls.json", "--strict"]).output();
    assert_eq!(run.code, Some(0), "{run}");
    let line = "not configured: others-key-deleted (no input is a credential report)";
    assert!(run.stdout.contains(line), "{run}");
}

#[test]
fn unknown_columns_are_named_with_a_suggestion() {
    let row = "000011112222,production,leo,AKIAEXAMPLE000000003,2023-02-01 09:30:00\n";
    let folder = folder("reports-columns").file("rows.csv", row);
    let columns = |names: &str| scan(&folder, &["rows.csv", "--columns", names]).output();
    let run = columns("account_id,account_name,usernme,access_key,created_date");
    assert_eq!(run.code, Some(3), "{run}");
    let expected = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(expected.contains("of `usernme`: did you mean `username`?"), "{run}");
    let run = columns("account_id,account_name,username,access_key_id,created_date");
    assert_eq!(run.code, Some(0), "{run}");
}
