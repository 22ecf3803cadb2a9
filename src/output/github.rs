//! Annotations of GitHub: a workflow command for each finding, the most severe first.
//!
//! GitHub shows 10 errors, 10 warnings and 10 notices of a step and drops the rest, so only that many
//! are written, and a line says what is left.

use std::collections::BTreeMap;
use std::io;

use super::issue::{Issue, cut, issues};
use super::workflow_command::{data, property};
use super::{Output, Style};
use crate::diag::escape;
use crate::finding::VerdictRole;
use crate::report::Report;
use crate::rule::Severity;

/// The report as annotations.
pub(super) static GITHUB: Output = Output {
    name: "github",
    doc: "Annotations of GitHub Actions, at most 10 of each kind, the most severe first; write it to \
          standard output.",
    extension: "txt",
    records: false,
    write,
};

/// Annotations of one kind that GitHub shows of a step.
const SHOWN: usize = 10;

/// The maximum length of a message, in characters.
const LIMIT: usize = 1_000;

/// The maximum length of a title or a path, in characters.
const SHORT: usize = 200;

/// The kinds of annotations.
const KINDS: [&str; 3] = ["error", "warning", "notice"];

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut by_kind: BTreeMap<&str, Vec<Issue<'_>>> = BTreeMap::new();
    for issue in issues(report, style) {
        by_kind.entry(kind(&issue)).or_default().push(issue);
    }
    for kind in KINDS {
        let of_kind = by_kind.get(kind).map_or(&[][..], Vec::as_slice);
        for issue in of_kind.iter().take(SHOWN) {
            writeln!(out, "{}", command(kind, issue))?;
        }
        let more = of_kind.len().saturating_sub(SHOWN);
        if more > 0 {
            let s = if more == 1 { "" } else { "s" };
            writeln!(
                out,
                "keytrail: {more} more {kind}{s} not annotated, because GitHub shows {SHOWN}"
            )?;
        }
    }
    let gate = report.gate.sentence(report.facts.fail_on);
    writeln!(out, "keytrail: {} ({})", report.verdict.name(), escape(&gate))
}

/// The kind of the annotation: an error fails the run.
fn kind(issue: &Issue<'_>) -> &'static str {
    let role = issue.finding.map(|(finding, _)| finding.role);
    match issue.severity {
        _ if issue.fails => "error",
        _ if role == Some(VerdictRole::Suppressed) => "notice",
        Severity::Critical | Severity::High | Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

fn command(kind: &str, issue: &Issue<'_>) -> String {
    let place = match issue.finding {
        Some(_) => {
            format!("file={},line={},", property(&cut(&issue.path, SHORT)), issue.line)
        }
        None => String::new(),
    };
    let severity = issue.finding.map(|(finding, _)| format!("{}: ", finding.severity.name()));
    let title = format!("{}{}", severity.unwrap_or_default(), cut(&issue.title, SHORT));
    let message = cut(&issue.message, LIMIT);
    let facts = match issue.finding {
        Some(_) => format!(" ({}, fingerprint {})", issue.check, issue.fingerprint),
        None => format!(" ({})", issue.check),
    };
    format!("::{kind} {place}title={}::{}{}", property(&title), data(&message), data(&facts))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::fixture::{clean, fixture};

    fn lines(report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        write(report, &Style::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_finding_is_annotated_at_its_record() {
        let mut report = fixture();
        report.incomplete.clear();
        report.findings.truncate(1);
        insta::assert_snapshot!(lines(&report).join("\n"), @r"
        ::error file=logs/2024/08/01/trail one.json.gz,line=1,title=critical%3A Root key calls a high-risk API::root key AKIAEX…0001 called iam.CreateUser from 203.0.113.7 (root-key-high-risk-api, fingerprint 4f3a9c0d11229018)
        keytrail: incomplete (4 findings at or above high: 3 gate, 1 experimental)
        ");
        let lines = lines(&clean());
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("keytrail: clean"), "{lines:?}");
    }

    #[test]
    fn only_so_many_are_annotated_and_the_rest_is_counted() {
        let mut report = fixture();
        report.incomplete.clear();
        let first = report.findings[0].clone();
        report.findings = vec![first; 14];
        report.findings[13].role = VerdictRole::BelowThreshold;
        let lines = lines(&report);
        let of = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
        assert_eq!((of("::error "), of("::warning "), of("::notice ")), (10, 1, 0));
        assert!(lines[10].starts_with("keytrail: 3 more errors not annotated"), "{lines:?}");
    }
}
