//! How many identities call from each public address.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};
use smallvec::SmallVec;

use crate::record::derive::MAX_IDENTITIES;

/// The maximum number of addresses that are counted. If there are more, those with the smallest
/// hashes are, so that the order of the records does not matter.
const MOST: usize = 1 << 18;

/// Counts the identities that call from each address. Counts of disjoint parts of the inputs merge
/// in any order.
#[derive(Debug, Clone)]
pub(super) struct AddressUse<const N: usize = MOST> {
    /// The hashes of the identities by the hash of the address, sorted.
    of: FxHashMap<u64, SmallVec<[u32; 4]>>,
    /// Addresses with a larger hash are not counted.
    limit: u64,
    /// The address and identity of the last record, which are often those of the next one.
    last: (u64, u32),
}

impl<const N: usize> Default for AddressUse<N> {
    fn default() -> Self {
        Self { of: FxHashMap::default(), limit: u64::MAX, last: (0, 0) }
    }
}

impl<const N: usize> AddressUse<N> {
    /// Counts a call by an identity.
    pub(super) fn add(&mut self, address: &str, identity: &impl Hash) {
        let (address, identity) = (hash(&address), hash(identity) as u32);
        if self.last == (address, identity) {
            return;
        }
        self.last = (address, identity);
        if address <= self.limit {
            insert(self.of.entry(address).or_default(), identity);
            self.bound();
        }
    }

    /// Adds the counts of other records.
    pub(super) fn merge(&mut self, other: Self) {
        self.limit = self.limit.min(other.limit);
        for (address, identities) in other.of {
            let of = self.of.entry(address).or_default();
            identities.into_iter().for_each(|identity| insert(of, identity));
        }
        let limit = self.limit;
        self.of.retain(|address, _| *address <= limit);
        self.bound();
    }

    /// Halves the range of hashes until few enough addresses are left. The result depends only on
    /// the set of addresses.
    fn bound(&mut self) {
        while self.of.len() > N {
            self.limit /= 2;
            let limit = self.limit;
            self.of.retain(|address, _| *address <= limit);
        }
    }

    /// Whether at most `most` identities call from the address. False for an address that is not
    /// counted.
    pub(super) fn is_of_few(&self, address: &str, most: usize) -> bool {
        self.of.get(&hash(&address)).is_some_and(|identities| identities.len() <= most)
    }
}

/// Inserts a hash, unless there are already more than any threshold.
fn insert(identities: &mut SmallVec<[u32; 4]>, identity: u32) {
    if let Err(at) = identities.binary_search(&identity) {
        identities.insert(at, identity);
        // The smallest are retained, so that the order of the records does not matter.
        identities.truncate(MAX_IDENTITIES + 1);
    }
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(calls: &[(u8, u8)]) -> AddressUse<8> {
        let mut counts = AddressUse::default();
        for (address, identity) in calls {
            counts.add(&format!("198.51.100.{address}"), identity);
        }
        counts
    }

    proptest! {
        #[test]
        fn counts_do_not_depend_on_order_or_split(
            (calls, shuffled) in prop::collection::vec((0u8..30, 0u8..6), 0..120)
                .prop_flat_map(|of| (Just(of.clone()), Just(of).prop_shuffle())),
            cut in 0usize..120,
        ) {
            let whole = counted(&calls);
            let (left, right) = shuffled.split_at(cut.min(shuffled.len()));
            let mut merged = counted(right);
            merged.merge(counted(left));
            prop_assert_eq!(&whole.of, &merged.of);
            prop_assert_eq!(whole.limit, merged.limit);
            prop_assert!(whole.of.len() <= 8);
        }
    }

    #[test]
    fn an_address_is_of_few_until_the_threshold_is_exceeded() {
        let counts = counted(&[(1, 1), (1, 2), (1, 2), (2, 1)]);
        assert!(counts.is_of_few("198.51.100.1", 2));
        assert!(!counts.is_of_few("198.51.100.1", 1));
        assert!(!counts.is_of_few("198.51.100.9", 2), "an address that never called");
    }
}
