//! Counts keys by age.

use super::elapsed::Elapsed;
use super::threshold::{ACCEPTABLE, GROSS_OUTLIER, OUTLIER, OVERDUE, ROTATE_SOON};
use super::user::UserKey;

/// A bucket of ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// Up to 30 days.
    Acceptable,
    /// More than 30 and up to 90 days.
    RotateSoon,
    /// More than 90 and up to 365 days.
    Overdue,
    /// More than 365 days.
    Critical,
}

impl Bucket {
    /// Every bucket, youngest first.
    pub const ALL: [Bucket; 4] =
        [Bucket::Acceptable, Bucket::RotateSoon, Bucket::Overdue, Bucket::Critical];

    /// The bucket of a key of this age.
    pub fn of(age: Elapsed) -> Self {
        let last = |bucket: &Bucket| bucket.days().1.is_none_or(|last| !age.is_over(last));
        Bucket::ALL.into_iter().find(last).unwrap_or(Bucket::Critical)
    }

    /// The name, for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Bucket::Acceptable => "acceptable",
            Bucket::RotateSoon => "rotate soon",
            Bucket::Overdue => "overdue",
            Bucket::Critical => "critical",
        }
    }

    /// Its lowest and highest age in days. A key that is 30 days and a second old is in its 31st
    /// day.
    pub fn days(self) -> (i64, Option<i64>) {
        match self {
            Bucket::Acceptable => (0, Some(ACCEPTABLE)),
            Bucket::RotateSoon => (ACCEPTABLE + 1, Some(ROTATE_SOON)),
            Bucket::Overdue => (ROTATE_SOON + 1, Some(OVERDUE)),
            Bucket::Critical => (OVERDUE + 1, None),
        }
    }
}

/// Numbers of keys by age. A key counts as in use unless a report states that it is inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ages {
    /// Keys in use for each bucket, in the order of [`Bucket::ALL`].
    pub buckets: [u64; 4],
    /// Keys in use whose age is not known.
    pub unknown: u64,
    /// Keys in use older than two years.
    pub outliers: u64,
    /// Keys in use older than three years.
    pub gross_outliers: u64,
    /// Keys in use for which no report states whether they are active.
    pub status_unknown: u64,
    /// Keys that are not active.
    pub inactive: u64,
}

impl Ages {
    /// Keys in use.
    pub fn in_use(&self) -> u64 {
        self.buckets.iter().sum::<u64>() + self.unknown
    }

    /// Keys in use in a bucket.
    pub fn in_bucket(&self, bucket: Bucket) -> u64 {
        self.buckets[bucket as usize]
    }

    /// Counts a key.
    pub(super) fn add(&mut self, key: &UserKey) {
        if !key.in_use() {
            self.inactive += 1;
            return;
        }
        self.status_unknown += u64::from(key.active.is_none());
        let Some(age) = key.age else {
            self.unknown += 1;
            return;
        };
        self.buckets[Bucket::of(age) as usize] += 1;
        self.outliers += u64::from(age.is_over(OUTLIER));
        self.gross_outliers += u64::from(age.is_over(GROSS_OUTLIER));
    }

    /// Adds the counts of another value.
    pub(super) fn merge(&mut self, other: &Ages) {
        self.buckets.iter_mut().zip(other.buckets).for_each(|(own, more)| *own += more);
        self.unknown += other.unknown;
        self.outliers += other.outliers;
        self.gross_outliers += other.gross_outliers;
        self.status_unknown += other.status_unknown;
        self.inactive += other.inactive;
    }
}
