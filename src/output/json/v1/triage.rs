//! Decisions about findings.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::output::json::word::Word;
use crate::triage::{TriageEffect, TriageState};

type Text<'a> = Cow<'a, str>;

/// What somebody decided about a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Triage<'a> {
    /// `processed`: it was dealt with. `ignored`: it does not fail the run until it expires.
    pub state: Word<TriageState>,
    /// Whether the decision keeps the finding from failing the run: `in-force`, `reopened` by a match
    /// later than `time`, or `expired`.
    pub effect: Word<TriageEffect>,
    /// Why.
    pub reason: Text<'a>,
    /// The person who decided.
    pub by: Text<'a>,
    /// When they decided.
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    /// The last valid day, or `never`.
    pub expires: Text<'a>,
    /// The file of the entry.
    pub file: Text<'a>,
    /// The line of the entry.
    pub line: usize,
}
