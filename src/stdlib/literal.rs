//! Literals that every match of a regular expression contains.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::expr::Required;

/// If there are more alternatives than this, an index entry is not selective.
const MAX_ALTERNATIVES: usize = 64;

/// The requirements of a regular expression: every text that it matches meets at least one of them.
/// `None` if the expression requires no known text, such as `[0-9]+`.
pub(super) fn required(pattern: &str) -> Option<Vec<Required>> {
    let hir = regex_syntax::parse(pattern).ok()?;
    of(&hir).filter(|literals| !literals.iter().any(Required::is_trivial))
}

fn of(hir: &Hir) -> Option<Vec<Required>> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => of_parts(std::slice::from_ref(hir)),
        HirKind::Concat(parts) => of_parts(parts),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub),
        HirKind::Alternation(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(of).collect();
            all.map(|all| all.concat()).filter(|all| all.len() <= MAX_ALTERNATIVES)
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// The most selective requirement of the parts of a sequence, with adjacent characters joined.
fn of_parts(parts: &[Hir]) -> Option<Vec<Required>> {
    let mut found: Vec<Vec<Required>> = Vec::new();
    let mut run = String::new();
    // Whether the run starts at the beginning of the text.
    let mut tied = false;
    let end = |run: &mut String, tied: bool, found: &mut Vec<Vec<Required>>| {
        let text = std::mem::take(run);
        if !text.is_empty() {
            found.push(vec![if tied { Required::Prefix(text) } else { Required::Literal(text) }]);
        }
    };
    for part in parts {
        if let Some(text) = literal(part) {
            run.push_str(&text);
            continue;
        }
        end(&mut run, tied, &mut found);
        // This is `^` without the flag `m`: the start of the text, not of a line.
        tied = matches!(part.kind(), HirKind::Look(Look::Start));
        found.extend(of_inner(part));
    }
    end(&mut run, tied, &mut found);
    let shortest = |all: &Vec<Required>| all.iter().map(length).min().unwrap_or(usize::MAX);
    found.into_iter().rev().max_by_key(shortest)
}

fn of_inner(part: &Hir) -> Option<Vec<Required>> {
    // `literal` has already rejected this single character, so `of` need not try it again.
    if matches!(part.kind(), HirKind::Class(_)) { None } else { of(part) }
}

fn length(required: &Required) -> usize {
    match required {
        Required::Text(text) | Required::Prefix(text) | Required::Literal(text) => text.len(),
        Required::Range(_) => 0,
    }
}

/// The literal text of a part, ignoring ASCII case.
///
/// `(?i)k` also matches the Kelvin sign and `(?i)s` the long s. Such a class has more than the two
/// cases of an ASCII letter, so it ends a literal.
fn literal(part: &Hir) -> Option<String> {
    match part.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(str::to_owned),
        HirKind::Class(Class::Unicode(class)) => match class.ranges() {
            [a, b] if a.len() + b.len() == 2 => either_case(a.start(), b.start()),
            _ => None,
        },
        HirKind::Class(Class::Bytes(class)) => match class.ranges() {
            [a, b] if a.len() + b.len() == 2 => either_case(a.start().into(), b.start().into()),
            _ => None,
        },
        _ => None,
    }
}

/// The small letter of a class that contains both cases of an ASCII letter.
fn either_case(capital: char, small: char) -> Option<String> {
    (capital.to_ascii_lowercase() == small).then(|| small.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_regular_expressions() {
        for (pattern, expected) in [
            ("admin", "..admin"),
            ("^i-[0-9a-f]+$", "i-.."),
            ("(?m)^i-[0-9]", "..i-"),
            ("(?i)admin", "..admin"),
            // The Kelvin sign folds to k, the long s to s.
            ("(?i)kali", "..ali"),
            ("(?i)aws-cli", "..-cli"),
            ("(?i-u)kali", "..kali"),
            ("(?i)é", "-"),
            ("a.*secret", "..secret"),
            ("ab.*cd", "..ab"),
            ("^(Create|Delete)User$", "..Create | ..Delete"),
            ("(Create|Delete)(Us|G)", "..Create | ..Delete"),
            ("(abc|[0-9])", "-"),
            ("(abc)?d", "..d"),
            ("(abc)*", "-"),
            ("(abc)+", "..abc"),
            ("(abc){2,}", "..abc"),
            ("(abc){0,3}", "-"),
            ("[0-9]+", "-"),
            ("$", "-"),
            ("", "-"),
            ("a|", "-"),
            ("^", "-"),
            (r"\bfoo\b", "..foo"),
            (r"\.exe$", "...exe"),
            ("(", "-"),
        ] {
            let shown = required(pattern).map_or("-".to_owned(), |all| {
                let all = all.iter().map(|one| match one {
                    Required::Prefix(text) => format!("{text}.."),
                    Required::Literal(text) => format!("..{text}"),
                    other => format!("{other:?}"),
                });
                all.collect::<Vec<_>>().join(" | ")
            });
            assert_eq!(shown, expected, "{pattern}");
        }
    }
}
