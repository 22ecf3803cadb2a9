//! Applies the decisions of people to findings.

use std::collections::BTreeSet;

use super::{Note, Report};
use crate::finding::{Finding, VerdictRole};
use crate::triage::{Triage, TriageDecision, TriageEffect};
use crate::value::Time;

/// Fingerprints that a note names.
const NAMED: usize = 5;

impl Report {
    /// Applies the decisions of a triage file to a finished report, in place of those that it contains;
    /// [`decide`](Self::decide) comes after it. Findings that `--min-severity` left out stay as they
    /// are, because their fingerprints are not known.
    pub fn triage(&mut self, triage: &Triage) {
        self.notes.retain(|note| !NOTES.contains(&note.id));
        let notes = apply(triage, &mut self.findings, self.facts.clock);
        self.notes.extend(notes);
        self.notes.sort();
    }
}

/// Sets the decision about each finding, and says which decisions have no effect.
pub(super) fn apply(triage: &Triage, findings: &mut [Finding], clock: Time) -> Vec<Note> {
    let (mut reopened, mut used) = (Vec::new(), BTreeSet::new());
    for finding in findings {
        let Some(entry) = triage.of(&finding.fingerprint) else {
            finding.triage = None;
            continue;
        };
        used.insert(entry.fingerprint.as_str());
        let effect = entry.effect(finding.last, clock);
        if effect == TriageEffect::Reopened && finding.role != VerdictRole::Suppressed {
            reopened.push(entry.fingerprint.as_str());
        }
        finding.triage = Some(TriageDecision {
            state: entry.state,
            effect,
            reason: entry.reason.clone(),
            by: entry.by.clone(),
            time: entry.time,
            expires: entry.expires.clone(),
            file: entry.file.clone(),
            line: entry.line,
        });
    }
    reopened.sort_unstable();
    let expired = triage.entries().filter(|entry| entry.is_expired(clock));
    let expired: Vec<&str> = expired.map(|entry| entry.fingerprint.as_str()).collect();
    let unused = triage.entries().filter(|entry| !used.contains(entry.fingerprint.as_str()));
    let unused: Vec<&str> = unused.map(|entry| entry.fingerprint.as_str()).collect();
    let [of_expired, of_reopened, of_unused] = NOTES;
    let note = |id, of: &[&str], one: &str, many: &str| {
        let count = of.len();
        let text = if count == 1 { one.to_owned() } else { format!("{count} {many}") };
        (count > 0).then(|| Note { id, text: format!("{text}: {}", named(of)) })
    };
    [
        note(
            of_expired,
            &expired,
            "a triage decision has expired, so its finding can fail the run again",
            "triage decisions have expired, so their findings can fail the run again",
        ),
        note(
            of_reopened,
            &reopened,
            "a processed finding has a match later than its decision, so it can fail the run again",
            "processed findings have matches later than their decisions, so they can fail the run again",
        ),
        note(
            of_unused,
            &unused,
            "a triage decision is about no finding of this run",
            "triage decisions are about no finding of this run",
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The ids of the notes about decisions.
const NOTES: [&str; 3] = ["triage-expired", "triage-reopened", "triage-unused"];

fn named(fingerprints: &[&str]) -> String {
    let mut text = fingerprints.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match fingerprints.len().saturating_sub(NAMED) {
        0 => {}
        more => text.push_str(&format!(" and {more} more")),
    }
    text
}
