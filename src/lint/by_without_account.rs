//! Rules whose subject does not name the account.

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

use crate::record::field::{cred, event};
use crate::rule::Step;
use crate::value::RecordKind;

/// A subject without the account, which merges findings of several accounts into one.
pub(super) static BY_WITHOUT_ACCOUNT: Lint = Lint {
    name: "by-without-account",
    code: &codes::BY_WITHOUT_ACCOUNT,
    doc: "A rule whose `by` does not read the account.",
    run: |policy, _| {
        let without = policy.rules.iter().filter(|rule| !rule.builtin).filter_map(|rule| {
            let account = match rule.on {
                RecordKind::Event => event::ACCOUNT,
                RecordKind::Cred | RecordKind::Key => cred::ACCOUNT,
            };
            let names =
                |step: &&Step| !step.by.iter().any(|(_, expr)| expr.fields().contains(account));
            Some((rule, rule.steps.iter().find(names)?))
        });
        let problems = without.map(|(rule, step)| {
            let message = format!(
                "`by` of the rule `{}` has no account, so matches of several accounts become \
                 one finding",
                rule.id
            );
            let first = step.by.first().map_or(rule.id_span, |(_, expr)| expr.span());
            let account = if rule.on == RecordKind::Event { "event" } else { "cred" };
            Diagnostic::note(&codes::BY_WITHOUT_ACCOUNT, message).at(first, "").help(format!(
                "add `{account}.account` unless one finding for all accounts is intended"
            ))
        });
        problems.collect()
    },
};
