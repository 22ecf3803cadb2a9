//! Finds rows by key.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use hashbrown::HashTable;

use crate::value::{Cidr, parse_ip};

/// An index from keys to rows.
#[derive(Debug)]
pub(super) enum Index {
    /// By text. It stores only row numbers; the rows contain the texts.
    ///
    /// The hash is keyed, because names in a table may be chosen by anyone who can create users.
    Exact(HashTable<u32>, RandomState),
    /// By address.
    Ranges(Ranges),
}

impl Default for Index {
    fn default() -> Self {
        Index::Ranges(Ranges::default())
    }
}

impl Index {
    /// The row with this key; `key_of` returns the key of a row.
    pub(super) fn find<'k>(&self, key: &str, key_of: impl Fn(u32) -> &'k str) -> Option<u32> {
        match self {
            Index::Exact(rows, hasher) => {
                rows.find(hasher.hash_one(key), |&row| key_of(row) == key).copied()
            }
            Index::Ranges(ranges) => ranges.find(parse_ip(key)?),
        }
    }
}

/// Marks addresses between the ranges.
const NONE: u32 = u32::MAX;

/// Ranges, cut into intervals that do not overlap. Each interval begins where the previous one
/// ends, and stores the smallest range that contains it. A look-up is one binary search.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u32)>,
}

impl Ranges {
    /// The index of these ranges, each with its row.
    pub(super) fn new(ranges: &[(Cidr, u32)]) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for &(range, row) in ranges {
            match (range.network(), range.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => {
                    v4.push((u32::from(first), u32::from(last), row));
                }
                (IpAddr::V6(first), IpAddr::V6(last)) => {
                    v6.push((u128::from(first), u128::from(last), row));
                }
                _ => {}
            }
        }
        Self { v4: cut(v4, |last| last.checked_add(1)), v6: cut(v6, |last| last.checked_add(1)) }
    }

    fn find(&self, address: IpAddr) -> Option<u32> {
        let row = match address {
            IpAddr::V4(ip) => within(&self.v4, u32::from(ip)),
            IpAddr::V6(ip) => within(&self.v6, u128::from(ip)),
        };
        row.filter(|row| *row != NONE)
    }
}

/// Cuts ranges into intervals. Any two ranges must be disjoint, or one must contain the other.
fn cut<T: Ord + Copy>(mut ranges: Vec<(T, T, u32)>, after: fn(T) -> Option<T>) -> Vec<(T, u32)> {
    // If two ranges begin at the same point, the wider one comes first.
    ranges.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut cuts: Vec<(T, u32)> = Vec::new();
    let mut put = |at: T, row: u32| match cuts.last_mut() {
        Some(last) if last.0 == at => last.1 = row,
        _ => cuts.push((at, row)),
    };
    let mut open: Vec<(T, u32)> = Vec::new();
    let close = |until: Option<T>, open: &mut Vec<(T, u32)>, put: &mut dyn FnMut(T, u32)| {
        while let Some(&(last, _)) = open.last() {
            if until.is_some_and(|until| last >= until) {
                break;
            }
            open.pop();
            if let Some(next) = after(last) {
                put(next, open.last().map_or(NONE, |&(_, row)| row));
            }
        }
    };
    for (first, last, row) in ranges {
        close(Some(first), &mut open, &mut put);
        put(first, row);
        open.push((last, row));
    }
    close(None, &mut open, &mut put);
    cuts.shrink_to_fit();
    cuts
}

fn within<T: Ord + Copy>(cuts: &[(T, u32)], at: T) -> Option<u32> {
    let next = cuts.partition_point(|&(start, _)| start <= at);
    cuts.get(next.checked_sub(1)?).map(|&(_, row)| row)
}
