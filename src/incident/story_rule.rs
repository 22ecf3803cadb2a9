//! What stories need of the report: its rules, its clock and its masks.

use crate::rule::Tactic;
use crate::value::Time;

/// The facts about a rule that a story needs.
#[derive(Debug, Clone)]
pub struct StoryRule<'r> {
    /// Its id.
    pub id: &'r str,
    /// What to do about its findings.
    pub remediation: &'r str,
    /// Whether it reads events.
    pub on_event: bool,
    /// The tactics of the techniques that its tags name.
    pub tactics: Vec<Tactic>,
}

/// How stories show times and keys.
pub struct Shown<'s> {
    /// The run clock.
    pub clock: Time,
    /// An access key as the report shows it.
    pub key: &'s dyn Fn(&str) -> String,
}
