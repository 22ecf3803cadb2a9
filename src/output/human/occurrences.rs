//! The bursts and sequences of a finding, if its matches alone do not explain it.

use std::io;

use super::evidence::{INDENT, MARGIN};
use super::page::{Ink, Page};
use super::text::{counted, times};
use crate::finding::{Finding, Occurrence};
use crate::report::RuleSummary;
use crate::rule::ConstructKind;
use crate::value::RecordKind;

/// Occurrences shown of each finding.
const MOST: usize = 5;

/// The noun for an occurrence of the rule; `None` if an occurrence is a day.
pub(super) fn noun(rule: &RuleSummary) -> Option<&'static str> {
    match rule.construct {
        Some(ConstructKind::Correlate) if rule.on == RecordKind::Event => Some("burst"),
        Some(ConstructKind::Sequence) => Some("sequence"),
        Some(ConstructKind::AfterSilence) => Some("silence"),
        _ => None,
    }
}

/// Writes one line for each occurrence: how many matches, when, and the measures.
pub(super) fn write(
    page: &mut Page<'_>,
    finding: &Finding,
    rule: &RuleSummary,
    noun: &str,
) -> io::Result<()> {
    let measured = finding.occurrences.iter().any(|of| !of.measures.is_empty());
    if !measured && (self::noun(rule).is_none() || finding.occurrences.len() < 2) {
        return Ok(());
    }
    for occurrence in finding.occurrences.iter().take(MOST) {
        let text = line(page, occurrence, finding.occurrences.len() > 1, noun);
        page.paragraph((Ink::Quiet, MARGIN), &text, INDENT)?;
    }
    if let Some(more) = finding.occurrences.len().checked_sub(MOST).filter(|more| *more > 0) {
        let text = format!("and {more} more");
        page.paragraph((Ink::Quiet, MARGIN), &text, INDENT)?;
    }
    Ok(())
}

fn line(page: &Page<'_>, of: &Occurrence, one_of_several: bool, noun: &str) -> String {
    let mut parts = Vec::new();
    if one_of_several {
        parts.extend(times(of.first, of.last));
        parts.push(counted(of.count, noun));
    }
    parts.extend(of.measures.iter().map(|(name, value)| {
        let value = value.as_deref().map_or("-".into(), |value| page.value(value, 60));
        format!("{} {value}", page.value(name, 60))
    }));
    if of.uncertain {
        parts.push("not certain".into());
    }
    parts.join(", ")
}
