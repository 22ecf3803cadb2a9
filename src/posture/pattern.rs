//! Patterns over users and accounts that single keys do not show.

use std::collections::{BTreeMap, BTreeSet};

use super::threshold::{SHARED_DAYS, SHARED_KEYS, UNIFORM_ACCOUNTS, ZOMBIE};
use super::user::{User, local};
use crate::record::Provider;
use crate::value::{Duration, Time, Zone};

/// Keys of one user name that were created on one day in several accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uniform {
    /// The cloud.
    pub provider: Provider,
    /// The name of the users.
    pub user: String,
    /// The day, UTC.
    pub day: String,
    /// The accounts, by their place in [`Posture::accounts`](super::Posture::accounts).
    pub accounts: Vec<usize>,
    /// How many keys.
    pub keys: u64,
}

/// A user whose keys serve several services at the same time: a service account that is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Its account, by its place in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// The user.
    pub user: String,
    /// Keys in use at the same time.
    pub keys: u64,
    /// The services that they were last used with.
    pub services: Vec<String>,
    /// Whether the user has a second factor, where that is known.
    pub mfa: Option<bool>,
}

/// A user with a password who is not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zombie {
    /// Its account, by its place in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// The user.
    pub user: String,
    /// Days since the last sign-in; since the user was created, if there was none.
    pub idle_days: i64,
    /// Whether there was a sign-in at all.
    pub signed_in: bool,
    /// Keys, none of them ever used.
    pub keys: u64,
}

/// Collects keys by user name and day.
#[derive(Debug, Default)]
pub(super) struct Days {
    of: BTreeMap<(Provider, String, String), (BTreeSet<usize>, u64)>,
}

impl Days {
    /// Takes in the keys of a user in an account that has a name.
    pub(super) fn add(&mut self, provider: Provider, account: usize, name: &str, user: &User) {
        let zone = Zone::utc();
        let name = local(provider, name);
        for key in user.keys().filter(|key| key.in_use()) {
            let Some(day) = key.created.and_then(|created| created.date(&zone)) else { continue };
            let found = self.of.entry((provider, name.to_owned(), day)).or_default();
            found.0.insert(account);
            found.1 += 1;
        }
    }

    /// Those that are a pattern, the most accounts first.
    pub(super) fn uniform(self) -> Vec<Uniform> {
        let several = self.of.into_iter().filter(|(_, (of, _))| of.len() >= UNIFORM_ACCOUNTS);
        let mut found: Vec<Uniform> = several
            .map(|((provider, user, day), (accounts, keys))| Uniform {
                provider,
                user,
                day,
                accounts: accounts.into_iter().collect(),
                keys,
            })
            .collect();
        found.sort_by_key(|uniform| std::cmp::Reverse((uniform.accounts.len(), uniform.keys)));
        found
    }
}

/// The services that keys of a user serve at the same time, and how many keys those are.
pub(super) fn shared(user: &User) -> Option<(u64, BTreeSet<&str>)> {
    let used: Vec<(Time, &str)> = user
        .keys()
        .filter(|key| key.in_use())
        .filter_map(|key| Some((key.last_used?, key.service.as_deref()?)))
        .collect();
    // Every key that some other one was used beside, for another service.
    let beside = |one: &&(Time, &str)| {
        let near = |a: Time, b: Time| {
            (i128::from(a.0) - i128::from(b.0)).abs() <= i128::from(SHARED_DAYS * Duration::DAY)
        };
        used.iter().any(|other| other.1 != one.1 && near(other.0, one.0))
    };
    let together: Vec<&(Time, &str)> = used.iter().filter(beside).collect();
    let services = together.iter().map(|(_, service)| *service).collect();
    (together.len() >= SHARED_KEYS).then_some((together.len() as u64, services))
}

/// Days without a sign-in of a user who has a password and never used a key; `None` where that is
/// not so, or where the report does not say.
pub(super) fn zombie(user: &User) -> Option<i64> {
    if user.root || user.signs_in != Some(true) {
        return None;
    }
    let since = match user.password_used {
        Some(false) => user.created,
        _ => user.password_last_used,
    };
    let unused = user.keys().all(|key| key.used == Some(false));
    user.days_since(since).filter(|days| unused && *days > ZOMBIE)
}
