//! How matches become findings, if one match alone is not a finding.

use crate::expr::{Expr, Measured};
use crate::value::{Duration, Type, words};

/// How the matches of one subject become findings.
#[derive(Debug, Clone)]
pub enum Construct {
    /// Each match is a finding.
    Plain,
    /// Counts over the matches.
    Correlate(Correlate),
    /// Steps in a given order.
    Sequence(Sequence),
    /// Values that were not observed before.
    FirstSeen(FirstSeen),
    /// Matches that follow a time without matches.
    AfterSilence(AfterSilence),
}

impl Construct {
    /// The key of a rule file that declares it; `None` for a plain rule.
    pub fn kind(&self) -> Option<ConstructKind> {
        match self {
            Construct::Plain => None,
            Construct::Correlate(_) => Some(ConstructKind::Correlate),
            Construct::Sequence(_) => Some(ConstructKind::Sequence),
            Construct::FirstSeen(_) => Some(ConstructKind::FirstSeen),
            Construct::AfterSilence(_) => Some(ConstructKind::AfterSilence),
        }
    }

    /// The measures that `having`, `raise` and `message` can name, in slot order.
    pub fn measures(&self) -> &[Measure] {
        match self {
            Construct::Correlate(correlate) => &correlate.measures,
            Construct::AfterSilence(silence) => std::slice::from_ref(&silence.silent_since),
            Construct::Sequence(sequence) => &sequence.measures,
            Construct::Plain | Construct::FirstSeen(_) => &[],
        }
    }

    /// For a construct that compares a match with earlier records, how long such a record counts.
    pub fn history(&self) -> Option<Duration> {
        match self {
            Construct::FirstSeen(first_seen) => Some(first_seen.history),
            Construct::AfterSilence(silence) => Some(silence.length),
            Construct::Plain | Construct::Correlate(_) | Construct::Sequence(_) => None,
        }
    }

    /// Whether it depends on the time of its matches.
    pub fn is_timed(&self) -> bool {
        match self {
            Construct::Plain => false,
            Construct::Correlate(correlate) => correlate.within.is_some(),
            Construct::Sequence(_) | Construct::FirstSeen(_) | Construct::AfterSilence(_) => true,
        }
    }
}

words! {
    /// The keys of a rule file that relate matches to each other; a rule has at most one.
    ConstructKind {
        /// Counts over the matches of one subject.
        Correlate = "correlate",
        /// Ordered steps of one subject.
        Sequence = "sequence",
        /// Values that no earlier record of the subject showed.
        FirstSeen = "first_seen",
        /// Matches that follow a time without matches of the subject.
        AfterSilence = "after_silence",
    }
}

/// Counts over the matches of one subject.
#[derive(Debug, Clone)]
pub struct Correlate {
    /// The longest time between the first and the last match of a window; the whole input if not
    /// given.
    pub within: Option<Duration>,
    /// What is counted, in slot order.
    pub measures: Vec<Measure>,
    /// The condition over the measures of a window.
    pub having: Expr,
    /// Whether `having` only becomes true, never false, as matches are added.
    pub grows: bool,
}

/// What a rule counts over matches.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name in `having`, `raise` and `message`.
    pub name: String,
    /// How it counts.
    pub kind: MeasureKind,
    /// The value that it takes from each match.
    pub operand: Expr,
    /// Whether a list counts as its items and not as one value.
    pub each: bool,
    /// For [`MeasureKind::Values`], how many values it shows.
    pub most: usize,
}

impl Measure {
    /// A measure of one value of each match.
    pub(super) fn new(name: &str, kind: MeasureKind, operand: Expr) -> Self {
        Self { name: name.to_owned(), kind, operand, each: false, most: 0 }
    }

    /// The type of its value.
    pub fn ty(&self) -> Type {
        match self.kind {
            MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sum => Type::Int,
            MeasureKind::Min | MeasureKind::Max | MeasureKind::Step => self.operand.ty(),
            MeasureKind::Values => Type::Str,
        }
    }

    /// Whether its value can be missing: without values there is no minimum or maximum.
    pub fn nullable(&self) -> bool {
        match self.kind {
            MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Sum => false,
            MeasureKind::Min | MeasureKind::Max | MeasureKind::Values | MeasureKind::Step => true,
        }
    }
}

/// The measures as declared to expressions.
pub(super) fn measured(measures: &[Measure]) -> Vec<Measured> {
    let declare = |measure: &Measure| Measured {
        name: measure.name.clone(),
        ty: measure.ty(),
        nullable: measure.nullable(),
    };
    measures.iter().map(declare).collect()
}

words! {
    /// How a measure counts.
    MeasureKind {
        /// Matches for which a condition holds.
        Count = "count",
        /// Different values; a missing one counts for nothing.
        Distinct = "distinct",
        /// The sum of integers.
        Sum = "sum",
        /// The smallest value.
        Min = "min",
        /// The largest value.
        Max = "max",
        /// The first different values in their order, for the message.
        Values = "values",
        /// The value of one step of a sequence, which `message` or `raise` names; no measure that a
        /// rule declares.
        Step = "step",
    }
}

/// Ordered steps of one subject.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The longest time between the first and the last step; the whole input if not given.
    pub within: Option<Duration>,
    /// The values of steps that `message` and `raise` name, in slot order.
    pub measures: Vec<Measure>,
    /// Where each of them is retained.
    pub shown: Vec<StepValue>,
}

/// A condition over values of several steps.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The condition as written, over the records of the steps.
    pub written: Expr,
    /// The condition over the values that it reads, in slot order.
    pub condition: Expr,
    /// The values.
    pub reads: Vec<StepValue>,
}

/// A value that is retained from the matches of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepValue {
    /// The index of the step.
    pub step: usize,
    /// The index of the value among those that are retained from the step.
    pub value: usize,
}

/// Values that no earlier record of the subject had.
#[derive(Debug, Clone)]
pub struct FirstSeen {
    /// The values, with the text of each for reports.
    pub of: Vec<(String, Expr)>,
    /// How long a value of an earlier record counts as known.
    pub history: Duration,
    /// The condition that selects the records that count.
    pub among: Expr,
}

/// A match that follows a time without matches of the subject.
#[derive(Debug, Clone)]
pub struct AfterSilence {
    /// The time without matches; only a longer silence counts.
    pub length: Duration,
    /// When the subject was last seen, according to a source other than the log.
    pub last_seen: Option<Expr>,
    /// The beginning of the silence, as `raise` and `message` name it.
    pub silent_since: Measure,
}
