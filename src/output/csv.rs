//! A table of the findings for spreadsheets and databases.

use std::io;

use super::enrichment_lines::{self, Extent};
use super::issue::{Issue, cut, issues};
use super::{Output, Style};
use crate::diag::escape;
use crate::report::Report;
use crate::value::Time;

/// The report as CSV.
pub(super) static CSV: Output = Output {
    name: "csv",
    doc: "A row for each finding and for each reason why the run is incomplete; no cell is a formula. \
          Covered findings only with --show-suppressed.",
    extension: "csv",
    records: false,
    write,
};

/// The maximum length of a cell, in characters. A spreadsheet takes 32,767.
const LIMIT: usize = 1_000;

/// Values of the evidence that a cell lists.
const LISTED: usize = 10;

const COLUMNS: [&str; 27] = [
    "type",
    "fingerprint",
    "severity",
    "role",
    "rule",
    "title",
    "category",
    "status",
    "provider",
    "accounts",
    "message",
    "count",
    "ok",
    "failed",
    "first",
    "last",
    "users",
    "keys",
    "sources",
    "operations",
    "file",
    "line",
    "pointer",
    "incident",
    "baseline",
    "triage",
    "evidence",
];

/// What the evidence of a row shows.
const EXTENT: Extent = Extent { items: 5, document: 300 };

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut table = ::csv::WriterBuilder::new()
        .quote_style(::csv::QuoteStyle::Always)
        .terminator(::csv::Terminator::CRLF)
        .from_writer(out);
    table.write_record(COLUMNS).map_err(io::Error::other)?;
    for issue in issues(report, style) {
        let row = row(report, &issue);
        table.write_record(row.iter().map(|value| cell(value))).map_err(io::Error::other)?;
    }
    table.flush()
}

fn row(report: &Report, issue: &Issue<'_>) -> [String; COLUMNS.len()] {
    let time = |time: Option<Time>| time.map_or_else(String::new, |time| time.to_string());
    let mut row: [String; COLUMNS.len()] = std::array::from_fn(|_| String::new());
    let mut put = |column: &str, value: String| {
        if let Some(at) = COLUMNS.iter().position(|of| *of == column) {
            row[at] = value;
        }
    };
    put("fingerprint", issue.fingerprint.to_string());
    put("rule", issue.check.to_owned());
    put("title", issue.title.to_string());
    let Some((finding, rule)) = issue.finding else {
        put("type", "incomplete".to_owned());
        put("severity", issue.severity.name().to_owned());
        put("message", issue.message.clone());
        return row;
    };
    let facts = &report.facts;
    put("type", "finding".to_owned());
    put("severity", finding.severity.name().to_owned());
    put("role", finding.role.name().to_owned());
    put("category", rule.category.name().to_owned());
    put("status", rule.status.name().to_owned());
    put("provider", facts.text(&finding.provider).into_owned());
    put("message", facts.text(&finding.message).into_owned());
    put("count", finding.count.to_string());
    put("ok", finding.ok.to_string());
    put("failed", finding.failed.to_string());
    put("first", time(finding.first));
    put("last", time(finding.last));
    let calls = || finding.calls.iter().map(|calls| &calls.call);
    let text = |value: &String| facts.text(value).into_owned();
    put("accounts", listed(calls().filter_map(|call| call.account.as_ref()).map(text)));
    put("users", listed(calls().filter_map(|call| call.user.as_ref()).map(text)));
    let key = |key: &String| facts.key(key).into_owned();
    put("keys", listed(calls().filter_map(|call| call.ak.as_ref()).map(key)));
    put("sources", listed(calls().filter_map(|call| call.source.as_ref()).map(text)));
    put("operations", listed(calls().map(|call| text(&call.operation()))));
    put("file", issue.path.clone());
    put("line", issue.line.to_string());
    put("pointer", text(&finding.sample.location.pointer));
    put("incident", finding.incident.clone());
    put("evidence", enrichment_lines::texts(facts, finding, EXTENT).join("; "));
    put("baseline", finding.baseline.map_or("", |state| state.name()).to_owned());
    put("triage", finding.triage.as_ref().map_or_else(String::new, |of| text(&of.sentence())));
    row
}

/// The different values in their order, and how many more there are.
fn listed(values: impl Iterator<Item = String>) -> String {
    let mut different: Vec<String> = Vec::new();
    let mut more = 0;
    for value in values {
        if different.contains(&value) {
            continue;
        }
        if different.len() < LISTED { different.push(value) } else { more += 1 }
    }
    let more = (more > 0).then(|| format!("… in {more} more rows of evidence"));
    different.into_iter().chain(more).collect::<Vec<_>>().join("; ")
}

/// A cell that no spreadsheet takes for a formula. Control characters are written as escapes, so a
/// row is one line.
fn cell(value: &str) -> String {
    let shown = cut(value, LIMIT);
    let shown = escape(&shown);
    let formula = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    // A tab and a carriage return at the start are escaped to `\t` and `\r`.
    let quoted = shown.trim_start().starts_with(formula);
    format!("{}{shown}", if quoted { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::fixture::{HOSTILE, fixture, planted};

    fn rows(report: &Report) -> Vec<Vec<String>> {
        let mut out = Vec::new();
        write(report, &Style { show_suppressed: true, ..Style::default() }, &mut out).unwrap();
        let mut table = ::csv::ReaderBuilder::new().has_headers(false).from_reader(&out[..]);
        let rows = table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    }

    #[test]
    fn cells_are_no_formulas() {
        for (value, expected) in [
            ("plain", "plain"),
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1", "' =1"),
            ("\t=1", "\\t=1"),
            ("\r=1", "\\r=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
        ] {
            assert_eq!(cell(value), expected);
        }
    }

    #[test]
    fn a_row_has_the_same_cells_when_it_is_read_again() {
        for report in HOSTILE.iter().map(|text| planted(text)).chain([fixture()]) {
            let rows = rows(&report);
            assert_eq!(rows[0], COLUMNS);
            assert_eq!(rows.len(), 1 + report.incomplete.len() + report.findings.len());
            for row in &rows {
                assert_eq!(row.len(), COLUMNS.len());
                assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
            }
        }
    }

    #[test]
    fn a_finding_and_a_reason_are_rows() {
        let rows = rows(&fixture());
        let shown = |row: &[String]| -> Vec<String> {
            let cells = COLUMNS.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            cells.map(|(column, cell)| format!("{column}: {cell}")).collect()
        };
        insta::assert_yaml_snapshot!([shown(&rows[1]), shown(&rows[3])], @r#"
        - - "type: incomplete"
          - "fingerprint: 94f123926ecb6c4fce2eea2f2ceee6e4"
          - "severity: high"
          - "rule: skipped-records"
          - "title: The run is incomplete"
          - "message: The run is incomplete: 2 records were skipped, more than the 0 that --max-skipped allows"
        - - "type: finding"
          - "fingerprint: 4f3a9c0d11229018"
          - "severity: critical"
          - "role: gates"
          - "rule: root-key-high-risk-api"
          - "title: Root key calls a high-risk API"
          - "category: abuse"
          - "status: stable"
          - "provider: aws"
          - "accounts: 123456789012"
          - "message: root key AKIAEX…0001 called iam.CreateUser from 203.0.113.7"
          - "count: 1215"
          - "ok: 1213"
          - "failed: 2"
          - "first: 2024-08-01T09:00:17Z"
          - "last: 2024-08-02T17:30:00.25Z"
          - "users: root"
          - "keys: AKIAEX…0001"
          - "sources: 203.0.113.7; 2001:db8:85a3::8a2e:370:7334; cloudformation.amazonaws.com; 203.0.113.9; 203.0.113.10"
          - "operations: iam.CreateUser; iam.AttachUserPolicy; iam.ListUsers; iam.CreateRole"
          - "file: logs/2024/08/01/trail one.json.gz"
          - "line: 1"
          - "pointer: /Records/17"
          - "incident: 6f403ce52b47bca5dd01f895dc69ce40"
        "#);
    }
}
