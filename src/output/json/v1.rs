//! The format `keytrail/report/v1`, for writing and reading.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::word::Word;
use crate::finding::VerdictRole;
use crate::record::InputKind;
use crate::report::FailOn;
use crate::rule;

/// The value of `schema`.
pub(super) const SCHEMA: &str = "keytrail/report/v1";

/// Text of the report or of an input.
type Text<'a> = Cow<'a, str>;

/// A report of `keytrail scan`, version 1. Later releases may add fields; they change none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report<'a> {
    /// Which format and version this is.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: Text<'a>,
    /// What wrote it.
    pub tool: Tool<'a>,
    /// Facts of the run that are no result.
    pub run: Run<'a>,
    /// How the run ended.
    pub verdict: Verdict<'a>,
    /// Every rule in force, sorted by id.
    pub rules: Vec<Rule<'a>>,
    /// Input roots as they were named; locations and files index them.
    pub roots: Vec<Text<'a>>,
    /// Findings, worst first; those that the allowlist covers are among them.
    pub findings: Vec<Finding<'a>>,
    /// Every allowlist entry, sorted by id, with what it covered.
    pub ledger: Vec<LedgerEntry<'a>>,
    /// Every input file, sorted by root and path.
    pub files: Vec<File<'a>>,
    /// What was read and what became of it: `read` is `evaluated` plus `skipped`.
    pub accounting: Accounting<'a>,
    /// Why the run is incomplete; empty when it is not.
    pub incomplete: Vec<Note<'a>>,
    /// Other things to know.
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

/// Facts of the run that are no result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run<'a> {
    /// The run clock: expiry of allowlist entries is judged by it.
    #[schemars(extend("format" = "date-time"))]
    pub clock: String,
    /// Whether `--now` set the clock.
    pub clock_given: bool,
    /// The zone of days.
    pub zone: Text<'a>,
    /// SHA-256 over the policy in force, hex.
    pub policy: Text<'a>,
    /// How that policy differs from the built-in one.
    #[serde(default)]
    pub policy_changes: PolicyChanges<'a>,
    /// The severity from which on findings fail the run.
    pub fail_on: Word<FailOn>,
    /// Whether uncertain findings fail the run.
    pub fail_on_uncertain: bool,
    /// The severity from which on findings are reported.
    pub min_severity: Word<rule::Severity>,
    /// Skipped records that the run tolerates.
    pub max_skipped: u64,
    /// Whether doubts fail the run.
    pub strict: bool,
    /// Kinds of inputs that the project expects; a run without one is incomplete.
    #[serde(default)]
    pub expected: Vec<Word<InputKind>>,
    /// Whether access keys are shown whole.
    pub show_keys: bool,
}

/// How the policy differs from the built-in one; allowlist entries stand in `ledger`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyChanges<'a> {
    /// The project file and the files that it extends, in the order in which they were read.
    pub project_files: Vec<Text<'a>>,
    /// Whether the built-in rules are not loaded.
    pub without_builtin: bool,
    /// Rules that are not in force, sorted by id.
    pub rules_off: Vec<RuleOff<'a>>,
    /// Severities that differ from those in the rule files, by rule.
    pub severities: Vec<ValueChange<'a>>,
    /// Parameters that differ from the defaults in the rule files, as `RULE.PARAMETER`.
    pub params: Vec<ValueChange<'a>>,
    /// Lists with entries that the project adds or removes.
    pub lists: Vec<ListDifference<'a>>,
    /// Tables whose rows come from a data file.
    pub tables: Vec<TableRows<'a>>,
    /// Rules, lists, tables and definitions that do not ship with Keytrail.
    pub own: Vec<OwnItem<'a>>,
}

/// A rule that is not in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleOff<'a> {
    /// Its id.
    pub rule: Text<'a>,
    /// What turns it off: the project file, or `--only` and `--disable`.
    #[schemars(extend("enum" = ["project", "option"]))]
    pub by: Text<'a>,
}

/// A value that differs from the one in a rule file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ValueChange<'a> {
    /// What has the value.
    pub name: Text<'a>,
    /// The value in the rule file.
    pub from: Text<'a>,
    /// The value in force.
    pub to: Text<'a>,
}

/// A list with other entries than its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListDifference<'a> {
    /// Its id.
    pub list: Text<'a>,
    /// Entries in force that its file does not have.
    pub added: Vec<Text<'a>>,
    /// Entries of its file that are not in force.
    pub removed: Vec<Text<'a>>,
}

/// A table that has rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableRows<'a> {
    /// Its id.
    pub table: Text<'a>,
    /// Its data file.
    pub file: Text<'a>,
    /// The number of rows.
    pub rows: usize,
}

/// Something that does not ship with Keytrail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnItem<'a> {
    /// What it is.
    #[schemars(extend("enum" = ["rule", "list", "table", "definition"]))]
    pub kind: Text<'a>,
    /// Its id or name.
    pub name: Text<'a>,
    /// Its file.
    pub file: Text<'a>,
    /// Whether it has the name of a built-in one that is not loaded, and another text.
    pub replaces_builtin: bool,
}

/// How the run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict<'a> {
    /// `clean` (no finding), `passed` (findings, and none fails the run), `findings` (at least one
    /// fails the run) or `incomplete`.
    #[schemars(extend("enum" = ["clean", "passed", "findings", "incomplete"]))]
    pub outcome: Text<'a>,
    /// The exit code before `--exit-zero`: 0, 1 or 3.
    pub exit_code: u8,
    /// Whether everything was read and evaluated.
    pub complete: bool,
    /// Findings that fail the run, those below `min_severity` among them.
    pub gating: u64,
    /// Findings at or above `fail_on` that do not fail the run, because the input does not reach far
    /// enough to be sure of them.
    pub uncertain: u64,
    /// Findings at or above `fail_on` that do not fail the run, because their rule is experimental.
    pub experimental: u64,
    /// Findings whose every match the allowlist covers.
    pub suppressed: u64,
    /// Findings that `min_severity` left out.
    pub below_min_severity: u64,
    /// Findings that the allowlist leaves, by severity.
    pub by_severity: BTreeMap<Text<'a>, u64>,
}

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rule<'a> {
    /// Its id.
    pub id: Text<'a>,
    /// One line.
    pub title: Text<'a>,
    /// What it finds and why that matters.
    pub description: Text<'a>,
    /// What to do.
    pub remediation: Text<'a>,
    /// When it fires on something harmless.
    pub false_positives: Vec<Text<'a>>,
    /// What it watches for.
    pub category: Word<rule::Category>,
    /// The severity in force.
    pub severity: Word<rule::Severity>,
    /// How far it can be relied on.
    pub status: Word<rule::Status>,
    /// Which records it reads.
    #[schemars(extend("enum" = ["event", "cred", "key"]))]
    pub on: Text<'a>,
    /// Free tags.
    pub tags: Vec<Text<'a>>,
    /// Controls it checks.
    pub controls: Vec<Text<'a>>,
    /// Where to read more.
    pub references: Vec<Text<'a>>,
    /// Its file.
    pub file: Text<'a>,
    /// The line of its id.
    pub line: usize,
    /// Whether it ships with Keytrail.
    pub builtin: bool,
    /// Why it cannot match in this configuration, if so.
    pub not_configured: Option<Text<'a>>,
}

/// One rule and one subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding<'a> {
    /// 32 hex digits, the same in every run: a digest of the rule id and the subject. The first 16
    /// are the fingerprint of earlier versions.
    pub fingerprint: Text<'a>,
    /// The id of its rule.
    pub rule: Text<'a>,
    /// How bad it is: the rule's severity, or what a match raised it to.
    pub severity: Word<rule::Severity>,
    /// Whether it fails the run, and if not, why.
    pub role: Word<VerdictRole>,
    /// What it says.
    pub message: Text<'a>,
    /// The cloud.
    pub provider: Text<'a>,
    /// What makes two matches one finding.
    pub subject: Vec<SubjectPart<'a>>,
    /// Matches that count: duplicates are merged, covered ones left out.
    pub count: u64,
    /// Of those, calls that succeeded.
    pub ok: u64,
    /// Of those, calls that failed.
    pub failed: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// The first match.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The last match.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// The first match's record.
    pub sample: Sample<'a>,
    /// Days with matches; of a rule that correlates, bursts or sequences.
    pub occurrences: Vec<Occurrence<'a>>,
    /// Whether the input does not reach far enough to be sure of any occurrence.
    pub uncertain: bool,
    /// The evidence.
    pub calls: Vec<Calls<'a>>,
    /// What tables know of the sources in the evidence.
    pub sources: Vec<Source<'a>>,
    /// What tables and other findings know of the access keys in the evidence.
    pub keys: Vec<Key<'a>>,
    /// What stands behind the evidence that was left out, if any was.
    pub others: Option<Others>,
    /// Why every match of it is accepted, if so.
    pub suppression: Option<Suppression<'a>>,
}

/// What tables know of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source<'a> {
    /// The address.
    pub source: Text<'a>,
    /// Which of the six kinds it is, where there is an asset table.
    pub ip_type: Option<Text<'a>>,
    /// A remark, at most 20 characters; `-` when there is none.
    pub remark: Text<'a>,
    /// The resource that has it.
    pub asset: Option<Asset<'a>>,
}

/// A resource of one's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Asset<'a> {
    /// Its id.
    pub id: Option<Text<'a>>,
    /// Its name.
    pub name: Option<Text<'a>>,
}

/// What is known of an access key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Key<'a> {
    /// The key, masked unless `run.show_keys`.
    pub ak: Text<'a>,
    /// A remark, at most 20 characters; `-` when there is none.
    pub remark: Text<'a>,
    /// The first 20 of its policies by name.
    pub policies: Vec<Text<'a>>,
    /// How many policies it has; null where no table says.
    pub policy_count: Option<usize>,
    /// Open findings of credential reports about it.
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
    /// Its value; null when missing.
    pub value: Option<Text<'a>>,
}

/// A redacted record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sample<'a> {
    /// When.
    #[schemars(schema_with = "time")]
    pub time: Option<String>,
    /// The provider's id of the event.
    pub id: Option<Text<'a>>,
    /// The provider's id of the request.
    pub request_id: Option<Text<'a>>,
    /// Its name wherever its file may be: `aws/cloudtrail/<account>/<region>/<event id>`.
    pub name: Text<'a>,
    /// The record, redacted and cut; empty where it was not kept.
    pub text: Text<'a>,
    /// The parameters of the call, redacted and cut; null where there are none.
    pub request: Option<Text<'a>>,
    /// Where it stands.
    pub location: Location<'a>,
}

/// Where a record stands in the inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Location<'a> {
    /// Index of the input root.
    pub root: usize,
    /// Path below the root.
    pub path: Text<'a>,
    /// First line, from 1, of the decompressed file.
    pub line: u64,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// Column after its last character.
    pub end_column: u64,
    /// Bytes before it in the decompressed file.
    pub offset: u64,
    /// Its bytes.
    pub length: u64,
    /// Where it stands in its container, `/Records/17`.
    pub pointer: Text<'a>,
}

/// A day with matches; of a rule that correlates, a burst or sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Occurrence<'a> {
    /// The day in the zone of the run on which it begins; null for records without a time.
    pub day: Option<Text<'a>>,
    /// Matches that count.
    pub count: u64,
    /// The first.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The last.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// The rule's measures by name; null where there is no value.
    pub measures: BTreeMap<Text<'a>, Option<Text<'a>>>,
    /// Whether the input does not reach far enough to be sure.
    pub uncertain: bool,
}

/// One row of evidence: calls that are alike in all but their time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Calls<'a> {
    /// The access key, masked unless `run.show_keys`.
    pub ak: Option<Text<'a>>,
    /// The address, or the source as recorded when that is none.
    pub source: Option<Text<'a>>,
    /// By which way the call came.
    pub method: Option<Text<'a>>,
    /// The product.
    pub service: Option<Text<'a>>,
    /// The operation.
    pub api: Option<Text<'a>>,
    /// Who called.
    pub user: Option<Text<'a>>,
    /// Whether the call succeeded.
    pub ok: Option<bool>,
    /// The day in the zone of the run.
    pub day: Option<Text<'a>>,
    /// Matches.
    pub count: u64,
    /// Of those, matches that an allowlist entry covers.
    pub suppressed: u64,
    /// The first.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The last.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// The first of them.
    pub samples: Vec<Sample<'a>>,
}

/// Evidence that was left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Others {
    /// Rows.
    pub rows: u64,
    /// Matches behind them.
    pub count: u64,
}

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression<'a> {
    /// The first allowlist entry by id.
    pub entry: Text<'a>,
    /// Every entry that covers a match of it.
    pub entries: Vec<Text<'a>>,
    /// Why, as the first entry says.
    pub reason: Text<'a>,
}

/// What an allowlist entry covered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerEntry<'a> {
    /// Its id.
    pub id: Text<'a>,
    /// Its file.
    pub file: Text<'a>,
    /// The line of its id.
    pub line: usize,
    /// Why it is accepted.
    pub reason: Text<'a>,
    /// Who answers for it.
    pub owner: Text<'a>,
    /// Where it was agreed.
    pub ticket: Option<Text<'a>>,
    /// The last valid day, or `never`.
    pub expires: Text<'a>,
    /// How it stands at the run clock; an expiring entry ends within 14 days.
    #[schemars(extend("enum" = ["in-force", "expiring", "expired"]))]
    pub state: Text<'a>,
    /// Matches that it covers.
    pub matches: u64,
    /// Of those, matches that no entry with a smaller id covers.
    pub first_credit: u64,
    /// Rules that it covered matches of.
    pub rules: Vec<Text<'a>>,
    /// Matches by severity.
    pub severities: BTreeMap<Text<'a>, u64>,
    /// The first match that it covers.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The last.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
}

/// One input file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct File<'a> {
    /// Index of the input root it was found under.
    pub root: usize,
    /// Path below the root.
    pub path: Text<'a>,
    /// What it turned out to be; `unclaimed` and `unreadable` make the run incomplete.
    #[schemars(extend("enum" = ["read", "not-an-input", "declined", "unclaimed", "unreadable"]))]
    pub status: Text<'a>,
    /// Why it was not read, if it was not.
    pub reason: Option<Text<'a>>,
    /// The container its records came in; empty if it has none.
    pub container: Text<'a>,
    /// How it was compressed, if it was.
    pub compression: Option<Text<'a>>,
    /// Bytes as stored.
    pub bytes: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// SHA-256 of the stored bytes, hex; null when the file was not read to its end.
    pub sha256: Option<String>,
    /// Records evaluated, by format.
    pub formats: BTreeMap<Text<'a>, u64>,
    /// Records skipped, by reason.
    pub skipped: BTreeMap<Text<'a>, u64>,
    /// The first skipped records.
    pub skips: Vec<Skip<'a>>,
    /// Promised fields that evaluated records do not give.
    pub gaps: Vec<Gap<'a>>,
    /// Things to know that cost no record.
    pub notes: Vec<Text<'a>>,
}

/// A field that the format promises and that evaluated records do not give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gap<'a> {
    /// The field, `event.time`.
    pub field: Text<'a>,
    /// What the provider calls it, `eventTime`.
    pub source: Text<'a>,
    /// What is wrong with it.
    #[schemars(extend("enum" = ["missing", "empty", "wrong-type", "unreadable"]))]
    pub defect: Text<'a>,
    /// In how many records.
    pub records: u64,
}

/// A record that was not evaluated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Skip<'a> {
    /// Bytes before it in the decompressed file.
    pub offset: u64,
    /// Line it begins on, from 1.
    pub line: u64,
    /// Its position in the container, from 0.
    pub ordinal: u64,
    /// Why.
    pub reason: Text<'a>,
    /// What exactly was wrong.
    pub detail: Text<'a>,
}

/// What was read and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accounting<'a> {
    /// Files that were read as records.
    pub files_read: u64,
    /// Files that were not.
    pub files_other: u64,
    /// Bytes as stored.
    pub bytes: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Records found.
    pub read: u64,
    /// Records that every rule for their kind was tried on.
    pub evaluated: u64,
    /// Records that no rule saw.
    pub skipped: u64,
    /// Evaluated records that do not give a field that their format promises.
    pub gapped: u64,
    /// Users that the rows of credential reports became; counted beside the rows.
    pub creds: u64,
    /// Access keys that they became.
    pub keys: u64,
    /// Records evaluated, by format.
    pub formats: BTreeMap<Text<'a>, u64>,
    /// Records skipped, by reason.
    pub skipped_by_reason: BTreeMap<Text<'a>, u64>,
    /// Promised fields that evaluated records do not give.
    pub gaps: Vec<Gap<'a>>,
    /// Matches before duplicates were merged and allowlists applied.
    pub matches: u64,
    /// Matches that repeated an event already counted.
    pub duplicates: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// Matches without a time of rules that ask for one, by rule id; no finding counts them.
    pub unplaced: BTreeMap<Text<'a>, u64>,
    /// Evaluations that failed, by rule id.
    pub rule_errors: BTreeMap<Text<'a>, u64>,
}

/// Something to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Note<'a> {
    /// Stable id.
    pub id: Text<'a>,
    /// One sentence.
    pub text: Text<'a>,
}

fn time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "format": "date-time" })
}
