//! How the posture changes from report to report.

use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet};

use super::coverage::Coverage;
use super::elapsed::Elapsed;
use super::threshold::OVERDUE;
use super::user::{KeyName, User};
use crate::finding::digest128;
use crate::record::Provider;
use crate::value::Time;

/// The totals of one report, or of all reports of one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrendPoint {
    /// When the report was made; ages are computed at this time.
    pub time: Time,
    /// Users, including root users.
    pub users: u64,
    /// Second factors.
    pub coverage: Coverage,
    /// Keys that are not inactive.
    pub keys: u64,
    /// Keys in use older than a year.
    pub old_keys: u64,
    /// Keys in use whose age is not known.
    pub age_unknown: u64,
}

impl TrendPoint {
    fn empty(time: Time) -> Self {
        let coverage = Coverage::default();
        Self { time, users: 0, coverage, keys: 0, old_keys: 0, age_unknown: 0 }
    }

    fn add(&mut self, other: &TrendPoint) {
        self.users += other.users;
        self.coverage.merge(&other.coverage);
        self.keys += other.keys;
        self.old_keys += other.old_keys;
        self.age_unknown += other.age_unknown;
    }
}

/// How the reports of one format change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trend {
    /// The cloud.
    pub provider: Provider,
    /// The format.
    pub format: &'static str,
    /// All accounts with a trend together. Each point uses the latest report of every account. The
    /// series begins when all accounts have a report, so a new account does not appear as growth.
    pub total: Vec<TrendPoint>,
    /// The accounts of each kind together, production first; empty if no account has a kind.
    pub kinds: Vec<KindSeries>,
    /// Each account with at least two dated reports.
    pub accounts: Vec<Series>,
}

/// The points of all accounts of one kind, computed like [`Trend::total`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindSeries {
    /// The column `env` of the table `accounts`; `None` for accounts without a value.
    pub kind: Option<String>,
    /// Whether it is production.
    pub production: bool,
    /// The number of accounts.
    pub accounts: u64,
    /// At least one.
    pub points: Vec<TrendPoint>,
}

/// The points of one account and format, in the order of their times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// The index of the account in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// At least two.
    pub points: Vec<TrendPoint>,
}

/// The users of one report, reduced to what the counts need. A report may come in several files,
/// and a user in two of them counts once.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    users: BTreeMap<u128, TrendUser>,
}

#[derive(Debug)]
struct TrendUser {
    root: bool,
    console: Option<bool>,
    mfa: Option<bool>,
    /// Every key that is not inactive: its digest, and whether it is older than a year.
    keys: Vec<(u128, Option<bool>)>,
}

impl Snapshot {
    /// Adds a user of a report that was made at this time.
    pub(super) fn add(&mut self, name: &str, user: &User, made: Time) {
        let keys = user.named_keys().filter(|(_, key)| key.in_use()).map(|(name, key)| {
            let digest = match name {
                KeyName::Id(id) => digest128(&[b"id", id.as_bytes()]),
                KeyName::Slot(slot, created) => {
                    let created = created.map_or(i64::MIN, |time| time.0);
                    digest128(&[b"slot", slot.as_bytes(), &created.to_le_bytes()])
                }
            };
            let age = key.created.and_then(|created| Elapsed::between(created, made));
            (digest, age.map(|age| age.is_over(OVERDUE)))
        });
        let entry = TrendUser {
            root: user.root,
            console: user.console,
            mfa: user.mfa,
            keys: keys.collect(),
        };
        match self.users.entry(digest128(&[name.as_bytes()])) {
            Slot::Occupied(mut existing) => existing.get_mut().merge(entry),
            Slot::Vacant(new) => drop(new.insert(entry)),
        }
    }

    pub(super) fn point(&self, time: Time) -> TrendPoint {
        let mut point = TrendPoint::empty(time);
        for user in self.users.values() {
            point.users += 1;
            if !user.root {
                point.coverage.count(user.console, user.mfa);
            }
            for (_, old) in &user.keys {
                point.keys += 1;
                point.old_keys += u64::from(*old == Some(true));
                point.age_unknown += u64::from(old.is_none());
            }
        }
        point
    }
}

impl TrendUser {
    /// If two rows of one time differ, the more severe value counts.
    fn merge(&mut self, other: TrendUser) {
        let worse = |own: Option<bool>, more: Option<bool>, worse| match (own, more) {
            (Some(own), Some(more)) if own != more => Some(worse),
            _ => own.or(more),
        };
        self.root |= other.root;
        self.console = worse(self.console, other.console, true);
        self.mfa = worse(self.mfa, other.mfa, false);
        self.keys.extend(other.keys);
        self.keys.sort_unstable();
        self.keys.dedup();
    }
}

/// The series by kind of account. `kind_of` returns whether an account is production, and its
/// `env`.
pub(super) fn by_kind<'s>(
    series: &'s [Series],
    kind_of: &dyn Fn(usize) -> (bool, Option<&'s str>),
) -> Vec<KindSeries> {
    let mut kinds: BTreeMap<(bool, bool, Option<&str>), Vec<&Series>> = BTreeMap::new();
    for one in series {
        let (production, kind) = kind_of(one.account);
        kinds.entry((!production, kind.is_none(), kind)).or_default().push(one);
    }
    if kinds.keys().all(|(.., kind)| kind.is_none()) {
        return Vec::new();
    }
    let sums = kinds.into_iter().map(|((other, _, kind), of)| KindSeries {
        kind: kind.map(str::to_owned),
        production: !other,
        accounts: of.len() as u64,
        points: sum(&of),
    });
    sums.collect()
}

/// The sum of several series, as in [`Trend::total`].
pub(super) fn sum(series: &[&Series]) -> Vec<TrendPoint> {
    let begin = series.iter().filter_map(|one| one.points.first()).map(|point| point.time).max();
    let points = series.iter().flat_map(|one| &one.points);
    let times: BTreeSet<Time> =
        points.map(|point| point.time).filter(|time| Some(*time) >= begin).collect();
    let at = |time: Time| {
        let mut total = TrendPoint::empty(time);
        for one in series {
            let last = one.points.partition_point(|point| point.time <= time);
            if let Some(point) = last.checked_sub(1).and_then(|last| one.points.get(last)) {
                total.add(point);
            }
        }
        total
    };
    times.into_iter().map(at).collect()
}
