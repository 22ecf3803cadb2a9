//! The body of a request to an incoming webhook of Slack, and of services that take the same.
//!
//! Every value is in an element of plain text, in which Slack has no markup, no links and no
//! mentions.

use std::io;

use serde::Serialize;

use super::inert::write_line;
use super::issue::{cut, shown};
use super::{Output, Style};
use crate::diag::escape;
use crate::finding::Finding;
use crate::incident::Incident;
use crate::report::{Report, Verdict};

/// The report as a message.
pub(super) static WEBHOOK: Output = Output {
    name: "webhook",
    doc: "The JSON body of a Slack message with the verdict, the incidents and the first findings, within \
          the limits of Slack.",
    extension: "json",
    records: false,
    write,
};

/// Blocks of a message.
const BLOCKS: usize = 50;

/// Characters of a header.
const HEADER: usize = 150;

/// Characters of a section. Slack takes 3,000.
const SECTION: usize = 1_000;

/// Reasons why the run is incomplete that are shown.
const REASONS: usize = 5;

/// Incidents that are shown.
const INCIDENTS: usize = 10;

#[derive(Debug, Serialize)]
struct Message {
    /// What notifications show.
    text: String,
    blocks: Vec<Block>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Block {
    Header { text: Plain },
    Section { text: Plain },
    Divider,
    Context { elements: Vec<Plain> },
}

/// A text without markup.
#[derive(Debug, Serialize)]
struct Plain {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
    emoji: bool,
}

impl Plain {
    /// A text of at most `limit` characters. Each of its lines is escaped.
    fn new(report: &Report, text: &str, limit: usize) -> Self {
        let lines: Vec<_> = text.lines().map(|line| report.facts.text(line)).collect();
        let lines: Vec<_> = lines.iter().map(|line| escape(line)).collect();
        let text = cut(&lines.join("\n"), limit).into_owned();
        Self { kind: "plain_text", text, emoji: false }
    }
}

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let verdict = match report.verdict {
        Verdict::Findings => "failed",
        of => of.name(),
    };
    let title = format!("Keytrail: {verdict}");
    let gate = report.gate.sentence(report.facts.fail_on);
    let accounting = &report.accounting;
    let counts = format!(
        "{gate}. {} of {} records were evaluated, {} skipped.",
        accounting.evaluated, accounting.read, accounting.skipped
    );
    let section = |text: &str| Block::Section { text: Plain::new(report, text, SECTION) };
    let mut blocks =
        vec![Block::Header { text: Plain::new(report, &title, HEADER) }, section(&counts)];
    let one_line = |text: &str| text.replace(['\n', '\r'], " ");
    for reason in report.incomplete.iter().take(REASONS) {
        blocks.push(section(&format!("incomplete: {}", one_line(&reason.text))));
    }
    if !report.findings.is_empty() {
        blocks.push(Block::Divider);
    }
    for incident in report.joined_incidents().take(INCIDENTS) {
        blocks.push(section(&of_incident(incident)));
    }
    // The last block says what is left out.
    let left = BLOCKS - blocks.len() - 1;
    let all: Vec<&Finding> = shown(report, style).collect();
    blocks.extend(all.iter().take(left).map(|finding| section(&of_finding(report, finding))));
    let more = |count: usize, shown: usize, noun: &str| {
        let more = count.saturating_sub(shown);
        (more > 0).then(|| format!("{more} more {noun}{}", if more == 1 { "" } else { "s" }))
    };
    let left_out: Vec<String> = [
        more(report.incomplete.len(), REASONS, "reason"),
        more(report.joined_incidents().count(), INCIDENTS, "incident"),
        more(all.len(), left, "finding"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !left_out.is_empty() {
        let text =
            format!("Not shown here: {}; the JSON report has all of them.", left_out.join(", "));
        blocks.push(Block::Context { elements: vec![Plain::new(report, &text, SECTION)] });
    }
    let text = escape(&format!("{title}. {gate}.")).into_owned();
    write_line(&Message { text, blocks }, out)
}

fn of_incident(incident: &Incident) -> String {
    let lines: Vec<String> = std::iter::once(format!(
        "{} incident: {} ({} findings, {})",
        incident.severity.name(),
        incident.title,
        incident.findings.len(),
        incident.id
    ))
    .chain(incident.actions.first().map(|action| format!("First: {}", action.text)))
    .map(|line| line.replace(['\n', '\r'], " "))
    .collect();
    lines.join("\n")
}

fn of_finding(report: &Report, finding: &Finding) -> String {
    let rule = report.rule_of(finding).map_or("", |rule| &rule.id);
    let message = format!("{}[{rule}]: {}", finding.severity.name(), finding.message);
    let message = message.replace(['\n', '\r'], " ");
    let message = report.facts.text(&message).into_owned();
    let last = format!("{}, fingerprint {}", finding.role.name(), finding.fingerprint);
    format!("{}\n{last}", cut(&message, SECTION / 2))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::Value;

    use super::*;
    use crate::report::fixture::{HOSTILE, clean, fixture, planted};

    fn written(report: &Report) -> Value {
        let mut out = Vec::new();
        write(report, &Style { show_suppressed: true, ..Style::default() }, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn messages_have_the_limits_of_slack_and_only_plain_text() {
        let mut many = fixture();
        many.findings = vec![many.findings[0].clone(); 200];
        many.incomplete = vec![many.incomplete[0].clone(); 20];
        let planted = HOSTILE.iter().map(|text| planted(&text.repeat(2_000)));
        for report in planted.chain([fixture(), clean(), many]) {
            let message = written(&report);
            let blocks = message["blocks"].as_array().unwrap();
            assert!(blocks.len() <= 50, "{}", blocks.len());
            for block in blocks {
                let texts = match block["type"].as_str().unwrap() {
                    "divider" => vec![],
                    "context" => block["elements"].as_array().unwrap().clone(),
                    _ => vec![block["text"].clone()],
                };
                for text in texts {
                    let most = if block["type"] == "header" { 150 } else { 3_000 };
                    assert_eq!(text["type"], "plain_text");
                    let length = text["text"].as_str().unwrap().chars().count();
                    assert!((1..=most).contains(&length), "{length}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let mut many = fixture();
        many.incidents.clear();
        many.findings = vec![many.findings[0].clone(); 100];
        let message = written(&many);
        let last = message["blocks"].as_array().unwrap().last().unwrap();
        let text = last["elements"][0]["text"].as_str().unwrap();
        assert_eq!(text, "Not shown here: 56 more findings; the JSON report has all of them.");
    }
}
