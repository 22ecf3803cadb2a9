//! The decisions of a triage file.

use std::collections::BTreeMap;

use super::decision::{TriageEffect, TriageState};
use crate::source::Span;
use crate::value::Time;

/// One decision, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriageEntry {
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// Where the fingerprint was written.
    pub span: Span,
    /// The file of the entry.
    pub file: String,
    /// The line of the fingerprint.
    pub line: usize,
    /// What was decided.
    pub state: TriageState,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When they decided.
    pub time: Time,
    /// Where the time was written.
    pub time_span: Span,
    /// The last valid day as written, or `never`.
    pub expires: String,
    /// The first instant at which it no longer applies; `None` for `never`.
    pub ends: Option<Time>,
    /// The rule of the finding, and where it was written. It is for readers.
    pub rule: Option<(String, Span)>,
    /// The incident with which the finding was decided. It is for readers.
    pub incident: Option<String>,
}

impl TriageEntry {
    /// Whether its last valid day is past.
    pub fn is_expired(&self, clock: Time) -> bool {
        self.ends.is_some_and(|ends| clock >= ends)
    }

    /// What it means for a finding whose last match is at this time; `None` = the match has no time,
    /// so it cannot be known to be earlier than the decision.
    pub fn effect(&self, last: Option<Time>, clock: Time) -> TriageEffect {
        if self.is_expired(clock) {
            return TriageEffect::Expired;
        }
        match self.state {
            TriageState::Ignored => TriageEffect::InForce,
            TriageState::Processed if last.is_some_and(|last| last <= self.time) => {
                TriageEffect::InForce
            }
            TriageState::Processed => TriageEffect::Reopened,
        }
    }
}

/// Every decision, by fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Triage {
    entries: BTreeMap<String, TriageEntry>,
}

impl Triage {
    /// The decision about a finding.
    pub fn of(&self, fingerprint: &str) -> Option<&TriageEntry> {
        self.entries.get(fingerprint)
    }

    /// Every decision, sorted by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = &TriageEntry> {
        self.entries.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds a decision; returns the first one if the finding already has one.
    pub fn add(&mut self, entry: TriageEntry) -> Option<&TriageEntry> {
        use std::collections::btree_map::Entry;
        match self.entries.entry(entry.fingerprint.clone()) {
            Entry::Occupied(first) => Some(first.into_mut()),
            Entry::Vacant(place) => {
                place.insert(entry);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn entry(state: TriageState, ends: Option<i64>) -> TriageEntry {
        let span = Span::new(FileId(0), 0, 0);
        TriageEntry {
            fingerprint: "f".into(),
            span,
            file: "triage.yaml".into(),
            line: 1,
            state,
            reason: "r".into(),
            by: "b".into(),
            time: Time(100),
            time_span: span,
            expires: "never".into(),
            ends: ends.map(Time),
            rule: None,
            incident: None,
        }
    }

    #[test]
    fn processed_ends_with_later_evidence_and_ignored_with_its_day() {
        use TriageEffect::{Expired, InForce, Reopened};
        use TriageState::{Ignored, Processed};
        for (state, ends, last, clock, expected) in [
            (Processed, None, Some(99), 500, InForce),
            (Processed, None, Some(100), 500, InForce),
            (Processed, None, Some(101), 500, Reopened),
            (Processed, None, None, 500, Reopened),
            (Processed, Some(500), Some(1), 499, InForce),
            (Processed, Some(500), Some(1), 500, Expired),
            (Ignored, None, Some(101), 500, InForce),
            (Ignored, None, None, 500, InForce),
            (Ignored, Some(500), Some(101), 499, InForce),
            (Ignored, Some(500), Some(101), 500, Expired),
        ] {
            let effect = entry(state, ends).effect(last.map(Time), Time(clock));
            assert_eq!(effect, expected, "{state:?} {ends:?} {last:?} {clock}");
        }
    }
}
