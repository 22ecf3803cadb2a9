//! Diagnostics as text: with their source lines, or one line each.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet};

use super::{Diagnostic, Level, escape, escape::Inert};
use crate::source::{FileId, SourceFile, Sources};

/// Width of a rendered diagnostic in columns. It is fixed, so the same error gives the same bytes
/// on every machine.
const WIDTH: usize = 120;
/// If a source line is longer, only this many characters around its labels are shown.
const LINE: usize = 400;

/// Renders one diagnostic with its source lines; `color` adds ANSI colours.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, color: bool) -> String {
    let level = match diagnostic.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let title = level.primary_title(escape(&diagnostic.message)).id(diagnostic.code.id);
    let mut group = Group::with_title(title);
    for excerpt in excerpts(diagnostic, sources) {
        // The renderer would compute the column from the escaped text.
        let (line, column) = excerpt.place;
        group = group.element(Origin::path(excerpt.name).line(line).char_column(column));
        let mut snippet = Snippet::source(excerpt.text).line_start(excerpt.line);
        for mark in excerpt.marks {
            snippet = snippet.annotation(mark.kind.span(mark.range).label(mark.label));
        }
        group = group.element(snippet);
    }
    for help in &diagnostic.help {
        group = group.element(Title::HELP.message(escape(help)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for line in renderer.term_width(WIDTH).render(&[group]).lines() {
        // The renderer prints `:::` before each further file, even if a source has no path of its
        // own. A source line never begins like this, because it begins with its margin.
        match further_file(line) {
            Some((_, rest)) if matches!(rest.trim_end(), "" | " \u{1b}[0m") => continue,
            Some((before, rest)) => {
                out.push_str(before);
                out.push_str("-->");
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// A line that begins with `:::`, split there; blanks and colours may come before it.
fn further_file(line: &str) -> Option<(&str, &str)> {
    let (before, rest) = line.split_once(":::")?;
    let mut between = before.trim();
    while let Some((color, after)) =
        between.strip_prefix("\u{1b}[").and_then(|color| color.split_once('m'))
    {
        if !color.bytes().all(|b| b.is_ascii_digit() || b == b';') {
            return None;
        }
        between = after.trim_start();
    }
    between.is_empty().then_some((before, rest))
}

/// One diagnostic on one line: `rules/a.yaml:3:5: error[KT1010]: unknown key … (help)`.
pub fn render_line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut out = String::new();
    if let Some(label) = diagnostic.labels.first() {
        let file = sources.file(label.span.file);
        let (line, column) = file.line_col(label.span.start);
        out.push_str(&format!("{}:{line}:{column}: ", escape(&file.name)));
    }
    let (level, code) = (diagnostic.level.name(), diagnostic.code.id);
    out.push_str(&format!("{level}[{code}]: {}", escape(&diagnostic.message)));
    if let Some(help) = diagnostic.help.first() {
        out.push_str(&format!(" ({})", escape(help)));
    }
    out
}

/// Lines of one file with the labels in them, every character inert.
struct Excerpt {
    name: String,
    text: String,
    /// Number of the first line.
    line: usize,
    /// Line and column of the first label.
    place: (usize, usize),
    marks: Vec<Mark>,
}

struct Mark {
    kind: AnnotationKind,
    range: Range<usize>,
    label: Option<String>,
}

/// One excerpt for each file, in the order of the labels.
fn excerpts(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Excerpt> {
    let mut files: Vec<FileId> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files.into_iter().map(|id| excerpt(diagnostic, id, sources.file(id))).collect()
}

fn excerpt(diagnostic: &Diagnostic, id: FileId, file: &SourceFile) -> Excerpt {
    let source = &*file.text;
    let labels = diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.file == id);
    let ranges: Vec<(usize, Range<usize>)> =
        labels.map(|(i, label)| (i, range(source, label.span.start, label.span.end))).collect();
    let first = ranges.iter().map(|(_, range)| range.start).min().unwrap_or(0);
    let last = ranges.iter().map(|(_, range)| range.end).max().unwrap_or(0);
    let start = source[..first].rfind('\n').map_or(0, |at| at + 1);
    let end = source[last..].find('\n').map_or(source.len(), |at| last + at);

    let shown = Shown::new(source, start..end, &ranges);
    let line_col = |at: usize| file.line_col(u32::try_from(at).unwrap_or(u32::MAX));
    let place = line_col(ranges.first().map_or(0, |(_, range)| range.start));
    let name = escape(&file.name).into_owned();
    let marks = marks(diagnostic, &shown, ranges);
    Excerpt { name, text: shown.text.text, line: line_col(start).0, place, marks }
}

fn marks(diagnostic: &Diagnostic, shown: &Shown, ranges: Vec<(usize, Range<usize>)>) -> Vec<Mark> {
    let mark = |(i, range): (usize, Range<usize>)| Mark {
        kind: if i == 0 { AnnotationKind::Primary } else { AnnotationKind::Context },
        range: shown.at(range.start)..shown.at(range.end),
        label: diagnostic
            .labels
            .get(i)
            .filter(|label| !label.text.is_empty())
            .map(|label| escape(&label.text).into_owned()),
    };
    ranges.into_iter().map(mark).collect()
}

/// A span as a range of characters that exist.
fn range(source: &str, start: u32, end: u32) -> Range<usize> {
    let floor = |at: u32| {
        let mut at = (at as usize).min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(start);
    start..floor(end).max(start)
}

/// Source lines as they are shown, and the offset of each of their bytes.
struct Shown {
    text: Inert,
    start: usize,
    /// Offset in `text` of each byte from `start` on, and of the end.
    offsets: Vec<usize>,
}

impl Shown {
    fn new(source: &str, shown: Range<usize>, labels: &[(usize, Range<usize>)]) -> Self {
        let mut lines = Self { text: Inert::new(), start: shown.start, offsets: Vec::new() };
        let mut at = shown.start;
        for line in source[shown].split_inclusive('\n') {
            let bytes = at..at + line.len();
            lines.line(line, &bytes, labels);
            at = bytes.end;
        }
        lines.offsets.push(lines.text.text.len());
        lines
    }

    fn line(&mut self, line: &str, bytes: &Range<usize>, labels: &[(usize, Range<usize>)]) {
        let visible = visible_range(line, bytes, labels);
        for (i, c) in line.char_indices() {
            let before = self.text.text.len();
            match c {
                '\n' => self.text.push_raw('\n'),
                '\r' if matches!(&line[i..], "\r" | "\r\n") => {}
                // The renderer expands the tab, so columns stay aligned.
                '\t' if visible.contains(&i) => self.text.push_raw('\t'),
                c if visible.contains(&i) => self.text.push(c),
                _ if self.text.text.ends_with('…') => {}
                _ => self.text.push_raw('…'),
            }
            self.offsets.extend(std::iter::repeat_n(before, c.len_utf8()));
        }
    }

    fn at(&self, offset: usize) -> usize {
        let end = self.text.text.len();
        self.offsets.get(offset.saturating_sub(self.start)).copied().unwrap_or(end)
    }
}

/// The bytes of a line that are shown: all, or those around the first label if the line is very
/// long.
fn visible_range(
    line: &str,
    bytes: &Range<usize>,
    labels: &[(usize, Range<usize>)],
) -> Range<usize> {
    if line.len() <= 2 * LINE {
        return 0..line.len();
    }
    let inside = labels.iter().map(|(_, range)| range.start).find(|at| bytes.contains(at));
    let middle = inside.map_or(0, |at| at - bytes.start);
    middle.saturating_sub(LINE / 2)..middle.saturating_add(LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::policy as codes;
    use crate::source::Span;
    use insta::assert_snapshot;

    const RULE: &str = "rule:\n  id: a\n  sevrity: high\n  when: |\n    event.okk == true\n      && event.api == \"X\"\n";

    fn span(sources: &Sources, file: FileId, needle: &str) -> Span {
        let at = sources.file(file).text.find(needle).unwrap_or(0);
        Span::new(file, at, at + needle.len())
    }

    #[test]
    fn a_label_and_help() {
        let mut sources = Sources::default();
        let file = sources.add("rules/a.yaml", RULE);
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, "unknown key `sevrity`")
            .at(span(&sources, file, "sevrity"), "no such key here")
            .help("did you mean `severity`?");
        assert_snapshot!(render(&diagnostic, &sources, false), @r#"
        error[KT1010]: unknown key `sevrity`
         --> rules/a.yaml:3:3
          |
        3 |   sevrity: high
          |   ^^^^^^^ no such key here
          |
          = help: did you mean `severity`?
        "#);
        assert_snapshot!(render_line(&diagnostic, &sources), @r#"rules/a.yaml:3:3: error[KT1010]: unknown key `sevrity` (did you mean `severity`?)"#);
        assert_snapshot!(render(&diagnostic, &sources, true).replace('\u{1b}', "ESC"), @r#"
        ESC[1mESC[91merror[KT1010]ESC[0mESC[1m: unknown key `sevrity`ESC[0m
         ESC[1mESC[94m--> ESC[0mrules/a.yaml:3:3
          ESC[1mESC[94m|ESC[0m
        ESC[1mESC[94m3ESC[0m ESC[1mESC[94m|ESC[0m   sevrity: high
          ESC[1mESC[94m|ESC[0m   ESC[1mESC[91m^^^^^^^ESC[0m ESC[1mESC[91mno such key hereESC[0m
          ESC[1mESC[94m|ESC[0m
          ESC[1mESC[94m= ESC[0mESC[1mhelpESC[0m: did you mean `severity`?
        "#);
    }

    #[test]
    fn several_labels_in_several_files() {
        let mut sources = Sources::default();
        let first = sources.add("rules/a.yaml", RULE);
        let second = sources.add("more/a.yaml", "rule:\n  id: a\n");
        let diagnostic = Diagnostic::error(&codes::DUPLICATE_KEY, "two rules are called `a`")
            .at(span(&sources, second, "a\n"), "here again")
            .at(span(&sources, first, "id: a"), "here first")
            .at(span(&sources, first, "event.okk == true\n      && event.api"), "in this")
            .help("rename one of the two")
            .help("or remove it");
        assert_snapshot!(render(&diagnostic, &sources, false), @r#"
        error[KT1005]: two rules are called `a`
         --> more/a.yaml:2:7
          |
        2 |     id: a
          |         ^ here again
         --> rules/a.yaml:2:3
          |
        2 |     id: a
          |     ----- here first
        ...
        5 | /     event.okk == true
        6 | |       && event.api == "X"
          | |__________________- in this
          |
          = help: rename one of the two
          = help: or remove it
        "#);
    }

    #[test]
    fn without_a_place() {
        let diagnostic = Diagnostic::warning(&codes::UNREADABLE, "cannot read x: it is a folder");
        assert_snapshot!(render(&diagnostic, &Sources::default(), false), @r#"warning[KT1001]: cannot read x: it is a folder"#);
        assert_snapshot!(render_line(&diagnostic, &Sources::default()), @r#"warning[KT1001]: cannot read x: it is a folder"#);
    }

    #[test]
    fn hostile_text_is_inert_and_still_underlined() {
        let mut sources = Sources::default();
        let text = "a: \u{1b}[31m::error::\u{202e}##[x] \tzzz\u{200b} b\r\nc: 1\r\n";
        let file = sources.add("\u{1b}[2J::x.yaml", text);
        let diagnostic = Diagnostic::error(&codes::SYNTAX, "bad \u{7}::set-output::")
            .at(span(&sources, file, "zzz\u{200b}"), "this \u{1b}[0m")
            .at(span(&sources, file, "c"), "")
            .help("do ##[x]");
        let out = render(&diagnostic, &sources, false);
        assert_snapshot!(out, @r#"
        error[KT1002]: bad \u{7}:\u{3a}set-output::
         --> \u{1b}[2J::x.yaml:1:26
          |
        1 | a: \u{1b}[31m::error::\u{202e}##\u{5b}x]     zzz\u{200b} b
          |                                              ^^^^^^^^^^^ this \u{1b}[0m
        2 | c: 1
          | -
          |
          = help: do ##\u{5b}x]
        "#);
    }

    #[test]
    fn the_end_of_a_file_and_very_long_lines() {
        let mut sources = Sources::default();
        let empty = sources.add("empty.yaml", "");
        let end = sources.add("end.yaml", "a: 1\nb:\n");
        let long = sources
            .add("long.yaml", &format!("{}here{}", "x ".repeat(400_000), "y ".repeat(400_000)));
        let at = |span| Diagnostic::error(&codes::SYNTAX, "wrong").at(span, "here");
        assert_snapshot!(render(&at(Span::new(empty, 0, 0)), &sources, false), @r#"
        error[KT1002]: wrong
         --> empty.yaml:1:1
          |
        1 |
          | ^ here
        "#);
        assert_snapshot!(render(&at(Span::new(end, 8, 8)), &sources, false), @r#"
        error[KT1002]: wrong
         --> end.yaml:3:1
          |
        3 |
          | ^ here
        "#);
        assert_snapshot!(render(&at(span(&sources, long, "here")), &sources, false), @r#"
        error[KT1002]: wrong
         --> long.yaml:1:800001
          |
        1 | ...x x x x x x x x x x x x x x x x x x x x x x x x x herey y y y y y y y y y y y y y y y y y y y y y y y y y y y ...
          |                                                      ^^^^ here
        "#);
        // A span outside the text or inside a character must not cause a panic.
        render(&at(Span::new(end, 70, 90)), &sources, false);
    }

    proptest::proptest! {
        #[test]
        fn no_source_and_no_span_panics_or_leaks(
            text in "([a-c :#\\[\n\t\r\u{1b}\u{202e}é日😀\u{200d}]|::|##\\[){0,60}",
            spans in proptest::collection::vec((0u32..200, 0u32..200), 1..4),
        ) {
            let mut sources = Sources::default();
            let file = sources.add("f.yaml", &text);
            let mut diagnostic = Diagnostic::error(&codes::SYNTAX, text.clone());
            for (start, end) in spans {
                diagnostic = diagnostic.at(Span { file, start, end }, text.clone());
            }
            let out = render(&diagnostic.help(text), &sources, false);
            proptest::prop_assert!(!out.contains("##["), "{out}");
            for line in out.lines() {
                proptest::prop_assert!(!line.trim_start().starts_with("::"), "{out}");
            }
            proptest::prop_assert!(!out.chars().any(|c| c != '\n' && escape(&c.to_string()) != c.to_string()), "{out:?}");
        }
    }
}
