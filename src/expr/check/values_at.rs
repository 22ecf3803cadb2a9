//! `values_at(base, "path[*]")`.

use std::fmt;

use super::super::ast::{At, Node};
use super::super::ir::Op;
use super::super::json::PathStep;
use super::{Checked, Checker};
use crate::diag::codes::expr as codes;
use crate::value::{Elem, Type};

impl Checker<'_> {
    pub(super) fn values_at(&mut self, at: At, base: &Node, path: &Node) -> Checked {
        let place = path.at;
        let (base, path) = (self.check(base), self.check(path));
        let (base, path) = (base?, path?);
        if !matches!(base.ty, Type::Untyped | Type::Missing) {
            let message = format!(
                "expected an untyped value such as `event.params` in `values_at`, but found {}",
                base.ty
            );
            return Err(self.error(&codes::WRONG_TYPE, at, message, None));
        }
        let Some(text) = path.constant().and_then(|path| path.as_str()) else {
            let message = "`path` of `values_at` must be a constant text";
            return Err(self.error(&codes::BAD_ARGUMENT, place, message, None));
        };
        let mut steps = match parse(text) {
            Ok(steps) => steps,
            Err(reason) => {
                let message = format!("`{text}` is not a path: {reason}");
                let help = "a path is written like `ipPermissions.items[*].ipRanges[0].cidrIp`";
                return Err(self.error(&codes::BAD_ARGUMENT, place, message, Some(help.into())));
            }
        };
        if !steps.contains(&PathStep::Each) {
            let message = format!("the path `{text}` leads to one value, because it has no `[*]`");
            let help = "write `[*]` after each part that may be a list, or write the path without \
                        `values_at`";
            return Err(self.error(&codes::BAD_ARGUMENT, place, message, Some(help.into())));
        }
        let root = match base.op {
            Op::Path(root, before) if !before.contains(&PathStep::Each) => {
                steps.splice(0..0, before);
                root
            }
            _ => Box::new(base),
        };
        Ok(self.node(at, Op::Path(root, steps), Type::List(Elem::Untyped), false))
    }
}

/// Why a text is not a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotAPath {
    EmptyKey,
    BlankKey,
    OpenQuote,
    NotOpened,
    NotClosed,
    NoSeparator,
    BadIndex,
}

impl fmt::Display for NotAPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotAPath::EmptyKey => "a key is empty",
            NotAPath::BlankKey => "a key has a blank at its start or end",
            NotAPath::OpenQuote => "a quoted key is not closed",
            NotAPath::NotOpened => "a `]` has no `[`",
            NotAPath::NotClosed => "a `[` has no `]`",
            NotAPath::NoSeparator => "a `.` or `[` must follow a `]`",
            NotAPath::BadIndex => "brackets contain `*`, an integer or a quoted key",
        })
    }
}

/// The steps of a path.
fn parse(text: &str) -> Result<Vec<PathStep>, NotAPath> {
    let mut steps = Vec::new();
    let mut rest = text;
    // A key follows the start and each dot; an index can follow anything.
    let mut key_follows = !rest.starts_with('[');
    loop {
        if key_follows {
            let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
            let (key, after) = rest.split_at(end);
            if key.is_empty() {
                return Err(NotAPath::EmptyKey);
            }
            if key.trim() != key {
                return Err(NotAPath::BlankKey);
            }
            steps.push(PathStep::Key(key.to_owned()));
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (step, after) = index(inner)?;
            steps.push(step);
            rest = after;
        }
        key_follows = match rest.as_bytes().first() {
            None => return Ok(steps),
            Some(b'.') => {
                rest = &rest[1..];
                true
            }
            Some(b'[') => false,
            Some(b']') => return Err(NotAPath::NotOpened),
            Some(_) => return Err(NotAPath::NoSeparator),
        };
    }
}

/// The step in brackets, and the text after its closing bracket.
fn index(inner: &str) -> Result<(PathStep, &str), NotAPath> {
    if let Some(quoted) = inner.strip_prefix(['"', '\'']) {
        let quote = &inner[..1];
        let end = quoted.find(quote).ok_or(NotAPath::OpenQuote)?;
        let after = quoted[end + 1..].strip_prefix(']').ok_or(NotAPath::NotClosed)?;
        return Ok((PathStep::Key(quoted[..end].to_owned()), after));
    }
    let (inside, after) = inner.split_once(']').ok_or(NotAPath::NotClosed)?;
    let step = match inside {
        "*" => PathStep::Each,
        number => PathStep::Item(number.parse().map_err(|_| NotAPath::BadIndex)?),
    };
    Ok((step, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_keys_and_indexes() {
        let key = |key: &str| PathStep::Key(key.to_owned());
        for (text, expected) in [
            ("a[*]", Ok(vec![key("a"), PathStep::Each])),
            ("[*].b", Ok(vec![PathStep::Each, key("b")])),
            ("a[*][*]", Ok(vec![key("a"), PathStep::Each, PathStep::Each])),
            ("a.b[-1].c", Ok(vec![key("a"), key("b"), PathStep::Item(-1), key("c")])),
            ("a['x.y'][\"]\"]", Ok(vec![key("a"), key("x.y"), key("]")])),
            ("a-b:c d[*]", Ok(vec![key("a-b:c d"), PathStep::Each])),
            ("", Err(NotAPath::EmptyKey)),
            ("a.", Err(NotAPath::EmptyKey)),
            (".a", Err(NotAPath::EmptyKey)),
            ("a.[*]", Err(NotAPath::EmptyKey)),
            ("a[*", Err(NotAPath::NotClosed)),
            ("a]", Err(NotAPath::NotOpened)),
            ("a[*]b", Err(NotAPath::NoSeparator)),
            ("a[x]", Err(NotAPath::BadIndex)),
            ("a['x]", Err(NotAPath::OpenQuote)),
            ("a[9999999999999999999]", Err(NotAPath::BadIndex)),
            ("a. b", Err(NotAPath::BlankKey)),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
