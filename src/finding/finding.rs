//! What is reported: one rule and one subject.

use super::{EnrichedKey, EnrichedSource};
use crate::rule::Severity;
use crate::value::{Time, words};

/// Where a record stands in the inputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// Which input root, an index into the report's roots.
    pub root: usize,
    /// Path below the root, `/` between its parts.
    pub path: String,
    /// First line of the record, from 1.
    pub line: u64,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub column: u64,
    /// Last line of the record.
    pub end_line: u64,
    /// Column after its last character.
    pub end_column: u64,
    /// Bytes before it in the decompressed file.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
    /// Where it stands in its container: `/Records/17`, or `line 3`.
    pub pointer: String,
}

/// One key of evidence: who called what from where, on which day, and how it ended.
///
/// Ordered by its parts, in the order in which they stand here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallRecord {
    /// The access key, whole; outputs mask it.
    pub ak: Option<String>,
    /// The address, or the source as recorded when that is none.
    pub source: Option<String>,
    /// By which way the call came.
    pub method: Option<String>,
    /// The product.
    pub service: Option<String>,
    /// The operation.
    pub api: Option<String>,
    /// Who called.
    pub user: Option<String>,
    /// Whether the call succeeded.
    pub ok: Option<bool>,
    /// The day in the configured zone.
    pub day: Option<String>,
    /// Whether somebody signs in, so that the user is a name that was typed.
    pub sign_in: bool,
}

/// A redacted record, to look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// When.
    pub time: Option<Time>,
    /// The provider's id of the event.
    pub id: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// Its name wherever its file may be: `aws/cloudtrail/<account>/<region>/<event id>`, with `-`
    /// for a part that the record lacks.
    pub name: String,
    /// The record, redacted, at most 4 KiB, cut with a mark.
    pub text: String,
    /// What was asked for: the parameters of the call, redacted and cut likewise.
    pub request: Option<String>,
    /// Where it stands.
    pub location: Location,
}

/// A call record with what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// Who, from where, what, when.
    pub call: CallRecord,
    /// How many matches.
    pub count: u64,
    /// How many of them an allowlist entry covers.
    pub suppressed: u64,
    /// The first and the last.
    pub first: Option<Time>,
    /// The last.
    pub last: Option<Time>,
    /// At most three, the first by time, id and content.
    pub samples: Vec<Sample>,
}

/// A day with matches, or for a rule that correlates one maximal burst.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occurrence {
    /// The day in the configured zone on which it begins; `None` for records without a time.
    pub day: Option<String>,
    /// How many matches that no entry covers.
    pub count: u64,
    /// The first.
    pub first: Option<Time>,
    /// The last.
    pub last: Option<Time>,
    /// The rule's measures by name; `None` where there is no value.
    pub measures: Vec<(String, Option<String>)>,
    /// Whether the input does not reach far enough to be sure of it.
    pub uncertain: bool,
}

/// What the allowlist took out of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The first entry by id.
    pub entry: String,
    /// Every entry that covers a match of it, by id.
    pub entries: Vec<String>,
    /// Why, as the first entry says.
    pub reason: String,
}

words! {
    /// Whether a finding counts for the verdict.
    VerdictRole {
        /// It fails the run.
        Gates = "gates",
        /// Below `--fail-on`.
        BelowThreshold = "below-threshold",
        /// Its rule is experimental.
        Experimental = "experimental",
        /// The input does not reach far enough to be sure of it; fails the run under `--strict`.
        Uncertain = "uncertain",
        /// Every match is covered by an allowlist entry.
        Suppressed = "suppressed",
    }
}

/// One rule and one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index of its rule in the report's rules.
    pub rule: usize,
    /// The rule's severity, or the highest that a match raised it to.
    pub severity: Severity,
    /// The provider's name.
    pub provider: String,
    /// The values of the rule's `by`, each with the expression's text; keys are masked.
    pub subject: Vec<(String, Option<String>)>,
    /// What it says, from its first match; keys are masked.
    pub message: String,
    /// 32 hex digits, the same in every run: a digest of the rule id and the unmasked subject.
    pub fingerprint: String,
    /// Matches that count (duplicates merged, covered ones left out).
    pub count: u64,
    /// Of those, calls that succeeded.
    pub ok: u64,
    /// Of those, calls that failed.
    pub failed: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// The first match that counts; for a suppressed finding, of all.
    pub first: Option<Time>,
    /// The last.
    pub last: Option<Time>,
    /// Days with matches, or bursts.
    pub occurrences: Vec<Occurrence>,
    /// The evidence: at most 200 rows, the smallest by key.
    pub calls: Vec<Calls>,
    /// What stands behind the rows that were left out: rows, matches.
    pub others: Option<(u64, u64)>,
    /// What tables know of the first sources of the evidence.
    pub sources: Vec<EnrichedSource>,
    /// What tables and other findings know of the first access keys of the evidence.
    pub keys: Vec<EnrichedKey>,
    /// The first match that counts; for a suppressed finding, of all. Its text is empty where it
    /// could not be kept.
    pub sample: Sample,
    /// Whether the input does not reach far enough to be sure of any of its occurrences.
    pub uncertain: bool,
    /// Set when every match is covered.
    pub suppression: Option<Suppression>,
    /// Whether it counts for the verdict.
    pub role: VerdictRole,
}
