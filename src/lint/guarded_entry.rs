//! Entries that guards make useless.

use super::Lint;
use crate::allow::AllowlistEntry;
use crate::config::Policy;
use crate::decide::{Answer, Condition, both, implies};
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// An entry whose every possible match a guard forbids to cover.
pub(super) static GUARDED_ENTRY: Lint = Lint {
    name: "guarded-entry",
    code: &codes::GUARDED_ENTRY,
    doc: "An allowlist entry that covers nothing, because guards of the project file forbid it.",
    run: |policy, _| {
        let entries = policy.allowlist.entries.iter();
        let useless = entries.filter(|entry| {
            !entry.rules.is_empty()
                && entry.rules.iter().all(|rule| is_guarded(policy, entry, *rule))
        });
        let problem = |entry: &AllowlistEntry| {
            let message = format!(
                "the entry `{}` covers nothing: guards forbid to cover the matches of its rules",
                entry.id
            );
            let guards = policy.allowlist.guards.iter();
            let first =
                guards.filter(|guard| guard.rules.iter().any(|rule| entry.rules.contains(rule)));
            let problem = Diagnostic::warning(&codes::GUARDED_ENTRY, message).at(entry.span, "");
            let problem =
                first.take(1).fold(problem, |problem, guard| problem.at(guard.span, "this guard"));
            problem.help("delete the entry, or let it name other rules")
        };
        useless.map(problem).collect()
    },
};

/// Whether a guard holds for every match of a rule that an entry can cover.
fn is_guarded(policy: &Policy, entry: &AllowlistEntry, rule: usize) -> bool {
    let Some(definition) = policy.rules.get(rule) else { return false };
    let guards = &policy.allowlist.guards;
    if !guards.iter().any(|guard| guard.rules.contains(&rule)) {
        return false;
    }
    let on = definition.on;
    let Some(own) = entry.condition(on, policy) else { return false };
    definition.steps.iter().all(|step| {
        let covered = both(&step.when, &own);
        let covered = Condition::new(&covered, on);
        guards.iter().any(|guard| {
            guard.rules.contains(&rule)
                && guard.of_kind(on).is_some_and(|when| {
                    matches!(implies(&covered, &Condition::new(when, on)), Answer::Yes)
                })
        })
    })
}
