//! Text patterns with `*`.

use crate::value::Wildcards;

/// A text in which `*` matches any characters, including none. Without `*` it matches only itself.
///
/// It always matches the whole text: `admin` does not match `notadmin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: Box<str>,
    ignore_case: bool,
}

impl Pattern {
    /// A pattern whose letters are compared exactly.
    pub(super) fn exact(text: &str) -> Self {
        Self { text: text.into(), ignore_case: false }
    }

    /// A pattern that ignores ASCII case.
    pub(super) fn ignoring_case(text: &str) -> Self {
        Self { text: text.into(), ignore_case: true }
    }

    /// The pattern as written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a text contains a `*`.
    pub(super) fn is_pattern(text: &str) -> bool {
        text.contains('*')
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let wildcards = Wildcards { ignore_case: self.ignore_case, ..Wildcards::default() };
        wildcards.matches(&self.text, text)
    }
}

/// Whether a name, in which `*` matches any characters, matches the id of a rule.
pub fn names_rule(name: &str, id: &str) -> bool {
    Pattern::exact(name).matches(id)
}

/// Whether a pattern consists only of `*`.
pub(super) fn is_everything(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, text, expected) in [
            ("admin", "admin", true),
            ("admin", "notadmin", false),
            ("admin", "admin2", false),
            ("admin*", "admin2", true),
            ("*admin", "notadmin", true),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXb", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*:sts.AssumeRole", "aws:sts.AssumeRole", true),
            ("*:sts.AssumeRole", "aws:sts.AssumeRoleWithSAML", false),
            ("Ädmin*", "Ädministrator", true),
            ("admin", "Admin", false),
        ] {
            assert_eq!(Pattern::exact(pattern).matches(text), expected, "{pattern} {text}");
        }
        assert!(Pattern::ignoring_case("tencent:CVM.*").matches("TENCENT:cvm.RunInstances"));
        assert!(!Pattern::ignoring_case("ä").matches("Ä"));
    }

    proptest! {
        #[test]
        fn the_matcher_equals_a_reference_matcher(pattern in "[ab*]{0,8}", text in "[abA]{0,10}") {
            fn fits(pattern: &[u8], text: &[u8]) -> bool {
                match pattern.split_first() {
                    None => text.is_empty(),
                    Some((b'*', rest)) => (0..=text.len()).any(|n| fits(rest, &text[n..])),
                    Some((b, rest)) => text.first() == Some(b) && fits(rest, &text[1..]),
                }
            }
            let expected = fits(pattern.as_bytes(), text.as_bytes());
            prop_assert_eq!(Pattern::exact(&pattern).matches(&text), expected);
        }
    }
}
