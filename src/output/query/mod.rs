//! Results of queries: the matching records, then the groups and what was read.
//!
//! A person reads [`Matches`] and then what [`human`](fn@human) writes; programs read the lines of
//! [`records::Lines`](super::records::Lines) and then those of [`lines`](fn@lines).

mod groups;
mod human;
mod lines;
mod matches;
mod sorted;
mod summary;

pub use human::human;
pub use lines::lines;
pub use matches::Matches;
pub use sorted::{Sorted, SortedAs};

use super::TableStyle;

/// How to show a result to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Groups to show; `None` shows all.
    pub top: Option<usize>,
    /// How tables look.
    pub style: TableStyle,
}

impl Manner {
    fn ink(self, code: &str, text: &str) -> String {
        self.style.ink(code, text)
    }
}
