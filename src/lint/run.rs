//! Runs every lint at the level that the project sets.

use super::LINTS;
use crate::config::Policy;
use crate::diag::codes::config as codes;
use crate::diag::{Diagnostic, Level, did_you_mean};
use crate::expr::EXPR_LINTS;
use crate::value::Time;

/// The diagnostics of every lint, in registry order, at the levels that the project file sets.
pub fn run(policy: &Policy, clock: Time) -> Vec<Diagnostic> {
    run_some(policy, clock, false)
}

/// The errors of every lint. Lints that only warn are not run.
pub fn run_errors(policy: &Policy, clock: Time) -> Vec<Diagnostic> {
    let mut found = run_some(policy, clock, true);
    found.retain(Diagnostic::is_error);
    found
}

fn run_some(policy: &Policy, clock: Time, errors: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, level) in &policy.lints {
        let candidates = || {
            let of_policy = LINTS.iter().map(|lint| lint.name);
            of_policy.chain(EXPR_LINTS.iter().map(|lint| lint.name))
        };
        if !candidates().any(|candidates| candidates == name) {
            let message = format!("there is no lint `{name}`");
            found.push(
                Diagnostic::error(&codes::UNKNOWN_LINT, message)
                    .at(level.span, "")
                    .maybe_help(did_you_mean(name, candidates())),
            );
        }
    }
    for lint in LINTS {
        let level = policy.lints.get(lint.name).map(|level| level.level);
        let wanted = !errors || level == Some(Some(Level::Error));
        if level != Some(None) && wanted {
            found.extend((lint.run)(policy, clock).into_iter().map(|mut diagnostic| {
                diagnostic.level = level.flatten().unwrap_or(diagnostic.level);
                diagnostic
            }));
        }
    }
    found
}
