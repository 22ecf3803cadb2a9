//! `keytrail test --cases`: stored inputs with the findings that they must give.

use insta::assert_snapshot;

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

fn folder(name: &str) -> Folder {
    let entry = "entries:\n  - { id: ann-may, rules: [create-key], match: { user: [ann] }, reason: r, owner: o, \
                 expires: 2030-01-01 }\n";
    Folder::new(&format!("cases-{name}"))
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\n")
        .file("rules/create-key.yaml", RULE)
        .file("cases/created/inputs/a.json", record(1, "CreateAccessKey"))
        .file("cases/deep/accepted/inputs/a.json", record(1, "CreateAccessKey"))
        .file(
            "cases/deep/accepted/keytrail.yaml",
            "extends: []\nrule_paths: [../../../rules]\nallowlists: [allow.yaml]\n",
        )
        .file("cases/deep/accepted/allow.yaml", entry)
        .file("cases/quiet/inputs/a.json", record(1, "ListUsers"))
        .file("cases/quiet/expected.yaml", "now: 2026-04-01T00:00:00Z\nfindings: []\n")
}

fn test(folder: &Folder, more: &[&str]) -> Ended {
    folder.keytrail([&["test", "--cases", "cases"], more].concat()).output()
}

#[test]
fn cases_are_written_and_compared() {
    let folder = folder("written");
    let without = test(&folder, &[]);
    assert_snapshot!(without, @r#"
    exit: 1
    ----- stdout
    3 tests: 1 passed, 2 failed
    ----- stderr
    warning: cases/created: there is no expected.yaml; `--update` writes it
    warning: cases/created: found, but not expected: { rule: create-key, severity: high, count: 1, message: "ann created a key" }
    warning: cases/deep/accepted: there is no expected.yaml; `--update` writes it
    warning: cases/deep/accepted: found, but not expected: { rule: create-key, severity: high, count: 1, message: "ann created a key", suppressed_by: [ann-may] }
    "#);
    let updated = test(&folder, &["--update"]);
    assert_eq!(updated.code, Some(0), "{updated}");
    assert_snapshot!(folder.read("cases/created/expected.yaml"), @r#"
    findings:
      - { rule: create-key, severity: high, count: 1, message: "ann created a key" }
    "#);
    assert_snapshot!(folder.read("cases/deep/accepted/expected.yaml"), @r#"
    findings:
      - { rule: create-key, severity: high, count: 1, message: "ann created a key", suppressed_by: [ann-may] }
    "#);
    // What is written is what is expected, and the clock of a case stays.
    assert_eq!(test(&folder, &[]).code, Some(0));
    assert_eq!(
        folder.read("cases/quiet/expected.yaml"),
        "now: 2026-04-01T00:00:00Z\nfindings: []\n"
    );
    // The file can be written in any style.
    let other = folder
        .read("cases/created/expected.yaml")
        .replace("\"ann created", "'ann created")
        .replace("key\"", "key'");
    let folder = folder.file("cases/created/expected.yaml", other);
    assert_eq!(test(&folder, &[]).code, Some(0));
    let junit = test(&folder, &["--format", "junit"]).stdout;
    assert!(junit.contains("<testsuite name=\"cases\" tests=\"3\" failures=\"0\">"), "{junit}");
    // A rule that no longer matches.
    let folder = folder
        .file("rules/create-key.yaml", RULE.replace("== \"CreateAccessKey\"", "== \"CreateUser\""));
    let lost = test(&folder, &[]);
    assert_eq!(lost.code, Some(1), "{lost}");
    assert!(
        lost.stderr.contains("cases/created: expected, but not found: { rule: create-key"),
        "{lost}"
    );
}

#[test]
fn a_case_that_cannot_be_run_is_an_error() {
    let folder = folder("broken").file("cases/quiet/expected.yaml", "finding: []\n");
    let ended = test(&folder, &[]);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("did you mean `findings`?"), "{ended}");
    let folder = folder
        .file("cases/quiet/expected.yaml", "findings: []\n")
        .file("cases/quiet/inputs/b.json", "{\"Records\":[{\"eventVersion\":")
        .file("none/README", "");
    let incomplete = test(&folder, &["--update"]);
    assert_eq!(incomplete.code, Some(1), "{incomplete}");
    let none = folder.keytrail(["test", "--cases", "none"]).output();
    assert_eq!(none.code, Some(2), "{none}");
    assert!(none.stderr.contains("none contains no case"), "{none}");
}
