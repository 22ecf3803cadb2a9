//! The fingerprint of a finding.

use sha2::{Digest, Sha256};

/// The first 128 bits of the SHA-256 of the parts. Each part is prefixed with its length, so that
/// different lists of parts are never encoded alike.
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

/// The fingerprint of a rule and an encoded subject: 128 bits as 32 hex digits. This length
/// prevents collisions by chance and by a deliberately chosen subject.
///
/// Times, files, lines and messages are not included, so the same finding in tomorrow's rotated log
/// has the same fingerprint. `rule` is the original id of a renamed rule. Earlier versions printed
/// the first 16 digits.
pub fn fingerprint(rule: &str, subject: &[u8]) -> String {
    format!("{:032x}", digest128(&[b"keytrail/v1", rule.as_bytes(), subject]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_begins_with_the_fingerprint_of_earlier_versions() {
        let subject = b"\x03\x03\0\0\0\0\0\0\0aws";
        let fingerprint = fingerprint("create-key", subject);
        let digest = digest128(&[b"keytrail/v1", b"create-key", subject]);
        assert_eq!(fingerprint, format!("{digest:032x}"));
        assert_eq!(fingerprint[..16], format!("{:016x}", (digest >> 64) as u64));
    }

    #[test]
    fn different_lists_of_parts_have_different_digests() {
        assert_ne!(digest128(&[b"ab", b"c"]), digest128(&[b"a", b"bc"]));
        assert_ne!(digest128(&[b"a"]), digest128(&[b"a", b""]));
    }
}
