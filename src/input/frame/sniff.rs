//! Recognises the content of a file from its first bytes.

use memchr::memchr;

use super::KEY_REACH;
use super::line_prefix::line_prefix;
use crate::input::json::{Scan, Stop};

/// The content of a file, as its first bytes show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sniffed {
    /// One record a line.
    Lines,
    /// JSON values one after the other.
    Values,
    /// Only blanks.
    Empty,
    /// Text that is not JSON; its first lines may be those of a table.
    Text,
    /// Other content.
    Other(&'static str),
}

/// An array of records in an object.
struct Container {
    /// The key of the array.
    key: &'static str,
    /// The number of objects around it.
    around: usize,
    name: &'static str,
}

/// The containers of trails, and of those responses of log services and search engines that may be
/// longer than a record.
const CONTAINERS: [Container; 8] = [
    Container { key: "Records", around: 1, name: "records-object" },
    Container { key: "Events", around: 1, name: "events-object" },
    Container { key: "Events", around: 2, name: "response-object" },
    Container { key: "QueryResultRows", around: 1, name: QUERY_ROWS },
    Container { key: "results", around: 1, name: "results-answer" },
    Container { key: "events", around: 1, name: "events-answer" },
    Container { key: "hits", around: 2, name: "hits-answer" },
    Container { key: "data", around: 1, name: "data-answer" },
];

/// The container of the responses of CloudTrail Lake, whose records are rows of a table.
pub(in crate::input) const QUERY_ROWS: &str = "query-rows-object";

/// Whether the records of a container are arrays, as in the responses of CloudTrail Lake and of
/// CloudWatch Logs Insights.
pub(super) fn holds_rows(container: &str) -> bool {
    matches!(container, QUERY_ROWS | "results-answer")
}

/// The number of lines that are examined.
const SAMPLE: usize = 16;

/// The number of first bytes that contain the magic numbers of other kinds of files.
const HEAD: usize = 8;

/// Recognizes a file as soon as its bytes allow only one result, so that a slow writer need not
/// fill the window first.
///
/// A file is lines if at least half of its first lines are one object each, and none begins a
/// container of records.
#[derive(Debug, Default)]
pub(super) struct Sniff {
    /// The start of the current line, without its blanks; bytes before it are not examined again.
    line: usize,
    /// Bytes in which its end was looked for.
    searched: usize,
    /// The first byte of the file that is not blank.
    first: Option<u8>,
    /// The kind of the current line, as far as it was examined.
    kind: Kind,
    scan: Scan,
    objects: usize,
    others: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Blank so far.
    #[default]
    Blank,
    /// In the middle of an object.
    Open,
    /// An object of this length.
    Object(usize),
    /// The beginning of a container of records.
    Container,
    /// Anything else.
    Other,
}

impl Sniff {
    /// The content of the file that begins with these bytes, which extend those of the last call;
    /// `None` while later bytes could change the result. `more` is true if more bytes may follow,
    /// `whole` if the file ends here.
    pub(super) fn look(&mut self, bytes: &[u8], more: bool, whole: bool) -> Option<Sniffed> {
        if more && bytes.len() < HEAD {
            return None;
        }
        for (magic, what) in MAGIC {
            if bytes.starts_with(magic) {
                return Some(Sniffed::Other(what));
            }
        }
        if bytes.iter().take(4).any(|&b| b == 0) {
            return Some(Sniffed::Other(
                "binary data, or UTF-16 or UTF-32 text, which is not read",
            ));
        }
        let is_lines = self.count(bytes, more, whole)?;
        Some(match self.first {
            None => Sniffed::Empty,
            _ if is_lines => Sniffed::Lines,
            Some(b'{' | b'[') => Sniffed::Values,
            _ if bytes.trim_ascii() == b"null" => Sniffed::Values,
            _ => Sniffed::Text,
        })
    }

    /// Whether the file is lines, as soon as that is certain.
    fn count(&mut self, bytes: &[u8], more: bool, whole: bool) -> Option<bool> {
        loop {
            if 2 * self.others > SAMPLE {
                return Some(false);
            }
            if self.kind == Kind::Blank {
                let rest = bytes.get(self.line..).unwrap_or_default();
                self.line += rest.len() - rest.trim_ascii_start().len();
                self.searched = self.searched.max(self.line);
                match bytes.get(self.line) {
                    None => return (!more).then(|| self.mostly_objects()),
                    Some(&first) => {
                        self.first.get_or_insert(first);
                        self.scan.restart();
                        self.kind = if first == b'{' { Kind::Open } else { Kind::Other };
                    }
                }
            }
            let end = memchr(b'\n', &bytes[self.searched..]).map(|at| self.searched + at);
            self.searched = end.unwrap_or(bytes.len());
            self.go_on(bytes[self.line..self.searched].trim_ascii_end());
            let first_of_all = self.objects + self.others == 0;
            if first_of_all && (self.first == Some(b'[') || self.kind == Kind::Container) {
                return Some(false);
            }
            if end.is_none() && !whole {
                // The line may continue.
                return (!more).then(|| self.mostly_objects());
            }
            let line = bytes[self.line..self.searched].trim_ascii_end();
            if self.kind == Kind::Object(line.len()) || is_prefixed(line) {
                self.objects += 1
            } else {
                self.others += 1
            }
            (self.line, self.kind) = (self.searched, Kind::Blank);
            if 2 * self.objects >= SAMPLE {
                return Some(true);
            }
        }
    }

    /// Examines more of the current line.
    fn go_on(&mut self, line: &[u8]) {
        while self.kind == Kind::Open {
            self.kind = match self.scan.run(line, true) {
                Stop::Pause => return,
                Stop::End(len) => Kind::Object(len),
                Stop::Array(at)
                    if container(line, self.scan.string, at, self.scan.around()).is_some() =>
                {
                    Kind::Container
                }
                Stop::Array(_) => Kind::Open,
                Stop::Broken(_) => Kind::Other,
            };
        }
    }

    fn mostly_objects(&self) -> bool {
        self.objects > 0 && self.objects >= self.others
    }
}

/// Whether a line is a known prefix followed by an object.
fn is_prefixed(line: &[u8]) -> bool {
    line_prefix(line).is_some_and(|prefix| {
        let object = line.get(prefix..).unwrap_or_default();
        let mut scan = Scan::default();
        scan.restart();
        loop {
            match scan.run(object, true) {
                Stop::Array(_) => {}
                Stop::End(len) => return len == object.len(),
                Stop::Pause | Stop::Broken(_) => return false,
            }
        }
    })
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

/// The name of the container if the array at `array` is the value of such a key. The string of the
/// key begins at `string`, inside `around` objects.
pub(super) fn container(
    bytes: &[u8],
    string: Option<usize>,
    array: usize,
    around: usize,
) -> Option<&'static str> {
    // The key is no longer in the buffer if its array comes too late.
    let key = bytes
        .get(string?..array)
        .filter(|key| key.len() < KEY_REACH)?
        .trim_ascii_end()
        .strip_suffix(b":")?
        .trim_ascii_end();
    let key = key.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let found = CONTAINERS.iter().find(|c| c.around == around && c.key.as_bytes() == key);
    found.map(|container| container.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content of bytes that arrive all at once, and byte by byte.
    fn sniff(bytes: &[u8], whole: bool) -> Sniffed {
        let at_once = Sniff::default().look(bytes, false, whole);
        let mut sniff = Sniff::default();
        let early = (0..=bytes.len()).find_map(|end| sniff.look(&bytes[..end], true, false));
        let slowly = early.or_else(|| sniff.look(bytes, false, whole));
        assert_eq!(slowly, at_once, "{}", String::from_utf8_lossy(bytes));
        at_once.unwrap_or(Sniffed::Empty)
    }

    #[test]
    fn the_first_bytes_determine_the_container() {
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

    #[test]
    fn the_container_is_determined_as_early_as_possible() {
        let after = |text: &str, count: usize| {
            let text = text.repeat(count);
            Sniff::default().look(text.as_bytes(), true, false)
        };
        for (line, certain, expected) in [
            ("{\"a\":1}\n", SAMPLE / 2, Sniffed::Lines),
            ("\r\n{\"a\":[1]}\r\n", SAMPLE / 2, Sniffed::Lines),
            ("a line of text\n", SAMPLE / 2 + 1, Sniffed::Text),
            ("{\"Records\": [", 1, Sniffed::Values),
            ("[{\"a\":1},", 1, Sniffed::Values),
        ] {
            assert_eq!(after(line, certain - 1), None, "{line}");
            assert_eq!(after(line, certain), Some(expected), "{line}");
        }
    }
}
