//! The paths that a source file names, with `use` groups expanded.

use crate::lexer::{Token, tokens};

/// One path as written in the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// `["crate", "value", "Time"]`; a glob ends in `*`.
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    /// The token before it: `.` for a method or a field.
    pub(crate) before: String,
    /// The token after it: `(` for a call, `!` for a macro.
    pub(crate) after: String,
    /// The inline modules that contain it.
    pub(crate) inside: Vec<String>,
    /// The import, if it is in a `use` declaration.
    pub(crate) import: Option<Import>,
}

/// A path of a `use` declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name that it has in the file.
    pub(crate) name: String,
    /// Whether other files can import it from here: `pub use`, `pub(crate) use`.
    pub(crate) public: bool,
}

/// The content of a file outside its tests.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) paths: Vec<Path>,
    /// Modules that are declared for tests only and have files of their own.
    pub(crate) test_modules: Vec<String>,
}

impl File {
    pub(crate) fn parse(source: &str) -> File {
        let mut file = File::default();
        let code = without_tests(&tokens(source), &mut file.test_modules);
        let mut modules: Vec<(String, usize)> = Vec::new();
        let mut depth = 0;
        let mut at = 0;
        // Inside a `use` declaration: whether it is public.
        let mut import = None;
        while at < code.len() {
            let text = |i: usize| code.get(i).map_or("", |t| t.text.as_str());
            match text(at) {
                "use" if text(at + 1) != "<" => {
                    import = Some(at > 0 && matches!(text(at - 1), "pub" | ")"))
                }
                ";" => import = None,
                "{" => depth += 1,
                "}" => {
                    modules.retain(|(_, opened)| *opened < depth);
                    depth -= 1;
                }
                "mod" if text(at + 2) == "{" => {
                    modules.push((text(at + 1).to_owned(), depth + 1));
                    at += 1;
                }
                _ if code[at].is_ident() && (at == 0 || text(at - 1) != "::") => {
                    let before = if at == 0 { "" } else { text(at - 1) }.to_owned();
                    let inside: Vec<String> =
                        modules.iter().map(|(name, _)| name.clone()).collect();
                    let start = file.paths.len();
                    at = read(&code, at, &[], &mut file.paths);
                    for path in &mut file.paths[start..] {
                        path.before.clone_from(&before);
                        path.inside.clone_from(&inside);
                        path.import = match (import, path.import.take()) {
                            (Some(public), Some(import)) => Some(Import { public, ..import }),
                            _ => None,
                        };
                    }
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        file
    }
}

/// Reads one path from `at`, with every branch of its groups, and returns the position after it.
fn read(code: &[Token], mut at: usize, prefix: &[String], paths: &mut Vec<Path>) -> usize {
    let text = |i: usize| code.get(i).map_or("", |t| t.text.as_str());
    let line = code[at].line;
    let mut segments = prefix.to_vec();
    loop {
        match text(at) {
            "{" => {
                at += 1;
                while !matches!(text(at), "}" | "") {
                    let is_path = code[at].is_ident() || matches!(text(at), "{" | "*");
                    at = if is_path { read(code, at, &segments, paths) } else { at + 1 };
                    while text(at) == "as" {
                        at += 2;
                    }
                }
                return at + 1;
            }
            name => segments.push(name.to_owned()),
        }
        at += 1;
        let goes_on = code.get(at + 1).is_some_and(|t| t.is_ident() || "{*".contains(&t.text));
        if text(at) == "::" && goes_on {
            at += 1;
        } else {
            break;
        }
    }
    let after = text(at).to_owned();
    let last = if segments.last().is_some_and(|last| last == "self") {
        segments.iter().rev().nth(1)
    } else {
        segments.last()
    };
    let name =
        if after == "as" { text(at + 1).to_owned() } else { last.cloned().unwrap_or_default() };
    let import = Some(Import { name, public: false });
    paths.push(Path { segments, line, before: String::new(), after, inside: Vec::new(), import });
    at
}

/// Removes code that is compiled for tests only.
fn without_tests(code: &[Token], test_modules: &mut Vec<String>) -> Vec<Token> {
    let mut remaining = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let inner = code[at].text == "#" && code.get(at + 1).is_some_and(|t| t.text == "!");
        let open = at + 1 + usize::from(inner);
        let is_attribute = code[at].text == "#" && code.get(open).is_some_and(|t| t.text == "[");
        if !is_attribute {
            remaining.push(code[at].clone());
            at += 1;
            continue;
        }
        let end = closing(code, open);
        let words: Vec<&str> = code[open + 1..end].iter().map(|t| t.text.as_str()).collect();
        let for_tests = matches!(words[..], ["test"])
            || (words.first() == Some(&"cfg")
                && words.contains(&"test")
                && !words.contains(&"not"));
        at = end + 1;
        if for_tests && inner {
            return Vec::new();
        }
        if for_tests {
            at = item_end(code, at, test_modules);
        }
    }
    remaining
}

/// The end of the item at `at`: past its `;` or its block.
fn item_end(code: &[Token], mut at: usize, test_modules: &mut Vec<String>) -> usize {
    while at < code.len() {
        match code[at].text.as_str() {
            "mod" if code.get(at + 2).is_some_and(|t| t.text == ";") => {
                test_modules.push(code[at + 1].text.clone());
                return at + 3;
            }
            ";" => return at + 1,
            "{" => return closing(code, at) + 1,
            "(" | "[" => at = closing(code, at) + 1,
            _ => at += 1,
        }
    }
    at
}

/// The bracket that closes the one at `open`.
fn closing(code: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in code.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    code.len().saturating_sub(1)
}
