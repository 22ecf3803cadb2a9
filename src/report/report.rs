//! The report of a run. Changes only add fields.

use std::collections::BTreeMap;

use super::comparison::Comparison;
use super::standing::Standing;
use crate::engine::{Accounting, FileReport};
use crate::finding::Finding;
use crate::incident::Incident;
use crate::record::InputKinds;
use crate::rule::{
    Category, Confidence, ConstructKind, FailOn, Pack, PolicyChanges, Severity, Status,
};
use crate::value::{Period, RecordKind, Time, words};

/// The facts about a rule that reports contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSummary {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// What it finds, and why that matters.
    pub description: String,
    /// What to do.
    pub remediation: String,
    /// Harmless situations in which it fires.
    pub false_positives: Vec<String>,
    /// The kind of activity that it detects.
    pub category: Category,
    /// The severity in force.
    pub severity: Severity,
    /// Its maturity.
    pub status: Status,
    /// Its pack.
    pub pack: Pack,
    /// How far its findings can be trusted.
    pub confidence: Confidence,
    /// The kind of record that it reads.
    pub on: RecordKind,
    /// How matches are related to each other; `None` if each match is a finding.
    pub construct: Option<ConstructKind>,
    /// The names of its measures, in the order of the rule file.
    pub measures: Vec<String>,
    /// Free tags.
    pub tags: Vec<String>,
    /// Controls that it checks.
    pub controls: Vec<String>,
    /// Links to further information.
    pub references: Vec<String>,
    /// Its file, as shown; relative to the project.
    pub file: String,
    /// The line of its id.
    pub line: usize,
    /// Whether it is built in.
    pub builtin: bool,
    /// Why it cannot match in the current configuration; `None` if it can.
    pub not_configured: Option<String>,
}

words! {
    /// The state of an allowlist entry.
    LedgerState {
        /// It applies.
        InForce = "in-force",
        /// It applies and expires within 14 days.
        Expiring = "expiring",
        /// It no longer applies.
        Expired = "expired",
    }
}

/// What one allowlist entry suppressed in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its id.
    pub id: String,
    /// Its file.
    pub file: String,
    /// The line of its id.
    pub line: usize,
    /// Why the matches are accepted.
    pub reason: String,
    /// Who is responsible for it.
    pub owner: String,
    /// The ticket in which it was agreed.
    pub ticket: Option<String>,
    /// The last valid day, or `never`.
    pub expires: String,
    /// Its state at the run clock.
    pub state: LedgerState,
    /// Matches that it covers.
    pub matches: u64,
    /// Of those, matches that no entry with a smaller id covers.
    pub first_credit: u64,
    /// Rules whose matches it covers.
    pub rules: Vec<String>,
    /// Severities of those matches.
    pub severities: BTreeMap<Severity, u64>,
    /// The first match that it covers.
    pub first: Option<Time>,
    /// The last match that it covers.
    pub last: Option<Time>,
}

/// A note for the reader of the report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Stable id in kebab case, `ambiguous-time`.
    pub id: &'static str,
    /// One sentence. It may quote inputs, so outputs escape it.
    pub text: String,
}

/// Counts of the findings at or above `--fail-on` that the allowlist does not cover, by whether
/// they fail the run.
///
/// Findings below `--min-severity` are not reported, but they are counted here and can fail the
/// run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GateCounts {
    /// Findings that fail the run.
    pub gating: u64,
    /// Findings that do not fail the run, because the input does not reach far enough to be certain
    /// of them.
    pub uncertain: u64,
    /// Findings that do not fail the run, because their rule is experimental.
    pub experimental: u64,
    /// Findings that do not fail the run, because their rule belongs to the extended pack.
    pub extended: u64,
    /// Findings that do not fail the run, because somebody dealt with them.
    pub processed: u64,
    /// Findings that do not fail the run, because somebody decided to ignore them.
    pub ignored: u64,
    /// Findings that do not fail the run, because the baseline contains them.
    pub unchanged: u64,
}

words! {
    /// How the run ended.
    Verdict {
        /// The allowlist covers every finding, and nothing was left out.
        Clean = "clean",
        /// There are findings, but none of them fails the run.
        Passed = "passed",
        /// At least one finding fails the run.
        Findings = "findings",
        /// Something was not read or not evaluated.
        Incomplete = "incomplete",
    }
}

/// Facts about the run, as opposed to its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The version of Keytrail.
    pub version: &'static str,
    /// The run clock.
    pub clock: Time,
    /// Whether `--now` set it.
    pub clock_given: bool,
    /// The time of the matches that are reported.
    pub period: Period,
    /// The time zone of occurrence days.
    pub zone: String,
    /// SHA-256 over the policy in force, hex.
    pub policy: String,
    /// How the policy differs from the built-in one.
    pub policy_changes: PolicyChanges,
    /// The value of `--fail-on` in force.
    pub fail_on: FailOn,
    /// Whether `--fail-on-uncertain` is set.
    pub fail_on_uncertain: bool,
    /// Whether the project lets findings of the extended pack fail the run.
    pub fail_on_extended: bool,
    /// The value of `--min-severity` in force.
    pub min_severity: Severity,
    /// The value of `--max-skipped` in force.
    pub max_skipped: u64,
    /// Whether `--strict` is set.
    pub strict: bool,
    /// Kinds of inputs that the project expects.
    pub expected: InputKinds,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
    /// How keys are shown that would look alike if they were masked as others are.
    pub masks: BTreeMap<String, String>,
    /// Whether keys are masked already, because the report was read from a file.
    pub masked: bool,
}

/// The report of a run. Every output format writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Facts of the run.
    pub facts: Facts,
    /// Every rule in force, sorted by id.
    pub rules: Vec<RuleSummary>,
    /// Input roots as the user named them, sorted by bytes; locations refer to them by index.
    pub roots: Vec<String>,
    /// Findings, worst first, then by rule id and subject, without those below `--min-severity`.
    pub findings: Vec<Finding>,
    /// What belongs together, the worst first. Every finding is in exactly one incident.
    pub incidents: Vec<Incident>,
    /// How the run differs from its baseline; `None` without one.
    pub baseline: Option<Comparison>,
    /// Findings that `--min-severity` removed.
    pub left_out: BTreeMap<Standing, u64>,
    /// The number of rules that are blind.
    pub blind: usize,
    /// Findings at or above `--fail-on`.
    pub gate: GateCounts,
    /// Every allowlist entry, sorted by id.
    pub ledger: Vec<LedgerEntry>,
    /// Every input file, sorted by root and path.
    pub files: Vec<FileReport>,
    /// Counts of what was read, evaluated, skipped and matched.
    pub accounting: Accounting,
    /// Why the run is incomplete; empty if it is complete.
    pub incomplete: Vec<Note>,
    /// Other notes. Notes that the ledger or the files contain are not repeated here.
    pub notes: Vec<Note>,
    /// How it ended.
    pub verdict: Verdict,
}
