//! The parts of a report in Markdown.

use crate::finding::{Finding, VerdictRole};
use crate::incident::Incident;
use crate::output::code_span::code_span;
use crate::output::enrichment_lines::{self, Extent};
use crate::output::human::text::{counted, number};
use crate::output::issue::cut;
use crate::report::{Report, Verdict};
use crate::rule::Severity;
use crate::value::Time;

/// The maximum length of a message, in characters.
const LIMIT: usize = 500;

/// What a finding shows of accounts, identities, sources and keys.
const EXTENT: Extent = Extent { items: 3, document: 300 };

/// Actions of an incident that are shown.
const ACTIONS: usize = 5;

/// The verdict and the counts.
pub(super) fn head(report: &Report) -> String {
    let verdict = match report.verdict {
        Verdict::Findings => "failed",
        of => of.name(),
    };
    let accounting = &report.accounting;
    let mut text = format!("# Keytrail: {verdict}\n\n");
    text.push_str(&format!("{}. ", report.gate.sentence(report.facts.fail_on)));
    text.push_str(&format!(
        "{} of {} records were evaluated, {} skipped.\n\n",
        number(accounting.evaluated),
        number(accounting.read),
        number(accounting.skipped)
    ));
    let counts: Vec<(Severity, u64)> =
        report.by_severity().into_iter().rev().filter(|(_, count)| *count > 0).collect();
    if !counts.is_empty() {
        text.push_str("| severity | findings |\n| --- | ---: |\n");
        for (severity, count) in counts {
            text.push_str(&format!("| {} | {count} |\n", severity.name()));
        }
        text.push('\n');
    }
    text
}

/// The reasons why the run is incomplete.
pub(super) fn reasons(report: &Report) -> impl Iterator<Item = String> {
    report.incomplete.iter().map(|reason| format!("- {}\n", value(report, &reason.text)))
}

/// Incidents of more than one finding, the worst first.
pub(super) fn incidents(report: &Report) -> impl Iterator<Item = String> {
    report.joined_incidents().map(|incident| of_incident(report, incident))
}

fn of_incident(report: &Report, incident: &Incident) -> String {
    let mut text = format!(
        "- **{}** {} ({} findings{}, incident {})\n",
        incident.severity.name(),
        value(report, &incident.title),
        incident.findings.len(),
        period(incident.first, incident.last),
        code_span(&incident.id)
    );
    for (number, action) in (1..).zip(incident.actions.iter().take(ACTIONS)) {
        text.push_str(&format!("  {number}. {}\n", value(report, &action.text)));
    }
    let more = incident.actions.len().saturating_sub(ACTIONS);
    if more > 0 {
        text.push_str(&format!("  {}. and {}\n", ACTIONS + 1, counted(more as u64, "more step")));
    }
    text
}

/// One finding.
pub(super) fn finding(report: &Report, finding: &Finding) -> String {
    let rule = report.rule_of(finding).map_or("", |rule| &rule.id);
    let place = &finding.sample.location;
    let path = report.shown_path(place.root, &place.path);
    let mut text = format!(
        "- **{}**{} {}: {}\n",
        finding.severity.name(),
        note(finding),
        code_span(rule),
        value(report, &finding.message)
    );
    let count = match finding.role {
        VerdictRole::Suppressed => finding.suppressed,
        _ => finding.count,
    };
    text.push_str(&format!(
        "  {}{}, first at {}, fingerprint {}\n",
        counted(count, "match"),
        period(finding.first, finding.last),
        value(report, &format!("{path}:{}", place.line)),
        code_span(&finding.fingerprint)
    ));
    for line in enrichment_lines::texts(&report.facts, finding, EXTENT) {
        text.push_str(&format!("  - {}\n", code_span(&line)));
    }
    text
}

/// Why a finding does not fail the run.
fn note(finding: &Finding) -> &'static str {
    match finding.role {
        VerdictRole::Gates => "",
        VerdictRole::BelowThreshold => " (does not fail the run)",
        VerdictRole::Experimental => " (experimental rule)",
        VerdictRole::Extended => " (extended pack)",
        VerdictRole::Uncertain => " (uncertain)",
        VerdictRole::Unchanged => " (in the baseline)",
        VerdictRole::Processed => " (processed)",
        VerdictRole::Ignored => " (ignored)",
        VerdictRole::Suppressed => " (accepted by the allowlist)",
    }
}

/// What the report shows no finding of.
pub(super) fn closing(report: &Report) -> String {
    let mut parts = Vec::new();
    let suppressed = report.suppressed_findings().count() as u64;
    if suppressed > 0 {
        parts.push(format!("Accepted by the allowlist: {}.", counted(suppressed, "finding")));
    }
    let hidden = report.below_min_severity();
    if hidden > 0 {
        let least = report.facts.min_severity.name();
        parts.push(format!("Left out below {least}: {}.", counted(hidden, "finding")));
    }
    if let Some(of) = &report.baseline {
        let absent = of.absent.len();
        parts.push(format!(
            "Baseline: {} new, {} unchanged, {absent} absent.",
            of.new, of.unchanged
        ));
    }
    parts.push(format!(
        "Policy {}, evaluated at {} by Keytrail {}.",
        code_span(report.facts.policy.get(..12).unwrap_or(&report.facts.policy)),
        report.facts.clock,
        code_span(report.facts.version)
    ));
    format!("{}\n", parts.join(" "))
}

fn period(first: Option<Time>, last: Option<Time>) -> String {
    match (first, last) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
        (Some(one), _) | (None, Some(one)) => format!(", {one}"),
        (None, None) => String::new(),
    }
}

fn value(report: &Report, text: &str) -> String {
    code_span(&cut(&report.facts.text(text), LIMIT))
}
