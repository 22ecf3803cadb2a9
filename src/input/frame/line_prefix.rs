//! Recognises a prefix before the record of a line.

/// The longest prefix of a line.
const MAX_PREFIX: usize = 256;

/// The number of bytes before the object of a line that begins with a time, as exports of
/// CloudWatch Logs and `aws logs tail` write it, or with the header of a syslog message.
///
/// A line of a table has no prefix, because a prefix contains neither separators nor quotes.
pub(in crate::input) fn line_prefix(line: &[u8]) -> Option<usize> {
    if !matches!(line.first(), Some(b'0'..=b'9' | b'<')) {
        return None;
    }
    let near = line.get(..MAX_PREFIX).unwrap_or(line);
    let object = memchr::memchr(b'{', near)?;
    let (prefix, blank) = near.split_at(object.checked_sub(1)?);
    let blank = blank.first().is_some_and(|b| matches!(b, b' ' | b'\t'));
    let plain = prefix.iter().all(|b| !matches!(b, b'"' | b',' | b';' | b'|' | b'}' | b'\n'));
    (blank && plain && prefix.iter().any(u8::is_ascii_digit)).then_some(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_or_syslog_header_before_an_object_is_removed() {
        for (line, prefix) in [
            ("2026-03-02T10:00:00.000Z {\"a\":1}", Some("2026-03-02T10:00:00.000Z ")),
            ("2026-03-02T10:00:00+00:00 stream\t{}", Some("2026-03-02T10:00:00+00:00 stream\t")),
            (
                "<14>1 2026-03-02T10:00:00Z host trail - - - {}",
                Some("<14>1 2026-03-02T10:00:00Z host trail - - - "),
            ),
            ("{\"a\":1}", None),
            ("2026-03-02T10:00:00Z{}", None),
            ("2026-03-02,10:00:00, {}", None),
            ("1.08,{type=Root}", None),
            ("\"2026\" {}", None),
            ("# a comment {}", None),
            ("2026-03-02T10:00:00Z a line of text", None),
        ] {
            assert_eq!(line_prefix(line.as_bytes()), prefix.map(str::len), "{line}");
        }
        let long = format!("1{} {{}}", "x".repeat(MAX_PREFIX));
        assert_eq!(line_prefix(long.as_bytes()), None);
    }
}
