//! Runs the commands of examples/README.md, and checks that the examples fit each other.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::readme::{blocks_of, copy, root};
use crate::run::Folder;

/// A folder with the examples.
fn examples(name: &str) -> Folder {
    let folder = Folder::new(name);
    copy(&root().join("examples"), &folder.path("examples"));
    folder
}

/// The findings of a scan, one on each line: severity, rule and message.
fn findings(report: &str) -> String {
    let report: Value = serde_json::from_str(report).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut lines: Vec<String> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let (severity, rule) = (text(&finding["severity"]), text(&finding["rule"]));
        lines.push(format!("{severity:<8} {rule}: {}\n", text(&finding["message"])));
    }
    lines.concat()
}

#[test]
fn scanning_the_examples_gives_the_output_in_their_readme() {
    let folder = examples("examples-scanned");
    let blocks = blocks_of("examples/README.md", "sh");
    let mut found = String::new();
    let mut commands = 0;
    for line in blocks.iter().flat_map(|block| block.lines()) {
        let arguments = line.strip_prefix("keytrail ").unwrap().split_whitespace();
        let ended = folder.keytrail(arguments.chain(["--format", "json"])).output();
        assert_eq!(ended.code, Some(1), "{line}\n{ended}");
        found += &format!("$ {line}\n{}\n", findings(&ended.stdout));
        commands += 1;
    }
    assert_eq!(commands, 9);
    insta::assert_snapshot!("examples", found);
}

/// The posture of all reports names each kind of report.
#[test]
fn the_posture_of_the_example_reports_is_shown() {
    let readme = fs::read_to_string(root().join("examples/README.md")).unwrap();
    assert!(readme.contains("`keytrail posture examples/reports`"));
    let ended = examples("examples-posture").keytrail(["posture", "examples/reports"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    for user in [
        "<root_account> of aws",
        "dave of aws",
        "bob@example.onaliyun.com of alibaba",
        "grace of tencent",
    ] {
        assert!(ended.stdout.contains(user), "{user}\n{ended}");
    }
}

#[test]
fn the_allowlist_of_the_examples_covers_the_pipeline() {
    let folder = examples("examples-allowed");
    let scan = ["scan", "examples/cloudtrail", "-v"];
    let plain = folder.keytrail(scan).output().stdout;
    let allowlist = ["--allowlists", "examples/allowlist.yaml"];
    let allowed = folder.keytrail(scan.into_iter().chain(allowlist)).output().stdout;
    let pipeline = "]: terraform-deploy ";
    assert!(plain.contains(pipeline), "{plain}");
    assert!(!allowed.contains(pipeline), "{allowed}");
    assert!(allowed.contains("1 entry covered 8 matches"), "{allowed}");
}

/// Every record of the logs, as `inspect` shows it.
fn records(folder: &Folder, fields: &str) -> Vec<Value> {
    let logs = ["examples/cloudtrail", "examples/actiontrail", "examples/cloudaudit"];
    let inspect = ["inspect", "--format", "json", "--show-keys", "--fields", fields];
    let ended = folder.keytrail(inspect.into_iter().chain(logs)).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let lines = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line.get("event").is_some()).collect()
}

/// The cells of a column of a CSV table.
fn column(file: &Path, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let headers = reader.headers().unwrap().clone();
    let index = headers.iter().position(|header| header.eq_ignore_ascii_case(name)).unwrap();
    reader.records().map(|row| row.unwrap()[index].to_owned()).collect()
}

#[test]
fn the_tables_describe_addresses_and_keys_of_the_examples() {
    let folder = examples("examples-tables");
    let mut logged = String::new();
    for record in records(&folder, "event.ak,event.source") {
        logged += &format!("{record}\n");
    }
    let intruder = "198.51.100.23";
    assert!(logged.contains(intruder) && logged.contains("198.51.100.200"));
    for file in [
        "iam-audit/iam_audit_report_20261006_060000.csv",
        "tencent/credential-report_20261006_060000.csv",
    ] {
        logged += &folder.read(&format!("examples/reports/{file}"));
    }
    let tables = root().join("examples/tables");
    for table in ["key_usage", "leaked_keys", "scheduled_deletions"] {
        for key in column(&tables.join(format!("{table}.csv")), "AK") {
            assert!(logged.contains(&key), "{table}: {key} is in no log and no report");
        }
    }
    for table in ["ak_notes.json", "key_policies.yaml"] {
        let text = fs::read_to_string(tables.join(table)).unwrap();
        let keys = text.split(|c: char| !c.is_ascii_alphanumeric());
        let keys: Vec<&str> = keys.filter(|word| word.contains("EXAMPLE")).collect();
        assert!(!keys.is_empty());
        for key in keys {
            assert!(logged.contains(key), "{table}: {key} is in no log and no report");
        }
    }
    // Neither attacker has an address that the organisation calls its own.
    let assets =
        folder.file("keytrail.yaml", "tables: { ip_assets: examples/tables/ip_assets.csv }\n");
    let query = |ip: &str| format!("event.ip == \"{ip}\" && in_table(\"ip_assets\", event.ip)");
    for (ip, ours) in [(intruder, false), ("198.51.100.200", false), ("203.0.113.10", true)] {
        let ended = assets.keytrail(["query", &query(ip), "examples/cloudtrail"]).output();
        assert_eq!(ended.code, Some(0), "{ended}");
        assert_eq!(!ended.stdout.contains("matches   0 of"), ours, "{ip}\n{ended}");
    }
}
