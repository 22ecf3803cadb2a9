//! Makes hostile text inert on a terminal and in a log.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character may change how a terminal or a reader shows the text around it: control,
/// format, direction, zero-width and tag characters.
pub fn is_hostile(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// This many colons after a letter or digit stay as they are: `arn:aws:s3:::bucket`.
const IN_WORD: usize = 3;

/// A text that is escaped character by character.
#[derive(Debug, Clone)]
pub(super) struct Inert {
    /// The escaped text so far.
    pub(super) text: String,
    /// The last character of the input.
    last: char,
    /// The number of colons at its end, and whether they follow a letter or digit.
    colons: (usize, bool),
}

impl Inert {
    pub(super) fn new() -> Self {
        Self { text: String::new(), last: ' ', colons: (0, false) }
    }

    pub(super) fn push(&mut self, c: char) {
        let (count, in_word) = self.colons;
        self.colons = match (c, count) {
            (':', 0) => (1, self.last.is_alphanumeric() && !is_hostile(self.last)),
            (':', _) => (count + 1, in_word),
            _ => (0, false),
        };
        let (count, in_word) = self.colons;
        match c {
            '\n' => self.text.push_str("\\n"),
            '\r' => self.text.push_str("\\r"),
            '\t' => self.text.push_str("\\t"),
            ':' if count > 1 && !(in_word && count <= IN_WORD) => self.text.push_str("\\u{3a}"),
            '[' if self.text.ends_with("##") => self.text.push_str("\\u{5b}"),
            c if is_hostile(c) => {
                let _ = write!(self.text, "\\u{{{:x}}}", c as u32);
            }
            c => self.text.push(c),
        }
        self.last = c;
    }

    /// Appends a character unchanged.
    pub(super) fn push_raw(&mut self, c: char) {
        self.text.push(c);
        (self.last, self.colons) = (' ', (0, false));
    }
}

/// Escapes control, direction, zero-width and tag characters, and breaks the workflow commands of
/// CI logs (`::name::` where a line may begin, `##[name]`). Ordinary text of any script stays
/// unchanged. So do two or three colons after a letter or digit, as in an ARN.
pub fn escape(text: &str) -> Cow<'_, str> {
    let breaks_log = text.contains("::") || text.contains("##[");
    // Nearly every text is plain ASCII; without an early end the check takes several bytes at a time.
    let plain = || text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if !breaks_log && (plain() || !text.chars().any(is_hostile)) {
        return Cow::Borrowed(text);
    }
    let mut out = Inert::new();
    text.chars().for_each(|c| out.push(c));
    Cow::Owned(out.text)
}

/// [`escape`], cut to at most `limit` characters. A mark shows that the text was cut.
pub fn escaped(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => escape(text).into_owned(),
        Some((end, _)) => format!("{}… ({} bytes more)", escape(&text[..end]), text.len() - end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_and_format_characters_are_escaped_and_others_are_not() {
        for (text, expected) in [
            ("plain", "plain"),
            ("größer 日本語 😀 العربية", "größer 日本語 😀 العربية"),
            ("\u{1b}[2J\u{1b}]0;x\u{7}", "\\u{1b}[2J\\u{1b}]0;x\\u{7}"),
            ("a\r\nb\tc", "a\\r\\nb\\tc"),
            ("\u{202e}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
            ("a\u{200b}b\u{feff}c", "a\\u{200b}b\\u{feff}c"),
            ("\u{e0041}", "\\u{e0041}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("::error::x", ":\\u{3a}error::x"),
            ("x ::error::", "x :\\u{3a}error::"),
            ("\u{3164}::x", "\\u{3164}:\\u{3a}x"),
            ("a::::b", "a:::\\u{3a}b"),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket"),
            ("arn:aws:iam::123456789012:user/x", "arn:aws:iam::123456789012:user/x"),
            (":::", ":\\u{3a}\\u{3a}"),
            ("##[error]x", "##\\u{5b}error]x"),
            ("###[x", "###\\u{5b}x"),
            ("a: b", "a: b"),
            ("#[x] #", "#[x] #"),
        ] {
            assert_eq!(escape(text), expected, "for {text:?}");
        }
    }

    #[test]
    fn long_text_is_cut_at_a_character_boundary() {
        assert_eq!(escaped("日本語", 2), "日本… (3 bytes more)");
        assert_eq!(escaped("日本語", 3), "日本語");
        assert_eq!(escaped("\u{1b}\u{1b}", 1), "\\u{1b}… (1 bytes more)");
    }

    proptest! {
        #[test]
        fn escaped_text_contains_no_hostile_character(text in r"(\PC|[:#\[\x00-\x1f\x7f-\x9f\u{200b}-\u{206f}\u{e0000}-\u{e007f}]|::|##\[){0,40}") {
            let out = escape(&text);
            prop_assert!(!out.chars().any(is_hostile), "{out:?}");
            prop_assert!(!out.contains("##["), "{out:?}");
            for (at, _) in out.match_indices("::") {
                prop_assert!(out[..at].ends_with(char::is_alphanumeric), "{out:?}");
            }
            prop_assert_eq!(escape(&out), out.clone());
        }
    }
}
