//! Conditions looked up by the values of a record's fields.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::key::{Key, Keys, keys};
use crate::expr::ir::Ir;
use crate::record::{FieldId, Record};
use crate::value::{RecordKind, Value};

/// The conditions of one record kind.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Those that ask nothing of an indexed field: always tried.
    always: Vec<u32>,
    fields: Vec<ByField>,
}

/// Conditions by the value of one field. Only hashes are compared: a collision costs a try.
#[derive(Debug)]
struct ByField {
    field: FieldId,
    exact: FxHashMap<u64, Vec<u32>>,
    /// By length of the prefix in bytes, ascending.
    prefixes: Vec<(usize, FxHashMap<u64, Vec<u32>>)>,
}

impl Index {
    /// An index of these conditions, each with its number.
    pub(super) fn new<'c>(
        conditions: impl Iterator<Item = (u32, &'c Ir)>,
        kind: RecordKind,
    ) -> Self {
        let mut index = Self::default();
        for (number, condition) in conditions {
            match keys(condition, kind) {
                None => index.always.push(number),
                Some(Keys { any_of, .. }) => {
                    let distinct: FxHashSet<Key> = any_of.into_iter().collect();
                    distinct.into_iter().for_each(|key| index.add(key, number));
                }
            }
        }
        index.fields.sort_by_key(|by| by.field);
        index
    }

    fn add(&mut self, key: Key, number: u32) {
        let field = key.field();
        let at = self.fields.iter().position(|by| by.field == field).unwrap_or_else(|| {
            let by = ByField { field, exact: FxHashMap::default(), prefixes: Vec::new() };
            self.fields.push(by);
            self.fields.len() - 1
        });
        let by = &mut self.fields[at];
        let numbers = match &key {
            Key::Exact(_, text) => by.exact.entry(hash(text.as_bytes())).or_default(),
            Key::Prefix(_, text) => {
                let length = text.len();
                let at = by.prefixes.partition_point(|(known, _)| *known < length);
                if by.prefixes.get(at).is_none_or(|(known, _)| *known != length) {
                    by.prefixes.insert(at, (length, FxHashMap::default()));
                }
                by.prefixes[at].1.entry(hash(text.as_bytes())).or_default()
            }
        };
        numbers.push(number);
    }

    /// Gives every condition that the record may meet, ascending and without repeats.
    pub(super) fn candidates(&self, record: &Record<'_>, out: &mut Vec<u32>) {
        out.clear();
        out.extend_from_slice(&self.always);
        for by in &self.fields {
            let Value::Str(text) = record.get(by.field) else { continue };
            let text = text.as_bytes();
            if let Some(numbers) = by.exact.get(&hash(text)) {
                out.extend_from_slice(numbers);
            }
            for (length, numbers) in &by.prefixes {
                let Some(prefix) = text.get(..*length) else { break };
                if let Some(numbers) = numbers.get(&hash(prefix)) {
                    out.extend_from_slice(numbers);
                }
            }
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// A hash of the text in ASCII lower case. Keys come from trusted rules, so a fast one will do.
fn hash(text: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    let mut buffer = [0u8; 64];
    for chunk in text.chunks(buffer.len()) {
        let lower = &mut buffer[..chunk.len()];
        lower.copy_from_slice(chunk);
        lower.make_ascii_lowercase();
        hasher.write(lower);
    }
    hasher.finish()
}
