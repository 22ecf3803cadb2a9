//! Patterns of whole texts.

/// The characters of a pattern that stand for others, and whether case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wildcards {
    /// Whether `?` stands for any one character. `*` always stands for any characters.
    pub one: bool,
    /// Whether ASCII case is ignored.
    pub ignore_case: bool,
}

impl Wildcards {
    /// Whether a whole text matches a pattern.
    pub fn matches(self, pattern: &str, text: &str) -> bool {
        let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
        let same = |own: u8, byte: u8| {
            own == byte
                || self.one && own == b'?'
                || self.ignore_case && own.eq_ignore_ascii_case(&byte)
        };
        let (mut at, mut from) = (0, 0);
        // Where to resume after a mismatch: after the last `*`, one character further.
        let mut retry: Option<(usize, usize)> = None;
        while let Some(&byte) = text.get(from) {
            match pattern.get(at) {
                Some(b'*') => {
                    at += 1;
                    retry = Some((at, from));
                }
                Some(&own) if same(own, byte) => {
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
}
