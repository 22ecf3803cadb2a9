//! Finds where tokens begin and end.
//!
//! Rhai's syntax tree has the start of each node but not its end. A second, much simpler lexer
//! finds the ends: it splits the text into tokens and pairs the brackets.

use super::limits::MAX_NESTING;

/// The kind of a token, as detailed as finding ends requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name, number, string, operator.
    Plain,
    /// `(`, `[`, `?[`, `{`, `${`, an opening back-tick.
    Open,
    /// The matching closing bracket.
    Close,
}

/// One token; offsets are bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: TokenKind,
    /// The index of the matching bracket.
    pub(super) pair: Option<usize>,
}

/// The tokens of one text.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    lines: Vec<usize>,
}

/// Brackets are nested deeper than allowed; the offset of the first one beyond the limit.
#[derive(Debug)]
pub(super) struct TooDeep(pub(super) usize);

const SYMBOLS: [&str; 27] = [
    "**=", "..=", "===", "!==", "<<=", ">>=", "...", "??", "?.", "==", "!=", "<=", ">=", "&&",
    "||", "**", "..", "<<", ">>", "=>", "::", "+=", "-=", "*=", "/=", "%=", "->",
];

impl<'t> Tokens<'t> {
    /// Splits an expression into tokens; any other text yields some tokens, too.
    pub(super) fn of(text: &'t str) -> Result<Self, TooDeep> {
        let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), open: Vec::new() };
        lexer.run(false)?;
        Ok(Self::new(text, lexer.tokens))
    }

    fn new(text: &'t str, tokens: Vec<Token>) -> Self {
        let lines = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
            .collect();
        Self { text, tokens, lines }
    }

    /// The byte at a line and column (characters), both from 1.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let Some(&start) = self.lines.get(line.saturating_sub(1)) else { return self.text.len() };
        let rest = &self.text[start..];
        rest.char_indices()
            .nth(column.saturating_sub(1))
            .map_or(self.text.len(), |(at, _)| start + at)
    }

    /// Every token, in the order of the text.
    pub(super) fn all(&self) -> &[Token] {
        &self.tokens
    }

    /// The text of a token.
    pub(super) fn text(&self, token: Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// The token at or after an offset.
    fn index_at(&self, offset: usize) -> Option<usize> {
        let index = self.tokens.partition_point(|token| token.end <= offset);
        (index < self.tokens.len()).then_some(index)
    }

    /// The token at or after an offset; an empty one at the end of the text.
    pub(super) fn at(&self, offset: usize) -> Token {
        let end = self.text.len();
        let none = Token { start: end, end, kind: TokenKind::Plain, pair: None };
        self.index_at(offset).map_or(none, |index| self.tokens[index])
    }

    /// The token after the one at an offset.
    pub(super) fn after(&self, offset: usize) -> Token {
        self.at(self.at(offset).end)
    }

    /// The end of the bracket that opens at a token; for any other token, its own end.
    pub(super) fn close(&self, token: Token) -> usize {
        match (token.kind, token.pair) {
            (TokenKind::Open, Some(pair)) => self.tokens[pair].end,
            _ => token.end,
        }
    }

    /// The commas outside of all brackets.
    pub(super) fn commas(&self) -> Vec<usize> {
        let mut depth = 0usize;
        let mut commas = Vec::new();
        for token in &self.tokens {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Plain if depth == 0 && &self.text[token.start..token.end] == "," => {
                    commas.push(token.start);
                }
                TokenKind::Plain => {}
            }
        }
        commas
    }

    /// Widens a range until each bracket in it has its counterpart.
    pub(super) fn balance(&self, mut start: usize, mut end: usize) -> (usize, usize) {
        let (from, to) = (start, end);
        let first = self.index_at(from).unwrap_or(self.tokens.len());
        for token in self.tokens[first..].iter().take_while(|token| token.end <= to) {
            if let Some(pair) = token.pair {
                start = start.min(self.tokens[pair].start);
                end = end.max(self.tokens[pair].end);
            }
        }
        (start, end)
    }
}

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TemplatePart {
    /// Literal text, with Rhai's double back-ticks replaced by single ones.
    Text(String),
    /// The inside of `${…}`, as offsets.
    Hole(usize, usize),
}

/// Cuts the body of a back-tick string into text and holes. `Err` is the offset of a `${` that is
/// not closed.
pub(super) fn template(text: &str) -> Result<Vec<TemplatePart>, usize> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find("${") {
        let open = at + found;
        push_text(&mut parts, &text[at..open]);
        let mut lexer = Lexer { text, at: open + 2, tokens: Vec::new(), open: Vec::new() };
        let closed = lexer.run(true).map_err(|TooDeep(at)| at)?;
        let Some(end) = closed else { return Err(open) };
        parts.push(TemplatePart::Hole(open + 2, end));
        at = end + 1;
    }
    push_text(&mut parts, &text[at..]);
    Ok(parts)
}

fn push_text(parts: &mut Vec<TemplatePart>, text: &str) {
    if !text.is_empty() {
        parts.push(TemplatePart::Text(text.replace("``", "`")));
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    /// Open brackets: their index, and whether text of a back-tick string follows them.
    open: Vec<(usize, u8)>,
}

impl Lexer<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Runs to the end. In a hole, it stops at the `}` that closes the hole and returns its offset.
    fn run(&mut self, hole: bool) -> Result<Option<usize>, TooDeep> {
        while self.at < self.text.len() {
            let start = self.at;
            match self.peek() {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' if self.rest().starts_with("//") => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                }
                b'/' if self.rest().starts_with("/*") => self.block_comment(),
                b'"' => self.string(),
                b'`' => {
                    self.open(start, 1, b'`')?;
                    self.back_tick();
                }
                b'#' if self.raw_string() => {}
                b'\'' => self.character(),
                open @ (b'(' | b'[' | b'{') => self.open(start, 1, open)?,
                b'?' if self.rest().starts_with("?[") => self.open(start, 2, b'[')?,
                b'}' if hole && self.open.is_empty() => return Ok(Some(start)),
                b')' | b']' | b'}' => self.shut(),
                c if c.is_ascii_digit() => self.number(),
                _ => self.word_or_symbol(),
            }
        }
        Ok(None)
    }

    fn plain(&mut self, start: usize) {
        self.tokens.push(Token { start, end: self.at, kind: TokenKind::Plain, pair: None });
    }

    fn open(&mut self, start: usize, length: usize, open: u8) -> Result<(), TooDeep> {
        if self.open.len() >= MAX_NESTING {
            return Err(TooDeep(start));
        }
        self.at += length;
        self.open.push((self.tokens.len(), open));
        self.tokens.push(Token { start, end: self.at, kind: TokenKind::Open, pair: None });
        Ok(())
    }

    fn shut(&mut self) {
        let start = self.at;
        self.at += 1;
        let index = self.tokens.len();
        let pair = self.open.pop();
        self.tokens.push(Token {
            start,
            end: self.at,
            kind: TokenKind::Close,
            pair: pair.map(|(open, _)| open),
        });
        if let Some((open, opener)) = pair {
            self.tokens[open].pair = Some(index);
            if opener == b'$' {
                self.back_tick();
            }
        }
    }

    /// The text of a back-tick string, up to its end or the next hole.
    fn back_tick(&mut self) {
        while self.at < self.text.len() {
            if self.rest().starts_with("``") {
                // An escaped back-tick, unless the string is empty.
                self.at += 2;
                if self
                    .tokens
                    .last()
                    .is_some_and(|t| t.kind == TokenKind::Open && t.end + 1 == self.at)
                {
                    self.at -= 1;
                    break;
                }
            } else if self.rest().starts_with("${") {
                let start = self.at;
                self.at += 2;
                self.open.push((self.tokens.len(), b'$'));
                self.tokens.push(Token { start, end: self.at, kind: TokenKind::Open, pair: None });
                return;
            } else if self.peek() == b'`' {
                break;
            } else {
                self.at += 1;
            }
        }
        if self.at < self.text.len() {
            self.shut();
        }
    }

    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() {
            match self.peek() {
                b'\\' => self.at += 2,
                b'"' if self.rest().starts_with("\"\"") => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at = (self.at + 1).min(self.text.len());
        self.reach_boundary();
        self.plain(start);
    }

    /// `#"…"#` with any number of `#`.
    fn raw_string(&mut self) -> bool {
        let hashes = self.rest().bytes().take_while(|&b| b == b'#').count();
        let Some(body) = self.rest().get(hashes..).and_then(|rest| rest.strip_prefix('"')) else {
            return false;
        };
        let close = format!("\"{}", "#".repeat(hashes));
        let length = body.find(&close).map_or(body.len(), |at| at + close.len());
        let start = self.at;
        self.at += hashes + 1 + length;
        self.plain(start);
        true
    }

    fn character(&mut self) {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() && !matches!(self.peek(), b'\'' | b'\n') {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.text.len());
        self.reach_boundary();
        self.plain(start);
    }

    fn number(&mut self) {
        let start = self.at;
        let digits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        self.at += self.rest().find(|c| !digits(c)).unwrap_or(self.rest().len());
        let fraction = self
            .rest()
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if fraction {
            self.at += 1;
            self.at += self.rest().find(|c| !digits(c)).unwrap_or(self.rest().len());
        }
        self.plain(start);
    }

    fn word_or_symbol(&mut self) {
        let start = self.at;
        let word = |c: char| c == '_' || c.is_alphanumeric();
        let length = self.rest().find(|c| !word(c)).unwrap_or(self.rest().len());
        if length > 0 {
            self.at += length;
        } else if self.rest().strip_prefix("!in").is_some_and(|rest| !rest.starts_with(word)) {
            self.at += 3;
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| self.rest().starts_with(**symbol));
            let one = self.rest().chars().next().map_or(1, char::len_utf8);
            self.at += symbol.map_or(one, |symbol| symbol.len());
        }
        self.plain(start);
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.text.len() {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                self.at += 1;
                self.reach_boundary();
            }
        }
    }

    fn reach_boundary(&mut self) {
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        Tokens::of(text).unwrap().tokens.iter().map(|t| &text[t.start..t.end]).collect()
    }

    #[test]
    fn tokens_end_where_rhai_ends_them() {
        for (text, expected) in [
            ("a.b!=\"x\\\"y\"", vec!["a", ".", "b", "!=", "\"x\\\"y\""]),
            ("x !in[1..=22]", vec!["x", "!in", "[", "1", "..=", "22", "]"]),
            ("!inner", vec!["!", "inner"]),
            ("`a${b + `c`}d`.len", vec!["`", "${", "b", "+", "`", "`", "}", "`", ".", "len"]),
            ("1.5 /* /* x */ y */ // z", vec!["1.5"]),
            ("#\"a\"b\"# x", vec!["#\"a\"b\"#", "x"]),
            ("`` a", vec!["`", "`", "a"]),
            ("'\\'' é", vec!["'\\''", "é"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn any_text_can_be_tokenized() {
        for text in ["\"", "`${", "'\\", "/*", "\"\\é", "'é", "}}}", "`${`${", "#\"é", "?["] {
            assert!(Tokens::of(text).is_ok(), "{text}");
        }
        assert!(Tokens::of(&"(".repeat(MAX_NESTING + 1)).is_err());
    }

    #[test]
    fn templates_are_cut_at_their_holes() {
        let hole = |text: &str| template(text).map(|parts| parts.len());
        assert_eq!(hole("a ${b} c"), Ok(3));
        assert_eq!(hole("${`}` + \"}\"}"), Ok(1));
        assert_eq!(hole("a $b {c}"), Ok(1));
        assert_eq!(hole("x ${a"), Err(2));
        assert_eq!(template("a``b"), Ok(vec![TemplatePart::Text("a`b".into())]));
    }
}
