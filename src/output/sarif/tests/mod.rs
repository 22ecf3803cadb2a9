#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::Value;

mod profiles;

use super::*;
use crate::finding::VerdictRole;
use crate::output::Folders;
use crate::report::Verdict;
use crate::report::fixture::{HOSTILE, clean, fixture, planted_paths};
use crate::rule::Severity;

fn parsed(report: &Report, style: &Style) -> Value {
    let mut out = Vec::new();
    (SARIF.write)(report, style, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn chars(value: &Value) -> usize {
    value.as_str().unwrap().chars().count()
}

/// Every object inside a value.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    match value {
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        Value::Object(object) => {
            std::iter::once(object).chain(object.values().flat_map(objects)).collect()
        }
        _ => Vec::new(),
    }
}

/// Asserts what GitHub, GitLab and the standard require of a file.
fn assert_accepted(log: &Value) {
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    let rules = items(&driver["rules"]);
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "sorted and unique: {ids:?}");
    for rule in rules {
        assert!((1..=255).contains(&chars(&rule["name"])));
        assert!((1..=1_000).contains(&chars(&rule["shortDescription"]["text"])));
        assert!((1..=1_000).contains(&chars(&rule["fullDescription"]["text"])));
        assert!(chars(&rule["help"]["text"]) > 0 && chars(&rule["help"]["markdown"]) > 0);
        let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!(score > 0.0 && score <= 10.0);
        let tags: BTreeSet<&str> =
            items(&rule["properties"]["tags"]).iter().map(|tag| tag.as_str().unwrap()).collect();
        assert!(tags.contains("security") && tags.len() <= 10);
        assert_eq!(tags.len(), items(&rule["properties"]["tags"]).len(), "tags are unique");
    }
    let results = items(&run["results"]);
    assert!(results.len() <= 5_000);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(result["ruleId"], rules[index]["id"]);
        assert_eq!(result["kind"], "fail");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!((1..=1_000).contains(&chars(&result["message"]["text"])));
        assert!(result["occurrenceCount"].as_u64().unwrap() >= 1);
        let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
        assert!(hash.ends_with(":1") && hash.len() == 18, "{hash}");
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string());
        assert!(place["region"]["startColumn"].as_u64().is_none_or(|column| column >= 1));
    }
    for object in objects(log) {
        assert!(!object.contains_key("guid"));
        if let Some(line) = object.get("startLine") {
            assert!(line.as_u64().unwrap() >= 1);
        }
        if let Some(uri) = object.get("uri").and_then(Value::as_str) {
            let safe = |b: u8| b.is_ascii_alphanumeric() || b"-._~=@+,%/".contains(&b);
            assert!(!uri.is_empty() && uri.bytes().all(safe), "{uri}");
            assert!(!uri.starts_with('/') && uri.split('/').all(|part| part != ".."), "{uri}");
            let base = object["uriBaseId"].as_str().unwrap();
            assert!(run["originalUriBaseIds"][base].get("uri").is_none());
            assert!(run["originalUriBaseIds"][base]["description"]["text"].is_string(), "{base}");
            if let Some(index) = object.get("index").and_then(Value::as_u64) {
                let artifact = &run["artifacts"][index as usize]["location"];
                assert_eq!(
                    (artifact["uri"].as_str(), &artifact["uriBaseId"]),
                    (Some(uri), &object["uriBaseId"])
                );
            }
        }
        if let Some(descriptor) = object.get("descriptor") {
            let index = descriptor["index"].as_u64().unwrap() as usize;
            assert_eq!(driver["notifications"][index]["id"], descriptor["id"]);
        }
    }
}

#[test]
fn services_accept_every_report() {
    let all = Style { show_suppressed: true, ..Style::default() };
    for report in [fixture(), clean()] {
        assert_accepted(&parsed(&report, &Style::default()));
        assert_accepted(&parsed(&report, &all));
    }
    for text in HOSTILE.iter().copied().chain(["", "/etc/../x", "C:\\x", "\\\\host\\share"]) {
        assert_accepted(&parsed(&planted_paths(text), &all));
    }
}

#[test]
fn a_finding_as_a_result() {
    insta::assert_json_snapshot!(parsed(&fixture(), &Style::default())["runs"][0]["results"][1], @r#"
    {
      "kind": "fail",
      "level": "error",
      "locations": [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "aws/cloudtrail/123456789012/us-east-1/00000000-0000-4000-8000-000000000017",
              "kind": "object",
              "name": "00000000-0000-4000-8000-000000000017"
            }
          ],
          "physicalLocation": {
            "artifactLocation": {
              "index": 0,
              "uri": "2024/08/01/trail%20one.json.gz",
              "uriBaseId": "INPUT_0"
            },
            "region": {
              "byteLength": 880,
              "byteOffset": 15311,
              "endColumn": 16192,
              "endLine": 1,
              "snippet": {
                "text": "{\"eventName\":\"CreateAccessKey\",\"sourceIPAddress\":\"198.51.100.4\"}"
              },
              "startColumn": 15312,
              "startLine": 1
            }
          }
        }
      ],
      "message": {
        "text": "An access key was created: aws, account 123456789012, actor AKIDex…00000000001."
      },
      "occurrenceCount": 1,
      "partialFingerprints": {
        "keytrail/v1": "4f3a9c0d11223345",
        "primaryLocationLineHash": "4f3a9c0d11223345:1"
      },
      "properties": {
        "accounts": [
          {
            "account": "123456789012",
            "env": "prod",
            "name": "Production",
            "owner": "platform"
          }
        ],
        "category": "lifecycle",
        "count": 1,
        "failed": 0,
        "first": "2024-08-01T09:00:17Z",
        "gates": true,
        "identities": [
          {
            "account": "123456789012",
            "user": "alice@example.com",
            "user_type": "user"
          }
        ],
        "incident": {
          "findings": 1,
          "id": "4655668725a41c26ad1705c5a9759e44",
          "title": "a key for deploy was created by arn:aws:sts::123456789012:assumed-role/administrator/alice from 198.51.100.4, which no other call of that account ever used"
        },
        "keys": [
          {
            "ak": "AKIDex…00000000001",
            "document": "{\"action\":\"AdministratorAccess\"}",
            "open": [
              "old-key-in-use",
              "two-active-keys"
            ],
            "policies": [
              "ReadOnlyAccess",
              "AdministratorAccess"
            ],
            "policy_count": 7,
            "remark": "deploys the shop",
            "role": null
          }
        ],
        "last": "2024-08-01T17:30:00.25Z",
        "message": "a key for deploy was created by arn:aws:sts::123456789012:assumed-role/administrator/alice from 198.51.100.4, which no other call of that account ever used",
        "ok": 1,
        "pointer": "/Records/17",
        "provider": "aws",
        "role": "gates",
        "rule": "create-access-key",
        "security-severity": "8.0",
        "severity": "high",
        "sources": [
          {
            "asset": "i-0a1b2c3d",
            "asset_name": null,
            "ip_type": "account_noted",
            "locations": [
              "partner gateway"
            ],
            "remark": "partner gateway",
            "source": "198.51.100.4"
          }
        ],
        "subject": {
          "event.account": "123456789012",
          "event.actor": "AKIDex…00000000001"
        },
        "suppressed": 3,
        "uncertain": false
      },
      "rank": 80.0,
      "relatedLocations": [
        {
          "id": 1,
          "message": {
            "text": "The rule create-access-key."
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "rules/detections/create-access-key.yaml",
              "uriBaseId": "KEYTRAIL"
            },
            "region": {
              "startLine": 3
            }
          }
        }
      ],
      "ruleId": "create-access-key",
      "ruleIndex": 0
    }
    "#);
}

#[test]
fn a_rule_as_a_descriptor() {
    let log = parsed(&fixture(), &Style::default());
    insta::assert_json_snapshot!(log["runs"][0]["tool"]["driver"]["rules"][3], @r#"
{
  "defaultConfiguration": {
    "level": "error"
  },
  "fullDescription": {
    "text": "Root key calls a high-risk API. Such calls are rare in normal use."
  },
  "help": {
    "markdown": "Root key calls a high-risk API. Such calls are rare in normal use.\n\n## What to do\n\nDisable the key and move the workload to a role that carries only what it needs; a root key can be neither restricted by policy nor tied to an address.\nThen look at what it did.\n\n## Controls\n\n- cis-aws-1.4\n\n## References\n\n- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
    "text": "Root key calls a high-risk API. Such calls are rare in normal use.\n\nWhat to do\n\nDisable the key and move the workload to a role that carries only what it needs; a root key can be neither restricted by policy nor tied to an address.\nThen look at what it did.\n\nControls\n\ncis-aws-1.4\n\nReferences\n\nhttps://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html"
  },
  "helpUri": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
  "id": "root-key-high-risk-api",
  "name": "RootKeyHighRiskApi",
  "properties": {
    "precision": "high",
    "security-severity": "9.5",
    "tags": [
      "security",
      "external/mitre/attack/T1078.004",
      "abuse",
      "attack.privilege-escalation",
      "cloud",
      "cis-aws-1.4"
    ]
  },
  "shortDescription": {
    "text": "Root key calls a high-risk API"
  }
}
"#);
}

#[test]
fn read_and_unread_inputs_are_reported() {
    let log = parsed(&fixture(), &Style::default());
    let run = &log["runs"][0];
    insta::assert_json_snapshot!(run["artifacts"][0], @r#"
{
  "hashes": {
    "sha-256": "abababababababababababababababababababababababababababababababab"
  },
  "length": 1000,
  "location": {
    "uri": "2024/08/01/trail%20one.json.gz",
    "uriBaseId": "INPUT_0"
  },
  "roles": [
    "analysisTarget"
  ]
}
"#);
    insta::assert_json_snapshot!(run["originalUriBaseIds"], @r#"
{
  "INPUT_0": {
    "description": {
      "text": "The input named `logs`."
    }
  },
  "INPUT_1": {
    "description": {
      "text": "The input named `logs-2`."
    }
  },
  "KEYTRAIL": {
    "description": {
      "text": "The policy that is part of Keytrail 0.1.0."
    }
  },
  "SRCROOT": {
    "description": {
      "text": "The root of the project with its policy."
    }
  }
}
"#);
    let printed = |sort: &str| -> Vec<String> {
        items(&run["invocations"][0][sort])
            .iter()
            .map(|n| {
                let word = |v: &Value| v.as_str().unwrap().to_owned();
                format!(
                    "{} {}: {}",
                    word(&n["level"]),
                    word(&n["descriptor"]["id"]),
                    word(&n["message"]["text"])
                )
            })
            .collect()
    };
    insta::assert_snapshot!(printed("toolExecutionNotifications").join("\n"), @r#"
error skipped-records: 2 records were skipped, more than the 0 that --max-skipped allows.
error rule-error: rule `new-region` failed on 2 records.
warning skipped-record: The record at line 12, byte 4021 was skipped (syntax): expected `,`, but found `\\u{1b}\[2J\\u{1b}\]0;pwned\\u{7}`.
warning skipped-record: The record at line 22, byte 9000 was skipped (truncated): the file ends inside the record.
note ambiguous-time: 3 records of `:\\u{3a}error file=a.rs::pwned` have no zone.
note not-an-input: text that no format claims.
note declined-input: a CloudTrail digest.
"#);
    insta::assert_snapshot!(printed("toolConfigurationNotifications").join("\n"), @"
    warning expired-allowlist-entry: The allowlist entry old-laptop of platform-team ended with 2024-07-31 and covers nothing.
    note expiring-allowlist-entry: The allowlist entry contractor of platform-team ends with 2024-08-12.
    note unused-allowlist-entry: The allowlist entry contractor of platform-team covered nothing in this run.
    note unused-allowlist-entry: The allowlist entry visitor of platform-team covered nothing in this run.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 rule is off: enumeration.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 rule is left out by --only or --disable: old-password.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 setting is changed: fail_on from high to critical.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 severity is changed: create-access-key from high to low.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 parameter is changed: old-key-in-use.days from 90 to 400.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 list is changed: watched_keys +2 -1.
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 table has rows: accounts (3).
    note policy-change: The policy of keytrail.yaml differs from the built-in one: 1 rule is the project's own: mine.
    note not-configured-rule: The rule tool-high-risk-api is not configured: list `automation_agents` is empty.
    ");
}

#[test]
fn covered_findings_only_on_demand() {
    let covered = |style: &Style| -> Vec<Value> {
        items(&parsed(&fixture(), style)["runs"][0]["results"])
            .iter()
            .filter(|result| result.get("suppressions").is_some())
            .cloned()
            .collect()
    };
    assert_eq!(covered(&Style::default()), [Value::Null; 0]);
    let shown = covered(&Style { show_suppressed: true, ..Style::default() });
    assert_eq!(shown.len(), 1);
    insta::assert_json_snapshot!(shown[0]["suppressions"], @r#"
[
  {
    "justification": "CI provisions preview environments",
    "kind": "external",
    "location": {
      "physicalLocation": {
        "artifactLocation": {
          "uri": "policy/allowlists/platform.yaml",
          "uriBaseId": "SRCROOT"
        },
        "region": {
          "startLine": 4
        }
      }
    },
    "properties": {
      "entries": [
        "ci-runner-egress",
        "platform"
      ],
      "entry": "ci-runner-egress"
    },
    "status": "accepted"
  }
]
"#);
    assert_eq!(shown[0]["occurrenceCount"], 4);
}

#[test]
fn the_text_of_a_result_does_not_change_with_the_run() {
    let text = |report: &Report| {
        parsed(report, &Style::default())["runs"][0]["results"][1]["message"]["text"].clone()
    };
    let mut tomorrow = fixture();
    for finding in &mut tomorrow.findings {
        finding.message = "another call".into();
        finding.count += 1;
        finding.ok += 1;
        finding.last = finding.last.map(|time| crate::value::Time(time.0 + 86_400_000_000_000));
    }
    assert_eq!(text(&tomorrow), text(&fixture()));
    tomorrow.findings[1].subject[0].1 = Some("210987654321".into());
    assert_ne!(text(&tomorrow), text(&fixture()));
}

#[test]
fn an_uncertain_finding_is_a_note() {
    // With `--fail-on critical` or `never` a high finding is below the threshold; with
    // `--fail-on-uncertain` it fails the run.
    for (role, uncertain, level) in [
        (VerdictRole::Uncertain, true, "note"),
        (VerdictRole::BelowThreshold, true, "note"),
        (VerdictRole::BelowThreshold, false, "error"),
        (VerdictRole::Gates, true, "error"),
    ] {
        let mut report = fixture();
        report.findings[1].severity = Severity::High;
        report.findings[1].role = role;
        report.findings[1].uncertain = uncertain;
        let log = parsed(&report, &Style::default());
        assert_eq!(log["runs"][0]["results"][1]["level"], level, "{role:?} {uncertain}");
        assert_eq!(log["runs"][0]["results"][0]["level"], "error");
    }
}

#[test]
fn the_invocation_states_the_outcome_of_the_run() {
    let failed = Report { verdict: Verdict::Findings, ..fixture() };
    let lenient = Style { exit_zero: true, ..Style::default() };
    for (report, style, successful, code) in [
        (clean(), &Style::default(), true, 0),
        (failed.clone(), &Style::default(), true, 1),
        (failed, &lenient, true, 0),
        (fixture(), &lenient, false, 3),
    ] {
        let log = parsed(&report, style);
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], successful);
        assert_eq!(invocation["exitCode"], code);
    }
}

#[test]
fn results_beyond_the_limit_are_cut_by_severity_and_counted() {
    let mut report = fixture();
    let one = report.findings.remove(4);
    assert_eq!(one.role, VerdictRole::BelowThreshold);
    report.findings.extend(std::iter::repeat_n(one, 5_000));
    let log = parsed(&report, &Style::default());
    assert_accepted(&log);
    assert_eq!(items(&log["runs"][0]["results"]).len(), 5_000);
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "root-key-high-risk-api");
    let printed = log["runs"][0]["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(
        printed.contains("4 results are left out, because a service takes at most 5000 results"),
        "{printed}"
    );

    let mut report = fixture();
    report.notes = vec![report.notes[0].clone(); 2_000];
    let log = parsed(&report, &Style::default());
    let printed = items(&log["runs"][0]["invocations"][0]["toolExecutionNotifications"]);
    assert_eq!(printed.len(), 1_001);
    assert_eq!(printed[1_000]["message"]["text"], "1006 more; the JSON report has all.");
}
