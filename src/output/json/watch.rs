//! The output of a watch: one JSON object per line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::word::Word;
use super::{convert, v1};
use crate::finding::{self, VerdictRole};
use crate::output::inert::write_line;
use crate::output::schema::schema_of;
use crate::report::Report;
use crate::rule::Severity;

/// The maximum number of rows of evidence in a line. An alert needs the gist, not every row.
const CALLS: usize = 20;

/// Facts of a check that its report does not contain.
#[derive(Debug, Clone, Default)]
pub struct CheckFacts {
    /// Whether this is the last check.
    pub last: bool,
    /// Files from which something was read.
    pub files: u64,
    /// The paths of incomplete files, as shown to people.
    pub waiting: Vec<String>,
    /// Occurrences that the allowlist covers.
    pub suppressed: u64,
    /// Matches that arrived later than the allowed lateness.
    pub late: u64,
    /// Occurrences that may still grow.
    pub open: u64,
    /// Stored rows of matches.
    pub rows: u64,
    /// No records older than this are expected.
    pub watermark: Option<crate::value::Time>,
}

/// One line of `keytrail watch`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[schemars(title = "WatchLine")]
enum Line<'a> {
    Finding(Box<Finding<'a>>),
    Check(Box<Check<'a>>),
}

/// One occurrence of a rule and subject.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding<'a> {
    /// 32 hex digits. An occurrence that is emitted again has the same id, so a consumer can drop
    /// repeats.
    id: String,
    /// 32 hex digits: the id of its incident, which stays the same while the incident grows.
    incident: Cow<'a, str>,
    /// The id of its rule.
    rule: Cow<'a, str>,
    /// The severity of the rule, or the higher one that a `raise` of the rule gave it.
    severity: Word<Severity>,
    /// What the rule watches for.
    #[schemars(extend("enum" = crate::rule::Category::WORDS))]
    category: &'static str,
    /// The same in every run, and in a report of `keytrail scan`: a hash of the rule id and the
    /// subject.
    fingerprint: Cow<'a, str>,
    /// The cloud.
    provider: Cow<'a, str>,
    /// The values of the rule's `by`; matches with the same subject form one finding.
    subject: Vec<v1::SubjectPart<'a>>,
    /// The rendered message.
    message: Cow<'a, str>,
    /// Whether the finding would fail a `keytrail scan`, and if not, why.
    role: Word<VerdictRole>,
    /// The day, burst or sequence.
    occurrence: v1::Occurrence<'a>,
    /// Matches whose call succeeded.
    ok: u64,
    /// Matches whose call failed.
    failed: u64,
    /// Matches that an allowlist entry covers.
    covered: u64,
    /// The record of the first match.
    record: Record<'a>,
    /// The evidence, at most 20 rows.
    calls: Vec<v1::Calls<'a>>,
    /// The number of rows and matches that `calls` leaves out; null if it leaves none out.
    others: Option<v1::Others<'a>>,
    /// The allowlist entries that cover all matches; only with `--show-suppressed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<v1::Suppression<'a>>,
}

/// A record and its location.
#[derive(Debug, Serialize, JsonSchema)]
struct Record<'a> {
    /// The time of the event.
    #[schemars(extend("format" = "date-time"))]
    time: Option<String>,
    /// The provider's id of the event.
    id: Option<Cow<'a, str>>,
    /// The provider's id of the request.
    request_id: Option<Cow<'a, str>>,
    /// A name that does not depend on the file: `aws/cloudtrail/<account>/<region>/<event id>`.
    name: Cow<'a, str>,
    /// The path of the file.
    file: Cow<'a, str>,
    /// The line on which it begins in the decompressed file, from 1.
    line: u64,
    /// The offset in bytes at which it begins in the decompressed file.
    offset: u64,
    /// Its position in its container, such as `/Records/17`.
    pointer: Cow<'a, str>,
}

/// The summary of one check. It is written even if there was nothing to emit, so that a consumer
/// can distinguish a quiet watch from one that has stopped.
#[derive(Debug, Serialize, JsonSchema)]
struct Check<'a> {
    /// The clock of the check.
    #[schemars(extend("format" = "date-time"))]
    time: String,
    /// Whether this is the last check; it emits occurrences that were still open.
    last: bool,
    /// Files from which something was read.
    files: u64,
    /// Files whose end has not been read yet.
    waiting: Vec<Cow<'a, str>>,
    /// Records read: `evaluated` plus `skipped`.
    read: u64,
    /// Records on which every rule for their kind was evaluated.
    evaluated: u64,
    /// Records that were not evaluated.
    skipped: u64,
    /// Records skipped, by reason.
    skipped_by_reason: &'a BTreeMap<&'static str, u64>,
    /// Matches before duplicates were merged and allowlists applied.
    matches: u64,
    /// Occurrences that were emitted.
    emitted: u64,
    /// Occurrences that were not emitted because an allowlist covers them.
    suppressed: u64,
    /// Matches that arrived later than `--lateness` allows. Their occurrence may have been emitted
    /// without them.
    late: u64,
    /// Occurrences that can still grow; a later check emits them.
    open: u64,
    /// Rows of matches that are retained.
    rows: u64,
    /// The watermark: no record older than this is expected. Null before the first event.
    #[schemars(extend("format" = "date-time"))]
    watermark: Option<String>,
    /// Reasons why the check is incomplete; empty if it is complete.
    incomplete: Vec<v1::Note<'a>>,
    /// Other notes; each is reported only once.
    notes: Vec<v1::Note<'a>>,
}

/// Writes a line for an occurrence with this id. The report has one finding per occurrence.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_finding(
    report: &Report,
    finding: &finding::Finding,
    id: u128,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let rule = report.rule_of(finding);
    let location = &finding.sample.location;
    let facts = &report.facts;
    let v1::Finding {
        fingerprint,
        incident,
        rule: name,
        severity,
        role,
        message,
        provider,
        subject,
        ok,
        failed,
        suppressed,
        sample,
        occurrences,
        mut calls,
        others,
        suppression,
        ..
    } = convert::finding(report, finding);
    let rest = calls.split_off(calls.len().min(CALLS));
    let others = v1::Others::sum(&rest, others);
    let none = || v1::Occurrence {
        day: None,
        count: 0,
        first: None,
        last: None,
        measures: BTreeMap::new(),
        uncertain: false,
    };
    // If a finding lists its days, each of them states whether it is uncertain. A day alone does
    // not contain this.
    let mut occurrence = occurrences.into_iter().next().unwrap_or_else(none);
    occurrence.uncertain |= finding.uncertain;
    let line = Finding {
        id: format!("{id:032x}"),
        incident,
        rule: name,
        severity,
        category: rule.map_or("", |rule| rule.category.name()),
        fingerprint,
        provider,
        subject,
        message,
        role,
        occurrence,
        ok,
        failed,
        covered: suppressed,
        record: Record {
            time: sample.time,
            id: sample.id,
            request_id: sample.request_id,
            name: sample.name,
            file: facts.text(&location.path),
            line: location.line,
            offset: location.offset,
            pointer: facts.text(&location.pointer),
        },
        calls,
        others,
        suppressed: suppression,
    };
    write_line(&Line::Finding(Box::new(line)), out)
}

/// Writes the summary of a check.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_check(report: &Report, check: &CheckFacts, out: &mut dyn io::Write) -> io::Result<()> {
    let accounting = &report.accounting;
    let facts = &report.facts;
    let line = Check {
        time: facts.clock.to_string(),
        last: check.last,
        files: check.files,
        waiting: check.waiting.iter().map(|file| facts.text(file)).collect(),
        read: accounting.read,
        evaluated: accounting.evaluated,
        skipped: accounting.skipped,
        skipped_by_reason: &accounting.skipped_by_reason,
        matches: accounting.matches,
        emitted: report.findings.len() as u64,
        suppressed: check.suppressed,
        late: check.late,
        open: check.open,
        rows: check.rows,
        watermark: check.watermark.map(|time| time.to_string()),
        incomplete: convert::notes(facts, &report.incomplete),
        notes: convert::notes(facts, &report.notes),
    };
    write_line(&Line::Check(Box::new(line)), out)
}

/// The JSON schema of a line, identical to `schemas/watch.json`.
pub fn watch_schema() -> String {
    schema_of::<Line<'_>>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::Value;

    use super::*;
    use crate::report::fixture::{LONG_KEY, fixture};

    #[test]
    fn every_line_follows_the_schema_and_shows_no_key() {
        let schema: Value = serde_json::from_str(&watch_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let report = fixture();
        let mut out = Vec::new();
        for (id, finding) in (7..).zip(&report.findings) {
            write_finding(&report, finding, id, &mut out).unwrap();
        }
        write_check(&report, &CheckFacts::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(LONG_KEY));
        assert!(!text.chars().any(|c| c != '\n' && crate::diag::is_hostile(c)));
        assert_eq!(text.lines().count(), report.findings.len() + 1);
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let errors: Vec<String> = validator.iter_errors(&line).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{line}");
        }
    }

    #[test]
    fn rows_of_evidence_beyond_a_bound_are_counted() {
        let report = fixture();
        let mut finding = report.findings[0].clone();
        finding.calls = vec![finding.calls[0].clone(); CALLS + 5];
        finding.others = Default::default();
        let each = finding.calls[0].count;
        let mut out = Vec::new();
        write_finding(&report, &finding, 7, &mut out).unwrap();
        let line: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(line["calls"].as_array().unwrap().len(), CALLS);
        let operations = [serde_json::json!({ "name": "iam.CreateUser", "count": 5 * each })];
        let others = serde_json::json!({ "rows": 5, "count": 5 * each, "operations": operations });
        assert_eq!(line["others"], others);
    }
}
