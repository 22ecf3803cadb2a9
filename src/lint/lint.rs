//! What a lint is, and running them all.

use super::LINTS;
use crate::config::Policy;
use crate::diag::codes::config as codes;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::value::Time;

/// A registry entry: one thing to look for.
#[derive(Debug)]
pub struct Lint {
    /// Its name in `lints` of the project file.
    pub name: &'static str,
    /// The code of what it says.
    pub code: &'static Code,
    /// What it looks for, one sentence.
    pub doc: &'static str,
    /// Everything that it finds; the second argument is the run clock.
    pub run: fn(&Policy, Time) -> Vec<Diagnostic>,
}

/// What every lint finds, in the order of the registry, at the levels that the project file sets.
pub fn run(policy: &Policy, clock: Time) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (name, level) in &policy.lints {
        if !LINTS.iter().any(|lint| lint.name == name) {
            let message = format!("there is no lint `{name}`");
            found.push(
                Diagnostic::error(&codes::UNKNOWN_LINT, message)
                    .at(level.span, "")
                    .maybe_help(did_you_mean(name, LINTS.iter().map(|lint| lint.name))),
            );
        }
    }
    for lint in LINTS {
        let level = policy.lints.get(lint.name).map(|level| level.level);
        if level != Some(None) {
            found.extend((lint.run)(policy, clock).into_iter().map(|mut diagnostic| {
                diagnostic.level = level.flatten().unwrap_or(diagnostic.level);
                diagnostic
            }));
        }
    }
    found
}
