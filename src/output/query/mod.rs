//! Answers to queries: records as they are found, then groups, and what was read.
//!
//! A person reads [`Matches`] and then what [`human`] writes; programs read the lines of
//! [`records::Lines`](super::records::Lines) and then those of [`lines`](fn@lines).

mod groups;
mod lines;
mod matches;
mod summary;

use std::io;

use crate::inspect::Answer;
use crate::source::Sources;

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

/// Writes the groups of an answer, and what was read for it. `sources` hold the query.
pub fn human(
    answer: &Answer,
    sources: &Sources,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    groups::write(answer, manner, out)?;
    summary::write(answer, sources, manner, out)
}
