//! The formats of `diff`.

use insta::assert_snapshot;
use serde_json::Value;

use super::project::{diff, edit, put, write};
use crate::project::record;
use crate::run::{Ended, Folder};

/// A narrower rule, a wider entry and a lost finding.
fn changed(name: &str) -> Folder {
    let folder = Folder::new(&format!("diff-outputs-{name}"))
        .file("logs/a.json", record(1, "ListUsers") + "\n" + &record(2, "CreateUser") + "\n");
    write(&folder, "base");
    write(&folder, "head");
    edit(&folder, "head/rules/new-address.yaml", "\"ListUsers\"", Some("\"ListRoles\""));
    edit(&folder, "head/allow.yaml", ", method: [api]", Some(""));
    edit(&folder, "head/rules/partner.yaml", "severity: low", Some("severity: high"));
    folder
}

fn compare(folder: &Folder, arguments: &[&str]) -> Ended {
    diff(folder, &[&["--base", "base", "--head", "head", "logs"], arguments].concat())
}

#[test]
fn people_read_what_changed_and_what_is_lost() {
    let ended = compare(&changed("human"), &["--fail-on", "lost,weakened"]);
    assert_snapshot!(ended);
}

#[test]
fn a_pull_request_shows_the_same_as_markdown() {
    let ended = compare(&changed("markdown"), &["--format", "markdown", "--fail-on", "lost"]);
    assert_snapshot!(ended);
}

#[test]
fn sarif_points_at_the_changed_lines() {
    let ended = compare(&changed("sarif"), &["--format", "sarif"]);
    let log: Value = serde_json::from_str(&ended.stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let line = |result: &Value| {
        let at = &result["locations"][0]["physicalLocation"];
        let text = result["message"]["text"].as_str().unwrap().lines().next().unwrap().to_owned();
        format!(
            "{} {} {}:{} {text}",
            result["level"].as_str().unwrap(),
            result["ruleId"].as_str().unwrap(),
            at["artifactLocation"]["uri"].as_str().unwrap(),
            at["region"]["startLine"]
        )
    };
    assert_snapshot!(results.iter().map(line).collect::<Vec<_>>().join("\n"));
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn json_follows_its_schema() {
    let folder = changed("json");
    let schema: Value =
        serde_json::from_str(&folder.keytrail(["schema", "diff"]).output().stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let ended = compare(&folder, &["--format", "json", "--fail-on", "lost"]);
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(validator.is_valid(&json), "{ended}");
    assert_eq!(json["failed"], serde_json::json!(["lost"]));
    let lost = &json["findings"][0];
    assert_eq!(lost["kind"], "lost");
    assert!(lost["base"]["sample"].as_str().unwrap().contains("ListUsers"), "{lost}");
    // Access keys are masked.
    assert!(!ended.stdout.contains("AKIAEXAMPLEKEY000001"), "{ended}");
}

/// Values of an event and of a policy can become neither markup nor commands.
#[test]
fn hostile_values_are_inert() {
    let folder = Folder::new("diff-outputs-hostile");
    let hostile = "<img src=x>@everyone [a](https://evil.example) `x` ##[error]x\u{1b}[31m\u{202e}";
    let escaped = serde_json::to_string(hostile).unwrap();
    let log =
        record(1, "ListUsers").replace("\"userName\":\"ann\"", &format!("\"userName\":{escaped}"));
    let folder = folder.file("logs/a.json", log);
    write(&folder, "base");
    write(&folder, "head");
    for below in ["base", "head"] {
        let from = "message: \"a new address ${event.source}\"";
        let name = format!("{below}/rules/new-address.yaml");
        edit(&folder, &name, from, Some("message: \"${event.user}\""));
    }
    edit(&folder, "head/rules/new-address.yaml", "\"ListUsers\"", Some("\"ListRoles\""));
    let reason = format!("reason: {escaped}");
    edit(&folder, "base/keytrail.yaml", "reason: root is never accepted", Some(&reason));
    edit(
        &folder,
        "head/keytrail.yaml",
        "  - { rules: [\"key-*\"], when: event.user_type == \"root\", reason: root is never accepted }\n",
        Some("  []\n"),
    );
    for format in ["human", "json", "markdown", "sarif"] {
        let ended = compare(&folder, &["--format", format]);
        assert_eq!(ended.code, Some(0), "{ended}");
        let text = &ended.stdout;
        assert!(text.contains("everyone"), "{ended}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{format}: {text:?}");
        assert!(!text.contains("##[error]"), "{format}: {text:?}");
        if format == "markdown" {
            for markup in ["<img", "@everyone", "[a](", "https://"] {
                assert!(!text.contains(markup), "{markup}: {text}");
            }
        }
    }
}

/// Markdown has a bounded size; what is left out is counted.
#[test]
fn markdown_is_bounded() {
    let folder = Folder::new("diff-outputs-bounded");
    write(&folder, "base");
    write(&folder, "head");
    let rule = folder.read("base/rules/partner.yaml");
    for number in 0..400 {
        let id = format!("rule-{number}-{}", "x".repeat(40));
        put(
            &folder,
            &format!("base/rules/{id}.yaml"),
            &rule.replace("id: partner", &format!("id: {id}")),
        );
    }
    let ended = diff(&folder, &["--base", "base", "--head", "head", "--format", "markdown"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.len() < 65_536, "{} bytes", ended.stdout.len());
    assert!(ended.stdout.contains(" more; `keytrail diff` shows all"), "{ended}");
    assert!(ended.stdout.contains("policy: 400 weaker"), "{ended}");
}
