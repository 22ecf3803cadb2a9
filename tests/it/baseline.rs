//! `--baseline`, `--new-only` and `--write-baseline`: known findings do not fail a run.

use serde_json::Value;

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

/// A record of the same call with another user and key.
fn of_bob(number: u32) -> String {
    let bob = record(number, "CreateAccessKey").replace("user/ann", "user/bob");
    let bob = bob.replace("\"userName\":\"ann\"", "\"userName\":\"bob\"");
    bob.replace("AKIAEXAMPLEKEY000001", "AKIAEXAMPLEKEY000002")
}

/// A folder with a rule and a log in which it finds one user.
fn folder(name: &str) -> Folder {
    Folder::new(name)
        .file("rules/create-key.yaml", RULE)
        .file("logs/a.json", record(1, "CreateAccessKey") + "\n")
}

fn scan(folder: &Folder, arguments: &[&str]) -> Ended {
    let scan = ["scan", "--no-builtin", "-r", "rules"];
    folder.keytrail([&scan[..], arguments].concat()).output()
}

/// The message, the state and the role of each finding of a report.
fn findings(folder: &Folder, report: &str) -> Vec<[String; 3]> {
    let report: Value = serde_json::from_str(&folder.read(report)).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|of| [&of["message"], &of["baseline"], &of["role"]].map(text)).collect()
}

fn known(folder: &Folder, baseline: &str) -> usize {
    let baseline: Value = serde_json::from_str(&folder.read(baseline)).unwrap();
    baseline["findings"].as_array().unwrap().len()
}

#[test]
fn the_same_run_passes_and_one_new_event_fails_it() {
    let folder = folder("baseline-report");
    let first = scan(&folder, &["logs", "-f", "json:1.json", "-f", "sarif:1.sarif"]);
    assert_eq!(first.code, Some(1), "{first}");
    for baseline in ["1.json", "1.sarif"] {
        let ended = scan(&folder, &["logs", "--baseline", baseline, "-f", "json:2.json"]);
        assert_eq!(ended.code, Some(0), "{ended}");
        assert_eq!(findings(&folder, "2.json"), [["ann created a key", "unchanged", "unchanged"]]);
    }
    let folder = folder.file("logs/b.json", of_bob(2) + "\n");
    let arguments =
        ["logs", "--baseline", "1.json", "-f", "json:3.json", "-f", "sarif:3.sarif", "-f", "human"];
    let ended = scan(&folder, &arguments);
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.stdout.contains("baseline  1 new, 1 unchanged, 0 absent"), "{ended}");
    let mut states = findings(&folder, "3.json");
    states.sort();
    let expected =
        [["ann created a key", "unchanged", "unchanged"], ["bob created a key", "new", "gates"]];
    assert_eq!(states, expected);
    let sarif: Value = serde_json::from_str(&folder.read("3.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
    let mut states: Vec<&str> = results.map(|of| of["baselineState"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["new", "unchanged"]);
}

#[test]
fn a_moved_log_with_more_calls_of_a_known_finding_passes() {
    let folder = folder("baseline-moved");
    scan(&folder, &["logs", "-f", "json:1.json"]);
    let later = record(3, "CreateAccessKey");
    let folder =
        folder.file("rotated/x.json", format!("{later}\n{}\n", record(1, "CreateAccessKey")));
    let ended = scan(&folder, &["rotated", "--baseline", "1.json"]);
    assert_eq!(ended.code, Some(0), "{ended}");
}

#[test]
fn only_new_findings_are_reported_on_request() {
    let folder = folder("baseline-new-only");
    scan(&folder, &["logs", "-f", "json:1.json"]);
    let folder = folder.file("logs/b.json", of_bob(2) + "\n");
    let arguments = ["logs", "--baseline", "1.json", "--new-only", "-f", "json:2.json"];
    let ended = scan(&folder, &arguments);
    assert_eq!(ended.code, Some(1), "{ended}");
    assert_eq!(findings(&folder, "2.json"), [["bob created a key", "new", "gates"]]);
    let ended = scan(&folder, &["logs", "--new-only"]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("--new-only needs a baseline"), "{ended}");
}

#[test]
fn a_written_baseline_grows_and_a_narrower_run_removes_nothing() {
    let folder = folder("baseline-write").file("logs/b.json", of_bob(2) + "\n");
    let written = scan(&folder, &["logs", "--write-baseline", "base.json"]);
    assert_eq!((written.code, known(&folder, "base.json")), (Some(1), 2), "{written}");
    let all = folder.read("base.json");
    let narrower = ["logs/a.json", "--baseline", "base.json", "--write-baseline", "base.json"];
    let ended = scan(&folder, &[&narrower[..], &["-f", "json:2.json"]].concat());
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_eq!(folder.read("base.json"), all);
    let report: Value = serde_json::from_str(&folder.read("2.json")).unwrap();
    assert_eq!(report["baseline"]["absent"][0]["message"], "bob created a key");
    let only = ["logs", "--baseline", "base.json", "--new-only", "--write-baseline", "other.json"];
    assert_eq!(scan(&folder, &only).code, Some(0));
    assert_eq!(folder.read("other.json"), all);
}

#[test]
fn a_gate_decides_with_a_baseline() {
    let folder = folder("baseline-gate");
    scan(&folder, &["logs", "-f", "json:1.json", "--write-baseline", "base.json"]);
    for (arguments, code) in [
        (&["gate", "1.json"][..], 1),
        (&["gate", "1.json", "--baseline", "base.json"], 0),
        (&["gate", "1.json", "--baseline", "1.json"], 0),
    ] {
        let ended = folder.keytrail(arguments).output();
        assert_eq!(ended.code, Some(code), "{ended}");
    }
    scan(&folder, &["logs", "--baseline", "base.json", "-f", "json:2.json"]);
    assert_eq!(folder.keytrail(["gate", "2.json"]).output().code, Some(0));
}

#[test]
fn a_file_that_is_no_baseline_ends_the_run_and_stays_as_it_is() {
    let folder = folder("baseline-refused")
        .file("other.sarif", r#"{"$schema":"sarif","runs":[{"results":[{"ruleId":"x"}]}]}"#)
        .file("cut.json", "{\"schema\":\"keytrail/baseline/v1\",");
    for (file, message) in [
        ("absent.json", "cannot read the baseline absent.json"),
        ("other.sarif", "the result of `x` has no fingerprint of it"),
        ("cut.json", "cannot read the baseline cut.json"),
        ("rules/create-key.yaml", "expected a JSON report"),
    ] {
        let ended = scan(&folder, &["logs", "--baseline", file]);
        assert_eq!(ended.code, Some(2), "{file}: {ended}");
        assert!(ended.stderr.contains(message), "{file}: {ended}");
    }
    let ended = scan(&folder, &["logs", "--write-baseline", "cut.json"]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert_eq!(folder.read("cut.json"), "{\"schema\":\"keytrail/baseline/v1\",");
    let both = ["logs", "--write-baseline", "x.json", "-f", "json:x.json"];
    let ended = scan(&folder, &both);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("a report and the baseline would both be written"), "{ended}");
}
