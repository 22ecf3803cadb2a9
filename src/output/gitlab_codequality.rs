//! GitLab Code Quality: a list of issues with their own fingerprints.
//!
//! GitLab merges results of a SARIF report that have the same rule, file and line, so the findings
//! in a log of one line collapse. In a Code Quality report, GitLab identifies an issue by the
//! fingerprint alone. Findings that the allowlist covers are left out unless the user requests
//! them, because the format cannot mark them.

use std::io;

use serde::Serialize;

use super::enrichment_lines::{self, Extent};
use super::inert::write_pretty;
use super::issue::{Issue, issues};
use super::{Output, Style};
use crate::diag::escape;
use crate::finding::Finding;
use crate::report::{Facts, Report};
use crate::rule::Severity;

/// The report as GitLab Code Quality.
pub(super) static GITLAB_CODEQUALITY: Output = Output {
    name: "gitlab-codequality",
    doc: "GitLab Code Quality, in which findings on one line remain separate; covered findings only with \
          --show-suppressed.",
    extension: "json",
    records: false,
    write,
};

/// What the content of an issue shows.
const EXTENT: Extent = Extent { items: 5, document: 1_000 };

/// The maximum length of a description, in characters.
const LIMIT: usize = 1_000;

#[derive(Debug, Serialize)]
struct Entry {
    description: String,
    /// What the log and tables contain about the evidence.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content>,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Content {
    body: String,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u64,
}

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let entries: Vec<Entry> = issues(report, style).map(|issue| entry(report, &issue)).collect();
    write_pretty(&entries, out)
}

fn entry(report: &Report, issue: &Issue<'_>) -> Entry {
    Entry {
        description: text(&issue.message),
        content: issue.finding.and_then(|(finding, _)| content(&report.facts, finding)),
        check_name: issue.check.to_owned(),
        fingerprint: issue.fingerprint.to_string(),
        severity: severity(issue.severity),
        location: Location {
            path: escape(&issue.path).into_owned(),
            lines: Lines { begin: issue.line },
        },
    }
}

/// A line for each account, identity, source and key that a table describes.
fn content(facts: &Facts, finding: &Finding) -> Option<Content> {
    let lines = enrichment_lines::texts(facts, finding, EXTENT);
    (!lines.is_empty()).then(|| Content { body: lines.join("\n") })
}

/// GitLab's word for a severity.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}

/// A text of at most [`LIMIT`] characters, escaped.
fn text(raw: &str) -> String {
    let shown = escape(raw);
    match shown.char_indices().nth(LIMIT) {
        None => shown.into_owned(),
        Some((end, _)) => format!("{}…", &shown[..end]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::finding::VerdictRole;
    use crate::report::Note;
    use crate::report::fixture::fixture;

    fn written(report: &Report, show_suppressed: bool) -> Vec<Value> {
        let mut out = Vec::new();
        write(report, &Style { show_suppressed, ..Style::default() }, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn findings_on_one_line_stay_distinct() {
        let mut report = fixture();
        let place = report.findings[0].sample.location.clone();
        let count = report.findings.len();
        for (number, finding) in report.findings.iter_mut().enumerate() {
            finding.fingerprint = format!("{number:032x}");
            finding.rule = 0;
            finding.role = VerdictRole::Gates;
            finding.suppression = None;
            finding.sample.location = place.clone();
        }
        report.incomplete.clear();
        let issues = written(&report, false);
        let apart: BTreeSet<&str> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        let places: BTreeSet<String> =
            issues.iter().map(|issue| issue["location"].to_string()).collect();
        assert_eq!((issues.len(), apart.len(), places.len()), (count, count, 1));
    }

    #[test]
    fn severities_are_mapped_to_gitlab_and_uncounted_findings_are_info() {
        let mut report = fixture();
        report.findings.truncate(1);
        report.incomplete.clear();
        for (role, of, uncertain, expected) in [
            (VerdictRole::Gates, Severity::Critical, false, "blocker"),
            (VerdictRole::Gates, Severity::High, false, "critical"),
            (VerdictRole::BelowThreshold, Severity::Medium, false, "major"),
            (VerdictRole::Experimental, Severity::Low, false, "minor"),
            (VerdictRole::BelowThreshold, Severity::Info, false, "info"),
            (VerdictRole::Uncertain, Severity::Critical, true, "info"),
            // With `--fail-on never` a high finding is below the threshold.
            (VerdictRole::BelowThreshold, Severity::High, true, "info"),
            // With `--fail-on-uncertain` it fails the run.
            (VerdictRole::Gates, Severity::High, true, "critical"),
            (VerdictRole::Suppressed, Severity::Critical, false, "info"),
        ] {
            (report.findings[0].role, report.findings[0].severity) = (role, of);
            report.findings[0].uncertain = uncertain;
            let issues = written(&report, true);
            assert_eq!(issues[0]["severity"], expected, "{role:?} {of:?}");
            let open = written(&report, false).len();
            assert_eq!(open, usize::from(role != VerdictRole::Suppressed), "{role:?}");
        }
    }

    #[test]
    fn an_incomplete_run_without_findings_is_not_empty() {
        let mut report = fixture();
        report.findings.clear();
        report.incomplete.clear();
        assert_eq!(written(&report, true), [] as [Value; 0]);
        report.incomplete.push(Note { id: "skipped-records", text: "2 were skipped".into() });
        let issues = written(&report, true);
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0]["check_name"], "skipped-records");
        assert_eq!(issues[0]["description"], "The run is incomplete: 2 were skipped");
    }
}
