//! Counts records by values in bounded memory.

use rustc_hash::FxHashMap;

use crate::value::{Time, Value};

/// The number of records, and the times of the first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All records.
    pub count: u64,
    /// Records of calls that succeeded.
    pub ok: u64,
    /// Records of calls that failed. A record without an outcome counts as neither.
    pub failed: u64,
    /// The earliest time.
    pub first: Option<Time>,
    /// The latest time.
    pub last: Option<Time>,
}

impl Tally {
    /// Counts a record.
    pub fn add(&mut self, time: Option<Time>, ok: Option<bool>) {
        let (succeeded, failed) = (u64::from(ok == Some(true)), u64::from(ok == Some(false)));
        self.merge(&Tally { count: 1, ok: succeeded, failed, first: time, last: time });
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Tally) {
        self.count += other.count;
        self.ok += other.ok;
        self.failed += other.failed;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
    }
}

/// The default limit on the number of groups of a query.
const GROUPS: usize = 1_000_000;

/// The default limit on the bytes of their values.
const BYTES: usize = 256 << 20;

/// The memory limits of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The maximum number of groups.
    pub groups: usize,
    /// The maximum number of bytes of their texts.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { groups: GROUPS, bytes: BYTES }
    }
}

/// Records with the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The values in the form in which they may be shown, one for each column.
    pub values: Vec<Value<'static>>,
    /// The tally of its records.
    pub tally: Tally,
}

/// Records by group. If a limit is exceeded, no new group is created, and the records of further
/// groups are counted together.
#[derive(Debug, Default)]
pub struct Groups {
    limits: Limits,
    by_key: FxHashMap<u128, Group>,
    bytes: usize,
    others: Tally,
}

impl Groups {
    /// No groups.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Counts a record. `key` is the digest of its values; `values` is called only for the first
    /// record of a group.
    pub fn count(
        &mut self,
        key: u128,
        record: &Tally,
        values: impl FnOnce() -> Vec<Value<'static>>,
    ) {
        if let Some(group) = self.by_key.get_mut(&key) {
            return group.tally.merge(record);
        }
        if self.by_key.len() >= self.limits.groups || self.bytes >= self.limits.bytes {
            return self.others.merge(record);
        }
        let values = values();
        self.bytes += values.iter().map(size).sum::<usize>();
        self.by_key.insert(key, Group { values, tally: *record });
    }

    /// The groups by descending count, and then by their values.
    pub fn ranked(self) -> Ranked {
        let mut groups: Vec<(u128, Group)> = self.by_key.into_iter().collect();
        groups.sort_unstable_by(|(a_key, a), (b_key, b)| {
            let by_count = b.tally.count.cmp(&a.tally.count);
            // Two different access keys may have the same masked value.
            by_count.then_with(|| a.values.cmp(&b.values)).then_with(|| a_key.cmp(b_key))
        });
        let groups = groups.into_iter().map(|(_, group)| group).collect();
        Ranked { groups, others: self.others }
    }
}

fn size(value: &Value<'_>) -> usize {
    match value {
        Value::Str(text) => text.len(),
        Value::Json(json) => json.text.len(),
        Value::List(items) => items.iter().map(size).sum(),
        _ => 0,
    }
}

/// The groups in the order in which they are shown. `keytrail query` prints them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranked {
    /// Every group.
    pub groups: Vec<Group>,
    /// The tally of records of groups beyond the limit.
    pub others: Tally,
}
