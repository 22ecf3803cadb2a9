//! `keytrail/report/v1`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::rule;

/// The value of `schema`.
pub(super) const SCHEMA: &str = "keytrail/report/v1";

/// Text of the report or of an input.
type Text<'a> = Cow<'a, str>;

/// A report of `keytrail scan`, version 1. Later releases may add fields; they change none.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Report<'a> {
    /// Which format and version this is.
    #[schemars(extend("const" = SCHEMA))]
    pub(super) schema: &'static str,
    /// What wrote it.
    pub(super) tool: Tool,
    /// Facts of the run that are no result.
    pub(super) run: Run<'a>,
    /// How the run ended.
    pub(super) verdict: Verdict,
    /// Every rule in force, sorted by id.
    pub(super) rules: Vec<Rule<'a>>,
    /// Input roots as they were named; locations and files index them.
    pub(super) roots: Vec<Text<'a>>,
    /// Findings, worst first; those that the allowlist covers are among them.
    pub(super) findings: Vec<Finding<'a>>,
    /// Every allowlist entry, sorted by id, with what it covered.
    pub(super) ledger: Vec<LedgerEntry<'a>>,
    /// Every input file, sorted by root and path.
    pub(super) files: Vec<File<'a>>,
    /// What was read and what became of it: `read` is `evaluated` plus `skipped`.
    pub(super) accounting: Accounting<'a>,
    /// Why the run is incomplete; empty when it is not.
    pub(super) incomplete: Vec<Note<'a>>,
    /// Other things to know.
    pub(super) notes: Vec<Note<'a>>,
}

/// The program.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tool {
    /// Its name.
    pub(super) name: &'static str,
    /// Its version.
    pub(super) version: &'static str,
}

/// Facts of the run that are no result.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Run<'a> {
    /// The run clock: expiry of allowlist entries is judged by it.
    #[schemars(extend("format" = "date-time"))]
    pub(super) clock: String,
    /// Whether `--now` set the clock.
    pub(super) clock_given: bool,
    /// The zone of days.
    pub(super) zone: Text<'a>,
    /// SHA-256 over the policy in force, hex.
    pub(super) policy: Text<'a>,
    /// The severity from which on findings fail the run.
    #[schemars(schema_with = "severity")]
    pub(super) fail_on: &'static str,
    /// The severity from which on findings are reported.
    #[schemars(schema_with = "severity")]
    pub(super) min_severity: &'static str,
    /// Skipped records that the run tolerates.
    pub(super) max_skipped: u64,
    /// Whether doubts fail the run.
    pub(super) strict: bool,
    /// Whether access keys are shown whole.
    pub(super) show_keys: bool,
}

/// How the run ended.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Verdict {
    /// `clean`, `findings` (at least one fails the run) or `incomplete`.
    #[schemars(extend("enum" = ["clean", "findings", "incomplete"]))]
    pub(super) outcome: &'static str,
    /// The exit code before `--exit-zero`: 0, 1 or 3.
    pub(super) exit_code: u8,
    /// Whether everything was read and evaluated.
    pub(super) complete: bool,
    /// Findings that fail the run.
    pub(super) gating: u64,
    /// Findings whose every match the allowlist covers.
    pub(super) suppressed: u64,
    /// Findings that `min_severity` left out.
    pub(super) below_min_severity: u64,
    /// Findings that the allowlist leaves, by severity.
    pub(super) by_severity: BTreeMap<&'static str, u64>,
}

/// A rule in force.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Rule<'a> {
    /// Its id.
    pub(super) id: Text<'a>,
    /// One line.
    pub(super) title: Text<'a>,
    /// What it finds and why that matters.
    pub(super) description: Text<'a>,
    /// What to do.
    pub(super) remediation: Text<'a>,
    /// When it fires on something harmless.
    pub(super) false_positives: Vec<Text<'a>>,
    /// What it watches for.
    #[schemars(schema_with = "category")]
    pub(super) category: &'static str,
    /// The severity in force.
    #[schemars(schema_with = "severity")]
    pub(super) severity: &'static str,
    /// How far it can be relied on.
    #[schemars(schema_with = "status")]
    pub(super) status: &'static str,
    /// Which records it reads.
    #[schemars(extend("enum" = ["event", "cred", "key"]))]
    pub(super) on: &'static str,
    /// Free tags.
    pub(super) tags: Vec<Text<'a>>,
    /// Controls it checks.
    pub(super) controls: Vec<Text<'a>>,
    /// Where to read more.
    pub(super) references: Vec<Text<'a>>,
    /// Its file.
    pub(super) file: Text<'a>,
    /// The line of its id.
    pub(super) line: usize,
    /// Whether it ships with Keytrail.
    pub(super) builtin: bool,
    /// Why it cannot match in this configuration, if so.
    pub(super) not_configured: Option<Text<'a>>,
}

/// One rule and one subject.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Finding<'a> {
    /// Stable over runs: a hash of the rule id and the subject.
    pub(super) fingerprint: Text<'a>,
    /// The id of its rule.
    pub(super) rule: Text<'a>,
    /// How bad it is: the rule's severity, or what a match raised it to.
    #[schemars(schema_with = "severity")]
    pub(super) severity: &'static str,
    /// Whether it fails the run, and if not, why.
    #[schemars(extend("enum" = crate::finding::VerdictRole::WORDS))]
    pub(super) role: &'static str,
    /// What it says.
    pub(super) message: Text<'a>,
    /// The cloud.
    pub(super) provider: Text<'a>,
    /// What makes two matches one finding.
    pub(super) subject: Vec<SubjectPart<'a>>,
    /// Matches that count: duplicates are merged, covered ones left out.
    pub(super) count: u64,
    /// Of those, calls that succeeded.
    pub(super) ok: u64,
    /// Of those, calls that failed.
    pub(super) failed: u64,
    /// Matches that an allowlist entry covers.
    pub(super) suppressed: u64,
    /// The first match.
    #[schemars(schema_with = "time")]
    pub(super) first: Option<String>,
    /// The last match.
    #[schemars(schema_with = "time")]
    pub(super) last: Option<String>,
    /// The first match's record.
    pub(super) sample: Sample<'a>,
    /// Days with matches; of a rule that correlates, bursts or sequences.
    pub(super) occurrences: Vec<Occurrence<'a>>,
    /// Whether the input does not reach far enough to be sure of any occurrence.
    pub(super) uncertain: bool,
    /// The evidence.
    pub(super) calls: Vec<Calls<'a>>,
    /// What tables know of the sources in the evidence.
    pub(super) sources: Vec<Source<'a>>,
    /// What tables and other findings know of the access keys in the evidence.
    pub(super) keys: Vec<Key<'a>>,
    /// What stands behind the evidence that was left out, if any was.
    pub(super) others: Option<Others>,
    /// Why every match of it is accepted, if so.
    pub(super) suppression: Option<Suppression<'a>>,
}

/// What tables know of a source.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Source<'a> {
    /// The address.
    pub(super) source: Text<'a>,
    /// Which of the six kinds it is, where there is an asset table.
    pub(super) ip_type: Option<&'static str>,
    /// A remark, at most 20 characters; `-` when there is none.
    pub(super) remark: Text<'a>,
    /// The resource that has it.
    pub(super) asset: Option<Asset<'a>>,
}

/// A resource of one's own.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Asset<'a> {
    /// Its id.
    pub(super) id: Option<Text<'a>>,
    /// Its name.
    pub(super) name: Option<Text<'a>>,
}

/// What is known of an access key.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Key<'a> {
    /// The key, masked unless `run.show_keys`.
    pub(super) ak: Text<'a>,
    /// A remark, at most 20 characters; `-` when there is none.
    pub(super) remark: Text<'a>,
    /// The first 20 of its policies by name.
    pub(super) policies: Vec<Text<'a>>,
    /// How many policies it has; null where no table says.
    pub(super) policy_count: Option<usize>,
    /// Open findings of credential reports about it.
    pub(super) open: Vec<OpenFinding<'a>>,
}

/// Another finding of the run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct OpenFinding<'a> {
    /// The id of its rule.
    pub(super) rule: Text<'a>,
    /// Its fingerprint.
    pub(super) fingerprint: Text<'a>,
}

/// One part of a subject.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SubjectPart<'a> {
    /// The expression, `event.account`.
    pub(super) by: Text<'a>,
    /// Its value; null when missing.
    pub(super) value: Option<Text<'a>>,
}

/// A redacted record.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sample<'a> {
    /// When.
    #[schemars(schema_with = "time")]
    pub(super) time: Option<String>,
    /// The provider's id of the event.
    pub(super) id: Option<Text<'a>>,
    /// The provider's id of the request.
    pub(super) request_id: Option<Text<'a>>,
    /// Its name wherever its file may be: `aws/cloudtrail/<account>/<region>/<event id>`.
    pub(super) name: Text<'a>,
    /// The record, redacted and cut; empty where it was not kept.
    pub(super) text: Text<'a>,
    /// The parameters of the call, redacted and cut; null where there are none.
    pub(super) request: Option<Text<'a>>,
    /// Where it stands.
    pub(super) location: Location<'a>,
}

/// Where a record stands in the inputs.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Location<'a> {
    /// Index of the input root.
    pub(super) root: usize,
    /// Path below the root.
    pub(super) path: Text<'a>,
    /// First line, from 1, of the decompressed file.
    pub(super) line: u64,
    /// Column of its first character, from 1, in UTF-16 code units.
    pub(super) column: u64,
    /// Last line.
    pub(super) end_line: u64,
    /// Column after its last character.
    pub(super) end_column: u64,
    /// Bytes before it in the decompressed file.
    pub(super) offset: u64,
    /// Its bytes.
    pub(super) length: u64,
    /// Where it stands in its container, `/Records/17`.
    pub(super) pointer: Text<'a>,
}

/// A day with matches; of a rule that correlates, a burst or sequence.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Occurrence<'a> {
    /// The day in the zone of the run on which it begins; null for records without a time.
    pub(super) day: Option<Text<'a>>,
    /// Matches that count.
    pub(super) count: u64,
    /// The first.
    #[schemars(schema_with = "time")]
    pub(super) first: Option<String>,
    /// The last.
    #[schemars(schema_with = "time")]
    pub(super) last: Option<String>,
    /// The rule's measures by name; null where there is no value.
    pub(super) measures: BTreeMap<Text<'a>, Option<Text<'a>>>,
    /// Whether the input does not reach far enough to be sure.
    pub(super) uncertain: bool,
}

/// One row of evidence: calls that are alike in all but their time.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Calls<'a> {
    /// The access key, masked unless `run.show_keys`.
    pub(super) ak: Option<Text<'a>>,
    /// The address, or the source as recorded when that is none.
    pub(super) source: Option<Text<'a>>,
    /// By which way the call came.
    pub(super) method: Option<Text<'a>>,
    /// The product.
    pub(super) service: Option<Text<'a>>,
    /// The operation.
    pub(super) api: Option<Text<'a>>,
    /// Who called.
    pub(super) user: Option<Text<'a>>,
    /// Whether the call succeeded.
    pub(super) ok: Option<bool>,
    /// The day in the zone of the run.
    pub(super) day: Option<Text<'a>>,
    /// Matches.
    pub(super) count: u64,
    /// Of those, matches that an allowlist entry covers.
    pub(super) suppressed: u64,
    /// The first.
    #[schemars(schema_with = "time")]
    pub(super) first: Option<String>,
    /// The last.
    #[schemars(schema_with = "time")]
    pub(super) last: Option<String>,
    /// The first of them.
    pub(super) samples: Vec<Sample<'a>>,
}

/// Evidence that was left out.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Others {
    /// Rows.
    pub(super) rows: u64,
    /// Matches behind them.
    pub(super) count: u64,
}

/// Why a finding is accepted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Suppression<'a> {
    /// The first allowlist entry by id.
    pub(super) entry: Text<'a>,
    /// Every entry that covers a match of it.
    pub(super) entries: Vec<Text<'a>>,
    /// Why, as the first entry says.
    pub(super) reason: Text<'a>,
}

/// What an allowlist entry covered.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LedgerEntry<'a> {
    /// Its id.
    pub(super) id: Text<'a>,
    /// Its file.
    pub(super) file: Text<'a>,
    /// The line of its id.
    pub(super) line: usize,
    /// Why it is accepted.
    pub(super) reason: Text<'a>,
    /// Who answers for it.
    pub(super) owner: Text<'a>,
    /// Where it was agreed.
    pub(super) ticket: Option<Text<'a>>,
    /// The last valid day, or `never`.
    pub(super) expires: Text<'a>,
    /// How it stands at the run clock; an expiring entry ends within 14 days.
    #[schemars(extend("enum" = ["in-force", "expiring", "expired"]))]
    pub(super) state: &'static str,
    /// Matches that it covers.
    pub(super) matches: u64,
    /// Of those, matches that no entry with a smaller id covers.
    pub(super) first_credit: u64,
    /// Rules that it covered matches of.
    pub(super) rules: Vec<Text<'a>>,
    /// Matches by severity.
    pub(super) severities: BTreeMap<&'static str, u64>,
    /// The first match that it covers.
    #[schemars(schema_with = "time")]
    pub(super) first: Option<String>,
    /// The last.
    #[schemars(schema_with = "time")]
    pub(super) last: Option<String>,
}

/// One input file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct File<'a> {
    /// Index of the input root it was found under.
    pub(super) root: usize,
    /// Path below the root.
    pub(super) path: Text<'a>,
    /// What it turned out to be; `unclaimed` and `unreadable` make the run incomplete.
    #[schemars(extend("enum" = ["read", "not-an-input", "declined", "unclaimed", "unreadable"]))]
    pub(super) status: &'static str,
    /// Why it was not read, if it was not.
    pub(super) reason: Option<Text<'a>>,
    /// The container its records came in; empty if it has none.
    pub(super) container: &'static str,
    /// How it was compressed, if it was.
    pub(super) compression: Option<&'static str>,
    /// Bytes as stored.
    pub(super) bytes: u64,
    /// Bytes after decompression.
    pub(super) decompressed: u64,
    /// SHA-256 of the stored bytes, hex; null when the file was not read to its end.
    pub(super) sha256: Option<String>,
    /// Records evaluated, by format.
    pub(super) formats: &'a BTreeMap<&'static str, u64>,
    /// Records skipped, by reason.
    pub(super) skipped: &'a BTreeMap<&'static str, u64>,
    /// The first skipped records.
    pub(super) skips: Vec<Skip<'a>>,
    /// Promised fields that evaluated records do not give.
    pub(super) gaps: Vec<Gap>,
    /// Things to know that cost no record.
    pub(super) notes: Vec<Text<'a>>,
}

/// A field that the format promises and that evaluated records do not give.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Gap {
    /// The field, `event.time`.
    pub(super) field: String,
    /// What the provider calls it, `eventTime`.
    pub(super) source: &'static str,
    /// What is wrong with it.
    #[schemars(extend("enum" = ["missing", "empty", "wrong-type", "unreadable"]))]
    pub(super) defect: &'static str,
    /// In how many records.
    pub(super) records: u64,
}

/// A record that was not evaluated.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Skip<'a> {
    /// Bytes before it in the decompressed file.
    pub(super) offset: u64,
    /// Line it begins on, from 1.
    pub(super) line: u64,
    /// Its position in the container, from 0.
    pub(super) ordinal: u64,
    /// Why.
    pub(super) reason: &'static str,
    /// What exactly was wrong.
    pub(super) detail: Text<'a>,
}

/// What was read and what became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Accounting<'a> {
    /// Files that were read as records.
    pub(super) files_read: u64,
    /// Files that were not.
    pub(super) files_other: u64,
    /// Bytes as stored.
    pub(super) bytes: u64,
    /// Bytes after decompression.
    pub(super) decompressed: u64,
    /// Records found.
    pub(super) read: u64,
    /// Records that every rule for their kind was tried on.
    pub(super) evaluated: u64,
    /// Records that no rule saw.
    pub(super) skipped: u64,
    /// Evaluated records that do not give a field that their format promises.
    pub(super) gapped: u64,
    /// Users that the rows of credential reports became; counted beside the rows.
    pub(super) creds: u64,
    /// Access keys that they became.
    pub(super) keys: u64,
    /// Records evaluated, by format.
    pub(super) formats: &'a BTreeMap<&'static str, u64>,
    /// Records skipped, by reason.
    pub(super) skipped_by_reason: &'a BTreeMap<&'static str, u64>,
    /// Promised fields that evaluated records do not give.
    pub(super) gaps: Vec<Gap>,
    /// Matches before duplicates were merged and allowlists applied.
    pub(super) matches: u64,
    /// Matches that repeated an event already counted.
    pub(super) duplicates: u64,
    /// Matches that an allowlist entry covers.
    pub(super) suppressed: u64,
    /// Matches without a time of rules that ask for one, by rule id; no finding counts them.
    pub(super) unplaced: &'a BTreeMap<String, u64>,
    /// Evaluations that failed, by rule id.
    pub(super) rule_errors: &'a BTreeMap<String, u64>,
}

/// Something to know.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Note<'a> {
    /// Stable id.
    pub(super) id: &'static str,
    /// One sentence.
    pub(super) text: Text<'a>,
}

fn severity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": rule::Severity::WORDS })
}

fn category(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": rule::Category::WORDS })
}

fn status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": rule::Status::WORDS })
}

fn time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "format": "date-time" })
}
