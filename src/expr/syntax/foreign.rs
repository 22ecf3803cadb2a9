//! Finds the mistake that explains why a text does not parse.
//!
//! Rhai stops at the first token that it cannot use, which is often far after the mistake. So the
//! tokens are searched for what is never part of an expression. The search runs only after Rhai has
//! rejected the text, so it rejects nothing itself.

use super::super::ast::At;
use super::super::hint::hint;
use super::super::tokens::{Token, TokenKind, Tokens};
use super::problem::SyntaxProblem;
use crate::diag::codes::expr as codes;
use crate::diag::{Code, escaped, is_hostile};

/// Words between two operands, or before one, that are operators in other languages.
const OPERATORS: [&str; 10] =
    ["and", "or", "not", "xor", "is", "in", "like", "ilike", "between", "regexp"];

/// The names of characters that cannot be seen.
const INVISIBLE: [(char, &str); 9] = [
    ('\u{a0}', "no-break space"),
    ('\u{ad}', "soft hyphen"),
    ('\u{200b}', "zero-width space"),
    ('\u{200c}', "zero-width non-joiner"),
    ('\u{200d}', "zero-width joiner"),
    ('\u{202f}', "narrow no-break space"),
    ('\u{2060}', "word joiner"),
    ('\u{3000}', "ideographic space"),
    ('\u{feff}', "byte order mark"),
];

/// Quotation marks that word processors write.
const QUOTES: &str = "“”„‟‘’‚‛«»‹›＂＇";

/// Escapes of a text in double quotes.
const ESCAPES: &str = "\\trnxuU\"\n\r";

/// The first mistake that explains why a text does not parse.
pub(super) fn mistake(text: &str, tokens: &Tokens<'_>) -> Option<Box<SyntaxProblem>> {
    let all = tokens.all();
    let found = (0..all.len()).find_map(|index| {
        let token = all[index];
        let written = tokens.text(token);
        match written.chars().next()? {
            '"' => in_text(text, token),
            '\'' => single_quoted(written, token),
            '0'..='9' => number(written, token).or_else(|| {
                let unit = *all.get(index + 1)?;
                with_unit(written, token, tokens.text(unit), unit)
            }),
            '#' if written == "#" && !text[token.end..].starts_with('{') => problem(
                &codes::CONSTRUCT,
                token,
                "`#` does not begin a comment in an expression",
                "write `//`",
            ),
            '?' if written == "?" => {
                problem(&codes::CONSTRUCT, token, "`?` is not an operator", hint("?")?)
            }
            c if QUOTES.contains(c) => {
                let message = format!("`{c}` (U+{:04X}) does not quote a text", c as u32);
                problem(&codes::SYNTAX, token, message, "write `\"`")
            }
            c if is_invisible(c) => {
                let name = INVISIBLE.iter().find(|(known, _)| *known == c);
                let name = name.map_or("a character that cannot be seen", |(_, name)| name);
                let message = format!("U+{:04X} ({name}) is not part of an expression", c as u32);
                problem(&codes::SYNTAX, token, message, "delete it, or write a space")
            }
            c if !c.is_ascii() && !c.is_alphanumeric() => {
                let message = format!("`{c}` (U+{:04X}) is not an operator", c as u32);
                problem(&codes::SYNTAX, token, message, look_alike(c))
            }
            '=' | '<' | '!' | ':' | '~' => symbol(tokens, index),
            c if c.is_ascii_alphabetic() => operator_word(tokens, index),
            _ => None,
        }
    });
    found.or_else(|| bracket(tokens))
}

/// Whether a character looks like a space or like nothing.
fn is_invisible(c: char) -> bool {
    !c.is_ascii() && (c.is_whitespace() || is_hostile(c))
}

/// The operator that a character looks like.
fn look_alike(c: char) -> &'static str {
    match c {
        '–' | '—' | '−' | '‐' | '‑' => "write `-`",
        '≠' => "write `!=`",
        '≤' => "write `<=`",
        '≥' => "write `>=`",
        '＝' => "write `==`",
        '∧' => "write `&&`",
        '∨' => "write `||`",
        '¬' => "write `!`",
        '∈' => "write `in`",
        _ => "outside of texts, an expression consists of ASCII characters and letters",
    }
}

fn problem(
    code: &'static Code,
    token: Token,
    message: impl Into<String>,
    help: &str,
) -> Option<Box<SyntaxProblem>> {
    at(code, At { start: token.start, end: token.end }, message, Some(help.to_owned()))
}

fn at(
    code: &'static Code,
    at: At,
    message: impl Into<String>,
    help: Option<String>,
) -> Option<Box<SyntaxProblem>> {
    Some(Box::new(SyntaxProblem { code, at, message: message.into(), help }))
}

/// A text in double quotes that does not end on its line, or with an escape that does not exist.
fn in_text(text: &str, token: Token) -> Option<Box<SyntaxProblem>> {
    let mut rest = text.get(token.start + 1..)?.char_indices().peekable();
    while let Some((offset, c)) = rest.next() {
        let here = token.start + 1 + offset;
        match c {
            '"' if rest.peek().is_some_and(|(_, next)| *next == '"') => drop(rest.next()),
            '"' => return None,
            '\n' => return unclosed(token.start, here),
            '\\' => {
                let Some((_, escape)) = rest.next() else { break };
                if !ESCAPES.contains(escape) {
                    let end = here + 1 + escape.len_utf8();
                    let message =
                        format!("`\\{}` is not an escape", escaped(&escape.to_string(), 9));
                    let help = format!(
                        "write `\\\\{0}`, or the text as `#\"…\"#`, in which a backslash is \
                         literal",
                        escaped(&escape.to_string(), 9)
                    );
                    return at(&codes::SYNTAX, At { start: here, end }, message, Some(help));
                }
            }
            _ => {}
        }
    }
    unclosed(token.start, text.len())
}

fn unclosed(start: usize, end: usize) -> Option<Box<SyntaxProblem>> {
    let message = "the text that opens here is not closed on its line";
    at(&codes::SYNTAX, At { start, end }, message, Some("close it with `\"`".to_owned()))
}

fn single_quoted(written: &str, token: Token) -> Option<Box<SyntaxProblem>> {
    let inside = written.strip_prefix('\'')?;
    let inside = inside.strip_suffix('\'').unwrap_or(inside);
    // One character in single quotes is valid, and so is an escape.
    if inside.chars().count() == 1 || inside.starts_with('\\') {
        return None;
    }
    let help = format!("write `\"{}\"`", escaped(inside, 60));
    problem(
        &codes::SYNTAX,
        token,
        "a text is written in double quotes, not in single quotes",
        &help,
    )
}

/// A number with a unit, `7d`.
fn number(written: &str, token: Token) -> Option<Box<SyntaxProblem>> {
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let (amount, unit) = written.split_at(digits);
    // `0x1F`, `1_000` and `1e5` are numbers.
    if unit.is_empty() || unit.starts_with(['x', 'o', 'b', 'X', 'O', 'B', '_', '.', 'e', 'E']) {
        return None;
    }
    let help = duration(amount, unit).unwrap_or_else(|| {
        "a name cannot begin with a digit; write a text in double quotes".to_owned()
    });
    problem(&codes::SYNTAX, token, format!("`{}` is not a number", escaped(written, 60)), &help)
}

/// A number followed by a unit, `1 day`.
fn with_unit(
    amount: &str,
    number: Token,
    unit: &str,
    of_unit: Token,
) -> Option<Box<SyntaxProblem>> {
    if !amount.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let help = duration(amount, &unit.to_ascii_lowercase())?;
    let message = format!("`{amount} {unit}` is not a value");
    at(&codes::SYNTAX, At { start: number.start, end: of_unit.end }, message, Some(help))
}

/// How to write an amount of this unit of time.
fn duration(amount: &str, unit: &str) -> Option<String> {
    Some(match unit {
        "d" | "day" | "days" => format!("a duration is written `days({amount})`"),
        "h" | "hour" | "hours" => format!("a duration is written `hours({amount})`"),
        "w" | "week" | "weeks" => format!("a duration is written `days(7 * {amount})`"),
        "m" | "min" | "minute" | "minutes" | "s" | "sec" | "second" | "seconds" => {
            "a duration is written `hours(n)` or `days(n)`, or is a parameter of the type \
             `duration`"
                .to_owned()
        }
        _ => return None,
    })
}

/// Symbols that other languages have, of one token or of two without a space between.
fn symbol(tokens: &Tokens<'_>, index: usize) -> Option<Box<SyntaxProblem>> {
    let all = tokens.all();
    let first = all[index];
    let joined = |second: &Token| match (tokens.text(first), tokens.text(*second)) {
        ("=", "~") => Some("=~"),
        ("~", "=") => Some("~="),
        ("!", "~") => Some("!~"),
        ("<", ">") => Some("<>"),
        (":", "=") => Some(":="),
        _ => None,
    };
    let second = all.get(index + 1).filter(|second| second.start == first.end);
    if let Some((second, symbol)) = second.and_then(|second| Some((second, joined(second)?))) {
        let place = At { start: first.start, end: second.end };
        let message = format!("`{symbol}` is not an operator");
        return at(&codes::SYNTAX, place, message, hint(symbol).map(str::to_owned));
    }
    let written = tokens.text(first);
    match written {
        "=" => problem(
            &codes::CONSTRUCT,
            first,
            "`=` is not part of the expression language",
            hint(written)?,
        ),
        "===" | "!==" => problem(
            &codes::SYNTAX,
            first,
            format!("`{written}` is not an operator"),
            hint(written)?,
        ),
        _ => None,
    }
}

/// A word in place of an operator: after an operand, or `not` before one.
fn operator_word(tokens: &Tokens<'_>, index: usize) -> Option<Box<SyntaxProblem>> {
    let all = tokens.all();
    let token = all[index];
    let word = tokens.text(token);
    // In lower case, `in` is an operator.
    if word == "in" || !OPERATORS.iter().any(|operator| operator.eq_ignore_ascii_case(word)) {
        return None;
    }
    let before = index.checked_sub(1).map(|before| all[before]);
    let after_operand = before.is_some_and(|before| ends_operand(tokens, before));
    let next = all.get(index + 1);
    let is_not = word.eq_ignore_ascii_case("not");
    if before.is_some_and(|before| matches!(tokens.text(before), "." | "?."))
        || !(after_operand || is_not)
        || next.is_none()
    {
        return None;
    }
    let word_in = next.filter(|next| tokens.text(**next).eq_ignore_ascii_case("in"));
    match word_in {
        Some(next) if is_not => at(
            &codes::SYNTAX,
            At { start: token.start, end: next.end },
            format!("`{word} in` is not an operator"),
            Some("write `!in`".to_owned()),
        ),
        _ => {
            let message = format!("`{}` is not an operator", escaped(word, 60));
            let help = match word.eq_ignore_ascii_case("in") {
                true => "write `in`, in lower case",
                false => hint(word)?,
            };
            problem(&codes::SYNTAX, token, message, help)
        }
    }
}

/// Whether an operand can end with this token.
fn ends_operand(tokens: &Tokens<'_>, token: Token) -> bool {
    let last = tokens.text(token).chars().next_back();
    match token.kind {
        TokenKind::Close => true,
        TokenKind::Open => false,
        TokenKind::Plain => last.is_some_and(|c| c.is_alphanumeric() || "_\"'`".contains(c)),
    }
}

/// A bracket without its counterpart, or with one of another kind.
fn bracket(tokens: &Tokens<'_>) -> Option<Box<SyntaxProblem>> {
    let all = tokens.all();
    all.iter().find_map(|token| {
        let written = tokens.text(*token);
        match (token.kind, token.pair) {
            (TokenKind::Open, None) if written == "`" => problem(
                &codes::SYNTAX,
                *token,
                "the text that opens here is never closed",
                "close it with `` ` ``",
            ),
            (TokenKind::Open, None) => {
                let message = format!("the bracket `{written}` is never closed");
                problem(
                    &codes::SYNTAX,
                    *token,
                    message,
                    &format!("close it with `{}`", closing(written)),
                )
            }
            (TokenKind::Close, None) => {
                let message = format!("`{written}` closes no bracket");
                problem(&codes::SYNTAX, *token, message, "remove it, or open the bracket before it")
            }
            (TokenKind::Open, Some(pair)) => {
                let closed = tokens.text(*all.get(pair)?);
                if closed == closing(written) {
                    return None;
                }
                let message = format!("the bracket `{written}` is closed by `{closed}`");
                problem(
                    &codes::SYNTAX,
                    *token,
                    message,
                    &format!("close it with `{}`", closing(written)),
                )
            }
            _ => None,
        }
    })
}

/// The counterpart of an opening bracket.
fn closing(open: &str) -> &'static str {
    match open {
        "(" => ")",
        "[" | "?[" => "]",
        "`" => "`",
        _ => "}",
    }
}
