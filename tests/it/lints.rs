//! The page about lints.

use std::fs;

use keytrail::expr::EXPR_LINTS;
use keytrail::lint::LINTS;

use crate::readme::{blocks_of, root};
use crate::run::Folder;

#[test]
fn the_page_lists_every_lint() {
    let page = fs::read_to_string(root().join("docs/lints.md")).unwrap();
    let of_policy = LINTS.iter().map(|lint| (lint.name, lint.code, lint.doc));
    let of_expressions = EXPR_LINTS.iter().map(|lint| (lint.name, lint.code, lint.doc));
    let mut count = 0;
    for (name, code, doc) in of_policy.chain(of_expressions) {
        let row = format!("| `{name}` | {} | {doc} |", code.id);
        assert!(page.contains(&row), "docs/lints.md has no row {row}");
        count += 1;
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), count);
}

/// The levels of the page are those of a project file, and each has its effect.
#[test]
fn the_levels_on_the_page_apply() {
    let blocks = blocks_of("docs/lints.md", "yaml");
    let [project, _] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    let rule = |when: &str| {
        format!(
            "rule:\n  id: mine\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  \
             description: d\n  remediation: r\n  when: |\n    {when}\n  by: [event.account]\n  tests:\n    - {{ name: a, event: {{ provider: aws, \
             api: A, account: \"1\" }}, expect: match }}\n    - {{ name: b, event: {{ provider: aws, api: \
             B, account: \"1\" }}, expect: none }}\n"
        )
    };
    let project = format!("{project}rule_paths: [rules]\n");
    for (when, code, message) in [
        // Turned off.
        ("event.ok == true && event.api == \"x\" || event.api == \"A\"", 0, ""),
        // Made an error.
        ("event.api == \"A\" || event.code == \"success\"", 2, "error[KT7023]"),
        // As it is.
        ("event.api == \"A\" || event.api in []", 0, "warning[KT7025]"),
    ] {
        let folder = Folder::new("lints-page")
            .file("keytrail.yaml", &project)
            .file("rules/mine.yaml", rule(when));
        let ended = folder.keytrail(["check"]).output();
        assert_eq!(ended.code, Some(code), "{when}\n{ended}");
        assert!(ended.stderr.contains(message), "{when}\n{ended}");
        assert_eq!(message.is_empty(), !ended.stderr.contains("[KT"), "{when}\n{ended}");
    }
}

/// The rule of the page is accepted by its comment, and not without it.
#[test]
fn the_comment_on_the_page_accepts_the_advice() {
    let blocks = blocks_of("docs/lints.md", "yaml");
    let [_, rule] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    let check = |rule: &str| {
        let folder = Folder::new("lints-ignore")
            .file("keytrail.yaml", "rule_paths: [rules]\n")
            .file("rules/root-in-two-ways.yaml", rule);
        folder.keytrail(["check"]).output()
    };
    let advice = "warning[KT7034]: this alternative never matters";
    let accepted = check(rule);
    assert!(!accepted.stderr.contains("[KT7034]"), "{accepted}");
    assert!(!accepted.stderr.contains("[KT7041]"), "{accepted}");
    let comment =
        "  # keytrail: ignore[dead-branch] the second alternative documents the API of consoles\n";
    assert!(rule.contains(comment));
    let plain = check(&rule.replace(comment, ""));
    assert!(plain.stderr.contains(advice), "{plain}");
    for (other, expected) in [
        // On the line itself.
        ("", ""),
        ("  # keytrail: ignore[dead-branch]\n", "error[KT7040]: this comment states no reason"),
        ("  # keytrail: ignore[dead-brunch] why\n", "did you mean `dead-branch`?"),
        (
            "  # keytrail: ignore[mixed-logic] why\n",
            "warning[KT7041]: this comment accepts nothing",
        ),
    ] {
        let ended =
            match expected {
                "" => check(&rule.replace(comment, "").replace(
                    "== \"console\")\n",
                    "== \"console\") # keytrail: ignore[KT7034] why\n",
                )),
                _ => check(&rule.replace(comment, other)),
            };
        assert_eq!(expected.is_empty(), !ended.stderr.contains("KT70"), "{ended}");
        assert!(ended.stderr.contains(expected), "{ended}");
    }
}

/// The built-in rules, checked as if they were a project's own.
#[test]
fn the_pack_has_no_problems() {
    let folder = Folder::new("lints-pack");
    let rules = root().join("rules");
    let arguments = ["check", "--no-builtin", "--format", "json"].map(std::ffi::OsString::from);
    let ended = folder.keytrail(arguments.into_iter().chain([rules.into()])).output();
    let value: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&value["errors"], &value["warnings"]), (&0.into(), &0.into()), "{ended}");
}

/// Definitions with parameters: their names, types and uses are checked before a rule calls them.
#[test]
fn mistakes_in_the_parameters_of_a_definition_are_reported() {
    let folder = |definition: &str| {
        Folder::new("lints-definition")
            .file("keytrail.yaml", "rule_paths: [rules]\nlints: { unused-definition: off }\n")
            .file("rules/names.yaml", format!("definitions:\n  mine:\n    on: event\n{definition}"))
    };
    for (definition, code, reported) in [
        ("    params: { id: str }\n    expr: event.user == id\n", 0, ""),
        (
            "    params: { id: str, other: str }\n    expr: event.user == id\n",
            0,
            "the definition `mine` does not read its parameter `other`",
        ),
        ("    params: { id: text }\n    expr: event.user == id\n", 2, "expected one of `bool`"),
        ("    params: { event: str }\n    expr: event.user == \"x\"\n", 2, "already has a meaning"),
        ("    params: { id: int }\n    expr: event.user == id\n", 2, "str and int"),
        ("    expr: event.user == params.id\n", 2, "unknown parameter `id`"),
        (
            "    expr: event.ok == true\n  len:\n    on: event\n    params: { id: str }\n    expr: has(id)\n",
            2,
            "name of a function",
        ),
    ] {
        let ended = folder(definition).keytrail(["check"]).output();
        assert_eq!(ended.code, Some(code), "{definition}\n{ended}");
        assert!(ended.stderr.contains(reported), "{definition}\n{ended}");
        assert_eq!(reported.is_empty(), !ended.stderr.contains("[KT"), "{definition}\n{ended}");
    }
}
