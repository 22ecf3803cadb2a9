//! Matches that end a silence.

use crate::correlate::Outcome;
use crate::engine::rows::{MatchRow, Order};
use crate::value::Value;

/// A match that ends a silence, with its counted values. The rows of other matches of the rule
/// depend on the order in which the input was read, so they are not counted.
pub(super) struct SilenceEnd {
    /// Indices of the covering allowlist entries, encoded.
    pub(super) cover: Box<[u8]>,
    /// The severity, as its number.
    pub(super) severity: u8,
    pub(super) order: Order,
    /// The message of an evaluation that failed.
    pub(super) failed: Option<String>,
}

impl SilenceEnd {
    /// The matches of an outcome; `row` is the match with this index.
    pub(super) fn all<'r>(
        outcome: &Outcome,
        row: impl Fn(u32) -> MatchRow<'r>,
        measured: impl Fn(u32) -> &'r [Value<'static>],
    ) -> Vec<Self> {
        let of_occurrences = outcome.occurrences.iter().flat_map(|of| &of.members);
        let mut members: Vec<u32> = of_occurrences.chain(&outcome.covered).copied().collect();
        members.sort_unstable();
        members.dedup();
        let end = |member| {
            let MatchRow { cover, severity, order, .. } = row(member);
            // The last value is the error of the evaluation.
            let failed = measured(member).last().and_then(Value::as_str).map(str::to_owned);
            SilenceEnd { cover: cover.into(), severity, order, failed }
        };
        members.into_iter().map(end).collect()
    }
}

/// Whether two rows are versions of one event.
pub(super) fn same_event(a: Order, b: Order) -> bool {
    a.id != 0 && (a.time, a.id) == (b.time, b.id)
}
