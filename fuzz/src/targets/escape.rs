//! Escaped text has no effect on a terminal or a CI log, and escaping it again does not change it.

use keytrail::diag::{escape, escaped, is_hostile};

/// The first byte is a limit, the others are the text.
pub fn run(data: &[u8]) {
    let [limit, text @ ..] = data else { return };
    let text = String::from_utf8_lossy(text);
    let whole = escape(&text);
    inert(&whole);
    assert_eq!(escape(&whole), whole, "twice is once");
    let cut = escaped(&text, usize::from(*limit));
    inert(&cut);
    if text.chars().count() <= usize::from(*limit) {
        assert_eq!(cut, whole);
    }
}

fn inert(text: &str) {
    assert!(!text.chars().any(is_hostile), "{text:?}");
    assert!(!text.contains("##["), "{text:?}");
    for (at, _) in text.match_indices("::") {
        assert!(text[..at].ends_with(char::is_alphanumeric), "{text:?}");
    }
}
