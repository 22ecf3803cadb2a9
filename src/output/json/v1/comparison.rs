//! Findings that an earlier run had, and those that a report leaves out.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::output::json::word::Word;
use crate::rule;
use crate::triage::TriageState;

type Text<'a> = Cow<'a, str>;

/// How a run differs from its baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison<'a> {
    /// Findings that the baseline does not contain, or contains with a lower severity. This and
    /// `unchanged` count findings that the allowlist does not cover, including those below
    /// `min_severity`.
    pub new: u64,
    /// Findings that the baseline contains.
    pub unchanged: u64,
    /// Whether `findings` leaves out unchanged findings.
    pub new_only: bool,
    /// Findings of the baseline that the run does not have, sorted by fingerprint.
    pub absent: Vec<KnownFinding<'a>>,
}

/// A finding of a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KnownFinding<'a> {
    /// Its fingerprint.
    pub fingerprint: Text<'a>,
    /// The id of its rule.
    pub rule: Text<'a>,
    /// The highest severity with which it was accepted.
    pub severity: Word<rule::Severity>,
    /// Its message.
    pub message: Text<'a>,
}

/// Findings below `min_severity` that are alike in what decides whether they fail the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Their severity.
    pub severity: Word<rule::Severity>,
    /// The maturity of their rules.
    pub status: Word<rule::Status>,
    /// The pack of their rules.
    pub pack: Word<rule::Pack>,
    /// Whether they are uncertain.
    pub uncertain: bool,
    /// Whether the allowlist covers them.
    pub suppressed: bool,
    /// Whether the baseline contains them.
    #[serde(default)]
    pub unchanged: bool,
    /// The decision that keeps them from failing the run; null if there is none.
    #[serde(default)]
    pub triage: Option<Word<TriageState>>,
    /// How many there are.
    pub count: u64,
}
