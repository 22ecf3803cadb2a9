//! A page that a browser shows without a server: the report as one file.
//!
//! A browser parses the report without its findings and a short row for each of them at once, and the
//! findings one by one as they are needed, so that a report with many findings opens quickly.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::write_line;
use super::json::{Word, v1};
use super::page::{Frame, element};
use super::{Output, Style, json};
use crate::finding::{BaselineState, VerdictRole};
use crate::report::Report;
use crate::rule::Severity;

/// The report as a page.
pub(super) static HTML: Output = Output {
    name: "html",
    doc: "A page for people, in one file: incidents, findings to filter and sort, charts, inputs, rules and \
          the allowlist.",
    extension: "html",
    records: true,
    write,
};

/// Findings whose evidence is in the page, the most severe ones. The others have their row.
const DETAILED: usize = 5_000;

pub(super) const SCRIPT: &str = include_str!("page.js");

const FRAME: Frame = Frame { title: "Keytrail report", instead: "--format human", script: SCRIPT };

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut report = json::converted(report);
    let findings = std::mem::take(&mut report.findings);
    let mut detailed: Vec<usize> = (0..findings.len()).collect();
    detailed.sort_by_key(|&at| (std::cmp::Reverse(findings[at].severity.0), at));
    detailed.truncate(DETAILED);
    let mut lines = vec![None; findings.len()];
    for (line, &at) in detailed.iter().enumerate() {
        lines[at] = Some(line);
    }
    let rows: Vec<Row<'_>> =
        findings.iter().zip(lines).map(|(finding, detail)| Row::of(finding, detail)).collect();
    FRAME.write(out, |out| {
        element(out, "report", |data| write_line(&report, data))?;
        element(out, "rows", |data| write_line(&rows, data))?;
        element(out, "details", |data| {
            detailed.iter().try_for_each(|&at| write_line(&findings[at], data))
        })
    })
}

/// What the list shows of a finding.
#[derive(Debug, Serialize)]
struct Row<'f> {
    fingerprint: &'f str,
    rule: &'f str,
    severity: Word<Severity>,
    role: Word<VerdictRole>,
    baseline: Option<Word<BaselineState>>,
    incident: &'f str,
    message: &'f str,
    provider: &'f str,
    subject: &'f [v1::SubjectPart<'f>],
    count: u64,
    first: Option<&'f str>,
    last: Option<&'f str>,
    uncertain: bool,
    /// The line of the whole finding in the element `details`; null if the page does not contain it.
    detail: Option<usize>,
}

impl<'f> Row<'f> {
    fn of(finding: &'f v1::Finding<'f>, detail: Option<usize>) -> Self {
        Self {
            fingerprint: &finding.fingerprint,
            rule: &finding.rule,
            severity: Word(finding.severity.0),
            role: Word(finding.role.0),
            baseline: finding.baseline,
            incident: &finding.incident,
            message: &finding.message,
            provider: &finding.provider,
            subject: &finding.subject,
            count: finding.count,
            first: finding.first.as_deref(),
            last: finding.last.as_deref(),
            uncertain: finding.uncertain,
            detail,
        }
    }
}

#[cfg(test)]
mod tests;
