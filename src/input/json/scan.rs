//! Finds the end of a JSON value by its brackets and strings.
//!
//! It checks just enough of the grammar to detect a missing bracket or quote at once. It does not
//! check whether the value is well formed.

use super::MAX_DEPTH;
use crate::source::count_bytes;
use crate::value::{StringEnd, string_end};

/// A scan of one value, which can pause where the bytes end.
#[derive(Debug, Default)]
pub(in crate::input) struct Scan {
    /// Bytes scanned, from the start of the value.
    pub(in crate::input) at: usize,
    /// Where the last string began; `None` before the first, and once it is forgotten.
    pub(in crate::input) string: Option<usize>,
    /// The deepest nesting so far.
    pub(in crate::input) deepest: usize,
    open: Vec<u8>,
    /// Whether the object inside the outermost one is its `Response`.
    in_response: bool,
    in_string: bool,
    /// The last byte outside strings that is not blank; 0 before the first.
    last: u8,
}

/// Where a scan stopped.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::input) enum Stop {
    /// The bytes end inside the value.
    Pause,
    /// The value ends before this byte.
    End(usize),
    /// A byte that is not allowed at its position.
    Broken(usize),
    /// An array that is the value of a key of the outermost object, or of the object that is its
    /// `Response`; only if requested.
    Array(usize),
}

impl Scan {
    /// Restarts after an array inside this many objects, without scanning their beginning again.
    pub(in crate::input) fn resume_object(&mut self, around: usize) {
        *self = Scan { open: std::mem::take(&mut self.open), ..Scan::default() };
        self.open.clear();
        self.open.resize(around, b'{');
        self.in_response = around == 2;
        self.last = b']';
    }

    /// The number of objects around the array at which the scan stopped.
    pub(in crate::input) fn around(&self) -> usize {
        self.open.len().saturating_sub(1)
    }

    /// Restarts at a new value.
    pub(in crate::input) fn restart(&mut self) {
        *self = Scan { open: std::mem::take(&mut self.open), ..Scan::default() };
        self.open.clear();
    }

    /// Forgets bytes at the front of the value.
    pub(in crate::input) fn forget(&mut self, bytes: usize) {
        self.at -= bytes;
        self.string = self.string.and_then(|string| string.checked_sub(bytes));
    }

    /// Continues the scan; `bytes` starts at the start of the value. `arrays` enables
    /// [`Stop::Array`].
    pub(in crate::input) fn run(&mut self, bytes: &[u8], arrays: bool) -> Stop {
        let mut at = self.at;
        loop {
            if self.in_string {
                match string_end(bytes, at) {
                    StringEnd::Open(end) => {
                        self.at = end;
                        return Stop::Pause;
                    }
                    StringEnd::Escape(slash) if slash + 1 >= bytes.len() => {
                        self.at = slash;
                        return Stop::Pause;
                    }
                    StringEnd::Escape(slash) => {
                        at = slash + 2;
                        continue;
                    }
                    StringEnd::Control(broken) => return Stop::Broken(broken),
                    StringEnd::Quote(quote) => {
                        at = quote + 1;
                        self.in_string = false;
                        self.last = b'"';
                        if self.open.is_empty() {
                            return Stop::End(at);
                        }
                    }
                }
            }
            let Some(&byte) = bytes.get(at) else {
                self.at = at;
                return Stop::Pause;
            };
            match byte {
                b'"' => {
                    if !matches!(self.last, b'{' | b'[' | b',' | b':' | 0) {
                        return Stop::Broken(at);
                    }
                    self.string = Some(at);
                    self.in_string = true;
                }
                b'{' | b'[' => {
                    let fits = match self.last {
                        b':' | b'[' | 0 => true,
                        b',' => self.open.last() == Some(&b'['),
                        _ => false,
                    };
                    if !fits {
                        return Stop::Broken(at);
                    }
                    let depth = self.open.len();
                    if arrays && depth == 1 {
                        let key = self.string.and_then(|string| bytes.get(string..));
                        self.in_response = key.is_some_and(is_response);
                    }
                    if arrays && byte == b'[' && (depth == 1 || (depth == 2 && self.in_response)) {
                        self.at = at + 1;
                        self.open.push(byte);
                        self.last = byte;
                        return Stop::Array(at);
                    }
                    self.open.push(byte);
                    self.deepest = self.deepest.max(self.open.len());
                    self.last = byte;
                }
                b'}' | b']' => {
                    // In ASCII each closing bracket is two after its opening one.
                    if self.open.pop() != Some(byte - 2) {
                        return Stop::Broken(at);
                    }
                    self.last = byte;
                    if self.open.is_empty() {
                        return Stop::End(at + 1);
                    }
                }
                b' ' | b'\n' | b'\r' | b'\t' => {}
                _ => self.last = byte,
            }
            at += 1;
        }
    }
}

/// Whether the key that begins here is `Response`.
fn is_response(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\"Response\"")
}

/// Whether a text nests deeper than a record may.
pub(in crate::input) fn too_deep(bytes: &[u8]) -> bool {
    // A text with few brackets cannot be deep.
    if bytes.len() <= 2 * MAX_DEPTH || count_bytes(bytes, |b| b | 0x20 == b'{') <= MAX_DEPTH as u64
    {
        return false;
    }
    let mut scan = Scan::default();
    scan.run(bytes, false);
    scan.deepest > MAX_DEPTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(text: &str) -> Stop {
        let whole = Scan::default().run(text.as_bytes(), false);
        // The end does not depend on the sizes of the reads.
        let mut scan = Scan::default();
        let mut last = Stop::Pause;
        for end in 0..=text.len() {
            last = scan.run(&text.as_bytes()[..end], false);
            if last != Stop::Pause {
                break;
            }
        }
        assert_eq!(last, whole, "{text}");
        whole
    }

    #[test]
    fn a_value_ends_where_its_brackets_close() {
        for (text, end) in [
            ("{}", 2),
            (r#"{"a":"}\"]","b":[1,{}]} {"#, 23),
            (r#""a\\" "#, 5),
            ("[[],[{}]]]", 9),
            (r#"{"long string":"0123456789012345678901234567890123456789"}}"#, 58),
        ] {
            assert_eq!(stop(text), Stop::End(end), "{text}");
        }
        for text in ["{", r#"{"a"#, r#"{"a\"#, "[1,2"] {
            assert_eq!(stop(text), Stop::Pause, "{text}");
        }
    }

    #[test]
    fn a_missing_bracket_or_quote_is_detected() {
        for (text, at) in [
            (r#"{"a":1,{"b":2}}"#, 7),
            (r#"{"a":{"b":1,{"c":2}}"#, 12),
            (r#"{"a":[1}"#, 7),
            (r#"{"a":"x,"b":1}"#, 9),
            ("{\"a\":\"x\n\"}", 7),
            (r#"{"a":1{"#, 6),
            ("[}", 1),
        ] {
            let found = stop(text);
            assert!(matches!(found, Stop::Broken(b) if b >= at), "{text}: {found:?}");
        }
    }

    #[test]
    fn many_brackets_are_distinguished_from_deep_nesting() {
        let flat = format!("[{}]", vec!["[]"; 2000].join(","));
        let deep = "[".repeat(600) + &"]".repeat(600);
        let text = format!(r#"["{}"]"#, "[".repeat(2000));
        assert!(!too_deep(flat.as_bytes()));
        assert!(!too_deep(text.as_bytes()));
        assert!(too_deep(deep.as_bytes()));
        let edge = |depth| "[".repeat(depth) + &" ".repeat(2000) + &"]".repeat(depth);
        assert!(!too_deep(edge(MAX_DEPTH).as_bytes()));
        assert!(too_deep(edge(MAX_DEPTH + 1).as_bytes()));
    }
}
