//! What was read and how much of it was evaluated, matched and reported.

use std::collections::BTreeMap;
use std::io;

use super::page::{Ink, Page};
use super::text::{bytes, columns, counted, number, times};
use crate::finding::Finding;
use crate::record::FileStatus;
use crate::report::{FileReport, Report};
use crate::rule::Severity;

/// Names listed on a line before the rest is only counted.
const NAMED: usize = 3;

/// The number of findings from which the summary also counts them by rule.
const MANY: usize = 6;

pub(super) fn write(page: &mut Page<'_>) -> io::Result<()> {
    page.heading(Ink::Strong, "summary", "")?;
    page.blank()?;
    let report = page.report;
    let accounting = &report.accounting;
    let mut records = format!(
        "{} read = {} evaluated + {} skipped",
        number(accounting.read),
        number(accounting.evaluated),
        number(accounting.skipped),
    );
    if !accounting.skipped_by_reason.is_empty() {
        records.push_str(&format!(" ({})", amounts(&accounting.skipped_by_reason)));
    }
    row(page, "records", &records)?;
    if !accounting.formats.is_empty() {
        row(page, "formats", &amounts(&accounting.formats))?;
    }
    if accounting.creds > 0 {
        let text = format!(
            "{} with {}",
            counted(accounting.creds, "user"),
            counted(accounting.keys, "key")
        );
        row(page, "reports", &text)?;
    }
    files(page)?;
    rules(page)?;
    matches(page)?;
    findings(page)?;
    not_evaluated(page)?;
    page.blank()?;
    if page.style.verbose { by_rule(page) } else { Ok(()) }
}

/// Counts the incidents, and the findings that stand alone.
fn entries(report: &Report) -> String {
    let incidents = report.joined_incidents().count() as u64;
    let inside: u64 = report.joined_incidents().map(|of| of.findings.len() as u64).sum();
    let alone = (report.open_findings().count() as u64).saturating_sub(inside);
    match (incidents, alone) {
        (0, _) => String::new(),
        (_, 0) => format!("; all belong to {}", counted(incidents, "incident")),
        (_, 1) => format!("; {} and 1 finding that stands alone", counted(incidents, "incident")),
        (_, alone) => format!(
            "; {} and {} findings that stand alone",
            counted(incidents, "incident"),
            number(alone)
        ),
    }
}

/// Counts what the end of the report explains.
fn not_evaluated(page: &mut Page<'_>) -> io::Result<()> {
    let reasons = page.report.incomplete.len() as u64;
    if reasons == 0 {
        return Ok(());
    }
    let text = format!("for {}, see the end", counted(reasons, "reason"));
    page.paragraph((Ink::Bad, "incomplete"), &text, "          ")
}

/// Writes one line for every rule with findings, for readers whose findings have scrolled away.
fn by_rule(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let mut rows: BTreeMap<(std::cmp::Reverse<Severity>, &str), (u64, u64)> = BTreeMap::new();
    for finding in report.open_findings() {
        let Some(rule) = report.rule_of(finding) else { continue };
        let row = rows.entry((std::cmp::Reverse(finding.severity), &rule.id)).or_default();
        row.0 += 1;
        row.1 += finding.count;
    }
    if report.open_findings().count() < MANY {
        return Ok(());
    }
    page.heading(Ink::Strong, "by rule", "")?;
    page.blank()?;
    let ids: Vec<String> = rows.keys().map(|(_, id)| page.value(id, 100)).collect();
    let width = ids.iter().map(|id| columns(id)).max().unwrap_or(0);
    for (((severity, _), (found, matched)), id) in rows.iter().zip(&ids) {
        let severity = severity.0;
        let gap = " ".repeat(9usize.saturating_sub(severity.name().len()));
        let line = format!(
            "{}{gap} {id}{:pad$}  {}, {}",
            page.ink(Ink::Severity(severity), severity.name()),
            "",
            counted(*found, "finding"),
            counted(*matched, "match"),
            pad = width.saturating_sub(columns(id)),
        );
        page.line(&line)?;
    }
    page.blank()
}

fn row(page: &mut Page<'_>, label: &str, text: &str) -> io::Result<()> {
    page.paragraph((Ink::Quiet, &format!("{label:<9}")), text, "          ")
}

fn amounts<K: AsRef<str>>(counts: &BTreeMap<K, u64>) -> String {
    let parts = counts.iter().map(|(name, count)| format!("{} {}", number(*count), name.as_ref()));
    parts.collect::<Vec<_>>().join(", ")
}

fn files(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let accounting = &report.accounting;
    let mut text = format!("{} read, {}", number(accounting.files_read), bytes(accounting.bytes));
    if accounting.decompressed > accounting.bytes {
        text.push_str(&format!(" ({} decompressed)", bytes(accounting.decompressed)));
    }
    row(page, "files", &text)?;
    if accounting.formats.len() > 1 {
        by_format(page)?;
    }
    for kind in ["unreadable", "of no known format", "without records", "not an input"] {
        let named: Vec<&FileReport> = report
            .files
            .iter()
            .filter(|file| other_kind(&file.account.status) == Some(kind))
            .collect();
        if named.is_empty() {
            continue;
        }
        let names = named
            .iter()
            .map(|file| page.value(&report.shown_path(file.account.root, &file.account.path), 200));
        let text = format!("{} {kind}: {}", named.len(), listed(names, named.len(), page));
        row(page, "", &text)?;
    }
    Ok(())
}

/// Lists the files of each format, if the files do not all have the same format.
fn by_format(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    for format in report.accounting.formats.keys() {
        let named: Vec<&FileReport> =
            report.files.iter().filter(|file| file.formats.contains_key(format)).collect();
        let names = named
            .iter()
            .map(|file| page.value(&report.shown_path(file.account.root, &file.account.path), 200));
        let text = format!("{} as {format}: {}", named.len(), listed(names, named.len(), page));
        row(page, "", &text)?;
    }
    Ok(())
}

/// The kind of a file that was not read as records.
fn other_kind(status: &FileStatus) -> Option<&'static str> {
    match status {
        FileStatus::Read => None,
        FileStatus::Unreadable { .. } => Some("unreadable"),
        FileStatus::Unclaimed { .. } => Some("of no known format"),
        FileStatus::Declined { .. } => Some("without records"),
        FileStatus::NotAnInput { .. } => Some("not an input"),
    }
}

fn rules(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let facts = &report.facts;
    let policy = facts.policy.get(..12).unwrap_or(&facts.policy);
    let clock = times(Some(facts.clock), None).unwrap_or_else(|| facts.clock.to_string());
    let given = if facts.clock_given { ", by --now" } else { "" };
    row(page, "policy", &format!("{policy}, evaluated at {clock}{given}"))?;
    project(page)?;
    row(page, "rules", &format!("{} in force", number(report.rules.len() as u64)))?;
    let unconfigured = report.rules.iter().filter(|rule| rule.not_configured.is_some()).count();
    let counts = !page.style.verbose && unconfigured > NAMED;
    if counts {
        let text = format!("{} not configured; -v names them", number(unconfigured as u64));
        row(page, "", &text)?;
    }
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for rule in report.rules.iter().filter(|_| !counts) {
        if let Some(reason) = &rule.not_configured {
            by_reason.entry(reason).or_default().push(page.value(&rule.id, 100));
        }
    }
    for (reason, rules) in by_reason {
        let text = format!("not configured: {} ({})", rules.join(", "), page.value(reason, 200));
        row(page, "", &text)?;
    }
    for (rule, count) in &report.accounting.rule_errors {
        let text = format!("{} failed on {}", page.value(rule, 100), counted(*count, "record"));
        row(page, "", &text)?;
    }
    Ok(())
}

/// Writes the project file in force, and how the policy differs from the built-in one.
fn project(page: &mut Page<'_>) -> io::Result<()> {
    let changes = &page.report.facts.policy_changes;
    let sentences = changes.sentences();
    if changes.project_files.is_empty() && sentences.is_empty() {
        return Ok(());
    }
    let by = match changes.project_files.as_slice() {
        [] => "no project file".to_owned(),
        files => page.value(&files.join(", "), 300),
    };
    if sentences.is_empty() {
        return row(page, "project", &format!("{by}, which changes no built-in rule"));
    }
    row(page, "project", &format!("{by}; the policy differs from the built-in one:"))?;
    for sentence in sentences {
        let sentence = page.value(&sentence, 600);
        row(page, "", &sentence)?;
    }
    Ok(())
}

fn matches(page: &mut Page<'_>) -> io::Result<()> {
    let accounting = &page.report.accounting;
    let mut text = number(accounting.matches);
    if accounting.duplicates > 0 {
        let again = number(accounting.duplicates);
        text.push_str(&format!(", {again} of them repeat an event already counted"));
    }
    if accounting.suppressed > 0 {
        text.push_str(&format!(", {} covered by the allowlist", number(accounting.suppressed)));
    }
    row(page, "matches", &text)
}

fn findings(page: &mut Page<'_>) -> io::Result<()> {
    let report = page.report;
    let uncertain = |severity| {
        let of = |finding: &&Finding| finding.severity == severity && finding.uncertain;
        report.open_findings().filter(of).count() as u64
    };
    let counts: Vec<String> = report
        .by_severity()
        .iter()
        .rev()
        .filter(|(_, count)| **count > 0)
        .map(|(severity, count)| {
            let sure = format!("{} {}", number(*count), severity.name());
            match uncertain(*severity) {
                0 => sure,
                uncertain => format!("{sure} ({} uncertain)", number(uncertain)),
            }
        })
        .collect();
    let mut text = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    let suppressed = report.suppressed_findings().count() as u64;
    text.push_str(&entries(report));
    if suppressed > 0 {
        text.push_str(&format!("; {} suppressed", number(suppressed)));
    }
    if report.below_min_severity() > 0 {
        let (hidden, least) = (report.below_min_severity(), report.facts.min_severity.name());
        text.push_str(&format!("; {} below --min-severity {least} left out", number(hidden)));
        if report.gating_below_min_severity() > 0 {
            let fail = if report.gating_below_min_severity() == 1 { "fails" } else { "fail" };
            let gating = number(report.gating_below_min_severity());
            text.push_str(&format!(", of which {gating} still {fail} the run"));
        }
    }
    row(page, "findings", &text)?;
    baseline(page)
}

/// How the run differs from its baseline.
fn baseline(page: &mut Page<'_>) -> io::Result<()> {
    let Some(of) = &page.report.baseline else { return Ok(()) };
    let left_out = if of.new_only { " and left out" } else { "" };
    let absent = number(of.absent.len() as u64);
    let (new, unchanged) = (number(of.new), number(of.unchanged));
    row(page, "baseline", &format!("{new} new, {unchanged} unchanged{left_out}, {absent} absent"))?;
    let names: Vec<String> = of
        .absent
        .iter()
        .map(|of| {
            let (rule, message) = (page.value(&of.rule, 100), page.value(&of.message, 200));
            format!("{}[{rule}]: {message}", of.severity.name())
        })
        .collect();
    let most = if page.style.verbose { names.len() } else { NAMED.min(names.len()) };
    for name in &names[..most] {
        row(page, "", &format!("absent: {name}"))?;
    }
    if names.len() > most {
        row(page, "", &format!("absent: {} more", number((names.len() - most) as u64)))?;
    }
    Ok(())
}

fn listed(names: impl Iterator<Item = String>, total: usize, page: &Page<'_>) -> String {
    let most = if page.style.verbose { total } else { NAMED };
    let mut text = names.take(most).collect::<Vec<_>>().join(", ");
    if total > most {
        text.push_str(&format!(" and {} more", number((total - most) as u64)));
    }
    text
}
