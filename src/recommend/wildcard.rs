//! Patterns of policies: `*` is any text and `?` any character.

use crate::value::Wildcards;

/// Whether a whole text matches a pattern. ASCII case counts only if `exact`.
pub(super) fn matches(pattern: &str, text: &str, exact: bool) -> bool {
    Wildcards { one: true, ignore_case: !exact }.matches(pattern, text)
}

/// Whether a text contains a wildcard.
pub(super) fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, text, matched) in [
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("s3:*", "s3:", true),
            ("*", "", true),
            ("s3:GetObject", "s3:getobject", true),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:GetObjec?", "s3:GetObjec", false),
            ("*:Describe*s", "ec2:DescribeInstances", true),
            ("*a*b", "aab", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text, false), matched, "{pattern} {text}");
        }
        assert!(!matches("a", "A", true));
        assert!(is_pattern("a*") && is_pattern("?") && !is_pattern("a"));
    }
}
