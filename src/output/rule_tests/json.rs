//! The results as JSON, `keytrail/test/v1`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::Results;
use crate::output::inert::write_pretty;
use crate::output::schema::schema_of;
use crate::ruletest::{Fate, Told};

/// The results of the tests of rules.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'r> {
    /// Always `keytrail/test/v1`.
    schema: &'static str,
    /// The number of tests that passed.
    passed: usize,
    /// The number of tests that failed.
    failed: usize,
    /// Every test.
    tests: Vec<Test<'r>>,
    /// Which parts of rules the tests exercise, with `--coverage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage<'r>>,
    /// What became of changed rules, with `--mutate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mutation: Option<Mutation<'r>>,
}

/// A test.
#[derive(Debug, Serialize, JsonSchema)]
struct Test<'r> {
    /// The rule.
    rule: &'r str,
    /// The name.
    name: &'r str,
    /// The file of the rule.
    path: &'r str,
    /// The line of the name, from 1.
    line: usize,
    /// Whether it passed.
    passed: bool,
    /// Why it failed.
    reasons: &'r [String],
}

/// Coverage.
#[derive(Debug, Serialize, JsonSchema)]
struct Coverage<'r> {
    /// The percentage of conditions that are true in one test and false in another.
    conditions_percent: f64,
    /// How many parts there are.
    parts: Vec<Parts>,
    /// The parts that no test exercises.
    uncovered: Vec<Uncovered<'r>>,
}

/// The parts of a kind.
#[derive(Debug, Serialize, JsonSchema)]
struct Parts {
    /// `conditions`, `list items`, `raise arms`, `parameters` or `allowlist selectors`.
    kind: &'static str,
    /// How many there are; a condition counts twice, true and false.
    all: usize,
    /// How many of them tests exercise.
    exercised: usize,
}

/// A part that no test exercises.
#[derive(Debug, Serialize, JsonSchema)]
struct Uncovered<'r> {
    /// The kind, as in `parts`.
    kind: &'static str,
    /// The file.
    path: &'r str,
    /// The line, from 1.
    line: usize,
    /// The column, from 1.
    column: usize,
    /// The text of the part.
    text: &'r str,
    /// What no test does: `never true`, `never false`, `never evaluated`, `never found`, `never
    /// raised`, `never set` or `never met`.
    gap: &'static str,
}

/// What became of changed rules.
#[derive(Debug, Serialize, JsonSchema)]
struct Mutation<'r> {
    /// A test failed.
    killed: usize,
    /// The changed rule finds the same for every record.
    equal: usize,
    /// No test failed, and the rule states the reason.
    accepted: usize,
    /// No test failed.
    survived: usize,
    /// The accepted changes and the survivors.
    mutants: Vec<Mutant<'r>>,
}

/// A changed rule that no test notices.
#[derive(Debug, Serialize, JsonSchema)]
struct Mutant<'r> {
    /// The rule.
    rule: &'r str,
    /// The file of the change.
    path: &'r str,
    /// The line, from 1.
    line: usize,
    /// The column, from 1.
    column: usize,
    /// The text that was changed.
    code: &'r str,
    /// What was changed.
    change: &'r str,
    /// Whether an allowlist entry was changed, and not the rule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_entry: bool,
    /// The smallest record or records that were found to tell a survivor from its rule, as a test writes
    /// them.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'r str>,
    /// Whether the rule matches that record, or the entry covers it; if not, the mutant does.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_matches: Option<bool>,
    /// What the rule gives for several records, such as `2 findings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_gives: Option<&'r str>,
    /// What the mutant gives for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    mutant_gives: Option<&'r str>,
    /// Whether no record tells a survivor from its rule.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    indistinguishable: bool,
    /// The reason that the rule states, if it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'r str>,
}

/// Writes the results as JSON.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(results: &Results, out: &mut dyn io::Write) -> io::Result<()> {
    let (passed, failed) = results.counts();
    let [killed, equal, accepted, survived] = results.fates();
    let document = Document {
        schema: "keytrail/test/v1",
        passed,
        failed,
        tests: results
            .tests
            .iter()
            .map(|test| Test {
                rule: &test.rule,
                name: &test.name,
                path: &test.path,
                line: test.line,
                passed: test.reasons.is_empty(),
                reasons: &test.reasons,
            })
            .collect(),
        coverage: (!results.shares.is_empty()).then(|| Coverage {
            conditions_percent: results.percentage(),
            parts: results
                .shares
                .iter()
                .map(|share| Parts {
                    kind: share.kind.plural(),
                    all: share.all,
                    exercised: share.exercised,
                })
                .collect(),
            uncovered: results
                .gaps
                .iter()
                .map(|gap| Uncovered {
                    kind: gap.kind.plural(),
                    path: &gap.path,
                    line: gap.line,
                    column: gap.column,
                    text: &gap.text,
                    gap: gap.gap,
                })
                .collect(),
        }),
        mutation: results.mutated.then(|| Mutation {
            killed,
            equal,
            accepted,
            survived,
            mutants: results
                .mutants
                .iter()
                .filter(|of| matches!(of.fate, Fate::Survived | Fate::Accepted { .. }))
                .map(|of| Mutant {
                    rule: &of.rule,
                    path: &of.path,
                    line: of.line,
                    column: of.column,
                    code: &of.code,
                    change: &of.what,
                    is_entry: of.is_entry,
                    record: match &of.told {
                        Told::By { record, .. } => Some(record),
                        Told::Together { records, .. } => Some(records),
                        _ => None,
                    },
                    rule_matches: match &of.told {
                        Told::By { rule_matches, .. } => Some(*rule_matches),
                        _ => None,
                    },
                    rule_gives: match &of.told {
                        Told::Together { rule, .. } => Some(rule),
                        _ => None,
                    },
                    mutant_gives: match &of.told {
                        Told::Together { mutant, .. } => Some(mutant),
                        _ => None,
                    },
                    indistinguishable: of.told == Told::Never,
                    accepted: match &of.fate {
                        Fate::Accepted { reason } => Some(reason),
                        _ => None,
                    },
                })
                .collect(),
        }),
    };
    write_pretty(&document, out)
}

/// The JSON schema of the results, identical to `schemas/test.json`.
pub fn schema() -> String {
    schema_of::<Document<'_>>()
}
