//! Analysis of an expression while it is being written.
//!
//! The text in an editor often does not parse. It is then split into ever smaller parts, and each
//! part that is a valid expression is checked: operands of `&&` and `||`, then operands of any
//! operator, then the longest valid prefix of an access or call. Parameters of closures have the
//! type of the items of their list.

use super::check::{Checker, Reported};
use super::env::{Declarations, Env, Expected};
use super::lint::{self, Subject};
use super::tokens::{self, TemplatePart, Token, TokenKind, Tokens};
use super::typed::Typed;
use crate::diag::Diagnostic;
use crate::source::Fragment;
use crate::value::Type;

/// The maximum number of parts of one broken expression that are tried. It bounds the time.
const MAX_ATTEMPTS: usize = 400;

/// Operators and words between the largest parts of a broken expression.
const SEPARATORS: [&str; 6] = ["&&", "||", ",", ";", "=>", "="];

/// Words that are not operands.
const KEYWORDS: [&str; 6] = ["if", "else", "switch", "in", "!in", "_"];

/// The analysis of an expression that may be broken; an editor requests it after every change.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Its errors and warnings. It compiles if none of them is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// The parts whose type is known.
    typed: Vec<Typed>,
}

impl Analysis {
    /// The innermost part at an offset whose type is known.
    pub fn at(&self, offset: usize) -> Option<&Typed> {
        let around = |typed: &&Typed| typed.range.start <= offset && offset <= typed.range.end;
        self.typed.iter().filter(around).min_by_key(|typed| typed.range.len())
    }

    /// The longest part that ends at an offset and has a known type: `cred.keys` before its next
    /// dot.
    pub(super) fn ending_at(&self, offset: usize) -> Option<&Typed> {
        let ending = |typed: &&Typed| typed.range.end == offset;
        // A comparison ends where its right operand ends; the access applies to the operand.
        let operand = |typed: &&Typed| typed.ty != Type::Bool || typed.field.is_some();
        self.typed.iter().filter(ending).filter(operand).max_by_key(|typed| typed.range.len())
    }
}

/// Analyses an expression that may be broken. It is meant for one expression of an open file. To
/// analyse many, call it within [`on_large_stack`](super::on_large_stack).
pub fn analyze(
    source: &Fragment,
    expected: Expected,
    declarations: &Declarations<'_>,
    env: &dyn Env,
) -> Analysis {
    let mut checker = Checker::new(source, declarations, env);
    checker.typed = Some(Vec::new());
    analyze_part(&mut checker, &source.text, 0, source.text.len(), Some(expected));
    finish(checker)
}

/// Analyses the body of a back-tick string, whose holes may be broken or not yet closed.
pub fn analyze_template(
    source: &Fragment,
    declarations: &Declarations<'_>,
    env: &dyn Env,
) -> Analysis {
    let mut checker = Checker::new(source, declarations, env);
    checker.typed = Some(Vec::new());
    let text = &source.text;
    match tokens::template(text) {
        Ok(parts) => {
            for part in parts {
                if let TemplatePart::Hole(start, end) = part {
                    analyze_part(&mut checker, text, start, end, None);
                }
            }
        }
        Err(open) => {
            // Reports that the hole is not closed.
            let _: Result<_, Reported> = checker.template();
            let open = open.min(text.len());
            let closed = tokens::template(text.get(..open).unwrap_or("")).unwrap_or_default();
            let holes = closed.into_iter().filter_map(|part| match part {
                TemplatePart::Hole(start, end) => Some((start, end)),
                TemplatePart::Text(_) => None,
            });
            let diagnostics = std::mem::take(&mut checker.diagnostics);
            for (start, end) in holes.chain([(open + 2, text.len())]) {
                analyze_part(&mut checker, text, start, end, None);
            }
            // Errors at the end of the open hole are not errors of the expression in it.
            checker.diagnostics = diagnostics;
        }
    }
    finish(checker)
}

fn analyze_part(
    checker: &mut Checker<'_>,
    text: &str,
    start: usize,
    end: usize,
    expected: Option<Expected>,
) {
    match checker.parse(start, end) {
        Ok(node) => {
            let checked = match expected {
                Some(Expected::Condition) => checker.condition(&node),
                Some(Expected::Anything) => checker.check(&node),
                None => checker.hole(&node),
            };
            if let Ok(ir) = checked
                && checker.diagnostics.is_empty()
                && expected.is_some()
            {
                let fragment = checker.fragment();
                checker.diagnostics = lint::lint(&Subject { ir: &ir, node: Some(&node), fragment });
            }
        }
        Err(Reported) => {
            let Some(part) = text.get(start..end) else { return };
            let Ok(tokens) = Tokens::of(part) else { return };
            let mut recovery = Recovery { checker, tokens: &tokens, base: start, attempts: 0 };
            recovery.separated(0, tokens.all().len());
        }
    }
}

fn finish(checker: Checker<'_>) -> Analysis {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for diagnostic in checker.diagnostics {
        // A part may be checked both by itself and inside a larger one.
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
    Analysis { diagnostics, typed: checker.typed.unwrap_or_default() }
}

/// The parts of a text that does not parse. Ranges are indices of tokens.
struct Recovery<'r, 'c> {
    checker: &'r mut Checker<'c>,
    tokens: &'r Tokens<'r>,
    /// The offset of the tokens' text in the fragment.
    base: usize,
    attempts: usize,
}

impl Recovery<'_, '_> {
    fn token(&self, index: usize) -> Token {
        self.tokens.all()[index]
    }

    fn text(&self, index: usize) -> &str {
        self.tokens.text(self.token(index))
    }

    /// The token after a bracket and its contents, or after any other token.
    fn next(&self, index: usize, last: usize) -> usize {
        let token = self.token(index);
        let end = match (token.kind, token.pair) {
            (TokenKind::Open, Some(pair)) => pair + 1,
            // The bracket is not closed.
            (TokenKind::Open, None) => last,
            _ => index + 1,
        };
        end.min(last)
    }

    /// Checks the parts between separators; a bracket with its inside counts as one token.
    fn split(
        &mut self,
        first: usize,
        last: usize,
        separates: fn(&str, TokenKind) -> bool,
        check: fn(&mut Self, usize, usize),
    ) {
        let (mut start, mut at) = (first, first);
        while at < last {
            let next = self.next(at, last);
            if separates(self.text(at), self.token(at).kind) {
                check(self, start, at);
                start = next;
            }
            at = next;
        }
        check(self, start, last);
    }

    fn separated(&mut self, first: usize, last: usize) {
        let separates = |text: &str, kind| SEPARATORS.contains(&text) || kind == TokenKind::Close;
        self.split(first, last, separates, |recovery, first, last| {
            if !recovery.is_checked(first, last) {
                recovery.split(first, last, is_operator, Self::operand);
            }
        });
    }

    /// An operand, which is an access or call: checks its longest prefix that is an expression, and
    /// the contents of its brackets.
    fn operand(&mut self, first: usize, last: usize) {
        let mut ends = Vec::new();
        let mut at = first;
        while at < last {
            at = self.next(at, last);
            ends.push(at);
        }
        for end in ends.into_iter().rev() {
            if self.is_checked(first, end) {
                break;
            }
        }
        let mut at = first;
        while at < last {
            let next = self.next(at, last);
            let token = self.token(at);
            if token.kind == TokenKind::Open {
                let closed = token.pair.is_some_and(|pair| pair < last);
                let inside = if closed { next - 1 } else { next };
                self.bracket(first, at, inside);
            }
            at = next;
        }
    }

    /// Checks the contents of a bracket. `open` is its token, and the called function begins at or
    /// after `first`.
    fn bracket(&mut self, first: usize, open: usize, end: usize) {
        let start = (open + 1).min(end);
        let closure = start + 2 < end && self.text(start) == "|" && self.text(start + 2) == "|";
        if !closure {
            return self.separated(start, end);
        }
        // In `list.some(|item| …)` the list, a dot and the name precede the bracket.
        let list = open.checked_sub(3).filter(|list| *list >= first);
        let list_end = list.map(|list| self.base + self.token(list).end);
        let typed_list = list_end.and_then(|end| {
            let typed = self.checker.typed.iter().flatten();
            typed.filter(|typed| typed.range.end == end).max_by_key(|typed| typed.range.len())
        });
        let ty = match typed_list.map(|typed| typed.ty) {
            Some(Type::List(elem)) => elem.into(),
            _ => Type::Untyped,
        };
        let name = self.text(start + 1).to_owned();
        let (tokens, base, attempts) = (self.tokens, self.base, self.attempts);
        self.attempts = self.checker.with_local(&name, ty, |checker| {
            let mut inner = Recovery { checker, tokens, base, attempts };
            inner.separated(start + 3, end);
            inner.attempts
        });
    }

    /// Whether the tokens are an expression; if so, it is checked.
    fn is_checked(&mut self, first: usize, last: usize) -> bool {
        if first >= last || self.attempts >= MAX_ATTEMPTS {
            return false;
        }
        self.attempts += 1;
        let (start, end) = (self.token(first).start, self.token(last - 1).end);
        let Some(node) = self.checker.try_parse(self.base + start, self.base + end) else {
            return false;
        };
        // Errors in it are reported; its surrounding expression is unknown.
        let _: Result<_, Reported> = self.checker.check(&node);
        true
    }
}

fn is_operator(text: &str, kind: TokenKind) -> bool {
    let symbol = |c: char| !c.is_alphanumeric() && !"_.?\"'#".contains(c);
    let operator = kind == TokenKind::Plain && !text.is_empty() && text.chars().all(symbol);
    operator || text == "??" || KEYWORDS.contains(&text)
}
