//! The result of a query, written for people.

use std::io;

use super::{Manner, groups, summary};
use crate::inspect::QueryResult;
use crate::source::Sources;

/// Writes the groups of a result, and what was read for it. `sources` contains the query.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn human(
    result: &QueryResult,
    sources: &Sources,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    groups::write(result, manner, out)?;
    summary::write(result, sources, manner, out)
}
