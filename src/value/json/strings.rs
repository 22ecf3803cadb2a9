//! The bytes inside a JSON string that need attention.

/// What is next in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StringEnd {
    /// The closing quote.
    Quote(usize),
    /// A backslash.
    Escape(usize),
    /// A control character, which is not allowed in a string.
    Control(usize),
    /// The bytes end inside the string; the length of the bytes.
    Open(usize),
}

/// Finds the next such byte, eight bytes at a time. Most strings are too short for a search with a
/// setup cost.
#[inline]
pub(crate) fn string_end(bytes: &[u8], mut at: usize) -> StringEnd {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        // The lowest bit that is set is exact; those above it may not be.
        let found = (quote.wrapping_sub(ONES) & !quote
            | slash.wrapping_sub(ONES) & !slash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & HIGH;
        if found == 0 {
            at += 8;
            continue;
        }
        let byte = found.trailing_zeros() / 8;
        at += byte as usize;
        return special(chunk[(byte & 7) as usize], at);
    }
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | ..0x20) {
            return special(byte, at);
        }
        at += 1;
    }
    StringEnd::Open(at)
}

#[inline]
fn special(byte: u8, at: usize) -> StringEnd {
    match byte {
        b'"' => StringEnd::Quote(at),
        b'\\' => StringEnd::Escape(at),
        _ => StringEnd::Control(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_byte_is_found_at_every_distance() {
        for distance in 0..40 {
            for (byte, found) in [
                (b'"', StringEnd::Quote(distance)),
                (b'\\', StringEnd::Escape(distance)),
                (0x1f, StringEnd::Control(distance)),
                (0, StringEnd::Control(distance)),
            ] {
                for filler in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                    let mut bytes = vec![filler; distance];
                    assert_eq!(string_end(&bytes, 0), StringEnd::Open(distance));
                    bytes.push(byte);
                    bytes.extend_from_slice(b"\"\\\n012345678");
                    assert_eq!(string_end(&bytes, 0), found, "{filler:#x}");
                }
            }
        }
    }
}
