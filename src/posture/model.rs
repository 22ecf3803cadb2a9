//! The model of a posture.

use std::collections::BTreeMap;

use super::age::Ages;
use super::coverage::Coverage;
use super::pattern::{Shared, Uniform, Zombie};
use super::remediation_event::Progress;
use super::remedy::{KeyLabel, Remedy};
use super::trend::Trend;
use crate::record::{FieldId, Provider};
use crate::rule::Severity;
use crate::value::Time;

/// The state of passwords, second factors and keys, computed from credential reports.
///
/// It contains no secrets, and access keys are masked unless the options show them. Names come from
/// reports and are not trusted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posture {
    /// Every account, production first, then by provider and id.
    pub accounts: Vec<Account>,
    /// The accounts by their kind, production first, those without one last.
    pub kinds: Vec<AccountKind>,
    /// All accounts together.
    pub all: Totals,
    /// Keys in use that are older than two years: those of production first, then by age.
    pub outliers: Vec<Outlier>,
    /// User names with several keys or in several accounts, the most keys first.
    pub names: Vec<KeysOfName>,
    /// Keys of one user name and day in several accounts.
    pub uniform: Vec<Uniform>,
    /// Users whose keys serve several services at the same time.
    pub shared: Vec<Shared>,
    /// Console users who have most likely left.
    pub zombies: Vec<Zombie>,
    /// The steps: open before done, leaked keys first, then by severity.
    pub remedies: Vec<Remedy>,
    /// Changes from report to report.
    pub trends: Vec<Trend>,
    /// Fields that reports do not contain.
    pub unknown: Vec<Unknown>,
    /// Events that changed credentials.
    pub changes: u64,
    /// What was read.
    pub files: Files,
    /// Reasons why the posture is incomplete; empty if it is complete.
    pub incomplete: Vec<String>,
    /// Other notes.
    pub notes: Vec<String>,
}

/// Users and keys, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Users, including root users.
    pub users: u64,
    /// Second factors.
    pub coverage: Coverage,
    /// Ages of keys.
    pub ages: Ages,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The cloud.
    pub provider: Provider,
    /// Its id; `None` if its reports do not contain one.
    pub id: Option<String>,
    /// Its name, from the table of accounts or the report.
    pub name: Option<String>,
    /// Its kind: the column `env` of the table `accounts`.
    pub kind: Option<String>,
    /// Whether the kind is production.
    pub production: bool,
    /// The reports that its numbers come from.
    pub reports: Vec<SourceReport>,
    /// Its numbers.
    pub totals: Totals,
    /// Whether the root user has a second factor; `None` if no report contains it.
    pub root_mfa: Option<bool>,
}

/// A report whose users and keys are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// Its format.
    pub format: &'static str,
    /// When it was made; `None` if that is not known.
    pub made: Option<Time>,
    /// The number of older reports of the same account and format; they only appear in the trend.
    pub older: u64,
}

/// All accounts of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountKind {
    /// The column `env` of the table `accounts`; `None` for accounts without a value.
    pub name: Option<String>,
    /// Whether it is production.
    pub production: bool,
    /// The number of accounts.
    pub accounts: u64,
    /// Their numbers.
    pub totals: Totals,
}

/// A very old key in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlier {
    /// The index of its account in [`Posture::accounts`].
    pub account: usize,
    /// Its user.
    pub user: String,
    /// Which key.
    pub key: KeyLabel,
    /// Days since it was created.
    pub age_days: i64,
    /// Days since it was last used; `None` if it was never used, or if that is not known.
    pub idle_days: Option<i64>,
    /// Whether it was ever used; `None` if that is not known.
    pub used: Option<bool>,
    /// Whether it is older than three years.
    pub gross: bool,
}

/// The keys of users of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysOfName {
    /// The cloud.
    pub provider: Provider,
    /// The name.
    pub user: String,
    /// The number of accounts with a user of this name.
    pub accounts: u64,
    /// Keys in use.
    pub keys: u64,
    /// Keys that are not active.
    pub inactive: u64,
    /// The age in days of the oldest key in use; `None` if no age is known.
    pub oldest_days: Option<i64>,
}

/// A field that the reports of some accounts do not contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The format of the reports.
    pub format: &'static str,
    /// The field.
    pub field: FieldId,
    /// What is unknown for that reason.
    pub what: &'static str,
    /// The number of accounts.
    pub accounts: u64,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// Files with records.
    pub read: u64,
    /// Files without records, and files that are not inputs.
    pub other: u64,
    /// Records, including rows of tables and skipped records.
    pub records: u64,
    /// Records by format.
    pub formats: BTreeMap<&'static str, u64>,
    /// Skipped records, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Files that could not be read, or not completely: the first hundred.
    pub lost: Vec<Lost>,
    /// The number of further such files.
    pub more_lost: u64,
}

/// A file that could not be read, or not completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Its path.
    pub path: String,
    /// Why it was not read; `None` if it was read in part.
    pub reason: Option<String>,
    /// The number of skipped records.
    pub skipped: u64,
    /// The first of these, with their lines.
    pub records: Vec<(u64, String)>,
    /// Faults in the other records.
    pub faults: Vec<String>,
}

impl Totals {
    /// Adds the counts of another value.
    pub(super) fn add(&mut self, other: &Totals) {
        self.users += other.users;
        self.coverage.merge(&other.coverage);
        self.ages.merge(&other.ages);
    }
}

impl Posture {
    /// The production accounts together; `None` if there are none.
    pub fn production(&self) -> Option<Totals> {
        let mut kinds = self.kinds.iter().filter(|kind| kind.production);
        let mut sum = kinds.next()?.totals;
        kinds.for_each(|kind| sum.add(&kind.totals));
        Some(sum)
    }

    /// Whether a counted report has no date.
    pub fn is_undated(&self) -> bool {
        let mut reports = self.accounts.iter().flat_map(|account| &account.reports);
        reports.any(|report| report.made.is_none())
    }

    /// Whether everything was read and there is at least one report.
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// The number of open remedies by severity, the most severe first.
    pub fn open_by_severity(&self) -> Vec<(Severity, u64)> {
        let count = |severity| {
            let open = self.remedies.iter().filter(|remedy| {
                remedy.severity == severity && !matches!(remedy.progress, Progress::Done(_))
            });
            (severity, open.count() as u64)
        };
        let all = Severity::ALL.iter().rev().map(|severity| count(*severity));
        all.filter(|(_, count)| *count > 0).collect()
    }

    /// The number of remedies that an event completed.
    pub fn done(&self) -> u64 {
        let done = |remedy: &&Remedy| matches!(remedy.progress, Progress::Done(_));
        self.remedies.iter().filter(done).count() as u64
    }
}
