//! Values in XML.

use crate::diag::{escape, is_hostile};

/// A text between tags or quotes. Characters that XML forbids or that control a terminal are
/// written as escapes.
pub(super) fn xml(raw: &str) -> String {
    let mut written = String::new();
    for c in escape(raw).chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&apos;"),
            // XML has no character for these.
            '\u{fffe}' | '\u{ffff}' => written.extend(c.escape_unicode()),
            c if is_hostile(c) => written.extend(c.escape_unicode()),
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::xml;

    #[test]
    fn a_value_is_neither_markup_nor_a_control_character() {
        for (value, expected) in [
            ("a & b", "a &amp; b"),
            ("]]>", "]]&gt;"),
            ("<script>\"'", "&lt;script&gt;&quot;&apos;"),
            ("\u{1b}[2J\u{0}\u{ffff}", "\\u{1b}[2J\\u{0}\\u{ffff}"),
            ("größer", "größer"),
        ] {
            assert_eq!(xml(value), expected);
        }
    }
}
