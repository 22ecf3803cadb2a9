//! `keytrail test`: runs the tests that are written in rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use keytrail::allow::Allowlist;
use keytrail::cases::{CaseOptions, EXPECTED, Expected, INPUTS, run_case};
use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::did_you_mean;
use keytrail::input::FORMATS;
use keytrail::output::rule_tests::{Results, TestLine, write_human, write_json, write_junit};
use keytrail::rule::Rule;
use keytrail::ruletest::{self, Coverage, Mutation, Outcome, RuleTests};
use keytrail::source::{Edit, FileId, applied};

use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::host::Host;
use crate::policy::PolicyArgs;
use crate::term::stdout_failed;

/// Run the tests of rules.
///
/// `--coverage` lists what no test exercises: conditions that are never true or never false, items
/// of lists, arms of `raise`, parameters, and selectors of allowlist entries. `--mutate` changes the rules one part at a time and
/// lists the changes that no test notices. `--cases` scans stored logs: each folder with `inputs` has the
/// expected findings in `expected.yaml`, and its own policy if it has a `keytrail.yaml`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Test {
    /// Files, folders and globs: test the rules in them, and no others.
    #[arg(value_name = "PATH", conflicts_with = "rules")]
    paths: Vec<String>,
    /// Test only the rules with this id; `*` matches any text; repeatable.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: TestFormat,
    /// List the parts of the rules that no test exercises.
    #[arg(long)]
    coverage: bool,
    /// Fail if a smaller percentage of conditions is true in one test and false in another.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,
    /// Change the rules one part at a time, and list the changes that no test notices.
    #[arg(long)]
    mutate: bool,
    /// Fail if tests do not notice more changes than this.
    #[arg(long, value_name = "NUMBER")]
    max_survivors: Option<usize>,
    /// Scan the inputs of the cases below this folder, and compare the findings with the expected
    /// ones, instead of running the tests of rules; repeatable.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["paths", "only", "coverage", "mutate"])]
    cases: Vec<PathBuf>,
    /// Write what the rules give now: into `expect` of each test that fails, or with `--cases` into the
    /// file of expected findings.
    #[arg(long)]
    update: bool,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// The output format of `test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TestFormat {
    /// Text for people.
    Human,
    /// JSON for programs.
    Json,
    /// JUnit XML, which CI systems show as tests.
    Junit,
}

impl Test {
    pub(crate) fn run(mut self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        if !self.cases.is_empty() {
            return self.run_cases(host);
        }
        let named = !self.paths.is_empty();
        self.policy.rules.append(&mut self.paths);
        let mut policy = self.policy.load_with_tests(host.clock, host)?;
        if self.update && self.update_tests(&policy, host)? {
            policy = self.policy.load_with_tests(host.clock, host)?;
        }
        let shipped = self.shipped(&policy, host)?;
        let mut results = Results::default();
        let (mut own, mut builtin) = (Vec::new(), Vec::new());
        // If paths are given, only the rules in them are tested, not the built-in ones.
        for rule in self.select(&policy)?.into_iter().filter(|rule| !(named && rule.builtin)) {
            let as_shipped = shipped
                .as_ref()
                .filter(|_| rule.builtin)
                .and_then(|shipped| shipped.rules.iter().find(|other| other.id == rule.id));
            match as_shipped {
                Some(rule) => builtin.push(rule),
                None => own.push(rule),
            }
        }
        let groups = [(Some(&policy), own), (shipped.as_ref(), builtin)];
        let mut failing = Vec::new();
        let mut unused = Vec::new();
        for (policy, rules) in groups {
            let Some(policy) = policy else { continue };
            self.test(policy, &rules, &mut results, host);
            if (self.coverage || self.min_coverage.is_some()) && !rules.is_empty() {
                let mut coverage = Coverage::default();
                let own: Vec<usize> = (0..policy.rules.len())
                    .filter(|&at| rules.iter().any(|rule| rule.id == policy.rules[at].id))
                    .collect();
                coverage.add_entries(&policy.allowlist, &own, &policy.sources);
                each(policy, &rules, |tests| coverage.add(tests));
                results.add_coverage(&coverage, &policy.sources);
            }
            if (self.mutate || self.max_survivors.is_some()) && !rules.is_empty() {
                let mut mutation = Mutation::default();
                each(policy, &rules, |tests| mutation.add(tests));
                mutation.settle(&rules);
                results.add_mutation(&mutation, &policy.sources);
                failing.append(&mut mutation.failing);
                for (rule, span) in mutation.unused {
                    let file = policy.sources.file(span.file);
                    unused.push((rule, format!("{}:{}", file.name, file.line_col(span.start).0)));
                }
            }
        }
        if results.tests.is_empty() {
            return Err(Failure::because("there is no test to run")
                .help("add `tests` to a rule, or name rules that have tests"));
        }
        self.write(&results, host)?;
        Ok(self.exit(&results, &failing, &unused, host))
    }

    /// Writes what the rules give into the tests that fail; returns whether there is any.
    fn update_tests(&self, policy: &Policy, host: &Host<'_>) -> Result<bool, Failure> {
        let rules: Vec<&Rule> =
            self.select(policy)?.into_iter().filter(|rule| !rule.builtin).collect();
        let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
        each(policy, &rules, |tests| {
            let found = ruletest::updates(tests);
            if !found.is_empty() {
                edits.entry(tests.rule.id_span.file).or_default().extend(found);
            }
        });
        for (file, edits) in &edits {
            let file = policy.sources.file(*file);
            let path = host.directory.join(&file.name);
            let failed = |error: std::io::Error| {
                Failure::because(format!("cannot write {}: {error}", file.name))
            };
            let stored = std::fs::read_to_string(&path).map_err(failed)?;
            // A byte order mark is no part of the text.
            let Some(mark) = stored.strip_suffix(&*file.text) else {
                return Err(Failure::because(format!("{} has changed meanwhile", file.name)));
            };
            let text = format!("{mark}{}", applied(&file.text, edits));
            std::fs::write(&path, text).map_err(failed)?;
            host.term.status(&format!("updated the expectations in {}", file.name));
        }
        Ok(!edits.is_empty())
    }

    fn write(&self, results: &Results, host: &mut Host<'_>) -> Result<(), Failure> {
        let out = host.term.out();
        let written = match self.format {
            TestFormat::Human => write_human(results, out),
            TestFormat::Json => write_json(results, out),
            TestFormat::Junit => write_junit(results, out),
        };
        written.map_err(|error| stdout_failed(&error))
    }

    /// Runs the cases below the named folders.
    fn run_cases(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let mut results = Results::default();
        for folder in &self.cases {
            let found = folders(&host.directory.join(folder))?;
            if found.is_empty() {
                return Err(Failure::because(format!(
                    "{} contains no case: a folder with `{INPUTS}`",
                    folder.display()
                )));
            }
            for case in found {
                let name = case.strip_prefix(&host.directory).unwrap_or(&case);
                let name = name.display().to_string();
                let reasons = self.case(&case, &name, host)?;
                for reason in &reasons {
                    host.term.warn(&format!("{name}: {reason}"));
                }
                results.tests.push(TestLine {
                    rule: CASES.to_owned(),
                    path: format!("{name}/{EXPECTED}"),
                    name,
                    line: 1,
                    reasons,
                });
            }
        }
        self.write(&results, host)?;
        Ok(if results.counts().1 == 0 { Exit::Clean } else { Exit::Findings })
    }

    /// Runs a case; returns how its findings differ from the expected ones.
    fn case(&self, folder: &Path, name: &str, host: &Host<'_>) -> Result<Vec<String>, Failure> {
        let file = folder.join(EXPECTED);
        let written = match std::fs::read_to_string(&file) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Failure::because(format!("cannot read {}: {error}", file.display())));
            }
        };
        let expected = match &written {
            None => Expected::default(),
            Some(text) => Expected::read(&format!("{name}/{EXPECTED}"), text).map_err(
                |(sources, problems)| {
                    problems.iter().for_each(|problem| host.term.diagnostic(problem, &sources));
                    Failure::because(format!("the case {name} cannot be run"))
                },
            )?,
        };
        let clock = expected.now.unwrap_or(host.clock);
        let policy = self.policy.of_folder(folder, clock, host)?;
        let options = CaseOptions { folder, now: expected.now, clock: host.clock };
        let case = run_case(&policy, &options)
            .map_err(|error| Failure::because(format!("the case {name} cannot be run: {error}")))?;
        if self.update {
            let text = case.found.text();
            if written.as_ref() != Some(&text) {
                std::fs::write(&file, text).map_err(|error| {
                    Failure::because(format!("cannot write {}: {error}", file.display()))
                })?;
            }
            return Ok(case.incomplete);
        }
        let mut reasons = expected.differences(&case.found);
        if written.is_none() {
            reasons.insert(0, format!("there is no {EXPECTED}; `--update` writes it"));
        }
        reasons.extend(case.incomplete);
        Ok(reasons)
    }

    /// Runs the tests of rules and prints why they fail.
    fn test(&self, policy: &Policy, rules: &[&Rule], results: &mut Results, host: &Host<'_>) {
        each(policy, rules, |tests| {
            for result in ruletest::run(tests) {
                results.add_test(&result, &policy.sources);
                match &result.outcome {
                    Outcome::Passed => {
                        host.term.detail(&format!("passed: {}: {}", result.rule, result.name));
                    }
                    Outcome::Failed(reasons) => {
                        for reason in reasons {
                            host.term.diagnostic(reason, &policy.sources);
                        }
                    }
                }
            }
        });
    }

    /// Whether the tests and the demands on them are met; says which are not.
    fn exit(
        &self,
        results: &Results,
        failing: &[String],
        unused: &[(String, String)],
        host: &Host<'_>,
    ) -> Exit {
        let mut met = results.counts().1 == 0;
        for rule in failing {
            host.term.warn(&format!("`{rule}` was not changed, because its tests fail"));
            met = false;
        }
        for (rule, place) in unused {
            host.term.warn(&format!(
                "{place}: `{rule}` accepts a survivor that does not survive; delete it"
            ));
            met = false;
        }
        if let Some(least) = self.min_coverage.filter(|&least| results.percentage() < least.into())
        {
            host.term.warn(&format!(
                "{:.1} % of the conditions are covered, fewer than {least} %",
                (results.percentage() * 10.0).floor() / 10.0
            ));
            met = false;
        }
        let survived = results.survivors().count();
        if let Some(most) = self.max_survivors.filter(|&most| survived > most) {
            host.term.warn(&format!("{survived} mutants survived, more than {most}"));
            met = false;
        }
        if met { Exit::Clean } else { Exit::Findings }
    }

    /// The built-in policy with its own lists and tables, if any built-in rule is in force. A
    /// project's changes to these lists and tables must not fail the tests of built-in rules.
    fn shipped(&self, policy: &Policy, host: &Host<'_>) -> Result<Option<Policy>, Failure> {
        if !policy.rules.iter().any(|rule| rule.builtin) {
            return Ok(None);
        }
        let options = LoadOptions {
            config: None,
            no_config: true,
            rules: Vec::new(),
            allowlists: Vec::new(),
            tables: Vec::new(),
            ..self.policy.options(host)
        };
        Policy::load(&options)
            .map(Some)
            .map_err(|_| Failure::because("the built-in rules do not load"))
    }

    /// The rules to test; a pattern that selects none is an error.
    fn select<'p>(&self, policy: &'p Policy) -> Result<Vec<&'p Rule>, Failure> {
        let mut patterns = Vec::new();
        for text in &self.only {
            let pattern = glob::Pattern::new(text)
                .map_err(|error| Failure::because(format!("--only {text}: {error}")))?;
            if !policy.rules.iter().any(|rule| pattern.matches(&rule.id)) {
                let failure = Failure::because(format!("--only {text} selects no rule"));
                let ids = policy.rules.iter().map(|rule| rule.id.as_str());
                return Err(match did_you_mean(text, ids) {
                    Some(near) => failure.help(near),
                    None => failure.help("`keytrail rules` lists every rule"),
                });
            }
            patterns.push(pattern);
        }
        let chosen =
            |rule: &&Rule| patterns.is_empty() || patterns.iter().any(|p| p.matches(&rule.id));
        Ok(policy.rules.iter().filter(chosen).collect())
    }
}

/// The name under which reports list cases.
const CASES: &str = "cases";

/// The cases at and below a folder, sorted.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::because(format!("cannot read {}: {error}", folder.display()))
    };
    if folder.join(INPUTS).is_dir() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Links are not followed, so the walk ends.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            found.extend(folders(&entry.path())?);
        }
    }
    found.sort();
    Ok(found)
}

/// Calls `run` with the tests of each rule.
fn each(policy: &Policy, rules: &[&Rule], mut run: impl FnMut(RuleTests<'_>)) {
    let none = Allowlist::default();
    for rule in rules {
        // Most tests expect nothing of entries.
        let reads = rule.tests.iter().any(|test| test.expect.reads_entries());
        let index = policy.rules.iter().position(|other| other.id == rule.id);
        let own = index.filter(|_| reads).map(|index| policy.allowlist.for_rule(index));
        let entries = own.as_ref().unwrap_or(&none);
        run(RuleTests { rule, sources: &policy.sources, policy, formats: FORMATS, entries });
    }
}
