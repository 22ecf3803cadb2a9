//! `check --format`: the same diagnostics for programs.

use serde_json::Value;

use crate::run::{Ended, Folder};

const RULE: &str = r#"rule:
  id: mine
  title: T
  category: abuse
  severity: high
  on: event
  description: "é 😀"
  remediation: R
  when: |
    event.api == "A" || event.api in ["A", "B"]
  by: [event.account]
  tests:
    - { name: a, event: { provider: aws, account: "1", api: A }, expect: match }
    - { name: b, event: { provider: aws, account: "1", api: C }, expect: none }
"#;

fn check(name: &str, format: &str) -> Ended {
    let folder = Folder::new(&format!("check-format-{name}"))
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\n")
        .file("rules/mine.yaml", RULE);
    folder.keytrail(["check", "--format", format]).output()
}

#[test]
fn json_has_the_places_of_the_text() {
    let text = check("human", "human");
    assert!(text.stderr.contains("--> rules/mine.yaml:10:5"), "{text}");
    let ended = check("json", "json");
    assert_eq!((ended.code, ended.stderr.as_str()), (text.code, ""));
    let value: Value = serde_json::from_str(&ended.stdout).unwrap();
    let folder = Folder::new("check-format-schema");
    let schema: Value =
        serde_json::from_str(&folder.keytrail(["schema", "check"]).output().stdout).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&value));
    assert_eq!((&value["errors"], &value["warnings"]), (&0.into(), &1.into()));
    let first = &value["diagnostics"][0];
    assert_eq!((&first["code"], &first["level"]), (&"KT7034".into(), &"warning".into()));
    let place = &first["places"][0];
    assert_eq!((&place["line"], &place["column"]), (&10.into(), &5.into()));
    assert_eq!((&place["end_line"], &place["end_column"]), (&10.into(), &21.into()));
}

#[test]
fn sarif_and_github_point_at_the_line() {
    let log: Value = serde_json::from_str(&check("sarif", "sarif").stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "KT7034");
    let result = &run["results"][0];
    assert_eq!((&result["ruleIndex"], &result["level"]), (&0.into(), &"warning".into()));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "rules/mine.yaml");
    assert_eq!(
        (&place["region"]["startLine"], &place["region"]["startColumn"]),
        (&10.into(), &5.into())
    );
    let lines = check("github", "github").stdout;
    assert!(
        lines.starts_with(
            "::warning file=rules/mine.yaml,line=10,col=5,endLine=10,endColumn=21,title=KT7034 "
        ),
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 1);
}
