//! The report for a person at a terminal or before a CI log.
//!
//! The worst finding comes first and the verdict last, where a log is read from. Nothing that a
//! record says reaches the terminal unescaped, and no line begins with it.

mod evidence;
mod findings;
mod enrichment;
mod ledger;
mod occurrences;
mod page;
pub(super) mod sheet;
mod summary;
pub(super) mod text;
mod verdict;

use std::io;

use self::page::Page;
use super::{Output, Style};
use crate::report::Report;

/// The report as text.
pub(super) static HUMAN: Output = Output {
    name: "human",
    doc: "Text for people: the worst finding first, the verdict last.",
    extension: "txt",
    write,
};

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page::new(report, style, out);
    findings::write(&mut page)?;
    ledger::write(&mut page)?;
    summary::write(&mut page)?;
    verdict::write(&mut page)
}

#[cfg(test)]
mod tests;
