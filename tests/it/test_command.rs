//! `keytrail test` on the rules and entries of a project.

use std::fs;

use insta::assert_snapshot;

use crate::run::Folder;

const RULE: &str = "\
# A rule whose tests are out of date.
rule:
  id: key-rotated
  title: A key was rotated
  category: lifecycle
  severity: low
  on: event
  when: event.name == \"iam.CreateAccessKey\" && event.ok == true
  message: \"${event.user} did\"
  by: [event.account, event.user]
  base:
    event: { provider: aws, account: \"111122223333\", user: alice, service: iam, api: CreateAccessKey, ok: true }
  tests:
    - { name: by a person, expect: { findings: 2, suppressed: 0 } } # two
    - name: by the rotation
      event: { user: rotation }
      expect:
        suppressed: 0
        # Which entry?
        entry: nightly-rotatoin
        message: |
          bob
          did
        severity: high
        subject: [
          \"111122223333\",
          bob,
        ]

    - { name: refused, event: { ok: false }, expect: match }
    - name: accepted
      expect: none   # why?
    - { name: is as expected, expect: { findings: 1, severity: low } }
    - { name: uncovered, expect: { entry: nightly-rotation, findings: 1 } }
    - { name: another call, event: { api: ListUsers }, expect: { severity: low, message: m } }
";

const ENTRIES: &str = "\
entries:
  - id: nightly-rotation
    rules: [key-rotated]
    match:
      user: [rotation, backup]
      api:
        - aws:iam.*
    when: event.account == \"111122223333\"
    reason: The rotation runs at night.
    owner: platform-team
    expires: 2030-12-31
  - id: office
    rules: [key-rotated]
    match: { ip: [203.0.113.9] }
    reason: The office.
    owner: platform-team
    expires: 2030-12-31
";

fn project(name: &str, rule: &str) -> Folder {
    Folder::new(name)
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\nallowlists: [allow.yaml]\n")
        .file("allow.yaml", ENTRIES)
        .file("rules/key-rotated.yaml", rule)
}

/// `--update` changes the values that differ, and nothing else in the file.
#[test]
fn expectations_are_updated_where_they_differ() {
    let folder = project("test-update", RULE);
    let ended = folder.keytrail(["test"]).output();
    assert_eq!(ended.code, Some(1), "{ended}");
    assert!(ended.stdout.contains("7 tests: 1 passed, 6 failed"), "{ended}");
    let ended = folder.keytrail(["test", "--update"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stderr.contains("updated the expectations in rules/key-rotated.yaml"), "{ended}");
    let updated = fs::read_to_string(folder.path("rules/key-rotated.yaml")).unwrap();
    let (head, _) = RULE.split_once("  tests:\n").unwrap();
    assert!(updated.starts_with(head));
    assert_snapshot!(updated.strip_prefix(head).unwrap(), @r#"
    tests:
      - { name: by a person, expect: { findings: 1, suppressed: 0 } } # two
      - name: by the rotation
        event: { user: rotation }
        expect:
          suppressed: 1
          # Which entry?
          entry: nightly-rotation
          message: "rotation did"
          severity: low
          subject: ["111122223333", rotation]

      - { name: refused, event: { ok: false }, expect: none }
      - name: accepted
        expect: match   # why?
      - { name: is as expected, expect: { findings: 1, severity: low } }
      - { name: uncovered, expect: { findings: 1, suppressed: 0 } }
      - { name: another call, event: { api: ListUsers }, expect: none }
    "#);
    // Nothing is left to update.
    let again = folder.keytrail(["test", "--update"]).output();
    assert!(again.code == Some(0) && !again.stderr.contains("updated"), "{again}");
}

/// A byte order mark and the ends of lines remain.
#[test]
fn the_bytes_around_an_expectation_remain() {
    let rule = format!("\u{feff}{RULE}").replace('\n', "\r\n");
    let folder = project("test-update-bytes", &rule);
    let ended = folder.keytrail(["test", "--update"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let updated = fs::read_to_string(folder.path("rules/key-rotated.yaml")).unwrap();
    assert!(updated.starts_with("\u{feff}# A rule whose tests"));
    assert_eq!(updated.matches('\n').count(), updated.matches("\r\n").count());
}

/// The parts of entries count like those of rules: coverage names selectors that no test meets, and
/// mutants change the entries that tests have.
#[test]
fn entries_are_covered_and_changed() {
    let rule = RULE.split_once("  tests:\n").unwrap().0.to_owned()
        + "  tests:
    - { name: by a person, expect: { findings: 1, suppressed: 0 } }
    - { name: by the rotation, event: { user: rotation }, expect: { suppressed: 1, entry: nightly-rotation } }
    - { name: by the rotation elsewhere, event: { user: rotation, account: \"444455556666\" }, expect: { suppressed: 0, findings: 1 } }
    - { name: refused, event: { ok: false }, expect: none }
    - { name: another call, event: { api: ListUsers }, expect: none }
";
    let folder = project("test-entries", &rule);
    let ended = folder.keytrail(["test", "--coverage", "--mutate"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    assert_snapshot!(ended.stdout, @r#"
    allow.yaml:14:14: never met: ip: [203.0.113.9]
    rules/key-rotated.yaml:10:8: survived: `event.account` was dropped from `by`: event.account
      the rule gives 2 findings, the mutant 1 finding: records: [{ event: { provider: aws, account: "111122223333", service: iam, api: CreateAccessKey, ok: true } }, { event: { provider: aws, account: "444455556666", service: iam, api: CreateAccessKey, ok: true } }]
    rules/key-rotated.yaml:10:23: survived: `event.user` was dropped from `by`: event.user
      the rule gives 2 findings, the mutant 1 finding: records: [{ event: { provider: aws, user: alice, service: iam, api: CreateAccessKey, ok: true } }, { event: { provider: aws, user: alice2, service: iam, api: CreateAccessKey, ok: true } }]
    allow.yaml:5:24: survived: `backup` was removed: backup
      only the entry covers: event: { provider: aws, account: "111122223333", user: backup, name: iam.CreateAccessKey, operation: "aws:iam.", ok: true }
    allow.yaml:6:7: survived: the selector `api` was dropped: api: - aws:iam.*
      only the mutant covers: event: { provider: aws, account: "111122223333", user: backup, name: iam.CreateAccessKey, ok: true }
    5 tests: 5 passed, 0 failed
    coverage: conditions 4 of 4 (100.0 %), allowlist selectors 2 of 3
    12 mutants: 8 killed, 0 equal to their rule, 0 accepted, 4 survived
    "#);
    let ended = folder.keytrail(["test", "--mutate", "--format", "json"]).output();
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let of_entries = value["mutation"]["mutants"].as_array().unwrap().iter();
    let of_entries: Vec<_> = of_entries.filter(|of| of["is_entry"] == true).collect();
    assert_eq!(of_entries.len(), 2, "{ended}");
    assert_eq!((&of_entries[0]["line"], &of_entries[0]["rule_matches"]), (&5.into(), &true.into()));

    // A test that has the other name, and one of another service, kill them.
    let rule = rule
        + "    - { name: by the backup, event: { user: backup }, expect: { suppressed: 1 } }
";
    let folder = project("test-entries-more", &rule);
    let ended = folder.keytrail(["test", "--mutate"]).output();
    assert!(!ended.stdout.contains("`backup` was removed"), "{ended}");
}
