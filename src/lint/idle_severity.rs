//! Severities in the project file that have no effect.

use super::Lint;
use crate::diag::Diagnostic;
use crate::diag::codes::lint as codes;

/// A severity that equals the rule's own, or that is set for a disabled rule.
pub(super) static IDLE_SEVERITY: Lint = Lint {
    name: "idle-severity",
    code: &codes::IDLE_SEVERITY,
    doc: "A severity in the project file that changes nothing.",
    run: |policy, _| {
        let problems = policy.severities.iter().filter_map(|change| {
            let why = if policy.disabled.contains(&change.rule) {
                "the rule is turned off"
            } else if change.written == change.set {
                "the rule already has this severity"
            } else {
                return None;
            };
            let message = format!(
                "the severity `{}` of the rule `{}` changes nothing: {why}",
                change.set.name(),
                change.rule
            );
            Some(Diagnostic::note(&codes::IDLE_SEVERITY, message).at(change.span, ""))
        });
        problems.collect()
    },
};
