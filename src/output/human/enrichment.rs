//! Enrichment lines: who called, and what tables and other findings report about a finding's
//! accounts, addresses and keys.

use std::io;

use super::page::{Ink, Page};
use crate::finding::Finding;
use crate::output::enrichment_lines::{EnrichmentLine, Extent, lines};

/// Without `--verbose`.
const SHORT: Extent = Extent { items: 5, document: 200 };
/// With `--verbose`.
const LONG: Extent = Extent { items: usize::MAX, document: 4_000 };

/// Writes a line for each account, identity, address and key that tables or other findings describe.
pub(super) fn write(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let extent = if page.style.verbose { LONG } else { SHORT };
    for line in lines(&page.report.facts, finding, extent) {
        match line {
            EnrichmentLine::About(of, text) => {
                page.paragraph((Ink::Strong, &format!("   = {of}:")), &text, "     ")?;
            }
            EnrichmentLine::More(text) => page.paragraph((Ink::Quiet, "   ="), &text, "     ")?,
        }
    }
    Ok(())
}
