//! `guards` of the project file: matches that no entry may cover.

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

const ENTRY: &str = "entries:\n  - { id: office, rules: [create-key], match: { ip: [203.0.113.0/24] }, \
                     reason: r, owner: o, expires: 2030-01-01 }\n";

/// A scan of two matches that the entry covers, with the lines added to the project file.
fn scan(name: &str, project: &str) -> Ended {
    folder(name, project).keytrail(SCAN).output()
}

const SCAN: [&str; 6] =
    ["scan", "--now", "2026-04-01T00:00:00Z", "--show-suppressed", "--fail-on=info", "logs"];

fn folder(name: &str, project: &str) -> Folder {
    let bob = record(2, "CreateAccessKey").replace("user/ann", "user/eve");
    let bob = bob.replace("\"userName\":\"ann\"", "\"userName\":\"eve\"");
    Folder::new(&format!("guards-{name}"))
        .file("rules/create-key.yaml", RULE)
        .file("allow.yaml", ENTRY)
        .file("logs/a.json", [record(1, "CreateAccessKey"), bob].join("\n") + "\n")
        .file(
            "keytrail.yaml",
            format!("extends: []\nrule_paths: [rules]\nallowlists: [allow.yaml]\n{project}"),
        )
}

fn guard(when: &str) -> String {
    format!("guards:\n  - {{ rules: [create-*], when: '{when}', reason: r }}\n")
}

#[test]
fn a_guarded_match_counts_although_an_entry_covers_it() {
    let plain = scan("none", "");
    assert_eq!(plain.code, Some(0), "{plain}");
    for (name, when, code) in [
        ("match", "event.user == \"eve\"", 1),
        ("other", "event.user == \"mallory\"", 0),
        ("all", "true", 1),
        // A guard that cannot be evaluated guards.
        ("failed", "9223372036854775807 + event.time.hour() > 0", 1),
        // Another kind of record.
        ("table", "has(event.key) && event.user == \"eve\"", 0),
    ] {
        let ended = scan(name, &guard(when));
        assert_eq!(ended.code, Some(code), "{when}\n{ended}");
    }
}

/// `explain` and `test` evaluate one rule of the policy; guards apply to it too.
#[test]
fn guards_apply_when_one_rule_is_evaluated() {
    let folder = folder("one", &guard("event.user == \"eve\""));
    let arguments = ["explain", "--now", "2026-04-01T00:00:00Z", "create-key", "logs"];
    let ended = folder.keytrail(arguments).output();
    assert!(ended.stdout.contains("  covered by the entry office"), "{ended}");
    let forbidden = "  not covered by the entry office: a guard of the project file forbids it";
    assert!(ended.stdout.contains(forbidden), "{ended}");
}

/// A file keeps the guards of the files that it extends.
#[test]
fn guards_are_inherited() {
    let folder = folder("inherited", "").file("base.yaml", guard("event.user == \"eve\""));
    let project = folder.read("keytrail.yaml").replace("extends: []", "extends: [base.yaml]");
    let folder = folder.file("keytrail.yaml", project + "guards: []\n");
    let ended = folder.keytrail(SCAN).output();
    assert_eq!(ended.code, Some(1), "{ended}");
}
