//! Parses text into a tree.
//!
//! The parser's events are folded with an explicit stack, so depth costs memory but no call frames.
//! Constructs that YAML allows and policy files do not (tags, anchors, keys that are not text) are
//! collected as errors. Only a syntax error ends the parsing.

use std::collections::HashMap;

use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle as Style, Span as Range};

use super::mistake::{duplicate_key, syntax_error, tag_error, too_deep};
use super::node::{MAX_DEPTH, MappingEntry, Node, NodeKind, Scalar, ScalarStyle};
use super::segments::segments;
use crate::diag::codes::policy as codes;
use crate::diag::{Diagnostic, escaped};
use crate::source::{FileId, Fragment, Sources, Span};

/// The maximum number of values in a file.
const MAX_NODES: usize = 250_000;
/// Up to this many keys of a mapping are compared one by one.
const FEW_KEYS: usize = 16;
/// After this many errors the rest of a file is not parsed.
const MAX_ERRORS: usize = 50;

/// Parses a file that contains one document. Anchors, aliases, tags, duplicate keys and keys that
/// are not scalars are errors. An empty file gives [`NodeKind::Null`].
///
/// # Errors
///
/// Every mistake in the text, up to 50: after these the rest is not parsed.
pub fn parse(file: FileId, sources: &Sources) -> Result<Node, Vec<Diagnostic>> {
    parse_up_to(file, usize::MAX, sources)
}

/// The same for the part of a file before this byte, which begins a line.
///
/// # Errors
///
/// As in [`parse`].
pub fn parse_up_to(file: FileId, end: usize, sources: &Sources) -> Result<Node, Vec<Diagnostic>> {
    let text = &*sources.file(file).text;
    let text = text.get(..end).unwrap_or(text);
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| is_control(c)) {
        return Err(vec![
            Diagnostic::error(
                &codes::CONTROL_CHARACTER,
                format!("the file contains the control character U+{:04X}", c as u32),
            )
            .at(Span::new(file, at, at + c.len_utf8()), "this character")
            .help("remove it, or write it as an escape in double quotes"),
        ]);
    }
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    let mut builder = Builder {
        file,
        text,
        stack: Vec::new(),
        root: None,
        nodes: 0,
        documents: 0,
        tagged: false,
        errors: Vec::new(),
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let go_on = match event {
            Ok((event, range)) => builder.event(event, &range),
            Err(error) => {
                builder.errors.push(syntax_error(&error, file, text));
                false
            }
        };
        if !go_on || builder.errors.len() >= MAX_ERRORS {
            break;
        }
    }
    builder.errors.truncate(MAX_ERRORS);
    if !builder.errors.is_empty() {
        return Err(builder.errors);
    }
    let nothing = Node { kind: NodeKind::Null, span: Span::new(file, 0, 0) };
    Ok(builder.root.unwrap_or(nothing))
}

fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}'
        | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')
}

/// A sequence or mapping whose end has not been reached.
struct Open {
    kind: OpenKind,
    start: usize,
    end: usize,
}

enum OpenKind {
    Sequence(Vec<Node>),
    Mapping {
        entries: Vec<MappingEntry>,
        /// Where each key first occurred, once there are more than [`FEW_KEYS`].
        keys: HashMap<String, Span>,
        /// A key whose value has not been reached.
        key: Option<Scalar>,
    },
}

struct Builder<'a> {
    file: FileId,
    text: &'a str,
    stack: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
    /// Whether the last value had a tag.
    tagged: bool,
    errors: Vec<Diagnostic>,
}

impl Builder<'_> {
    /// Processes one event; `false` ends the parsing.
    fn event(&mut self, event: Event<'_>, range: &Range) -> bool {
        match event {
            // In `!a && b` the second error would only repeat the first.
            Event::Anchor(..) if self.tagged => return true,
            _ => self.check_tag(range),
        }
        match event {
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Comment(..) => true,
            Event::DocumentStart(..) => self.document(range),
            Event::Scalar(text, style, _, _) => {
                let node = self.scalar(&text, style, range);
                self.place(node)
            }
            Event::SequenceStart(..) => self.open(OpenKind::Sequence(Vec::new()), range),
            Event::MappingStart(..) => self.open(
                OpenKind::Mapping { entries: Vec::new(), keys: HashMap::new(), key: None },
                range,
            ),
            Event::SequenceEnd | Event::MappingEnd => self.close(range),
            Event::Anchor(..) => {
                let span = self.span(range);
                self.errors.push(
                    Diagnostic::error(&codes::ANCHOR, "policy files have no anchors")
                        .at(span, "this is a YAML anchor")
                        .help("quote the value if it begins with `&`, or name it as a list or definition"),
                );
                true
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let node = self.alias(range);
                self.place(node)
            }
            _ => {
                let span = self.span(range);
                let message = "the file is not valid YAML: this part cannot be read";
                self.errors.push(Diagnostic::error(&codes::SYNTAX, message).at(span, "here"));
                false
            }
        }
    }

    fn document(&mut self, range: &Range) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            let span = self.span(range);
            self.errors.push(
                Diagnostic::error(
                    &codes::SEVERAL_DOCUMENTS,
                    "a policy file must contain a single document, but another begins here",
                )
                .at(span, "the second document")
                .help("put it into a file of its own"),
            );
        }
        self.documents == 1
    }

    fn check_tag(&mut self, range: &Range) {
        self.tagged = range.tag_start().is_some();
        let Some(tag) = range.tag_start() else { return };
        let span = match range.tag_span() {
            Some(tag) => self.span(&tag),
            None => {
                let at = tag.byte_offset().unwrap_or(0);
                Span::new(self.file, at, at + 1)
            }
        };
        self.errors.push(tag_error(span, self.text));
    }

    fn alias(&mut self, range: &Range) -> Node {
        let span = self.span(range);
        let written = self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        self.errors.push(
            Diagnostic::error(&codes::ANCHOR, "policy files have no aliases")
                .at(span, "this is a YAML alias")
                .help(format!("to write the text, quote it: \"{}\"", escaped(written, 60))),
        );
        Node { kind: NodeKind::Null, span }
    }

    fn scalar(&self, text: &str, style: Style, range: &Range) -> Node {
        let mut span = self.span(range);
        let (start, end) = (span.start as usize, span.end as usize);
        let source = self.text.get(start..end).unwrap_or("");
        if style == Style::Plain && matches!(source, "" | "~" | "null") {
            return Node { kind: NodeKind::Null, span };
        }
        let inside = match style {
            Style::Plain => Some((source, start)),
            Style::SingleQuoted | Style::DoubleQuoted => {
                source.get(1..source.len().saturating_sub(1)).map(|inside| (inside, start + 1))
            }
            Style::Literal | Style::Folded => None,
        };
        let parts = match inside {
            Some((inside, at)) if inside == text => Err(at),
            _ => Ok(segments(self.text, start, end, text, style, range.start.col())),
        };
        let style = match style {
            Style::Plain => ScalarStyle::Plain,
            Style::SingleQuoted | Style::DoubleQuoted => ScalarStyle::Quoted,
            Style::Literal => ScalarStyle::Literal,
            Style::Folded => ScalarStyle::Folded,
        };
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // The range extends to the next token; the last line break is not worth underlining.
            span = Span::new(self.file, start, start + source.trim_end().len());
        }
        let fragment = match parts {
            Ok(segments) => Fragment::new(text.to_owned(), span, segments),
            Err(at) => Fragment::copied(text.to_owned(), span, Span::new(self.file, at, at).start),
        };
        Node { kind: NodeKind::Scalar(Scalar { fragment, style }), span }
    }

    fn open(&mut self, kind: OpenKind, range: &Range) -> bool {
        let span = self.span(range);
        if self.stack.len() >= MAX_DEPTH {
            self.errors.push(too_deep(span));
            return false;
        }
        self.stack.push(Open { kind, start: span.start as usize, end: span.end as usize });
        true
    }

    fn close(&mut self, range: &Range) -> bool {
        let Some(open) = self.stack.pop() else { return true };
        // A block ends with its last value, but the parser reports its end at the next token.
        let span = self.span(range);
        let end = if span.end > span.start { span.end as usize } else { open.end };
        let kind = match open.kind {
            OpenKind::Sequence(items) => NodeKind::Sequence(items),
            OpenKind::Mapping { entries, .. } => NodeKind::Mapping(entries),
        };
        self.place(Node { kind, span: Span::new(self.file, open.start, end) })
    }

    /// Adds a finished value to its parent.
    fn place(&mut self, node: Node) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.errors.push(
                Diagnostic::error(
                    &codes::TOO_LARGE,
                    format!(
                        "the file has more than the {MAX_NODES} values that a policy file may have"
                    ),
                )
                .at(node.span, "the first one too many")
                .help("split the file"),
            );
            return false;
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return true;
        };
        open.end = open.end.max(node.span.end as usize);
        match &mut open.kind {
            OpenKind::Sequence(items) => items.push(node),
            OpenKind::Mapping { entries, keys, key } => match key.take() {
                None => *key = Some(self::key(node, &mut self.errors)),
                Some(key) => match first(entries, keys, &key) {
                    Some(first) => self.errors.push(duplicate_key(&key, first)),
                    None => entries.push(MappingEntry { key, value: node }),
                },
            },
        }
        true
    }

    fn span(&self, range: &Range) -> Span {
        let bytes = range.byte_range().unwrap_or(0..0);
        Span::new(self.file, bytes.start, bytes.end)
    }
}

/// Where the key occurred before.
fn first(entries: &[MappingEntry], keys: &mut HashMap<String, Span>, key: &Scalar) -> Option<Span> {
    if entries.len() <= FEW_KEYS {
        let same = entries.iter().find(|entry| entry.key.text() == key.text());
        return same.map(|entry| entry.key.span());
    }
    for MappingEntry { key, .. } in entries.get(keys.len()..).unwrap_or_default() {
        keys.insert(key.text().to_owned(), key.span());
    }
    keys.get(key.text()).copied()
}

/// The key of an entry. If a key is not text, it is an error, and the key's source becomes its
/// text.
fn key(node: Node, errors: &mut Vec<Diagnostic>) -> Scalar {
    let span = node.span;
    let problem = match node.kind {
        NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Plain && scalar.text() == "<<" => {
            errors.push(
                Diagnostic::error(&codes::ANCHOR, "policy files have no merge keys")
                    .at(span, "this is a YAML merge key")
                    .help("write the entries out"),
            );
            return scalar;
        }
        NodeKind::Scalar(scalar) => return scalar,
        NodeKind::Null => "nothing",
        NodeKind::Sequence(_) => "a sequence",
        NodeKind::Mapping(_) => "a mapping",
    };
    // An alias as a key was already reported.
    if !errors.last().is_some_and(|last| last.labels.iter().any(|label| label.span == span)) {
        errors.push(
            Diagnostic::error(&codes::KEY, format!("a key must be a text, but found {problem}"))
                .at(span, "not a text")
                .help("quote the key to use it literally"),
        );
    }
    // The offset makes such keys distinct, so they are not reported as duplicates of each other.
    let text = format!("\u{0}{}", span.start);
    Scalar { fragment: Fragment::new(text, span, Vec::new()), style: ScalarStyle::Plain }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn parsed(text: &str) -> (Sources, Result<Node, Vec<Diagnostic>>) {
        let mut sources = Sources::default();
        let file = sources.add("test.yaml", text);
        let result = parse(file, &sources);
        (sources, result)
    }

    /// Code, place, underlined text and message of every error.
    fn errors(text: &str) -> Vec<String> {
        let (sources, result) = parsed(text);
        let show = |d: &Diagnostic| {
            let span = d.labels[0].span;
            let (line, column) = sources.file(span.file).line_col(span.start);
            format!("{} {line}:{column} {:?} {}", d.code.id, sources.text(span), d.message)
        };
        result.err().unwrap_or_default().iter().map(show).collect()
    }

    #[test]
    fn unsupported_yaml_is_a_located_error() {
        let cases: &[(&str, &[&str])] = &[
            (
                "rule:\n  when: !event.mfa && x\n",
                &[
                    "KT1003 2:9 \"!event.mfa\" `!event.mfa` is a YAML tag, which policy files do not support",
                ],
            ),
            (
                "when: !has(event.x) && y\n",
                &[
                    "KT1003 1:7 \"!has(event.x)\" `!has(event.x)` is a YAML tag, which policy files do not support",
                ],
            ),
            (
                "a: &x 1\nb: *x\nc: *y\n<<: 1\n",
                &[
                    "KT1004 1:4 \"&x\" policy files have no anchors",
                    "KT1004 2:4 \"*x\" policy files have no aliases",
                    "KT1004 3:4 \"*y\" policy files have no aliases",
                    "KT1004 4:1 \"<<\" policy files have no merge keys",
                ],
            ),
            (
                "- *:sts.AssumeRole\n",
                &["KT1004 1:3 \"*:sts.AssumeRole\" policy files have no aliases"],
            ),
            (
                "a: 1\nb: {c: 1, c: 2}\n'a': 2\n",
                &[
                    "KT1005 2:11 \"c\" the key `c` occurs twice in one mapping",
                    "KT1005 3:1 \"'a'\" the key `a` occurs twice in one mapping",
                ],
            ),
            (
                "? [a]\n: b\n~: c\n? {x: y}\n: d\n",
                &[
                    "KT1006 1:3 \"[a]\" a key must be a text, but found a sequence",
                    "KT1006 3:1 \"~\" a key must be a text, but found nothing",
                    "KT1006 4:3 \"{x: y}\" a key must be a text, but found a mapping",
                ],
            ),
            ("*x : y\n", &["KT1004 1:1 \"*x\" policy files have no aliases"]),
            (
                "a: 1\n---\nb: 2\n",
                &[
                    "KT1007 2:1 \"---\" a policy file must contain a single document, but another begins here",
                ],
            ),
            (
                "a: \"x\u{0}\"",
                &["KT1009 1:6 \"\\0\" the file contains the control character U+0000"],
            ),
            (
                "a: b\u{1b}[2J",
                &["KT1009 1:5 \"\\u{1b}\" the file contains the control character U+001B"],
            ),
            (
                "a: x: y\n",
                &[
                    "KT1002 1:5 \":\" the file is not valid YAML: a key is not allowed here; either its line is indented too far, or text that contains `: ` is not quoted",
                ],
            ),
            (
                "when: \"x\" == event.a\n",
                &["KT1002 1:11 \"=\" the file is not valid YAML: text follows the closing quote"],
            ),
            (
                "a: `x`\n",
                &[
                    "KT1002 1:4 \"`\" the file is not valid YAML: no value can begin with this character",
                ],
            ),
            (
                "a: \"\\d\"\n",
                &[
                    "KT1002 1:4 \"\\\"\" the file is not valid YAML: a backslash in double quotes begins an escape, but this is not a valid one",
                ],
            ),
            (
                "a: [1,\n",
                &[
                    "KT1002 1:4 \"[\" the file is not valid YAML: the bracket that opens here is never closed",
                ],
            ),
            (
                "a:\n\tb: 1\n",
                &[
                    "KT1002 2:1 \"\\t\" the file is not valid YAML: a tab cannot be used as indentation",
                ],
            ),
            (
                "%YAML 1.2\n---\na: 1\n",
                &["KT1002 1:1 \"%\" the file is not valid YAML: directives (`%…`) are not allowed"],
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(errors(text), *expected, "for {text:?}");
        }
    }

    #[test]
    fn duplicate_keys_of_a_large_mapping_are_found() {
        for count in [FEW_KEYS - 1, FEW_KEYS, FEW_KEYS + 1, 5 * FEW_KEYS] {
            let keys: String = (0..count).map(|key| format!("k{key}: 1\n")).collect();
            assert_eq!(errors(&keys), [""; 0], "{count} keys");
            for again in [0, count - 1] {
                let line = count + 1;
                let shown = errors(&format!("{keys}k{again}: 2\n"));
                let expected = format!(
                    "KT1005 {line}:1 \"k{again}\" the key `k{again}` occurs twice in one mapping"
                );
                assert_eq!(shown, [expected], "{count} keys");
            }
        }
    }

    #[test]
    fn depth_and_size_are_limited() {
        let too_deep = "KT1008";
        for text in [
            "[".repeat(20_000),
            format!("{}{}", "[".repeat(65), "]".repeat(65)),
            (0..3_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect(),
            "- ".repeat(3_000),
            "{a: ".repeat(20_000),
        ] {
            let errors = errors(&text);
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].starts_with(too_deep), "{errors:?}");
        }
        let at_limit = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert!(parsed(&at_limit).1.is_ok());
        let many = "- a\n".repeat(MAX_NODES);
        assert!(errors(&many)[0].contains("more than the 250000 values"));
        assert!(parsed(&"- a\n".repeat(MAX_NODES - 1)).1.is_ok());
    }

    #[test]
    fn the_errors_of_one_file_are_limited() {
        let text: String = (0..500).map(|_| "a: !x 1\n").collect();
        assert_eq!(errors(&text).len(), MAX_ERRORS);
    }

    #[test]
    fn values_know_their_kind_and_place() {
        let text =
            "a:\nb: ~\nc: [1, {d: 'e'}]\nf:\n  - 'true'\n  - true\n  - 000011112222\n\n# end\n";
        let (sources, node) = parsed(text);
        let node = node.unwrap();
        assert_eq!(node.get("a").unwrap().kind, NodeKind::Null);
        assert_eq!(node.get("b").unwrap().kind, NodeKind::Null);
        let c = node.get("c").unwrap();
        assert_eq!(sources.text(c.span), "[1, {d: 'e'}]");
        assert_eq!(c.items()[0].int(), Some(1));
        assert_eq!(sources.text(c.items()[1].span), "{d: 'e'}");
        assert_eq!(c.items()[1].get("d").unwrap().text(), Some("e"));
        let f = node.get("f").unwrap();
        assert_eq!(sources.text(f.span), "- 'true'\n  - true\n  - 000011112222");
        assert_eq!(f.items()[0].bool(), None);
        assert_eq!(f.items()[1].bool(), Some(true));
        assert_eq!(f.items()[2].text(), Some("000011112222"));
    }

    #[test]
    fn an_empty_file_is_null() {
        for text in ["", "\n\n", "# only a comment\n", "---\n", "\u{feff}"] {
            assert_eq!(parsed(text).1.unwrap().kind, NodeKind::Null, "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_and_crlf_are_accepted() {
        let (_, node) = parsed("\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\n");
        assert_eq!(node.unwrap().get("b").unwrap().text(), Some("x\ny\n"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[-a :?&*!|>'\"%@`{}\\[\\],#\\\\\t\r\n~<é\u{0}]{0,60}") {
            let (sources, result) = parsed(&text);
            if let Err(errors) = result {
                for error in errors {
                    for label in error.labels {
                        sources.file(label.span.file).line_col(label.span.start);
                        proptest::prop_assert!(label.span.end as usize <= text.len());
                        proptest::prop_assert!(label.span.start <= label.span.end);
                    }
                }
            }
        }
    }
}
