//! What a watch knows between two checks.

use std::collections::{BTreeMap, BTreeSet};

use crate::correlate::Reach;
use crate::engine::StoredRow;
use crate::value::Time;

/// What a watch knows between two checks; it means something only beside the policy it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The hash of the policy.
    pub policy: String,
    /// No record is older than this, but for those that come later than the lateness allows.
    pub watermark: Option<Time>,
    /// The latest event.
    pub latest: Option<Time>,
    /// The run clock at the check that brought it.
    pub latest_arrived: Option<Time>,
    /// Ids of what was emitted, each with the run clock when it was found last.
    pub emitted: BTreeMap<u128, Time>,
    /// By provider and account, how far events reach.
    pub reaches: BTreeMap<String, Reach>,
    /// Rows that may still be needed.
    pub rows: Vec<Row>,
}

/// One row as bytes, and how many of them sort it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row.
    pub bytes: Box<[u8]>,
    /// How many bytes sort it.
    pub sorts: u32,
}

impl State {
    /// The files that rows are of, by their places among the inputs.
    pub fn files(&self) -> BTreeSet<u32> {
        let file = |row: &Row| StoredRow::read(&row.bytes, row.sorts as usize)?.file();
        self.rows.iter().filter_map(file).collect()
    }

    /// The state for this policy: where it is another one, rows mean nothing and windows begin
    /// anew. What was emitted stays emitted.
    #[must_use]
    pub fn under(self, policy: &str) -> Self {
        if self.policy == policy {
            return self;
        }
        Self { policy: policy.to_owned(), emitted: self.emitted, ..Self::default() }
    }
}
