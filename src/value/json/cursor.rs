//! A strict cursor over one JSON text.
//!
//! It checks the whole grammar and builds nothing. It accepts what a full parser accepts, except that
//! every escape must name a whole character. Most of a record is never looked at by a rule, so the
//! cost of a record is the cost of skipping it.

use std::borrow::Cow;

use super::strings::{Specials, StringEnd};

/// A text that is not JSON. The caller asks a parser what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A position in a text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    strings: Strings,
}

/// How strings are read.
#[derive(Debug, Clone, Copy, Default)]
struct Strings {
    specials: Specials,
    /// Whether an escape may name half of a surrogate pair.
    halves: bool,
}

/// The content of a string, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StringToken<'a> {
    pub(crate) raw: &'a str,
    /// Whether it contains an escape.
    pub(crate) escaped: bool,
}

impl<'a> StringToken<'a> {
    /// The content with its escapes replaced.
    pub(crate) fn decoded(self) -> Cow<'a, str> {
        match self.escaped {
            false => Cow::Borrowed(self.raw),
            // The cursor has checked every escape.
            true => serde_json::from_str(&format!("\"{}\"", self.raw)).unwrap_or_default(),
        }
    }
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, strings: Strings::default() }
    }

    /// A cursor that also accepts escapes of half of a surrogate pair, as a parser does that ignores
    /// the value.
    pub(crate) fn lenient(text: &'a str) -> Self {
        Self { text, at: 0, strings: Strings { halves: true, ..Strings::default() } }
    }

    /// The next byte that is not blank, which stays the next one; 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        let (byte, at) = next(self.text.as_bytes(), self.at);
        self.at = at;
        byte
    }

    /// Moves behind the byte that [`Self::peek`] returned.
    #[inline]
    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    /// Moves behind the next byte that is not blank, which must be this one.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != byte {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Only blanks may be left.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { Err(Malformed) }
    }

    /// The next string; its opening quote is the next byte.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<StringToken<'a>, Malformed> {
        self.expect(b'"')?;
        let start = self.at;
        let (end, escaped) = self.strings.end(self.text.as_bytes(), start)?;
        self.at = end;
        let raw = self.text.get(start..end - 1).ok_or(Malformed)?;
        Ok(StringToken { raw, escaped })
    }

    /// Whether the items or members of a container go on after the current one. Moves behind the comma
    /// or the closing bracket.
    #[inline]
    pub(crate) fn goes_on(&mut self, close: u8) -> Result<bool, Malformed> {
        let byte = self.peek();
        self.at += 1;
        match byte {
            b',' => Ok(true),
            _ if byte == close => Ok(false),
            _ => Err(Malformed),
        }
    }

    /// Whether a container whose opening bracket was read has no items. Moves behind the bracket that
    /// closes it if so.
    #[inline]
    pub(crate) fn is_empty(&mut self, close: u8) -> bool {
        // Rust 1.95 dropped the move in optimised builds when it was written as `+= usize::from(empty)`.
        if self.peek() != close {
            return false;
        }
        self.advance();
        true
    }

    /// Skips one value and returns its text.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<&'a str, Malformed> {
        self.peek();
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at).ok_or(Malformed)
    }

    /// The text from a position that [`Self::position`] returned.
    #[cfg(feature = "native")]
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// The position of the next byte that is not blank.
    #[cfg(feature = "native")]
    pub(crate) fn position(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// Skips one value.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        let bytes = self.text.as_bytes();
        let (byte, start) = next(bytes, self.at);
        self.at = match byte {
            b'{' | b'[' => return self.skip_container(start),
            b'"' => self.strings.end(bytes, start + 1)?.0,
            _ => scalar(bytes, start, byte)?,
        };
        Ok(())
    }

    /// Skips the object or array that begins here.
    fn skip_container(&mut self, start: usize) -> Result<(), Malformed> {
        let bytes = self.text.as_bytes();
        let (mut strings, mut at) = (self.strings, start);
        // One bit for each container around the current one: whether it is an object. The bits of more
        // than 64 levels are in `outer`.
        let (mut open, mut outer) = (0u64, Vec::new());
        let (mut depth, mut object) = (0usize, false);
        loop {
            let (byte, start) = next(bytes, at);
            match byte {
                b'"' => at = strings.end(bytes, start + 1)?.0,
                b'{' | b'[' => {
                    let (first, begun) = next(bytes, start + 1);
                    at = begun;
                    // In ASCII a closing bracket is two after its opening one.
                    if first == byte + 2 {
                        at += 1;
                    } else {
                        if depth.is_multiple_of(64) && depth > 0 {
                            outer.push(open);
                        }
                        open = open << 1 | u64::from(object);
                        depth += 1;
                        object = byte == b'{';
                        if object {
                            at = strings.key(bytes, at)?;
                        }
                        continue;
                    }
                }
                _ => at = scalar(bytes, start, byte)?,
            }
            loop {
                if depth == 0 {
                    self.at = at;
                    self.strings = strings;
                    return Ok(());
                }
                let (byte, end) = next(bytes, at);
                at = end + 1;
                match byte {
                    b',' => {
                        if object {
                            at = strings.key(bytes, at)?;
                        }
                        break;
                    }
                    b'}' if object => {}
                    b']' if !object => {}
                    _ => return Err(Malformed),
                }
                depth -= 1;
                object = open & 1 != 0;
                open >>= 1;
                if depth.is_multiple_of(64) && depth > 0 {
                    open = outer.pop().ok_or(Malformed)?;
                }
            }
        }
    }
}

/// Moves behind the number or the word that begins here.
#[inline]
fn scalar(bytes: &[u8], start: usize, byte: u8) -> Result<usize, Malformed> {
    match byte {
        b'-' | b'0'..=b'9' => number(bytes, start),
        b't' => word(bytes, start, b"true"),
        b'f' => word(bytes, start, b"false"),
        b'n' => word(bytes, start, b"null"),
        _ => Err(Malformed),
    }
}

/// The next byte that is not blank, and its position; 0 at the end.
#[inline]
fn next(bytes: &[u8], mut at: usize) -> (u8, usize) {
    loop {
        match bytes.get(at) {
            Some(&byte) if byte > b' ' => return (byte, at),
            Some(b' ' | b'\n' | b'\r' | b'\t') => at += 1,
            // Another control character is no part of the grammar.
            Some(&byte) => return (byte, at),
            None => return (0, at),
        }
    }
}

impl Strings {
    /// Moves behind a key and its colon.
    #[inline(always)]
    fn key(&mut self, bytes: &[u8], at: usize) -> Result<usize, Malformed> {
        let (quote, at) = next(bytes, at);
        if quote != b'"' {
            return Err(Malformed);
        }
        let (end, _) = self.end(bytes, at + 1)?;
        match next(bytes, end) {
            (b':', colon) => Ok(colon + 1),
            _ => Err(Malformed),
        }
    }

    /// Moves behind the closing quote of a string whose content begins here. Returns that position,
    /// and whether the string contains an escape.
    #[inline(always)]
    fn end(&mut self, bytes: &[u8], at: usize) -> Result<(usize, bool), Malformed> {
        match self.specials.string_end(bytes, at) {
            StringEnd::Quote(end) => Ok((end + 1, false)),
            StringEnd::Escape(slash) => Ok((self.escaped_end(bytes, slash)?, true)),
            StringEnd::Control(_) | StringEnd::Open(_) => Err(Malformed),
        }
    }

    /// The same from the first backslash of a string.
    fn escaped_end(&mut self, bytes: &[u8], slash: usize) -> Result<usize, Malformed> {
        let mut at = slash;
        loop {
            at += escape(bytes.get(at + 1..).unwrap_or_default(), self.halves)?;
            match self.specials.string_end(bytes, at) {
                StringEnd::Quote(end) => return Ok(end + 1),
                StringEnd::Escape(slash) => at = slash,
                StringEnd::Control(_) | StringEnd::Open(_) => return Err(Malformed),
            }
        }
    }
}

/// Moves behind a word that must be here.
fn word(bytes: &[u8], at: usize, word: &[u8]) -> Result<usize, Malformed> {
    match bytes.get(at..).is_some_and(|rest| rest.starts_with(word)) {
        true => Ok(at + word.len()),
        false => Err(Malformed),
    }
}

/// Moves behind the number that begins here.
fn number(bytes: &[u8], start: usize) -> Result<usize, Malformed> {
    let digits = |from: usize| {
        let mut at = from;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        if at > from { Ok(at) } else { Err(Malformed) }
    };
    let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
    at = match bytes.get(at) {
        Some(b'0') => at + 1,
        _ => digits(at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let signed = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
        at = digits(at + 1 + usize::from(signed))?;
    }
    Ok(at)
}

/// The length of an escape whose bytes after the backslash are `rest`. An escape of half of a
/// surrogate pair needs the other half, unless `halves` are accepted.
fn escape(rest: &[u8], halves: bool) -> Result<usize, Malformed> {
    match rest.first() {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => match unit(rest.get(1..5))? {
            0xd800..=0xdfff if halves => Ok(6),
            0xd800..=0xdbff => {
                let other = rest.get(5..).and_then(|rest| rest.strip_prefix(b"\\u"));
                match unit(other.and_then(|other| other.get(..4)))? {
                    0xdc00..=0xdfff => Ok(12),
                    _ => Err(Malformed),
                }
            }
            0xdc00..=0xdfff => Err(Malformed),
            _ => Ok(6),
        },
        _ => Err(Malformed),
    }
}

/// The UTF-16 code unit that four hexadecimal digits name.
fn unit(digits: Option<&[u8]>) -> Result<u32, Malformed> {
    digits.ok_or(Malformed)?.iter().try_fold(0, |unit, &byte| {
        let digit = char::from(byte).to_digit(16).ok_or(Malformed)?;
        Ok(unit << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn accepts(text: &str) -> bool {
        let mut cursor = Cursor::new(text);
        cursor.skip().and_then(|()| cursor.end()).is_ok()
    }

    fn parser_accepts(text: &str) -> bool {
        // Unlike a parser that ignores the value, this one rejects half of a surrogate pair.
        serde_json::from_str::<serde_json::Value>(text).is_ok()
    }

    #[test]
    fn every_production_of_the_grammar_is_checked() {
        for text in [
            "0",
            "-0",
            "10",
            "-1.5e+10",
            "1E-2",
            "1e5",
            "true",
            "false",
            "null",
            "\"\"",
            " [ ] ",
            "{ }",
            "[1 , 2]",
            "{\"a\" : [{}, {\"b\":[]}]}\n",
            r#""\"\\\/\b\f\n\r\t\u00e9""#,
            r#""\ud83d\ude00""#,
            "\"é😀\u{7f}\"",
        ] {
            assert!(accepts(text) && parser_accepts(text), "{text}");
        }
        for text in [r#""\ud800""#, r#""\udc00\ud800x""#, r#"{"\ud800\u0041":1}"#] {
            let mut cursor = Cursor::lenient(text);
            assert!(cursor.skip().and_then(|()| cursor.end()).is_ok(), "{text}");
            assert!(!accepts(text) && serde_json::from_str::<IgnoredAny>(text).is_ok(), "{text}");
        }
        for text in [
            "",
            " ",
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1.e5",
            "1e",
            "1e+",
            "tru",
            "nul",
            "True",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{,}",
            "{a:1}",
            "[1}",
            "{\"a\":1]",
            "[",
            "{",
            "\"",
            "\"\\",
            "\"\\u00e\"",
            "\"\\x41\"",
            "\"\n\"",
            "1 2",
            "{}x",
            r#""\ud800""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            "\u{feff}1",
            "\u{a0}1",
            "[1\u{c}]",
        ] {
            assert!(!accepts(text) && !parser_accepts(text), "{text}");
        }
    }

    #[test]
    fn any_depth_is_skipped() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            for depth in [1, 63, 64, 65, 128, 129, 50_000] {
                let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                assert!(accepts(&text), "{open} {depth}");
                assert!(!accepts(&text[..text.len() - 1]), "{open} {depth}");
                let (rest, last) = text.split_at(text.len() - 1);
                assert!(!accepts(&format!("{rest}{}", if last == "]" { '}' } else { ']' })));
            }
        }
    }

    proptest! {
        #[test]
        fn the_cursor_accepts_what_a_parser_accepts(
            text in r#"([\[\]{}:, ]|"(a|é|\\n|\\u00e9|\\ud83d|\\ude00)*"|-?[0-9]{1,2}(\.[0-9])?|true|null|\\|"){0,24}"#,
        ) {
            prop_assert_eq!(accepts(&text), parser_accepts(&text));
        }

        #[test]
        fn one_changed_byte_is_judged_like_a_parser_judges_it(
            at in any::<prop::sample::Index>(),
            byte in prop::sample::select(&b"\"\\{}[]:,0-.eEtu \n\x01a"[..]),
        ) {
            let text = r#"{"a":[1,-2.5e3,"x\"\u0041\ud83d\ude00"],"b":{"c":null,"d":true},"e":"0123456789abcdef"}"#;
            let mut bytes = text.as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let text = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(accepts(&text), parser_accepts(&text), "{}", text);
        }
    }
}
