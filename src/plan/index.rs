//! An index of conditions by the field values that they require.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::bucket::{self, Buckets};
use super::candidates::Candidates;
use super::field_value::{Requirement, Shows};
use super::key::{Requirements, keys};
use super::literals::Literals;
use crate::expr::Required;
use crate::expr::ir::Ir;
use crate::record::{FieldId, Record};
use crate::value::{Cidr, RecordKind, Value, parse_ip};

/// The conditions of one record kind.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Conditions without a requirement on an indexed field, as bits. They are always candidates.
    always: Vec<u64>,
    fields: Vec<ByField>,
    buckets: Buckets,
}

/// The kinds of requirements on one field, which determine the lookups by its value.
#[derive(Debug)]
struct ByField {
    field: FieldId,
    /// Whether a condition requires an exact value.
    whole: bool,
    /// Lengths of the prefixes in bytes, ascending.
    prefixes: Vec<usize>,
    /// Whether a condition holds for texts that are not ASCII.
    non_ascii: bool,
    /// Prefix lengths in bits of the IPv4 and of the IPv6 ranges.
    ranges: [Vec<u8>; 2],
    literals: Option<Literals>,
}

impl Index {
    /// An index of these conditions out of `count`, each with its number.
    pub(super) fn new<'c>(
        conditions: impl Iterator<Item = (u32, &'c Ir)>,
        kind: RecordKind,
        count: usize,
    ) -> Self {
        let mut build = Build::default();
        let mut always = Vec::new();
        for (number, condition) in conditions {
            match keys(condition, kind) {
                None => always.push(number),
                Some(Requirements { any_of, .. }) => {
                    any_of.iter().for_each(|key| build.add(key, number))
                }
            }
        }
        build.finish(always, count)
    }

    /// An index that makes each of these conditions a candidate for every record.
    pub(super) fn exhaustive(conditions: impl Iterator<Item = u32>, count: usize) -> Self {
        Build::default().finish(conditions.collect(), count)
    }

    /// Adds every condition that the record may meet to `out`.
    pub(super) fn candidates(&self, record: &Record<'_>, out: &mut Candidates) {
        out.begin(&self.always);
        for by in &self.fields {
            by.candidates(record.get(by.field), &self.buckets, out);
        }
    }
}

impl ByField {
    fn candidates(&self, value: &Value<'_>, buckets: &Buckets, out: &mut Candidates) {
        let field = self.field;
        let text = match value {
            Value::Str(text) => text.as_ref(),
            Value::Bool(b) => return out.add(buckets.get(bucket::of_int(field, i64::from(*b)))),
            Value::Int(int) => return out.add(buckets.get(bucket::of_int(field, *int))),
            // A test of a missing value is false, and the field has no value of another type.
            _ => return,
        };
        if self.non_ascii && !text.is_ascii() {
            out.add(buckets.get(bucket::of_non_ascii(field)));
        }
        if self.whole {
            out.add(buckets.get(bucket::of_text(field, text.as_bytes())));
        }
        for &length in &self.prefixes {
            let Some(prefix) = text.as_bytes().get(..length) else { break };
            out.add(buckets.get(bucket::of_prefix(field, prefix)));
        }
        if self.ranges.iter().any(|lengths| !lengths.is_empty())
            && let Some(ip) = parse_ip(text)
        {
            for &length in &self.ranges[usize::from(ip.is_ipv6())] {
                if let Some(range) = Cidr::around(ip, length) {
                    out.add(buckets.get(bucket::of_range(field, range)));
                }
            }
        }
        if let Some(literals) = &self.literals {
            let mut visited = std::mem::take(&mut out.visited);
            literals.find(text, &mut visited, |place| out.add(buckets.at(place)));
            out.visited = visited;
        }
    }
}

/// An index that is being built.
#[derive(Debug, Default)]
struct Build {
    pairs: Vec<(u64, u32)>,
    fields: BTreeMap<FieldId, (ByField, Vec<String>)>,
}

impl Build {
    fn add(&mut self, key: &Requirement, number: u32) {
        self.pairs.push((bucket::of_key(key), number));
        let new = || {
            let ranges = [Vec::new(), Vec::new()];
            let by = ByField {
                field: key.field,
                whole: false,
                non_ascii: false,
                prefixes: Vec::new(),
                ranges,
                literals: None,
            };
            (by, Vec::new())
        };
        let (by, literals) = self.fields.entry(key.field).or_insert_with(new);
        match &key.shows {
            Shows::Bool(_) | Shows::Int(_) => {}
            Shows::NonAscii => by.non_ascii = true,
            Shows::Text(Required::Text(_)) => by.whole = true,
            Shows::Text(Required::Prefix(text)) => insert(&mut by.prefixes, text.len()),
            Shows::Text(Required::Literal(text)) => literals.push(text.to_ascii_lowercase()),
            Shows::Text(Required::Range(range)) => {
                let family = usize::from(matches!(range.network(), IpAddr::V6(_)));
                insert(&mut by.ranges[family], range.prefix());
            }
        }
    }

    fn finish(self, mut always: Vec<u32>, count: usize) -> Index {
        let buckets = Buckets::new(self.pairs);
        let mut fields = Vec::new();
        for (field, (mut by, mut literals)) in self.fields {
            literals.sort_unstable();
            literals.dedup();
            let place = |literal: String| {
                let place = buckets.place(bucket::of_literal(field, literal.as_bytes()))?;
                Some((literal, place))
            };
            let literals: Vec<_> = literals.into_iter().filter_map(place).collect();
            if !literals.is_empty() {
                by.literals = Literals::new(&literals);
                if by.literals.is_none() {
                    always.extend(literals.iter().flat_map(|&(_, place)| buckets.at(place)));
                }
            }
            fields.push(by);
        }
        let mut bits = vec![0; count.div_ceil(64)];
        for number in always {
            bits[number as usize / 64] |= 1 << (number % 64);
        }
        Index { always: bits, fields, buckets }
    }
}

/// Adds to a short sorted list without repeats.
fn insert<T: Ord>(sorted: &mut Vec<T>, item: T) {
    if let Err(at) = sorted.binary_search(&item) {
        sorted.insert(at, item);
    }
}
