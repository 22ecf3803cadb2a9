//! Rules that need a kind of input that a run does not have.

use serde_json::Value;

use crate::project::record;
use crate::run::{Ended, Folder};

const REPORT: &str = "user,arn,user_creation_time,password_enabled,mfa_active,\
                      access_key_1_active,access_key_1_last_rotated\n\
                      ann,arn:aws:iam::123456789012:user/ann,2025-01-01T00:00:00+00:00,true,true,\
                      true,2025-01-01T00:00:00+00:00\n";

/// A report of another provider, which cannot be joined with the log.
const ALIBABA: &str = include_str!("../data/credentials/alibaba.csv");

fn rule(id: &str, on: &str, when: &str) -> String {
    format!(
        "rule:\n  id: {id}\n  title: t\n  category: posture\n  severity: low\n  on: {on}\n  \
         description: d\n  remediation: r\n  when: |\n    {when}\n"
    )
}

/// A log, a report, a rule over each of them, and one over both.
fn folder(name: &str, project: &str) -> Folder {
    Folder::new(name)
        .file("keytrail.yaml", project)
        .file("log.json", record(1, "ListUsers"))
        .file("report.csv", REPORT)
        .file("rules/of-log.yaml", rule("of-log", "event", "event.api == \"Nope\""))
        .file("rules/of-report.yaml", rule("of-report", "key", "key.active == false"))
        .file("rules/of-both.yaml", rule("of-both", "event", "event.key.active == false"))
}

fn scan(folder: &Folder, arguments: &[&str]) -> Ended {
    let base = ["scan", "--no-builtin", "-r", "rules", "-f", "json"];
    folder.keytrail(base.iter().chain(arguments)).output()
}

/// The rules that are not configured with their reasons, the ids and texts of the notes, and the
/// reasons why the run is incomplete.
fn rules_and_notes(ended: &Ended) -> (Vec<String>, Vec<String>, Vec<String>) {
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rules = report["rules"].as_array().unwrap().iter();
    let unconfigured = rules
        .filter(|rule| !rule["not_configured"].is_null())
        .map(|rule| format!("{}: {}", text(&rule["id"]), text(&rule["not_configured"])));
    let notes = |key: &str| {
        let notes = report[key].as_array().unwrap().iter();
        notes.map(|note| format!("{}: {}", text(&note["id"]), text(&note["text"]))).collect()
    };
    (unconfigured.collect(), notes("notes"), notes("incomplete"))
}

#[test]
fn a_run_over_logs_alone_passes_strict() {
    let folder = folder("expect-log-only", "{}");
    let ended = scan(&folder, &["log.json", "--strict"]);
    let (unconfigured, notes, incomplete) = rules_and_notes(&ended);
    assert_eq!(ended.code, Some(0), "{ended}");
    let none = "no input is a credential report";
    assert_eq!(unconfigured, [format!("of-both: {none}"), format!("of-report: {none}")]);
    assert_eq!((notes, incomplete), (Vec::new(), Vec::new()));
    // The whole built-in pack, too.
    let ended = folder.keytrail(["scan", "log.json", "--strict", "-v"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let line = "not configured: ageing-key-in-use, console-user-without-mfa-device,";
    assert!(ended.stdout.contains(line), "{ended}");
    assert!(!ended.stdout.contains("blind"), "{ended}");
}

#[test]
fn a_run_over_reports_alone_passes_strict() {
    let folder = folder("expect-report-only", "{}");
    let ended = scan(&folder, &["report.csv", "--strict"]);
    let (unconfigured, notes, incomplete) = rules_and_notes(&ended);
    assert_eq!(ended.code, Some(0), "{ended}");
    let none = "no input is an audit log";
    assert_eq!(unconfigured, [format!("of-both: {none}"), format!("of-log: {none}")]);
    assert_eq!((notes, incomplete), (Vec::new(), Vec::new()));
}

#[test]
fn a_missing_expected_input_makes_its_rules_blind_and_the_run_incomplete() {
    let meaning = "so the absence of findings does not mean that there are none";
    for (name, expect, input, blind, missing) in [
        (
            "report",
            "credential-report",
            "log.json",
            vec![
                format!(
                    "blind-rule: blind, because no input is a credential report, {meaning}: of-report"
                ),
                format!(
                    "blind-rule: rule of-both is blind on cloudtrail, which does not carry \
                     key.active, {meaning}"
                ),
            ],
            "a credential report",
        ),
        (
            "log",
            "audit-log",
            "report.csv",
            vec![format!(
                "blind-rule: blind, because no input is an audit log, {meaning}: of-both, of-log"
            )],
            "an audit log",
        ),
    ] {
        let folder = folder(&format!("expect-missing-{name}"), &format!("expect: [{expect}]\n"));
        let ended = scan(&folder, &[input]);
        let (unconfigured, notes, incomplete) = rules_and_notes(&ended);
        assert_eq!(ended.code, Some(3), "{ended}");
        assert_eq!(unconfigured, [""; 0]);
        assert_eq!(notes, blind);
        assert_eq!(
            incomplete,
            [format!(
                "expected-input: the project expects {missing} (`expect` in the project file), but \
                 no record of such an input was read"
            )]
        );
        let (_, _, strict) = rules_and_notes(&scan(&folder, &[input, "--strict"]));
        assert_eq!(strict.len(), 2, "{strict:?}");
        assert!(strict[0].starts_with("blind-rules: --strict is set, and 2 rules"), "{strict:?}");
    }
}

#[test]
fn a_present_expected_input_changes_nothing() {
    let folder = folder("expect-given", "expect: [audit-log, credential-report]\n");
    let ended = scan(&folder, &["log.json", "report.csv"]);
    let (unconfigured, _, incomplete) = rules_and_notes(&ended);
    assert_eq!((unconfigured, incomplete), (Vec::new(), Vec::new()));
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let expected = serde_json::json!(["audit-log", "credential-report"]);
    assert_eq!(report["run"]["expected"], expected);
}

/// A report of one provider contains nothing about the callers of another.
#[test]
fn a_report_of_another_provider_does_not_help() {
    let folder = folder("expect-provider", "{}").file("alibaba.csv", ALIBABA);
    let ended = scan(&folder, &["log.json", "alibaba.csv", "--strict"]);
    let (unconfigured, _, _) = rules_and_notes(&ended);
    let reason = "of-both: no input is a credential report of the same provider";
    assert!(unconfigured.iter().any(|of| of == reason), "{ended}");
}

#[test]
fn an_unknown_kind_of_input_is_an_error() {
    let folder = folder("expect-unknown", "expect: [credential-reports]\n");
    let ended = scan(&folder, &["log.json"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("keytrail.yaml:1:10"), "{ended}");
    assert!(ended.stderr.contains("did you mean `credential-report`?"), "{ended}");
}
