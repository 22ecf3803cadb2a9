//! One finding on each line, for programs that read line by line.

use std::borrow::Cow;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::word::Word;
use super::{convert, v1};
use crate::output::inert::write_line;
use crate::output::schema::schema_of;
use crate::output::{Output, Style};
use crate::report::Report;
use crate::rule;

/// The report as lines of JSON.
pub(in crate::output) static NDJSON: Output = Output {
    name: "ndjson",
    doc: "One JSON object on each line: the findings with all that the JSON report contains, then the \
          run; its schema is schemas/ndjson.json.",
    extension: "ndjson",
    records: true,
    write,
};

/// One line of the format.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[schemars(title = "FindingsLine")]
enum Line<'a> {
    Finding(Box<Finding<'a>>),
    Run(Box<Run<'a>>),
}

/// A finding, and the facts about its rule by which findings are selected.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding<'a> {
    /// The title of its rule, one line.
    title: Cow<'a, str>,
    /// The kind of activity that its rule detects.
    category: Option<Word<rule::Category>>,
    /// The maturity of its rule.
    status: Option<Word<rule::Status>>,
    #[serde(flatten)]
    finding: v1::Finding<'a>,
}

/// The last line: how the run ended. A file without it is not complete.
#[derive(Debug, Serialize, JsonSchema)]
struct Run<'a> {
    /// The program that wrote the lines.
    tool: v1::Tool<'a>,
    /// The settings of the run.
    run: v1::Run<'a>,
    /// How the run ended.
    verdict: v1::Verdict<'a>,
    /// Counts of what was read, evaluated and skipped.
    accounting: v1::Accounting<'a>,
    /// Reasons why the run is incomplete; empty if it is complete.
    incomplete: Vec<v1::Note<'a>>,
    /// Other notes.
    notes: Vec<v1::Note<'a>>,
}

fn write(report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &report.findings {
        let rule = report.rule_of(finding);
        let line = Finding {
            title: rule.map_or(Cow::Borrowed(""), |rule| report.facts.text(&rule.title)),
            category: rule.map(|rule| Word(rule.category)),
            status: rule.map(|rule| Word(rule.status)),
            finding: convert::finding(report, finding),
        };
        write_line(&Line::Finding(Box::new(line)), out)?;
    }
    let run = Run {
        tool: convert::tool(&report.facts),
        run: convert::run(&report.facts),
        verdict: convert::verdict(report),
        accounting: convert::accounting(&report.accounting),
        incomplete: convert::notes(&report.facts, &report.incomplete),
        notes: convert::notes(&report.facts, &report.notes),
    };
    write_line(&Line::Run(Box::new(run)), out)
}

/// The JSON schema of a line, identical to `schemas/ndjson.json`.
pub fn ndjson_schema() -> String {
    schema_of::<Line<'_>>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::Value;

    use super::*;
    use crate::report::fixture::{clean, fixture};

    #[test]
    fn every_line_follows_the_schema_and_the_last_one_is_the_run() {
        let schema: Value = serde_json::from_str(&ndjson_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for report in [fixture(), clean()] {
            let mut out = Vec::new();
            write(&report, &Style::default(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let lines: Vec<Value> =
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines.len(), report.findings.len() + 1);
            for line in &lines {
                let errors: Vec<String> =
                    validator.iter_errors(line).map(|error| error.to_string()).collect();
                assert_eq!(errors, [""; 0], "{line}");
            }
            let last = lines.last().unwrap();
            assert_eq!(last["type"], "run");
            assert_eq!(last["verdict"]["outcome"], report.verdict.name());
            assert_eq!(last["incomplete"].as_array().unwrap().len(), report.incomplete.len());
        }
    }
}
