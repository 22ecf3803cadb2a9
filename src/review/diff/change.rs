//! A change of the policy, and whether it weakens it.

use crate::value::words;

words! {
    /// Whether a change can hide something that was reported. The worst is the greatest.
    Effect {
        /// It changes nothing that is found.
        Neutral = "neutral",
        /// It finds no less, and perhaps more.
        Stronger = "stronger",
        /// Neither was shown, so it may hide something.
        Undecided = "undecided",
        /// It hides something, or lowers what fails a run.
        Weaker = "weaker",
    }
}

words! {
    /// What a change is about.
    ChangeKind {
        /// A rule is new.
        RuleAdded = "rule-added",
        /// A rule is gone.
        RuleDeleted = "rule-deleted",
        /// The project file disables a rule.
        RuleDisabled = "rule-disabled",
        /// The project file no longer disables a rule.
        RuleEnabled = "rule-enabled",
        /// The built-in rules, or some of them, are no longer loaded.
        Builtin = "builtin",
        /// The condition of a rule, or of a step.
        Condition = "condition",
        /// What relates the matches of a rule: window, threshold, steps, measures, history.
        Correlation = "correlation",
        /// The subject of a rule, `by`.
        Subject = "subject",
        /// The severity of a rule.
        Severity = "severity",
        /// A condition that raises the severity.
        Raise = "raise",
        /// The status of a rule.
        Status = "status",
        /// The pack of a rule.
        Pack = "pack",
        /// A rule can no longer match, or can match now, because of an empty list or table.
        Configured = "configured",
        /// The message of a rule.
        Message = "message",
        /// The tests of a rule, and the survivors that it accepts.
        Tests = "tests",
        /// The texts of a rule that are only shown.
        Texts = "texts",
        /// The value of a parameter.
        Parameter = "parameter",
        /// The values of a list.
        List = "list",
        /// The rows of a table.
        Table = "table",
        /// The expression of a definition.
        Definition = "definition",
        /// An allowlist entry is new.
        EntryAdded = "entry-added",
        /// An allowlist entry is gone.
        EntryRemoved = "entry-removed",
        /// What an allowlist entry covers.
        Entry = "entry",
        /// How long an allowlist entry applies.
        Expiry = "expiry",
        /// A guard of the project file.
        Guard = "guard",
        /// A decision about a finding.
        Triage = "triage",
        /// Another setting of the project file.
        Setting = "setting",
        /// A policy file.
        File = "file",
    }
}

/// A line of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangePlace {
    /// The name of the file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

/// A record for which two versions of a condition have different results. It was evaluated. Fields
/// that it does not list have any value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterExample {
    /// The fields and measures that matter, each with its value as expressions write it.
    pub values: Vec<(String, String)>,
}

/// One change of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about.
    pub kind: ChangeKind,
    /// Whether it weakens the policy.
    pub effect: Effect,
    /// The name of the rule, entry, list, setting or file.
    pub name: String,
    /// What changed, as a sentence without its period.
    pub message: String,
    /// The line at the base; `None` if the part is new.
    pub base: Option<ChangePlace>,
    /// The line at the head; `None` if the part is gone.
    pub head: Option<ChangePlace>,
    /// The rules whose findings it can change, sorted.
    pub rules: Vec<String>,
    /// A record that shows the difference.
    pub record: Option<CounterExample>,
}

impl Change {
    /// A change without places, rules and record.
    pub(super) fn new(kind: ChangeKind, effect: Effect, name: &str, message: String) -> Self {
        Self {
            kind,
            effect,
            name: name.to_owned(),
            message,
            base: None,
            head: None,
            rules: Vec::new(),
            record: None,
        }
    }

    /// Sets the lines.
    pub(super) fn at(mut self, base: Option<ChangePlace>, head: Option<ChangePlace>) -> Self {
        (self.base, self.head) = (base, head);
        self
    }

    /// Sets the rules.
    pub(super) fn of_rules(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.rules = rules.into_iter().collect();
        self.rules.sort_unstable();
        self.rules.dedup();
        self
    }

    /// The line to show: that of the head, or else that of the base.
    pub fn place(&self) -> Option<&ChangePlace> {
        self.head.as_ref().or(self.base.as_ref())
    }
}
