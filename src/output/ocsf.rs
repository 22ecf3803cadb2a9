//! Events of the Open Cybersecurity Schema Framework, version 1.5, one on each line.
//!
//! A finding is a Detection Finding (2004), and an incident of several findings an Incident Finding
//! (2005). The last line is a Scan Activity (6007), which says whether the run was complete: a finding
//! has no place for that.

use std::io;

use serde_json::{Map, Value, json};

use super::enrichment_lines::{self, Extent};
use super::inert::write_line;
use super::issue::{cut, shown};
use super::{Output, Style};
use crate::finding::{CallRecord, Calls, Finding, VerdictRole};
use crate::incident::Incident;
use crate::report::{Facts, Report, RuleSummary, Verdict};
use crate::rule::{Confidence, Severity, Technique, technique_id};
use crate::value::{Time, parse_ip};

/// The report as events of OCSF.
pub(super) static OCSF: Output = Output {
    name: "ocsf",
    doc: "OCSF 1.5 events, one on each line: a Detection Finding for each finding, an Incident Finding for \
          each incident, and a Scan Activity for the run.",
    extension: "ndjson",
    records: false,
    write,
};

/// The version of the schema.
const VERSION: &str = "1.5.0";

/// The maximum length of a text, in characters.
const LIMIT: usize = 1_000;

/// The maximum length of a name, in characters.
const NAME: usize = 200;

/// What a finding shows of accounts, identities, sources and keys.
const EXTENT: Extent = Extent { items: 10, document: 1_000 };

/// Rows of evidence of a finding.
const EVIDENCE: usize = 20;

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in shown(report, style) {
        if let Some(rule) = report.rule_of(finding) {
            write_line(&present(detection(report, rule, finding)), out)?;
        }
    }
    for incident in report.joined_incidents() {
        write_line(&present(of_incident(report, incident)), out)?;
    }
    write_line(&present(scan(report)), out)
}

/// The attributes that every event has. `uid` identifies the event.
fn base(facts: &Facts, class: (u64, &str), activity: (u64, &str), uid: Option<&str>) -> Value {
    let ((class_uid, class_name), (activity_id, activity_name)) = (class, activity);
    json!({
        "category_uid": class_uid / 1_000,
        "class_uid": class_uid,
        "class_name": class_name,
        "activity_id": activity_id,
        "activity_name": activity_name,
        "type_uid": class_uid * 100 + activity_id,
        "type_name": format!("{class_name}: {activity_name}"),
        "metadata": {
            "version": VERSION,
            "uid": uid,
            "product": { "name": "Keytrail", "vendor_name": "Keytrail", "version": facts.version },
        },
    })
}

/// The second object on top of the first.
fn with(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Object(mut first), Value::Object(second)) => {
            first.extend(second);
            Value::Object(first)
        }
        (_, second) => second,
    }
}

fn detection(report: &Report, rule: &RuleSummary, finding: &Finding) -> Value {
    let facts = &report.facts;
    let covered = finding.role == VerdictRole::Suppressed;
    let (status_id, status) = match finding.role {
        VerdictRole::Suppressed | VerdictRole::Ignored => (3, "Suppressed"),
        VerdictRole::Processed => (4, "Resolved"),
        _ => (1, "New"),
    };
    let (confidence_id, confidence) = match rule.confidence {
        _ if finding.uncertain => (1, "Low"),
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    };
    let count = if covered { finding.suppressed } else { finding.count };
    let subject: Map<String, Value> = finding
        .subject
        .iter()
        .map(|(by, value)| (by.clone(), maybe(facts, value.as_ref())))
        .collect();
    let beyond = finding.calls.len().saturating_sub(EVIDENCE) as u64;
    let left_out = beyond + finding.others.as_ref().map_or(0, |others| others.rows);
    let place = &finding.sample.location;
    let file = report.shown_path(place.root, &place.path);
    let event = json!({
        "time": milliseconds(finding.last.unwrap_or(facts.clock)),
        "start_time": finding.first.map(milliseconds),
        "end_time": finding.last.map(milliseconds),
        "message": text(facts, &finding.message, LIMIT),
        "status_id": status_id,
        "status": status,
        "confidence_id": confidence_id,
        "confidence": confidence,
        "is_alert": finding.role == VerdictRole::Gates,
        "count": count.max(1),
        "finding_info": with(
            info(report, rule, finding),
            json!({
                "desc": text(facts, &rule.description, LIMIT),
                "types": [rule.category.name()],
                "first_seen_time": finding.first.map(milliseconds),
                "last_seen_time": finding.last.map(milliseconds),
                "attacks": attacks(rule),
                "analytic": {
                    "uid": rule.id,
                    "name": text(facts, &rule.title, NAME),
                    "type_id": 1,
                    "type": "Rule",
                },
            }),
        ),
        "remediation": { "desc": text(facts, &rule.remediation, LIMIT) },
        "cloud": cloud(facts, finding),
        "evidences": finding.calls.iter().take(EVIDENCE).map(|of| evidence(facts, of)).collect::<Value>(),
        "unmapped": {
            "role": finding.role.name(),
            "uncertain": finding.uncertain,
            "incident": finding.incident,
            "baseline": finding.baseline.map(|state| state.name()),
            "subject": subject,
            "about": enrichment_lines::texts(facts, finding, EXTENT),
            "evidences_left_out": (left_out > 0).then_some(left_out),
            "record": format!("{}:{}", text(facts, &file, NAME), place.line),
            "triage": finding.triage.as_ref().map(|of| json!({
                "state": of.state.name(),
                "effect": of.effect.name(),
                "reason": text(facts, &of.reason, NAME),
                "by": text(facts, &of.by, NAME),
                "time": of.time.to_string(),
                "expires": of.expires,
            })),
            "suppressed_by": finding.suppression.as_ref().map(|of| of.entry.as_str()),
        },
    });
    let uid = Some(finding.fingerprint.as_str());
    let base = base(facts, (2_004, "Detection Finding"), (1, "Create"), uid);
    with(with(base, severity(finding.severity)), event)
}

/// What identifies a finding.
fn info(report: &Report, rule: &RuleSummary, finding: &Finding) -> Value {
    json!({ "uid": finding.fingerprint, "title": text(&report.facts, &rule.title, NAME) })
}

/// The techniques that the rule names.
fn attacks(rule: &RuleSummary) -> Value {
    let ids = rule.tags.iter().filter_map(|tag| technique_id(tag));
    let techniques = ids.filter_map(|id| Technique::find(&id));
    techniques
        .map(|of| {
            let (technique, sub) =
                of.id.split_once('.').map_or((of.id, None), |(id, _)| (id, Some(of.id)));
            let (name, sub_name) = of.name.split_once(": ").unwrap_or((of.name, of.name));
            json!({
                "tactic": { "name": of.tactic.name() },
                "technique": { "uid": technique, "name": name },
                "sub_technique": sub.map(|uid| json!({ "uid": uid, "name": sub_name })),
            })
        })
        .collect()
}

fn cloud(facts: &Facts, finding: &Finding) -> Value {
    let account = finding.calls.iter().find_map(|of| of.call.account.as_ref());
    json!({
        "provider": text(facts, &finding.provider, NAME),
        "account": account.map(|uid| self::account(facts, &finding.provider, uid)),
    })
}

fn account(facts: &Facts, provider: &str, uid: &str) -> Value {
    let uid = text(facts, uid, NAME);
    match provider {
        "aws" => json!({ "uid": uid, "name": uid, "type_id": 10, "type": "AWS Account" }),
        _ => json!({ "uid": uid, "name": uid, "type_id": 99, "type": "Cloud Account" }),
    }
}

/// A row of evidence.
fn evidence(facts: &Facts, of: &Calls) -> Value {
    let CallRecord { ak, source, method, user, user_type, account, .. } = &of.call;
    let service = of.call.service.as_ref();
    let endpoint = source.as_ref().map(|source| match parse_ip(source) {
        Some(ip) => json!({ "ip": ip.to_string() }),
        None => json!({ "svc_name": text(facts, source, NAME) }),
    });
    json!({
        "api": {
            "operation": of.call.api.as_ref().map_or_else(|| "-".to_owned(), |api| text(facts, api, NAME)),
            "service": service.map(|name| json!({ "name": text(facts, name, NAME) })),
        },
        "actor": {
            "user": {
                "name": maybe(facts, user.as_ref()),
                "type": maybe(facts, user_type.as_ref()),
                "credential_uid": ak.as_ref().map(|ak| shorten(&facts.key(ak), NAME)),
                "account": account.as_ref().map(|uid| json!({ "uid": text(facts, uid, NAME) })),
            },
        },
        "src_endpoint": endpoint,
        "data": {
            "count": of.count,
            "suppressed": of.suppressed,
            "method": maybe(facts, method.as_ref()),
            "ok": of.call.ok,
            "first": of.first.map(|time| time.to_string()),
            "last": of.last.map(|time| time.to_string()),
        },
    })
}

fn of_incident(report: &Report, incident: &Incident) -> Value {
    let facts = &report.facts;
    let findings = incident.findings.iter().filter_map(|index| report.findings.get(*index));
    let list = findings.filter_map(|of| Some(info(report, report.rule_of(of)?, of)));
    let tactics = incident.tactics.iter().map(|of| json!({ "tactic": { "name": of.name() } }));
    let actions = incident.actions.iter().map(|of| text(facts, &of.text, LIMIT));
    let event = json!({
        "time": milliseconds(incident.last.unwrap_or(facts.clock)),
        "start_time": incident.first.map(milliseconds),
        "end_time": incident.last.map(milliseconds),
        "message": text(facts, &incident.title, LIMIT),
        "desc": text(facts, &incident.title, LIMIT),
        "status_id": 1,
        "status": "New",
        "finding_info_list": list.collect::<Value>(),
        "attacks": tactics.collect::<Value>(),
        "unmapped": { "actions": actions.collect::<Vec<_>>(), "rank": incident.rank },
    });
    let base = base(facts, (2_005, "Incident Finding"), (1, "Create"), Some(&incident.id));
    with(with(base, severity(incident.severity)), event)
}

/// The run.
fn scan(report: &Report) -> Value {
    let facts = &report.facts;
    let complete = report.verdict != Verdict::Incomplete;
    let (status_id, status) = if complete { (1, "Success") } else { (2, "Failure") };
    let activity = if complete { (2, "Completed") } else { (6, "Error") };
    let reasons: Vec<String> =
        report.incomplete.iter().map(|note| text(facts, &note.text, LIMIT)).collect();
    let event = json!({
        "time": milliseconds(facts.clock),
        "message": format!("Keytrail: {}", report.verdict.name()),
        "status_id": status_id,
        "status": status,
        "status_detail": (!complete).then(|| reasons.join("; ")),
        "scan": { "name": "keytrail scan", "type_id": 0, "type": "Unknown" },
        "num_files": report.accounting.files_read,
        "num_detections": report.findings.len(),
        "unmapped": {
            "verdict": report.verdict.name(),
            "exit_code": report.exit_code(),
            "policy": facts.policy,
            "records_read": report.accounting.read,
            "records_evaluated": report.accounting.evaluated,
            "records_skipped": report.accounting.skipped,
        },
    });
    let base = base(facts, (6_007, "Scan Activity"), activity, None);
    with(with(base, severity(Severity::Info)), event)
}

fn severity(of: Severity) -> Value {
    let (id, name) = match of {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    };
    json!({ "severity_id": id, "severity": name })
}

/// The value without members that are null.
fn present(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            members.map(|(key, value)| (key, present(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(present).collect(),
        other => other,
    }
}

fn milliseconds(time: Time) -> i64 {
    time.0.div_euclid(1_000)
}

fn maybe(facts: &Facts, value: Option<&String>) -> Value {
    value.map_or(Value::Null, |value| text(facts, value, NAME).into())
}

/// A text of at most `limit` characters. The writer of JSON escapes what is hostile in it.
fn text(facts: &Facts, raw: &str, limit: usize) -> String {
    shorten(&facts.text(raw), limit)
}

fn shorten(text: &str, limit: usize) -> String {
    cut(text, limit).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::fixture::{clean, fixture};

    fn events(report: &Report) -> Vec<Value> {
        let mut out = Vec::new();
        write(report, &Style { show_suppressed: true, ..Style::default() }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What the schema requires of the classes that are written.
    #[test]
    fn events_have_the_attributes_that_their_class_requires() {
        let required = |class: u64| -> &[&str] {
            match class {
                2_004 => &["/finding_info/title", "/finding_info/uid", "/cloud/provider"],
                2_005 => &["/finding_info_list/0/title", "/finding_info_list/1/uid", "/status_id"],
                _ => &["/scan/type_id", "/status_id"],
            }
        };
        for report in [fixture(), clean()] {
            let events = events(&report);
            let incidents = report.joined_incidents().count();
            assert_eq!(events.len(), report.findings.len() + incidents + 1);
            for event in &events {
                let number =
                    |key: &str| event[key].as_u64().unwrap_or_else(|| panic!("{key} {event}"));
                let class = number("class_uid");
                assert_eq!(number("category_uid"), class / 1_000);
                assert_eq!(number("type_uid"), class * 100 + number("activity_id"));
                assert!((1..=5).contains(&number("severity_id")));
                assert!(number("time") > 1_000_000_000_000, "{event}");
                assert_eq!(event["metadata"]["version"], VERSION);
                for path in required(class) {
                    assert!(event.pointer(path).is_some(), "{path} {event}");
                }
            }
        }
    }

    #[test]
    fn the_last_event_says_whether_the_run_was_complete() {
        for (report, status, activity) in [(fixture(), 2, 6), (clean(), 1, 2)] {
            let events = events(&report);
            let last = events.last().unwrap();
            assert_eq!(
                (&last["status_id"], &last["activity_id"]),
                (&json!(status), &json!(activity))
            );
            assert_eq!(last["status_detail"].is_string(), !report.incomplete.is_empty());
        }
    }

    #[test]
    fn rows_of_evidence_beyond_a_limit_are_counted() {
        let mut report = fixture();
        let row = report.findings[0].calls[0].clone();
        report.findings[0].calls = vec![row; EVIDENCE + 3];
        let events = events(&report);
        assert_eq!(events[0]["evidences"].as_array().unwrap().len(), EVIDENCE);
        assert_eq!(events[0]["unmapped"]["evidences_left_out"], 3);
        // This finding leaves out 12 rows itself.
        assert_eq!(events[1]["unmapped"]["evidences_left_out"], 12);
        assert_eq!(events[2]["unmapped"]["evidences_left_out"], Value::Null);
    }

    #[test]
    fn a_finding_as_an_event() {
        let mut report = fixture();
        report.findings[0].calls.truncate(1);
        insta::assert_json_snapshot!(events(&report)[0], @r#"
        {
          "activity_id": 1,
          "activity_name": "Create",
          "category_uid": 2,
          "class_name": "Detection Finding",
          "class_uid": 2004,
          "cloud": {
            "account": {
              "name": "123456789012",
              "type": "AWS Account",
              "type_id": 10,
              "uid": "123456789012"
            },
            "provider": "aws"
          },
          "confidence": "High",
          "confidence_id": 3,
          "count": 1215,
          "end_time": 1722619800250,
          "evidences": [
            {
              "actor": {
                "user": {
                  "account": {
                    "uid": "123456789012"
                  },
                  "credential_uid": "AKIAEX…0001",
                  "name": "root",
                  "type": "user"
                }
              },
              "api": {
                "operation": "CreateUser",
                "service": {
                  "name": "iam"
                }
              },
              "data": {
                "count": 9,
                "first": "2024-08-01T09:00:17Z",
                "last": "2024-08-01T17:30:00.25Z",
                "method": "cli",
                "ok": true,
                "suppressed": 0
              },
              "src_endpoint": {
                "ip": "203.0.113.7"
              }
            }
          ],
          "finding_info": {
            "analytic": {
              "name": "Root key calls a high-risk API",
              "type": "Rule",
              "type_id": 1,
              "uid": "root-key-high-risk-api"
            },
            "attacks": [
              {
                "sub_technique": {
                  "name": "Cloud Accounts",
                  "uid": "T1078.004"
                },
                "tactic": {
                  "name": "initial access"
                },
                "technique": {
                  "name": "Valid Accounts",
                  "uid": "T1078"
                }
              }
            ],
            "desc": "Root key calls a high-risk API. Such calls are rare in normal use.\n",
            "first_seen_time": 1722502817000,
            "last_seen_time": 1722619800250,
            "title": "Root key calls a high-risk API",
            "types": [
              "abuse"
            ],
            "uid": "4f3a9c0d11229018"
          },
          "is_alert": true,
          "message": "root key AKIAEX…0001 called iam.CreateUser from 203.0.113.7",
          "metadata": {
            "product": {
              "name": "Keytrail",
              "vendor_name": "Keytrail",
              "version": "0.1.0"
            },
            "uid": "4f3a9c0d11229018",
            "version": "1.5.0"
          },
          "remediation": {
            "desc": "Disable the key and move the workload to a role that carries only what it needs; a root key can be neither restricted by policy nor tied to an address.\nThen look at what it did.\n"
          },
          "severity": "Critical",
          "severity_id": 5,
          "start_time": 1722502817000,
          "status": "New",
          "status_id": 1,
          "time": 1722619800250,
          "type_name": "Detection Finding: Create",
          "type_uid": 200401,
          "unmapped": {
            "about": [],
            "incident": "6f403ce52b47bca5dd01f895dc69ce40",
            "record": "logs/2024/08/01/trail one.json.gz:1",
            "role": "gates",
            "subject": {
              "event.account": "123456789012",
              "event.actor": "AKIAEX…0001"
            },
            "uncertain": false
          }
        }
        "#);
    }
}
