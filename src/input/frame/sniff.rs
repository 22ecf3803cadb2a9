//! What a file is, from its first bytes.

use super::scan::{Scan, Stop};

/// What the first bytes say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sniffed {
    /// One record a line.
    Lines,
    /// JSON values one after the other.
    Values,
    /// Nothing but blanks.
    Empty,
    /// Text that is no JSON; its first lines may be those of a table.
    Text,
    /// Something else.
    Other(&'static str),
}

/// How many lines are looked at.
const SAMPLE: usize = 16;

/// Tells what begins with these bytes; `whole` says that the file ends with them.
pub(super) fn sniff(bytes: &[u8], whole: bool) -> Sniffed {
    for (magic, what) in MAGIC {
        if bytes.starts_with(magic) {
            return Sniffed::Other(what);
        }
    }
    if bytes.iter().take(4).any(|&b| b == 0) {
        return Sniffed::Other("binary data, or UTF-16 or UTF-32 text, which is not read");
    }
    let Some(&first) = bytes.trim_ascii_start().first() else { return Sniffed::Empty };
    if first != b'[' && is_lines(bytes, whole) {
        return Sniffed::Lines;
    }
    match first {
        b'{' | b'[' => Sniffed::Values,
        _ if bytes.trim_ascii() == b"null" => Sniffed::Values,
        _ => Sniffed::Text,
    }
}

const MAGIC: [(&[u8], &str); 8] = [
    (b"\xff\xfe", "UTF-16 text: convert it to UTF-8"),
    (b"\xfe\xff", "UTF-16 text: convert it to UTF-8"),
    (b"\x1f\x8b", "compressed twice: unpack it once"),
    (b"\x28\xb5\x2f\xfd", "compressed twice: unpack it once"),
    (b"PK\x03\x04", "a zip archive: unpack it"),
    (b"BZh", "compressed with bzip2, which is not read"),
    (b"\xfd7zXZ", "compressed with xz, which is not read"),
    (b"PAR1", "a Parquet file, which is not read"),
];

/// Whether at least half of the first lines are an object each, and not a container of records.
fn is_lines(bytes: &[u8], whole: bool) -> bool {
    let mut lines: Vec<&[u8]> = bytes.split(|&b| b == b'\n').collect();
    if !whole {
        // The last line may go on.
        lines.pop();
    }
    let sample = lines.iter().map(|line| line.trim_ascii()).filter(|line| !line.is_empty());
    let (mut objects, mut others) = (0, 0);
    for line in sample.take(SAMPLE) {
        let is_object = line.starts_with(b"{") && object_end(line) == Some(line.len());
        if is_object { objects += 1 } else { others += 1 }
    }
    objects > 0 && objects >= others
}

/// Where an object ends that is no container of records.
fn object_end(line: &[u8]) -> Option<usize> {
    let mut scan = Scan::default();
    loop {
        match scan.run(line, true) {
            Stop::End(end) => return Some(end),
            Stop::Array(at) if container(line, scan.string, at, scan.around()).is_some() => {
                return None;
            }
            Stop::Array(_) => {}
            Stop::Pause | Stop::Broken(_) => return None,
        }
    }
}

/// The name of the container, when the array that begins at `array` is the value of such a key,
/// whose string begins at `string`, inside `around` objects.
pub(super) fn container(
    bytes: &[u8],
    string: usize,
    array: usize,
    around: usize,
) -> Option<&'static str> {
    let key = bytes.get(string..array)?.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    match key {
        b"\"Events\"" if around == 2 => Some("response-object"),
        _ if around != 1 => None,
        b"\"Records\"" => Some("records-object"),
        b"\"Events\"" => Some("events-object"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        use Sniffed::{Empty, Lines, Text, Values};
        for (text, expected) in [
            ("{\"a\":1}\n{\"a\":2}\n", Lines),
            ("{\"a\":1}", Lines),
            ("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", Lines),
            ("# a comment\n{\"a\":2}\n", Lines),
            ("\n\r\n {\"a\":2}\r\n", Lines),
            ("{\n\"a\": 1\n}\n", Values),
            ("{\"Records\":[\n{\"a\":1},\n{\"a\":2}\n]}\n", Values),
            ("{\"Records\":[{\"a\":1}]}\n{\"Records\":[{\"a\":1}]}\n", Values),
            ("{\"x\":[1],\"Events\" : [{\"a\":1}]}", Values),
            ("{\"Response\":{\"Events\":[{\"a\":1}]}}\n", Values),
            ("{\"Answer\":{\"Events\":[{\"a\":1}]}}\n", Lines),
            ("{\"Response\":{\"a\":{\"Events\":[{\"a\":1}]}}}\n", Lines),
            ("[\n{\"a\":1}\n]", Values),
            ("{\"a\":1}{\"a\":2}", Values),
            ("null\n", Values),
            ("Apache License\n\n Version 2.0", Text),
            ("id,name\n1,2\n", Text),
            ("", Empty),
            (" \n\t", Empty),
        ] {
            assert_eq!(sniff(text.as_bytes(), true), expected, "{text}");
        }
        for text in ["\u{0}\u{0}\u{0}", "{\u{0}\"\u{0}"] {
            assert!(matches!(sniff(text.as_bytes(), true), Sniffed::Other(_)), "{text}");
        }
        assert_eq!(sniff(b"{\"a\":1}", false), Values, "the line may go on");
    }
}
