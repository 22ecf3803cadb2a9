//! Converts the differences of a policy to version 1 of the report.

use std::borrow::Cow;

use super::v1;
use crate::report::Facts;
use crate::rule::ValueChange;

/// How the policy of a run differs from the built-in one. Access keys in lists and parameters are
/// masked.
pub(super) fn changes(facts: &Facts) -> v1::PolicyChanges<'_> {
    let of = &facts.policy_changes;
    v1::PolicyChanges {
        project_files: of.project_files.iter().map(|file| Cow::Borrowed(file.as_str())).collect(),
        without_builtin: of.without_builtin,
        settings: of.settings.iter().map(|change| value(facts, change)).collect(),
        rules_off: of
            .rules_off
            .iter()
            .map(|off| v1::RuleOff {
                rule: Cow::Borrowed(&off.rule),
                by: Cow::Borrowed(if off.by_option { "option" } else { "project" }),
            })
            .collect(),
        severities: of.severities.iter().map(|change| value(facts, change)).collect(),
        params: of.params.iter().map(|change| value(facts, change)).collect(),
        lists: of
            .lists
            .iter()
            .map(|list| v1::ListDifference {
                list: Cow::Borrowed(&list.list),
                added: owned(facts, &list.added),
                removed: owned(facts, &list.removed),
            })
            .collect(),
        tables: of
            .tables
            .iter()
            .map(|of| v1::TableRows {
                table: Cow::Borrowed(&of.table),
                file: Cow::Borrowed(&of.file),
                rows: of.rows,
            })
            .collect(),
        own: of
            .own
            .iter()
            .map(|own| v1::OwnItem {
                kind: Cow::Borrowed(own.kind),
                name: Cow::Borrowed(&own.name),
                file: Cow::Borrowed(&own.file),
                replaces_builtin: own.replaces,
            })
            .collect(),
    }
}

fn owned<'a>(facts: &Facts, texts: &'a [String]) -> Vec<Cow<'a, str>> {
    texts.iter().map(|text| facts.text(text)).collect()
}

fn value<'a>(facts: &Facts, change: &'a ValueChange) -> v1::ValueChange<'a> {
    v1::ValueChange {
        name: Cow::Borrowed(&change.name),
        from: facts.text(&change.from),
        to: facts.text(&change.to),
    }
}
