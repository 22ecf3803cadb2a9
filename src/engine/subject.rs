//! The key that rows of one rule and subject share: the rule's index, then what
//! [`encode`](crate::finding::encode) made of provider and subject.

use crate::finding::fingerprint;
use crate::rule::Rule;

/// The rule of a key, by its index.
pub fn rule_of(key: &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*key.first_chunk()?)).ok()
}

/// Provider and subject of a key, as they were encoded.
pub(super) fn values_of(key: &[u8]) -> &[u8] {
    key.get(4..).unwrap_or_default()
}

/// The fingerprint of the findings of a key. The rule's index is no part of it, which a new rule
/// would shift.
pub fn fingerprint_of(rule: &Rule, key: &[u8]) -> String {
    fingerprint(rule.renamed_from.as_deref().unwrap_or(&rule.id), values_of(key))
}
