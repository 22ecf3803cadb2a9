//! What one credential did, in a form that merges.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::resources::ResourceSet;
use crate::value::{Duration, Time};

/// Addresses that are kept of a credential.
pub const ADDRESSES: usize = 16;

/// Error codes that are kept of an operation.
const CODES: usize = 4;

/// The number of calls, and the times of the first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calls {
    /// The number of calls.
    pub count: u64,
    /// The earliest time.
    pub first: Option<Time>,
    /// The latest time.
    pub last: Option<Time>,
}

impl Calls {
    /// Counts a call.
    pub(super) fn add(&mut self, time: Option<Time>) {
        self.merge(&Calls { count: 1, first: time, last: time });
    }

    /// Adds other calls.
    pub(super) fn merge(&mut self, other: &Calls) {
        self.count += other.count;
        self.first = match (self.first, other.first) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.last = self.last.max(other.last);
    }
}

/// The outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOutcome {
    /// It succeeded.
    Succeeded,
    /// It was refused for lack of permission.
    Refused,
    /// It failed for another reason, so it was probably permitted.
    Failed,
}

impl CallOutcome {
    /// Every outcome.
    pub const ALL: [CallOutcome; 3] =
        [CallOutcome::Succeeded, CallOutcome::Refused, CallOutcome::Failed];
}

/// The calls of one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OperationUse {
    /// By outcome.
    pub(super) calls: [Calls; 3],
    /// The first error codes in alphabetical order.
    pub(super) codes: BTreeSet<Box<str>>,
    /// The resources of granted calls, for each requirement of the operation that applied to one.
    pub(super) resources: SmallVec<[Option<Box<ResourceSet>>; 1]>,
    /// Whether a granted call came through a service and not from an address.
    pub(super) indirect: bool,
}

impl OperationUse {
    pub(super) fn add_code(&mut self, code: &str) {
        if !self.codes.contains(code) {
            self.codes.insert(code.into());
            self.limit();
        }
    }

    fn limit(&mut self) {
        while self.codes.len() > CODES {
            self.codes.pop_last();
        }
    }

    fn merge(&mut self, other: Self) {
        self.calls.iter_mut().zip(&other.calls).for_each(|(mine, theirs)| mine.merge(theirs));
        self.codes.extend(other.codes);
        self.limit();
        self.indirect |= other.indirect;
        if self.resources.len() < other.resources.len() {
            self.resources.resize_with(other.resources.len(), || None);
        }
        for (mine, theirs) in self.resources.iter_mut().zip(other.resources) {
            match (&mut *mine, theirs) {
                (Some(mine), Some(theirs)) => mine.merge(*theirs),
                (None, theirs) => *mine = theirs,
                (Some(_), None) => {}
            }
        }
    }
}

/// The addresses of granted calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AddressSet {
    pub(super) addresses: BTreeSet<Box<str>>,
    /// Whether there are more than are kept.
    pub(super) many: bool,
    /// Whether one is private: the provider sees it only through an endpoint in a network.
    pub(super) private: bool,
}

impl AddressSet {
    pub(super) fn add(&mut self, address: &str, private: bool) {
        self.private |= private;
        if !self.many && !self.addresses.contains(address) {
            self.addresses.insert(address.into());
            self.limit();
        }
    }

    fn limit(&mut self) {
        if self.addresses.len() > ADDRESSES {
            self.many = true;
        }
        if self.many {
            self.addresses.clear();
        }
    }

    fn merge(&mut self, other: Self) {
        self.private |= other.private;
        self.many |= other.many;
        self.addresses.extend(other.addresses);
        self.limit();
    }
}

/// What a credential did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// By operation, as the collector numbers them.
    pub(super) operations: FxHashMap<u32, OperationUse>,
    pub(super) days: Days,
    pub(super) addresses: AddressSet,
}

impl Usage {
    /// Adds what another thread saw; `number` translates its numbers of operations.
    pub(super) fn merge(&mut self, other: Self, number: &[u32]) {
        for (operation, theirs) in other.operations {
            let Some(&operation) = number.get(operation as usize) else { continue };
            self.operations.entry(operation).or_default().merge(theirs);
        }
        self.days.merge(other.days);
        self.addresses.merge(other.addresses);
    }
}

/// Days in UTC, each with a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Days {
    days: BTreeSet<i32>,
    /// The last day added, because calls mostly come in order.
    last: Option<i32>,
}

impl Days {
    pub(super) fn add(&mut self, time: Time) {
        let day = i32::try_from(time.0.div_euclid(Duration::DAY)).unwrap_or(i32::MAX);
        if self.last != Some(day) {
            self.last = Some(day);
            self.days.insert(day);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.days.extend(other.days);
        self.last = None;
    }

    pub(super) fn count(&self) -> u64 {
        self.days.len() as u64
    }
}

/// What the log of an account contains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogSpan {
    pub(super) calls: Calls,
    pub(super) days: Days,
    /// Calls by the kind of trail that recorded them.
    pub(super) data: u64,
    pub(super) reads: u64,
    /// Formats of the records.
    pub(super) formats: BTreeMap<&'static str, u64>,
}

impl LogSpan {
    pub(super) fn merge(&mut self, other: Self) {
        self.calls.merge(&other.calls);
        self.days.merge(other.days);
        self.data += other.data;
        self.reads += other.reads;
        for (format, count) in other.formats {
            *self.formats.entry(format).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_keeps_few_addresses() {
        let set = |numbers: std::ops::Range<usize>| {
            let mut set = AddressSet::default();
            numbers.for_each(|n| set.add(&format!("192.0.2.{n}"), false));
            set
        };
        let few = set(0..ADDRESSES);
        assert_eq!((few.addresses.len(), few.many), (ADDRESSES, false));
        let many = set(0..ADDRESSES + 1);
        assert_eq!((many.addresses.len(), many.many), (0, true));
        let mut merged = set(0..ADDRESSES);
        merged.merge(set(1..ADDRESSES + 1));
        assert_eq!(merged, many);
        let mut same = set(0..4);
        same.merge(set(2..ADDRESSES));
        assert_eq!(same, few);
    }

    #[test]
    fn codes_and_days_merge_in_any_order() {
        let of = |codes: &[&str]| {
            let mut of = OperationUse::default();
            codes.iter().for_each(|code| of.add_code(code));
            of
        };
        let mut left = of(&["F", "A", "E"]);
        left.merge(of(&["B", "D", "C"]));
        let mut right = of(&["B", "D", "C"]);
        right.merge(of(&["F", "A", "E"]));
        assert_eq!(left, right);
        assert_eq!(left.codes.len(), CODES);
        let mut days = Days::default();
        for hour in [0, 1, 23, 24, 47, 48] {
            days.add(Time(hour * Duration::HOUR));
        }
        assert_eq!(days.count(), 3);
    }
}
