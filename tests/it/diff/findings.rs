//! How the findings of two versions differ, and which line is to blame.

use serde_json::Value;

use super::project::{diff, edit, write};
use crate::project::record;
use crate::run::{Ended, Folder};

/// Calls at night, by two users.
fn logs() -> String {
    let at_night = |text: String| text.replace("T10:", "T23:");
    let by = |text: String, user: &str| {
        text.replace("user/ann", &format!("user/{user}"))
            .replace("\"userName\":\"ann\"", &format!("\"userName\":\"{user}\""))
    };
    let calls = [
        record(0, "ListUsers"),
        record(1, "CreateAccessKey"),
        record(2, "CreateUser"),
        by(record(3, "CreateAccessKey"), "ci-build"),
    ];
    calls.map(at_night).join("\n") + "\n"
}

fn folder(name: &str) -> Folder {
    let folder = Folder::new(&format!("diff-findings-{name}")).file("logs/a.json", logs());
    write(&folder, "base");
    write(&folder, "head");
    folder
}

fn compare(folder: &Folder, arguments: &[&str]) -> Ended {
    diff(folder, &[&["--base", "base", "--head", "head", "logs"], arguments].concat())
}

/// The findings that differ: kind, rule, aspects and the places to blame.
fn lines(ended: &Ended) -> Vec<String> {
    let json: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"));
    let line = |finding: &Value| {
        let aspects: Vec<&str> =
            finding["aspects"].as_array().unwrap().iter().map(|of| of.as_str().unwrap()).collect();
        let blame = finding["blame"].as_array().unwrap().iter().map(|at| {
            let change = &json["changes"][at.as_u64().unwrap() as usize];
            let place = if change["head"].is_null() { &change["base"] } else { &change["head"] };
            format!("{}:{}", place["path"].as_str().unwrap(), place["line"])
        });
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let blame = blame.collect::<Vec<_>>().join(" ");
        format!("{} {} [{}] {blame}", text("kind"), text("rule"), aspects.join(" "))
    };
    json["findings"].as_array().unwrap().iter().map(line).collect()
}

/// A name, the edits of the head, and the findings that differ.
type Case = (&'static str, &'static [Edit], &'static [&'static str]);

/// A file, a part of it, and what replaces it. Without a replacement the file is deleted.
type Edit = (&'static str, &'static str, Option<&'static str>);

#[test]
fn each_difference_of_findings_names_the_line_to_blame() {
    const GUARD: &str = "guards:\n  - { rules: [\"key-*\"], when: event.user_type == \"root\", reason: root is never accepted }\n";
    let cases: &[Case] = &[
        (
            "deleted",
            &[("rules/new-address.yaml", "", None)],
            &["lost new-address [] rules/new-address.yaml:2"],
        ),
        (
            "narrower",
            &[("rules/new-address.yaml", "\"ListUsers\"", Some("\"ListRoles\""))],
            &["lost new-address [] rules/new-address.yaml:7"],
        ),
        (
            "fewer-matches",
            &[("data/apis.yaml", "CreateAccessKey, ", Some(""))],
            &["changed key-created [message matches] data/apis.yaml:4"],
        ),
        (
            "severity",
            &[("rules/key-created.yaml", " || event.api == \"CreateUser\"", Some(""))],
            &["changed key-created [severity] rules/key-created.yaml:15"],
        ),
        (
            "message",
            &[("rules/key-created.yaml", "called ${event.api}", Some("made ${event.api}"))],
            &["changed key-created [message] rules/key-created.yaml:16"],
        ),
        (
            "subject",
            &[(
                "rules/key-created.yaml",
                "[event.account, event.user]",
                Some("[event.account, event.user, event.region]"),
            )],
            &["changed key-created [subject] rules/key-created.yaml:17"],
        ),
        (
            "suppressed",
            &[("allow.yaml", "\"ci-*\"", Some("\"*\""))],
            &["newly-suppressed key-created [] allow.yaml:4"],
        ),
        (
            "unsuppressed",
            &[("allow.yaml", "[203.0.113.0/24]", Some("[203.0.114.0/24]"))],
            &["unsuppressed key-created [] allow.yaml:4"],
        ),
        (
            "guarded",
            &[(
                "keytrail.yaml",
                "event.user_type == \"root\"",
                Some("event.user_type == \"user\""),
            )],
            &["unsuppressed key-created [] keytrail.yaml:12"],
        ),
        (
            "gained",
            &[(
                "rules/dormant.yaml",
                "  params:\n    silent: { type: duration, default: 30d }\n  after_silence:\n    for: params.silent\n",
                Some(""),
            )],
            &["gained dormant [] rules/dormant.yaml:7"],
        ),
        (
            "experimental",
            &[("rules/key-created.yaml", "status: stable", Some("status: experimental"))],
            &["changed key-created [role] rules/key-created.yaml:6"],
        ),
        ("guards", &[("keytrail.yaml", GUARD, Some(""))], &[]),
    ];
    let mut wrong = Vec::new();
    for (name, edits, expected) in cases {
        let folder = folder(name);
        for (file, from, to) in *edits {
            edit(&folder, &format!("head/{file}"), from, *to);
        }
        let ended = compare(&folder, &["--format", "json"]);
        assert_eq!(ended.code, Some(0), "{name} {ended}");
        let found = lines(&ended);
        if found != *expected {
            wrong.push(format!("{name}: {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A rule that is renamed keeps its findings.
#[test]
fn a_renamed_rule_keeps_its_findings() {
    let folder = folder("renamed");
    let renamed = folder
        .read("head/rules/new-address.yaml")
        .replace("id: new-address", "id: other-address\n  renamed_from: new-address");
    edit(&folder, "head/rules/new-address.yaml", "", None);
    let folder = folder.file("head/rules/other-address.yaml", renamed);
    let ended = compare(&folder, &["--format", "json"]);
    assert!(lines(&ended).is_empty(), "{ended}");
    assert!(ended.stdout.contains("\"unchanged\": 3"), "{ended}");
}

#[test]
fn fail_on_decides_the_exit_code() {
    let folder = folder("exit");
    edit(&folder, "head/allow.yaml", "\"ci-*\"", Some("\"*\""));
    for (fail_on, code) in [
        (&[][..], 0),
        (&["--fail-on", "lost"], 0),
        (&["--fail-on", "newly-suppressed"], 1),
        (&["--fail-on", "lost,weakened"], 1),
        (&["--fail-on", "lost", "--fail-on", "gained,changed,unsuppressed"], 0),
        (&["--fail-on", "los"], 2),
    ] {
        let ended = compare(&folder, fail_on);
        assert_eq!(ended.code, Some(code), "{fail_on:?} {ended}");
    }
    // Records that cannot be read come before what --fail-on names.
    let folder = folder.file("logs/b.json", "{\"eventVersion\":\n");
    let ended = compare(&folder, &["--fail-on", "weakened"]);
    assert_eq!(ended.code, Some(3), "{ended}");
    assert!(ended.stdout.contains("\nincomplete: "), "{ended}");
    // The head must not raise the number of records that it may skip.
    edit(&folder, "head/keytrail.yaml", "max_skipped: 2", Some("max_skipped: 9"));
    edit(&folder, "base/keytrail.yaml", "max_skipped: 2", Some("max_skipped: 0"));
    assert_eq!(compare(&folder, &[]).code, Some(3));
}

/// Without inputs only the policies are compared, and that is said.
#[test]
fn inputs_are_optional() {
    let folder = folder("policy-only");
    edit(&folder, "head/rules/new-address.yaml", "", None);
    let arguments = ["--base", "base", "--head", "head", "--fail-on", "lost"];
    let ended = diff(&folder, &arguments);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.contains("findings: not compared, because no input is given"), "{ended}");
    let ended = diff(&folder, &[&arguments[..], &["--fail-on", "weakened"]].concat());
    assert_eq!(ended.code, Some(1), "{ended}");
}

/// If the versions state different facts about inputs, each reads them by its own.
#[test]
fn different_statements_about_inputs_are_applied_to_each_version() {
    let folder = folder("inputs");
    let ndjson = logs();
    let to = "fail_on: high\ninputs: [{ path: \"../logs/*.json\", format: credentials-aws }]\n";
    let formats = folder.keytrail(["inspect", "--help"]).output();
    assert_eq!(formats.code, Some(0));
    edit(&folder, "head/keytrail.yaml", "fail_on: high\n", Some(to));
    let ended = compare(&folder, &[]);
    assert!(matches!(ended.code, Some(2 | 3)), "{ended}");
    let to = "fail_on: high\ninputs: [{ path: \"x/*.json\", account: \"1\" }]\n";
    write(&folder, "head");
    edit(&folder, "head/keytrail.yaml", "fail_on: high\n", Some(to));
    let ended = compare(&folder, &[]);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.contains("0 lost"), "{ended}");
    let base = ["diff", "--base", "base", "--head", "head", "-"];
    let ended = folder.keytrail(base).stdin(ndjson).output();
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("standard input can be read only once"), "{ended}");
}

/// The output depends neither on the number of threads nor on the order of inputs.
#[test]
fn the_output_is_always_the_same() {
    let folder = folder("jobs");
    let folder = folder.file("logs/b.json", logs().replace("event-", "other-"));
    edit(&folder, "head/data/apis.yaml", "CreateAccessKey, ", Some(""));
    let run = |arguments: &[&str]| {
        let all = [&["--base", "base", "--head", "head", "-f", "json"], arguments].concat();
        diff(&folder, &all).stdout
    };
    let one = run(&["-j", "1", "logs/a.json", "logs/b.json"]);
    assert_eq!(one, run(&["-j", "4", "logs/b.json", "logs/a.json"]));
    assert!(one.contains("\"kind\": \"changed\""), "{one}");
}
