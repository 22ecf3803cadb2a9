//! Answers to queries: the matching records, then the groups and what was read.
//!
//! A person reads [`Matches`] and then the output of [`human`]. A program reads the lines of
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

/// How to show an answer to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Groups to show; `None` shows all.
    pub top: Option<usize>,
    /// Whether to use ANSI colours.
    pub color: bool,
}

impl Manner {
    fn ink(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Writes the groups of an answer and what was read for it. `sources` contains the query.
pub fn human(
    answer: &Answer,
    sources: &Sources,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    groups::write(answer, manner, out)?;
    summary::write(answer, sources, manner, out)
}
