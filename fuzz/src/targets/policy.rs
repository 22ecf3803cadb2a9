//! Any text as a policy: it is rejected with a position, or it loads and its own tests run.
//!
//! A line `%%% NAME` begins a file of the policy. Without such a line, the text is one rule file.

use std::fs;
use std::path::{Path, PathBuf};

use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::{Diagnostic, render};
use keytrail::input::FORMATS;
use keytrail::lint;
use keytrail::plan::Plan;
use keytrail::ruletest::{self, RuleTests};
use keytrail::source::Sources;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;

/// Files are written only below these names: an input must not reach outside its folder.
const NAMES: [&str; 8] = [
    "keytrail.yaml",
    "rules/mine.yaml",
    "rules/other.yaml",
    "rules/risky.yaml",
    "rules/names.yaml",
    "rules/accepted.yaml",
    "rules/people.yaml",
    "rules/people.csv",
];
/// 2026-06-01T00:00:00Z.
const CLOCK: Time = Time(1_780_272_000_000_000);

/// Loads the files as a policy, then lints, plans and tests it.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let folder = folder();
    write(&folder, text);
    let options = LoadOptions {
        directory: folder.clone(),
        // The flags replace the paths of the project file, which could name any file on the disk.
        rules: vec!["rules".to_owned()],
        no_builtin: true,
        functions: FUNCTIONS,
        formats: FORMATS,
        ..LoadOptions::default()
    };
    match Policy::load(&options) {
        Err((sources, errors)) => {
            assert!(errors.iter().any(Diagnostic::is_error), "refused without an error");
            check(&errors, &sources);
        }
        Ok(policy) => {
            assert!(!policy.diagnostics.iter().any(Diagnostic::is_error), "loaded with an error");
            check(&policy.diagnostics, &policy.sources);
            check(&lint::run(&policy, CLOCK), &policy.sources);
            let _ = Plan::new(&policy.rules, &policy.allowlist, &policy);
            let (sources, entries) = (&policy.sources, &policy.allowlist);
            for rule in &policy.rules {
                let tests = RuleTests { rule, sources, policy: &policy, formats: FORMATS, entries };
                let _ = ruletest::run(tests);
            }
        }
    }
    let _ = fs::remove_dir_all(&folder);
}

/// A folder for this thread, in memory if the system has such a folder.
fn folder() -> PathBuf {
    let shared = Path::new("/dev/shm");
    let base = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    let thread = format!("{:?}", std::thread::current().id());
    let digits: String = thread.chars().filter(char::is_ascii_digit).collect();
    base.join(format!("keytrail-fuzz-{}-{digits}", std::process::id()))
}

fn write(folder: &Path, text: &str) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder.join("rules")).expect("the folder can be written");
    let (mut name, mut part) = ("rules/mine.yaml", String::new());
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("%%% ").and_then(|rest| named(rest.trim_end())) {
            Some(next) => {
                fs::write(folder.join(name), &part).expect("the folder can be written");
                (name, part) = (next, String::new());
            }
            None => part.push_str(line),
        }
    }
    fs::write(folder.join(name), &part).expect("the folder can be written");
}

fn named(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|allowed| *allowed == name)
}

fn check(diagnostics: &[Diagnostic], sources: &Sources) {
    for diagnostic in diagnostics {
        for label in &diagnostic.labels {
            let text = &sources.file(label.span.file).text;
            let range = label.span.start as usize..label.span.end as usize;
            assert!(text.get(range.clone()).is_some(), "{range:?} is no part of the file");
        }
        let shown = render(diagnostic, sources, false);
        let hostile = |c: char| c.is_control() && c != '\n';
        assert!(!shown.contains(hostile), "{shown:?} would reach the terminal");
    }
}
