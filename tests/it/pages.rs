//! Pages below `docs` that are followed from top to bottom.
//!
//! A block of YAML that begins with `# PATH` writes that file. A line `keytrail …` or `git …` of a `sh`
//! block runs in the folder; it ends with the code after `# exit code`, or with 0. A `text` block
//! after it shows its output, shortened by `…`. A `console` block has the commands of other programs,
//! which no test runs.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::diff::project::git;
use crate::readme::{copy, is_short_for, root, words};
use crate::run::{Ended, Folder};

/// Each page with the example files that it reads, and their places.
const PAGES: [(&str, &[(&str, &str)]); 18] = [
    ("docs/expressions.md", &[("examples/cloudtrail", "logs")]),
    ("docs/rule-files.md", &[]),
    (
        "docs/testing.md",
        &[
            ("examples/cloudtrail", "logs"),
            ("examples/cloudtrail/lookup-events-backup-sync.json", "cases/backup/inputs/a.json"),
        ],
    ),
    ("docs/project.md", &[("examples/cloudtrail", "logs"), ("examples/reports", "reports")]),
    ("docs/allowlists.md", &[("examples/cloudtrail", "logs")]),
    (
        "docs/getting-logs.md",
        &[
            ("examples/cloudtrail/AWSLogs", "aws/AWSLogs"),
            ("examples/cloudtrail/lookup-events-backup-sync.json", "aws/lookup-events.json"),
            ("examples/reports/aws", "aws/reports"),
            ("examples/actiontrail/AliyunLogs", "alibaba/AliyunLogs"),
            ("examples/actiontrail/log-service.ndjson", "alibaba/log-service.ndjson"),
            ("examples/reports/alibaba", "alibaba/reports"),
            ("examples/cloudaudit/tracking-set", "tencent/tracking-set"),
            ("examples/cloudaudit/describe-events.json", "tencent/describe-events.json"),
            ("examples/reports/tencent", "tencent/reports"),
        ],
    ),
    ("docs/first-rule.md", &[("examples/cloudtrail", "logs")]),
    ("docs/authoring.md", &[("examples/cloudtrail", "logs")]),
    (
        "docs/recommend.md",
        &[
            ("examples/cloudtrail", "logs"),
            ("examples/reports/aws", "reports"),
            ("examples/attached", "attached"),
            ("examples/actiontrail", "alibaba"),
            ("examples/cloudaudit", "tencent"),
        ],
    ),
    ("docs/incidents.md", &[("examples/cloudtrail", "logs")]),
    ("docs/diff.md", &[("examples/cloudtrail", "logs")]),
    ("docs/formats.md", &[("examples/cloudtrail", "logs")]),
    ("docs/triage.md", &[("examples/cloudtrail", "logs")]),
    ("docs/install.md", &[]),
    ("docs/tour.md", &[("examples/cloudtrail", "logs"), ("examples/reports", "reports")]),
    ("docs/ci.md", &[("examples/cloudtrail", "logs")]),
    ("docs/guide-security.md", &[("examples/cloudtrail", "logs")]),
    ("docs/guide-review.md", &[("examples/cloudtrail", "logs")]),
];

/// The code blocks of a page with their languages, in order.
fn blocks(page: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((language.to_owned(), block.join("\n") + "\n"));
        }
    }
    found
}

/// Runs a line of a `sh` block. A comment at its end states the exit code, unless that is 0.
fn run(folder: &Folder, page: &str, line: &str) -> Ended {
    let (command, expected) = line.split_once("# exit code ").unwrap_or((line, "0"));
    let arguments = command.strip_prefix("keytrail ").unwrap_or_else(|| panic!("{page}: {line}"));
    let ended = folder.keytrail(words(arguments)).output();
    assert_eq!(ended.code, Some(expected.trim().parse().unwrap()), "{page}: {line}\n{ended}");
    ended
}

fn follow(page: &str) {
    let (_, examples) = PAGES.iter().find(|(path, _)| *path == page).unwrap();
    let mut folder = Folder::new(&page.replace(['/', '.'], "-"));
    for (from, to) in *examples {
        let (from, to) = (root().join(from), folder.path(to));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
    }
    let (mut ran, mut last) = (0, None);
    for (language, block) in blocks(page) {
        let shown_after = last.take();
        match language.as_str() {
            "sh" => {
                for line in block.lines() {
                    if let Some(arguments) = line.strip_prefix("git ") {
                        let arguments = words(arguments);
                        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                        git(&folder.path("."), &arguments);
                        continue;
                    }
                    last = Some(run(&folder, page, line));
                    ran += 1;
                }
            }
            "text" => {
                let ended: Ended = shown_after.unwrap_or_else(|| panic!("{page}: no command"));
                let output = format!("{}{}", ended.stdout, ended.stderr);
                let mut rest = output.lines();
                for line in block.lines().filter(|line| line.trim() != "…") {
                    assert!(
                        rest.any(|shown| is_short_for(line, shown)),
                        "{page}: {line:?}\n{ended}"
                    );
                }
            }
            "yaml" => {
                let path = block.lines().next().and_then(|line| line.strip_prefix("# "));
                let path = path.unwrap_or_else(|| panic!("{page}: a file without a name\n{block}"));
                folder = folder.file(path, &block);
            }
            "console" | "json" => {}
            other => assert!(other.starts_with("rhai"), "{page}: a block of {other:?}"),
        }
    }
    assert!(ran > 0, "{page} runs nothing");
}

#[test]
fn the_page_about_expressions_can_be_followed() {
    follow("docs/expressions.md");
}

#[test]
fn the_page_about_rule_files_can_be_followed() {
    follow("docs/rule-files.md");
}

#[test]
fn the_page_about_testing_can_be_followed() {
    follow("docs/testing.md");
}

#[test]
fn the_page_about_the_project_file_can_be_followed() {
    follow("docs/project.md");
}

#[test]
fn the_page_about_allowlists_can_be_followed() {
    follow("docs/allowlists.md");
}

#[test]
fn the_page_about_getting_logs_can_be_followed() {
    follow("docs/getting-logs.md");
}

#[test]
fn the_page_about_a_first_rule_can_be_followed() {
    follow("docs/first-rule.md");
}

#[test]
fn the_page_for_authors_can_be_followed() {
    follow("docs/authoring.md");
}

#[test]
fn the_page_about_recommendations_can_be_followed() {
    follow("docs/recommend.md");
}

#[test]
fn the_page_about_incidents_can_be_followed() {
    follow("docs/incidents.md");
}

#[test]
fn the_page_about_changes_of_the_policy_can_be_followed() {
    follow("docs/diff.md");
}

#[test]
fn the_page_about_formats_can_be_followed() {
    follow("docs/formats.md");
}

#[test]
fn the_page_about_installing_can_be_followed() {
    follow("docs/install.md");
}

#[test]
fn the_tour_can_be_followed() {
    follow("docs/tour.md");
}

#[test]
fn the_page_about_pipelines_can_be_followed() {
    follow("docs/ci.md");
}

#[test]
fn the_guide_for_the_security_team_can_be_followed() {
    follow("docs/guide-security.md");
}

#[test]
fn the_guide_for_reviewers_can_be_followed() {
    follow("docs/guide-review.md");
}

#[test]
fn every_page_is_in_the_book() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let linked: BTreeSet<&str> =
        summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let mut pages = BTreeSet::new();
    for path in glob::glob(&format!("{}/docs/**/*.md", root().display())).unwrap() {
        let path = path.unwrap();
        let page = path.strip_prefix(root().join("docs")).unwrap().to_str().unwrap().to_owned();
        if page != "SUMMARY.md" {
            pages.insert(page);
        }
    }
    assert_eq!(linked, pages.iter().map(String::as_str).collect());
}

/// The names of the properties in a schema. The names in a mapping of any names are not among them.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    if !schema.is_object() {
        return;
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(name.clone());
        keys(property, found);
    }
    for inner in [&schema["items"], &schema["additionalProperties"]] {
        keys(inner, found);
    }
    for inner in schema["anyOf"].as_array().into_iter().flatten() {
        keys(inner, found);
    }
}

/// The names in the first cells of the tables of keys.
fn listed(page: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let mut found = BTreeSet::new();
    let mut of_keys = false;
    for line in text.lines() {
        let Some(row) = line.strip_prefix("| ") else {
            of_keys = of_keys && line.starts_with("|--");
            continue;
        };
        let cell = row.split(" | ").next().unwrap();
        if matches!(cell, "key" | "selector") {
            of_keys = true;
        } else if of_keys {
            found.extend(cell.split(", ").map(|key| key.trim_matches('`').to_owned()));
        }
    }
    found
}

#[test]
fn the_pages_list_the_keys_of_the_schemas() {
    let schema = |name: &str| -> Value {
        let text = fs::read_to_string(root().join("schemas").join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let policy = schema("policy.json");
    for (page, parts) in [
        (
            "docs/rule-files.md",
            vec![
                policy["properties"]["rule"].clone(),
                policy["properties"]["list"].clone(),
                policy["properties"]["definitions"].clone(),
            ],
        ),
        ("docs/allowlists.md", vec![policy["properties"]["entries"].clone()]),
        ("docs/project.md", vec![schema("config.json")]),
    ] {
        let mut expected = BTreeSet::new();
        parts.iter().for_each(|part| keys(part, &mut expected));
        assert_eq!(listed(page), expected, "{page}");
    }
}

/// The event of the page is the one that its expressions read.
#[test]
fn the_page_about_expressions_shows_its_event() {
    let (_, shown) = blocks("docs/expressions.md").into_iter().find(|(l, _)| l == "json").unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let read = fs::read_to_string(root().join("tests/corpus/expr/record.json")).unwrap();
    let read: Value = serde_json::from_str(&read).unwrap();
    for (name, value) in shown.as_object().unwrap() {
        assert_eq!(value, &read["event"][name], "{name}");
    }
}
