//! The findings that a case must give, as its file states them.

use crate::diag::Diagnostic;
use crate::output::report_v1::Report;
use crate::source::Sources;
use crate::value::Time;
use crate::yaml::{self, Node, Shape, ShapeKey, written_scalar};

/// The shape of the file.
static FILE: Shape = Shape::Object(&[
    ShapeKey::optional("now", Shape::Str, "The clock of the scan; the time of the run by default."),
    ShapeKey::required(
        "findings",
        Shape::List(&FINDING),
        "The findings, in the order of the report.",
    ),
]);

static FINDING: Shape = Shape::Object(&[
    ShapeKey::required("rule", Shape::Str, "The id of the rule."),
    ShapeKey::required("severity", Shape::Str, "The severity."),
    ShapeKey::required("message", Shape::Str, "The message."),
    ShapeKey::required("count", Shape::Int, "The number of matches, covered ones included."),
    ShapeKey::optional("uncertain", Shape::Bool, "Whether the inputs do not reach far enough."),
    ShapeKey::optional("suppressed_by", Shape::List(&Shape::Str), "The entries that cover it."),
]);

/// What a case expects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// The clock of the scan.
    pub now: Option<Time>,
    /// The findings, in the order of the report.
    pub findings: Vec<ExpectedFinding>,
}

/// A finding that a case expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedFinding {
    /// The finding on one line, as the file writes it.
    pub text: String,
}

impl Expected {
    /// Reads the file of a case.
    ///
    /// # Errors
    ///
    /// If the file does not have its shape.
    pub fn read(name: &str, text: &str) -> Result<Self, (Sources, Vec<Diagnostic>)> {
        let mut sources = Sources::default();
        let file = sources.add(name, text);
        let document = match yaml::parse(file, &sources) {
            Ok(document) => document,
            Err(problems) => return Err((sources, problems)),
        };
        let mut problems = Vec::new();
        yaml::check(&document, &FILE, &mut problems);
        if problems.iter().any(Diagnostic::is_error) {
            return Err((sources, problems));
        }
        let findings = document.get("findings").map_or(&[][..], Node::items);
        Ok(Self {
            now: document.get("now").and_then(Node::text).and_then(Time::parse),
            findings: findings.iter().map(ExpectedFinding::of_node).collect(),
        })
    }

    /// The findings of a report.
    pub(super) fn of_report(report: &Report<'_>, now: Option<Time>) -> Self {
        let findings = report.findings.iter().map(|of| {
            let entries = of.suppression.as_ref().map(|by| by.entries.as_slice());
            let entries = entries.unwrap_or_default().iter().map(ToString::to_string);
            ExpectedFinding::new(
                (&of.rule, of.severity.0.name(), &of.message),
                of.count + of.suppressed,
                of.uncertain,
                &entries.collect::<Vec<_>>(),
            )
        });
        Self { now, findings: findings.collect() }
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some(now) = self.now {
            text.push_str(&format!("now: {now}\n"));
        }
        if self.findings.is_empty() {
            return text + "findings: []\n";
        }
        text.push_str("findings:\n");
        for finding in &self.findings {
            text.push_str(&format!("  - {}\n", finding.text));
        }
        text
    }

    /// How other findings differ from these, one line for each; empty if they do not.
    pub fn differences(&self, found: &Expected) -> Vec<String> {
        let mut left = found.findings.clone();
        let mut lines = Vec::new();
        for expected in &self.findings {
            match left.iter().position(|other| other == expected) {
                Some(at) => drop(left.remove(at)),
                None => lines.push(format!("expected, but not found: {}", expected.text)),
            }
        }
        lines.extend(left.iter().map(|of| format!("found, but not expected: {}", of.text)));
        if lines.is_empty() && self.findings != found.findings {
            lines.push("the findings have another order".to_owned());
        }
        lines
    }
}

impl ExpectedFinding {
    fn new(
        (rule, severity, message): (&str, &str, &str),
        count: u64,
        uncertain: bool,
        entries: &[String],
    ) -> Self {
        let mut text = format!(
            "{{ rule: {}, severity: {severity}, count: {count}, message: {}",
            written_scalar(rule),
            serde_json::Value::from(message)
        );
        if uncertain {
            text.push_str(", uncertain: true");
        }
        if !entries.is_empty() {
            let entries: Vec<String> = entries.iter().map(|entry| written_scalar(entry)).collect();
            text.push_str(&format!(", suppressed_by: [{}]", entries.join(", ")));
        }
        text.push_str(" }");
        Self { text }
    }

    fn of_node(node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default();
        let count = node.get("count").and_then(Node::int).and_then(|n| u64::try_from(n).ok());
        let entries = node.get("suppressed_by").map_or(&[][..], Node::items).iter();
        let entries = entries.filter_map(|entry| entry.text().map(str::to_owned));
        Self::new(
            (text("rule"), text("severity"), text("message")),
            count.unwrap_or_default(),
            node.get("uncertain").and_then(Node::bool).unwrap_or_default(),
            &entries.collect::<Vec<_>>(),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TEXT: &str = "now: 2026-10-08T00:00:00Z\nfindings:\n  - { rule: a, severity: high, count: 2, message: \"x \\\"y\\\"\" }\n  - \
                        { rule: b, severity: low, count: 1, message: \"z\", uncertain: true, suppressed_by: [ci] }\n";

    #[test]
    fn the_file_round_trips_and_differences_are_named() {
        let expected = Expected::read("e", TEXT).unwrap();
        assert_eq!(expected.text(), TEXT);
        assert!(expected.differences(&expected).is_empty());
        let none = Expected { findings: Vec::new(), ..expected.clone() };
        assert_eq!(none.text(), "now: 2026-10-08T00:00:00Z\nfindings: []\n");
        assert_eq!(expected.differences(&none).len(), 2);
        assert!(none.differences(&expected)[1].starts_with("found, but not expected: { rule: b"));
        let mut turned = expected.clone();
        turned.findings.reverse();
        assert_eq!(expected.differences(&turned), ["the findings have another order"]);
        assert!(Expected::read("e", "findings: [{ rule: a }]\n").is_err());
        assert!(Expected::read("e", "finding: []\n").is_err());
    }
}
