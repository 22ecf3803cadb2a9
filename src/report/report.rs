//! The report of a run; it grows only by adding fields.

use std::collections::BTreeMap;

use crate::engine::{Accounting, FileReport};
use crate::finding::Finding;
use crate::rule::{Category, ConstructKind, Severity, Status};
use crate::value::{RecordKind, Time, words};

/// What a rule contributes to reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSummary {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// What it finds and why that matters.
    pub description: String,
    /// What to do.
    pub remediation: String,
    /// When it fires on something harmless.
    pub false_positives: Vec<String>,
    /// What it watches for.
    pub category: Category,
    /// The severity in force.
    pub severity: Severity,
    /// How far it can be relied on.
    pub status: Status,
    /// Which records it reads.
    pub on: RecordKind,
    /// What relates matches to each other; `None` if each match is a finding.
    pub construct: Option<ConstructKind>,
    /// Free tags.
    pub tags: Vec<String>,
    /// Controls it checks.
    pub controls: Vec<String>,
    /// Where to read more.
    pub references: Vec<String>,
    /// Its file, as shown; relative to the project.
    pub file: String,
    /// The line of its id.
    pub line: usize,
    /// Whether it ships with Keytrail.
    pub builtin: bool,
    /// Why it cannot match in this configuration, if so.
    pub not_configured: Option<String>,
}

/// How an allowlist entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerState {
    /// It applies.
    InForce,
    /// It applies and ends within 14 days.
    Expiring,
    /// It no longer applies.
    Expired,
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
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Where it was agreed.
    pub ticket: Option<String>,
    /// The last valid day, or `never`.
    pub expires: String,
    /// How it stands at the run clock.
    pub state: LedgerState,
    /// Matches that it covers.
    pub matches: u64,
    /// Of those, matches that no other entry with a smaller id covers.
    pub first_credit: u64,
    /// Rules that it covered matches of.
    pub rules: Vec<String>,
    /// Severities of those matches.
    pub severities: BTreeMap<Severity, u64>,
    /// The first and the last match that it covers.
    pub first: Option<Time>,
    /// The last.
    pub last: Option<Time>,
}

/// Something a reader of the report should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Stable id in kebab case, `ambiguous-time`.
    pub id: &'static str,
    /// One sentence; may quote inputs, so sinks escape it.
    pub text: String,
}

words! {
    /// The lowest severity that fails the run.
    FailOn {
        /// Any finding.
        Info = "info",
        /// Low and above.
        Low = "low",
        /// Medium and above.
        Medium = "medium",
        /// High and above.
        High = "high",
        /// Critical only.
        Critical = "critical",
        /// No finding.
        Never = "never",
    }
}

impl FailOn {
    /// Whether a finding of this severity is at or above the threshold.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        self <= FailOn::from(severity)
    }
}

impl From<Severity> for FailOn {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => FailOn::Info,
            Severity::Low => FailOn::Low,
            Severity::Medium => FailOn::Medium,
            Severity::High => FailOn::High,
            Severity::Critical => FailOn::Critical,
        }
    }
}

/// Findings at or above `--fail-on` that the allowlist leaves, by whether they fail the run.
///
/// Findings below `--min-severity` count too: what is not reported gates all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GateCounts {
    /// Findings that fail the run.
    pub gating: u64,
    /// Findings that do not, because the input does not reach far enough to be sure of them.
    pub uncertain: u64,
    /// Findings that do not, because their rule is experimental.
    pub experimental: u64,
}

/// How the run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The allowlist leaves no finding, and nothing was left out.
    Clean,
    /// There are findings, and none of them gates.
    Passed,
    /// At least one finding gates.
    Findings,
    /// Something was not read or not evaluated.
    Incomplete,
}

/// Facts of the run that are no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The version of Keytrail.
    pub version: &'static str,
    /// The run clock.
    pub clock: Time,
    /// Whether `--now` set it.
    pub clock_given: bool,
    /// The zone of occurrence days.
    pub zone: String,
    /// SHA-256 over the policy in force, hex.
    pub policy: String,
    /// `--fail-on` in force.
    pub fail_on: FailOn,
    /// `--fail-on-uncertain`.
    pub fail_on_uncertain: bool,
    /// `--min-severity` in force.
    pub min_severity: Severity,
    /// `--max-skipped` in force.
    pub max_skipped: u64,
    /// `--strict`.
    pub strict: bool,
    /// Whether keys are shown whole.
    pub show_keys: bool,
}

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Facts of the run.
    pub facts: Facts,
    /// Every rule in force, sorted by id.
    pub rules: Vec<RuleSummary>,
    /// Input roots as they were named, sorted by bytes; locations index them.
    pub roots: Vec<String>,
    /// Findings, worst first, then by rule id and subject; those below `--min-severity` are out.
    pub findings: Vec<Finding>,
    /// Findings that `--min-severity` left out.
    pub below_min_severity: u64,
    /// Of those, findings that fail the run.
    pub gating_below_min_severity: u64,
    /// Findings at or above `--fail-on`.
    pub gate: GateCounts,
    /// Every allowlist entry, sorted by id.
    pub ledger: Vec<LedgerEntry>,
    /// Every input file, sorted by root and path.
    pub files: Vec<FileReport>,
    /// What was read and what became of it.
    pub accounting: Accounting,
    /// Why the run is incomplete; empty when it is not.
    pub incomplete: Vec<Note>,
    /// Other things to know, as far as no other part of the report says them: what the ledger
    /// and the files say is not repeated.
    pub notes: Vec<Note>,
    /// How it ended.
    pub verdict: Verdict,
}
