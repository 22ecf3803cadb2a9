//! The thresholds of key ages, use and patterns.
//!
//! The buckets and periods come from the IAM audit guide that the audit script belongs to. A value
//! marked *ours* is not in the guide. The built-in rules have the same values as defaults of their
//! parameters; a test compares the two.

/// Days up to which the age of a key is acceptable.
pub const ACCEPTABLE: i64 = 30;
/// Days up to which a key should be rotated soon. A key of exactly this age is due for rotation.
pub const ROTATE_SOON: i64 = 90;
/// Days up to which the rotation of a key is overdue; an older key is critical.
pub const OVERDUE: i64 = 365;
/// An outlier is older than this many days: two years.
pub const OUTLIER: i64 = 730;
/// A gross outlier is older than this many days: three years.
pub const GROSS_OUTLIER: i64 = 1_095;

/// A key or password is in use if its last use is at most this many days ago.
pub const RECENT: i64 = 30;
/// A key that was not used for more than this many days is more severe. *Ours.*
pub const LONG_IDLE: i64 = 365;
/// A key that was never used may wait for its first use for this many days.
pub const FIRST_USE: i64 = 7;
/// A user who has not signed in for more than this many days, nine months, and whose keys were
/// never used is a zombie.
pub const ZOMBIE: i64 = 270;

/// Keys of one user name and day are a pattern if they are in this many accounts.
pub const UNIFORM_ACCOUNTS: usize = 3;
/// Keys of one user that are in use for different services at the same time.
pub const SHARED_KEYS: usize = 2;
/// The number of services that make such keys a shared account.
pub const SHARED_SERVICES: usize = 2;
/// A key is in use at the same time as another if both were used in this many days. *Ours.*
pub const SHARED_DAYS: i64 = 7;

/// Hours within which a critical step must be done.
pub const CRITICAL_HOURS: u64 = 24;
/// Hours within which a step of high severity must be done: 30 days.
pub const HIGH_HOURS: u64 = 720;

/// Values of the column `env` of the table `accounts` that mark production, ignoring case. *Ours.*
pub const PRODUCTION: [&str; 2] = ["production", "prod"];
