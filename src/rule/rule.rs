//! A rule that is ready to run.

use std::collections::BTreeMap;

use crate::expr::{Expr, Param};
use crate::record::FieldSet;
use crate::source::Span;
use crate::value::RecordKind;
use crate::yaml::Node;

/// An enum whose values are words in files.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// Every word, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word in files and reports.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value of a word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }
    };
}

pub(super) use words;

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
    /// The condition.
    pub when: Expr,
    /// What it counts over the matches of one subject; nothing, for a plain rule.
    pub measures: Vec<Measure>,
    /// What raises the severity, in the order written.
    pub raise: Vec<Raise>,
    /// What a finding says.
    pub message: Expr,
    /// What makes two matches one finding, with the text of each for reports.
    pub by: Vec<(String, Expr)>,
    /// Its tests.
    pub tests: Vec<TestCase>,
    /// Whether it ships with Keytrail.
    pub builtin: bool,
    /// Why it cannot match in this configuration (an empty list), if so.
    pub not_configured: Option<String>,
}

/// One condition of a rule, and what its matches are grouped by.
#[derive(Debug, Clone, Copy)]
pub struct Step<'r> {
    /// The condition.
    pub when: &'r Expr,
    /// What makes two matches one finding, with the text of each for reports.
    pub by: &'r [(String, Expr)],
}

/// What a rule counts over the matches of one subject.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name in `having`, `raise` and `message`.
    pub name: String,
    /// What it takes from each match.
    pub expr: Expr,
}

impl Rule {
    /// The conditions that records are tried on, in the order written: a plain rule has one.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = Step<'_>> {
        std::iter::once(Step { when: &self.when, by: &self.by })
    }

    /// The fields that deciding a match needs.
    pub fn condition_fields(&self) -> FieldSet {
        self.steps().fold(FieldSet::EMPTY, |fields, step| fields.union(step.when.fields()))
    }
}

words! {
    /// What a test expects.
    Expectation {
        /// At least one finding.
        Match = "match",
        /// No finding.
        None = "none",
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
