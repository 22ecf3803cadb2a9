//! Whether an occurrence is told, and under which name.

use super::nature::{Nature, id};
use super::watermark::{Times, passed};
use crate::finding::{Finding, VerdictRole};
use crate::rule::Rule;
use crate::value::Time;

/// How an occurrence stands.
pub(super) enum Stands {
    /// It may grow, or turn out to be none.
    Open,
    /// It was told by an earlier check, and only a part of it is here.
    Past,
    Certain,
}

/// `late` are the times of matches that came late, in order.
pub(super) fn stands(rule: &Rule, finding: &Finding, times: Times, late: &[Time]) -> Stands {
    let occurrence = finding.occurrences.first();
    let last = occurrence.and_then(|of| of.last);
    let certain = match Nature::of(rule) {
        Nature::Day | Nature::Report | Nature::News(_) => true,
        Nature::Window(within) => {
            let first = occurrence.and_then(|of| of.first);
            let from = late.partition_point(|time| Some(*time) < first);
            let anew = late.get(from).is_some_and(|time| Some(*time) <= last);
            let past = |before| last.is_some_and(|last| passed(last, within, before));
            if times.before.is_some_and(past) && !anew {
                return Stands::Past;
            }
            times.end || past(times.watermark)
        }
        Nature::Whole { one, stays } => times.end || stays && (one || last < Some(times.watermark)),
    };
    if certain { Stands::Certain } else { Stands::Open }
}

/// The id of a finding that is one occurrence.
pub(super) fn name_of(rule: &Rule, finding: &Finding) -> u128 {
    let none = Default::default();
    let occurrence = finding.occurrences.first().unwrap_or(&none);
    id(rule, &finding.fingerprint, occurrence, finding.role == VerdictRole::Suppressed)
}
