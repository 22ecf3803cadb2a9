//! A rule that is ready to run.

use std::collections::BTreeMap;

use super::construct::{Construct, Measure};
use super::param::Parameter;
use crate::expr::{Expr, Param};
use crate::record::FieldSet;
use crate::source::Span;
use crate::value::{RecordKind, words};
use crate::yaml::Node;

words! {
    /// How bad a finding is; `Info` is the lowest.
    Severity {
        /// Worth knowing.
        Info = "info",
        /// To be looked at some time.
        Low = "low",
        /// To be mended.
        Medium = "medium",
        /// To be looked at today.
        High = "high",
        /// To be stopped now.
        Critical = "critical",
    }
}

words! {
    /// What a rule watches for.
    Category {
        /// A key is used in a way it should not be.
        Abuse = "abuse",
        /// A key is known outside.
        Leak = "leak",
        /// The state of users and keys.
        Posture = "posture",
        /// Users and keys come and go.
        Lifecycle = "lifecycle",
    }
}

impl Category {
    /// What it means, a clause.
    pub fn doc(self) -> &'static str {
        match self {
            Category::Abuse => "a credential is used in a way it should not be",
            Category::Leak => "a key is known outside",
            Category::Posture => "the state of users and keys",
            Category::Lifecycle => "users and keys come and go",
        }
    }
}

words! {
    /// How far a rule can be relied on.
    Status {
        /// On trial: reported, never gates.
        Experimental = "experimental",
        /// In force.
        Stable = "stable",
        /// In force, and about to go.
        Deprecated = "deprecated",
    }
}

/// A condition that raises the severity of a finding.
#[derive(Debug, Clone)]
pub struct Raise {
    /// The severity it raises to.
    pub to: Severity,
    /// When.
    pub when: Expr,
    /// What it is judged for.
    pub judged: Judged,
}

/// What a `raise` is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Each match: it reads the record.
    Match,
    /// Each occurrence: it reads measures.
    Occurrence {
        /// Whether it only becomes true, never false, as matches are added.
        grows: bool,
    },
}

/// A compiled rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id, also the name of its file.
    pub id: String,
    /// Where the id was written.
    pub id_span: Span,
    /// One line.
    pub title: String,
    /// What it watches for.
    pub category: Category,
    /// The severity in force (the project may have changed it).
    pub severity: Severity,
    /// How far it can be relied on.
    pub status: Status,
    /// Which records it reads.
    pub on: RecordKind,
    /// Free tags; `attack.t1078.004` names an ATT&CK technique.
    pub tags: Vec<String>,
    /// Controls it checks, `cis-aws-1.4`.
    pub controls: Vec<String>,
    /// Where to read more.
    pub references: Vec<String>,
    /// What it finds and why that matters.
    pub description: String,
    /// When it fires on something harmless.
    pub false_positives: Vec<String>,
    /// What to do.
    pub remediation: String,
    /// An earlier id, whose fingerprints it keeps.
    pub renamed_from: Option<String>,
    /// The parameters in force.
    pub params: BTreeMap<String, Param>,
    /// The parameters as the file declares them, in the order written.
    pub parameters: Vec<Parameter>,
    /// The conditions that records are tried on, in the order written; one, but for a sequence.
    pub steps: Vec<Step>,
    /// What makes a finding of matches.
    pub construct: Construct,
    /// What raises the severity, in the order written.
    pub raise: Vec<Raise>,
    /// What a finding says.
    pub message: Expr,
    /// Its tests.
    pub tests: Vec<TestCase>,
    /// Whether it ships with Keytrail.
    pub builtin: bool,
    /// Why it cannot match in this configuration (an empty list), if so.
    pub not_configured: Option<String>,
}

/// One condition of a rule, and what its matches are grouped by.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name in a sequence; empty for the condition of any other rule.
    pub id: String,
    /// The condition.
    pub when: Expr,
    /// What makes two matches one finding, with the text of each for reports.
    pub by: Vec<(String, Expr)>,
    /// Whether the sequence asks that there is no such record.
    pub absent: bool,
}

impl Rule {
    /// What is kept of each match beside its subject: the operands of measures, or the values
    /// that must be new.
    pub fn measured(&self) -> impl Iterator<Item = &Expr> {
        let (measures, of) = match &self.construct {
            Construct::Plain | Construct::Sequence(_) => (&[][..], &[][..]),
            Construct::Correlate(correlate) => (&correlate.measures[..], &[][..]),
            Construct::FirstSeen(first_seen) => (&[][..], &first_seen.of[..]),
        };
        measures.iter().map(|measure| &measure.operand).chain(of.iter().map(|(_, of)| of))
    }

    /// The measures that `having`, `raise` and `message` name, in slot order.
    pub fn measures(&self) -> &[Measure] {
        match &self.construct {
            Construct::Correlate(correlate) => &correlate.measures,
            _ => &[],
        }
    }

    /// Whether one match by itself is no finding.
    pub fn correlates(&self) -> bool {
        !matches!(self.construct, Construct::Plain)
    }

    /// The step whose record `event` in `message` and `raise` is: the last that is not absent.
    pub fn told_step(&self) -> usize {
        self.steps.iter().rposition(|step| !step.absent).unwrap_or_default()
    }

    /// The fields that deciding a match needs.
    pub fn condition_fields(&self) -> FieldSet {
        self.steps.iter().fold(FieldSet::EMPTY, |fields, step| fields.union(step.when.fields()))
    }
}

/// What a test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// At least one finding.
    Match,
    /// No finding.
    None,
    /// So many of each, as far as they are said.
    Counts(Counts),
}

/// How many of what a test expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Findings, one for each subject that comes to one.
    pub findings: Option<u64>,
    /// Subjects with a match, whether or not it comes to a finding.
    pub subjects: Option<u64>,
    /// Occurrences of all findings.
    pub occurrences: Option<u64>,
    /// Findings for which the input does not reach far enough to be sure.
    pub uncertain: Option<u64>,
    /// The highest severity of all findings.
    pub severity: Option<Severity>,
}

impl Expectation {
    /// The words that are no counts.
    pub const WORDS: &'static [&'static str] = &["match", "none"];

    /// Whether there must be a finding, or must be none; `None` when either may be.
    pub fn finds(self) -> Option<bool> {
        match self {
            Expectation::Match => Some(true),
            Expectation::None => Some(false),
            Expectation::Counts(counts) => {
                let of = [counts.findings, counts.occurrences, counts.uncertain];
                let counted = of.into_iter().flatten().map(|count| count > 0).max();
                counted.or(counts.severity.map(|_| true))
            }
        }
    }
}

/// One test of a rule, as written; the test runner makes records of it.
#[derive(Debug, Clone)]
pub struct TestCase {
    /// What it shows.
    pub name: String,
    /// The whole mapping.
    pub node: Node,
    /// What must come out.
    pub expect: Expectation,
}
