//! Patterns of policies: `*` is any text and `?` any character.

/// Whether a whole text matches a pattern. ASCII case counts only if `exact`.
pub(super) fn matches(pattern: &str, text: &str, exact: bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let same = |a: u8, b: u8| a == b || !exact && a.eq_ignore_ascii_case(&b);
    let (mut at, mut from) = (0, 0);
    // Where to resume after a mismatch: after the last `*`, one character further.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(from) {
        match pattern.get(at) {
            Some(b'*') => {
                at += 1;
                retry = Some((at, from));
            }
            Some(&own) if own == b'?' || same(own, byte) => {
                at += 1;
                from += 1;
            }
            _ => match &mut retry {
                Some((after, start)) => {
                    *start += 1;
                    (at, from) = (*after, *start);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|&byte| byte == b'*')
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
