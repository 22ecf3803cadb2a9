//! Events as numbers, to find the records that are versions of one event.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use crate::finding::digest128;

/// Keeps short ids apart from UUIDs.
const SHORT: u128 = 0x6b65_7974_7261_696c_2073_686f_7274_2069;
/// Keeps UUIDs in capitals apart from those in small letters.
const CAPITALS: u128 = 0x8d3f_52c6_90ab_17e4_35d1_fc09_62b8_4ea7;

/// The number of the event with this id in this account; never 0.
///
/// Nearly all ids are UUIDs, and the others are short: both are numbers already, so no two of one account
/// are equal and nothing is hashed for each match. Only a long id is hashed.
pub(super) fn event_id(provider: &str, account: &str, id: &str) -> u128 {
    let mut scope = FxHasher::default();
    scope.write(provider.as_bytes());
    scope.write_u8(0xff);
    scope.write(account.as_bytes());
    let scope = u128::from(scope.finish()).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let number = match uuid(id).or_else(|| short(id)) {
        Some(number) => number ^ scope,
        None => digest128(&[provider.as_bytes(), account.as_bytes(), id.as_bytes()]),
    };
    number.max(1)
}

/// A UUID with its four dashes as a number, if all its letters have the same case.
fn uuid(id: &str) -> Option<u128> {
    let bytes: &[u8; 36] = id.as_bytes().try_into().ok()?;
    let (mut number, mut small, mut capital) = (0, false, false);
    for (at, &byte) in bytes.iter().enumerate() {
        let digit = match (at, byte) {
            (8 | 13 | 18 | 23, b'-') => continue,
            (8 | 13 | 18 | 23, _) => return None,
            (_, b'0'..=b'9') => byte - b'0',
            (_, b'a'..=b'f') => {
                small = true;
                byte - b'a' + 10
            }
            (_, b'A'..=b'F') => {
                capital = true;
                byte - b'A' + 10
            }
            _ => return None,
        };
        number = number << 4 | u128::from(digit);
    }
    match (small, capital) {
        (true, true) => None,
        (_, false) => Some(number),
        (_, true) => Some(number ^ CAPITALS),
    }
}

/// A text of at most 15 bytes as a number.
fn short(id: &str) -> Option<u128> {
    let bytes = id.as_bytes();
    let length = u128::from(u8::try_from(bytes.len()).ok().filter(|&length| length < 16)?);
    Some(bytes.iter().fold(length, |number, &byte| number << 8 | u128::from(byte)) ^ SHORT)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn different_ids_are_different_events() {
        let ids = [
            "",
            "0",
            "00",
            "53415852",
            "123456789012345",
            "1234567890123456",
            "8f6c1a52-0000-4000-8000-000000000001",
            "8f6c1a52-0000-4000-8000-000000000002",
            "8F6C1A52-0000-4000-8000-000000000001",
            "8F6c1a52-0000-4000-8000-000000000001",
            "8f6c1a52+0000-4000-8000-000000000001",
            "8f6c1a52-0000-4000-8000-00000000000g",
            "00000000-0000-0000-0000-000000000000",
        ];
        let scopes =
            [("aws", "111122223333"), ("aws", "444455556666"), ("alibaba", "111122223333")];
        let all: BTreeSet<u128> = scopes
            .iter()
            .flat_map(|(provider, account)| ids.map(|id| event_id(provider, account, id)))
            .collect();
        assert_eq!(all.len(), scopes.len() * ids.len());
        assert!(!all.contains(&0));
    }

    #[test]
    fn the_number_of_an_event_does_not_change() {
        // A watch stores these numbers.
        let id = |id| format!("{:032x}", event_id("aws", "111122223333", id));
        assert_eq!(id("8f6c1a52-0000-4000-8000-000000000001"), "b5819349eede430ccd31ffc9c48fbd28");
        assert_eq!(id("53415852"), "5188f06f9cbf6a685871a39783c3a872");
    }
}
