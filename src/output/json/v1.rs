//! The format `keytrail/report/v1`, for writing and reading.

mod calls;
mod incidents;
mod policy_changes;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::calls::time;
use super::word::Word;
use crate::finding::{BaselineState, VerdictRole};
use crate::record::InputKind;
use crate::rule::{self, FailOn};

pub use self::calls::{Calls, Location, OperationCount, Others, Sample, Target};
pub use self::incidents::{
    Accept, Action, IdentityKind, Incident, IncidentIdentity, IncidentStart, IncidentStep, MadeBy,
};
pub use self::policy_changes::{
    ListDifference, OwnItem, PolicyChanges, RuleOff, TableRows, ValueChange,
};

/// The value of `schema`.
pub(super) const SCHEMA: &str = "keytrail/report/v1";

/// Text of the report or of an input.
type Text<'a> = Cow<'a, str>;

/// A report of `keytrail scan`, version 1. Later releases may add fields, but do not change
/// existing ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report<'a> {
    /// The format and its version.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: Text<'a>,
    /// The program that wrote the report.
    pub tool: Tool<'a>,
    /// The settings of the run.
    pub run: Run<'a>,
    /// How the run ended.
    pub verdict: Verdict<'a>,
    /// Every rule in force, sorted by id.
    pub rules: Vec<Rule<'a>>,
    /// The inputs as given on the command line. Locations and files refer to them by index.
    pub roots: Vec<Text<'a>>,
    /// The findings, most severe first, including suppressed ones.
    pub findings: Vec<Finding<'a>>,
    /// How the run differs from its baseline; null without one.
    #[serde(default)]
    pub baseline: Option<Comparison<'a>>,
    /// What belongs together, the worst first; every finding is in exactly one incident.
    #[serde(default)]
    pub incidents: Vec<Incident<'a>>,
    /// Every allowlist entry with the matches it covered, sorted by id.
    pub ledger: Vec<LedgerEntry<'a>>,
    /// Every input file, sorted by root and path.
    pub files: Vec<File<'a>>,
    /// Counts of what was read, evaluated and skipped; `read` is `evaluated` plus `skipped`.
    pub accounting: Accounting<'a>,
    /// Reasons why the run is incomplete; empty if it is complete.
    pub incomplete: Vec<Note<'a>>,
    /// Other notes.
    pub notes: Vec<Note<'a>>,
}

/// The program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its version.
    pub version: Text<'a>,
}

/// The settings of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run<'a> {
    /// The time of the run. It decides whether allowlist entries have expired.
    #[schemars(extend("format" = "date-time"))]
    pub clock: String,
    /// Whether the clock was set with `--now`.
    pub clock_given: bool,
    /// The time zone in which days begin.
    pub zone: Text<'a>,
    /// SHA-256 of the policy in force, in hex.
    pub policy: Text<'a>,
    /// How that policy differs from the built-in one.
    #[serde(default)]
    pub policy_changes: PolicyChanges<'a>,
    /// The lowest severity that fails the run.
    pub fail_on: Word<FailOn>,
    /// Whether uncertain findings fail the run.
    pub fail_on_uncertain: bool,
    /// Whether findings of the extended pack can fail the run.
    #[serde(default)]
    pub fail_on_extended: bool,
    /// The lowest severity that is reported.
    pub min_severity: Word<rule::Severity>,
    /// The number of skipped records that the run tolerates.
    pub max_skipped: u64,
    /// Whether blind rules make the run incomplete and uncertain findings fail it.
    pub strict: bool,
    /// Kinds of inputs that the project expects; a run without one is incomplete.
    #[serde(default)]
    pub expected: Vec<Word<InputKind>>,
    /// Whether access keys are shown unmasked.
    pub show_keys: bool,
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict<'a> {
    /// `clean` (no findings), `passed` (findings that do not fail the run), `findings` (at least
    /// one finding fails the run) or `incomplete`.
    #[schemars(extend("enum" = ["clean", "passed", "findings", "incomplete"]))]
    pub outcome: Text<'a>,
    /// The exit code before `--exit-zero`: 0, 1 or 3.
    pub exit_code: u8,
    /// Whether everything was read and evaluated.
    pub complete: bool,
    /// Findings that fail the run, including those below `min_severity`.
    pub gating: u64,
    /// Findings at or above `fail_on` that do not fail the run, because the input does not cover
    /// the history that their rule needs.
    pub uncertain: u64,
    /// Findings at or above `fail_on` that do not fail the run, because their rule is experimental.
    pub experimental: u64,
    /// Findings at or above `fail_on` that do not fail the run, because their rule belongs to the
    /// extended pack.
    #[serde(default)]
    pub extended: u64,
    /// Findings at or above `fail_on` that do not fail the run, because the baseline contains them.
    #[serde(default)]
    pub unchanged: u64,
    /// Findings whose matches are all covered by allowlist entries.
    pub suppressed: u64,
    /// Findings that are not reported because they are below `min_severity`.
    pub below_min_severity: u64,
    /// These findings, counted by what decides whether they fail the run.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// Rules that are blind: no input carries a field that they need.
    #[serde(default)]
    pub blind_rules: usize,
    /// Findings that are not suppressed, by severity.
    pub by_severity: BTreeMap<Text<'a>, u64>,
}

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
    /// How many there are.
    pub count: u64,
}

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rule<'a> {
    /// Its id.
    pub id: Text<'a>,
    /// Its title, one line.
    pub title: Text<'a>,
    /// What the rule finds and why that matters.
    pub description: Text<'a>,
    /// What to do about a finding.
    pub remediation: Text<'a>,
    /// Harmless activity that the rule also matches.
    pub false_positives: Vec<Text<'a>>,
    /// The kind of activity that the rule detects.
    pub category: Word<rule::Category>,
    /// The severity in force.
    pub severity: Word<rule::Severity>,
    /// Its maturity.
    pub status: Word<rule::Status>,
    /// Its pack.
    #[serde(default = "core")]
    pub pack: Word<rule::Pack>,
    /// How often a finding is what the title says.
    #[serde(default = "high")]
    pub confidence: Word<rule::Confidence>,
    /// The kind of record it evaluates.
    #[schemars(extend("enum" = ["event", "cred", "key"]))]
    pub on: Text<'a>,
    /// How it relates matches to each other; null if each match is a finding.
    #[serde(default)]
    pub construct: Option<Word<rule::ConstructKind>>,
    /// The names of its measures, in the order of the rule file.
    #[serde(default)]
    pub measures: Vec<Text<'a>>,
    /// Free tags.
    pub tags: Vec<Text<'a>>,
    /// The controls that it implements.
    pub controls: Vec<Text<'a>>,
    /// Links to more information.
    pub references: Vec<Text<'a>>,
    /// The file that contains it.
    pub file: Text<'a>,
    /// The line of its id in that file.
    pub line: usize,
    /// Whether it ships with Keytrail.
    pub builtin: bool,
    /// Why the rule cannot match in this configuration; null if it can.
    pub not_configured: Option<Text<'a>>,
}

/// The pack of a rule in reports that do not name it.
fn core() -> Word<rule::Pack> {
    Word(rule::Pack::Core)
}

/// The confidence of a rule in reports that do not name it.
fn high() -> Word<rule::Confidence> {
    Word(rule::Confidence::High)
}

/// The matches of one rule and one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding<'a> {
    /// 32 hex digits: a hash of the rule id and the subject, the same in every run. The first 16
    /// digits are the fingerprint of earlier versions.
    pub fingerprint: Text<'a>,
    /// The id of its rule.
    pub rule: Text<'a>,
    /// The severity of the rule, or the higher one that a `raise` of the rule gave it.
    pub severity: Word<rule::Severity>,
    /// Whether the finding fails the run, and if not, why.
    pub role: Word<VerdictRole>,
    /// Whether the baseline contains it; null without a baseline.
    #[serde(default)]
    pub baseline: Option<Word<BaselineState>>,
    /// Whether it shows no record and only its first call records, because the report has many findings.
    #[serde(default)]
    pub brief: bool,
    /// The id of its incident; empty in a report without incidents.
    #[serde(default)]
    pub incident: Text<'a>,
    /// The rendered message.
    pub message: Text<'a>,
    /// The cloud.
    pub provider: Text<'a>,
    /// The values of the rule's `by`; matches with the same subject form one finding.
    pub subject: Vec<SubjectPart<'a>>,
    /// Matches, without duplicates and without matches that an allowlist entry covers.
    pub count: u64,
    /// Counted matches whose call succeeded.
    pub ok: u64,
    /// Counted matches whose call failed.
    pub failed: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// The time of the first match.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The time of the last match.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// The record of the first match.
    pub sample: Sample<'a>,
    /// The days with matches, or for a correlated rule its bursts or sequences.
    pub occurrences: Vec<Occurrence<'a>>,
    /// Whether all occurrences are uncertain.
    pub uncertain: bool,
    /// The evidence.
    pub calls: Vec<Calls<'a>>,
    /// The callers in the first rows of the evidence.
    #[serde(default)]
    pub identities: Vec<Identity<'a>>,
    /// Enrichment of the accounts in the evidence.
    #[serde(default)]
    pub accounts: Vec<Account<'a>>,
    /// Enrichment of the source addresses in the evidence.
    pub sources: Vec<Source<'a>>,
    /// Enrichment of the access keys in the evidence.
    pub keys: Vec<Key<'a>>,
    /// The number of rows and matches that `calls` leaves out; null if it leaves none out.
    pub others: Option<Others<'a>>,
    /// The allowlist entries that cover all matches; null if a match is not covered.
    pub suppression: Option<Suppression<'a>>,
}

/// A caller: the root user of an account, or a user or role that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Identity<'a> {
    /// What kind of identity it is: `root`, `user`, `role`, ….
    pub user_type: Option<Text<'a>>,
    /// Its name.
    pub user: Option<Text<'a>>,
    /// The account that it belongs to.
    pub account: Option<Text<'a>>,
}

/// What the table of accounts contains about an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Account<'a> {
    /// Its id.
    pub account: Text<'a>,
    /// Its name.
    pub name: Option<Text<'a>>,
    /// Its environment.
    pub env: Option<Text<'a>>,
    /// Who owns it: a team, or the main account.
    pub owner: Option<Text<'a>>,
}

/// What the log and tables contain about a source address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source<'a> {
    /// The address.
    pub source: Text<'a>,
    /// One of the six kinds of address; null without an asset table.
    pub ip_type: Option<Text<'a>>,
    /// A remark, at most 20 characters; `-` when there is none.
    pub remark: Text<'a>,
    /// The resource of your own that has this address.
    pub asset: Option<Asset<'a>>,
    /// The regions in which the log places it, at most three.
    #[serde(default)]
    pub locations: Vec<Text<'a>>,
}

/// A resource of your own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Asset<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Its name.
    pub name: Option<Text<'a>>,
}

/// What tables and other findings contain about an access key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Key<'a> {
    /// The key; masked unless `run.show_keys` is true.
    pub ak: Text<'a>,
    /// A remark, at most 20 characters; `-` when there is none.
    pub remark: Text<'a>,
    /// The names of its policies, at most 20, sorted.
    pub policies: Vec<Text<'a>>,
    /// The number of its policies; null if no table lists them.
    pub policy_count: Option<usize>,
    /// The document of its policies, redacted as records are, at most 4 KiB.
    pub document: Option<Text<'a>>,
    /// Findings from credential reports about this key that are not suppressed.
    pub open: Vec<OpenFinding<'a>>,
}

/// Another finding of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpenFinding<'a> {
    /// The id of its rule.
    pub rule: Text<'a>,
    /// Its fingerprint.
    pub fingerprint: Text<'a>,
}

/// One part of a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectPart<'a> {
    /// The expression, `event.account`.
    pub by: Text<'a>,
    /// Its value; null if it is missing.
    pub value: Option<Text<'a>>,
}

/// A day with matches, or for a correlated rule a burst or sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Occurrence<'a> {
    /// The day on which it begins, in the time zone of the run; null for records without a time.
    pub day: Option<Text<'a>>,
    /// Matches that are not covered by an allowlist entry.
    pub count: u64,
    /// The time of the first match.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The time of the last match.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// The values of the rule's measures, by name; null for a measure without a value.
    pub measures: BTreeMap<Text<'a>, Option<Text<'a>>>,
    /// Whether the input does not cover the history that the rule needs.
    pub uncertain: bool,
}

/// The allowlist entries that cover a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression<'a> {
    /// The id of the first entry, in order of id.
    pub entry: Text<'a>,
    /// The ids of all entries that cover a match of the finding.
    pub entries: Vec<Text<'a>>,
    /// The reason that the first entry gives.
    pub reason: Text<'a>,
}

/// An allowlist entry and the matches that it covered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerEntry<'a> {
    /// Its id.
    pub id: Text<'a>,
    /// The file that contains it.
    pub file: Text<'a>,
    /// The line of its id in that file.
    pub line: usize,
    /// Why the calls are accepted.
    pub reason: Text<'a>,
    /// The person or team responsible for the entry.
    pub owner: Text<'a>,
    /// The ticket in which the entry was approved.
    pub ticket: Option<Text<'a>>,
    /// The last day on which the entry is valid, or `never`.
    pub expires: Text<'a>,
    /// Its state at the time of the run; an expiring entry ends within 14 days.
    #[schemars(extend("enum" = ["in-force", "expiring", "expired"]))]
    pub state: Text<'a>,
    /// The number of matches that the entry covers.
    pub matches: u64,
    /// The number of these that no entry with a smaller id covers.
    pub first_credit: u64,
    /// The ids of the rules whose matches it covers.
    pub rules: Vec<Text<'a>>,
    /// Matches by severity.
    pub severities: BTreeMap<Text<'a>, u64>,
    /// The time of the first match that the entry covers.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The time of the last match.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
}

/// One input file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct File<'a> {
    /// The index in `roots` of the input to which the file belongs.
    pub root: usize,
    /// The path below that input.
    pub path: Text<'a>,
    /// How the file was treated; `unclaimed` and `unreadable` make the run incomplete.
    #[schemars(extend("enum" = ["read", "not-an-input", "declined", "unclaimed", "unreadable"]))]
    pub status: Text<'a>,
    /// Why the file was not read; null if it was.
    pub reason: Option<Text<'a>>,
    /// The container of its records; empty if there is none.
    pub container: Text<'a>,
    /// The compression; null if the file is not compressed.
    pub compression: Option<Text<'a>>,
    /// The size in bytes as stored.
    pub bytes: u64,
    /// The size in bytes after decompression.
    pub decompressed: u64,
    /// SHA-256 of the stored bytes, in hex; null unless `--digests` is set and the file was read to
    /// its end.
    pub sha256: Option<String>,
    /// Records evaluated, by format.
    pub formats: BTreeMap<Text<'a>, u64>,
    /// Records skipped, by reason.
    pub skipped: BTreeMap<Text<'a>, u64>,
    /// The first records that were skipped.
    pub skips: Vec<Skip<'a>>,
    /// Fields that the format promises and that are missing or unreadable in evaluated records.
    pub gaps: Vec<Gap<'a>>,
    /// Notes about the file; no record was skipped because of them.
    pub notes: Vec<Text<'a>>,
}

/// A field that the format promises and that is missing or unreadable in evaluated records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap<'a> {
    /// The field, such as `event.time`.
    pub field: Text<'a>,
    /// The provider's name of the field, such as `eventTime`.
    pub source: Text<'a>,
    /// What is wrong with it.
    #[schemars(extend("enum" = ["missing", "empty", "wrong-type", "unreadable"]))]
    pub defect: Text<'a>,
    /// The number of records.
    pub records: u64,
}

/// A record that was not evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Skip<'a> {
    /// The offset in bytes at which the record begins in the decompressed file.
    pub offset: u64,
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its position in the container, from 0.
    pub ordinal: u64,
    /// The reason, one of a fixed set of words.
    pub reason: Text<'a>,
    /// What is wrong with the record.
    pub detail: Text<'a>,
}

/// Counts of what was read, evaluated and skipped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accounting<'a> {
    /// Files that were read as records.
    pub files_read: u64,
    /// Files that were not read as records.
    pub files_other: u64,
    /// The size in bytes as stored.
    pub bytes: u64,
    /// The size in bytes after decompression.
    pub decompressed: u64,
    /// Records found.
    pub read: u64,
    /// Records on which every rule for their kind was evaluated.
    pub evaluated: u64,
    /// Records that were not evaluated.
    pub skipped: u64,
    /// Evaluated records in which a promised field is missing or unreadable.
    pub gapped: u64,
    /// Users in credential reports. Rows of reports are counted in `read`, users are not.
    pub creds: u64,
    /// Access keys of these users.
    pub keys: u64,
    /// Records evaluated, by format.
    pub formats: BTreeMap<Text<'a>, u64>,
    /// Records skipped, by reason.
    pub skipped_by_reason: BTreeMap<Text<'a>, u64>,
    /// Fields that the format promises and that are missing or unreadable in evaluated records.
    pub gaps: Vec<Gap<'a>>,
    /// Matches before duplicates were merged and allowlists applied.
    pub matches: u64,
    /// Matches of events that were already counted.
    pub duplicates: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// Matches that no finding counts because their record has no time and their rule needs one, by
    /// rule id.
    pub unplaced: BTreeMap<Text<'a>, u64>,
    /// Evaluations that failed, by rule id.
    pub rule_errors: BTreeMap<Text<'a>, u64>,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Note<'a> {
    /// Its stable id.
    pub id: Text<'a>,
    /// The note in one sentence.
    pub text: Text<'a>,
}
