//! `keytrail triage` and what its decisions do to runs.

use serde_json::Value;

use crate::diff::project::git;
use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

const NOW: &str = "2026-04-01T00:00:00Z";

/// A folder with a rule, a log in which it finds one user, and a project that names a triage file.
fn folder(name: &str) -> Folder {
    Folder::new(name)
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\ntriage: triage.yaml\n")
        .file("triage.yaml", "triage: []\n")
        .file("rules/create-key.yaml", RULE)
        .file("logs/a.json", record(1, "CreateAccessKey") + "\n")
}

fn scan(folder: &Folder) -> Ended {
    folder
        .keytrail(["scan", "logs", "--now", NOW, "-f", "json:report.json", "-f", "human"])
        .output()
}

fn triage(folder: &Folder, arguments: &[&str]) -> Ended {
    folder.keytrail([&["triage"], arguments].concat()).output()
}

/// Sets the finding of the last report.
fn set(folder: &Folder, state: &str, more: &[&str]) {
    let fingerprint = finding(folder)["fingerprint"].as_str().unwrap().to_owned();
    let base = ["set", state, &fingerprint[..8], "--report", "report.json", "--by", "ann"];
    let reason: &[&str] = if state == "unprocessed" { &[] } else { &["--reason", "it was us"] };
    let ended = triage(folder, &[&base, reason, &["--now", "2026-03-02T00:00:00Z"], more].concat());
    assert_eq!(ended.code, Some(0), "{ended}");
}

fn report(folder: &Folder) -> Value {
    serde_json::from_str(&folder.read("report.json")).unwrap()
}

fn finding(folder: &Folder) -> Value {
    let report = report(folder);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    report["findings"][0].clone()
}

#[test]
fn an_ignored_finding_is_listed_and_comes_back_when_its_entry_is_pruned() {
    let folder = folder("triage-ignored");
    assert_eq!(scan(&folder).code, Some(1));
    set(&folder, "ignored", &[]);
    // A later call changes nothing.
    let folder = folder.file(
        "logs/b.json",
        record(2, "CreateAccessKey").replace("2026-03-01", "2026-03-20") + "\n",
    );
    let ended = scan(&folder);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.contains("ann created a key"), "{ended}");
    assert!(ended.stdout.contains("= triage: ignored by ann at 2026-03-02"), "{ended}");
    assert!(ended.stdout.contains("0 gate, 1 ignored"), "{ended}");
    let of = finding(&folder);
    assert_eq!((&of["role"], &of["triage"]["effect"]), (&"ignored".into(), &"in-force".into()));
    let listed = triage(&folder, &["list", "--report", "report.json"]);
    assert!(listed.stdout.contains("ignored  in-force  create-key  ann"), "{listed}");
    let fingerprint = of["fingerprint"].as_str().unwrap();
    let pruned = triage(&folder, &["prune", fingerprint]);
    assert!(pruned.stdout.contains("removed 1 entry from triage.yaml"), "{pruned}");
    assert_eq!(folder.read("triage.yaml"), "triage: []\n");
    let ended = scan(&folder);
    assert_eq!((ended.code, &finding(&folder)["role"]), (Some(1), &"gates".into()), "{ended}");
}

#[test]
fn a_processed_finding_comes_back_on_a_later_call_and_not_on_the_same_log() {
    let folder = folder("triage-processed");
    scan(&folder);
    set(&folder, "processed", &[]);
    let ended = scan(&folder);
    assert_eq!((ended.code, &finding(&folder)["role"]), (Some(0), &"processed".into()), "{ended}");
    let folder = folder.file(
        "logs/b.json",
        record(2, "CreateAccessKey").replace("2026-03-01", "2026-03-20") + "\n",
    );
    let ended = scan(&folder);
    assert_eq!(ended.code, Some(1), "{ended}");
    let of = finding(&folder);
    assert_eq!((&of["role"], &of["triage"]["effect"]), (&"gates".into(), &"reopened".into()));
    assert!(ended.stdout.contains("has a match later than its decision"), "{ended}");
}

#[test]
fn a_decision_ends_after_its_last_day_and_is_named() {
    let folder = folder("triage-expired");
    scan(&folder);
    set(&folder, "ignored", &["--expires", "2026-03-31"]);
    let ended = scan(&folder);
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.stdout.contains("a triage decision has expired"), "{ended}");
    let check = folder.keytrail(["check", "--now", NOW]).output();
    assert!(check.stderr.contains("expired after 2026-03-31 and has no effect"), "{check}");
    let day_before = folder.keytrail(["scan", "logs", "--now", "2026-03-31T23:59:59Z"]).output();
    assert_eq!(day_before.code, Some(0), "{day_before}");
    let dry = triage(&folder, &["prune", "--now", NOW, "--dry-run"]);
    assert!(dry.stdout.contains("1 entry of triage.yaml would be removed"), "{dry}");
    let pruned = triage(&folder, &["prune", "--now", NOW]);
    assert!(pruned.stdout.contains("removed 1 entry"), "{pruned}");
}

#[test]
fn entries_about_no_finding_and_unknown_rules_are_named() {
    let folder = folder("triage-unused");
    let id = "0".repeat(32);
    let ended = triage(&folder, &["set", "ignored", &id, "--reason", "r", "--by", "bob"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    let text = folder.read("triage.yaml");
    assert!(text.contains(&format!("fingerprint: \"{id}\"")), "{text}");
    let folder =
        folder.file("triage.yaml", text.replace("    state:", "    rule: create-keys\n    state:"));
    let ended = scan(&folder);
    assert!(ended.stdout.contains("a triage decision is about no finding of this run"), "{ended}");
    let check = folder.keytrail(["check"]).output();
    assert!(check.stderr.contains("is about the rule `create-keys`"), "{check}");
    assert!(check.stderr.contains("did you mean `create-key`?"), "{check}");
    let pruned = triage(&folder, &["prune", "--report", "report.json"]);
    assert!(pruned.stdout.contains("removed 1 entry"), "{pruned}");
}

#[test]
fn a_mistake_in_the_file_stops_a_run() {
    for (name, text, expected) in [
        ("key", "triage:\n  - fingrprint: x\n", "did you mean `fingerprint`?"),
        ("kind", "triages: []\n", "did you mean `triage`?"),
    ] {
        let folder = folder(&format!("triage-mistake-{name}")).file("triage.yaml", text);
        for ended in [scan(&folder), folder.keytrail(["check"]).output()] {
            assert_eq!(ended.code, Some(2), "{ended}");
            assert!(ended.stderr.contains(expected), "{ended}");
        }
        let id = "a".repeat(32);
        let ended = triage(&folder, &["set", "ignored", &id, "--reason", "r", "--by", "b"]);
        assert_eq!((ended.code, folder.read("triage.yaml").as_str()), (Some(2), text), "{ended}");
    }
    let folder = folder("triage-missing");
    std::fs::remove_file(folder.path("triage.yaml")).unwrap();
    let ended = scan(&folder);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("triage.yaml"), "{ended}");
}

#[test]
fn an_incident_is_set_as_one() {
    let other = RULE
        .replace("create-key", "delete-key")
        .replace("CreateAccessKey", "DeleteAccessKey")
        .replace("created a key", "deleted a key");
    let folder = folder("triage-incident")
        .file("rules/delete-key.yaml", other)
        .file("logs/b.json", record(2, "DeleteAccessKey") + "\n");
    let ended = scan(&folder);
    assert_eq!(ended.code, Some(1), "{ended}");
    let before = report(&folder);
    let incidents = before["incidents"].as_array().unwrap();
    assert_eq!((incidents.len(), incidents[0]["findings"].as_array().unwrap().len()), (1, 2));
    let id = incidents[0]["id"].as_str().unwrap();
    let set = triage(
        &folder,
        &["set", "processed", &id[..10], "--report", "report.json", "--reason", "x", "--by", "ann"],
    );
    assert!(set.stdout.contains("2 findings set to processed"), "{set}");
    assert_eq!(folder.read("triage.yaml").matches(&format!("incident: \"{id}\"")).count(), 2);
    let ended = scan(&folder);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.contains("2 processed"), "{ended}");
}

#[test]
fn two_branches_that_add_decisions_merge() {
    let folder = folder("triage-merge");
    let run = |arguments: &[&str]| git(&folder.path(""), arguments);
    let add = |digit: &str| {
        let id = digit.repeat(32);
        let ended = triage(&folder, &["set", "ignored", &id, "--reason", "r", "--by", "ann"]);
        assert_eq!(ended.code, Some(0), "{ended}");
    };
    run(&["init", "--quiet", "--initial-branch", "main"]);
    add("5");
    add("b");
    run(&["add", "."]);
    run(&["commit", "--quiet", "-m", "base"]);
    run(&["checkout", "--quiet", "-b", "other"]);
    add("8");
    run(&["commit", "--quiet", "-am", "other"]);
    run(&["checkout", "--quiet", "main"]);
    add("2");
    add("c");
    run(&["commit", "--quiet", "-am", "own"]);
    run(&["merge", "--quiet", "other", "-m", "both"]);
    let text = folder.read("triage.yaml");
    let ids: Vec<&str> =
        text.lines().filter_map(|line| line.split("fingerprint: ").nth(1)).collect();
    let first: Vec<char> =
        ids.iter().filter_map(|id| id.trim_matches('"').chars().next()).collect();
    assert_eq!(first, ['2', '5', '8', 'b', 'c'], "{text}");
    assert_eq!(folder.keytrail(["check"]).output().code, Some(0));
}

#[test]
fn the_decisions_of_the_base_count_with_policy_from() {
    let folder = folder("triage-policy-from");
    let run = |arguments: &[&str]| git(&folder.path(""), arguments);
    run(&["init", "--quiet", "--initial-branch", "main"]);
    run(&["add", "keytrail.yaml", "triage.yaml", "rules"]);
    run(&["commit", "--quiet", "-m", "base"]);
    scan(&folder);
    set(&folder, "ignored", &[]);
    assert_eq!(scan(&folder).code, Some(0));
    let ended = folder.keytrail(["scan", "logs", "--now", NOW, "--policy-from", "main"]).output();
    assert_eq!(ended.code, Some(1), "{ended}");
}

#[test]
fn a_report_is_decided_again_with_a_triage_file() {
    let folder = folder("triage-gate");
    scan(&folder);
    let open = report(&folder);
    set(&folder, "ignored", &[]);
    let gate = folder.keytrail(["gate", "report.json", "--triage", "triage.yaml"]).output();
    assert_eq!(gate.code, Some(0), "{gate}");
    scan(&folder);
    let gate = folder.keytrail(["gate", "report.json"]).output();
    assert_eq!(gate.code, Some(0), "{gate}");
    let folder = folder.file("none.yaml", "triage: []\n");
    let gate = folder.keytrail(["gate", "report.json", "--triage", "none.yaml"]).output();
    assert_eq!(gate.code, Some(1), "{gate}");
    assert_eq!(open["findings"][0]["role"], "gates");
    let gate = folder.keytrail(["gate", "report.json", "--triage", "missing.yaml"]).output();
    assert_eq!(gate.code, Some(2), "{gate}");
}

#[test]
fn a_new_decision_weakens_the_policy_and_its_end_does_not() {
    let folder = folder("triage-diff");
    let run = |arguments: &[&str]| git(&folder.path(""), arguments);
    run(&["init", "--quiet", "--initial-branch", "main"]);
    run(&["add", "keytrail.yaml", "triage.yaml", "rules"]);
    run(&["commit", "--quiet", "-m", "base"]);
    scan(&folder);
    set(&folder, "processed", &[]);
    let diff = folder.keytrail(["diff", "--base", "main", "--fail-on", "weakened"]).output();
    assert_eq!(diff.code, Some(1), "{diff}");
    assert!(diff.stdout.contains("is now processed, by ann: it was us"), "{diff}");
    run(&["commit", "--quiet", "-am", "decide"]);
    set(&folder, "ignored", &[]);
    let diff = folder.keytrail(["diff", "--base", "main", "--fail-on", "weakened"]).output();
    assert_eq!(diff.code, Some(1), "{diff}");
    set(&folder, "unprocessed", &[]);
    let diff = folder.keytrail(["diff", "--base", "main", "--fail-on", "weakened"]).output();
    assert_eq!(diff.code, Some(0), "{diff}");
    assert!(diff.stdout.contains("is no longer processed"), "{diff}");
}
