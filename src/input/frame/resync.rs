//! Finds the next record after one that is broken.
//!
//! Records of one file begin with the same key. `{"key"` cannot occur inside a JSON string, where
//! its quotes would be escaped, so the next record safely begins there.

use memchr::{memchr_iter, memmem};

/// The result of a search.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record begins here.
    Found(usize),
    /// No record begins; bytes before this one need not be searched again.
    None(usize),
}

/// The beginning of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// `{"key"`.
    Object,
    /// `[{"key"`.
    Array,
}

impl Begin {
    /// The start of a record whose first key is at a position, with at most a few blanks between.
    fn before(self, bytes: &[u8], at: usize) -> Option<usize> {
        let (first, before) = near(bytes, at)?;
        let brace = before.strip_suffix(b"{")?;
        match self {
            Begin::Object => Some(first + brace.len()),
            Begin::Array => Some(first + brace.trim_ascii_end().strip_suffix(b"[")?.len()),
        }
    }

    /// The same if the bytes may end inside the beginning of a record.
    fn partly_before(self, bytes: &[u8], at: usize) -> Option<usize> {
        let bracket = || {
            let (first, before) = near(bytes, at)?;
            Some(first + before.strip_suffix(b"[")?.len())
        };
        self.before(bytes, at).or_else(|| bracket().filter(|_| self == Begin::Array))
    }

    /// The bytes around a record and after its first byte.
    fn brackets(self) -> (u8, &'static [u8], &'static [u8]) {
        match self {
            Begin::Object => (b'{', b"}", b"\""),
            Begin::Array => (b'[', b"]", b"{"),
        }
    }
}

/// The first key of an object, or of the first object of an array, with its quotes; `None` if it
/// does not begin with one.
pub(super) fn first_key(record: &[u8]) -> Option<&[u8]> {
    let object = record.strip_prefix(b"[").map_or(record, <[u8]>::trim_ascii_start);
    let rest = object.strip_prefix(b"{")?.trim_ascii_start();
    let content = rest.strip_prefix(b"\"")?;
    let len = content.iter().take(200).position(|&b| matches!(b, b'"' | b'\\' | ..0x20))?;
    let (key, after) = rest.split_at_checked(len + 2)?;
    let is_key = len > 0 && key.ends_with(b"\"") && after.trim_ascii_start().starts_with(b":");
    is_key.then_some(key)
}

/// The next record that begins with one of these keys, from `from` on. Without keys, the next
/// that follows another and a comma, as the next item of an array does.
pub(super) fn next_record(bytes: &[u8], from: usize, keys: &[Vec<u8>], begin: Begin) -> Next {
    let rest = bytes.get(from..).unwrap_or_default();
    let nexts = keys.iter().map(|key| next_with(rest, key, begin));
    let next = nexts.reduce(first).unwrap_or_else(|| next_item(rest, begin));
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

fn next_with(bytes: &[u8], key: &[u8], begin: Begin) -> Next {
    for at in memmem::find_iter(bytes, key) {
        if let Some(found) = begin.before(bytes, at) {
            return Next::Found(found);
        }
    }
    // The key, or the bytes before it, may begin in these bytes and end in the next ones.
    let tail = bytes.len().saturating_sub(key.len() - 1);
    Next::None(begin.partly_before(bytes, tail).unwrap_or(tail))
}

fn next_item(bytes: &[u8], begin: Begin) -> Next {
    let (open, close, content) = begin.brackets();
    for at in memchr_iter(open, bytes) {
        let before = bytes[at.saturating_sub(REACH)..at].trim_ascii_end();
        let follows =
            before.strip_suffix(b",").is_some_and(|b| b.trim_ascii_end().ends_with(close));
        let after = &bytes[at + 1..];
        let begins = after.get(..REACH).unwrap_or(after).trim_ascii_start();
        if follows && begins.is_empty() && after.len() < REACH {
            return Next::None(at.saturating_sub(REACH));
        }
        if follows && begins.starts_with(content) {
            return Next::Found(at);
        }
    }
    Next::None(bytes.len().saturating_sub(REACH))
}

/// The last bytes before a position, without blanks, and their position.
fn near(bytes: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let first = at.saturating_sub(REACH);
    Some((first, bytes.get(first..at)?.trim_ascii_end()))
}

/// How many bytes around a `{` are examined, so that the buffer is bounded.
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
            assert_eq!(next_record(text.as_bytes(), 0, &keys, Begin::Object), expected, "{text}");
        }
        for (text, expected) in [
            (r#"[{"k":1}, {"b":1}"#, Next::Found(10)),
            (r#"[{"k":1}]"#, Next::None(0)),
            (r#"[{"k":1},{"#, Next::None(0)),
        ] {
            assert_eq!(next_record(text.as_bytes(), 0, &[], Begin::Object), expected, "{text}");
        }
    }

    #[test]
    fn the_search_for_a_record_skips_a_bounded_number_of_blanks() {
        let found = |blanks: usize| {
            let text = format!(r#"[{{"k":1}},{}{{"b":1}}"#, " ".repeat(blanks));
            matches!(next_record(text.as_bytes(), 0, &[], Begin::Object), Next::Found(_))
        };
        // The comma and the bracket before it must be within reach too.
        assert_eq!([REACH - 2, REACH - 1].map(found), [true, false]);
    }

    #[test]
    fn records_that_are_arrays_are_found_too() {
        let keys = [br#""a""#.to_vec()];
        for (text, expected) in [
            (r#"x],[{"a":1}"#, Next::Found(3)),
            (r#"{"a":1}],[ { "a":1}"#, Next::Found(9)),
            (r#"{"b":1},{"a":1}"#, Next::None(13)),
            (r#"xx[{ "a"#, Next::None(2)),
            ("xx[ ", Next::None(2)),
        ] {
            assert_eq!(next_record(text.as_bytes(), 0, &keys, Begin::Array), expected, "{text}");
        }
        for (text, expected) in
            [(r#"[[{"k":1}], [{"b":1}"#, Next::Found(12)), (r#"[{"k":1},{"b":1}"#, Next::None(0))]
        {
            assert_eq!(next_record(text.as_bytes(), 0, &[], Begin::Array), expected, "{text}");
        }
    }

    #[test]
    fn the_first_key_includes_its_quotes() {
        assert_eq!(first_key(br#"[ {"a": 1}]"#), Some(&br#""a""#[..]));
        assert_eq!(first_key(br#"{ "a": 1}"#), Some(&br#""a""#[..]));
        for text in ["{}", r#"{"a"#, r#"{"a""#, r#"{"a"x"#, r#"{"a\"b":1}"#, "[1]", r#"{"":1}"#] {
            assert_eq!(first_key(text.as_bytes()), None, "{text}");
        }
    }
}
