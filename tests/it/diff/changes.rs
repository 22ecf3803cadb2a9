//! Each change of a policy is named, with its effect, its line and an example.

use insta::assert_snapshot;

use super::project::{diff, edit, lines, write};
use crate::run::Folder;

/// A part of a file, and what replaces it. Without a replacement the file is deleted.
type Edit = (&'static str, &'static str, Option<&'static str>);

/// One change each.
const EDITS: &[Edit] = &[
    // Rules.
    ("rules/dormant.yaml", "", None),
    (
        "keytrail.yaml",
        "fail_on: high\n",
        Some("fail_on: high\nrules: { dormant: { enabled: false } }\n"),
    ),
    (
        "keytrail.yaml",
        "[rules, data]",
        Some(
            "[rules/key-created.yaml, rules/many-denied.yaml, rules/created-then-used.yaml, rules/new-address.yaml, rules/dormant.yaml, data]",
        ),
    ),
    ("rules/key-created.yaml", "severity: high", Some("severity: medium")),
    ("rules/many-denied.yaml", "severity: medium", Some("severity: high")),
    (
        "keytrail.yaml",
        "fail_on: high\n",
        Some("fail_on: high\nrules: { key-created: { severity: low } }\n"),
    ),
    ("rules/key-created.yaml", "status: stable", Some("status: experimental")),
    (
        "keytrail.yaml",
        "fail_on: high\n",
        Some("fail_on: high\nrules: { key-created: { pack: extended } }\n"),
    ),
    ("rules/key-created.yaml", "called ${event.api}", Some("made ${event.api}")),
    ("rules/key-created.yaml", "title: A key", Some("title: Some key")),
    ("rules/key-created.yaml", "    - { name: at night,", Some("    - { name: at midnight,")),
    (
        "rules/key-created.yaml",
        "time: 2026-01-01T23:00:00Z }, expect: match",
        Some("time: 2026-01-01T23:00:00Z }, expect: { suppressed: 0 }"),
    ),
    // Conditions.
    ("rules/key-created.yaml", "[\"api\", \"console\"]", Some("[\"api\"]")),
    (
        "rules/key-created.yaml",
        "[\"api\", \"console\"]",
        Some("[\"api\", \"console\", \"service\"]"),
    ),
    ("rules/key-created.yaml", "[\"api\", \"console\"]", Some("[\"service\", \"console\"]")),
    (
        "rules/key-created.yaml",
        "event.method in [\"api\", \"console\"]",
        Some("(event.method == \"api\" || event.method == \"console\")"),
    ),
    ("rules/key-created.yaml", "\n      && !office_hours", Some("")),
    (
        "rules/key-created.yaml",
        "&& !office_hours",
        Some("&& !office_hours && event.agent.matches(\"^aws\")"),
    ),
    ("rules/key-created.yaml", " || event.api == \"CreateUser\"", Some("")),
    (
        "rules/key-created.yaml",
        "to: critical, when: event.user_type == \"root\"",
        Some("to: critical, when: event.ok == true || event.user_type == \"root\""),
    ),
    ("rules/key-created.yaml", "default: [iam, sts]", Some("default: [iam]")),
    (
        "keytrail.yaml",
        "fail_on: high\n",
        Some("fail_on: high\nrules: { key-created: { params: { services: [sts] } } }\n"),
    ),
    ("data/apis.yaml", "[CreateAccessKey, CreateUser]", Some("[CreateUser]")),
    ("data/apis.yaml", "CreateUser]", Some("\"Create*\"]")),
    (
        "keytrail.yaml",
        "fail_on: high\n",
        Some("fail_on: high\nlists: { apis: { remove: [CreateUser] } }\n"),
    ),
    ("data/definitions.yaml", "< 18", Some("< 20")),
    ("data/definitions.yaml", "event.ok == true", Some("event.ok == false")),
    ("partners.csv", "partner\n", Some("partner\n444455556666,other\n")),
    // Correlation.
    ("rules/many-denied.yaml", "within: 10m", Some("within: 5m")),
    ("rules/many-denied.yaml", "within: 10m", Some("within: 20m")),
    ("rules/many-denied.yaml", "default: 3", Some("default: 5")),
    (
        "rules/many-denied.yaml",
        "having: denied >= params.least",
        Some("having: denied >= params.least || denied == 1"),
    ),
    ("rules/many-denied.yaml", "contains(\"Denied\")", Some("starts_with(\"Denied\")")),
    (
        "rules/many-denied.yaml",
        "count: 'event.code.contains(\"Denied\")'",
        Some("distinct: event.code"),
    ),
    ("rules/many-denied.yaml", "by: [event.account, event.user]", Some("by: [event.account]")),
    (
        "rules/many-denied.yaml",
        "by: [event.account, event.user]",
        Some("by: [event.account, event.user, event.region]"),
    ),
    (
        "rules/many-denied.yaml",
        "by: [event.account, event.user]",
        Some("by: [event.account, event.ak]"),
    ),
    ("rules/created-then-used.yaml", "within: 1h", Some("within: 30m")),
    ("rules/created-then-used.yaml", "count: 2", Some("count: 3")),
    (
        "rules/created-then-used.yaml",
        "\"TagUser\"",
        Some("\"TagUser\" || event.api == \"TagRole\""),
    ),
    (
        "rules/created-then-used.yaml",
        "      - { id: approved, absent: true, by: [event.account], when: event.api == \"TagUser\" }\n",
        Some(""),
    ),
    ("rules/new-address.yaml", "history: 30d", Some("history: 60d")),
    ("rules/new-address.yaml", "among: event.ok == true", Some("among: \"true\"")),
    ("rules/new-address.yaml", "of: [event.ip]", Some("of: [event.agent]")),
    ("rules/dormant.yaml", "default: 30d", Some("default: 90d")),
    (
        "rules/dormant.yaml",
        "event.method == \"api\"",
        Some("event.method == \"api\" && event.ok == true"),
    ),
    ("rules/dormant.yaml", "event.method == \"api\"", Some("\"true\"")),
    ("rules/dormant.yaml", "  after_silence:\n    for: params.silent\n", Some("")),
    // Entries.
    ("allow.yaml", "203.0.113.0/24", Some("203.0.112.0/23")),
    ("allow.yaml", "203.0.113.0/24", Some("203.0.113.0/25")),
    ("allow.yaml", "203.0.113.0/24", Some("203.0.113.0/25, 203.0.113.128/25")),
    ("allow.yaml", "\"ci-*\"", Some("\"*\"")),
    ("allow.yaml", ", method: [api]", Some("")),
    ("allow.yaml", "    when: event.region == \"us-east-1\"\n", Some("")),
    ("allow.yaml", "aws:iam.List*", Some("aws:iam.L*")),
    ("allow.yaml", "rules: [many-denied]", Some("rules: [many-denied, dormant]")),
    (
        "allow.yaml",
        "    owner: platform\n    expires: 2027-01-01\n  - id",
        Some("    owner: platform\n    expires: never\n  - id"),
    ),
    ("allow.yaml", "The office.", Some("The new office.")),
    ("allow.yaml", "- id: office", Some("- id: main-office")),
    (
        "allow.yaml",
        "  - id: scanner",
        Some(
            "  - { id: all, rules: [dormant], match: { account: [\"1\"] }, reason: r, owner: o, expires: never }\n  - id: scanner",
        ),
    ),
    ("keytrail.yaml", "allowlists: [allow.yaml]\n", Some("")),
    // Guards and settings.
    (
        "keytrail.yaml",
        "guards:\n  - { rules: [\"key-*\"], when: event.user_type == \"root\", reason: root is never accepted }\n",
        Some(""),
    ),
    (
        "keytrail.yaml",
        "event.user_type == \"root\"",
        Some("event.user_type == \"root\" && event.ok == true"),
    ),
    (
        "keytrail.yaml",
        "event.user_type == \"root\"",
        Some("'event.user_type in [\"root\", \"user\"]'"),
    ),
    ("keytrail.yaml", "fail_on: high", Some("fail_on: never")),
    ("keytrail.yaml", "max_skipped: 2", Some("max_skipped: 3")),
    ("keytrail.yaml", "max_skipped: 2", Some("max_skipped: 2\nmin_severity: low")),
    ("keytrail.yaml", "expect: [audit-log]", Some("expect: [audit-log, credential-report]")),
    ("keytrail.yaml", "expect: [audit-log]\n", Some("")),
    ("keytrail.yaml", "unused-list: error", Some("unused-list: note")),
    ("keytrail.yaml", "fail_on: high\n", Some("fail_on: high\nzone: Asia/Shanghai\n")),
    (
        "keytrail.yaml",
        "fail_on: high\n",
        Some("fail_on: high\ninputs: [{ path: \"*.csv\", account: \"1\" }]\n"),
    ),
    ("keytrail.yaml", "fail_on: high\n", Some("fail_on: high\nextends: [builtin]\n")),
    ("keytrail.yaml", "fail_on: high\n", Some("fail_on: high # the default\n")),
];

#[test]
fn each_change_is_named() {
    let folder = Folder::new("diff-changes");
    write(&folder, "base");
    let mut shown = String::new();
    for (name, from, to) in
        EDITS.iter().filter(|(_, _, to)| !to.is_some_and(|to| to.contains("builtin")))
    {
        write(&folder, "head");
        edit(&folder, &format!("head/{name}"), from, *to);
        let ended = diff(&folder, &["--base", "base", "--head", "head", "--format", "json"]);
        assert_eq!(ended.code, Some(0), "{name} {from}\n{ended}");
        let on_one_line = |text: &str| text.trim().replace('\n', "\\n");
        let to = to.map_or_else(|| "deleted".to_owned(), on_one_line);
        shown.push_str(&format!("{name}: {} -> {to}\n", on_one_line(from)));
        lines(&ended).iter().for_each(|line| shown.push_str(&format!("    {line}\n")));
    }
    assert_snapshot!(shown);
}

/// Two folders with the same files do not differ.
#[test]
fn the_same_policy_has_no_change() {
    let folder = Folder::new("diff-same");
    write(&folder, "base");
    write(&folder, "head");
    let ended = diff(&folder, &["--base", "base", "--head", "head", "--fail-on", "weakened"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.contains("policy: no change"), "{ended}");
}

/// Without the built-in rules, one change names them all.
#[test]
fn built_in_rules_that_are_not_loaded_are_one_change() {
    let folder = Folder::new("diff-builtin")
        .file("base/keytrail.yaml", "fail_on: high\n")
        .file("head/keytrail.yaml", "extends: []\n");
    let ended = diff(&folder, &["--base", "base", "--head", "head", "--format", "json"]);
    let lines = lines(&ended);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].starts_with("weaker builtin"), "{lines:#?}");
    assert!(lines[0].contains("built-in rules are no longer loaded"), "{lines:#?}");
}
