//! What services list as one item: a finding, or a reason why the run is incomplete.

use std::borrow::Cow;

use super::Style;
use crate::finding::{Finding, VerdictRole, digest128};
use crate::record::shown_path;
use crate::report::{Note, Report, RuleSummary};
use crate::rule::Severity;

/// One item. Access keys are masked, but nothing is escaped: every format escapes for its reader.
#[derive(Debug)]
pub(super) struct Issue<'r> {
    /// The fingerprint of the finding, or a digest of the reason.
    pub(super) fingerprint: Cow<'r, str>,
    /// The id of the rule, or of the reason.
    pub(super) check: &'r str,
    /// The title of the rule, or what the reason means.
    pub(super) title: Cow<'r, str>,
    /// The severity; `info` for a finding that the allowlist covers, that somebody dealt with or
    /// ignores, or that is uncertain and does not fail the run.
    pub(super) severity: Severity,
    /// Whether it fails the run or makes it incomplete.
    pub(super) fails: bool,
    /// The message, with a prefix if the finding does not count.
    pub(super) message: String,
    /// The file, relative to the folder of the run.
    pub(super) path: String,
    /// The line, from 1.
    pub(super) line: u64,
    /// The finding and its rule; `None` for a reason.
    pub(super) finding: Option<(&'r Finding, &'r RuleSummary)>,
}

/// The reasons why the run is incomplete, then the findings, most severe first. Findings that the
/// allowlist covers come last, and only if the style shows them.
pub(super) fn issues<'r>(
    report: &'r Report,
    style: &Style,
) -> impl Iterator<Item = Issue<'r>> + use<'r> {
    let reasons = report.incomplete.iter().map(|note| of_reason(report, note));
    reasons.chain(shown(report, style).filter_map(|finding| of_finding(report, finding)))
}

/// The findings that a format shows which cannot mark covered ones.
pub(super) fn shown<'r>(
    report: &'r Report,
    style: &Style,
) -> impl Iterator<Item = &'r Finding> + use<'r> {
    let covered = if style.show_suppressed { report.findings.len() } else { 0 };
    report.open_findings().chain(report.suppressed_findings().take(covered))
}

fn of_finding<'r>(report: &'r Report, finding: &'r Finding) -> Option<Issue<'r>> {
    let rule = report.rule_of(finding)?;
    let (prefix, severity) = match finding.role {
        VerdictRole::Suppressed => ("Accepted by the allowlist: ", Severity::Info),
        VerdictRole::Processed => ("Processed: ", Severity::Info),
        VerdictRole::Ignored => ("Ignored: ", Severity::Info),
        _ if finding.is_only_uncertain() => ("Uncertain: ", Severity::Info),
        _ => ("", finding.severity),
    };
    let place = &finding.sample.location;
    Some(Issue {
        fingerprint: Cow::Borrowed(&finding.fingerprint),
        check: &rule.id,
        title: report.facts.text(&rule.title),
        severity,
        fails: finding.role == VerdictRole::Gates,
        message: format!("{prefix}{}", report.facts.text(&finding.message)),
        path: path(report, place.root, &place.path),
        line: place.line.max(1),
        finding: Some((finding, rule)),
    })
}

/// An issue for a reason why the run is incomplete, so that such a run does not look clean.
fn of_reason<'r>(report: &'r Report, note: &'r Note) -> Issue<'r> {
    let root = report.roots.first().map_or("", String::as_str);
    let digest = digest128(&[b"keytrail/incomplete", note.id.as_bytes(), note.text.as_bytes()]);
    Issue {
        fingerprint: Cow::Owned(format!("{digest:032x}")),
        check: note.id,
        title: Cow::Borrowed("The run is incomplete"),
        severity: Severity::High,
        fails: true,
        message: format!("The run is incomplete: {}", report.facts.text(&note.text)),
        path: path(report, 0, root),
        line: 1,
        finding: None,
    }
}

/// The path of a file without components that lead outside of the folder of the run.
fn path(report: &Report, root: usize, path: &str) -> String {
    let file = shown_path(&report.roots, root, path);
    relative(&report.facts.text(&file))
}

fn relative(file: &str) -> String {
    let parts = file.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let joined = parts.collect::<Vec<_>>().join("/");
    if joined.is_empty() { "stdin".to_owned() } else { joined }
}

/// A text of at most `limit` characters; a mark at its end shows that it was cut.
pub(super) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some(_) => {
            let shown: String = text.chars().take(limit.saturating_sub(1)).collect();
            Cow::Owned(format!("{shown}…"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn paths_are_relative() {
        for (file, expected) in [
            ("logs/a.json", "logs/a.json"),
            ("./logs//a b.json", "logs/a b.json"),
            ("/var/log/a.json", "var/log/a.json"),
            ("../../a.json", "a.json"),
            ("C:\\logs\\a.json", "C:/logs/a.json"),
            ("", "stdin"),
        ] {
            assert_eq!(relative(file), expected, "{file}");
        }
    }

    #[test]
    fn reasons_come_first_and_covered_findings_only_on_request() {
        let report = fixture();
        for (show_suppressed, count) in [(false, 7), (true, 8)] {
            let style = Style { show_suppressed, ..Style::default() };
            let all: Vec<Issue<'_>> = issues(&report, &style).collect();
            assert_eq!(all.len(), count);
            assert!(all[..2].iter().all(|issue| issue.fails && issue.finding.is_none()));
            let covered = all.iter().filter(|of| of.message.starts_with("Accepted"));
            assert_eq!(covered.count(), usize::from(show_suppressed));
        }
    }

    #[test]
    fn a_text_is_cut_at_a_character() {
        for (text, limit, expected) in
            [("日本語", 3, "日本語"), ("日本語", 2, "日…"), ("a", 0, "…")]
        {
            assert_eq!(cut(text, limit), expected);
        }
    }
}
