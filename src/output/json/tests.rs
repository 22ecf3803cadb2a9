#![allow(clippy::unwrap_used)]

use serde_json::Value;

use super::*;
use crate::finding::VerdictRole;
use crate::report::fixture::{LONG_KEY, clean, fixture};

fn parsed(report: &Report) -> Value {
    let mut out = Vec::new();
    (JSON.write)(report, &Style::default(), &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_report_that_is_converted_while_it_is_written_is_the_same() {
    for mut report in [fixture(), clean()] {
        for brief in [false, true] {
            report.findings.iter_mut().for_each(|finding| finding.brief = brief);
            let whole = serde_json::to_value(convert::report(&report)).unwrap();
            assert_eq!(parsed(&report), whole);
        }
    }
}

#[test]
fn a_brief_finding_takes_one_line() {
    let mut report = fixture();
    report.findings[0].brief = true;
    let mut out = Vec::new();
    (JSON.write)(&report, &Style::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let brief: Vec<&str> =
        text.lines().filter(|line| line.contains("\"brief\":true")).map(str::trim).collect();
    assert_eq!(brief.len(), 1);
    let line: Value = serde_json::from_str(brief[0].trim_end_matches(',')).unwrap();
    assert_eq!(line["fingerprint"], report.findings[0].fingerprint.as_str());
}

#[test]
fn reports_follow_their_schema() {
    let schema: Value = serde_json::from_str(&report_schema()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let in_role = |role| {
        let mut report = fixture();
        report.findings.iter_mut().for_each(|finding| finding.role = role);
        report
    };
    for report in
        [fixture(), clean()].into_iter().chain(VerdictRole::ALL.iter().copied().map(in_role))
    {
        let report = parsed(&report);
        let errors: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert_eq!(errors, [""; 0]);
    }
    let mut broken = parsed(&clean());
    broken["verdict"]["outcome"] = "fine".into();
    assert!(!validator.is_valid(&broken));
    broken = parsed(&clean());
    broken["run"]["clock"] = "yesterday".into();
    assert!(!validator.is_valid(&broken));
    broken = parsed(&clean());
    broken.as_object_mut().unwrap().remove("accounting");
    assert!(!validator.is_valid(&broken));
}

#[test]
fn fields_that_programs_decide_by_are_present() {
    let report = parsed(&fixture());
    insta::assert_json_snapshot!(report["verdict"], @r#"
    {
      "below_min_severity": 0,
      "blind_rules": 0,
      "by_severity": {
        "critical": 1,
        "high": 3,
        "info": 0,
        "low": 0,
        "medium": 1
      },
      "complete": false,
      "exit_code": 3,
      "experimental": 1,
      "extended": 0,
      "gating": 3,
      "left_out": [],
      "outcome": "incomplete",
      "suppressed": 1,
      "uncertain": 0,
      "unchanged": 0
    }
    "#);
    insta::assert_json_snapshot!(report["findings"][0]["calls"][0], @r#"
    {
      "account": "123456789012",
      "ak": "AKIAEX…0001",
      "api": "CreateUser",
      "caller_account": null,
      "count": 9,
      "day": "2024-08-01",
      "days": 1,
      "first": "2024-08-01T09:00:17Z",
      "last": "2024-08-01T17:30:00.25Z",
      "location": null,
      "method": "cli",
      "ok": true,
      "samples": [
        {
          "id": "00000000-0000-4000-8000-000000000017",
          "location": {
            "column": 15312,
            "end_column": 16192,
            "end_line": 1,
            "length": 880,
            "line": 1,
            "offset": 15311,
            "path": "2024/08/01/trail one.json.gz",
            "pointer": "/Records/17",
            "root": 0
          },
          "name": "aws/cloudtrail/123456789012/us-east-1/00000000-0000-4000-8000-000000000017",
          "request": "{\"userName\":\"mallory\"}",
          "request_id": null,
          "text": "{\"eventName\":\"CreateUser\",\"sourceIPAddress\":\"203.0.113.7\"}",
          "time": "2024-08-01T09:00:17Z"
        }
      ],
      "service": "iam",
      "source": "203.0.113.7",
      "suppressed": 0,
      "targets": [
        {
          "kind": "user",
          "name": "root ::error file=a.rs::pwned"
        }
      ],
      "user": "root",
      "user_type": "user"
    }
    "#);
    insta::assert_json_snapshot!(report["files"][1], @r#"
{
  "bytes": 1000,
  "compression": null,
  "container": "",
  "decompressed": 0,
  "formats": {},
  "gaps": [],
  "notes": [],
  "path": "LICENSE",
  "reason": "text that no format claims",
  "root": 0,
  "sha256": null,
  "skipped": {},
  "skips": [],
  "status": "not-an-input"
}
"#);
}

#[test]
fn keys_are_unmasked_only_on_demand() {
    let mut report = fixture();
    assert_eq!(parsed(&report)["findings"][1]["calls"][0]["ak"], "AKIDex…00000000001");
    report.facts.show_keys = true;
    assert_eq!(parsed(&report)["findings"][1]["calls"][0]["ak"], LONG_KEY);
}

#[test]
fn covered_findings_are_reported() {
    let report = parsed(&fixture());
    let covered = &report["findings"][5];
    assert_eq!(covered["role"], "suppressed");
    assert_eq!(covered["suppression"]["entry"], "ci-runner-egress");
    assert_eq!(report["verdict"]["suppressed"], 1);
}
