//! Masks access keys. A masked key shows enough to recognise the key, but too little to search the
//! web for it.

use std::borrow::Cow;

/// Prefixes of access key ids: AWS, Alibaba Cloud and Tencent Cloud. The last two are temporary ids
/// of Alibaba Cloud.
const PREFIXES: [&str; 8] = ["AKIA", "ASIA", "ABIA", "ACCA", "LTAI", "AKID", "STS.", "TMP."];

/// Length of the shortest access key id that a cloud issues.
const SHORTEST_KEY: usize = 16;

/// Masks one access key. A key of 28 or more characters shows its first 6 and last 11, a shorter
/// one its first 4 and last 4, and one of at most 8 shows none. A masked key is returned unchanged.
pub fn mask(key: &str) -> String {
    let marks = |at: usize| key.chars().nth(at) == Some('…');
    if matches!((key.chars().count(), marks(4), marks(6)), (9, true, _) | (18, _, true)) {
        return key.to_owned();
    }
    let (head, tail) = match key.chars().count() {
        28.. => (6, 11),
        9.. => (4, 4),
        _ => return "…".into(),
    };
    let end = key.char_indices().nth(head).map_or(key.len(), |(at, _)| at);
    let start = key.char_indices().rev().nth(tail - 1).map_or(0, |(at, _)| at);
    format!("{}…{}", &key[..end], &key[start..])
}

/// Whether a text is a masked access key, from Keytrail or a console. Such a text never equals a
/// key.
pub fn is_masked(text: &str) -> bool {
    text.contains(['…', '*']) || text.contains("...")
}

/// Masks everything that looks like an access key in a text; borrows if there is nothing to mask.
pub fn mask_keys(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    while let Some((start, end)) = next_key(text, done) {
        out.push_str(&text[done..start]);
        out.push_str(&mask(&text[start..end]));
        done = end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The access key ids in a text, in order.
pub fn key_ids(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let (start, end) = next_key(text, from)?;
        from = end;
        let id = text.get(start..end)?;
        // AWS ids have 20 characters, even if other characters follow them directly.
        let aws = ["AKIA", "ASIA", "ABIA", "ACCA"].iter().any(|prefix| id.starts_with(prefix));
        Some(if aws { id.get(..20).unwrap_or(id) } else { id })
    })
}

/// The position of the next key at or after `from`. The characters before it do not matter: a key
/// that directly follows other letters is still a key.
fn next_key(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(is_first)) {
        let start = at + found;
        let rest = &bytes[start..];
        if let Some(prefix) = PREFIXES.iter().find(|prefix| rest.starts_with(prefix.as_bytes())) {
            let body = rest[prefix.len()..].iter().take_while(|b| b.is_ascii_alphanumeric());
            let length = prefix.len() + body.count();
            if length >= SHORTEST_KEY {
                return Some((start, start + length));
            }
        }
        at = start + 1;
    }
    None
}

fn is_first(byte: &u8) -> bool {
    matches!(byte, b'A' | b'L' | b'S' | b'T')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_keys_are_recognised_in_every_form() {
        for masked in ["AKIA…0001", "AKIA...0001", "AKIA****0001"] {
            assert!(is_masked(masked), "{masked}");
        }
        assert!(is_masked(&mask("AKIAEXAMPLE000000001")));
        assert!(!is_masked("AKIAEXAMPLE000000001") && !is_masked(""));
    }

    #[test]
    fn a_masked_key_shows_enough_to_be_recognised() {
        for (key, masked) in [
            ("AKIDaaaabbbbccccddddeeeeffff12345678", "AKIDaa…fff12345678"),
            ("0123456789012345678901234567", "012345…78901234567"),
            ("012345678901234567890123456", "0123…3456"),
            ("AKIAEXAMPLE000000001", "AKIA…0001"),
            ("123456789", "1234…6789"),
            ("12345678", "…"),
            ("", "…"),
            ("ключ-доступа-9", "ключ…па-9"),
        ] {
            assert_eq!(mask(key), masked, "{key}");
        }
    }

    #[test]
    fn keys_inside_a_text_are_masked() {
        for (text, masked) in [
            ("key AKIAEXAMPLE000000001 used", "key AKIA…0001 used"),
            ("\"ASIAEXAMPLE000000001\",\"LTAI5tExample0000000000\"", "\"ASIA…0001\",\"LTAI…0000\""),
            ("xAKIAEXAMPLE000000001", "xAKIA…0001"),
            ("AKIDaaaabbbbccccddddeeeeffff12345678", "AKIDaa…fff12345678"),
            ("AKIA is how a key begins", "AKIA is how a key begins"),
            ("LTAI LTALTAIexample00000", "LTAI LTALTAI…0000"),
            ("AIDAEXAMPLE000000001", "AIDAEXAMPLE000000001"),
            ("STS.NTexample00000000000000", "STS.…0000"),
            ("é…A", "é…A"),
        ] {
            assert_eq!(mask_keys(text), masked, "{text}");
        }
    }
}
