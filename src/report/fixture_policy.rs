//! The differences of the policy in the report that tests of outputs share.

use crate::rule::{ListDifference, OwnItem, PolicyChanges, RuleOff, TableRows, ValueChange};

/// A policy that turns a rule off, weakens another and adds a key and a hostile entry to a list.
pub(super) fn changes(key: &str, hostile: &str) -> PolicyChanges {
    let text = str::to_owned;
    let value = |name: &str, from: &str, to: &str| ValueChange {
        name: text(name),
        from: text(from),
        to: text(to),
    };
    PolicyChanges {
        project_files: vec![text("keytrail.yaml")],
        without_builtin: false,
        settings: vec![value("fail_on", "high", "critical")],
        rules_off: vec![
            RuleOff { rule: text("enumeration"), by_option: false },
            RuleOff { rule: text("old-password"), by_option: true },
        ],
        severities: vec![value("create-access-key", "high", "low")],
        params: vec![value("old-key-in-use.days", "90", "400")],
        lists: vec![ListDifference {
            list: text("watched_keys"),
            added: vec![text(key), text(hostile)],
            removed: vec![text("old")],
        }],
        tables: vec![TableRows { table: text("accounts"), file: text("accounts.csv"), rows: 3 }],
        own: vec![OwnItem {
            kind: "rule",
            name: text("mine"),
            file: text("rules/mine.yaml"),
            replaces: false,
        }],
    }
}
