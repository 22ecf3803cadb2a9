//! The findings that stand alone, by severity, worst first.

use std::collections::BTreeSet;
use std::io;

use super::evidence::{self, INDENT, MARGIN};
use super::page::{Ink, Page};
use super::text::{counted, number, times};
use super::{enrichment, occurrences};
use crate::finding::{BaselineState, Finding, VerdictRole, subject_name};
use crate::report::RuleSummary;
use crate::rule::Severity;
use crate::value::RecordKind;

/// Findings of one rule and severity shown without `--verbose`.
const PER_RULE: usize = 20;

pub(super) fn write(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let joined: BTreeSet<&str> =
        report.joined_incidents().map(|incident| incident.id.as_str()).collect();
    let alone: Vec<&Finding> = report
        .open_findings()
        .filter(|finding| !joined.contains(finding.incident.as_str()))
        .collect();
    let mut advised = BTreeSet::new();
    for &severity in Severity::ALL.iter().rev() {
        let of_severity: Vec<&Finding> =
            alone.iter().copied().filter(|finding| finding.severity == severity).collect();
        if of_severity.is_empty() {
            continue;
        }
        let noun = if joined.is_empty() { "finding" } else { "other finding" };
        let count = counted(of_severity.len() as u64, noun);
        page.heading(Ink::Severity(severity), severity.name(), &count)?;
        page.blank()?;
        for of_rule in of_severity.chunk_by(|a, b| a.rule == b.rule) {
            let shown =
                if page.style.verbose { of_rule.len() } else { PER_RULE.min(of_rule.len()) };
            for finding in &of_rule[..shown] {
                one(page, finding, advised.insert(finding.rule))?;
            }
            let more = (of_rule.len() - shown) as u64;
            if more > 0 {
                let rule = report.rule_of(of_rule[0]).map_or("", |rule| &rule.id);
                let rule = page.value(rule, 100);
                let text = format!("… {} of {rule}; -v shows all", counted(more, "more finding"));
                let text = page.ink(Ink::Quiet, &text);
                page.line(&text)?;
                page.blank()?;
            }
        }
    }
    suppressed(page)
}

fn suppressed(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let covered: Vec<&Finding> = report.suppressed_findings().collect();
    if covered.is_empty() || !page.style.show_suppressed {
        return Ok(());
    }
    page.heading(Ink::Strong, "suppressed", &counted(covered.len() as u64, "finding"))?;
    page.blank()?;
    covered.into_iter().try_for_each(|finding| one(page, finding, false))
}

/// Writes one finding. Only the first finding of a rule shows the remediation.
pub(super) fn one(page: &mut Page<'_>, finding: &Finding, advise: bool) -> io::Result<()> {
    let report = page.report;
    let Some(rule) = report.rule_of(finding) else { return Ok(()) };
    let head = format!("{}[{}]:", finding.severity.name(), page.value(&rule.id, 100));
    let message = page.value(&finding.message, 400);
    page.title((Ink::Severity(finding.severity), &head), &message, "    ")?;

    let location = &finding.sample.location;
    let path = report.shown_path(location.root, &location.path);
    let mut place = page.place(&path, location.line, Some(location.column));
    // A pointer like `line 3` would only repeat the line number before it.
    if !location.pointer.is_empty() && !location.pointer.starts_with("line ") {
        place.push_str(&format!(" ({})", page.value(&location.pointer, 100)));
    }
    let arrow = page.ink(Ink::Quiet, "  -->");
    page.line(&format!("{arrow} {place}"))?;

    let margin = page.ink(Ink::Quiet, MARGIN);
    let subject = subject(page, finding);
    if !subject.is_empty() {
        page.paragraph((Ink::Quiet, MARGIN), &subject, INDENT)?;
    }
    let noun = if rule.on == RecordKind::Event { "call" } else { "record" };
    page.paragraph((Ink::Quiet, MARGIN), &counts(finding, rule, noun), INDENT)?;
    occurrences::write(page, finding, rule, noun)?;
    evidence::write(page, finding, noun, &margin)?;

    enrichment::write(page, finding)?;
    if let Some(suppression) = &finding.suppression {
        let entries: Vec<String> = suppression
            .entries
            .iter()
            .map(|entry| format!("`{}`", page.value(entry, 100)))
            .collect();
        let text = format!("by {}: {}", entries.join(", "), page.value(&suppression.reason, 200),);
        page.paragraph((Ink::Strong, "   = suppressed:"), &text, "     ")?;
    }
    for note in notes(finding) {
        page.paragraph((Ink::Strong, "   = note:"), note, "     ")?;
    }
    let advice = first_paragraph(&rule.remediation);
    if advise && !advice.is_empty() {
        let advice = page.value(&advice, 500);
        page.paragraph((Ink::Strong, "   = help:"), &advice, "     ")?;
    }
    let fingerprint = page.ink(Ink::Quiet, &format!("   = fingerprint {}", finding.fingerprint));
    page.line(&fingerprint)?;
    page.blank()
}

/// The first paragraph as one line, because authors wrap text to suit their editor.
fn first_paragraph(text: &str) -> String {
    let lines = text.trim().lines().map(str::trim).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

fn subject(page: &Page<'_>, finding: &Finding) -> String {
    let shown = finding.subject.iter().map(|(name, value)| {
        let name = page.value(subject_name(name), 60);
        let value = value.as_deref().map_or("-".into(), |value| page.value(value, 120));
        format!("{name} {value}")
    });
    let mut parts = vec![page.value(&finding.provider, 40)];
    parts.extend(shown);
    parts.join(", ")
}

fn counts(finding: &Finding, rule: &RuleSummary, noun: &str) -> String {
    let all =
        if finding.role == VerdictRole::Suppressed { finding.suppressed } else { finding.count };
    let mut text = counted(all, noun);
    if finding.ok + finding.failed > 0 {
        text.push_str(&match (finding.ok, finding.failed) {
            (_, 0) if finding.ok == all => ", ok".to_owned(),
            (0, _) if finding.failed == all => ", failed".to_owned(),
            (ok, failed) => format!(" ({} ok, {} failed)", number(ok), number(failed)),
        });
    }
    let days = finding.occurrences.iter().filter(|occurrence| occurrence.day.is_some()).count();
    match occurrences::noun(rule) {
        None if days > 1 => text.push_str(&format!(" on {}", counted(days as u64, "day"))),
        Some(of) if finding.occurrences.len() > 1 => {
            text.push_str(&format!(" in {}", counted(finding.occurrences.len() as u64, of)));
        }
        _ => {}
    }
    if let Some(times) = times(finding.first, finding.last) {
        text.push_str(&format!(", {times}"));
    }
    if finding.suppressed > 0 && finding.role != VerdictRole::Suppressed {
        let more = number(finding.suppressed);
        text.push_str(&format!("; {more} more covered by the allowlist"));
    }
    text
}

/// Notes that explain why a finding does not fail the run or is uncertain.
fn notes(finding: &Finding) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if finding.uncertain {
        notes.push(match finding.role {
            VerdictRole::Uncertain => {
                "the input does not cover the history that this rule needs, so the finding does not \
                 fail the run unless --strict or --fail-on-uncertain is set"
            }
            _ => "the input does not cover the history that this rule needs",
        });
    }
    match finding.baseline {
        Some(BaselineState::New) => notes.push("it is new: the baseline does not contain it"),
        Some(BaselineState::Unchanged) => {
            notes.push("it is unchanged: the baseline contains it, so it does not fail the run");
        }
        None => {}
    }
    if finding.role == VerdictRole::Experimental {
        notes.push("the rule is experimental and does not fail the run");
    }
    if finding.role == VerdictRole::Extended {
        notes.push("the rule is of the extended pack, for hunting, and does not fail the run");
    }
    notes
}
