//! The explanation of a rule as JSON, `keytrail/explain/v1`.

use std::collections::BTreeMap;
use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::inert::write_pretty;
use crate::output::schema::schema_of;
use crate::review::{
    ExplainedCondition, ExplainedFinding, ExplainedNode, ExplainedRecord, ExplainedValue,
    Explanation, SubjectState,
};
use crate::value::Time;

/// What a rule decides about the records of inputs.
#[derive(Debug, Serialize, JsonSchema)]
struct Document<'e> {
    /// Always `keytrail/explain/v1`.
    schema: &'static str,
    #[serde(flatten)]
    rule: Rule<'e>,
}

/// What the rules with findings decide about the first matches of each finding.
#[derive(Debug, Serialize, JsonSchema)]
struct Explanations<'e> {
    /// Always `keytrail/explanations/v1`.
    schema: &'static str,
    /// The rules with findings. Each match names the fingerprint of its finding.
    rules: Vec<Rule<'e>>,
}

/// What a rule decides about the records of inputs.
#[derive(Debug, Serialize, JsonSchema)]
struct Rule<'e> {
    /// The rule.
    rule: &'e str,
    /// The kind of record that it reads: `event`, `cred` or `key`.
    on: &'static str,
    /// Why the rule cannot match in this configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_configured: Option<&'e str>,
    /// The number of records that it was evaluated on.
    evaluated: u64,
    /// The number of records that could not be read.
    skipped: u64,
    /// Whether everything in the inputs could be read, and there was a record.
    complete: bool,
    /// The formats of which no record can meet the rule, with the fields that they do not carry.
    blind: BTreeMap<&'static str, Vec<String>>,
    /// Its conditions: one for each step.
    conditions: Vec<Condition<'e>>,
    /// The matches that a correlating rule compares, for the subjects with the most of them.
    subjects: Vec<Subject<'e>>,
    /// The number of subjects.
    subject_count: usize,
    /// The findings.
    findings: Vec<Finding<'e>>,
}

/// A condition.
#[derive(Debug, Serialize, JsonSchema)]
struct Condition<'e> {
    /// The step; empty for a rule without steps.
    step: &'e str,
    /// How the index looks it up.
    lookup: &'e str,
    /// The number of records for which it holds.
    holds: u64,
    /// The first of them.
    matches: Vec<Record<'e>>,
    /// The nearest other records, the nearest first.
    misses: Vec<Record<'e>>,
}

/// A condition evaluated on one record.
#[derive(Debug, Serialize, JsonSchema)]
struct Record<'e> {
    /// Where the record begins: `PATH:LINE:COLUMN`.
    place: &'e str,
    /// The fingerprint of the finding that it is shown for, if findings are explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<&'e str>,
    /// The time of the event, or of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// How many clauses hold.
    met: u32,
    /// How many clauses must change for the condition to hold.
    unmet: u32,
    /// Whether the index proposes the rule for the record.
    looked_up: bool,
    /// The condition as a tree.
    condition: Node<'e>,
    /// The conditions that raise the severity of a match.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    raises: Vec<Raise<'e>>,
    /// The entries that cover the match, or fail at one test.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entries: Vec<Entry<'e>>,
    /// How many entries name the rule.
    entry_count: usize,
}

/// A part of a condition.
#[derive(Debug, Serialize, JsonSchema)]
struct Node<'e> {
    /// Its text.
    text: &'e str,
    /// `&&`, `||` or `!` if it has operands.
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<&'static str>,
    /// Its result; `null` if the evaluation fails.
    holds: Option<bool>,
    /// Why the evaluation fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'e str>,
    /// The operands of `&&`, `||` and `!`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Node<'e>>,
    /// The values that a test reads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value<'e>>,
}

/// A value.
#[derive(Debug, Serialize, JsonSchema)]
struct Value<'e> {
    /// The expression.
    text: &'e str,
    /// Its value as expressions write it; `()` if it is missing.
    value: &'e str,
    /// Why it is missing, and where it would come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'e str>,
}

/// A condition that raises the severity.
#[derive(Debug, Serialize, JsonSchema)]
struct Raise<'e> {
    /// The severity.
    to: &'static str,
    /// The condition.
    when: Node<'e>,
}

/// An allowlist entry.
#[derive(Debug, Serialize, JsonSchema)]
struct Entry<'e> {
    /// Its id.
    id: &'e str,
    /// Whether it covers the match.
    covers: bool,
    /// The tests that the match does not meet.
    unmet: Vec<Unmet<'e>>,
}

/// A test of an entry.
#[derive(Debug, Serialize, JsonSchema)]
struct Unmet<'e> {
    /// The selector, `when`, `expires`, or `guards` if a guard of the project file forbids it.
    name: &'static str,
    /// The values of the record that it reads.
    values: Vec<Value<'e>>,
}

/// A named value.
#[derive(Debug, Serialize, JsonSchema)]
struct Named<'e> {
    /// The expression or the measure.
    name: &'e str,
    /// Its value.
    value: &'e str,
}

/// The matches of a subject.
#[derive(Debug, Serialize, JsonSchema)]
struct Subject<'e> {
    /// The values of the subject.
    subject: Vec<Named<'e>>,
    /// The number of its matches.
    matches: usize,
    /// How far matches can be apart, or how long a record counts: `10m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<String>,
    /// The number of matches in the fullest window.
    #[serde(skip_serializing_if = "Option::is_none")]
    fullest: Option<usize>,
    /// The measures in this window.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measures: Vec<Named<'e>>,
    /// `having` over these measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    having: Option<Node<'e>>,
    /// The steps of a sequence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<Step<'e>>,
    /// The most steps that follow each other in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<usize>,
    /// Matches that are compared with earlier records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    compared: Vec<Compared<'e>>,
}

/// A step of a sequence.
#[derive(Debug, Serialize, JsonSchema)]
struct Step<'e> {
    /// Its name.
    id: &'e str,
    /// Whether the sequence requires that there is no such record.
    absent: bool,
    /// How many records the sequence requires.
    required: usize,
    /// The number of records.
    records: usize,
    /// The time of the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    /// The time of the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

/// A match that is compared with earlier records.
#[derive(Debug, Serialize, JsonSchema)]
struct Compared<'e> {
    /// Where the record begins.
    place: &'e str,
    /// Its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// The values that must be new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Named<'e>>,
    /// The time of the last earlier record with the same values, or of the last match.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// Whether that record is recent enough to count.
    counts: bool,
}

/// A finding.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding<'e> {
    /// Its severity.
    severity: &'static str,
    /// Its message.
    message: &'e str,
    /// The number of its occurrences.
    occurrences: usize,
    /// Whether the input does not cover the history that the rule needs.
    uncertain: bool,
    /// The entries that suppress it.
    suppressed_by: &'e [String],
}

/// Writes the explanation as JSON.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(of: &Explanation, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&Document { schema: "keytrail/explain/v1", rule: rule(of) }, out)
}

/// Writes the explanations of findings as JSON.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_all(of: &[Explanation], out: &mut dyn io::Write) -> io::Result<()> {
    let rules = of.iter().map(rule).collect();
    write_pretty(&Explanations { schema: "keytrail/explanations/v1", rules }, out)
}

fn rule(of: &Explanation) -> Rule<'_> {
    let blind = of
        .blind
        .iter()
        .map(|(format, lacks)| (*format, lacks.iter().map(|field| field.field().path()).collect()));
    Rule {
        rule: &of.rule,
        on: of.on.name(),
        not_configured: of.not_configured.as_deref(),
        evaluated: of.evaluated,
        skipped: of.skipped,
        complete: of.complete,
        blind: blind.collect(),
        conditions: of.conditions.iter().map(condition).collect(),
        subjects: of.subjects.iter().map(subject).collect(),
        subject_count: of.subject_count,
        findings: of.findings.iter().map(finding).collect(),
    }
}

fn condition(of: &ExplainedCondition) -> Condition<'_> {
    Condition {
        step: &of.name,
        lookup: &of.lookup,
        holds: of.holds,
        matches: of.matches.iter().map(record).collect(),
        misses: of.misses.iter().map(record).collect(),
    }
}

fn record(of: &ExplainedRecord) -> Record<'_> {
    let entries = of.entries.iter().map(|entry| Entry {
        id: &entry.id,
        covers: entry.unmet.is_empty(),
        unmet: entry
            .unmet
            .iter()
            .map(|unmet| Unmet { name: unmet.name, values: values(&unmet.values) })
            .collect(),
    });
    let raises = of.raises.iter().map(|(to, when)| Raise { to: to.name(), when: node(when) });
    Record {
        place: &of.place,
        finding: of.finding.as_deref(),
        time: text(of.time),
        met: of.met,
        unmet: of.unmet,
        looked_up: of.looked_up,
        condition: node(&of.condition),
        raises: raises.collect(),
        entries: entries.collect(),
        entry_count: of.entry_count,
    }
}

fn node(of: &ExplainedNode) -> Node<'_> {
    Node {
        text: &of.text,
        operator: of.operator,
        holds: of.holds,
        error: of.error.as_deref(),
        parts: of.parts.iter().map(node).collect(),
        values: values(&of.values),
    }
}

fn values(of: &[ExplainedValue]) -> Vec<Value<'_>> {
    of.iter()
        .map(|of| Value { text: &of.text, value: &of.value, missing: of.missing.as_deref() })
        .collect()
}

fn named(of: &[(String, String)]) -> Vec<Named<'_>> {
    of.iter().map(|(name, value)| Named { name, value }).collect()
}

fn subject(of: &SubjectState) -> Subject<'_> {
    let step = of.steps.iter().map(|step| Step {
        id: &step.id,
        absent: step.absent,
        required: step.required,
        records: step.records,
        first: text(step.first),
        last: text(step.last),
    });
    let compared = of.values.iter().map(|of| Compared {
        place: &of.place,
        time: text(of.time),
        values: named(&of.values),
        before: text(of.before),
        counts: of.counts,
    });
    Subject {
        subject: named(&of.subject),
        matches: of.matches,
        within: of.within.map(|within| within.to_string()),
        fullest: of.fullest,
        measures: named(&of.measures),
        having: of.having.as_ref().map(node),
        steps: step.collect(),
        reached: of.reached,
        compared: compared.collect(),
    }
}

fn finding(of: &ExplainedFinding) -> Finding<'_> {
    Finding {
        severity: of.severity.name(),
        message: &of.message,
        occurrences: of.occurrences,
        uncertain: of.uncertain,
        suppressed_by: &of.suppressed_by,
    }
}

fn text(time: Option<Time>) -> Option<String> {
    time.map(|time| time.to_string())
}

/// The JSON schema of the explanation, identical to `schemas/explain.json`.
pub fn schema() -> String {
    schema_of::<Document<'_>>()
}

/// The JSON schema of the explanations of findings, identical to `schemas/explanations.json`.
pub fn explanations_schema() -> String {
    schema_of::<Explanations<'_>>()
}
