//! The rules that ship with Keytrail.
//!
//! Whether they match what they should is shown by the tests beside them, which `keytrail test` runs;
//! here stands what holds for all of them, and what they find in logs and reports that were recorded.

mod commands;
mod console;
mod laws;
mod logs;
mod page;
mod records;
mod reports;
mod services;
mod severities;
mod tested;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use keytrail::ScanOptions;
use keytrail::config::{LoadOptions, Policy};
use keytrail::finding::Finding;
use keytrail::input::{FORMATS, InputSet};
use keytrail::report::FailOn;
use keytrail::report::Report;
use keytrail::rule::Severity;
use keytrail::value::Time;

use crate::run::Folder;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn load(options: LoadOptions) -> Policy {
    let options =
        LoadOptions { functions: keytrail::stdlib::FUNCTIONS, formats: FORMATS, ..options };
    Policy::load(&options).unwrap_or_else(|(_, diagnostics)| panic!("{diagnostics:#?}"))
}

/// The pack as it ships.
fn pack() -> Policy {
    load(LoadOptions { no_config: true, directory: root().to_owned(), ..LoadOptions::default() })
}

/// What a project gives the rules that ask for something of its own, beside rows of tables.
const FILLED: &str = "
lists:
  known_users: { add: [deploy] }
  approved_services: { add: [s3] }
  service_users: { add: [nightly] }
rules:
  watched-key-used: { params: { keys: [AKIAIOSFODNN7EXAMPLE] } }
  cloud-manager-call: { params: { actors: [AKIAIOSFODNN7EXAMPLE] } }
  mfa-removed: { params: { approved: [bob] } }
";

/// A project in which every table of the pack has rows, and every list.
fn filled_project(name: &str) -> Folder {
    let mut config = FILLED.to_owned() + "tables:\n";
    let mut folder = Folder::new(name);
    for entry in std::fs::read_dir(root().join("examples/tables")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let id = path.file_stem().unwrap().to_str().unwrap();
        config += &format!("  {id}: tables/{file}\n");
        folder = folder.file(&format!("tables/{file}"), std::fs::read(&path).unwrap());
    }
    folder.file("keytrail.yaml", config)
}

/// The pack in that project.
fn filled_pack(name: &str) -> Policy {
    load(LoadOptions { directory: filled_project(name).path(""), ..LoadOptions::default() })
}

/// Logs and reports that are not part of the project; `None` with a notice where they are absent.
fn recorded(path: &str) -> Option<PathBuf> {
    let path = root().join("../shared/data").join(path);
    let there = path.exists();
    if !there {
        eprintln!("skipped: {} is absent", path.display());
    }
    there.then_some(path)
}

/// A scan of these files; `now` sets the clock for them too.
fn scan(policy: &Policy, files: &[&Path], now: Option<&str>) -> Report {
    let files: Vec<String> = files.iter().map(|file| file.to_str().unwrap().to_owned()).collect();
    let inputs = InputSet::new(&files).unwrap();
    let options = ScanOptions {
        clock: Time::parse(now.unwrap_or("2026-06-01T00:00:00Z")).unwrap(),
        clock_given: now.is_some(),
        jobs: NonZeroUsize::MIN,
        fail_on: FailOn::High,
        fail_on_uncertain: false,
        min_severity: Severity::Info,
        max_skipped: 0,
        strict: false,
        allow_empty: false,
        show_keys: false,
        memory: keytrail::engine::MEMORY,
    };
    let report = keytrail::scan(policy, &inputs, inputs.roots().to_vec(), Vec::new(), &options);
    assert!(report.incomplete.is_empty(), "{:#?}", report.incomplete);
    report
}

/// The findings of a rule.
fn of_rule<'r>(report: &'r Report, rule: &str) -> Vec<&'r Finding> {
    assert!(report.rules.iter().any(|known| known.id == rule), "there is no rule {rule}");
    report.findings.iter().filter(|found| report.rules[found.rule].id == rule).collect()
}

/// The findings and matches of each rule that has any.
fn by_rule(report: &Report) -> BTreeMap<&str, (u64, u64)> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for found in &report.findings {
        let (findings, matches) = counts.entry(&report.rules[found.rule].id).or_default();
        *findings += 1;
        *matches += found.count;
    }
    counts
}
