//! What the allowlist suppressed, and which entries need attention.

use std::io;

use super::page::{Ink, Page};
use super::text::{counted, number};
use crate::report::{LedgerEntry, LedgerState};

/// Remarks of one kind shown without `--verbose`.
const REMARKS: usize = 10;

pub(super) fn write(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    if report.ledger.is_empty() {
        return Ok(());
    }
    let entries = counted(report.ledger.len() as u64, "entry");
    page.heading(Ink::Strong, "allowlist", &entries)?;
    page.blank()?;
    let in_state = |state| report.ledger.iter().filter(move |entry| entry.state == state);
    remarks(page, "expired", in_state(LedgerState::Expired), |entry| {
        format!("ended with {} and covers nothing", entry.expires)
    })?;
    remarks(page, "expiring", in_state(LedgerState::Expiring), |entry| {
        format!("ends with {}", entry.expires)
    })?;
    remarks(page, "unused", report.ledger.iter().filter(|entry| entry.is_unused()), |_| {
        "covered nothing in this run".to_owned()
    })?;
    let used = report.ledger.iter().filter(|entry| entry.matches > 0).count() as u64;
    let findings = report.suppressed_findings().count() as u64;
    let mut text = format!(
        "{} covered {}",
        counted(used, "entry"),
        counted(report.accounting.suppressed, "match"),
    );
    if findings > 0 {
        text.push_str(&format!(", among them every match of {}", counted(findings, "finding")));
    }
    if findings > 0 && !page.style.show_suppressed {
        text.push_str("; --show-suppressed shows them");
    }
    page.line(&text)?;
    page.blank()
}

fn remarks<'r>(
    page: &mut Page<'_>,
    label: &str,
    entries: impl Iterator<Item = &'r LedgerEntry>,
    what: impl Fn(&LedgerEntry) -> String,
) -> io::Result<()> {
    let entries: Vec<&LedgerEntry> = entries.collect();
    let shown = if page.style.verbose { entries.len() } else { REMARKS.min(entries.len()) };
    for entry in &entries[..shown] {
        let text = format!(
            "`{}` {} ({}, {})",
            page.value(&entry.id, 100),
            page.value(&what(entry), 100),
            page.value(&entry.owner, 60),
            page.place(&entry.file, entry.line as u64, None),
        );
        let ink = if label == "unused" { Ink::Quiet } else { Ink::Warn };
        page.paragraph((ink, &format!("{label}:")), &text, "    ")?;
    }
    let more = entries.len() - shown;
    if more > 0 {
        page.line(&format!("{label}: … {} more", number(more as u64)))?;
    }
    Ok(())
}
