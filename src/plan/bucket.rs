//! Conditions by the hash of a required field value.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::field_value::{Requirement, Shows};
use crate::expr::Required;
use crate::record::FieldId;
use crate::value::{Cidr, write_folded};

/// Conditions by hash. A collision only adds a candidate. The table is built once from all pairs,
/// so that millions of them do not require an allocation each.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    /// The range of a hash's conditions in `numbers`: start, end.
    places: FxHashMap<u64, BucketRange>,
    numbers: Vec<u32>,
}

/// A range of `numbers`.
pub(super) type BucketRange = (u32, u32);

impl Buckets {
    /// The buckets of these pairs of hash and condition.
    pub(super) fn new(mut pairs: Vec<(u64, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut buckets = Self::default();
        for same in pairs.chunk_by(|a, b| a.0 == b.0) {
            let from = buckets.numbers.len() as u32;
            buckets.numbers.extend(same.iter().map(|&(_, number)| number));
            buckets.places.insert(same[0].0, (from, buckets.numbers.len() as u32));
        }
        buckets
    }

    /// The range of a hash's conditions.
    #[inline]
    pub(super) fn place(&self, hash: u64) -> Option<BucketRange> {
        self.places.get(&hash).copied()
    }

    /// The conditions of a range.
    #[inline]
    pub(super) fn at(&self, (from, to): BucketRange) -> &[u32] {
        self.numbers.get(from as usize..to as usize).unwrap_or_default()
    }

    /// The conditions of a hash.
    #[inline]
    pub(super) fn get(&self, hash: u64) -> &[u32] {
        self.place(hash).map_or(&[], |place| self.at(place))
    }
}

/// The hash of a key.
pub(super) fn of_key(key: &Requirement) -> u64 {
    match &key.shows {
        Shows::Bool(b) => of_int(key.field, i64::from(*b)),
        Shows::Int(int) => of_int(key.field, *int),
        Shows::Text(Required::Text(text)) => of_text(key.field, text.as_bytes()),
        Shows::Text(Required::Prefix(text)) => of_prefix(key.field, text.as_bytes()),
        Shows::Text(Required::Literal(text)) => of_literal(key.field, text.as_bytes()),
        Shows::Text(Required::Range(range)) => of_range(key.field, *range),
        Shows::NonAscii => of_non_ascii(key.field),
    }
}

/// The hash of a field that equals this number or boolean.
pub(super) fn of_int(field: FieldId, int: i64) -> u64 {
    let mut hasher = hasher(field, 0);
    hasher.write_i64(int);
    hasher.finish()
}

/// The hash of a field that equals this text, ignoring ASCII case.
pub(super) fn of_text(field: FieldId, text: &[u8]) -> u64 {
    lower(hasher(field, 1), text)
}

/// The hash of a field that begins with this text, ignoring ASCII case.
pub(super) fn of_prefix(field: FieldId, text: &[u8]) -> u64 {
    lower(hasher(field, 2), text)
}

/// The hash of a field that contains this text, ignoring ASCII case.
pub(super) fn of_literal(field: FieldId, text: &[u8]) -> u64 {
    lower(hasher(field, 3), text)
}

/// The hash of a field that is an address in this range.
pub(super) fn of_range(field: FieldId, range: Cidr) -> u64 {
    use std::hash::Hash;
    let mut hasher = hasher(field, 4);
    range.hash(&mut hasher);
    hasher.finish()
}

/// The hash of a field that is a text with characters that are not ASCII.
pub(super) fn of_non_ascii(field: FieldId) -> u64 {
    hasher(field, 5).finish()
}

/// Keys come from trusted rules, so a fast hash is sufficient.
fn hasher(field: FieldId, what: u8) -> FxHasher {
    let mut hasher = FxHasher::default();
    hasher.write_u32(u32::from(what) << 16 | (field.kind() as u32) << 8 | field.slot() as u32);
    hasher
}

fn lower(mut hasher: FxHasher, text: &[u8]) -> u64 {
    write_folded(&mut hasher, text);
    hasher.finish()
}
