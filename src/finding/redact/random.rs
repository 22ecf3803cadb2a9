//! Key material that is recognised only by its randomness.

/// Whether a string looks like key material: long, without spaces, and with many different
/// characters.
pub(in crate::finding) fn looks_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 32 || text.starts_with("arn:") || text.contains("://") {
        return false;
    }
    let shape = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'_' | b'-');
    if !bytes.iter().all(shape) {
        return false;
    }
    let classes = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    if !classes.iter().all(|class| bytes.iter().any(class)) {
        return false;
    }
    let mut counts = [0u32; 256];
    for &byte in bytes {
        counts[byte as usize] += 1;
    }
    let total = bytes.len() as f64;
    let entropy: f64 = counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum();
    entropy > 4.0
}
