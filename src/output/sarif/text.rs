//! Message texts: masked, escaped and within the limits of the services.

use crate::diag::escape;
use crate::report::Facts;

/// The maximum length of a text, in characters. GitHub accepts 1,024 in a description, and GitLab
/// drops a result whose message has more than 2,048.
pub(super) const LIMIT: usize = 1_000;

/// A message text of at most `limit` characters. `[` and `]` are escaped, because they would begin
/// a link.
pub(super) fn message(facts: &Facts, raw: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let shown = facts.text(raw);
    let inert = escape(&shown);
    let mut chars = inert.trim_end().chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = matches!(c, '[' | ']' | '\\');
        let needed = 1 + usize::from(escaped) + usize::from(chars.peek().is_some());
        if used + needed > limit {
            out.push('…');
            break;
        }
        if escaped {
            out.push('\\');
        }
        out.push(c);
        used += 1 + usize::from(escaped);
    }
    out
}

/// A [`message`] that ends with punctuation.
pub(super) fn sentence(facts: &Facts, raw: &str, limit: usize) -> String {
    let mut text = message(facts, raw, limit.saturating_sub(1));
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

/// A text of a rule author of at most `limit` characters, with its line breaks.
pub(super) fn prose(facts: &Facts, raw: &str, limit: usize) -> String {
    let shown = facts.text(raw.trim());
    let lines: Vec<_> = shown.lines().map(escape).collect();
    cut(&lines.join("\n"), limit)
}

/// A text that is data, of at most `limit` characters: escaped but without message markup.
pub(super) fn data(facts: &Facts, raw: &str, limit: usize) -> String {
    cut(&escape(&facts.text(raw)), limit)
}

fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => {
            let shown: String = text.chars().take(limit.saturating_sub(1)).collect();
            format!("{}…", shown.trim_end())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{HOSTILE, SHORT_KEY, fixture};

    #[test]
    fn messages_contain_no_link_and_no_key() {
        let facts = fixture().facts;
        for (raw, shown) in [
            ("plain", "plain"),
            ("[x](javascript:1)", "\\[x\\](javascript:1)"),
            ("\\[x\\](javascript:1)", "\\\\\\[x\\\\\\](javascript:1)"),
            ("a\nb", "a\\\\nb"),
            (SHORT_KEY, "AKIAEX…0001"),
        ] {
            assert_eq!(message(&facts, raw, LIMIT), shown);
        }
        assert_eq!(sentence(&facts, "No stop", LIMIT), "No stop.");
        assert_eq!(sentence(&facts, "Why?", LIMIT), "Why?");
    }

    #[test]
    fn texts_are_cut_to_their_limit_at_character_boundaries() {
        let facts = fixture().facts;
        let hostile = HOSTILE.join("日");
        for raw in ["日本語".repeat(500), "[".repeat(3_000), hostile.repeat(40)] {
            for limit in [7, 8, 9, LIMIT] {
                for text in [
                    message(&facts, &raw, limit),
                    sentence(&facts, &raw, limit),
                    prose(&facts, &raw, limit),
                    data(&facts, &raw, limit),
                ] {
                    assert!(text.chars().count() <= limit, "{limit}: {text}");
                    assert!(text.ends_with('…'), "{limit}: {text}");
                }
            }
        }
        assert_eq!(message(&facts, "1234567", 7), "1234567");
    }

    #[test]
    fn prose_retains_its_line_breaks() {
        assert_eq!(prose(&fixture().facts, "one\n\u{1b}two\n", LIMIT), "one\n\\u{1b}two");
    }
}
