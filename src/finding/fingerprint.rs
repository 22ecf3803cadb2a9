//! The stable name of a finding.

use sha2::{Digest, Sha256};

/// 128 bits of SHA-256 over the parts, each with its length, so that no two lists of parts meet.
pub fn digest128(parts: &[&[u8]]) -> u128 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let hash = hasher.finalize();
    let mut first = [0u8; 16];
    first.copy_from_slice(&hash[..16]);
    u128::from_be_bytes(first)
}

/// The fingerprint of a rule and an encoded subject: 16 hex digits.
///
/// It leaves out times, files, lines and messages, so that the same finding in tomorrow's rotated
/// log has the same one. `rule` is the id that a renamed rule had first.
pub fn fingerprint(rule: &str, subject: &[u8]) -> String {
    let hash = digest128(&[b"keytrail/v1", rule.as_bytes(), subject]);
    format!("{:016x}", (hash >> 64) as u64)
}
