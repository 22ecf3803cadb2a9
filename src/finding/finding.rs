//! Findings: the matches of one rule with one subject.

use super::enrichment::{EnrichedAccount, EnrichedKey, EnrichedSource, Identity};
use super::target::Target;
use crate::rule::Severity;
use crate::value::{Time, words};

/// The location of a record in the inputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// The input root, as an index into the report's roots.
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
    /// The offset of the record in the decompressed file, in bytes.
    pub offset: u64,
    /// The length of the record, in bytes.
    pub length: u64,
    /// Its position in its container: `/Records/17`, or `line 3`.
    pub pointer: String,
}

/// The key of a row of evidence: who called what from where, and whether it succeeded.
///
/// Ordered by its fields, in declaration order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallRecord {
    /// The unmasked access key; outputs mask it.
    pub ak: Option<String>,
    /// The address, or the source as recorded if it is not an address.
    pub source: Option<String>,
    /// How the call was made.
    pub method: Option<String>,
    /// The service.
    pub service: Option<String>,
    /// The operation.
    pub api: Option<String>,
    /// Who called.
    pub user: Option<String>,
    /// Whether the call succeeded.
    pub ok: Option<bool>,
    /// Whether the event is a sign-in, in which case the user is a name that somebody typed.
    pub sign_in: bool,
    /// What kind of identity called: `root`, `user`, `role`, ….
    pub user_type: Option<String>,
    /// The account in which the call was made; for a report, the account of its row.
    pub account: Option<String>,
    /// The account of the caller, if the log gives another one.
    pub caller_account: Option<String>,
    /// The region of the source, as the log names it.
    pub location: Option<String>,
}

impl CallRecord {
    /// The operation with its service, such as `s3.GetObject`; `-` if the record has neither.
    pub fn operation(&self) -> String {
        match (&self.service, &self.api) {
            (Some(service), Some(api)) => format!("{service}.{api}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => "-".to_owned(),
        }
    }
}

/// A redacted record, as a sample.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// The time of the record.
    pub time: Option<Time>,
    /// The provider's id of the event.
    pub id: Option<String>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// A name that does not depend on the file that contains the record:
    /// `aws/cloudtrail/<account>/<region>/<event id>`, with `-` for a part that the record lacks.
    pub name: String,
    /// The redacted record, at most 4 KiB, with a mark where it is cut.
    pub text: String,
    /// The parameters of the call, redacted and cut in the same way.
    pub request: Option<String>,
    /// The location of the record.
    pub location: Location,
}

/// A row of evidence: calls with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The key of the row.
    pub call: CallRecord,
    /// How many matches.
    pub count: u64,
    /// How many of them an allowlist entry covers.
    pub suppressed: u64,
    /// The day in the configured time zone, if all matches are on one day.
    pub day: Option<String>,
    /// The number of days with matches.
    pub days: u64,
    /// The time of the first match.
    pub first: Option<Time>,
    /// The time of the last match.
    pub last: Option<Time>,
    /// The resources that the calls name, sorted; the first [`MAX_TARGETS`].
    pub targets: Vec<Target>,
    /// At most three records, the first by time, id and content.
    pub samples: Vec<Sample>,
}

/// Resources that are listed for one row of evidence.
pub const MAX_TARGETS: usize = 20;

/// Operations of left-out rows of evidence that a finding lists.
pub const MAX_OTHER_OPERATIONS: usize = 20;

/// Evidence that a finding leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Rows of evidence.
    pub rows: u64,
    /// The number of matches in these rows.
    pub count: u64,
    /// The operations of these rows, such as `s3.GetObject`, each with its matches. The weightiest
    /// come first; operations beyond the first [`MAX_OTHER_OPERATIONS`] are not listed.
    pub operations: Vec<(String, u64)>,
}

/// A day with matches, or a maximal burst if the rule correlates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occurrence {
    /// The day on which it begins, in the configured time zone; `None` for records without a time.
    pub day: Option<String>,
    /// How many matches no entry covers.
    pub count: u64,
    /// The time of the first match.
    pub first: Option<Time>,
    /// The time of the last match.
    pub last: Option<Time>,
    /// The rule's measures by name; `None` where there is no value.
    pub measures: Vec<(String, Option<String>)>,
    /// Whether the input does not reach far enough to be certain of it.
    pub uncertain: bool,
}

/// Why a finding is suppressed by the allowlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The first entry by id.
    pub entry: String,
    /// Every entry that covers one of its matches, by id.
    pub entries: Vec<String>,
    /// The reason of the first entry.
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
        /// Its rule belongs to the extended pack.
        Extended = "extended",
        /// The input does not reach far enough to be sure of it; fails the run under `--strict`.
        Uncertain = "uncertain",
        /// The baseline contains it.
        Unchanged = "unchanged",
        /// Every match is covered by an allowlist entry.
        Suppressed = "suppressed",
    }
}

words! {
    /// How a finding relates to the baseline.
    BaselineState {
        /// The baseline does not contain it, or contains it with a lower severity.
        New = "new",
        /// The baseline contains it.
        Unchanged = "unchanged",
    }
}

/// The matches of one rule with one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as an index into the report's rules.
    pub rule: usize,
    /// The rule's severity, or the highest that a match raised it to.
    pub severity: Severity,
    /// The provider's name.
    pub provider: String,
    /// The values of the rule's `by`, each with the text of its expression; access keys are masked.
    pub subject: Vec<(String, Option<String>)>,
    /// The message of its first match; access keys are masked.
    pub message: String,
    /// 32 hex digits, identical in every run: a digest of the rule id and the unmasked subject.
    pub fingerprint: String,
    /// Matches that count: without duplicates, and without matches that the allowlist covers.
    pub count: u64,
    /// Of those, calls that succeeded.
    pub ok: u64,
    /// Of those, calls that failed.
    pub failed: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// The time of the first match that counts; for a suppressed finding, of all matches.
    pub first: Option<Time>,
    /// The time of the last such match.
    pub last: Option<Time>,
    /// Days with matches, or bursts.
    pub occurrences: Vec<Occurrence>,
    /// The evidence: at most 200 rows, the weightiest first. The weight of a row is the severity that
    /// its matches have for the rule, then the highest severity of the rules that report such a
    /// call on its own, then the number of successful calls and of all calls.
    pub calls: Vec<Calls>,
    /// The rows that were left out, if any.
    pub others: Option<LeftOut>,
    /// The callers in the first rows of the evidence.
    pub identities: Vec<Identity>,
    /// What tables contain about the first accounts of the evidence.
    pub accounts: Vec<EnrichedAccount>,
    /// What the log and tables contain about the first sources of the evidence.
    pub sources: Vec<EnrichedSource>,
    /// What tables and other findings contain about the first access keys of the evidence.
    pub keys: Vec<EnrichedKey>,
    /// The record of the first match that counts; for a suppressed finding, of all matches. Its
    /// text is empty if it could not be stored.
    pub sample: Sample,
    /// Whether the input does not reach far enough to be certain of any of its occurrences.
    pub uncertain: bool,
    /// Why it is suppressed, if the allowlist covers every match.
    pub suppression: Option<Suppression>,
    /// Whether it counts for the verdict, and if not, why.
    pub role: VerdictRole,
    /// The id of its incident; empty until the report joins findings.
    pub incident: String,
    /// How it relates to the baseline; `None` without one.
    pub baseline: Option<BaselineState>,
    /// Whether it shows no record and only its first call records, because the run has many findings.
    pub brief: bool,
}

impl Finding {
    /// Whether it is uncertain and does not fail the run. Outputs never show such a finding as an
    /// error, whatever the threshold is.
    pub fn is_only_uncertain(&self) -> bool {
        self.uncertain && self.role != VerdictRole::Gates
    }
}
