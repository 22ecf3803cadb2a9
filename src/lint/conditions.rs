//! The conditions of a policy that its author can change.

use crate::config::Policy;
use crate::expr::Expr;
use crate::value::RecordKind;

/// The conditions of rules and allowlist entries of the project, with the kind of record they read. A
/// rule that is not configured matches nothing until the project fills a list.
pub(super) fn own_conditions(policy: &Policy) -> Vec<(&Expr, RecordKind)> {
    let rules = policy.rules.iter();
    let rules = rules.filter(|rule| !rule.builtin && rule.not_configured.is_none());
    let of_rules = rules.flat_map(|rule| rule.steps.iter().map(|step| (&step.when, rule.on)));
    let entries =
        policy.allowlist.entries.iter().filter(|entry| !policy.is_builtin(entry.span.file));
    let of_entries = entries.flat_map(|entry| entry.when.iter().map(|(on, when)| (when, *on)));
    of_rules.chain(of_entries).collect()
}
