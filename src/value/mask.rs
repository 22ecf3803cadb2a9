//! Masks access keys. A masked key shows enough to recognise the key, but too little to search the
//! web for it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Prefixes of access key ids: AWS, Alibaba Cloud and Tencent Cloud. The last two are temporary ids
/// of Alibaba Cloud.
const PREFIXES: [&str; 8] = ["AKIA", "ASIA", "ABIA", "ACCA", "LTAI", "AKID", "STS.", "TMP."];

/// Length of each prefix.
const PREFIX: usize = 4;

/// Length of the shortest access key id that a cloud issues.
const SHORTEST_KEY: usize = 16;

/// Masks one access key. A key of 16 to 20 characters shows its first 6 and last 4, a longer one its
/// first 6 and last 11, as the alarms of Tencent Cloud do. A shorter text is no key that a cloud
/// issues: of more than 8 characters it shows the first 4 and last 4, else none. A masked key is
/// returned unchanged.
pub fn mask(key: &str) -> String {
    let marks = |at: usize| key.chars().nth(at) == Some('…');
    let masked =
        matches!((key.chars().count(), marks(4), marks(6)), (9, true, _) | (11 | 18, _, true));
    if masked || key.chars().filter(|c| *c == '…').count() == 1 && key.chars().count() > 11 {
        return key.to_owned();
    }
    let (head, tail) = match key.chars().count() {
        21.. => (6, 11),
        16.. => (6, 4),
        9.. => (4, 4),
        _ => return "…".into(),
    };
    masked_at(key, head, tail)
}

/// Masks keys so that no two of them look alike: a key that would look like another one shows more of
/// its beginning. Returns the keys that [`mask`] does not tell apart.
pub fn distinct_masks<'k>(keys: impl IntoIterator<Item = &'k str>) -> BTreeMap<String, String> {
    let mut alike: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for key in keys {
        alike.entry(mask(key)).or_default().insert(key);
    }
    let mut masks = BTreeMap::new();
    for keys in alike.into_values().filter(|keys| keys.len() > 1) {
        let longest = keys.iter().map(|key| key.chars().count()).max().unwrap_or(0);
        // The shown characters grow until the keys differ. At worst all are shown.
        let shown = |head: usize| -> BTreeMap<String, String> {
            let one = |key: &&str| ((*key).to_owned(), masked_at(key, head, 4));
            keys.iter().map(one).collect()
        };
        let differ = |of: &BTreeMap<String, String>| {
            of.values().collect::<BTreeSet<_>>().len() == keys.len()
        };
        let enough = (7..=longest).map(shown).find(differ);
        masks.extend(enough.unwrap_or_else(|| shown(longest)));
    }
    masks
}

/// The first `head` and last `tail` characters of a key, with a mark between them; the whole key if
/// it is not longer.
fn masked_at(key: &str, head: usize, tail: usize) -> String {
    if head + tail >= key.chars().count() {
        return key.to_owned();
    }
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
    mask_keys_with(text, mask)
}

/// Masks the access keys of a text with a function for one key.
pub fn mask_keys_with(text: &str, mask: impl Fn(&str) -> String) -> Cow<'_, str> {
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
    // Most texts are shorter than a key.
    let last = bytes.len().checked_sub(SHORTEST_KEY)?;
    let mut at = from;
    while let Some(found) = bytes.get(at..=last).and_then(|rest| rest.iter().position(is_first)) {
        let start = at + found;
        let rest = &bytes[start..];
        if PREFIXES.iter().any(|prefix| rest.starts_with(prefix.as_bytes())) {
            let body = rest[PREFIX..].iter().take_while(|b| b.is_ascii_alphanumeric());
            let length = PREFIX + body.count();
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
            ("012345678901234567890", "012345…01234567890"),
            ("AKIAEXAMPLE000000001", "AKIAEX…0001"),
            ("1234567890123456", "123456…3456"),
            ("123456789012345", "1234…2345"),
            ("123456789", "1234…6789"),
            ("12345678", "…"),
            ("", "…"),
            ("ключ-доступа-9", "ключ…па-9"),
        ] {
            assert_eq!(mask(key), masked, "{key}");
            assert_eq!(mask(masked), masked, "{key}");
        }
    }

    #[test]
    fn keys_that_would_look_alike_show_more() {
        let keys = ["AKIAEXAMPLE000000001", "AKIAEXBMPLE000000001", "AKIAEXAMPLE000000002"];
        let masks = distinct_masks(keys);
        let shown: Vec<(&str, &str)> =
            masks.iter().map(|(key, shown)| (key.as_str(), shown.as_str())).collect();
        assert_eq!(shown, [(keys[0], "AKIAEXA…0001"), (keys[1], "AKIAEXB…0001")]);
        assert_eq!(distinct_masks([keys[0], keys[0], keys[2]]), BTreeMap::new());
        // They differ only where both ends are shown at last.
        let keys = ["AKIAEXAMPLE000A00001", "AKIAEXAMPLE000B00001"];
        let masks = distinct_masks(keys);
        assert_eq!(masks.get(keys[0]).map(String::as_str), Some("AKIAEXAMPLE000A…0001"));
        assert!(masks.values().all(|shown| mask(shown) == *shown));
    }

    #[test]
    fn keys_inside_a_text_are_masked() {
        for (text, masked) in [
            ("key AKIAEXAMPLE000000001 used", "key AKIAEX…0001 used"),
            (
                "\"ASIAEXAMPLE000000001\",\"LTAI5tExample0000000000\"",
                "\"ASIAEX…0001\",\"LTAI5t…e0000000000\"",
            ),
            ("xAKIAEXAMPLE000000001", "xAKIAEX…0001"),
            ("AKIDaaaabbbbccccddddeeeeffff12345678", "AKIDaa…fff12345678"),
            ("AKIA is how a key begins", "AKIA is how a key begins"),
            ("LTAI LTALTAIexample00000", "LTAI LTALTAIex…0000"),
            ("AIDAEXAMPLE000000001", "AIDAEXAMPLE000000001"),
            ("STS.NTexample00000000000000", "STS.NT…00000000000"),
            ("é…A", "é…A"),
        ] {
            assert_eq!(mask_keys(text), masked, "{text}");
        }
    }
}
