//! Whether an occurrence is emitted, and its id.

use super::occurrence_kind::{OccurrenceKind, id};
use super::watermark::{Times, passed};
use crate::finding::{Finding, VerdictRole};
use crate::rule::Rule;
use crate::value::Time;

/// Whether an occurrence is emitted now.
pub(super) enum Emission {
    /// It may still grow, or a later record may invalidate it.
    Open,
    /// It was emitted by an earlier check, and only a part of it is retained.
    Past,
    Certain,
}

/// Decides the emission of a finding. `late` contains the times of late matches, in order.
pub(super) fn emission(rule: &Rule, finding: &Finding, times: Times, late: &[Time]) -> Emission {
    let occurrence = finding.occurrences.first();
    let last = occurrence.and_then(|of| of.last);
    let certain = match OccurrenceKind::of(rule) {
        OccurrenceKind::Day
        | OccurrenceKind::Report
        | OccurrenceKind::NewValue(_)
        | OccurrenceKind::SilenceEnd => true,
        OccurrenceKind::Window(within) => {
            let first = occurrence.and_then(|of| of.first);
            let from = late.partition_point(|time| Some(*time) < first);
            let anew = late.get(from).is_some_and(|time| Some(*time) <= last);
            let past = |before| last.is_some_and(|last| passed(last, within, before));
            if times.before.is_some_and(past) && !anew {
                return Emission::Past;
            }
            times.end || past(times.watermark)
        }
        OccurrenceKind::Whole { stays, at_once, .. } => {
            times.end || stays && (at_once || last < Some(times.watermark))
        }
    };
    if certain { Emission::Certain } else { Emission::Open }
}

/// The id of a finding that is one occurrence.
pub(super) fn occurrence_id(rule: &Rule, finding: &Finding) -> u128 {
    let none = Default::default();
    let occurrence = finding.occurrences.first().unwrap_or(&none);
    id(rule, &finding.fingerprint, occurrence, finding.role == VerdictRole::Suppressed)
}
