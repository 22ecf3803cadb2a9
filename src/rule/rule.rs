//! A rule that is ready to run.

use std::collections::BTreeMap;

use super::construct::{Construct, Measure, MeasureKind, Relation};
use super::pack::{Confidence, Pack};
use super::param::Parameter;
use crate::expr::{Expr, Param};
use crate::record::FieldSet;
use crate::source::Span;
use crate::value::{RecordKind, Type, words};
use crate::yaml::Node;

words! {
    /// The severity of a finding; `Info` is the lowest.
    Severity {
        /// For information.
        Info = "info",
        /// Look at it when convenient.
        Low = "low",
        /// Fix it.
        Medium = "medium",
        /// Look at it today.
        High = "high",
        /// Stop it now.
        Critical = "critical",
    }
}

words! {
    /// The kind of problem that a rule detects.
    Category {
        /// A credential is misused.
        Abuse = "abuse",
        /// A key has leaked.
        Leak = "leak",
        /// The state of users and keys.
        Posture = "posture",
        /// Users and keys are created and deleted.
        Lifecycle = "lifecycle",
    }
}

impl Category {
    /// Its meaning, as a clause.
    pub fn doc(self) -> &'static str {
        match self {
            Category::Abuse => "a credential is misused",
            Category::Leak => "a key has leaked",
            Category::Posture => "the state of users and keys",
            Category::Lifecycle => "users and keys are created and deleted",
        }
    }
}

words! {
    /// The maturity of a rule.
    Status {
        /// Not proven yet: its findings are reported and never fail the run.
        Experimental = "experimental",
        /// In force.
        Stable = "stable",
        /// In force, but it will be removed.
        Deprecated = "deprecated",
    }
}

/// A condition that raises the severity of a finding.
#[derive(Debug, Clone)]
pub struct Raise {
    /// The new severity.
    pub to: Severity,
    /// The condition.
    pub when: Expr,
    /// What the condition is evaluated for.
    pub judged: Judged,
}

/// What the condition of a `raise` is evaluated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// For each match: it reads the record.
    Match,
    /// For each occurrence: it reads measures.
    Occurrence {
        /// Whether adding matches can only change it from false to true.
        grows: bool,
    },
}

/// A compiled rule. A plan indexes it, and the engine evaluates it.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id, also the name of its file.
    pub id: String,
    /// Where the id was written.
    pub id_span: Span,
    /// One line.
    pub title: String,
    /// The kind of problem that it detects.
    pub category: Category,
    /// The effective severity (the project may have changed it).
    pub severity: Severity,
    /// How mature the rule is.
    pub status: Status,
    /// The pack that it belongs to (the project may have changed it).
    pub pack: Pack,
    /// How far its findings can be trusted.
    pub confidence: Confidence,
    /// The kind of record that it reads.
    pub on: RecordKind,
    /// Free tags; `attack.t1078.004` names an ATT&CK technique, one of
    /// [`SOURCE_TAGS`](super::SOURCE_TAGS) the document from which the rule comes.
    pub tags: Vec<String>,
    /// Controls that it checks, `cis-aws-1.4`.
    pub controls: Vec<String>,
    /// Links to further information.
    pub references: Vec<String>,
    /// What it finds and why that matters.
    pub description: String,
    /// Harmless activity that the rule also matches.
    pub false_positives: Vec<String>,
    /// What to do about a finding.
    pub remediation: String,
    /// An earlier id; findings still have the fingerprints of that id.
    pub renamed_from: Option<String>,
    /// The effective parameters.
    pub params: BTreeMap<String, Param>,
    /// The parameters as the file declares them, in the order written.
    pub parameters: Vec<Parameter>,
    /// The conditions that records are tested against, in the order written. A sequence has
    /// several, any other rule has one.
    pub steps: Vec<Step>,
    /// How matches become findings.
    pub construct: Construct,
    /// The conditions that raise the severity, in the order written.
    pub raise: Vec<Raise>,
    /// The message of a finding.
    pub message: Expr,
    /// Its tests.
    pub tests: Vec<TestCase>,
    /// The changes that its tests need not notice.
    pub survivors: Vec<AcceptedSurvivor>,
    /// Whether it ships with Keytrail.
    pub builtin: bool,
    /// The reason if it cannot match in this configuration, such as an empty list.
    pub not_configured: Option<String>,
}

/// One condition of a rule, and the subject of its matches.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name in a sequence; empty for the condition of any other rule.
    pub id: String,
    /// The condition.
    pub when: Expr,
    /// The subject: matches with equal values belong to one finding. Each value has its text for
    /// reports.
    pub by: Vec<(String, Expr)>,
    /// The index of the value of the subject that is a list whose items are subjects of their own.
    pub each: Option<usize>,
    /// Whether the sequence requires that there is no such record.
    pub absent: bool,
    /// How many such records the sequence requires.
    pub count: usize,
    /// The condition over its values and those of earlier steps.
    pub relation: Option<Relation>,
    /// The values of its matches that are retained for the conditions, `message` and `raise`.
    pub retained: Vec<(Expr, ValueForm)>,
    /// The retained values that conditions of later steps name, by their index.
    pub named: Vec<usize>,
}

impl Step {
    /// A step that requires one record.
    pub(super) fn new(id: &str, when: Expr, by: Vec<(String, Expr)>, each: Option<usize>) -> Self {
        Self {
            id: id.to_owned(),
            when,
            by,
            each,
            absent: false,
            count: 1,
            relation: None,
            retained: Vec::new(),
            named: Vec::new(),
        }
    }

    /// The types of the values of its subject.
    pub fn subject_types(&self) -> Vec<Type> {
        let ty = |(index, (_, by)): (usize, &(String, Expr))| match by.ty() {
            Type::List(item) if self.each == Some(index) => item.into(),
            ty => ty,
        };
        self.by.iter().enumerate().map(ty).collect()
    }
}

/// The form in which a value of a match is retained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueForm {
    /// As it is.
    Whole,
    /// As the list of its items.
    Items,
    /// With the access key of the record masked, because it is only shown.
    Shown {
        /// As the list of its items.
        each: bool,
    },
    /// As the text that the message shows, redacted.
    Text,
}

impl Rule {
    /// The values that are stored for each match of a step in addition to its subject, and their form: the
    /// operands of measures, the values that must be new, when the subject was last seen, or the
    /// values that other steps and the message name.
    pub fn measured_of(&self, step: usize) -> Vec<(&Expr, ValueForm)> {
        let whole = |of| (of, ValueForm::Whole);
        match &self.construct {
            Construct::Plain => Vec::new(),
            Construct::Correlate(correlate) => {
                let form = |measure: &Measure| match (measure.kind, measure.each) {
                    (MeasureKind::Values, each) => ValueForm::Shown { each },
                    (_, true) => ValueForm::Items,
                    (_, false) => ValueForm::Whole,
                };
                let measures = correlate.measures.iter();
                measures.map(|measure| (&measure.operand, form(measure))).collect()
            }
            Construct::Sequence(_) => {
                let retained = self.steps.get(step).map_or(&[][..], |step| &step.retained);
                retained.iter().map(|(of, form)| (of, *form)).collect()
            }
            Construct::FirstSeen(first_seen) => {
                first_seen.of.iter().map(|(_, of)| of).map(whole).collect()
            }
            Construct::AfterSilence(silence) => silence.last_seen.iter().map(whole).collect(),
        }
    }

    /// The values that are stored for matches of any step.
    pub fn measured(&self) -> impl Iterator<Item = &Expr> {
        let steps = match &self.construct {
            Construct::Sequence(_) => self.steps.len(),
            _ => 1,
        };
        (0..steps).flat_map(|step| self.measured_of(step)).map(|(of, _)| of)
    }

    /// The measures that `having`, `raise` and `message` name, in slot order.
    pub fn measures(&self) -> &[Measure] {
        self.construct.measures()
    }

    /// Whether a single match is not yet a finding.
    pub fn correlates(&self) -> bool {
        !matches!(self.construct, Construct::Plain)
    }

    /// The step whose record is `event` in `message` and `raise`: the last step that is not absent.
    pub fn reported_step(&self) -> usize {
        self.steps.iter().rposition(|step| !step.absent).unwrap_or_default()
    }

    /// The fields that the conditions of the rule read.
    pub fn condition_fields(&self) -> FieldSet {
        self.steps.iter().fold(FieldSet::EMPTY, |fields, step| fields.union(step.when.fields()))
    }
}

/// The expected result of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// At least one finding.
    Match,
    /// No finding.
    None,
    /// The given numbers and texts; what is not given is not checked.
    Counts(Box<ExpectedCounts>),
}

/// The expected numbers and texts of a test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExpectedCounts {
    /// Number of findings; a subject with a finding has exactly one.
    pub findings: Option<u64>,
    /// Number of subjects with a match, with or without a finding.
    pub subjects: Option<u64>,
    /// Number of occurrences of all findings.
    pub occurrences: Option<u64>,
    /// Number of findings that are uncertain because the input does not cover enough time.
    pub uncertain: Option<u64>,
    /// The highest severity of all findings.
    pub severity: Option<Severity>,
    /// The message of one of the findings.
    pub message: Option<String>,
    /// The values of the subject of one of the findings; `-` for a missing one.
    pub subject: Option<Vec<String>>,
    /// Number of findings that allowlist entries cover.
    pub suppressed: Option<u64>,
    /// The id of an entry that covers one of the findings.
    pub entry: Option<String>,
}

impl Expectation {
    /// The words that may be written instead of counts.
    pub const WORDS: &'static [&'static str] = &["match", "none"];

    /// Whether the test expects a finding (`true`) or none (`false`); `None` if it accepts both.
    pub fn finds(&self) -> Option<bool> {
        match self {
            Expectation::Match => Some(true),
            Expectation::None => Some(false),
            Expectation::Counts(counts) => {
                let of = [counts.findings, counts.occurrences, counts.uncertain];
                let counted = of.into_iter().flatten().map(|count| count > 0).max();
                let shown = counts.message.is_some() || counts.subject.is_some();
                counted.or((shown || counts.severity.is_some()).then_some(true))
            }
        }
    }

    /// Whether the allowlist entries of the policy apply to the test.
    pub fn reads_entries(&self) -> bool {
        match self {
            Expectation::Match | Expectation::None => false,
            Expectation::Counts(counts) => counts.suppressed.is_some() || counts.entry.is_some(),
        }
    }
}

/// A change of the rule that its tests need not notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedSurvivor {
    /// The text that is changed, on one line.
    pub code: String,
    /// A part of the description of the change; empty for every change of the text.
    pub change: String,
    /// Why no test can or need notice it.
    pub reason: String,
    /// Where it is written.
    pub span: Span,
}

/// One test of a rule, as written. The test runner builds its records.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// The name, which states what the test shows.
    pub name: String,
    /// The whole mapping, its records laid over their bases.
    pub node: Node,
    /// The expected result.
    pub expect: Expectation,
}
