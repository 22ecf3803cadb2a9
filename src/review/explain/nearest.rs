//! The records that are nearest to a condition.

use std::cmp::Reverse;

use super::clause::Score;
use super::explanation::ExplainedRecord;

/// The order of records: those that fail the fewest clauses first, of these the ones that the index
/// proposes, and of these the ones that meet the most clauses.
type Rank = (u32, bool, Reverse<u32>);

/// The records that fail the fewest clauses of a condition, the nearest first.
#[derive(Default)]
pub(super) struct Nearest {
    most: usize,
    records: Vec<(Rank, ExplainedRecord)>,
}

impl Nearest {
    /// Keeps at most this many records.
    pub(super) fn new(most: usize) -> Self {
        Self { most, records: Vec::new() }
    }

    /// Adds a record, which `describe` describes if it is near enough.
    pub(super) fn add(
        &mut self,
        score: Score,
        looked_up: bool,
        describe: impl FnOnce() -> ExplainedRecord,
    ) {
        let rank = (score.unmet, !looked_up, Reverse(score.met));
        let at = self.records.partition_point(|(other, _)| *other <= rank);
        if at < self.most {
            self.records.insert(at, (rank, describe()));
            self.records.truncate(self.most);
        }
    }

    pub(super) fn into_records(self) -> Vec<ExplainedRecord> {
        self.records.into_iter().map(|(_, record)| record).collect()
    }
}
