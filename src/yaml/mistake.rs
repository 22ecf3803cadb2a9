//! Errors in the YAML of a file, worded for authors of rules.

use serde_yaml::granit_parser::{ErrorKind, ScanError};

use super::node::{MAX_DEPTH, Scalar};
use super::opening::{indenting_tab, opening_bracket, opening_quote};
use crate::diag::codes::policy as codes;
use crate::diag::{Diagnostic, escaped};
use crate::source::{FileId, Span};

pub(super) fn duplicate_key(key: &Scalar, first: Span) -> Diagnostic {
    Diagnostic::error(
        &codes::DUPLICATE_KEY,
        format!("the key `{}` occurs twice in one mapping", escaped(key.text(), 60)),
    )
    .at(key.span(), "here again")
    .at(first, "here first")
    .help("remove or rename one of the two")
}

pub(super) fn tag_error(span: Span, text: &str) -> Diagnostic {
    let start = span.start as usize;
    let line = text.get(..start).unwrap_or("").rsplit('\n').next().unwrap_or("");
    let key = line.trim().trim_start_matches("- ").strip_suffix(':').filter(|key| !key.is_empty());
    let written = text.get(start..span.end as usize).unwrap_or("");
    Diagnostic::error(
        &codes::TAG,
        format!("`{}` is a YAML tag, which policy files do not support", escaped(written, 60)),
    )
    .at(span, "YAML would drop this part")
    .help(match key {
        Some(key) => format!("write the value as a block: `{}: |`", escaped(key, 60)),
        None => "quote the value".to_owned(),
    })
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(
        &codes::TOO_LARGE,
        format!("sequences and mappings are nested more than {MAX_DEPTH} levels deep"),
    )
    .at(span, "too deep")
}

pub(super) fn syntax_error(error: &ScanError, file: FileId, text: &str) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let width = text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    let span = Span::new(file, at, at + width);
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => return too_deep(span),
        // A tag so malformed that the parser does not recognise it as a tag: `!has(event.x) && …`.
        kind if is_about_tags(kind) => return tag_error(span, text),
        _ => {}
    }
    if let Some((at, reason, help)) = beginning(error.kind(), text, at) {
        let message = format!("the file is not valid YAML: {reason}");
        let opens = Span::new(file, at, at + 1);
        return Diagnostic::error(&codes::SYNTAX, message).at(opens, "here").help(help);
    }
    let (reason, help) = explain(error.kind());
    let reason = reason.map_or_else(|| error.info(), str::to_owned);
    Diagnostic::error(
        &codes::SYNTAX,
        format!("the file is not valid YAML: {}", escaped(&reason, 200)),
    )
    .at(span, "here")
    .maybe_help(help.map(str::to_owned))
}

/// Where the mistake begins if that is above the place where the parser stops: the offset, what is
/// wrong there, and what to do. `at` is where the parser stops.
fn beginning(
    kind: &ErrorKind,
    text: &str,
    at: usize,
) -> Option<(usize, &'static str, &'static str)> {
    if is_about_tabs(kind) {
        let tab = indenting_tab(text, at)?;
        return Some((tab, "a tab cannot be used as indentation", "indent with spaces"));
    }
    match kind {
        ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            let quote = opening_quote(text, at)?;
            Some((
                quote,
                "the quote that opens here is not closed on its line",
                "close it on the same line, or write the text as a block that begins with `|`",
            ))
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::UnclosedFlowCollection { .. } => None,
        _ => {
            let bracket = opening_bracket(text, at)?;
            Some((
                bracket,
                "the bracket that opens here is never closed",
                "close it, or quote the value if it is meant as text",
            ))
        }
    }
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
    )
}

fn is_about_tags(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UndeclaredTagHandle
            | ErrorKind::ExpectedTagBang
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte
            | ErrorKind::InvalidTagUtf8
    )
}

/// Rewords the parser's message for authors of rules.
fn explain(kind: &ErrorKind) -> (Option<&'static str>, Option<&'static str>) {
    const BLOCK: &str = "write the text as a block that begins with `|`, or quote the whole of it";
    match kind {
        ErrorKind::MappingValueNotAllowed => {
            const WHY: &str = "a key is not allowed here; either its line is indented too far, or \
                               text that contains `: ` is not quoted";
            (Some(WHY), Some(BLOCK))
        }
        ErrorKind::UnexpectedCharacter { .. } => {
            (Some("no value can begin with this character"), Some(BLOCK))
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            (Some("text follows the closing quote"), Some(BLOCK))
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            Some("a backslash in double quotes begins an escape, but this is not a valid one"),
            Some("use single quotes, a block that begins with `|`, or a second backslash"),
        ),
        ErrorKind::UnclosedQuotedScalar => {
            (Some("the quote that opens here is never closed"), None)
        }
        ErrorKind::UnclosedFlowCollection { .. } => {
            (Some("the bracket that opens here is never closed"), None)
        }
        ErrorKind::MissingAnchorOrAliasName => (
            Some("a value that begins with `*` or `&` is an alias or an anchor"),
            Some("quote it: \"*\""),
        ),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => {
            (Some("a tab cannot be used as indentation"), Some("indent with spaces"))
        }
        ErrorKind::InvalidBlockScalarIndent => (
            Some("this line is indented less than the first line of its block"),
            Some("indent every line of a block at least as far as its first line"),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            Some("a key must be followed by `:` on its own line"),
            Some("is a colon missing, or a line indented too little?"),
        ),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry => (
            Some("the indentation of this line does not match the lines before it"),
            Some("indent all entries of a mapping or sequence by the same amount"),
        ),
        ErrorKind::DirectiveDisallowed => (Some("directives (`%…`) are not allowed"), Some(BLOCK)),
        ErrorKind::BomInsideDocument => (Some("there is a byte order mark inside the file"), None),
        _ => (None, None),
    }
}
