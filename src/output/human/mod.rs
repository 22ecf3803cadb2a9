//! The report for a person who reads a terminal or a CI log.
//!
//! A summary comes first, then the incidents, the worst first, then the findings that stand alone.
//! The verdict comes last, because people read a log from its end.
//! Text from records is escaped before it reaches the terminal, and never begins a line.

mod evidence;
mod findings;
mod enrichment;
mod incidents;
mod ledger;
mod occurrences;
mod page;
pub(super) mod grid;
pub(super) mod layout_writer;
mod summary;
pub(super) mod text;
mod verdict;

use std::io;

use self::page::Page;
use super::{Output, Style};
use crate::report::Report;

/// The human-readable report.
pub(super) static HUMAN: Output = Output {
    name: "human",
    doc: "Text for people: a summary, the worst incident first, the verdict last.",
    extension: "txt",
    records: false,
    write,
};

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page::new(report, style, out);
    summary::write(&mut page)?;
    incidents::write(&mut page)?;
    findings::write(&mut page)?;
    ledger::write(&mut page)?;
    verdict::write(&mut page)
}

#[cfg(test)]
mod tests;
