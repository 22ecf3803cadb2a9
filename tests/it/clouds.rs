//! One policy over the logs of several clouds.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::run::Folder;

/// The built-in list has the operation names of each cloud; the rule itself names no cloud.
const RULE: &str = r#"
rule:
  id: key-calls-high-risk-api
  title: A long-term key calls a high-risk API
  category: abuse
  severity: high
  status: stable
  on: event
  description: A key that never expires does what an intruder would.
  remediation: Ask its owner.
  when: |
    event.ak_type == "long_term" && event.method == "api" && event.ok == true
      && event.operation in lists.high_risk_apis
  message: "${event.user} called ${event.operation}"
"#;

const CLOUDTRAIL: &str = include_str!("../data/cloudtrail/s3.json");
const ACTIONTRAIL: &str = include_str!("../data/actiontrail/oss.json");
const CLOUDAUDIT: &str = include_str!("../data/cloudaudit/tracking-set.json");

fn scan(folder: &Folder, log: &str) -> (Option<i32>, Value) {
    let arguments = ["scan", log, "-r", "key-calls-high-risk-api.yaml", "-f", "json"];
    let ended = folder.keytrail(arguments).output();
    (ended.code, serde_json::from_str(&ended.stdout).expect(&ended.stdout))
}

/// The messages of the rule's findings.
fn found(report: &Value) -> BTreeSet<&str> {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["rule"] == "key-calls-high-risk-api")
        .map(|finding| finding["message"].as_str().unwrap())
        .collect()
}

#[test]
fn one_rule_finds_the_same_call_in_each_cloud() {
    let folder = Folder::new("clouds-rule")
        .file("key-calls-high-risk-api.yaml", RULE)
        .file("cloudtrail.json", CLOUDTRAIL)
        .file("actiontrail.json", ACTIONTRAIL)
        .file("cloudaudit.json", CLOUDAUDIT);
    for (log, message) in [
        ("cloudtrail.json", "alice called aws:iam.CreateAccessKey"),
        ("actiontrail.json", "alice called alibaba:ram.CreateAccessKey"),
        ("cloudaudit.json", "alice called tencent:cam.CreateAccessKey"),
    ] {
        let (code, report) = scan(&folder, log);
        assert_eq!(code, Some(1), "{report:#}");
        assert_eq!(found(&report), BTreeSet::from([message]), "{log}");
    }
}

/// Each line is read as a record of the cloud that wrote it, and the records of each cloud are
/// counted.
#[test]
fn lines_of_several_clouds_in_one_file_are_distinguished() {
    let aws: Value = serde_json::from_str(CLOUDTRAIL).unwrap();
    let alibaba: Value = serde_json::from_str(ACTIONTRAIL).unwrap();
    let tencent: Value = serde_json::from_str(CLOUDAUDIT).unwrap();
    let ours = [&aws["Records"][0], &alibaba[0], &tencent[0]].map(Value::to_string);
    let azure = r#"{"operationName":"MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE","eventName":{"value":"EndRequest"},"eventSource":"Administrative"}"#;
    let gcp = r#"{"protoPayload":{"serviceName":"iam.googleapis.com","methodName":"google.iam.admin.v1.CreateServiceAccountKey"},"eventName":"x","eventType":"ApiCall"}"#;
    let [a, b, c] = &ours;
    let orders = [[azure, a, b, gcp, c], [c, gcp, b, a, azure], [b, azure, c, a, gcp]];
    let mut outcomes = Vec::new();
    for lines in orders {
        let folder = Folder::new("clouds-mixed")
            .file("key-calls-high-risk-api.yaml", RULE)
            .file("mixed.ndjson", lines.join("\n") + "\n");
        let (code, report) = scan(&folder, "mixed.ndjson");
        assert_eq!(code, Some(3), "two records were not evaluated");
        assert_eq!(found(&report).len(), 3, "{report:#}");
        let counts = ["read", "evaluated", "skipped", "formats", "skipped_by_reason"]
            .map(|name| report["accounting"][name].to_string());
        assert_eq!(
            counts,
            [
                "5",
                "3",
                "2",
                r#"{"actiontrail":1,"cloudaudit":1,"cloudtrail":1}"#,
                r#"{"foreign":2}"#
            ]
        );
        outcomes
            .push(found(&report).iter().map(|message| (*message).to_owned()).collect::<Vec<_>>());
    }
    assert!(outcomes.iter().all(|one| *one == outcomes[0]), "{outcomes:#?}");
}
