//! Syntax errors, with our own messages.

use rhai::{LexError, ParseErrorType};

use super::super::ast::At;
use super::super::hint::hint;
use super::super::limits::MAX_NESTING;
use crate::diag::Code;
use crate::diag::codes::expr as codes;

/// Why a text is not an expression of the language.
#[derive(Debug)]
pub(in crate::expr) struct SyntaxProblem {
    pub(in crate::expr) code: &'static Code,
    pub(in crate::expr) at: At,
    pub(in crate::expr) message: String,
    pub(in crate::expr) help: Option<String>,
}

pub(super) type Parsed<T> = Result<T, Box<SyntaxProblem>>;

/// Words that begin or separate statements.
const STATEMENTS: [&str; 26] = [
    "let", "const", "fn", "while", "loop", "for", "do", "until", "return", "throw", "import",
    "export", "break", "continue", "try", "catch", "private", "=", "+=", "-=", "*=", "/=", "%=",
    ";", "{", "}",
];

pub(super) fn syntax_error<T>(error: &ParseErrorType, place: At, text: &str) -> Parsed<T> {
    let word = text.get(place.start..place.end).unwrap_or("");
    let (code, message) = match error {
        ParseErrorType::ExprTooDeep => return too_deep(place),
        ParseErrorType::LiteralTooLarge(kind, max) => {
            (&codes::LIMIT, format!("{kind} exceeds the limit of {max}"))
        }
        ParseErrorType::UnexpectedEOF if text.trim().is_empty() => {
            (&codes::SYNTAX, "the expression is empty".to_owned())
        }
        ParseErrorType::UnexpectedEOF => {
            (&codes::SYNTAX, "the expression ends where a value was expected".to_owned())
        }
        ParseErrorType::Reserved(word) => (&codes::SYNTAX, format!("`{word}` is a reserved word")),
        ParseErrorType::BadInput(LexError::StringTooLong(max)) => {
            (&codes::LIMIT, format!("the text exceeds the limit of {max} bytes"))
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            (&codes::SYNTAX, "the text is not terminated".to_owned())
        }
        ParseErrorType::BadInput(LexError::UnexpectedInput(input)) if input.contains(' ') => {
            (&codes::SYNTAX, format!("`{word}` is not an operator"))
        }
        ParseErrorType::BadInput(LexError::UnexpectedInput(input))
            if STATEMENTS.contains(&input.as_str()) =>
        {
            (&codes::CONSTRUCT, format!("`{input}` is not part of the expression language"))
        }
        ParseErrorType::BadInput(LexError::UnexpectedInput(input)) => {
            (&codes::SYNTAX, format!("expected the end of the expression, but found `{input}`"))
        }
        other => {
            let text = other.to_string();
            let mut rest = text.chars();
            let first = rest.next().map(|c| c.to_ascii_lowercase());
            (&codes::SYNTAX, first.into_iter().chain(rest).collect())
        }
    };
    let member = text.get(..place.start).is_some_and(|before| before.trim_end().ends_with('.'));
    let hint_text = hint(word).filter(|_| !member).map(str::to_owned);
    let help = hint_text.or_else(|| match error {
        ParseErrorType::Reserved(word) => {
            Some(format!("access a raw key of this name by index, `[\"{word}\"]`"))
        }
        _ => None,
    });
    problem(code, place, message, help)
}

pub(super) fn problem<T>(
    code: &'static Code,
    at: At,
    message: String,
    help: Option<String>,
) -> Parsed<T> {
    Err(Box::new(SyntaxProblem { code, at, message, help }))
}

pub(super) fn too_deep<T>(at: At) -> Parsed<T> {
    let message = format!("the expression has more than {MAX_NESTING} nested levels");
    problem(&codes::LIMIT, at, message, Some("move a part of it to `definitions`".into()))
}
