//! A page that a browser shows without a server: the report as one file.
//!
//! The page contains the JSON report, a style sheet and a script. It loads nothing, and its content
//! policy forbids it to. The script writes every value of the report as text, never as markup, and the
//! JSON contains no `<`, so that a value cannot end the element that holds it.
//!
//! A browser parses the report without its findings and a short row for each of them at once, and the
//! findings one by one as they are needed, so that a report with many findings opens quickly.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use serde::Serialize;

use super::inert::write_line;
use super::json::{Word, v1};
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

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

fn write(report: &Report, _: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (style, script) = (hash(CSS), hash(SCRIPT));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{script}'; \
         style-src '{style}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Keytrail report</title>\n<style>{CSS}</style>\n</head>\n<body>\n\
         <noscript>This page shows the report with a script. A report for a terminal is written with \
         <code>--format human</code>.</noscript>\n\
         "
    )?;
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
    element(out, "report", |data| write_line(&report, data))?;
    element(out, "rows", |data| write_line(&rows, data))?;
    element(out, "details", |data| {
        detailed.iter().try_for_each(|&at| write_line(&findings[at], data))
    })?;
    write!(out, "<script>{SCRIPT}</script>\n</body>\n</html>\n")
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

/// Writes an element that holds JSON.
fn element(
    out: &mut dyn Write,
    id: &str,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    writeln!(out, "<script type=\"application/json\" id=\"{id}\">")?;
    content(&mut WithoutMarkup(&mut *out))?;
    writeln!(out, "</script>")
}

/// The source expression of a content policy that permits exactly this text.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// Writes JSON with the characters of markup as escapes. They occur only inside strings.
struct WithoutMarkup<'w>(&'w mut dyn Write);

impl Write for WithoutMarkup<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'<' | b'>' | b'&')) {
            self.0.write_all(&rest[..at])?;
            write!(self.0, "\\u{:04x}", rest[at])?;
            rest = &rest[at + 1..];
        }
        self.0.write_all(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests;
