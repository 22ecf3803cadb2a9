//! The state of a watch between two checks.

use std::collections::{BTreeMap, BTreeSet};

use crate::correlate::Reach;
use crate::engine::StoredRow;
use crate::value::Time;

/// The state of a watch between two checks, valid only for the policy that it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The hash of the policy.
    pub policy: String,
    /// No older record is expected; one that arrives is later than the lateness allows.
    pub watermark: Option<Time>,
    /// The latest event.
    pub latest: Option<Time>,
    /// The run clock at the check that read it.
    pub latest_arrived: Option<Time>,
    /// Ids of emitted occurrences, each with the run clock when it was last found.
    pub emitted: BTreeMap<u128, Time>,
    /// By provider and account, how far events reach.
    pub reaches: BTreeMap<String, Reach>,
    /// Retained rows.
    pub rows: Vec<Row>,
}

/// One row as bytes, and how many of them are its sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The row.
    pub bytes: Box<[u8]>,
    /// How many bytes are its sort key.
    pub sorts: u32,
}

impl State {
    /// The files that retained rows name, by their index among the inputs.
    pub fn files(&self) -> BTreeSet<u32> {
        let file = |row: &Row| StoredRow::read(&row.bytes, row.sorts as usize)?.file();
        self.rows.iter().filter_map(file).collect()
    }

    /// The state under this policy. Under another policy than before, rows mean nothing and windows
    /// begin anew; emitted ids stay.
    #[must_use]
    pub fn under(self, policy: &str) -> Self {
        if self.policy == policy {
            return self;
        }
        Self { policy: policy.to_owned(), emitted: self.emitted, ..Self::default() }
    }
}
