//! Where good ends and bad begins.
//!
//! The buckets and periods are those of the guide to IAM audits that the formats of the audit come
//! from; a value that is marked *ours* is one that the guide leaves open.

/// Days up to which a key is of an acceptable age.
pub const ACCEPTABLE: i64 = 30;
/// Days up to which a key is to be rotated soon.
pub const ROTATE_SOON: i64 = 90;
/// Days up to which the rotation of a key is overdue; an older one is critical.
pub const OVERDUE: i64 = 365;
/// An outlier is older than this many days: two years.
pub const OUTLIER: i64 = 730;
/// A gross outlier is older than this many days: three years.
pub const GROSS_OUTLIER: i64 = 1_095;

/// A key or password is in use when its last use is at most so many days ago.
pub const RECENT: i64 = 30;
/// A key that was never used may still be waiting for its first use for so many days.
pub const FIRST_USE: i64 = 7;
/// Whoever has not signed in for more than so many days, nine months, and never used a key is gone.
pub const ZOMBIE: i64 = 270;

/// Accounts in which a user has keys of one day before that is a pattern. The guide shows three;
/// two is *ours*: nobody creates keys in two accounts on one day by chance.
pub const UNIFORM_ACCOUNTS: usize = 2;
/// Keys of one user that are in use at the same time for different services.
pub const SHARED_KEYS: usize = 2;
/// Days between two last uses that count as the same time.
pub const SHARED_DAYS: i64 = 7;

/// Words for accounts in which everything must be in order, in the column `env` of the table of
/// accounts; in any case. *Ours.*
pub const PRODUCTION: [&str; 2] = ["production", "prod"];
