//! The kind of occurrence of a rule. It decides the id of an occurrence and when the occurrence is
//! certain.

use crate::finding::{Occurrence, digest128};
use crate::rule::{Construct, Rule};
use crate::value::{Duration, RecordKind, Time};

/// The kind of occurrence of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OccurrenceKind {
    /// A day with a match. Further matches do not change it.
    Day,
    /// The matches of a credential report, which is complete when it is read.
    Report,
    /// A day with a new value, unless a late record shows that the value is not new. Values are
    /// retained for this duration.
    NewValue(Duration),
    /// The end of a silence, unless a late record shows that there was none. The last use of every
    /// subject is retained.
    SilenceEnd,
    /// A burst or a sequence instance whose matches are at most this far apart.
    Window(Duration),
    /// All matches of the input, or a sequence instance of any length.
    Whole {
        /// Whether one occurrence contains all matches. If so, the first match is not part of its
        /// id.
        one: bool,
        /// Whether the occurrence remains true once it is true and no earlier record is expected.
        stays: bool,
        /// Whether it remains true whatever arrives, so that the watermark need not pass it.
        at_once: bool,
    },
}

impl OccurrenceKind {
    pub(super) fn of(rule: &Rule) -> Self {
        if rule.on != RecordKind::Event {
            return OccurrenceKind::Report;
        }
        match &rule.construct {
            Construct::Plain => OccurrenceKind::Day,
            Construct::FirstSeen(first_seen) => OccurrenceKind::NewValue(first_seen.history),
            Construct::AfterSilence(_) => OccurrenceKind::SilenceEnd,
            Construct::Correlate(correlate) => match correlate.within {
                Some(within) => OccurrenceKind::Window(within),
                None => OccurrenceKind::Whole { one: true, stays: correlate.grows, at_once: true },
            },
            Construct::Sequence(sequence) => match sequence.within {
                Some(within) => OccurrenceKind::Window(within),
                None => {
                    // Instances whose steps a `where` relates are one occurrence.
                    let one = rule.steps.iter().any(|step| step.relation.is_some());
                    let stays = !rule.steps.last().is_some_and(|step| step.absent);
                    let at_once = one && !rule.steps.iter().any(|step| step.absent);
                    OccurrenceKind::Whole { one, stays, at_once }
                }
            },
        }
    }
}

/// The stable name of an occurrence, shown as 32 hex digits.
///
/// It is a digest of the finding's fingerprint and of what distinguishes its occurrences: the day,
/// the time of the report, or the time of the first match. A suppressed occurrence has another id,
/// so that a consumer who drops known ids never drops the finding that follows.
pub fn id(rule: &Rule, fingerprint: &str, occurrence: &Occurrence, suppressed: bool) -> u128 {
    let first = occurrence.first.map_or(i64::MIN, |Time(first)| first).to_be_bytes();
    let part: &[u8] = match OccurrenceKind::of(rule) {
        OccurrenceKind::Day | OccurrenceKind::NewValue(_) => {
            occurrence.day.as_deref().unwrap_or_default().as_bytes()
        }
        OccurrenceKind::Whole { one: true, .. } => &[],
        OccurrenceKind::Report
        | OccurrenceKind::SilenceEnd
        | OccurrenceKind::Window(_)
        | OccurrenceKind::Whole { one: false, .. } => &first,
    };
    let parts = [b"keytrail/watch/v1", fingerprint.as_bytes(), part, &[u8::from(suppressed)]];
    digest128(&parts)
}
