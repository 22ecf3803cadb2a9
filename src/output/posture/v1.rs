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

/// What `keytrail posture` says, version 1. Later releases may add fields; they change none.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Posture<'a> {
    /// Which format and version this is.
    #[schemars(extend("const" = SCHEMA))]
    pub(super) schema: &'static str,
    /// The version of Keytrail.
    pub(super) version: &'static str,
    /// What days are counted to, by `--now`; null where each report's own time is.
    #[schemars(extend("format" = "date-time"))]
    pub(super) now: Option<String>,
    /// What days are counted to over reports that do not say when they were made; null where all
    /// of them do, or `now` is given.
    #[schemars(extend("format" = "date-time"))]
    pub(super) clock: Option<String>,
    /// Whether access keys are shown whole.
    pub(super) show_keys: bool,
    /// Whether everything could be read, and there was a report.
    pub(super) complete: bool,
    /// Why it is not complete.
    pub(super) incomplete: Vec<Text<'a>>,
    /// Other things to know.
    pub(super) notes: Vec<Text<'a>>,
    /// All accounts together.
    pub(super) all: Totals,
    /// The accounts by their kind, production first.
    pub(super) kinds: Vec<Kind<'a>>,
    /// Every account, production first; other parts name them by their place here, from 0.
    pub(super) accounts: Vec<Account<'a>>,
    /// What to do: open before done, then the most pressing first.
    pub(super) remedies: Vec<Remedy<'a>>,
    /// Keys in use older than two years, production first, then the oldest.
    pub(super) outliers: Vec<Outlier<'a>>,
    /// User names with several keys or in several accounts, the most keys first.
    pub(super) names: Vec<KeysOfName<'a>>,
    /// Patterns.
    pub(super) patterns: Patterns<'a>,
    /// Changes from report to report, by format.
    pub(super) trends: Vec<Trend<'a>>,
    /// Fields that reports of some accounts do not have.
    pub(super) unknown: Vec<Unknown>,
    /// What was read.
    pub(super) read: Read<'a>,
}

/// Users and keys, counted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Totals {
    /// Users, root users among them.
    pub(super) users: u64,
    /// Second factors.
    pub(super) mfa: Coverage,
    /// Keys.
    pub(super) keys: Ages,
}

/// Second factors of users who may sign in to the console, without root users.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Coverage {
    /// Users who may sign in to the console.
    pub(super) with_password: u64,
    /// Of those, users with a second factor.
    pub(super) with_mfa: u64,
    /// Of those, users without one.
    pub(super) without_mfa: u64,
    /// Of those, users of whom no report says.
    pub(super) mfa_unknown: u64,
    /// Users of whom no report says whether they may sign in.
    pub(super) password_unknown: u64,
    /// Percent of the console users who are known to have a second factor, rounded down to tenths;
    /// null if there is no console user or no report knows anybody's factor.
    pub(super) percent: Option<f64>,
}

/// Keys by days since they were created.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Ages {
    /// Keys that are not inactive.
    pub(super) in_use: u64,
    /// The buckets, the youngest first.
    pub(super) buckets: Vec<Bucket>,
    /// Keys in use whose age is not known.
    pub(super) age_unknown: u64,
    /// Keys in use older than 730 days.
    pub(super) over_two_years: u64,
    /// Keys in use older than 1095 days.
    pub(super) over_three_years: u64,
    /// Of the keys in use, those of which no report says whether they are active.
    pub(super) status_unknown: u64,
    /// Keys that are not active.
    pub(super) inactive: u64,
}

/// A bucket of ages.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Bucket {
    /// Its name.
    #[schemars(extend("enum" = ["acceptable", "rotate soon", "overdue", "critical"]))]
    pub(super) name: &'static str,
    /// Its first day.
    pub(super) from_days: i64,
    /// Its last day; null where it has none.
    pub(super) to_days: Option<i64>,
    /// Keys in use in it.
    pub(super) keys: u64,
}

/// All accounts of a kind.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Kind<'a> {
    /// `env` of the table of accounts; null for accounts that it does not tell of.
    pub(super) kind: Option<Text<'a>>,
    /// Whether it is production.
    pub(super) production: bool,
    /// How many accounts.
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
    /// Its id; null for reports that name none.
    pub(super) id: Option<Text<'a>>,
    /// Its name, from the table of accounts or the report.
    pub(super) name: Option<Text<'a>>,
    /// Its kind: `env` of the table of accounts.
    pub(super) kind: Option<Text<'a>>,
    /// Whether that says production.
    pub(super) production: bool,
    /// Whether the root user has a second factor; null where no report says.
    pub(super) root_mfa: Option<bool>,
    /// The reports that its numbers are from.
    pub(super) reports: Vec<Source>,
    /// Its numbers.
    #[serde(flatten)]
    pub(super) totals: Totals,
}

/// A report that counts.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Source {
    /// Its format.
    pub(super) format: &'static str,
    /// When it was made; null where nothing says.
    #[schemars(extend("format" = "date-time"))]
    pub(super) made: Option<String>,
    /// Older reports of the same account and format, which only the trend shows.
    pub(super) older: u64,
}

/// One step: something to do about one user.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Remedy<'a> {
    /// How urgent it is.
    #[schemars(schema_with = "severity")]
    pub(super) severity: &'static str,
    /// What to do.
    pub(super) action: &'static str,
    /// Why, in words.
    pub(super) reason: String,
    /// The built-in rule that finds the same; null if there is none.
    pub(super) rule: Option<&'static str>,
    /// Hours within which it is to be done; null if the guide does not say.
    pub(super) within_hours: Option<u64>,
    /// Place of the account in `accounts`.
    pub(super) account: usize,
    /// The user.
    pub(super) user: Text<'a>,
    /// The key it is about.
    pub(super) key: Option<Key<'a>>,
    /// `open`, `done` by an event later than the report, or `unclear`.
    #[schemars(extend("enum" = ["open", "done", "unclear"]))]
    pub(super) state: &'static str,
    /// The event that did it, or may have.
    pub(super) event: Option<RemediationEvent<'a>>,
}

/// An event that did what was to be done.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct RemediationEvent<'a> {
    /// When.
    #[schemars(extend("format" = "date-time"))]
    pub(super) time: String,
    /// The call.
    pub(super) api: Text<'a>,
    /// Who made it.
    pub(super) by: Option<Text<'a>>,
    /// Why it is not clear that it did: `outcome`, the log does not say whether it succeeded;
    /// `undated`, the report does not say when it was made; `which-key` and `which-account`, the
    /// report does not say which it is. Null where it is clear.
    #[schemars(extend("enum" = ["outcome", "undated", "which-key", "which-account", null]))]
    pub(super) doubt: Option<&'static str>,
}

/// An access key.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Key<'a> {
    /// Its id, masked unless keys are shown; null where the report has none.
    pub(super) id: Option<Text<'a>>,
    /// Which of the user's keys.
    pub(super) slot: Text<'a>,
}

/// A very old key in use.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Outlier<'a> {
    /// Place of the account in `accounts`.
    pub(super) account: usize,
    /// Its user.
    pub(super) user: Text<'a>,
    /// Which key.
    pub(super) key: Key<'a>,
    /// Days since it was created.
    pub(super) age_days: i64,
    /// Days since it was last used; null where it never was, or nobody knows.
    pub(super) idle_days: Option<i64>,
    /// Whether it was ever used; null where nobody knows.
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
    /// In how many accounts there is such a user.
    pub(super) accounts: u64,
    /// Keys in use.
    pub(super) keys: u64,
    /// Keys that are not active.
    pub(super) inactive: u64,
    /// Days since the oldest key in use was created; null where none is known.
    pub(super) oldest_days: Option<i64>,
}

/// Patterns that single keys do not show.
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
    /// Places of the accounts in `accounts`.
    pub(super) accounts: &'a [usize],
    /// How many keys.
    pub(super) keys: u64,
}

/// A user whose keys serve several services at the same time.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Shared<'a> {
    /// Place of the account in `accounts`.
    pub(super) account: usize,
    /// The user.
    pub(super) user: Text<'a>,
    /// Keys in use at the same time.
    pub(super) keys: u64,
    /// The services that they were last used with.
    pub(super) services: Vec<Text<'a>>,
    /// Whether the user has a second factor; null where nobody knows.
    pub(super) mfa: Option<bool>,
}

/// A console user who has most likely left.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Zombie<'a> {
    /// Place of the account in `accounts`.
    pub(super) account: usize,
    /// The user.
    pub(super) user: Text<'a>,
    /// Days since the last sign-in, or since the user was created.
    pub(super) idle_days: i64,
    /// Whether there was a sign-in at all.
    pub(super) signed_in: bool,
    /// Keys, none of them ever used.
    pub(super) keys: u64,
}

/// How the reports of one format change.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Trend<'a> {
    /// The cloud.
    #[schemars(schema_with = "provider")]
    pub(super) provider: &'static str,
    /// The format.
    pub(super) format: &'static str,
    /// The accounts below together, from the time on at which all of them have a report.
    pub(super) total: Vec<Point>,
    /// The accounts of each kind together; empty if no account has a kind.
    pub(super) kinds: Vec<KindSeries<'a>>,
    /// Each account with at least two dated reports.
    pub(super) accounts: Vec<Series>,
}

/// The accounts of one kind together.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct KindSeries<'a> {
    /// `env` of the table of accounts; null for accounts that have none.
    pub(super) kind: Option<Text<'a>>,
    /// Whether it is production.
    pub(super) production: bool,
    /// How many accounts.
    pub(super) accounts: u64,
    /// By time.
    pub(super) points: Vec<Point>,
}

/// The reports of one account.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Series {
    /// Place of the account in `accounts`.
    pub(super) account: usize,
    /// By time.
    pub(super) points: Vec<Point>,
}

/// What the reports of one time come to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Point {
    /// When they were made; days are counted to it.
    #[schemars(extend("format" = "date-time"))]
    pub(super) time: String,
    /// Users, root users among them.
    pub(super) users: u64,
    /// Second factors.
    pub(super) mfa: Coverage,
    /// Keys in use.
    pub(super) keys: u64,
    /// Of those, keys older than 365 days.
    pub(super) old_keys: u64,
    /// Of those, keys whose age is not known.
    pub(super) age_unknown: u64,
}

/// A field that reports of some accounts do not have.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Unknown {
    /// The format of the reports.
    pub(super) format: &'static str,
    /// The field.
    pub(super) field: String,
    /// What is not known for that reason.
    pub(super) what: &'static str,
    /// How many accounts.
    pub(super) accounts: u64,
}

/// What was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Read<'a> {
    /// Files with records.
    pub(super) files: u64,
    /// Files without any that a format knows, and files that are no input.
    pub(super) files_other: u64,
    /// Records, rows in tables; skipped ones are among them.
    pub(super) records: u64,
    /// Records by format.
    pub(super) formats: &'a BTreeMap<&'static str, u64>,
    /// Records that could not be read, by reason.
    pub(super) skipped: &'a BTreeMap<&'static str, u64>,
    /// Events that changed credentials.
    pub(super) changes: u64,
}

/// The words for clouds.
fn provider(_: &mut SchemaGenerator) -> Schema {
    let names = crate::record::Provider::ALL.map(crate::record::Provider::name);
    json_schema!({ "type": "string", "enum": names })
}

/// The words for severities.
fn severity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": rule::Severity::WORDS })
}
