//! The format `keytrail/posture/v1`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::rule;

/// The value of `schema`.
pub(super) const SCHEMA: &str = "keytrail/posture/v1";

/// Text of a report or of an event; access keys in it are masked.
type Text<'a> = Cow<'a, str>;

/// The output of `keytrail posture`, version 1. Later releases may add fields, but do not change
/// existing ones.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Posture<'a> {
    /// The format and its version.
    #[schemars(extend("const" = SCHEMA))]
    pub(super) schema: &'static str,
    /// The version of Keytrail.
    pub(super) version: &'static str,
    /// The time given with `--now`, at which ages are computed; null if ages are computed at the
    /// time of each report.
    #[schemars(extend("format" = "date-time"))]
    pub(super) now: Option<String>,
    /// The time at which ages are computed for reports without a time of their own; null if all
    /// reports have one, or if `now` is given.
    #[schemars(extend("format" = "date-time"))]
    pub(super) clock: Option<String>,
    /// Whether access keys are shown unmasked.
    pub(super) show_keys: bool,
    /// Whether everything was read and there is at least one report.
    pub(super) complete: bool,
    /// Reasons why the posture is incomplete; empty if it is complete.
    pub(super) incomplete: Vec<Text<'a>>,
    /// Other notes.
    pub(super) notes: Vec<Text<'a>>,
    /// All accounts together.
    pub(super) all: Totals,
    /// The accounts by their kind, production first.
    pub(super) kinds: Vec<Kind<'a>>,
    /// All accounts, production first. Other parts refer to them by index, from 0.
    pub(super) accounts: Vec<Account<'a>>,
    /// The steps to take: open ones before done ones, the most urgent first.
    pub(super) remedies: Vec<Remedy<'a>>,
    /// Keys in use older than two years, production first, then the oldest.
    pub(super) outliers: Vec<Outlier<'a>>,
    /// User names with several keys or in several accounts, the most keys first.
    pub(super) names: Vec<KeysOfName<'a>>,
    /// Patterns.
    pub(super) patterns: Patterns<'a>,
    /// Changes from report to report, by format.
    pub(super) trends: Vec<Trend<'a>>,
    /// Fields that the reports of some accounts do not contain.
    pub(super) unknown: Vec<Unknown>,
    /// What was read.
    pub(super) read: Read<'a>,
}

/// Users and keys, counted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Totals {
    /// Users, including root users.
    pub(super) users: u64,
    /// MFA coverage.
    pub(super) mfa: Coverage,
    /// Keys.
    pub(super) keys: Ages,
}

/// MFA of users who can sign in to the console, without root users.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Coverage {
    /// Users who can sign in to the console.
    pub(super) with_password: u64,
    /// Console users with MFA.
    pub(super) with_mfa: u64,
    /// Console users without MFA.
    pub(super) without_mfa: u64,
    /// Console users whose MFA state is not in any report.
    pub(super) mfa_unknown: u64,
    /// Users for whom no report states whether they can sign in to the console.
    pub(super) password_unknown: u64,
    /// The percentage of console users who are known to have MFA, rounded down to tenths; null if
    /// there are no console users, or if no report contains the MFA state of any user.
    pub(super) percent: Option<f64>,
}

/// Keys by age in days.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Ages {
    /// Keys that are not inactive.
    pub(super) in_use: u64,
    /// The buckets, youngest first.
    pub(super) buckets: Vec<Bucket>,
    /// Keys in use whose age is not known.
    pub(super) age_unknown: u64,
    /// Keys in use older than 730 days.
    pub(super) over_two_years: u64,
    /// Keys in use older than 1095 days.
    pub(super) over_three_years: u64,
    /// Keys in use for which no report states whether they are active.
    pub(super) status_unknown: u64,
    /// Keys that are not active.
    pub(super) inactive: u64,
}

/// A range of ages.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Bucket {
    /// Its label.
    #[schemars(extend("enum" = ["acceptable", "rotate soon", "overdue", "critical"]))]
    pub(super) name: &'static str,
    /// The lowest age in days.
    pub(super) from_days: i64,
    /// The highest age in days; null if there is no upper bound.
    pub(super) to_days: Option<i64>,
    /// The number of keys in use with such an age.
    pub(super) keys: u64,
}

/// All accounts of a kind.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Kind<'a> {
    /// The column `env` of the table `accounts`; null for accounts without a value.
    pub(super) kind: Option<Text<'a>>,
    /// Whether it is production.
    pub(super) production: bool,
    /// The number of accounts.
    pub(super) accounts: u64,
    /// Their numbers.
    #[serde(flatten)]
    pub(super) totals: Totals,
}

/// An account.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Account<'a> {
    /// The cloud.
    #[schemars(schema_with = "provider")]
    pub(super) provider: &'static str,
    /// Its id; null if its reports do not contain one.
    pub(super) id: Option<Text<'a>>,
    /// Its name, from the table of accounts or the report.
    pub(super) name: Option<Text<'a>>,
    /// Its kind: the column `env` of the table `accounts`.
    pub(super) kind: Option<Text<'a>>,
    /// Whether the kind is production.
    pub(super) production: bool,
    /// Whether the root user has MFA; null if no report contains it.
    pub(super) root_mfa: Option<bool>,
    /// The reports that its numbers come from.
    pub(super) reports: Vec<Source>,
    /// Its numbers.
    #[serde(flatten)]
    pub(super) totals: Totals,
}

/// A report whose users and keys are counted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Source {
    /// Its format.
    pub(super) format: &'static str,
    /// When the report was made; null if that is not known.
    #[schemars(extend("format" = "date-time"))]
    pub(super) made: Option<String>,
    /// The number of older reports of the same account and format; they only appear in the trend.
    pub(super) older: u64,
}

/// One step to take for one user.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Remedy<'a> {
    /// Its urgency.
    #[schemars(schema_with = "severity")]
    pub(super) severity: &'static str,
    /// What to do, as a word for programs.
    pub(super) action: &'static str,
    /// What to do, as text for people.
    pub(super) step: &'static str,
    /// Why it is needed, as text for people.
    pub(super) reason: String,
    /// The built-in rule that reports the same problem; null if there is none.
    pub(super) rule: Option<&'static str>,
    /// The deadline in hours; null if there is none.
    pub(super) within_hours: Option<u64>,
    /// The index of the account in `accounts`.
    pub(super) account: usize,
    /// The user.
    pub(super) user: Text<'a>,
    /// The access key; null if the step is not about a key.
    pub(super) key: Option<Key<'a>>,
    /// `open`, `done` by an event later than the report, or `unclear`.
    #[schemars(extend("enum" = ["open", "done", "unclear"]))]
    pub(super) state: &'static str,
    /// The event that completed the step, or may have completed it.
    pub(super) event: Option<RemediationEvent<'a>>,
}

/// An event that completed a step.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RemediationEvent<'a> {
    /// The time of the event.
    #[schemars(extend("format" = "date-time"))]
    pub(super) time: String,
    /// The operation.
    pub(super) api: Text<'a>,
    /// The caller.
    pub(super) by: Option<Text<'a>>,
    /// Why it is unclear whether the event completed the step. `outcome`: the log does not contain
    /// the outcome of the call. `undated`: the report does not contain its time. `which-key` and
    /// `which-account`: the report does not identify the key or the account. Null if it is clear.
    #[schemars(extend("enum" = ["outcome", "undated", "which-key", "which-account", null]))]
    pub(super) doubt: Option<&'static str>,
}

/// An access key.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Key<'a> {
    /// Its id; masked unless `show_keys` is true; null if the report does not contain it.
    pub(super) id: Option<Text<'a>>,
    /// The slot of the key, such as `1` or `2`.
    pub(super) slot: Text<'a>,
}

/// A very old key in use.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Outlier<'a> {
    /// The index of the account in `accounts`.
    pub(super) account: usize,
    /// Its user.
    pub(super) user: Text<'a>,
    /// Which key.
    pub(super) key: Key<'a>,
    /// Days since it was created.
    pub(super) age_days: i64,
    /// Days since it was last used; null if it was never used, or if that is not known.
    pub(super) idle_days: Option<i64>,
    /// Whether it was ever used; null if that is not known.
    pub(super) used: Option<bool>,
    /// Whether it is older than 1095 days.
    pub(super) over_three_years: bool,
}

/// The keys of users of one name.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KeysOfName<'a> {
    /// The cloud.
    #[schemars(schema_with = "provider")]
    pub(super) provider: &'static str,
    /// The name.
    pub(super) user: Text<'a>,
    /// The number of accounts with a user of this name.
    pub(super) accounts: u64,
    /// Keys in use.
    pub(super) keys: u64,
    /// Keys that are not active.
    pub(super) inactive: u64,
    /// The age in days of the oldest key in use; null if no age is known.
    pub(super) oldest_days: Option<i64>,
}

/// Patterns across several keys or accounts.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Patterns<'a> {
    /// Keys of one user name and day in several accounts.
    pub(super) uniform_keys: Vec<Uniform<'a>>,
    /// Users whose keys serve several services at the same time.
    pub(super) shared_accounts: Vec<Shared<'a>>,
    /// Console users who have most likely left.
    pub(super) zombie_accounts: Vec<Zombie<'a>>,
}

/// Keys of one user name that were created on one day in several accounts.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Uniform<'a> {
    /// The cloud.
    #[schemars(schema_with = "provider")]
    pub(super) provider: &'static str,
    /// The name.
    pub(super) user: Text<'a>,
    /// The day, in the configured zone.
    #[schemars(extend("format" = "date"))]
    pub(super) day: Text<'a>,
    /// The indexes of the accounts in `accounts`.
    pub(super) accounts: &'a [usize],
    /// The number of keys.
    pub(super) keys: u64,
}

/// A user whose keys serve several services at the same time.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shared<'a> {
    /// The index of the account in `accounts`.
    pub(super) account: usize,
    /// The user.
    pub(super) user: Text<'a>,
    /// Keys in use at the same time.
    pub(super) keys: u64,
    /// The services with which they were last used.
    pub(super) services: Vec<Text<'a>>,
    /// Whether the user has MFA; null if that is not known.
    pub(super) mfa: Option<bool>,
}

/// A console user who has most likely left.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Zombie<'a> {
    /// The index of the account in `accounts`.
    pub(super) account: usize,
    /// The user.
    pub(super) user: Text<'a>,
    /// Days since the last sign-in, or since the user was created.
    pub(super) idle_days: i64,
    /// Whether the user ever signed in.
    pub(super) signed_in: bool,
    /// The number of keys; none of them was ever used.
    pub(super) keys: u64,
}

/// How the posture changes over the reports of one format.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Trend<'a> {
    /// The cloud.
    #[schemars(schema_with = "provider")]
    pub(super) provider: &'static str,
    /// The format.
    pub(super) format: &'static str,
    /// All accounts below together, from the time at which each of them has a report.
    pub(super) total: Vec<Point>,
    /// The accounts of each kind together; empty if no account has a kind.
    pub(super) kinds: Vec<KindSeries<'a>>,
    /// Every account with at least two dated reports.
    pub(super) accounts: Vec<Series>,
}

/// The accounts of one kind together.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KindSeries<'a> {
    /// The column `env` of the table `accounts`; null for accounts without a value.
    pub(super) kind: Option<Text<'a>>,
    /// Whether it is production.
    pub(super) production: bool,
    /// The number of accounts.
    pub(super) accounts: u64,
    /// The points, in order of time.
    pub(super) points: Vec<Point>,
}

/// The reports of one account.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Series {
    /// The index of the account in `accounts`.
    pub(super) account: usize,
    /// The points, in order of time.
    pub(super) points: Vec<Point>,
}

/// The totals of the reports of one time.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Point {
    /// When the reports were made; ages are computed at this time.
    #[schemars(extend("format" = "date-time"))]
    pub(super) time: String,
    /// Users, including root users.
    pub(super) users: u64,
    /// MFA coverage.
    pub(super) mfa: Coverage,
    /// Keys in use.
    pub(super) keys: u64,
    /// Keys in use older than 365 days.
    pub(super) old_keys: u64,
    /// Keys in use whose age is not known.
    pub(super) age_unknown: u64,
}

/// A field that the reports of some accounts do not contain.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Unknown {
    /// The format of the reports.
    pub(super) format: &'static str,
    /// The field.
    pub(super) field: String,
    /// What is unknown for that reason.
    pub(super) what: &'static str,
    /// The number of accounts.
    pub(super) accounts: u64,
}

/// What was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Read<'a> {
    /// Files with records.
    pub(super) files: u64,
    /// Files without records, and files that are not inputs.
    pub(super) files_other: u64,
    /// Records, including rows of tables and skipped records.
    pub(super) records: u64,
    /// Records by format.
    pub(super) formats: &'a BTreeMap<&'static str, u64>,
    /// Skipped records, by reason.
    pub(super) skipped: &'a BTreeMap<&'static str, u64>,
    /// Events that changed credentials.
    pub(super) changes: u64,
}

/// The schema of provider names.
fn provider(_: &mut SchemaGenerator) -> Schema {
    let names = crate::record::Provider::ALL.map(crate::record::Provider::name);
    json_schema!({ "type": "string", "enum": names })
}

/// The schema of severities.
fn severity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": rule::Severity::WORDS })
}
