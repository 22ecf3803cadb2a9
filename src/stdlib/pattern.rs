//! Patterns with `*` and `?`; shared by `like` and `like_any`.

use crate::expr::Required;

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The pieces between the `*`; in a piece, `None` is `?`.
    pieces: Vec<Vec<Option<char>>>,
    /// The text, if there is neither `*` nor `?`.
    literal: Option<String>,
}

impl Pattern {
    /// Compiles a pattern; every text is a valid pattern.
    pub(super) fn new(pattern: &str) -> Self {
        let piece = |piece: &str| piece.chars().map(|c| (c != '?').then_some(c)).collect();
        let literal = (!pattern.contains(['*', '?'])).then(|| pattern.to_owned());
        Self { pieces: pattern.split('*').map(piece).collect(), literal }
    }

    /// Whether the whole text matches. Each piece is matched at its first occurrence, so the time
    /// is at most the product of both lengths.
    pub(super) fn matches(&self, text: &str) -> bool {
        if let Some(literal) = &self.literal {
            return literal == text;
        }
        let (Some((first, rest)), Some(last)) = (self.pieces.split_first(), self.pieces.last())
        else {
            return false;
        };
        let Some(mut text) = strip(text, first) else { return false };
        let Some((_, middle)) = rest.split_last() else { return text.is_empty() };
        for piece in middle {
            match find(text, piece) {
                Some(after) => text = after,
                None => return false,
            }
        }
        ends(text, last)
    }

    /// What every matching text must contain: the longest run of characters in the pattern.
    pub(super) fn required(&self) -> Required {
        if let Some(literal) = &self.literal {
            return Required::Text(literal.clone());
        }
        let run = |run: &[Option<char>]| run.iter().flatten().collect::<String>();
        let mut runs = self.pieces.iter().flat_map(|piece| piece.split(Option::is_none)).map(run);
        let first = runs.next().unwrap_or_default();
        let longest = runs.fold(String::new(), |a, b| if b.len() > a.len() { b } else { a });
        if longest.len() > first.len() {
            Required::Literal(longest)
        } else {
            Required::Prefix(first)
        }
    }
}

/// The rest of the text if it starts with the piece.
fn strip<'t>(text: &'t str, piece: &[Option<char>]) -> Option<&'t str> {
    let mut chars = text.chars();
    for wanted in piece {
        let c = chars.next()?;
        if wanted.is_some_and(|wanted| wanted != c) {
            return None;
        }
    }
    Some(chars.as_str())
}

/// The text after the first occurrence of a piece.
fn find<'t>(text: &'t str, piece: &[Option<char>]) -> Option<&'t str> {
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.filter_map(|at| strip(&text[at..], piece)).next()
}

fn ends(text: &str, piece: &[Option<char>]) -> bool {
    let mut chars = text.chars().rev();
    piece
        .iter()
        .rev()
        .all(|wanted| chars.next().is_some_and(|c| wanted.is_none_or(|wanted| wanted == c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("a*", "a", true),
            ("a*b", "ab", true),
            ("a*b", "a", false),
            ("ab*b", "ab", false),
            ("*b*", "abc", true),
            ("*ab*ab*", "ab", false),
            ("?", "é", true),
            ("?", "", false),
            ("a?*c", "abbc", true),
            ("a.c", "abc", false),
            ("**", "x", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_requires_its_longest_run() {
        let text = |text: &str| Required::Text(text.to_owned());
        let prefix = |text: &str| Required::Prefix(text.to_owned());
        let literal = |text: &str| Required::Literal(text.to_owned());
        for (pattern, expected) in [
            ("CreateUser", text("CreateUser")),
            ("", text("")),
            ("Create*", prefix("Create")),
            ("Create?ser", prefix("Create")),
            ("*User", literal("User")),
            ("a*b?User*", literal("User")),
            ("ab*cd", prefix("ab")),
            ("?é", literal("é")),
            ("*", prefix("")),
            ("?", prefix("")),
        ] {
            assert_eq!(Pattern::new(pattern).required(), expected, "{pattern}");
        }
    }
}
