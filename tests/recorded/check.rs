//! One run of the program and what is expected of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::Value;

/// The checks of one folder.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Suite {
    pub folder: String,
    pub checks: Vec<Check>,
}

/// A command line, run in the folder, and its expected results. Omitted ones are not checked.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// The arguments, separated by blanks.
    pub run: String,
    pub exit: Option<i32>,
    /// Records evaluated, from the JSON report.
    pub records: Option<u64>,
    /// Records skipped, from the JSON report.
    pub skipped: Option<u64>,
    /// Files read, from the JSON report.
    pub files: Option<u64>,
    /// Findings of each rule that are not suppressed. Rules that are not named here are not
    /// checked.
    #[serde(default)]
    pub findings: BTreeMap<String, usize>,
    /// All findings, in the order of rule ids: `rule findings matches`.
    pub table: Option<Vec<String>>,
    /// The call records of a rule: `count service.api`, in alphabetical order.
    #[serde(default)]
    pub calls: BTreeMap<String, Vec<String>>,
    /// The methods of a rule's call records, each once.
    #[serde(default)]
    pub methods: BTreeMap<String, BTreeSet<String>>,
    /// Severities of a rule's findings, in the order of the report.
    #[serde(default)]
    pub severities: BTreeMap<String, Vec<String>>,
    /// Texts that the output for people contains.
    #[serde(default)]
    pub shows: Vec<String>,
    /// Texts that it does not contain.
    #[serde(default)]
    pub hides: Vec<String>,
}

/// The suites of a YAML file.
pub(crate) fn read(yaml: &str) -> Vec<Suite> {
    serde_yaml::from_str(yaml).unwrap()
}

/// Runs the program in a folder.
pub(crate) fn keytrail(folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keytrail"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "200");
    command.output().map_err(|error| format!("{}: {error}", folder.display()).into())
}

impl Check {
    pub(crate) fn passes(&self, folder: &Path) -> Result<(), Failed> {
        let mut wrong = Vec::new();
        let words: Vec<&str> = self.run.split_whitespace().collect();
        let plain = keytrail(folder, &words)?;
        let both = |output: &Output| {
            String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr)
        };
        let text = both(&plain);
        expect(&mut wrong, "exit code", &self.exit, plain.status.code());
        for shown in self.shows.iter().filter(|shown| !text.contains(shown.as_str())) {
            wrong.push(format!("expected to show `{shown}`"));
        }
        for hidden in self.hides.iter().filter(|hidden| text.contains(hidden.as_str())) {
            wrong.push(format!("expected not to show `{hidden}`"));
        }
        if self.reads_json() {
            let output = keytrail(folder, &[&words[..], &["--format", "json"]].concat())?;
            let report: Value = serde_json::from_slice(&output.stdout)
                .map_err(|error| format!("no JSON report ({error}):\n{}", both(&output)))?;
            self.compare(&report, &mut wrong);
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(format!("{}\n\nthe output was:\n{text}", wrong.join("\n")).into())
    }

    fn reads_json(&self) -> bool {
        self.records.is_some()
            || self.skipped.is_some()
            || self.files.is_some()
            || self.table.is_some()
            || !(self.findings.is_empty() && self.calls.is_empty())
            || !(self.methods.is_empty() && self.severities.is_empty())
    }

    fn compare(&self, report: &Value, wrong: &mut Vec<String>) {
        let count = |key: &str| report["accounting"][key].as_u64();
        expect(wrong, "records evaluated", &self.records, count("evaluated"));
        expect(wrong, "records skipped", &self.skipped, count("skipped"));
        expect(wrong, "files read", &self.files, count("files_read"));
        expect(wrong, "findings", &self.table, Some(table(report)));
        for (rule, wanted) in &self.findings {
            let what = format!("findings of {rule}");
            expect(wrong, &what, &Some(*wanted), Some(of_rule(report, rule).count()));
        }
        for (rule, wanted) in &self.calls {
            let what = format!("calls of {rule}");
            expect(wrong, &what, &Some(wanted.clone()), Some(calls(report, rule)));
        }
        for (rule, wanted) in &self.methods {
            let found = call_records(report, rule).map(|call| text(call, "method")).collect();
            expect(wrong, &format!("methods of {rule}"), &Some(wanted.clone()), Some(found));
        }
        for (rule, wanted) in &self.severities {
            let found = of_rule(report, rule);
            let found: Vec<String> =
                found.map(|finding| finding["severity"].as_str().unwrap().to_owned()).collect();
            expect(wrong, &format!("severities of {rule}"), &Some(wanted.clone()), Some(found));
        }
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(
    wrong: &mut Vec<String>,
    what: &str,
    wanted: &Option<T>,
    found: Option<T>,
) {
    if wanted.is_some() && *wanted != found {
        wrong.push(format!("{what}: expected {wanted:?}, but found {found:?}"));
    }
}

fn of_rule<'r>(report: &'r Value, rule: &'r str) -> impl Iterator<Item = &'r Value> {
    let findings = report["findings"].as_array().unwrap();
    let counts = |finding: &Value| finding["role"] != "suppressed";
    findings.iter().filter(move |finding| finding["rule"] == rule && counts(finding))
}

fn table(report: &Value) -> Vec<String> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let (findings, matches) = counts.entry(finding["rule"].as_str().unwrap()).or_default();
        *findings += 1;
        *matches += finding["count"].as_u64().unwrap();
    }
    let row = |(rule, (findings, matches))| format!("{rule} {findings} {matches}");
    counts.into_iter().map(row).collect()
}

fn call_records<'r>(report: &'r Value, rule: &'r str) -> impl Iterator<Item = &'r Value> {
    of_rule(report, rule).flat_map(|finding| finding["calls"].as_array().unwrap())
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or("-").to_owned()
}

fn calls(report: &Value, rule: &str) -> Vec<String> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for call in call_records(report, rule) {
        let name = format!("{}.{}", text(call, "service"), text(call, "api"));
        *counts.entry(name).or_default() += call["count"].as_u64().unwrap();
    }
    counts.into_iter().map(|(name, count)| format!("{count} {name}")).collect()
}
