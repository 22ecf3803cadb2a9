//! What a text must show before a function says yes to it.

use crate::value::Cidr;

/// Something that a text shows, without which the answer of a function is no.
///
/// It need not be enough for a yes, so one that is easier to find may stand for one that says
/// more. Whoever looks it up may ignore the case of ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Required {
    /// It is this text.
    Text(String),
    /// It begins with this text.
    Prefix(String),
    /// This text stands in it.
    Literal(String),
    /// It is an address in this range, as [`parse_ip`](crate::value::parse_ip) reads it.
    Range(Cidr),
}

impl Required {
    /// Whether every text shows it, so that it says nothing.
    pub fn is_trivial(&self) -> bool {
        matches!(self, Required::Prefix(text) | Required::Literal(text) if text.is_empty())
    }
}
