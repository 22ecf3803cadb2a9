//! `scan --policy-from`: a change cannot lower its own bar.

use super::project::{edit, git, write};
use crate::project::record;
use crate::run::{Ended, Folder};

/// A repository whose working tree lowers the bar by one edit of the project file.
fn lowered(name: &str, from: &str, to: &str) -> Folder {
    let folder = Folder::new(&format!("policy-from-{name}"));
    let logs = record(1, "CreateUser").replace("T10:", "T23:");
    let by_ci = record(2, "CreateAccessKey").replace("T10:", "T23:").replace("ann", "ci-ann");
    let folder = folder.file("logs/a.json", format!("{logs}\n{by_ci}\n"));
    write(&folder, ".");
    edit(&folder, "keytrail.yaml", "event.user_type == \"root\"", Some("event.user == \"ci-ann\""));
    git(&folder.path("."), &["init", "-q"]);
    git(&folder.path("."), &["add", "-A"]);
    git(&folder.path("."), &["commit", "-q", "-m", "base"]);
    edit(&folder, "keytrail.yaml", from, Some(to));
    folder
}

fn scan(folder: &Folder, arguments: &[&str]) -> Ended {
    let all = ["scan", "--now", "2026-06-01T00:00:00Z", "logs"].iter().chain(arguments);
    folder.keytrail(all).output()
}

const FROM: [&str; 2] = ["--policy-from", "HEAD"];

#[test]
fn thresholds_are_those_of_the_base() {
    let folder = lowered("fail-on", "fail_on: high", "fail_on: never");
    assert_eq!(scan(&folder, &[]).code, Some(0));
    let ended = scan(&folder, &FROM);
    assert_eq!(ended.code, Some(1), "{ended}");
    let note = "guards, triage and thresholds are those of HEAD (--policy-from)";
    assert!(ended.stdout.contains(note), "{ended}");
    // A flag of the run beats both.
    assert_eq!(scan(&folder, &[&FROM[..], &["--fail-on", "never"]].concat()).code, Some(0));

    let folder = lowered("skipped", "max_skipped: 2", "max_skipped: 900");
    let broken = "{\"eventVersion\":\"1.08\",}\n".repeat(4);
    let logs = folder.read("logs/a.json") + &broken;
    let folder = folder.file("logs/a.json", logs);
    assert_eq!(scan(&folder, &["--fail-on", "never"]).code, Some(0));
    assert_eq!(scan(&folder, &[&FROM[..], &["--fail-on", "never"]].concat()).code, Some(3));

    let folder = lowered("expect", "expect: [audit-log]", "expect: []");
    std::fs::remove_dir_all(folder.path("logs")).unwrap();
    let folder = folder
        .file("logs/report.csv", include_str!("../../data/credentials/aws_20260101_000000.csv"));
    assert_eq!(scan(&folder, &[]).code, Some(0));
    let ended = scan(&folder, &FROM);
    assert_eq!(ended.code, Some(3), "{ended}");
}

/// A guard of the base guards, although the change removes it.
#[test]
fn guards_are_those_of_the_base() {
    let guard = "guards:\n  - { rules: [\"key-*\"], when: event.user == \"ci-ann\", reason: root is never accepted }\n";
    let folder = lowered("guards", guard, "");
    let suppressed = |ended: &Ended| ended.stdout.contains("1 suppressed");
    let plain = scan(&folder, &[]);
    let guarded = scan(&folder, &FROM);
    assert!(suppressed(&plain), "{plain}");
    assert!(!suppressed(&guarded), "{guarded}");
    // Its condition is that of the base, for rules that the change adds too.
    let rule = folder.read("rules/key-created.yaml");
    let folder = folder.file(
        "rules/key-other.yaml",
        rule.replace("id: key-created", "id: key-other")
            .replace("lists.apis", "[\"CreateAccessKey\"]"),
    );
    edit(&folder, "allow.yaml", "rules: [key-created]", Some("rules: [key-created, key-other]"));
    let guarded = scan(&folder, &FROM);
    assert!(!suppressed(&guarded), "{guarded}");
}

/// A rule that only the change has is no error at the base.
#[test]
fn the_rules_of_a_run_are_those_of_the_change() {
    let folder = lowered("rules", "fail_on: high", "fail_on: never");
    let rule = folder.read("rules/dormant.yaml").replace("id: dormant", "id: new-rule");
    let folder = folder.file("rules/new-rule.yaml", rule);
    let ended = scan(&folder, &[&FROM[..], &["--only", "new-rule"]].concat());
    assert_eq!(ended.code, Some(0), "{ended}");
    let ended = scan(&folder, &["--policy-from", "nothing"]);
    assert_eq!(ended.code, Some(2), "{ended}");
}
