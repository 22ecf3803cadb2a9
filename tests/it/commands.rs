//! `check`, `test` and the commands that print reference material.

use insta::assert_snapshot;

use crate::project::{RULE, project};
use crate::run::Folder;

#[test]
fn check_counts_what_it_finds() {
    let folder = project("commands-check");
    let check = |arguments: &[&str]| {
        let base = ["check", "--no-builtin", "--now", "2026-04-01T00:00:00Z"];
        folder.keytrail(base.iter().chain(arguments)).output()
    };
    assert_snapshot!(check(&["rules"]), @r"
    exit: 0
    ----- stdout
    1 rule, 0 lists, 0 allowlist entries: 0 errors, 0 warnings
    ");
    assert_snapshot!(check(&["-r", "rules"]), @r"
    exit: 0
    ----- stdout
    1 rule, 0 lists, 0 allowlist entries: 0 errors, 0 warnings
    ");
    assert_snapshot!(check(&[]), @r"
    exit: 2
    ----- stderr
    error: there is no policy file to check
      = help: name files, folders or globs, or write `rule_paths` in keytrail.yaml
    ");
    assert_snapshot!(check(&["no-such-rules"]), @r"
    exit: 2
    ----- stdout
    1 error, 0 warnings
    ----- stderr
    error[KT5004]: cannot load policy files from no-such-rules: there is no such file or folder
    ");
}

#[test]
fn check_treats_warnings_as_errors_when_strict() {
    let list = "list:\n  id: unused\n  of: event.operation\n  values: [\"aws:iam.CreateUser\"]\n";
    let folder = project("commands-strict").file("rules/unused.yaml", list);
    let check = |arguments: &[&str]| {
        folder.keytrail(["check", "--no-builtin", "rules"].iter().chain(arguments))
    };
    assert_snapshot!(check(&[]).output(), @r"
    exit: 0
    ----- stdout
    1 rule, 1 list, 0 allowlist entries: 0 errors, 1 warning
    ----- stderr
    warning[KT7015]: nothing uses the list `unused`
     --> rules/unused.yaml:2:7
      |
    2 |   id: unused
      |       ^^^^^^
      |
      = help: name it as `lists.unused` in a rule, or delete it
    ");
    assert_eq!(check(&["--strict"]).output().code, Some(2));
    assert_eq!(check(&[]).env("KEYTRAIL_STRICT", "1").output().code, Some(2));
    assert_eq!(check(&["--quiet"]).output().stderr, "");
}

#[test]
fn the_built_in_policy_is_valid_and_its_tests_pass() {
    let folder = Folder::new("commands-builtin");
    let check = folder.keytrail(["check", "--strict"]).output();
    assert_eq!((check.code, check.stderr.as_str()), (Some(0), ""));
    let test = folder.keytrail(["test"]).output();
    assert_eq!((test.code, test.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_failed_test_shows_where_and_why() {
    let wrong = RULE.replace("expect: none", "expect: match");
    let folder = project("commands-test").file("rules/create-key.yaml", wrong);
    let test = |arguments: &[&str]| {
        folder.keytrail(["test", "--no-builtin", "rules"].iter().chain(arguments)).output()
    };
    assert_snapshot!(test(&[]), @r#"
    exit: 1
    ----- stdout
    2 tests: 1 passed, 1 failed
    ----- stderr
    warning[KT7002]: the rule has no test for a record that it does not match
     --> rules/create-key.yaml:3:7
      |
    3 |   id: create-key
      |       ^^^^^^^^^^
      |
      = help: add a test with `expect: none`
    error[KT3012]: the rule `create-key` does not match in the test `keys are listed`
      --> rules/create-key.yaml:19:15
       |
    11 |   when: event.api == "CreateAccessKey"
       |         ------------------------------ false: `event.api` is "ListAccessKeys"
    ...
    19 |       expect: match
       |               ^^^^^ expected a match
       |
       = help: the condition read `event.api = "ListAccessKeys"`
    "#);
    assert_snapshot!(test(&["--only", "create-kye"]), @r"
    exit: 2
    ----- stderr
    warning[KT7002]: the rule has no test for a record that it does not match
     --> rules/create-key.yaml:3:7
      |
    3 |   id: create-key
      |       ^^^^^^^^^^
      |
      = help: add a test with `expect: none`
    error: --only create-kye selects no rule
      = help: did you mean `create-key`?
    ");
    assert_eq!(test(&["--only", "create-*"]).code, Some(1));
}

#[test]
fn a_failed_test_of_a_correlation_shows_its_fullest_window() {
    let event = |minute: u8, api: &str| {
        format!(
            "        - event: {{ time: \"2026-01-01T00:{minute:02}:00Z\", provider: aws, account: \"1\", api: {api}, ok: false }}\n"
        )
    };
    let records =
        |all: &[(u8, &str)]| all.iter().map(|(at, api)| event(*at, api)).collect::<String>();
    let rule = format!(
        "rule:\n  id: burst\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  \
         when: event.ok == false && (event.api == \"A\" || event.api in [\"B\", \"C\"])\n  \
         by: [event.account]\n  correlate:\n    within: 10m\n    measures:\n      \
         denied: {{ count: \"true\" }}\n      apis: {{ distinct: event.api }}\n    \
         having: denied >= 3 && apis >= 2\n  message: m\n  tests:\n    \
         - name: one too late\n      records:\n{}      expect: match\n    \
         - name: enough\n      records:\n{}      expect: none\n    \
         - name: another operation\n      records:\n{}      expect: match\n",
        records(&[(0, "A"), (1, "A"), (20, "B")]),
        records(&[(0, "A"), (1, "A"), (9, "B")]),
        records(&[(0, "D"), (1, "D")]),
    );
    let folder = project("commands-window").file("rules/burst.yaml", rule);
    let ended = folder.keytrail(["test", "--no-builtin", "rules", "--only", "burst"]).output();
    for (place, text) in [
        ("when", "true for 3 of 3 records"),
        (
            "having",
            "false: denied = 2, apis = 1 in the fullest window of 10m, with 2 of 3 matches of one subject",
        ),
        (
            "having",
            "true: denied = 3, apis = 2 in the fullest window of 10m, with 3 of 3 matches of one subject",
        ),
        ("when", "in record 1, false: `event.api` is \"D\""),
    ] {
        assert!(ended.stderr.contains(text), "{place}: {text}\n{ended}");
    }
}

#[test]
fn a_failed_test_shows_the_clause_that_decided() {
    for (when, event, expect, text) in [
        (
            "event.ok == true && event.api == \"A\"",
            "api: A, ok: false",
            "match",
            "false: `event.ok` is false",
        ),
        (
            "event.ok == true && event.api == \"A\"",
            "api: B, ok: true",
            "match",
            "false: `event.api` is \"B\"",
        ),
        (
            "event.api == \"A\" || event.api == \"B\"",
            "api: B",
            "none",
            "true: `event.api` is \"B\"",
        ),
        ("!(event.api in [\"A\", \"B\"])", "api: B", "match", "true: `event.api` is \"B\""),
        (
            "if event.ok == true { event.api == \"A\" } else { event.code == \"X\" }",
            "api: A, ok: false",
            "match",
            "false: `event.code` is ()",
        ),
        (
            "switch event.api { \"A\" => event.ok == true, _ => false }",
            "api: A, ok: false",
            "match",
            "false: `event.ok` is false",
        ),
        (
            "event.resources.some(|r| r == event.user)",
            "api: A, user: x, resources: [a, b]",
            "match",
            "false: `event.resources` is [\"a\", \"b\"]",
        ),
    ] {
        let rule = format!(
            "rule:\n  id: probe\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  when: |\n    {when}\n  \
             by: [event.account]\n  message: m\n  tests:\n    - name: t\n      event: {{ provider: aws, account: \"1\", {event} }}\n      expect: {expect}\n"
        );
        let folder = project("commands-clause").file("rules/probe.yaml", rule);
        let ended = folder.keytrail(["test", "--no-builtin", "rules", "--only", "probe"]).output();
        assert_eq!(ended.code, Some(1), "{when}\n{ended}");
        assert!(ended.stderr.contains(text), "{when}: {text}\n{ended}");
    }
}

#[test]
fn passing_tests_are_reported() {
    let folder = project("commands-passed");
    let test = |arguments: &[&str]| {
        folder.keytrail(["test", "--no-builtin"].iter().chain(arguments)).output()
    };
    assert_snapshot!(test(&["rules", "-v"]), @r"
    exit: 0
    ----- stdout
    2 tests: 2 passed, 0 failed
    ----- stderr
    loaded 1 rule from 1 policy file
    passed: create-key: a key is created
    passed: create-key: keys are listed
    ");
    assert_snapshot!(test(&[]), @r"
    exit: 2
    ----- stderr
    error: there is no test to run
      = help: add `tests` to a rule, or name rules that have tests
    ");
    assert_eq!(test(&["no-such-rules"]).code, Some(2));
}

#[test]
fn a_path_selects_the_tests_of_its_rules() {
    let folder = project("commands-test-path");
    let test = |arguments: &[&str]| folder.keytrail([&["test"], arguments].concat()).output();
    // The built-in rules are loaded too, but were not requested.
    for path in ["rules", "rules/create-key.yaml", "rules/*.yaml"] {
        assert_eq!(test(&[path]).stdout, "2 tests: 2 passed, 0 failed\n", "{path}");
    }
    assert!(test(&["-r", "rules"]).stdout.ends_with(" passed, 0 failed\n"));
    assert_ne!(test(&["-r", "rules"]).stdout, test(&["rules"]).stdout);
}

#[test]
fn check_reads_the_records_of_tests() {
    for (record, message) in [
        ("provider: aws, servce: iam", "there is no field `event.servce`"),
        ("provider: aws, method: consle", "the field `event.method` has no value `consle`"),
        ("provider: aws, ip: 203.0.113.300", "the field `event.ip` takes an address"),
        ("provider: aws, ok: maybe", "the field `event.ok` takes `true` or `false`"),
        ("service: iam", "the record has no `event.provider`"),
    ] {
        let rule = RULE.replace("provider: aws, service: iam, api: ListAccessKeys", record);
        let folder = project("commands-check-records").file("rules/create-key.yaml", rule);
        let run = folder.keytrail(["check", "--no-builtin", "rules"]).output();
        assert_eq!(run.code, Some(2), "{record}: {}", run.stderr);
        assert!(run.stderr.contains(message), "{record}: {}", run.stderr);
    }
}

#[test]
fn a_scan_runs_only_the_selected_rules() {
    let other =
        RULE.replace("create-key", "list-keys").replace("CreateAccessKey", "ListAccessKeys");
    let folder = project("commands-choice").file("rules/list-keys.yaml", other);
    let scan = |arguments: &[&str]| {
        let base = ["scan", "--no-builtin", "-r", "rules", "-f", "json", "bad.json", "good.json"];
        folder.keytrail(base.iter().chain(arguments)).output()
    };
    let found = |arguments: &[&str]| -> Vec<String> {
        let report: serde_json::Value = serde_json::from_str(&scan(arguments).stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|of| of["rule"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found(&[]), ["create-key", "list-keys"]);
    assert_eq!(found(&["--only", "create-key"]), ["create-key"]);
    assert_eq!(found(&["--only", "create-*,list-*"]), ["create-key", "list-keys"]);
    assert_eq!(found(&["--disable", "create-*"]), ["list-keys"]);
    assert_eq!(found(&["--only", "*-key", "--disable", "list-keys"]), ["create-key"]);
    let note = "note[KT5010]: `--only` and `--disable` leave out 1 of 2 rules";
    assert!(scan(&["--only", "create-key"]).stderr.contains(note));
    for option in ["--only", "--disable"] {
        let run = scan(&[option, "create-kye"]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("names no rule") && run.stderr.contains("`create-key`"));
    }
}

#[test]
fn every_reference_is_complete() {
    let folder = Folder::new("commands-reference");
    let json = |arguments: &[&str]| -> serde_json::Value {
        let ended = folder.keytrail(arguments.iter().chain(&["--format", "json"])).output();
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let names = |value: &serde_json::Value| -> Vec<String> {
        let items = value.as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let fields: Vec<String> =
        keytrail::record::FIELDS.iter().map(keytrail::record::Field::path).collect();
    assert_eq!(names(&json(&["fields"])), fields);
    let functions: Vec<_> =
        keytrail::stdlib::FUNCTIONS.iter().map(|function| function.name()).collect();
    assert_eq!(names(&json(&["functions"])), functions);
    let codes = folder.keytrail(["explain-code"]).output().stdout;
    for code in keytrail::diag::codes::all() {
        assert!(codes.contains(code.id), "{} is not listed", code.id);
        assert_eq!(folder.keytrail(["explain-code", code.id]).output().code, Some(0));
    }
    for (arguments, line) in [
        (["fields", "event.ak"], "event.ak: str?"),
        (["functions", "like"], "like(text: text, pattern: constant text) -> bool"),
    ] {
        let card = folder.keytrail(arguments).output().stdout;
        assert_eq!(card.lines().next(), Some(line));
    }
}

#[test]
fn a_field_lists_its_source_in_each_provider() {
    let folder = Folder::new("commands-fields");
    let message = |name: &str| folder.keytrail(["fields", name]).output();
    assert_snapshot!(message("event.ip"), @r"
    exit: 0
    ----- stdout
    event.ip: str?
        The caller's address; missing if the source is not an IP address.
        may be missing; test it with `has(event.ip)`
        aws      sourceIPAddress
        alibaba  sourceIpAddress
        tencent  sourceIPAddress; SourceIPAddress
        derived from: event.source
    ");
    assert_snapshot!(message("key.over90"), @r"
    exit: 0
    ----- stdout
    key.over90: bool?
        Whether the provider reports an age of more than 90 days.
        may be missing; test it with `has(key.over90)`
        aws      - (not carried)
        alibaba  - (not carried)
        tencent  CreatedOver90Days
    ");
    let list = folder.keytrail(["fields"]).output().stdout;
    for heading in ["event: one call", "cred: one user", "key: one access key"] {
        assert!(list.lines().any(|line| line.starts_with(heading)), "{heading}");
    }
    let row = |name: &str| -> Vec<String> {
        let found = list.lines().find(|line| line.starts_with(name)).unwrap();
        found.split_whitespace().take(5).map(str::to_owned).collect()
    };
    assert_eq!(row("event.sensitive "), ["event.sensitive", "bool?", "-", "-", "+"]);
}
