//! `keytrail init`, `new rule` and `new entry`: what they write loads, and its tests pass.

use insta::assert_snapshot;
use serde_json::Value;

use crate::readme::{copy, root};
use crate::run::{Ended, Folder};

fn ran(folder: &Folder, line: &str) -> Ended {
    folder.keytrail(line.split_whitespace()).output()
}

fn passes(folder: &Folder, line: &str) -> Ended {
    let ended = ran(folder, line);
    assert_eq!(ended.code, Some(0), "{line}\n{ended}");
    ended
}

#[test]
fn a_new_project_passes_its_own_checks() {
    for (ci, file) in
        [("github", ".github/workflows/keytrail.yml"), ("gitlab", ".gitlab-ci.yml"), ("none", "")]
    {
        let folder = Folder::new(&format!("scaffold-{ci}"));
        let written = passes(&folder, &format!("init --ci {ci}"));
        if ci == "github" {
            assert_snapshot!(written, @r"
            exit: 0
            ----- stdout
            wrote keytrail.yaml
            wrote rules/root-user-signed-in.yaml
            wrote schemas/config.json
            wrote schemas/policy.json
            wrote .github/workflows/keytrail.yml

            next: keytrail check, keytrail test, keytrail scan LOGS
            ");
        }
        passes(&folder, "check --strict");
        passes(&folder, "test rules --min-coverage 100 --max-survivors 0");
        // Every command of the workflow runs in the project.
        if !file.is_empty() {
            let text = folder.read(file);
            let commands: Vec<&str> = text
                .lines()
                .filter_map(|line| line.split_once("keytrail "))
                .filter(|(before, _)| !before.contains("install"))
                .map(|(_, arguments)| arguments.split(" > ").next().unwrap())
                .collect();
            assert!(commands.len() >= 3, "{text}");
            for command in commands {
                passes(&folder, command);
            }
            let parsed: Value = serde_yaml::from_str(&text).unwrap();
            assert!(parsed.is_object(), "{text}");
        }
        let again = ran(&folder, "init");
        assert_eq!(again.code, Some(2), "{again}");
        assert!(again.stderr.contains("exists and is not overwritten"), "{again}");
    }
}

#[test]
fn a_new_rule_of_each_kind_passes_check_and_test() {
    let folder = Folder::new("scaffold-rules");
    passes(&folder, "init --ci none");
    for kind in ["event", "cred", "key"] {
        let written = passes(&folder, &format!("new rule my-{kind} --on {kind}"));
        assert!(!written.stderr.contains("note"), "{written}");
        let text = folder.read(&format!("rules/my-{kind}.yaml"));
        let header = "# yaml-language-server: $schema=../schemas/policy.json\nrule:\n";
        assert!(text.starts_with(header), "{text}");
        assert!(text.contains("expect: none") && text.contains("subject:"), "{text}");
    }
    passes(&folder, "check --strict");
    passes(&folder, "test rules --min-coverage 100 --max-survivors 0");
    for (line, message) in [
        ("new rule my-key", "there is a rule `my-key` already"),
        ("new rule root-key-high-risk-api", "there is a rule `root-key-high-risk-api` already"),
        ("new rule Not_an_id", "cannot be the id of a rule"),
        ("new rule x --on nothing", "invalid value 'nothing'"),
    ] {
        let ended = ran(&folder, line);
        assert_eq!(ended.code, Some(2), "{ended}");
        assert!(ended.stderr.contains(message), "{ended}");
    }
    let elsewhere = passes(&folder, "new rule elsewhere --folder deep/er");
    assert!(elsewhere.stderr.contains("add `deep/er` to `rule_paths`"), "{elsewhere}");
    let text = folder.read("deep/er/elsewhere.yaml");
    assert!(
        text.starts_with("# yaml-language-server: $schema=../../schemas/policy.json\n"),
        "{text}"
    );
}

/// The entries for all findings of the example logs suppress all of them.
#[test]
fn an_entry_for_a_finding_covers_it() {
    let folder =
        Folder::new("scaffold-entries").file("keytrail.yaml", "allowlists: [allowlists]\n");
    copy(&root().join("examples/cloudtrail"), &folder.path("logs"));
    copy(&root().join("examples/reports"), &folder.path("reports"));
    std::fs::create_dir_all(folder.path("allowlists")).unwrap();
    std::fs::remove_file(folder.path("keytrail.yaml")).unwrap();
    let now = "--now 2026-10-08T00:00:00Z";
    let scan = format!("scan logs reports/aws {now} --fail-on never --format json");
    let report = passes(&folder, &scan).stdout;
    let folder = folder.file("report.json", &report);
    let report: Value = serde_json::from_str(&report).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() > 20, "{}", findings.len());
    let (mut first, mut keys) = (String::new(), 0);
    for finding in findings {
        let fingerprint = finding["fingerprint"].as_str().unwrap();
        if first.is_empty() {
            first = fingerprint.to_owned();
        }
        let line =
            format!("new entry report.json --from {fingerprint} --output allowlists/all.yaml");
        let written = passes(&folder, &line);
        assert!(written.stderr.contains("replace TODO in the entry"), "{written}");
        keys += usize::from(written.stderr.contains("nothing in the entry identifies the caller"));
    }
    assert_eq!(keys, 0);
    let folder = folder.file("keytrail.yaml", "allowlists: [allowlists]\n");
    let again = passes(&folder, &scan).stdout;
    let again: Value = serde_json::from_str(&again).unwrap();
    for finding in again["findings"].as_array().unwrap() {
        assert_eq!(finding["role"], "suppressed", "{finding:#}");
    }
    passes(&folder, "check");
    let named = format!(
        "new entry report.json --from {first} --id mine --reason agreed --owner team --expires never"
    );
    assert_snapshot!(passes(&folder, &named), @r#"
    exit: 0
    ----- stdout
    entries:
      - id: mine
        rules: [admin-user-persistence]
        match:
          user: [backup-sync]
          ip: ["198.51.100.23"]
          api: ["aws:iam.AttachUserPolicy", "aws:iam.CreateUser"]
          method: [api]
          account: ["111122223333"]
          code: [success]
        reason: agreed
        owner: team
        expires: never
    "#);
    for (line, message) in [
        ("new entry report.json --from abc", "is not a fingerprint"),
        ("new entry report.json --from 000000000000", "no finding of report.json"),
        ("new entry keytrail.yaml --from 000000000000", "cannot read the report"),
        (&format!("new entry report.json --from {first} -o report.json"), "nothing can be added"),
        (&format!("new entry report.json --from {first} --expires 2027-02-30"), "expected a day"),
    ] {
        let ended = ran(&folder, line);
        assert_eq!(ended.code, Some(2), "{ended}");
        assert!(ended.stderr.contains(message), "{message}\n{ended}");
    }
}
