//! Answers to queries: records as they are found, then groups, and what was read.
//!
//! A person reads [`Matches`] and then what [`human`](fn@human) writes; programs read the lines of
//! [`records::Lines`](super::records::Lines) and then those of [`lines`](fn@lines).

mod groups;
mod human;
mod lines;
mod matches;
mod summary;

pub use human::human;
pub use lines::lines;
pub use matches::Matches;

/// How an answer is shown to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Groups to show; `None` shows all.
    pub top: Option<usize>,
    /// Whether to colour with ANSI sequences.
    pub color: bool,
}

impl Manner {
    fn ink(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
