//! Maps each part of a decoded scalar to bytes of the file.
//!
//! The parser returns a scalar's text and the range of its source, but not how they correspond.
//! This module walks both side by side. If they cannot be matched, the rest of the text maps to the
//! whole scalar: an underline may be coarse, but never wrong.

use serde_yaml::granit_parser::ScalarStyle;

use crate::source::Segment;

/// The segments of a scalar.
///
/// `start..end` of `file` is the scalar's range as the parser reports it: including the quotes of a
/// quoted scalar, or from the first content character of a block. `indent` is the column at which
/// the content of a block begins.
pub(super) fn segments(
    file: &str,
    start: usize,
    end: usize,
    text: &str,
    style: ScalarStyle,
    indent: usize,
) -> Vec<Segment> {
    let walk = Walk { file, end, text, at: 0, out: Vec::new() };
    match style {
        ScalarStyle::Literal | ScalarStyle::Folded if text.trim_matches('\n').is_empty() => {
            walk.blank_block(start)
        }
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => walk.quoted(start, style),
        ScalarStyle::Plain => walk.lines(start, None),
        ScalarStyle::Folded => walk.lines(start, Some(indent)),
        ScalarStyle::Literal => walk.literal(start, indent),
    }
}

struct Walk<'a> {
    file: &'a str,
    end: usize,
    text: &'a str,
    /// Number of bytes of the text that are already mapped.
    at: usize,
    out: Vec<Segment>,
}

impl Walk<'_> {
    /// The next `len` bytes of the text are a copy of the file at `file`.
    fn copied(&mut self, len: usize, file: usize) {
        self.push(len, file, len, true);
    }

    /// The next `len` bytes of the text are written differently in the file.
    fn spelled(&mut self, len: usize, file: usize, file_len: usize) {
        self.push(len, file, file_len, false);
    }

    fn push(&mut self, len: usize, file: usize, file_len: usize, copied: bool) {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let text = clamp(self.at);
        self.at += len;
        let (len, file, file_len) = (clamp(len), clamp(file), clamp(file_len));
        match self.out.last_mut() {
            Some(last) if copied && last.copied && last.file + last.file_len == file => {
                last.len += len;
                last.file_len += file_len;
            }
            _ if len > 0 => self.out.push(Segment { text, file, len, file_len, copied }),
            _ => {}
        }
    }

    /// Maps the rest of the text to somewhere from `from` on.
    fn finish(mut self, from: usize) -> Vec<Segment> {
        let rest = self.text.len() - self.at;
        self.spelled(rest, from.min(self.end), self.end.saturating_sub(from));
        self.out
    }

    /// Maps line feeds of the text to these line breaks.
    fn line_feeds(&mut self, breaks: &[usize]) {
        for &at in breaks {
            if self.text[self.at..].starts_with('\n') {
                self.copied(1, at);
            }
        }
    }

    /// A block that has only blank lines, so its range begins with its header.
    fn blank_block(mut self, start: usize) -> Vec<Segment> {
        let breaks = self.breaks_in(start, self.end - start);
        self.separators(self.text.len(), &breaks);
        self.finish(start)
    }

    /// A `|` block: lines without their indentation.
    fn literal(mut self, start: usize, indent: usize) -> Vec<Segment> {
        let breaks = self.breaks_before(start);
        self.line_feeds(&breaks);
        let mut at = start;
        let mut first = true;
        while at < self.end {
            let rest = self.file.get(at..self.end).unwrap_or("");
            let line = rest.find('\n').map_or(rest, |stop| &rest[..stop]);
            let (skip, content) = content_of(line, Some(indent), first);
            first = false;
            if !self.text[self.at..].starts_with(content) {
                break;
            }
            self.copied(content.len(), at + skip);
            at += line.len();
            if at < self.end {
                self.line_feeds(&[at]);
            }
            at += 1;
        }
        self.finish(at)
    }

    /// Plain scalars and `>` blocks: lines without their indentation, joined or folded.
    ///
    /// The content of each line is copied into the text. Between two contents there are only spaces
    /// and line feeds, which come from the line breaks between them.
    fn lines(mut self, start: usize, indent: Option<usize>) -> Vec<Segment> {
        let mut breaks = match indent {
            Some(_) => self.breaks_before(start),
            None => Vec::new(),
        };
        let mut at = start;
        let mut first = true;
        while at <= self.end {
            let rest = self.file.get(at..self.end).unwrap_or("");
            let line = rest.find('\n').map_or(rest, |stop| &rest[..stop]);
            let (skip, content) = content_of(line, indent, first);
            first = false;
            if !content.is_empty() {
                let rest = &self.text[self.at..];
                // Lines that begin with white space are not folded: only line feeds precede them.
                let spaced = content.starts_with([' ', '\t']);
                let gap = rest.len()
                    - if spaced {
                        rest.trim_start_matches('\n').len()
                    } else {
                        rest.trim_start_matches([' ', '\n']).len()
                    };
                if !rest[gap..].starts_with(content) {
                    if content.trim_start_matches([' ', '\t']).is_empty() {
                        at += line.len();
                        breaks.push(at);
                        at += 1;
                        continue;
                    }
                    return self.finish(start);
                }
                self.separators(gap, &breaks);
                breaks.clear();
                self.copied(content.len(), at + skip);
            }
            at += line.len();
            if at >= self.end {
                break;
            }
            breaks.push(at);
            at += 1;
        }
        // Line breaks at the end of a block.
        self.line_feeds(&breaks);
        self.finish(start)
    }

    /// Maps the next `count` bytes of the text to the last of these line breaks.
    fn separators(&mut self, count: usize, breaks: &[usize]) {
        let skipped = breaks.len().saturating_sub(count);
        let first = breaks.first().copied().unwrap_or(self.end);
        self.spelled(count.saturating_sub(breaks.len()), first, 0);
        for &at in &breaks[skipped..] {
            if self.text[self.at..].starts_with('\n') {
                self.copied(1, at);
            } else {
                self.spelled(1, at, 1);
            }
        }
    }

    /// The line breaks of blank lines between a block's header and its first content.
    fn breaks_before(&self, start: usize) -> Vec<usize> {
        let blank = self.text.len() - self.text.trim_start_matches('\n').len();
        let before = self.file.as_bytes().get(..start).unwrap_or(&[]);
        let mut breaks: Vec<usize> = before
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, b)| b.is_ascii_whitespace())
            .filter(|(_, b)| **b == b'\n')
            .map(|(i, _)| i)
            .take(blank)
            .collect();
        breaks.reverse();
        breaks
    }

    /// Quoted scalars: escapes, doubled quotes and folded line breaks.
    fn quoted(mut self, start: usize, style: ScalarStyle) -> Vec<Segment> {
        let double = style == ScalarStyle::DoubleQuoted;
        let mut at = start + 1;
        let last = self.end.saturating_sub(1);
        while at < last && self.at < self.text.len() {
            let rest = self.file.get(at..last).unwrap_or("");
            let Some(c) = rest.chars().next() else { break };
            let next = self.text[self.at..].chars().next().unwrap_or('\0');
            if double && c == '\\' {
                let Some(escape) = escape_len(rest) else { return self.finish(start) };
                if rest[1..].starts_with(['\n', '\r']) {
                    // The escaped line break adds no character; those after it become line feeds.
                    let breaks = self.breaks_in(at, escape);
                    self.line_feeds(&breaks[1.min(breaks.len())..]);
                } else {
                    self.spelled(next.len_utf8(), at, escape);
                }
                at += escape;
                continue;
            }
            if !double && c == '\'' {
                self.spelled(1, at, 2);
                at += 2;
                continue;
            }
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if blank > 0 && rest[..blank].contains('\n') {
                at = self.folded_break(at, blank);
                continue;
            }
            if c != next {
                return self.finish(start);
            }
            self.copied(c.len_utf8(), at);
            at += c.len_utf8();
        }
        self.finish(start)
    }

    /// White space that contains line breaks. One break becomes a space; `n` breaks become `n - 1`
    /// line feeds.
    fn folded_break(&mut self, at: usize, blank: usize) -> usize {
        let breaks = self.breaks_in(at, blank);
        let count = if breaks.len() == 1 { 1 } else { breaks.len() - 1 };
        // After an escaped line break, the text continues without a space.
        let there = self.text.as_bytes()[self.at..]
            .iter()
            .take(count)
            .take_while(|&&b| b == if breaks.len() == 1 { b' ' } else { b'\n' })
            .count();
        self.separators(there, &breaks);
        at + blank
    }

    fn breaks_in(&self, at: usize, len: usize) -> Vec<usize> {
        let bytes = self.file.as_bytes().get(at..at + len).unwrap_or(&[]);
        memchr::memchr_iter(b'\n', bytes).map(|i| at + i).collect()
    }
}

/// The content of a line, and the number of bytes before it.
fn content_of(line: &str, indent: Option<usize>, first: bool) -> (usize, &str) {
    let line = line.strip_suffix('\r').unwrap_or(line);
    match indent {
        Some(_) if first => (0, line),
        Some(indent) => {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            let skip = spaces.min(indent);
            (skip, &line[skip..])
        }
        None => {
            let content = line.trim_matches([' ', '\t']);
            (line.len() - line.trim_start_matches([' ', '\t']).len(), content)
        }
    }
}

/// The length of an escape in double quotes in bytes; `None` if it is incomplete.
fn escape_len(rest: &str) -> Option<usize> {
    let c = rest[1..].chars().next()?;
    Some(match c {
        'x' => 4,
        'u' => {
            // A surrogate pair is one character.
            let high = rest.get(2..6).and_then(|hex| u32::from_str_radix(hex, 16).ok())?;
            if (0xd800..0xdc00).contains(&high) { 12 } else { 6 }
        }
        'U' => 10,
        '\r' | '\n' => {
            let blank = rest[1..].trim_start_matches([' ', '\t', '\r', '\n']);
            return Some(rest.len() - blank.len());
        }
        c => 1 + c.len_utf8(),
    })
    .filter(|&len| rest.is_char_boundary(len))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use crate::source::{FileId, Sources};
    use crate::yaml::{Node, Scalar, parse};

    fn value(text: &str) -> Option<(Sources, Scalar)> {
        let mut sources = Sources::default();
        let file: FileId = sources.add("test.yaml", text);
        let node: Node = parse(file, &sources).ok()?;
        let scalar = node.get("k")?.scalar()?.clone();
        Some((sources, scalar))
    }

    /// Every character of the text with the source that it maps to, if the two differ.
    fn differences(text: &str) -> String {
        let (sources, scalar) = value(text).unwrap();
        let mut out = format!("{:?}\n", scalar.text());
        for (i, c) in scalar.text().char_indices() {
            let span = scalar.fragment.locate(i, i + c.len_utf8());
            let source = sources.text(span);
            if source != c.to_string() {
                out.push_str(&format!("{i}: {c:?} is {source:?} at {}\n", span.start));
            }
        }
        out
    }

    #[test]
    fn rewritten_characters_map_to_their_source() {
        let cases = [
            ("k: plain text\n", "\"plain text\"\n"),
            ("k: two\n   lines\n", "\"two lines\"\n3: ' ' is \"\\n\" at 6\n"),
            ("k: |\n  a\n    b\n\n  c\n", "\"a\\n  b\\n\\nc\\n\"\n"),
            ("k: |+\n\n\n  a\n\n", "\"\\n\\na\\n\\n\"\n"),
            ("k: |2\n    a\n  b\n", "\"  a\\nb\\n\"\n"),
            ("k: |\r\n  a\r\n  b\r\n", "\"a\\nb\\n\"\n"),
            ("k: |\n  end of file", "\"end of file\\n\"\n11: '\\n' is \"\" at 18\n"),
            ("k: >\n  a\n  b\n\n  c\n   d\n", "\"a b\\nc\\n d\\n\"\n1: ' ' is \"\\n\" at 8\n"),
            ("k: 'it''s'\n", "\"it's\"\n2: '\\'' is \"''\" at 6\n"),
            ("k: 'a\n\n  b'\n", "\"a\\nb\"\n"),
            (
                "k: \"a\\u00e9\\\"\\\n  b\"\n",
                "\"aé\\\"b\"\n1: 'é' is \"\\\\u00e9\" at 5\n3: '\"' is \"\\\\\\\"\" at 11\n",
            ),
            ("k: \"\\ud83d\\ude00!\"\n", "\"😀!\"\n0: '😀' is \"\\\\ud83d\\\\ude00\" at 4\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(differences(text), expected, "for {text:?}");
        }
    }

    const PIECES: &[&str] = &[
        "a",
        "b ",
        " ",
        "  ",
        "é",
        "日本",
        "😀",
        "\t",
        "#",
        " #x",
        "'",
        "''",
        "\"",
        "\\n",
        "\\\"",
        "\\\\",
        "\\u00e9",
        "\\x41",
        "\\_",
        "\\L",
        "\\U0001F600",
        "\\ud83d\\ude00",
        "\n",
        "\n",
        "\n\n",
        "\\\n",
        "==",
        "[",
        "]",
        "- ",
        "\\ ",
        "\n  ",
        "\n\t",
    ];

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 3_000,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// A character maps to itself in the file, to the escape that denotes it, to the line break
        /// that was folded into it, or, at the end of the file, to nothing.
        #[test]
        fn every_character_maps_to_its_source(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 1..12),
            style in 0..6usize,
            indent in 1..4usize,
            crlf: bool,
        ) {
            let inner: String = pieces.concat();
            let pad = " ".repeat(indent);
            let inner = inner.replace('\n', &format!("\n{pad}"));
            let mut text = match style {
                0 => format!("k: {inner}\n"),
                1 => format!("k: '{inner}'\n"),
                2 => format!("k: \"{inner}\"\n"),
                3 => format!("k: |\n{pad}x{inner}\nz: 1\n"),
                4 => format!("k: >-\n{pad}x{inner}"),
                _ => format!("k: |{indent}+\n{pad}{inner}\n\n"),
            };
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            let Some((sources, scalar)) = value(&text) else { return Ok(()) };
            for (i, c) in scalar.text().char_indices() {
                let span = scalar.fragment.locate(i, i + c.len_utf8());
                let source = sources.text(span);
                let folded = c == ' ' && source == "\n";
                let escape = match sources.text(scalar.span()).chars().next() {
                    Some('\'') => source == "''",
                    Some('"') => source.starts_with('\\') && source.len() <= 12,
                    _ => false,
                };
                let at_end = c == '\n' && source.is_empty() && span.end as usize == text.len();
                prop_assert!(
                    source == c.to_string() || folded || escape || at_end,
                    "{text:?} gives {:?}; {i} maps to {source:?} at {}", scalar.text(), span.start
                );
            }
        }
    }
}
