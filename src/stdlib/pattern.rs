//! Patterns with `*` and `?`; shared by `like` and `like_any`.

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The characters between the `*`; `None` is `?`.
    pieces: Vec<Vec<Option<char>>>,
    /// The text when there is neither `*` nor `?`.
    literal: Option<String>,
}

impl Pattern {
    /// Compiles a pattern; every text is one.
    pub(super) fn new(pattern: &str) -> Self {
        let piece = |piece: &str| piece.chars().map(|c| (c != '?').then_some(c)).collect();
        let literal = (!pattern.contains(['*', '?'])).then(|| pattern.to_owned());
        Self { pieces: pattern.split('*').map(piece).collect(), literal }
    }

    /// Whether the whole text has the form; each piece is taken where it stands first, so the
    /// time is at most the product of both lengths.
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
}

/// The text after a piece that it begins with.
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

/// The text after the first place where a piece stands.
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
}
