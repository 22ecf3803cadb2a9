//! Positions in a data file.

use memchr::memrchr;

/// A position in a decompressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Number of bytes before the position.
    pub offset: u64,
    /// Line number, from 1.
    pub line: u64,
    /// Column in UTF-16 code units, from 1.
    pub column: u64,
}

impl Position {
    /// The position before the first byte.
    pub const START: Position = Position { offset: 0, line: 1, column: 1 };

    /// The position after these bytes.
    pub fn after(self, bytes: &[u8]) -> Self {
        let offset = self.offset + bytes.len() as u64;
        match memrchr(b'\n', bytes) {
            None => Self { offset, line: self.line, column: self.column + units(bytes) },
            Some(last) => Self {
                offset,
                line: self.line + count_bytes(&bytes[..last], |b| b == b'\n') + 1,
                column: 1 + units(&bytes[last + 1..]),
            },
        }
    }
}

/// Number of UTF-16 code units: one for each character of up to three bytes, two for each of four
/// bytes.
fn units(bytes: &[u8]) -> u64 {
    // Nearly every text is ASCII.
    if bytes.is_ascii() {
        return bytes.len() as u64;
    }
    count_bytes(bytes, |b| b & 0xc0 != 0x80) + count_bytes(bytes, |b| b >= 0xf0)
}

/// Counts the bytes that satisfy `is`. It counts in chunks whose count fits in a byte, so the
/// compiler emits wide additions.
pub fn count_bytes(bytes: &[u8], is: impl Fn(u8) -> bool) -> u64 {
    bytes
        .chunks(255)
        .map(|chunk| u64::from(chunk.iter().fold(0u8, |sum, &b| sum + u8::from(is(b)))))
        .sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn positions_equal_those_counted_one_by_one(text in "[a\né😀]{0,600}", before in "[a\né😀]{0,5}") {
            let whole = format!("{before}{text}");
            let place = Position::START.after(before.as_bytes()).after(text.as_bytes());
            let line = whole.rsplit('\n').next().unwrap_or_default();
            prop_assert_eq!(place, Position {
                offset: whole.len() as u64,
                line: whole.matches('\n').count() as u64 + 1,
                column: line.encode_utf16().count() as u64 + 1,
            });
        }
    }
}
