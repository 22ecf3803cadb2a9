//! Runs the program on recorded inputs that are not part of the project.
//!
//! They lie in a folder `shared` beside the checkout: `shared/data` contains recorded logs and
//! reports, `shared/cases` contains inputs that an earlier version handled incorrectly. What is
//! expected of each is data, in `data.yaml` and `cases.yaml`. Without the folder every check is
//! listed as ignored; with it, a check whose input is missing fails.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "tests open files and read the environment")]
#![allow(clippy::print_stderr, reason = "a skipped folder is announced")]

mod check;
mod documentation;
mod reports;
mod same_text;
mod spans;
mod weakened;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::check::{Check, Suite};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !shared.is_dir() {
        eprintln!("notice: {} is absent, so its checks are ignored", shared.display());
    }
    let mut trials = Vec::new();
    for (folder, suites) in [
        ("data", check::read(include_str!("data.yaml"))),
        ("cases", check::read(include_str!("cases.yaml"))),
    ] {
        let root = shared.join(folder);
        trials.extend(suites.iter().flat_map(|suite| checks(folder, &root, suite)));
        if folder == "cases" {
            trials.push(trial("every case has a check".to_owned(), &root, move |root| {
                every_folder_has_a_check(root, &suites)
            }));
        }
    }
    type Test = fn(&Path) -> Result<(), Failed>;
    let tests: [(&str, &str, Test); 8] = [
        ("spans of records", "data/aws/stratus", spans::begin_with_their_record),
        ("at its own time", "data/aws/credential-report", reports::a_report_at_its_own_time),
        ("a year later", "data/aws/credential-report", reports::the_same_report_a_year_later),
        (
            "a key from the future",
            "data/aws/credential-report",
            reports::a_key_from_the_future_has_no_age,
        ),
        ("every rule, broken", "data/aws", weakened::every_broken_rule_is_named),
        ("response of the API", "data/tencent/tccli", documentation::describe_events),
        ("response of 2017", "data/tencent/docs", documentation::look_up_events),
        (
            "text of results",
            "cases/68-sarif-text-changes-between-runs",
            same_text::stays_while_calls_are_added,
        ),
    ];
    for (name, folder, test) in tests {
        trials.push(trial(format!("{folder}: {name}"), &shared.join(folder), test));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn checks(folder: &str, root: &Path, suite: &Suite) -> Vec<Trial> {
    let place = root.join(&suite.folder);
    let named = |check: &Check| format!("{folder}/{}: {}", suite.folder, check.run);
    suite
        .checks
        .iter()
        .cloned()
        .map(|check| trial(named(&check), &place, move |place| check.passes(place)))
        .collect()
}

/// A check of the folder `root`, ignored where the folder `shared` above it is absent.
fn trial(
    name: String,
    root: &Path,
    check: impl FnOnce(&Path) -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let absent = !Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").is_dir();
    let root: PathBuf = root.to_owned();
    Trial::test(name, move || check(&root)).with_ignored_flag(absent)
}

fn every_folder_has_a_check(cases: &Path, suites: &[Suite]) -> Result<(), Failed> {
    let checked: BTreeSet<&str> = suites.iter().map(|suite| suite.folder.as_str()).collect();
    let mut unchecked = Vec::new();
    for entry in std::fs::read_dir(cases)? {
        let name = entry?.file_name().into_string().unwrap();
        if !checked.contains(name.as_str()) {
            unchecked.push(name);
        }
    }
    unchecked.sort();
    if unchecked.is_empty() {
        Ok(())
    } else {
        Err(format!("tests/recorded/cases.yaml has no check of {}", unchecked.join(", ")).into())
    }
}
