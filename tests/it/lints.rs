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
    let [project] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    let rule = |when: &str| {
        format!(
            "rule:\n  id: mine\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  \
             when: |\n    {when}\n  by: [event.account]\n  tests:\n    - {{ name: a, event: {{ provider: aws, \
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

/// Definitions with parameters: their names, types and uses are checked before a rule calls them.
#[test]
fn mistakes_in_the_parameters_of_a_definition_are_reported() {
    let folder = |definition: &str| {
        Folder::new("lints-definition")
            .file("keytrail.yaml", "rule_paths: [rules]\n")
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
