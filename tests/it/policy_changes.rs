//! Every run states how its policy differs from the built-in one.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::project::{RULE, record};
use crate::run::{Ended, Folder};

/// A project that weakens the built-in policy in every way that a project file can.
const PROJECT: &str = "\
rule_paths: [rules]
rules:
  enumeration: { enabled: false }
  hacker-tool-agent: { severity: low }
  # This is the severity in the rule file.
  create-access-key: { severity: medium }
  idle-active-key: { params: { max_idle_days: 400 } }
lists:
  attack_tool_agents:
    add: [\"my-tool*\"]
    remove: [\"pacu-session-\"]
  service_users: { add: [deploy-bot] }
tables:
  accounts: accounts.csv
";

fn folder(name: &str) -> Folder {
    Folder::new(name)
        .file("keytrail.yaml", PROJECT)
        .file("accounts.csv", "account,name,env,provider,owner\n123456789012,build,prod,aws,ann\n")
        .file("rules/create-key.yaml", RULE)
        .file("log.json", record(1, "ListUsers"))
}

fn scan(folder: &Folder, arguments: &[&str]) -> Ended {
    let base = ["scan", "log.json", "--now", "2026-04-01T00:00:00Z"];
    folder.keytrail(base.iter().chain(arguments)).output()
}

fn changes(folder: &Folder, arguments: &[&str]) -> Value {
    let ended = scan(folder, &[&["-f", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    report["run"]["policy_changes"].clone()
}

/// The lines of the summary about the policy.
fn summary(ended: &Ended) -> String {
    let lines = ended.stdout.lines().skip_while(|line| !line.starts_with("project "));
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with("rules ")).collect();
    lines.join("\n")
}

#[test]
fn the_report_for_people_shows_counts_and_names() {
    let folder = folder("changes-human");
    assert_snapshot!(summary(&scan(&folder, &[])), @"
    project   keytrail.yaml; the policy differs from the built-in one:
              1 rule is off: enumeration
              1 severity is changed: hacker-tool-agent from high to low
              1 parameter is changed: idle-active-key.max_idle_days from 30 to 400
              2 lists are changed: attack_tool_agents +1 -1, service_users +1
              1 table has rows: accounts (1)
              1 rule is the project's own: create-key
    ");
    let left_out = summary(&scan(&folder, &["--disable", "old-*"]));
    assert!(left_out.contains("rules are left out by --only or --disable: old-"), "{left_out}");
}

#[test]
fn json_contains_every_changed_value() {
    let folder = folder("changes-json");
    let off = json!([
        { "rule": "enumeration", "by": "project" },
        { "rule": "old-password", "by": "option" },
    ]);
    let found = changes(&folder, &["--disable", "old-password"]);
    assert_eq!(found["project_files"], json!(["keytrail.yaml"]));
    assert_eq!(found["without_builtin"], json!(false));
    assert_eq!(found["rules_off"], off);
    let severity = json!([{ "name": "hacker-tool-agent", "from": "high", "to": "low" }]);
    assert_eq!(found["severities"], severity);
    let param = json!([{ "name": "idle-active-key.max_idle_days", "from": "30", "to": "400" }]);
    assert_eq!(found["params"], param);
    assert_eq!(
        found["lists"],
        json!([
            { "list": "attack_tool_agents", "added": ["my-tool*"], "removed": ["pacu-session-"] },
            { "list": "service_users", "added": ["deploy-bot"], "removed": [] },
        ])
    );
    let table = json!([{ "table": "accounts", "file": "accounts.csv", "rows": 1 }]);
    assert_eq!(found["tables"], table);
    let own = json!([{
        "kind": "rule",
        "name": "create-key",
        "file": "rules/create-key.yaml",
        "replaces_builtin": false,
    }]);
    assert_eq!(found["own"], own);
}

#[test]
fn code_scanning_shows_a_notification_for_each_difference() {
    let folder = folder("changes-sarif");
    let sarif: Value = serde_json::from_str(&scan(&folder, &["-f", "sarif"]).stdout).unwrap();
    let run = &sarif["runs"][0];
    let differences = run["properties"]["policyChanges"]["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 6, "{differences:?}");
    let notifications = run["invocations"][0]["toolConfigurationNotifications"].as_array().unwrap();
    let of_policy: Vec<&str> = notifications
        .iter()
        .filter(|of| of["descriptor"]["id"] == "policy-change")
        .map(|of| of["message"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(of_policy.len(), 6);
    let text =
        "The policy of keytrail.yaml differs from the built-in one: 1 rule is off: enumeration.";
    assert_eq!(of_policy[0], text);
}

#[test]
fn an_unchanged_policy_is_stated_in_one_line() {
    let folder = folder("changes-none").file("keytrail.yaml", "zone: Asia/Shanghai\n");
    let line = "project   keytrail.yaml, which changes no built-in rule";
    let shown = summary(&scan(&folder, &[]));
    assert_eq!(shown.lines().next(), Some(line));
    // Without a project file there are no changes, but the object is still present.
    let ended = scan(&folder, &["--no-config"]);
    assert!(!ended.stdout.contains("\nproject "), "{ended}");
    let found = changes(&folder, &["--no-config"]);
    assert_eq!((&found["project_files"], &found["rules_off"]), (&json!([]), &json!([])));
}

#[test]
fn a_lowered_gate_is_listed_and_a_default_that_is_written_out_is_not() {
    let folder = folder("changes-gate")
        .file("keytrail.yaml", "fail_on: critical\nmin_severity: info\nmax_skipped: 7\n");
    let expected = "project   keytrail.yaml; the policy differs from the built-in one:\n          \
                    2 settings are changed: fail_on from high to critical, max_skipped from 0 to 7";
    let shown = summary(&scan(&folder, &[]));
    assert!(shown.starts_with(expected), "{shown}");
    let setting = |name, from, to| json!({ "name": name, "from": from, "to": to });
    assert_eq!(
        changes(&folder, &[])["settings"],
        json!([setting("fail_on", "high", "critical"), setting("max_skipped", "0", "7")])
    );
}

/// A rule of the project can have the id of a built-in one only if that one is not loaded.
#[test]
fn a_rule_that_replaces_a_built_in_one_is_named() {
    let builtin =
        concat!(env!("CARGO_MANIFEST_DIR"), "/rules/detections/tencent-login-unprotected.yaml");
    let builtin = std::fs::read_to_string(builtin).unwrap();
    let weaker = builtin.replacen("severity: medium", "severity: low", 1);
    assert_ne!(builtin, weaker);
    let project = "extends: []\nrule_paths: [rules]\n";
    for (name, text, own) in [("copy", &builtin, json!([])), ("weaker", &weaker, json!([true]))] {
        let folder = Folder::new(&format!("changes-replaced-{name}"))
            .file("keytrail.yaml", project)
            .file("log.json", record(1, "ListUsers"))
            .file("rules/tencent-login-unprotected.yaml", text);
        let found = changes(&folder, &[]);
        assert_eq!(found["without_builtin"], json!(true), "{name}");
        let replaces = found["own"].as_array().unwrap().iter();
        let replaces: Vec<&Value> = replaces.map(|own| &own["replaces_builtin"]).collect();
        assert_eq!(json!(replaces), own, "{name}");
    }
}

#[test]
fn a_watch_states_the_differences_once() {
    let folder = folder("changes-watch");
    let watch = || {
        folder.keytrail(["watch", "log.json", "--once", "--now", "2026-04-01T00:00:00Z"]).output()
    };
    let ended = watch();
    assert_eq!(ended.code, Some(0), "{ended}");
    let text = "the policy differs from the built-in one: 1 rule is off: enumeration; 1 severity";
    assert_eq!(ended.stdout.matches(text).count(), 1, "{ended}");
}
