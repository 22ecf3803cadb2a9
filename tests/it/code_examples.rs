//! The examples of `explain-code`: the wrong one gives the code, and only it; the right one gives none.

use std::collections::BTreeMap;
use std::fmt::Write;

use keytrail::diag::{Example, Form, codes, examples};

use crate::run::Folder;

/// Keys of a rule that an example need not repeat.
const RULE: [(&str, &str); 8] = [
    ("title", "Example"),
    ("category", "abuse"),
    ("severity", "low"),
    ("on", "event"),
    ("description", "What it finds."),
    ("remediation", "What to do."),
    ("when", "event.api == \"CreateUser\""),
    ("by", "[event.account, event.user]"),
];

/// Keys of an allowlist entry that an example need not repeat.
const ENTRY: [(&str, &str); 6] = [
    ("id", "example"),
    ("rules", "[create-access-key]"),
    ("match", "{ ip: [203.0.113.77] }"),
    ("reason", "an example"),
    ("owner", "nobody"),
    ("expires", "2027-03-31"),
];

const NOW: &str = "2026-01-01T00:00:00Z";

/// Codes that examples of policies may cause too, because they have no tests of rules and no uses
/// of lists.
const ASIDE: [&str; 11] = [
    "KT7002", "KT7015", "KT7033", "KT7034", "KT7035", "KT7036", "KT7037", "KT7038", "KT7042",
    "KT7043", "KT7044",
];

/// The lines, and the keys that they lack.
fn completed(lines: &str, keys: &[(&str, &str)]) -> String {
    let has = |key: &str| lines.lines().any(|line| line.starts_with(&format!("{key}:")));
    let mut text = String::new();
    for (key, value) in keys {
        let in_steps = *key == "when" && has("sequence");
        if !has(key) && !in_steps {
            let _ = writeln!(text, "{key}: {value}");
        }
    }
    text + lines + "\n"
}

fn indented(text: &str, first: &str, rest: &str) -> String {
    let mut lines = text.lines();
    let head = format!("{first}{}\n", lines.next().unwrap());
    lines.fold(head, |text, line| format!("{text}{rest}{line}\n"))
}

fn rule(id: &str, lines: &str) -> String {
    let lines = completed(lines, &RULE);
    format!("rule:\n{}", indented(&format!("id: {id}\n{lines}"), "  ", "  "))
}

/// The files of a project that contains the lines.
fn files(form: Form, lines: &str) -> BTreeMap<String, String> {
    let one = |path: &str, text: String| BTreeMap::from([(path.to_owned(), text)]);
    match form {
        Form::Expression => {
            one("rules/example.yaml", rule("example", &format!("when: |\n  {lines}")))
        }
        Form::Rule => one("rules/example.yaml", rule("example", lines)),
        Form::Entry => {
            let entry = indented(&completed(lines, &ENTRY), "  - ", "    ");
            one("allowlists/example.yaml", format!("entries:\n{entry}"))
        }
        Form::Files => {
            let mut files = BTreeMap::new();
            for file in format!("\n{lines}").split("\n# ").skip(1) {
                let (path, text) = file.split_once('\n').unwrap();
                files.insert(path.to_owned(), whole(path, text));
            }
            files
        }
    }
}

/// A file of an example, with the keys of rules and entries that it leaves out.
fn whole(path: &str, text: &str) -> String {
    if let Some(lines) = text.strip_prefix("rule:\n") {
        let lines: Vec<&str> = lines.lines().map(|line| line.strip_prefix("  ").unwrap()).collect();
        let id = path.rsplit('/').next().unwrap().strip_suffix(".yaml").unwrap();
        return rule(id, &lines.join("\n"));
    }
    let mut whole = String::new();
    for line in text.lines() {
        match line.strip_prefix("  - { ").and_then(|line| line.strip_suffix(" }")) {
            Some(entry) if text.starts_with("entries:") => {
                let [.., reason, owner, expires] =
                    ENTRY.map(|(key, value)| format!("{key}: {value}"));
                let _ = writeln!(whole, "  - {{ {entry}, {reason}, {owner}, {expires} }}");
            }
            _ => {
                let _ = writeln!(whole, "{line}");
            }
        }
    }
    whole
}

/// The codes of the errors, warnings and notes, other than those that examples leave aside.
fn reported(example: &Example, side: &str, lines: &str) -> (Vec<String>, String) {
    let mut files = files(example.form, lines);
    let mut project = files.remove("keytrail.yaml").unwrap_or_default();
    let has = |folder: &str| files.keys().any(|path| path.starts_with(folder));
    let (rules, allowlists) = (has("rules/"), has("allowlists/"));
    if project.contains("rule_paths: ") {
        files.insert("rules/example.yaml".to_owned(), rule("example", "tags: []"));
    } else if rules {
        project += "rule_paths: [rules]\n";
    }
    if allowlists {
        project += "allowlists: [allowlists]\n";
    }
    let folder = Folder::new(&format!("code-example-{}-{side}", example.id));
    let folder = folder.file("keytrail.yaml", project);
    let folder = files.iter().fold(folder, |folder, (path, text)| folder.file(path, text));
    let mut arguments = vec!["check", "--now", NOW];
    if matches!(example.form, Form::Expression | Form::Rule)
        && !lines.contains("lists.")
        && !lines.contains("in_table")
    {
        arguments.push("--no-builtin");
    }
    let mut output = folder.keytrail(arguments).output().to_string();
    if lines.contains("expect:") {
        output += &folder.keytrail(["test", "rules"]).output().to_string();
    }
    let mut codes: Vec<String> = output
        .lines()
        .filter_map(|line| Some(line.split_once("[KT")?.1.split_once("]: ")?.0))
        .map(|number| format!("KT{number}"))
        .filter(|code| code == example.id || !ASIDE.contains(&code.as_str()))
        .collect();
    codes.dedup();
    (codes, output)
}

/// Tries the examples of the codes that begin so.
fn the_examples_of(area: &str, at_least: usize) {
    let mut count = 0;
    for example in examples().filter(|example| example.id.starts_with(area)) {
        let (codes, output) = reported(&example, "wrong", example.wrong);
        assert_eq!(codes, [example.id], "{}, wrong:\n{}\n{output}", example.id, example.wrong);
        let (codes, output) = reported(&example, "right", example.right);
        assert!(codes.is_empty(), "{}, right:\n{}\n{output}", example.id, example.right);
        count += 1;
    }
    assert!(count >= at_least, "{count} examples of {area}");
}

#[test]
fn examples_of_yaml_are_wrong_and_right() {
    the_examples_of("KT1", 10);
}

#[test]
fn examples_of_expressions_are_wrong_and_right() {
    the_examples_of("KT2", 13);
}

#[test]
fn examples_of_rules_are_wrong_and_right() {
    the_examples_of("KT3", 15);
}

#[test]
fn examples_of_allowlists_are_wrong_and_right() {
    the_examples_of("KT4", 12);
}

#[test]
fn examples_of_project_files_tables_and_queries_are_wrong_and_right() {
    the_examples_of("KT5", 8);
    the_examples_of("KT8", 8);
    the_examples_of("KT9", 4);
}

#[test]
fn examples_of_lints_are_wrong_and_right() {
    the_examples_of("KT7", 20);
}

#[test]
fn every_code_of_an_expression_and_every_lint_has_an_example_that_is_shown() {
    let folder = Folder::new("code-examples-shown");
    for code in codes::all().filter(|code| code.id.starts_with("KT2") || code.id.starts_with("KT7"))
    {
        let example = examples().find(|example| example.id == code.id);
        let example = example.unwrap_or_else(|| panic!("{} has no example", code.id));
        let shown = folder.keytrail(["explain-code", code.id]).output().stdout;
        let part =
            |title: &str, lines: &str| format!("\n{title}:\n\n{}", indented(lines, "    ", "    "));
        assert!(shown.contains(&part("Wrong", example.wrong)), "{shown}");
        assert!(shown.ends_with(&part("Right", example.right)), "{shown}");
    }
}
