//! What kind of occurrence a rule has: what names it, and when it is certain.

use crate::finding::{Occurrence, digest128};
use crate::rule::{Construct, Rule};
use crate::value::{Duration, RecordKind, Time};

/// What an occurrence of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OccurrenceKind {
    /// A day with a match. More matches change nothing.
    Day,
    /// What a credential report shows. The report is whole.
    Report,
    /// A day with a new value, which a record that comes late may show not to be new. Values are
    /// known for so long.
    NewValue(Duration),
    /// A burst or an instance of steps, no longer than what hangs together over so long.
    Window(Duration),
    /// All matches of the input, or an instance of steps as long as it likes.
    Whole {
        /// Whether it is one for all matches, so that its first does not name it.
        one: bool,
        /// Whether it stays once it is there.
        stays: bool,
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
            Construct::Correlate(correlate) => match correlate.within {
                Some(within) => OccurrenceKind::Window(within),
                None => OccurrenceKind::Whole { one: true, stays: correlate.grows },
            },
            Construct::Sequence(sequence) => match sequence.within {
                Some(within) => OccurrenceKind::Window(within),
                None => {
                    let absent = rule.steps.last().is_some_and(|step| step.absent);
                    OccurrenceKind::Whole { one: false, stays: !absent }
                }
            },
        }
    }
}

/// The stable name of an occurrence, shown as 32 hex digits.
///
/// It is made of the finding's fingerprint and of what tells its occurrences apart: the day, the
/// time of the report, or the time of the first match. A suppressed one has another name, so that
/// who drops what came before never drops the finding that follows.
pub fn id(rule: &Rule, fingerprint: &str, occurrence: &Occurrence, suppressed: bool) -> u128 {
    let first = occurrence.first.map_or(i64::MIN, |Time(first)| first).to_be_bytes();
    let part: &[u8] = match OccurrenceKind::of(rule) {
        OccurrenceKind::Day | OccurrenceKind::NewValue(_) => {
            occurrence.day.as_deref().unwrap_or_default().as_bytes()
        }
        OccurrenceKind::Whole { one: true, .. } => &[],
        OccurrenceKind::Report
        | OccurrenceKind::Window(_)
        | OccurrenceKind::Whole { one: false, .. } => &first,
    };
    let parts = [b"keytrail/watch/v1", fingerprint.as_bytes(), part, &[u8::from(suppressed)]];
    digest128(&parts)
}
