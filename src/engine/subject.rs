//! The key that rows of one rule and subject share: the index of the rule, then the encoding of
//! provider and subject by [`encode`](crate::finding::encode).

use crate::finding::fingerprint;
use crate::rule::Rule;

/// The index of the rule of a key.
pub fn rule_of(key: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*key.first_chunk()?)).ok()
}

/// The encoded provider and subject of a key.
pub(super) fn values_of(key: &[u8]) -> &[u8] {
    key.get(4..).unwrap_or_default()
}

/// The fingerprint of the findings of a key. It does not include the rule's index, because adding a
/// rule would shift it.
pub fn fingerprint_of(rule: &Rule, key: &[u8]) -> String {
    fingerprint(rule.renamed_from.as_deref().unwrap_or(&rule.id), values_of(key))
}
