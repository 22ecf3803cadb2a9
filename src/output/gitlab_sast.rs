//! The security report of GitLab, of the type `sast`.
//!
//! GitLab has a type for leaked secrets, too. Its items are secrets in a commit, with the commit and the
//! secret itself; a finding is a use of a credential, at a line of a file, which is what an item of
//! `sast` describes. GitLab treats items with the same identifiers, file and line as one, so each has
//! a tracking signature with its own fingerprint.

use std::io;

use serde::Serialize;

use super::code_span::code_span;
use super::enrichment_lines::{self, Extent};
use super::inert::write_pretty;
use super::issue::{Issue, cut, issues};
use super::{Output, Style};
use crate::diag::escape;
use crate::report::Report;
use crate::rule::Severity;
use crate::value::Time;

/// The report as a security report of GitLab.
pub(super) static GITLAB_SAST: Output = Output {
    name: "gitlab-sast",
    doc: "The GitLab security report of type sast, for the vulnerability report; covered findings only \
          with --show-suppressed.",
    extension: "json",
    records: false,
    write,
};

/// The version of the format.
const VERSION: &str = "15.2.1";

/// The maximum length of a name, in characters.
const NAME: usize = 255;

/// The maximum length of a text, in characters.
const LIMIT: usize = 2_000;

/// What a description shows of accounts, identities, sources and keys.
const EXTENT: Extent = Extent { items: 5, document: 500 };

#[derive(Debug, Serialize)]
struct SecurityReport {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Debug, Serialize)]
struct Scan {
    #[serde(rename = "type")]
    kind: &'static str,
    analyzer: Tool,
    scanner: Tool,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: Vec<Message>,
}

#[derive(Debug, Serialize)]
struct Tool {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Debug, Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Debug, Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Vulnerability {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    solution: String,
    identifiers: Vec<Identifier>,
    location: Location,
    links: Vec<Link>,
    tracking: Tracking,
}

#[derive(Debug, Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Location {
    file: String,
    start_line: u64,
}

#[derive(Debug, Serialize)]
struct Link {
    url: String,
}

#[derive(Debug, Serialize)]
struct Tracking {
    #[serde(rename = "type")]
    kind: &'static str,
    items: Vec<Tracked>,
}

#[derive(Debug, Serialize)]
struct Tracked {
    file: String,
    start_line: u64,
    signatures: Vec<Signature>,
}

#[derive(Debug, Serialize)]
struct Signature {
    algorithm: &'static str,
    value: String,
}

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let tool = || Tool {
        id: "keytrail",
        name: "Keytrail",
        version: report.facts.version,
        vendor: Vendor { name: "Keytrail" },
    };
    let facts = &report.facts;
    let message = |note: &crate::report::Note| Message {
        level: "fatal",
        value: text(&facts.text(&note.text), LIMIT),
    };
    let clock = clock(facts.clock);
    let written = SecurityReport {
        version: VERSION,
        scan: Scan {
            kind: "sast",
            analyzer: tool(),
            scanner: tool(),
            start_time: clock.clone(),
            end_time: clock,
            status: if report.incomplete.is_empty() { "success" } else { "failure" },
            messages: report.incomplete.iter().map(message).collect(),
        },
        vulnerabilities: issues(report, style).map(|issue| vulnerability(report, &issue)).collect(),
    };
    write_pretty(&written, out)
}

fn vulnerability(report: &Report, issue: &Issue<'_>) -> Vulnerability {
    let facts = &report.facts;
    let rule = issue.finding.map(|(_, rule)| rule);
    let (file, start_line) = (text(&issue.path, LIMIT), issue.line);
    let links = rule.into_iter().flat_map(|rule| &rule.references);
    let links =
        links.filter(|link| link.starts_with("https://") && !link.contains(char::is_whitespace));
    Vulnerability {
        id: uuid(&issue.fingerprint),
        name: text(&issue.title, NAME),
        description: description(report, issue),
        severity: severity(issue.severity),
        solution: rule.map_or_else(String::new, |rule| paragraph(&facts.text(&rule.remediation))),
        identifiers: vec![Identifier {
            kind: "keytrail_rule",
            name: text(issue.check, NAME),
            value: text(issue.check, NAME),
        }],
        location: Location { file: file.clone(), start_line },
        links: links.map(|link| Link { url: text(&facts.text(link), LIMIT) }).collect(),
        tracking: Tracking {
            kind: "source",
            items: vec![Tracked {
                file,
                start_line,
                signatures: vec![Signature {
                    algorithm: "hash",
                    value: issue.fingerprint.to_string(),
                }],
            }],
        },
    }
}

/// The message and the subject. GitLab shows it as Markdown, so values are code.
fn description(report: &Report, issue: &Issue<'_>) -> String {
    let mut text = code_span(&cut(&issue.message, LIMIT / 2));
    if let Some((finding, rule)) = issue.finding {
        let severity = finding.severity.name();
        text.push_str(&format!("\n\nRule {}, severity {severity}", code_span(&rule.id)));
        text.push_str(&format!(", fingerprint {}.", code_span(&finding.fingerprint)));
        let pointer = report.facts.text(&finding.sample.location.pointer);
        let pointer = cut(&pointer, NAME);
        if !pointer.is_empty() {
            text.push_str(&format!(" Record {}.", code_span(&pointer)));
        }
        let about = enrichment_lines::texts(&report.facts, finding, EXTENT);
        if !about.is_empty() {
            text.push('\n');
        }
        about.iter().for_each(|line| text.push_str(&format!("\n- {}", code_span(line))));
    }
    text
}

/// GitLab's word for a severity.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// The digits of a fingerprint in the form of a UUID.
fn uuid(fingerprint: &str) -> String {
    let digits: String = fingerprint.chars().filter(char::is_ascii_hexdigit).take(32).collect();
    let digits = format!("{digits:0<32}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
    parts.join("-")
}

/// A time in UTC without a zone, to the second.
fn clock(time: Time) -> String {
    time.to_string().chars().take("2026-01-01T00:00:00".len()).collect()
}

/// A text of a rule author as one line, because authors wrap text to suit their editor.
fn paragraph(raw: &str) -> String {
    text(&raw.split_whitespace().collect::<Vec<_>>().join(" "), LIMIT)
}

/// A text that is data: escaped, of at most `limit` characters.
fn text(raw: &str, limit: usize) -> String {
    cut(&escape(raw), limit).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;
    use crate::report::fixture::{clean, fixture};

    fn written(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &Style { show_suppressed: true, ..Style::default() }, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn words(most: usize) -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": most })
    }

    fn list(item: Value) -> Value {
        json!({ "type": "array", "items": item })
    }

    /// An object that must have the members of `required`.
    fn object(required: &[&str], members: Value) -> Value {
        json!({ "type": "object", "required": required, "properties": members })
    }

    /// What the documentation of the format requires of the parts that are written.
    fn schema() -> Value {
        let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
        let vendor = object(&["name"], json!({ "name": words(255) }));
        let tool = object(
            &["id", "name", "version", "vendor"],
            json!({ "id": words(255), "name": words(255), "version": words(255), "vendor": vendor }),
        );
        let message = object(
            &["level", "value"],
            json!({ "level": { "enum": ["info", "warn", "fatal"] }, "value": words(4_000) }),
        );
        let scan = object(
            &["analyzer", "scanner", "type", "start_time", "end_time", "status"],
            json!({
                "analyzer": tool, "scanner": tool, "type": { "const": "sast" },
                "start_time": time, "end_time": time,
                "status": { "enum": ["success", "failure"] }, "messages": list(message),
            }),
        );
        object(
            &["version", "scan", "vulnerabilities"],
            json!({ "version": { "const": VERSION }, "scan": scan, "vulnerabilities": list(item()) }),
        )
    }

    fn item() -> Value {
        let identifier = object(
            &["type", "name", "value"],
            json!({ "type": words(255), "name": words(255), "value": words(255) }),
        );
        let location =
            json!({ "file": words(2_048), "start_line": { "type": "integer", "minimum": 1 } });
        let link =
            object(&["url"], json!({ "url": { "type": "string", "pattern": "^https?://" } }));
        let signature = object(&["algorithm", "value"], json!({ "value": words(255) }));
        let tracked = object(&["signatures"], json!({ "signatures": list(signature) }));
        let tracking = object(
            &["type", "items"],
            json!({ "type": { "const": "source" }, "items": list(tracked) }),
        );
        let id = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
        let mut item = object(
            &["id", "identifiers", "location"],
            json!({
                "id": { "type": "string", "pattern": id },
                "name": words(255), "description": words(1_048_576), "solution": words(7_000),
                "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                "identifiers": list(identifier), "links": list(link),
                "location": object(&["file", "start_line"], location), "tracking": tracking,
            }),
        );
        item["additionalProperties"] = false.into();
        item
    }

    #[test]
    fn reports_follow_the_documented_format() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        for report in [fixture(), clean()] {
            let written = written(&report);
            let errors: Vec<String> =
                validator.iter_errors(&written).map(|error| error.to_string()).collect();
            assert_eq!(errors, [""; 0]);
            let count = report.findings.len() + report.incomplete.len();
            assert_eq!(written["vulnerabilities"].as_array().unwrap().len(), count);
        }
        let mut broken = written(&fixture());
        broken["vulnerabilities"][0]["severity"] = "high".into();
        assert!(!validator.is_valid(&broken));
    }

    #[test]
    fn an_incomplete_run_is_a_failed_scan() {
        let (incomplete, clean) = (written(&fixture()), written(&clean()));
        assert_eq!(incomplete["scan"]["status"], "failure");
        assert_eq!(incomplete["scan"]["messages"].as_array().unwrap().len(), 2);
        assert_eq!(clean["scan"]["status"], "success");
        assert_eq!(clean["vulnerabilities"], json!([]));
    }

    #[test]
    fn a_fingerprint_of_any_length_is_a_uuid() {
        assert_eq!(
            uuid("00112233445566778899aabbccddeeff"),
            "00112233-4455-6677-8899-aabbccddeeff"
        );
        assert_eq!(uuid("0011223344556677"), "00112233-4455-6677-0000-000000000000");
    }
}
