//! What a text must contain for a function to be true.

use crate::value::Cidr;

/// A requirement that a text must satisfy for a function to be true. The index of rules uses it to
/// look up rules.
///
/// It is necessary but need not be sufficient, so a weaker requirement that is easier to look up
/// may replace a stronger one. The index ignores the case of ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Required {
    /// It is this text.
    Text(String),
    /// It starts with this text.
    Prefix(String),
    /// It contains this text.
    Literal(String),
    /// It is an address in this range, as [`parse_ip`](crate::value::parse_ip) reads it.
    Range(Cidr),
}

impl Required {
    /// Whether every text satisfies it.
    pub fn is_trivial(&self) -> bool {
        matches!(self, Required::Prefix(text) | Required::Literal(text) if text.is_empty())
    }
}
