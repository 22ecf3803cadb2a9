//! Short texts that are known to contain no secret. Findings show the same names, addresses and
//! operations again and again.

use std::cell::RefCell;
use std::hash::Hasher;

use rustc_hash::FxHasher;

/// The length of the longest text that is retained, in bytes.
const LONGEST: usize = 63;

/// The number of texts that are retained; a power of two.
const TEXTS: usize = 4096;

/// A text, and its length.
type Slot = ([u8; LONGEST], u8);

thread_local! {
    /// Each text has one slot, which the next text of that slot overwrites.
    static CLEAR: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// Whether a text was noted and not forgotten.
pub(super) fn is_known(text: &str) -> bool {
    CLEAR.with_borrow(|slots| match slots.get(place(text)) {
        Some((known, length)) => {
            usize::from(*length) == text.len() && known.get(..text.len()) == Some(text.as_bytes())
        }
        None => false,
    })
}

/// Notes that a text contains no secret.
pub(super) fn note(text: &str) {
    if text.len() > LONGEST {
        return;
    }
    CLEAR.with_borrow_mut(|slots| {
        if slots.is_empty() {
            slots.resize(TEXTS, ([0; LONGEST], 0));
        }
        if let Some((known, length)) = slots.get_mut(place(text)) {
            known[..text.len()].copy_from_slice(text.as_bytes());
            *length = text.len() as u8;
        }
    });
}

fn place(text: &str) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    // The upper bits are the best ones.
    (hasher.finish() >> 40) as usize & (TEXTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_only_after_it_was_noted() {
        let long = "a".repeat(LONGEST + 1);
        for text in ["", "a", "10.0.0.1", &long[1..], &long] {
            assert!(!is_known(text) || text.is_empty(), "{text}");
            note(text);
            assert_eq!(is_known(text), text.len() <= LONGEST, "{text}");
            assert!(!is_known(&format!("{text}x")), "{text}");
        }
    }

    /// Two texts of one slot are never taken for each other.
    #[test]
    fn a_slot_knows_one_text() {
        let texts: Vec<String> = (0..4 * TEXTS).map(|number| format!("user-{number}")).collect();
        texts.iter().for_each(|text| note(text));
        let known = texts.iter().filter(|text| is_known(text)).count();
        assert!(known > TEXTS / 2 && known <= TEXTS, "{known}");
        assert!(!is_known("user-x"));
    }
}
