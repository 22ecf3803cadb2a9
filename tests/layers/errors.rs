//! No function returns text as an error: an error is a type with `Display`, so that a caller can
//! match it and a test can name it.

use std::fs;

use crate::lexer::{Token, tokens};
use crate::{modules, root};

/// The lines at which a source file names a `Result` whose error is a text. Inline tests, which end
/// a file, may do so.
fn text_errors(source: &str) -> Vec<usize> {
    let tokens = tokens(source);
    let is = |at: usize, texts: &[&str]| {
        tokens
            .get(at..at + texts.len())
            .is_some_and(|part| part.iter().map(text).eq(texts.iter().copied()))
    };
    let end = (0..tokens.len()).find(|&at| is(at, &["cfg", "(", "test", ")", "]", "mod"]));
    let end = end.unwrap_or(tokens.len());
    let results = (0..end).filter(|&at| is(at, &["Result", "<"]));
    let of_text = results.filter(|&at| {
        let error = last_argument(&tokens[at + 2..]);
        matches!(*error, ["String"] | ["&", "str"] | ["Option", "<", "String", ">"])
    });
    of_text.map(|at| tokens[at].line).collect()
}

fn text(token: &Token) -> &str {
    &token.text
}

/// The last of several type arguments, whose list begins here; nothing if there is only one.
fn last_argument(tokens: &[Token]) -> Vec<&str> {
    let (mut depth, mut several, mut ended, mut before) = (0, false, false, "");
    let mut last = Vec::new();
    for token in tokens.iter().map(text) {
        match token {
            // The arrow of a function type.
            ">" if before == "-" => {}
            ">" if depth == 0 => break,
            "<" | "(" | "[" => depth += 1,
            ">" | ")" | "]" => depth -= 1,
            "," if depth == 0 => {
                ended = true;
                before = token;
                continue;
            }
            _ => {}
        }
        // A comma may also end the list.
        if std::mem::take(&mut ended) {
            several = true;
            last.clear();
        }
        last.push(token);
        before = token;
    }
    if several { last } else { Vec::new() }
}

#[test]
fn no_error_type_is_a_text() {
    let mut found = Vec::new();
    for module in modules("src", "-") {
        let source = fs::read_to_string(root().join(&module.name)).unwrap();
        found.extend(text_errors(&source).iter().map(|line| format!("{}:{line}", module.name)));
    }
    assert!(found.is_empty(), "give these errors a type with Display:\n{}", found.join("\n"));
}

/// The checker's own cases.
#[test]
fn planted_text_errors_are_found() {
    for (source, lines) in [
        ("fn f() -> Result<(), String> {}", &[1][..]),
        ("\nfn f() -> Result<Vec<(u8, u8)>, &'static str> {}", &[2]),
        ("fn f() -> Result<Cell, Option<String>> {}", &[1]),
        ("fn f(g: fn() -> Result<Box<dyn Fn() -> u8>, String>) {}", &[1]),
        ("fn f() -> Result<\n(),\nString,\n> {}", &[1]),
        ("fn f() -> io::Result<String> {}", &[]),
        ("fn f() -> Result<(u8, String), E> {}", &[]),
        ("fn f() -> Result<String, ReadError> {}", &[]),
        ("fn f() -> Result<u8, Vec<String>> {}", &[]),
        ("/// Result<(), String>\nfn f() {}", &[]),
        ("#[cfg(test)] mod tests { fn f() -> Result<(), String> {} }", &[]),
        ("#[cfg(test)] fn f() {} fn g() -> Result<(), String> {}", &[1]),
    ] {
        assert_eq!(text_errors(source), lines, "{source}");
    }
}
