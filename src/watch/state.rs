//! The state of a watch between two checks.

use std::collections::{BTreeMap, BTreeSet};

use crate::correlate::Reach;
use crate::engine::StoredRow;
use crate::incident::OpenIncidents;
use crate::value::Time;

/// The state of a watch between two checks, valid only for the policy that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchState {
    /// The hash of the policy that the state belongs to.
    pub policy: String,
    /// No older record is expected; one that arrives is later than the lateness allows.
    pub watermark: Option<Time>,
    /// The latest event.
    pub latest: Option<Time>,
    /// The run clock at the check that read it.
    pub latest_arrived: Option<Time>,
    /// Ids of emitted occurrences, each with the run clock when it was last found.
    pub emitted: BTreeMap<u128, Time>,
    /// The reach of events, by provider and account.
    pub reaches: BTreeMap<String, Reach>,
    /// The incidents that later occurrences may belong to.
    pub incidents: OpenIncidents,
    /// Retained rows.
    pub rows: Vec<RetainedRow>,
}

/// An encoded row, and the length of its sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetainedRow {
    /// The row.
    pub bytes: Box<[u8]>,
    /// The length of its sort key in bytes.
    pub sorts: u32,
}

impl WatchState {
    /// The indices of the files that retained rows refer to.
    pub fn files(&self) -> BTreeSet<u32> {
        let file = |row: &RetainedRow| StoredRow::read(&row.bytes, row.sorts as usize)?.file();
        self.rows.iter().filter_map(file).collect()
    }

    /// The state under this policy. If the policy has changed, rows are dropped and windows start
    /// again; emitted ids and incidents are retained.
    #[must_use]
    pub fn under(self, policy: &str) -> Self {
        if self.policy == policy {
            return self;
        }
        let Self { emitted, incidents, .. } = self;
        Self { policy: policy.to_owned(), emitted, incidents, ..Self::default() }
    }
}
