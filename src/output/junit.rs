//! JUnit XML, which CI systems show as tests: a suite for the run, and one for each rule.
//!
//! A finding that fails the run is a failed test. One that does not is a skipped test, which CI
//! systems list without failing. A rule without findings is a test that passed. A reason why the run
//! is incomplete is a test with an error.

use std::io;

use super::enrichment_lines::{self, Extent};
use super::issue::{cut, shown};
use super::xml::xml;
use super::{Output, Style};
use crate::finding::{Finding, VerdictRole};
use crate::report::{Report, RuleSummary};

/// The report as JUnit.
pub(super) static JUNIT: Output = Output {
    name: "junit",
    doc: "JUnit XML: each finding that fails the run is a failed test of its rule, and each reason why \
          the run is incomplete is an error.",
    extension: "xml",
    records: false,
    write,
};

/// The maximum length of a text, in characters.
const LIMIT: usize = 1_000;

/// What a failure shows of the evidence.
const EXTENT: Extent = Extent { items: 5, document: 300 };

/// A test with its result.
struct Test {
    name: String,
    place: Option<(String, u64)>,
    result: TestResult,
}

enum TestResult {
    Passed,
    Failed { kind: &'static str, message: String, text: String },
    Error { kind: &'static str, message: String },
    Skipped { message: String },
}

fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let findings: Vec<&Finding> = shown(report, style).collect();
    let mut suites = vec![("run", run(report))];
    for (index, rule) in report.rules.iter().enumerate() {
        let of_rule: Vec<&Finding> =
            findings.iter().copied().filter(|finding| finding.rule == index).collect();
        suites.push((&rule.id, tests(report, rule, &of_rule)));
    }
    let all = Counts::of(suites.iter().flat_map(|(_, tests)| tests));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"keytrail scan\" {}>", all.attributes())?;
    for (name, tests) in &suites {
        suite(name, tests, out)?;
    }
    writeln!(out, "</testsuites>")
}

/// The tests of the run itself.
fn run(report: &Report) -> Vec<Test> {
    let facts = &report.facts;
    let error = |note: &crate::report::Note| Test {
        name: shown_text(note.id),
        place: None,
        result: TestResult::Error {
            kind: "incomplete",
            message: facts.text(&note.text).into_owned(),
        },
    };
    if report.incomplete.is_empty() {
        let name = format!("{} records were evaluated", report.accounting.evaluated);
        return vec![Test { name, place: None, result: TestResult::Passed }];
    }
    report.incomplete.iter().map(error).collect()
}

fn tests(report: &Report, rule: &RuleSummary, findings: &[&Finding]) -> Vec<Test> {
    if !findings.is_empty() {
        return findings.iter().map(|finding| test(report, rule, finding)).collect();
    }
    let result = match &rule.not_configured {
        Some(reason) => TestResult::Skipped {
            message: format!("not configured: {}", report.facts.text(reason)),
        },
        None => TestResult::Passed,
    };
    vec![Test { name: "no finding".to_owned(), place: None, result }]
}

fn test(report: &Report, rule: &RuleSummary, finding: &Finding) -> Test {
    let facts = &report.facts;
    let message = facts.text(&finding.message).into_owned();
    let place = &finding.sample.location;
    let path = facts.text(&report.shown_path(place.root, &place.path)).into_owned();
    let skipped = |why: String| TestResult::Skipped { message: format!("{why}: {message}") };
    let severity = finding.severity.name();
    let result = match finding.role {
        VerdictRole::Gates => TestResult::Failed {
            kind: severity,
            text: [format!("{message}\n{path}:{}", place.line)]
                .into_iter()
                .chain(enrichment_lines::texts(facts, finding, EXTENT))
                .chain([String::new(), facts.text(&rule.remediation).into_owned()])
                .collect::<Vec<_>>()
                .join("\n"),
            message: message.clone(),
        },
        VerdictRole::BelowThreshold => skipped(format!("{severity}, below --fail-on")),
        VerdictRole::Experimental => skipped(format!("{severity}, from an experimental rule")),
        VerdictRole::Extended => skipped(format!("{severity}, from a rule of the extended pack")),
        VerdictRole::Uncertain => skipped(format!("{severity}, uncertain")),
        VerdictRole::Unchanged => skipped(format!("{severity}, in the baseline")),
        VerdictRole::Processed => skipped(format!("{severity}, processed")),
        VerdictRole::Ignored => skipped(format!("{severity}, ignored")),
        VerdictRole::Suppressed => skipped("accepted by the allowlist".to_owned()),
    };
    let name = format!("{} {}", shown_text(&message), finding.fingerprint);
    Test { name, place: Some((path, place.line.max(1))), result }
}

fn suite(name: &str, tests: &[Test], out: &mut dyn io::Write) -> io::Result<()> {
    let name = xml(&shown_text(name));
    writeln!(out, "  <testsuite name=\"{name}\" {}>", Counts::of(tests.iter()).attributes())?;
    for test in tests {
        write!(out, "    <testcase classname=\"{name}\" name=\"{}\"", xml(&test.name))?;
        if let Some((path, line)) = &test.place {
            write!(out, " file=\"{}\" line=\"{line}\"", xml(&shown_text(path)))?;
        }
        let short = |text: &str| xml(&shown_text(text));
        match &test.result {
            TestResult::Passed => {
                writeln!(out, "/>")?;
                continue;
            }
            TestResult::Failed { kind, message, text } => {
                let lines: Vec<String> = text.lines().map(short).collect();
                writeln!(out, ">\n      <failure type=\"{kind}\" message=\"{}\">", short(message))?;
                writeln!(out, "{}</failure>", lines.join("\n"))?;
            }
            TestResult::Error { kind, message } => {
                writeln!(out, ">\n      <error type=\"{kind}\" message=\"{}\"/>", short(message))?;
            }
            TestResult::Skipped { message } => {
                writeln!(out, ">\n      <skipped message=\"{}\"/>", short(message))?;
            }
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn shown_text(text: &str) -> String {
    cut(text, LIMIT).into_owned()
}

/// How many tests have each result.
#[derive(Default)]
struct Counts {
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
}

impl Counts {
    fn of<'t>(tests: impl Iterator<Item = &'t Test>) -> Self {
        let mut counts = Self::default();
        for test in tests {
            counts.tests += 1;
            match test.result {
                TestResult::Passed => {}
                TestResult::Failed { .. } => counts.failures += 1,
                TestResult::Error { .. } => counts.errors += 1,
                TestResult::Skipped { .. } => counts.skipped += 1,
            }
        }
        counts
    }

    fn attributes(&self) -> String {
        let Counts { tests, failures, errors, skipped } = self;
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\""
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::report::fixture::{HOSTILE, clean, fixture, planted};

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &Style { show_suppressed: true, ..Style::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The depth, the name and the attributes of an element.
    type Element = (usize, String, Vec<(String, String)>);

    /// The elements of a document, each with its depth, name and attributes. Fails on text that is
    /// not well formed.
    fn elements(text: &str) -> Vec<Element> {
        let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
        let (mut open, mut found) = (Vec::new(), Vec::new());
        while let Some(start) = rest.find('<') {
            assert!(!rest[..start].contains('>'), "a bare `>` in {:?}", &rest[..start]);
            let end = start + rest[start..].find('>').unwrap();
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name));
                continue;
            }
            let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut pairs = Vec::new();
            while let Some((key, value)) = attributes.split_once("=\"") {
                let (value, more) = value.split_once('"').unwrap();
                pairs.push((key.trim().to_owned(), value.to_owned()));
                attributes = more;
            }
            found.push((open.len(), name.to_owned(), pairs));
            if !closed {
                open.push(name.to_owned());
            }
        }
        assert!(open.is_empty(), "{open:?}");
        found
    }

    /// What the schema of JUnit that Jenkins publishes allows of it: elements by their parents, and
    /// attributes by element.
    #[test]
    fn documents_follow_the_schema_of_junit() {
        let allowed: [(&str, usize, &[&str], &[&str]); 6] = [
            ("testsuites", 0, &["name", "tests", "failures", "errors", "skipped"], &["name"]),
            (
                "testsuite",
                1,
                &["name", "tests", "failures", "errors", "skipped"],
                &["name", "tests"],
            ),
            ("testcase", 2, &["classname", "name", "file", "line"], &["classname", "name"]),
            ("failure", 3, &["type", "message"], &["type", "message"]),
            ("error", 3, &["type", "message"], &["type", "message"]),
            ("skipped", 3, &["message"], &["message"]),
        ];
        let reports = HOSTILE.iter().map(|text| planted(text)).chain([fixture(), clean()]);
        for report in reports {
            let elements = elements(&written(&report));
            for (depth, name, attributes) in &elements {
                let of = allowed.iter().find(|(of, ..)| of == name).expect(name);
                assert_eq!(*depth, of.1, "{name}");
                let keys: Vec<&str> = attributes.iter().map(|(key, _)| key.as_str()).collect();
                assert!(keys.iter().all(|key| of.2.contains(key)), "{name} {keys:?}");
                assert!(of.3.iter().all(|key| keys.contains(key)), "{name} {keys:?}");
            }
            let number = |key: &str| -> usize {
                elements[0].2.iter().find(|(of, _)| of == key).unwrap().1.parse().unwrap()
            };
            let named = |name: &str| elements.iter().filter(|(_, of, _)| of == name).count();
            assert_eq!(number("tests"), named("testcase"));
            assert_eq!(number("failures"), named("failure"));
            assert_eq!(number("errors"), named("error"));
            assert_eq!(number("skipped"), named("skipped"));
            assert_eq!(named("error"), report.incomplete.len());
        }
    }

    #[test]
    fn findings_fail_only_if_they_fail_the_run() {
        let report = fixture();
        let names: Vec<String> =
            elements(&written(&report)).into_iter().map(|(_, n, _)| n).collect();
        let count = |name: &str| names.iter().filter(|of| *of == name).count();
        // Three gate; one is experimental, one below the threshold, one covered, and one rule is not
        // configured.
        assert_eq!((count("failure"), count("skipped"), count("error")), (3, 4, 2));
    }
}
