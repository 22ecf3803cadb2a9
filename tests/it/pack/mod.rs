//! The rules that ship with Keytrail.
//!
//! The tests in the rule files, which `keytrail test` runs, check what each rule matches. These tests
//! check properties of all rules.

mod commands;
mod console;
mod laws;
mod offboarding;
mod page;
mod records;
mod services;
mod severities;
mod tested;

use std::path::Path;

use keytrail::ScanOptions;
use keytrail::config::{LoadOptions, Policy};
use keytrail::finding::Finding;
use keytrail::input::{FORMATS, InputSet};
use keytrail::report::Report;
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

/// All built-in rules, those of the extended pack included, without any configuration.
fn pack() -> Policy {
    let directory = root().to_owned();
    load(LoadOptions { no_config: true, extended: true, directory, ..LoadOptions::default() })
}

/// The project's configuration of rules that need one, in addition to rows of tables.
const FILLED: &str = "
extends: [\"builtin:extended\"]
lists:
  known_users: { add: [deploy] }
  approved_regions: { add: [eu-central-1] }
  approved_services: { add: [s3] }
  service_users: { add: [nightly] }
rules:
  watched-key-used: { params: { keys: [AKIAIOSFODNN7EXAMPLE] } }
  cloud-manager-call: { params: { actors: [AKIAIOSFODNN7EXAMPLE] } }
  mfa-removed: { params: { approved: [bob] } }
";

/// A project that fills every list and table of the pack.
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

/// A scan of these files. `now` also sets their clock.
fn scan(policy: &Policy, files: &[&Path], now: Option<&str>) -> Report {
    let files: Vec<String> = files.iter().map(|file| file.to_str().unwrap().to_owned()).collect();
    let inputs = InputSet::new(&files).unwrap();
    let options = ScanOptions {
        clock_given: now.is_some(),
        ..ScanOptions::at(Time::parse(now.unwrap_or("2026-06-01T00:00:00Z")).unwrap())
    };
    let report = keytrail::scan(policy, &inputs, inputs.roots().to_vec(), Vec::new(), &options);
    assert!(report.incomplete.is_empty(), "{:#?}", report.incomplete);
    report
}

/// The findings of a rule.
fn of_rule<'r>(report: &'r Report, rule: &str) -> Vec<&'r Finding> {
    assert!(report.rules.iter().any(|of| of.id == rule), "there is no rule {rule}");
    report.findings.iter().filter(|found| report.rules[found.rule].id == rule).collect()
}
