//! Hashes texts without regard to ASCII case.

use std::hash::Hasher;

/// Feeds a text to a hasher with its ASCII letters in lower case. Texts that differ only in case
/// thus have the same hash. Lists and the indices of rules and allowlist entries use it to look up
/// texts.
pub fn write_folded(hasher: &mut impl Hasher, text: &[u8]) {
    let mut buffer = [0u8; 64];
    for chunk in text.chunks(buffer.len()) {
        let lower = &mut buffer[..chunk.len()];
        lower.copy_from_slice(chunk);
        lower.make_ascii_lowercase();
        hasher.write(lower);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_case_of_ascii_letters_is_ignored() {
        let hash = |text: &str| {
            let mut hasher = rustc_hash::FxHasher::default();
            write_folded(&mut hasher, text.as_bytes());
            hasher.finish()
        };
        let long = "AbC".repeat(50);
        for (a, b, same) in [
            ("CreateUser", "createuser", true),
            (&*long, &*long.to_lowercase(), true),
            ("CreateUser", "CreateUsers", false),
            ("Ä", "ä", false),
            ("", "a", false),
        ] {
            assert_eq!(hash(a) == hash(b), same, "{a} {b}");
        }
    }
}
