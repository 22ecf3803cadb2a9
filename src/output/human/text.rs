//! Numbers, times and lines of text.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::value::Time;

/// `12,345`.
pub(in crate::output) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 call`, `2 calls`; a noun in `y` or `ch` takes its own plural.
pub(in crate::output) fn counted(n: u64, noun: &str) -> String {
    if n == 1 {
        return format!("1 {noun}");
    }
    let plural = match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with("ch") => format!("{noun}es"),
        _ => format!("{noun}s"),
    };
    format!("{} {plural}", number(n))
}

/// `3.4 MiB`.
pub(in crate::output) fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if n < 1024 {
        return counted(n, "byte");
    }
    let mut amount = n as f64 / 1024.0;
    let mut unit = UNITS[0];
    for next in &UNITS[1..] {
        if amount < 1024.0 {
            break;
        }
        amount /= 1024.0;
        unit = next;
    }
    format!("{amount:.1} {unit}")
}

/// `2024-08-01` and `09:00:17`, in UTC; `None` for a time beyond the calendar.
pub(in crate::output) fn day_and_clock(time: Time) -> Option<(String, String)> {
    let stamp = time.timestamp()?;
    Some((stamp.strftime("%Y-%m-%d").to_string(), stamp.strftime("%H:%M:%S").to_string()))
}

/// `2024-08-01 09:00:17 UTC`, or with a second time of the same day `… 09:00:17 to 17:30:00 UTC`.
pub(in crate::output) fn times(first: Option<Time>, last: Option<Time>) -> Option<String> {
    let (day, clock) = day_and_clock(first.or(last)?)?;
    let (last_day, last_clock) = day_and_clock(last.or(first)?)?;
    Some(match (day == last_day, clock == last_clock) {
        (true, true) => format!("{day} {clock} UTC"),
        (true, false) => format!("{day} {clock} to {last_clock} UTC"),
        (false, _) => format!("{day} {clock} to {last_day} {last_clock} UTC"),
    })
}

/// The columns that a text occupies on a terminal.
pub(in crate::output) fn columns(text: &str) -> usize {
    text.width()
}

/// Shortens a text to at most `limit` columns. `…` replaces the middle, because both ends of an ARN
/// are informative.
pub(in crate::output) fn shorten(text: &str, limit: usize) -> String {
    if columns(text) <= limit {
        return text.to_owned();
    }
    let budget = limit.saturating_sub(1);
    let tail = take(text.chars().rev(), budget / 2 + budget / 6);
    let tail: String = tail.chars().rev().collect();
    // A control character has a width in a text, but none alone.
    let head = take(text.chars(), budget.saturating_sub(columns(&tail)));
    format!("{head}…{tail}")
}

/// The first characters that together occupy at most `limit` columns.
pub(in crate::output) fn take(chars: impl Iterator<Item = char>, limit: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= limit
    };
    chars.take_while(fits).collect()
}

/// Wraps a text between words into lines of at most `width` columns; the first line has `first`
/// columns less. A longer word gets a line of its own, so that a path can be copied. Only a word
/// that would fill two lines is broken.
pub(in crate::output) fn wrap(text: &str, width: usize, first: usize) -> Vec<String> {
    let width = width.max(20);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut left = width.saturating_sub(first).max(10);
    let mut used = 0;
    for word in words(text) {
        let mut rest = word;
        loop {
            let gap = usize::from(used > 0);
            let needed = columns(rest);
            if used + gap + needed <= left {
                line.push_str(if gap == 1 { " " } else { "" });
                line.push_str(rest);
                used += gap + needed;
                break;
            }
            if used == 0 && needed <= 2 * width {
                line = rest.to_owned();
                used = needed;
                break;
            }
            if used == 0 {
                let mut head = take(rest.chars(), left);
                while rest[head.len()..].trim_start().starts_with(':') && head.pop().is_some() {}
                if head.is_empty() {
                    head = take(rest.chars(), left);
                }
                rest = &rest[head.len()..];
                line = head;
            }
            lines.push(std::mem::take(&mut line));
            (used, left) = (0, width);
        }
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words of a text. A word that begins with `::` stays with the word before it, because a CI
/// log may interpret `::name::` at the start of a line as a command.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text.trim_start_matches(' ');
    std::iter::from_fn(move || {
        let mut end = 0;
        loop {
            end += rest[end..].find(' ').unwrap_or(rest.len() - end);
            let next = rest[end..].trim_start_matches(' ');
            if end == 0 || !next.starts_with("::") {
                let word = &rest[..end];
                rest = next;
                return Some(word).filter(|word| !word.is_empty());
            }
            end = rest.len() - next.len();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_begins_with_a_command() {
        for text in ["twelve chars :: x", "twelve chars ::error::x y", "a ::b ::c ::d ::e ::f ::g"]
        {
            for width in 20..30 {
                for first in 0..20 {
                    let lines = wrap(text, width, first);
                    let begins = lines[1..].iter().any(|line| line.trim_start().starts_with("::"));
                    assert!(!begins, "{width} {first} {lines:?}");
                    assert_eq!(lines.join(" "), text);
                }
            }
        }
        let long = format!("{} ::{}", "x".repeat(30), "y".repeat(30));
        let lines = wrap(&long, 20, 0);
        assert!(lines.iter().all(|line| !line.trim_start().starts_with("::")), "{lines:?}");
    }

    #[test]
    fn numbers_and_nouns() {
        for (n, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(number(n), shown);
        }
        for (n, noun, shown) in [
            (1, "entry", "1 entry"),
            (2, "entry", "2 entries"),
            (2, "day", "2 days"),
            (0, "match", "0 matches"),
            (1_000, "call", "1,000 calls"),
        ] {
            assert_eq!(counted(n, noun), shown);
        }
        for (n, shown) in [(1, "1 byte"), (2_048, "2.0 KiB"), (1 << 20, "1.0 MiB")] {
            assert_eq!(bytes(n), shown);
        }
    }

    #[test]
    fn a_range_within_a_day_shows_the_day_once() {
        let time = |text| Time::parse(text);
        let (morning, noon) = (time("2024-08-01T09:00:17Z"), time("2024-08-01T12:00:00.5Z"));
        let later = time("2024-08-03T00:00:00Z");
        for (first, last, shown) in [
            (morning, morning, Some("2024-08-01 09:00:17 UTC")),
            (morning, noon, Some("2024-08-01 09:00:17 to 12:00:00 UTC")),
            (morning, later, Some("2024-08-01 09:00:17 to 2024-08-03 00:00:00 UTC")),
            (None, noon, Some("2024-08-01 12:00:00 UTC")),
            (None, None, None),
        ] {
            assert_eq!(times(first, last).as_deref(), shown);
        }
    }

    #[test]
    fn long_texts_are_shortened_in_the_middle() {
        for (text, limit, shown) in [
            ("short", 5, "short"),
            ("arn:aws:iam::1:role/admin", 13, "arn:…le/admin"),
            ("日本語日本語", 7, "日…本語"),
        ] {
            assert_eq!(shorten(text, limit), shown, "{text}");
            assert!(columns(&shorten(text, limit)) <= limit);
        }
    }

    #[test]
    fn lines_break_between_words_and_inside_long_ones() {
        let lines = wrap("one two three four five six seven", 20, 10);
        assert_eq!(lines, ["one two", "three four five six", "seven"]);
        let lines = wrap(&"x".repeat(85), 20, 0);
        assert_eq!(lines.iter().map(String::len).collect::<Vec<_>>(), [20, 20, 20, 25]);
        assert_eq!(wrap("", 20, 0), [""]);
        assert_eq!(wrap(&format!("a {} b", "x".repeat(40)), 20, 0)[1], "x".repeat(40));
        let lines = wrap(&format!("{}::{}", "x".repeat(20), "y".repeat(30)), 20, 0);
        assert_eq!(lines, ["x".repeat(19), format!("x::{}", "y".repeat(30))]);
    }
}
