//! What a rule decides about the records of inputs, redacted and masked.

use std::collections::BTreeMap;

use crate::record::FieldSet;
use crate::rule::Severity;
use crate::value::{Duration, RecordKind, Time};

/// What a rule decides about the records of inputs.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The id of the rule.
    pub rule: String,
    /// The kind of record that it reads.
    pub on: RecordKind,
    /// Why the rule cannot match in this configuration, such as an empty list.
    pub not_configured: Option<String>,
    /// The number of records that it was evaluated on.
    pub evaluated: u64,
    /// The number of records that could not be read.
    pub skipped: u64,
    /// Whether everything in the inputs could be read, and there was a record.
    pub complete: bool,
    /// The formats of which no record can meet the rule, with the fields that the rule requires and
    /// they do not carry.
    pub blind: BTreeMap<&'static str, FieldSet>,
    /// Its conditions, in the order written: one for each step.
    pub conditions: Vec<ExplainedCondition>,
    /// The findings.
    pub findings: Vec<ExplainedFinding>,
    /// For a rule that relates matches to each other, what it holds of the subjects with the most
    /// matches.
    pub subjects: Vec<SubjectState>,
    /// The number of subjects with a match; 0 for a rule without relation between matches.
    pub subject_count: usize,
}

impl Explanation {
    /// Drops the misses of every condition that holds for some record.
    pub fn keep_misses_of_unmet_conditions(&mut self) {
        let met = self.conditions.iter_mut().filter(|condition| condition.holds > 0);
        met.for_each(|condition| condition.misses.clear());
    }
}

/// One condition of a rule.
#[derive(Debug, Clone)]
pub struct ExplainedCondition {
    /// The name of the step; empty if the rule has no steps.
    pub name: String,
    /// How the index looks it up.
    pub lookup: String,
    /// The number of records for which it holds.
    pub holds: u64,
    /// The first records for which it holds.
    pub matches: Vec<ExplainedRecord>,
    /// The records that fail the fewest clauses; of these the ones that the index proposes, that meet
    /// the most clauses, and that are read first.
    pub misses: Vec<ExplainedRecord>,
}

/// A condition evaluated on one record.
#[derive(Debug, Clone)]
pub struct ExplainedRecord {
    /// Where the record begins, `logs/a.json:1:1`.
    pub place: String,
    /// The fingerprint of the finding that it is shown for, if findings are explained.
    pub finding: Option<String>,
    /// The time of an event, or of the report of a cred or key.
    pub time: Option<Time>,
    /// How many clauses hold.
    pub met: u32,
    /// How many clauses must still change for the condition to hold.
    pub unmet: u32,
    /// Whether the index proposes the rule for this record.
    pub looked_up: bool,
    /// The condition as a tree.
    pub condition: ExplainedNode,
    /// For a match, the conditions that raise its severity.
    pub raises: Vec<(Severity, ExplainedNode)>,
    /// For a match, the allowlist entries that cover it, or fail at one test.
    pub entries: Vec<ExplainedEntry>,
    /// How many entries name the rule.
    pub entry_count: usize,
}

/// A part of a condition with its result.
#[derive(Debug, Clone)]
pub struct ExplainedNode {
    /// Its text on one line.
    pub text: String,
    /// `&&`, `||` or `!` if it has operands.
    pub operator: Option<&'static str>,
    /// Its result; `None` if the evaluation fails.
    pub holds: Option<bool>,
    /// Why the evaluation fails.
    pub error: Option<String>,
    /// The operands of `&&`, `||` and `!`.
    pub parts: Vec<ExplainedNode>,
    /// The values that a test reads.
    pub values: Vec<ExplainedValue>,
}

/// A value that a test reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedValue {
    /// The text of the expression.
    pub text: String,
    /// Its value; `()` if it is missing.
    pub value: String,
    /// Why it is missing, and where it would come from.
    pub missing: Option<String>,
}

/// An allowlist entry tested on a match.
#[derive(Debug, Clone)]
pub struct ExplainedEntry {
    /// Its id.
    pub id: String,
    /// The tests that the match does not meet; empty if the entry covers it.
    pub unmet: Vec<UnmetTest>,
}

/// A test of an entry that a match does not meet.
#[derive(Debug, Clone)]
pub struct UnmetTest {
    /// The selector, `when`, `expires`, or `guards` if a guard of the project file forbids it.
    pub name: &'static str,
    /// The values of the record that the selector reads.
    pub values: Vec<ExplainedValue>,
}

/// A finding of the rule.
#[derive(Debug, Clone)]
pub struct ExplainedFinding {
    /// Its severity.
    pub severity: Severity,
    /// Its message.
    pub message: String,
    /// The number of its occurrences.
    pub occurrences: usize,
    /// Whether the input does not cover the history that the rule needs.
    pub uncertain: bool,
    /// The entries that suppress it; empty if it counts.
    pub suppressed_by: Vec<String>,
}

/// What a rule that relates matches to each other holds of one subject.
#[derive(Debug, Clone)]
pub struct SubjectState {
    /// The values of the subject, each with the text of its expression.
    pub subject: Vec<(String, String)>,
    /// The number of its matches.
    pub matches: usize,
    /// How far matches can be apart, or how long a record counts; `None` for the whole input.
    pub within: Option<Duration>,
    /// For measures: the number of matches in the fullest window.
    pub fullest: Option<usize>,
    /// The measures in this window.
    pub measures: Vec<(String, String)>,
    /// `having` over these measures.
    pub having: Option<ExplainedNode>,
    /// For a sequence: its steps.
    pub steps: Vec<SubjectStep>,
    /// The most steps that matches meet in order and within the time.
    pub reached: Option<usize>,
    /// For values seen before and for silences: the first matches.
    pub values: Vec<SubjectValue>,
}

/// A step of a sequence, for one subject.
#[derive(Debug, Clone)]
pub struct SubjectStep {
    /// Its name.
    pub id: String,
    /// Whether the sequence requires that there is no such record.
    pub absent: bool,
    /// How many records the sequence requires.
    pub required: usize,
    /// The number of records.
    pub records: usize,
    /// The time of the first.
    pub first: Option<Time>,
    /// The time of the last.
    pub last: Option<Time>,
}

/// A match that is compared with earlier records of its subject.
#[derive(Debug, Clone)]
pub struct SubjectValue {
    /// Where the record begins.
    pub place: String,
    /// Its time.
    pub time: Option<Time>,
    /// The values that must be new.
    pub values: Vec<(String, String)>,
    /// The last earlier record that counts: one with the same values, or the last match.
    pub before: Option<Time>,
    /// Whether that record is recent enough to count.
    pub counts: bool,
}
