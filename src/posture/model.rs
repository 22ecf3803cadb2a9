//! What a posture says.

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

/// The state of passwords, second factors and keys, as credential reports tell it.
///
/// It holds no secret and, unless they were asked for, no whole key; names in it are as hostile as
/// their reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posture {
    /// Every account, production first, then by provider and id.
    pub accounts: Vec<Account>,
    /// The accounts by their kind, production first, those without one last.
    pub kinds: Vec<Kind>,
    /// All accounts together.
    pub all: Totals,
    /// Keys in use that are older than two years: those of production first, then by age.
    pub outliers: Vec<Outlier>,
    /// User names with several keys or in several accounts, the most keys first.
    pub names: Vec<KeysOfName>,
    /// Keys of one user name and day in several accounts.
    pub uniform: Vec<Uniform>,
    /// Users whose keys serve several services at once.
    pub shared: Vec<Shared>,
    /// Console users who have most likely left.
    pub zombies: Vec<Zombie>,
    /// The steps: open before done, leaked keys first, then by severity.
    pub remedies: Vec<Remedy>,
    /// Changes from report to report.
    pub trends: Vec<Trend>,
    /// What reports do not say.
    pub unknown: Vec<Unknown>,
    /// Events that changed credentials.
    pub changes: u64,
    /// What was read.
    pub files: Files,
    /// Why the posture is not all of it; empty when it is.
    pub incomplete: Vec<String>,
    /// Other things to know.
    pub notes: Vec<String>,
}

/// Users and keys, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Users, root users among them.
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
    /// Its id; `None` for reports that name none.
    pub id: Option<String>,
    /// Its name, from the table of accounts or the report.
    pub name: Option<String>,
    /// Its kind: `env` of the table of accounts.
    pub kind: Option<String>,
    /// Whether that says production.
    pub production: bool,
    /// The reports that its numbers are from.
    pub reports: Vec<Source>,
    /// Its numbers.
    pub totals: Totals,
    /// Whether the root user has a second factor; `None` where no report says so.
    pub root_mfa: Option<bool>,
}

/// A report that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its format.
    pub format: &'static str,
    /// When it was made, where that is known.
    pub made: Option<Time>,
    /// Older reports of the same account and format, which only the trend shows.
    pub older: u64,
}

/// All accounts of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// `env` of the table of accounts; `None` for accounts that it does not tell of.
    pub name: Option<String>,
    /// Whether it is production.
    pub production: bool,
    /// How many accounts.
    pub accounts: u64,
    /// Their numbers.
    pub totals: Totals,
}

/// A very old key in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlier {
    /// Its account, by its place in [`Posture::accounts`].
    pub account: usize,
    /// Its user.
    pub user: String,
    /// Which key.
    pub key: KeyLabel,
    /// Days since it was created.
    pub age_days: i64,
    /// Days since it was last used; `None` where it never was, or nobody knows.
    pub idle_days: Option<i64>,
    /// Whether it was ever used, where that is known.
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
    /// In how many accounts there is such a user.
    pub accounts: u64,
    /// Keys in use.
    pub keys: u64,
    /// Keys that are not active.
    pub inactive: u64,
    /// Days since the oldest key in use was created, where one is known.
    pub oldest_days: Option<i64>,
}

/// A field that reports of some accounts do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The format of the reports.
    pub format: &'static str,
    /// The field.
    pub field: FieldId,
    /// What is not known for that reason.
    pub what: &'static str,
    /// How many accounts.
    pub accounts: u64,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Files {
    /// Files with records.
    pub read: u64,
    /// Files without records that a format knows, and files that are no input.
    pub other: u64,
    /// Records, rows in tables; those that could not be read are among them.
    pub records: u64,
    /// Records by format.
    pub formats: BTreeMap<&'static str, u64>,
    /// Records that could not be read, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Files that could not be read at all, or not whole: the first hundred.
    pub lost: Vec<Lost>,
    /// How many more of them there are.
    pub more_lost: u64,
}

/// A file that could not be read at all, or not whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Its path.
    pub path: String,
    /// Why it was not read, if it was not.
    pub reason: Option<String>,
    /// Records that could not be read.
    pub skipped: u64,
    /// The first of them, with their lines.
    pub records: Vec<(u64, String)>,
    /// What could not be understood of the others.
    pub faults: Vec<String>,
}

impl Totals {
    /// Adds what was counted elsewhere.
    pub(super) fn add(&mut self, other: &Totals) {
        self.users += other.users;
        self.coverage.merge(&other.coverage);
        self.ages.merge(&other.ages);
    }
}

impl Posture {
    /// The accounts of production together, if there is one.
    pub fn production(&self) -> Option<Totals> {
        let mut kinds = self.kinds.iter().filter(|kind| kind.production);
        let mut sum = kinds.next()?.totals;
        kinds.for_each(|kind| sum.add(&kind.totals));
        Some(sum)
    }

    /// Whether some report that counts does not say when it was made.
    pub fn is_undated(&self) -> bool {
        let mut reports = self.accounts.iter().flat_map(|account| &account.reports);
        reports.any(|report| report.made.is_none())
    }

    /// Whether everything could be read, and there was something.
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// Remedies that no event shows as done, by severity, the worst first.
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

    /// Remedies that an event shows as done.
    pub fn done(&self) -> u64 {
        let done = |remedy: &&Remedy| matches!(remedy.progress, Progress::Done(_));
        self.remedies.iter().filter(done).count() as u64
    }
}
