//! Finds the next record after one that is broken.
//!
//! Records of one file begin with the same key. `{"key"` cannot stand inside a JSON string, where
//! its quote would be escaped, so it is a safe place to go on.

use memchr::{memchr_iter, memmem};

/// Where a search stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record begins here.
    Found(usize),
    /// None does; bytes before this one need not be looked at again.
    None(usize),
}

/// The first key of an object, with its quotes; `None` where it does not begin with one.
pub(super) fn first_key(object: &[u8]) -> Option<&[u8]> {
    let rest = object.strip_prefix(b"{")?.trim_ascii_start();
    let content = rest.strip_prefix(b"\"")?;
    let len = content.iter().take(200).position(|&b| matches!(b, b'"' | b'\\' | ..0x20))?;
    let (key, after) = rest.split_at_checked(len + 2)?;
    let is_key = len > 0 && key.ends_with(b"\"") && after.trim_ascii_start().starts_with(b":");
    is_key.then_some(key)
}

/// The next `{` in front of one of these keys, from `from` on. Without keys, the next that
/// follows a `}` and a comma, as the next item of an array does.
pub(super) fn next_record(bytes: &[u8], from: usize, keys: &[Vec<u8>]) -> Next {
    let rest = bytes.get(from..).unwrap_or_default();
    let nexts = keys.iter().map(|key| next_with(rest, key));
    let next = nexts.reduce(first).unwrap_or_else(|| next_item(rest));
    match next {
        Next::Found(at) => Next::Found(from + at),
        Next::None(at) => Next::None(from + at),
    }
}

fn first(a: Next, b: Next) -> Next {
    match (a, b) {
        (Next::Found(a), Next::Found(b)) => Next::Found(a.min(b)),
        (Next::None(a), Next::None(b)) => Next::None(a.min(b)),
        (found @ Next::Found(_), _) | (_, found) => found,
    }
}

fn next_with(bytes: &[u8], key: &[u8]) -> Next {
    for at in memmem::find_iter(bytes, key) {
        if let Some(open) = brace_before(bytes, at) {
            return Next::Found(open);
        }
    }
    // The key may begin in these bytes and end in the next ones.
    let tail = bytes.len().saturating_sub(key.len() - 1);
    Next::None(brace_before(bytes, tail).unwrap_or(tail))
}

/// The `{` in front of a place, with nothing but a few blanks between.
fn brace_before(bytes: &[u8], at: usize) -> Option<usize> {
    let first = at.saturating_sub(REACH);
    let before = bytes.get(first..at)?.trim_ascii_end();
    before.ends_with(b"{").then(|| first + before.len() - 1)
}

fn next_item(bytes: &[u8]) -> Next {
    for at in memchr_iter(b'{', bytes) {
        let before = bytes[at.saturating_sub(REACH)..at].trim_ascii_end();
        let follows = before.strip_suffix(b",").is_some_and(|b| b.trim_ascii_end().ends_with(b"}"));
        let after = &bytes[at + 1..];
        let begins = after.get(..REACH).unwrap_or(after).trim_ascii_start();
        if follows && begins.is_empty() && after.len() < REACH {
            return Next::None(at.saturating_sub(REACH));
        }
        if follows && begins.starts_with(b"\"") {
            return Next::Found(at);
        }
    }
    Next::None(bytes.len().saturating_sub(REACH))
}

/// How many bytes around a `{` are looked at: what is kept has a bound, whatever is written.
const REACH: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_their_first_key() {
        let keys = [br#""a""#.to_vec(), br#""z""#.to_vec()];
        for (text, expected) in [
            (r#"x,{"a":1}"#, Next::Found(2)),
            ("x,{ \n\"a\":1}", Next::Found(2)),
            (r#"{"b":"a"},{"a":1}"#, Next::Found(10)),
            (r#"{\"a\":1}"#, Next::None(7)),
            (r#"xx{ "a"#, Next::None(2)),
            ("xx{   ", Next::None(2)),
            (r#"{"z":1},{"a":1}"#, Next::Found(0)),
            ("", Next::None(0)),
        ] {
            assert_eq!(next_record(text.as_bytes(), 0, &keys), expected, "{text}");
        }
        for (text, expected) in [
            (r#"[{"k":1}, {"b":1}"#, Next::Found(10)),
            (r#"[{"k":1}]"#, Next::None(0)),
            (r#"[{"k":1},{"#, Next::None(0)),
        ] {
            assert_eq!(next_record(text.as_bytes(), 0, &[]), expected, "{text}");
        }
    }

    #[test]
    fn the_first_key_keeps_its_quotes() {
        assert_eq!(first_key(br#"{ "a": 1}"#), Some(&br#""a""#[..]));
        for text in ["{}", r#"{"a"#, r#"{"a""#, r#"{"a"x"#, r#"{"a\"b":1}"#, "[1]", r#"{"":1}"#] {
            assert_eq!(first_key(text.as_bytes()), None, "{text}");
        }
    }
}
