//! How the policy of a report differs from the built-in one.

use super::values::{Restored, all, name, texts};
use crate::output::json::v1;
use crate::rule::{ListDifference, OwnItem, PolicyChanges, RuleOff, TableRows, ValueChange};

pub(super) fn changes(of: v1::PolicyChanges<'_>) -> Restored<PolicyChanges> {
    let values = |of: Vec<v1::ValueChange<'_>>| of.into_iter().map(value).collect();
    Ok(PolicyChanges {
        project_files: texts(of.project_files),
        without_builtin: of.without_builtin,
        settings: values(of.settings),
        rules_off: of
            .rules_off
            .into_iter()
            .map(|of| RuleOff { rule: of.rule.into_owned(), by_option: of.by == "option" })
            .collect(),
        severities: values(of.severities),
        params: values(of.params),
        lists: of
            .lists
            .into_iter()
            .map(|of| ListDifference {
                list: of.list.into_owned(),
                added: texts(of.added),
                removed: texts(of.removed),
            })
            .collect(),
        tables: of
            .tables
            .into_iter()
            .map(|of| TableRows {
                table: of.table.into_owned(),
                file: of.file.into_owned(),
                rows: of.rows,
            })
            .collect(),
        own: all(of.own, |of| {
            Ok(OwnItem {
                kind: name(&of.kind)?,
                name: of.name.into_owned(),
                file: of.file.into_owned(),
                replaces: of.replaces_builtin,
            })
        })?,
    })
}

fn value(of: v1::ValueChange<'_>) -> ValueChange {
    ValueChange { name: of.name.into_owned(), from: of.from.into_owned(), to: of.to.into_owned() }
}
