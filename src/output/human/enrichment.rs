//! Enrichment lines: what tables and other findings report about a finding's addresses and keys.

use std::io;

use super::page::{Ink, Page};
use super::text::counted;
use crate::finding::{EnrichedKey, EnrichedSource, Finding};

/// Addresses and keys shown without `--verbose`, and policies listed for each key.
const MOST: usize = 5;

/// Writes a line for each address and key that tables or other findings describe.
pub(super) fn write(page: &mut Page<'_>, finding: &Finding) -> io::Result<()> {
    let most = if page.style.verbose { usize::MAX } else { MOST };
    for known in finding.sources.iter().take(most) {
        let text = source(page, known);
        page.paragraph((Ink::Strong, "   = source:"), &text, "     ")?;
    }
    more(page, "source", finding.sources.len(), most)?;
    for known in finding.keys.iter().take(most) {
        let text = key(page, known);
        page.paragraph((Ink::Strong, "   = key:"), &text, "     ")?;
    }
    more(page, "key", finding.keys.len(), most)
}

fn more(page: &mut Page<'_>, of: &str, all: usize, most: usize) -> io::Result<()> {
    match all.checked_sub(most).filter(|more| *more > 0) {
        None => Ok(()),
        Some(more) => {
            let text = format!("and {} that tables describe", counted(more as u64, of));
            page.paragraph((Ink::Quiet, "   ="), &text, "     ")
        }
    }
}

/// `203.0.113.7 is external_noted, remark partner gateway, asset i-0a1b build-runner`.
fn source(page: &Page<'_>, known: &EnrichedSource) -> String {
    let mut text = page.value(&known.source, 60);
    if let Some(ip_type) = known.ip_type {
        text.push_str(&format!(" is {ip_type}"));
    }
    text.push_str(&format!(", remark {}", remark(page, known.remark.as_deref())));
    if let Some(asset) = &known.asset {
        let parts: Vec<String> = [&asset.id, &asset.name]
            .into_iter()
            .flatten()
            .map(|part| page.value(part, 60))
            .collect();
        let named = if parts.is_empty() { "-".to_owned() } else { parts.join(" ") };
        text.push_str(&format!(", asset {named}"));
    }
    text
}

/// `AKIA…0001, remark CI, 2 policies (ReadOnlyAccess, …), also in unused-key`.
fn key(page: &Page<'_>, known: &EnrichedKey) -> String {
    let ak = page.report.facts.key(&known.ak).into_owned();
    let mut text =
        format!("{}, remark {}", page.value(&ak, 60), remark(page, known.remark.as_deref()));
    if let Some(count) = known.policy_count {
        let named: Vec<String> =
            known.policies.iter().take(MOST).map(|policy| page.value(policy, 60)).collect();
        let more = if count > named.len() { ", …" } else { "" };
        text.push_str(&format!(", {count} {}", if count == 1 { "policy" } else { "policies" }));
        if !named.is_empty() {
            text.push_str(&format!(" ({}{more})", named.join(", ")));
        }
    }
    if !known.open.is_empty() {
        let mut rules: Vec<String> =
            known.open.iter().map(|of| page.value(&of.rule, 100)).collect();
        rules.dedup();
        text.push_str(&format!(", also in {}", rules.join(", ")));
    }
    text
}

fn remark(page: &Page<'_>, remark: Option<&str>) -> String {
    remark.map_or_else(|| "-".to_owned(), |remark| page.value(remark, 60))
}
