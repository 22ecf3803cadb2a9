//! Diagnostics of whole policies, and the check that a test shows every code.
//!
//! Each file below `tests/corpus/diag/project/` holds policies with all their diagnostics; its README
//! describes the form. `KEYTRAIL_UPDATE=1` writes the current diagnostics; review the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::{Diagnostic, codes, render};
use keytrail::source::Sources;
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;

use crate::run::Folder;

/// 2026-06-01T00:00:00Z.
const CLOCK: Time = Time(1_780_272_000_000_000);

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/diag")
}

/// The rule that replaces `RULE` in a file. `KEY RULE` is replaced by a rule over keys.
fn standard(id: &str, on: &str) -> String {
    let (field, record) = match on {
        "key" => ("key.at_risk == true", "key: { provider: aws, slot: \"1\", at_risk: true }"),
        _ => ("event.api == \"CreateUser\"", "event: { provider: aws, api: CreateUser }"),
    };
    let other = match on {
        "key" => "key: { provider: aws, slot: \"1\" }",
        _ => "event: { provider: aws, api: GetUser }",
    };
    format!(
        "rule:\n  id: {id}\n  title: T\n  category: abuse\n  severity: high\n  on: {on}\n  \
         description: D\n  remediation: R\n  when: {field}\n  tests:\n    - {{ name: a, {record}, \
         expect: match }}\n    - {{ name: b, {other}, expect: none }}\n"
    )
}

/// A text in which `⟨1B⟩` means the character U+001B.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('⟨') {
        let (code, after) = after.split_once('⟩').unwrap();
        out.push_str(before);
        out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        rest = after;
    }
    out + rest
}

/// Loads the files as a policy and lints it.
fn diagnose(name: &str, files: &str) -> String {
    let mut folder = Folder::new(name);
    for part in format!("\n{files}").split("\n%%% ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        let stem = Path::new(path).file_stem().unwrap().to_str().unwrap();
        let text = match text.trim() {
            "RULE" => standard(stem, "event"),
            "KEY RULE" => standard(stem, "key"),
            _ => unescaped(text) + "\n",
        };
        folder = folder.file(path, text);
    }
    let options = LoadOptions {
        directory: folder.path(""),
        no_builtin: true,
        rules: if folder.path("keytrail.yaml").exists() { vec![] } else { vec!["rules".into()] },
        functions: FUNCTIONS,
        formats: keytrail::input::FORMATS,
        ..LoadOptions::default()
    };
    let shown = |problems: &[Diagnostic], sources: &Sources| -> String {
        problems.iter().map(|diagnostic| render(diagnostic, sources, false)).collect()
    };
    let message = match Policy::load(&options) {
        Err((sources, errors)) => shown(&errors, &sources),
        Ok(policy) => {
            let advice = keytrail::lint::run(&policy, CLOCK);
            let all = [policy.diagnostics.clone(), advice].concat();
            shown(&keytrail::lint::ignored(&policy, all, true), &policy.sources)
        }
    };
    if message.is_empty() { "nothing to say\n".to_owned() } else { message }
}

#[test]
fn every_mistake_in_a_policy_is_located() {
    let update = std::env::var_os("KEYTRAIL_UPDATE").is_some();
    let mut files = Vec::new();
    files_below(&corpus().join("project"), "txt", &mut files);
    files.sort();
    let mut count = 0;
    for file in &files {
        let written = fs::read_to_string(file).unwrap();
        let mut found = String::new();
        for case in format!("\n{written}").split("\n=== ").skip(1) {
            let (title, rest) = case.split_once('\n').unwrap();
            let text = rest.split_once("\n---\n").map_or(rest.trim_end(), |(text, _)| text);
            let message = diagnose(&format!("whole-policy-{count}"), text);
            found.push_str(&format!("=== {title}\n{text}\n---\n{message}\n"));
            count += 1;
        }
        if update {
            fs::write(file, &found).unwrap();
        }
        assert_eq!(found, fs::read_to_string(file).unwrap(), "{}", file.display());
    }
    assert!(count > 30, "{count} cases");
}

/// Codes that no policy file can cause, each with the reason and the test that shows it.
const ELSEWHERE: [(&str, &str, &str); 3] = [
    ("KT5010", "rules are chosen on the command line", "a_scan_runs_only_the_selected_rules"),
    (
        "KT6001",
        "inputs are named on the command line",
        "an_argument_that_matches_nothing_is_an_error",
    ),
    (
        "KT6002",
        "inputs are named on the command line",
        "an_argument_that_matches_nothing_is_an_error",
    ),
];

fn files_below(folder: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, ending, out);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            out.push(path);
        }
    }
}

#[test]
fn the_corpus_covers_every_code() {
    let mut files = Vec::new();
    files_below(&corpus(), "txt", &mut files);
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for file in files {
        // Only the diagnostics count, not the text of the policy.
        for case in fs::read_to_string(file).unwrap().split("\n=== ") {
            let message = case.split_once("\n---\n").map_or("", |(_, message)| message);
            for code in codes::all() {
                *shown.entry(code.id.to_owned()).or_default() +=
                    message.matches(&format!("[{}]: ", code.id)).count();
            }
        }
    }
    let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(code, ..)| *code).collect();
    let silent: Vec<&str> = codes::all()
        .map(|code| code.id)
        .filter(|id| shown.get(*id).is_none_or(|count| *count == 0))
        .filter(|id| !elsewhere.contains(id))
        .collect();
    assert!(silent.is_empty(), "no case covers {silent:?}");
    let mut sources = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files_below(&root.join("src"), "rs", &mut sources);
    files_below(&root.join("tests"), "rs", &mut sources);
    let all: String = sources.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    for (code, reason, test) in ELSEWHERE {
        assert_eq!(shown.get(code), Some(&0), "{code} is covered, though: {reason}");
        assert!(all.contains(&format!("fn {test}(")), "{code}: there is no test named {test}");
    }
}
