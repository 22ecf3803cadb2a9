//! What people decided about a finding.

use crate::value::{Time, words};

words! {
    /// What somebody decided about a finding. A finding without a decision is unprocessed.
    TriageState {
        /// It was dealt with. It fails the run again on evidence later than the decision.
        Processed = "processed",
        /// It does not fail the run until the decision ends.
        Ignored = "ignored",
    }
}

words! {
    /// Whether a decision keeps its finding from failing the run.
    TriageEffect {
        /// It does.
        InForce = "in-force",
        /// It does not, because a match is later than the decision or has no time.
        Reopened = "reopened",
        /// It does not, because its last valid day is past.
        Expired = "expired",
    }
}

/// A decision about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageDecision {
    /// What was decided.
    pub state: TriageState,
    /// Whether it keeps the finding from failing the run.
    pub effect: TriageEffect,
    /// Why.
    pub reason: String,
    /// The person who decided.
    pub by: String,
    /// When they decided.
    pub time: Time,
    /// The last valid day, or `never`.
    pub expires: String,
    /// The file of the entry.
    pub file: String,
    /// The line of the entry.
    pub line: usize,
}

impl TriageDecision {
    /// The decision, if it keeps its finding from failing the run.
    pub fn in_force(&self) -> Option<TriageState> {
        (self.effect == TriageEffect::InForce).then_some(self.state)
    }

    /// The decision in one sentence without its period, such as `processed by ann at
    /// 2026-03-04T10:00:00Z: the key was deleted`.
    pub fn sentence(&self) -> String {
        let state = self.state.name();
        let effect = match self.effect {
            TriageEffect::InForce => String::new(),
            TriageEffect::Reopened => ", reopened by a later match".to_owned(),
            TriageEffect::Expired => format!(", expired after {}", self.expires),
        };
        format!("{state} by {} at {}{effect}: {}", self.by, self.time, self.reason)
    }
}
