//! Conditions that are evaluated for every event.

use super::Lint;
use crate::diag::codes::lint as codes;
use crate::diag::{Diagnostic, escaped};
use crate::plan::ConditionLookup;
use crate::value::RecordKind;

/// A condition on events without a test by which the index could look it up.
pub(super) static NOT_LOOKED_UP: Lint = Lint {
    name: "not-looked-up",
    code: &codes::NOT_LOOKED_UP,
    doc: "A condition on events that the index cannot look up, so that it is evaluated for every event.",
    run: |policy, _| {
        let mut problems = Vec::new();
        // A report has few rows.
        let own = policy.rules.iter().filter(|rule| !rule.builtin && rule.on == RecordKind::Event);
        for rule in own {
            for (_, lookup) in ConditionLookup::of_rule(rule) {
                let ConditionLookup::Always(part, why) = lookup else { continue };
                // `true` is meant.
                if part.constant().is_some() {
                    continue;
                }
                let text = policy.sources.text(part.span);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let message = format!(
                    "the condition is evaluated for every event: `{}` {why}",
                    escaped(&text, 60)
                );
                problems.push(
                    Diagnostic::note(&codes::NOT_LOOKED_UP, message).at(part.span, "").help(
                        "add a test of a field against constants, such as `event.name in [..]`",
                    ),
                );
            }
        }
        problems
    },
};
