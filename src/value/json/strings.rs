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
#[cfg(any(feature = "native", test))]
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

/// Finds the same bytes for a walk that goes forward: 64 bytes are compared at once, and the result is
/// retained for the next strings in them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Specials {
    /// The number of the block of 64 bytes that `bits` describes.
    block: usize,
    /// One bit for each byte that needs attention in a string.
    bits: u64,
}

impl Default for Specials {
    fn default() -> Self {
        Self { block: usize::MAX, bits: 0 }
    }
}

impl Specials {
    /// What is next in the string whose content begins or goes on at `at`. All calls must be about the
    /// same bytes.
    #[inline(always)]
    pub(crate) fn string_end(&mut self, bytes: &[u8], at: usize) -> StringEnd {
        let bits = self.bits >> (at % BLOCK);
        if at / BLOCK == self.block && bits != 0 {
            return found(bytes, at + bits.trailing_zeros() as usize);
        }
        self.search(bytes, at)
    }

    /// The same for a string that goes on in another block.
    #[inline(never)]
    fn search(&mut self, bytes: &[u8], at: usize) -> StringEnd {
        let mut block = at / BLOCK;
        if block != self.block {
            self.read(bytes, block);
        }
        let mut bits = self.bits >> (at % BLOCK) << (at % BLOCK);
        while bits == 0 {
            block += 1;
            if block * BLOCK >= bytes.len() {
                return StringEnd::Open(bytes.len());
            }
            self.read(bytes, block);
            bits = self.bits;
        }
        found(bytes, block * BLOCK + bits.trailing_zeros() as usize)
    }

    #[inline]
    fn read(&mut self, bytes: &[u8], block: usize) {
        let rest = bytes.get(block * BLOCK..).unwrap_or_default();
        self.block = block;
        self.bits = match rest.first_chunk() {
            Some(chunk) => specials(chunk),
            None => {
                // The zeros behind the end are control characters, so a search ends there.
                let mut last = [0; BLOCK];
                last[..rest.len()].copy_from_slice(rest);
                specials(&last)
            }
        };
    }
}

#[inline(always)]
fn found(bytes: &[u8], at: usize) -> StringEnd {
    match bytes.get(at) {
        Some(&byte) => special(byte, at),
        None => StringEnd::Open(bytes.len()),
    }
}

/// The number of bytes that are compared at once.
const BLOCK: usize = 64;

/// One bit for each byte that needs attention, the first byte in the lowest bit.
#[inline]
fn specials(chunk: &[u8; BLOCK]) -> u64 {
    // A loop that the compiler turns into wide comparisons.
    let mut found = [0u8; BLOCK];
    for (found, &byte) in found.iter_mut().zip(chunk) {
        *found = u8::from(byte == b'"') | u8::from(byte == b'\\') | u8::from(byte < 0x20);
    }
    let (words, _) = found.as_chunks::<8>();
    // The product moves the lowest bit of each of eight bytes to the highest byte.
    words.iter().rev().fold(0, |bits, word| {
        bits << 8 | u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
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
    use proptest::prelude::*;

    use super::*;

    fn forward(bytes: &[u8], at: usize) -> StringEnd {
        Specials::default().string_end(bytes, at)
    }

    proptest! {
        #[test]
        fn a_walk_finds_what_a_search_from_each_position_finds(
            bytes in prop::collection::vec(prop::sample::select(&b"\"\\\n\x1f aaaaaaaaaaaaaaaaaaaa\xff"[..]), 0..300),
            steps in prop::collection::vec(0usize..40, 0..30),
        ) {
            let (mut specials, mut at) = (Specials::default(), 0);
            for step in steps {
                at = (at + step).min(bytes.len());
                prop_assert_eq!(specials.string_end(&bytes, at), string_end(&bytes, at));
            }
        }
    }

    #[test]
    fn every_special_byte_is_found_at_every_distance() {
        for distance in (0..40).chain(60..70).chain(120..140) {
            for (byte, found) in [
                (b'"', StringEnd::Quote(distance)),
                (b'\\', StringEnd::Escape(distance)),
                (0x1f, StringEnd::Control(distance)),
                (0, StringEnd::Control(distance)),
            ] {
                for filler in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xff] {
                    let mut bytes = vec![filler; distance];
                    assert_eq!(string_end(&bytes, 0), StringEnd::Open(distance));
                    assert_eq!(forward(&bytes, 0), StringEnd::Open(distance));
                    bytes.push(byte);
                    bytes.extend_from_slice(b"\"\\\n012345678");
                    assert_eq!(string_end(&bytes, 0), found, "{filler:#x}");
                    assert_eq!(forward(&bytes, 0), found, "{filler:#x}");
                }
            }
        }
    }
}
