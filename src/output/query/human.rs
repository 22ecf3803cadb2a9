//! An answer to a query, written for people.

use std::io;

use super::{Manner, groups, summary};
use crate::inspect::Answer;
use crate::source::Sources;

/// Writes the groups of an answer, and what was read for it. `sources` contains the query.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn human(
    answer: &Answer,
    sources: &Sources,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    groups::write(answer, manner, out)?;
    summary::write(answer, sources, manner, out)
}
