//! Finds where a mistake in YAML begins, which is often above the place at which the parser stops.

/// The longest distance that is searched, in bytes.
const SEARCHED: usize = 64 * 1024;

/// The tab in the indentation of the first line that has one, from the line of `at` on.
pub(super) fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let mut start = line_start(text, at);
    for line in text.get(start..)?.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..indentation)?.find('\t') {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// The quote that opens the text around `at`, if it opens on an earlier line.
pub(super) fn opening_quote(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..line_start(text, at))?;
    let from = floor(before, before.len().saturating_sub(SEARCHED));
    let opens = |&(offset, c): &(usize, char)| {
        let preceding = before[..from + offset].chars().next_back();
        let begins = preceding.is_none_or(|c| c.is_whitespace() || "[{,(".contains(c));
        matches!(c, '"' | '\'') && begins && !is_closed(&before[from + offset + 1..], c)
    };
    before.get(from..)?.char_indices().rfind(opens).map(|(offset, _)| from + offset)
}

/// Whether a text in quotes ends on the line on which it begins.
fn is_closed(after: &str, quote: char) -> bool {
    let line = after.split('\n').next().unwrap_or("");
    let mut escaped = false;
    line.chars().any(|c| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && quote == '"' && !escaped;
        closes
    })
}

/// The bracket that opens the flow sequence or mapping around `at`, if it opens on an earlier line.
pub(super) fn opening_bracket(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..line_start(text, at))?;
    let from = floor(before, before.len().saturating_sub(SEARCHED));
    let mut open: Vec<usize> = Vec::new();
    let mut offset = from;
    for line in before.get(from..)?.split_inclusive('\n') {
        let mut quote = None;
        let mut previous = ' ';
        for (column, c) in line.char_indices() {
            match (quote, c) {
                (Some(of), c) if c == of => quote = None,
                (Some(_), _) => {}
                // Quotes and comments begin only where a value can.
                (None, '"' | '\'') if previous.is_whitespace() || "[{,:".contains(previous) => {
                    quote = Some(c);
                }
                (None, '#') if previous.is_whitespace() => break,
                // Outside of a flow collection, a bracket opens one only where a value begins.
                (None, '[' | '{') if !open.is_empty() || begins_value(&line[..column]) => {
                    open.push(offset + column);
                }
                (None, ']' | '}') => drop(open.pop()),
                _ => {}
            }
            previous = c;
        }
        offset += line.len();
    }
    open.last().copied()
}

/// Whether a value begins after this beginning of a line.
fn begins_value(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty() || before.ends_with(':') || before.ends_with('-')
}

fn line_start(text: &str, at: usize) -> usize {
    let at = floor(text, at);
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// The offset, or the beginning of the character in which it lies.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_mistake_is_found() {
        let end = |text: &str| text.len();
        for (text, tab) in [
            ("a:\n\tb: 1", Some(3)),
            ("a:\n  \tb: 1", Some(5)),
            ("a: |\n\n \tx", Some(7)),
            ("a: \"x\ty\"", None),
        ] {
            assert_eq!(indenting_tab(text, 0), tab, "{text:?}");
        }
        for (text, quote) in [
            ("a: \"x\nb: c", Some(3)),
            ("a: 'x\n\nb: c", Some(3)),
            ("a: \"x\"\nb: don't\nc: [\"d\ne: f", Some(20)),
            ("a: \"x\"\nb: \"c\" d", None),
            ("a: \"x", None),
            ("é: don't\nb", None),
        ] {
            assert_eq!(opening_quote(text, end(text)), quote, "{text:?}");
        }
        for (text, bracket) in [
            ("a: [b, c\nd: e", Some(3)),
            ("a: { b: [c], d\ne: f", Some(3)),
            ("- [a, \"]\"\n- b", Some(2)),
            ("a: [b] # [\nc: d", None),
            ("a: b[c\nd: e", None),
            ("a: [b", None),
        ] {
            assert_eq!(opening_bracket(text, end(text)), bracket, "{text:?}");
        }
    }
}
