//! Numbers with their nouns.

/// `1 rule`, `2 rules`.
pub(crate) fn amount(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
