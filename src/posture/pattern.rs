//! Patterns over users and accounts that single keys do not show.

use std::collections::{BTreeMap, BTreeSet};

use super::elapsed::Elapsed;
use super::threshold::{SHARED_DAYS, SHARED_KEYS, SHARED_SERVICES, UNIFORM_ACCOUNTS, ZOMBIE};
use super::user::{Key, User, local};
use crate::record::Provider;
use crate::rule::Severity;
use crate::value::Zone;

/// Keys of one user name that were created on one day in several accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uniform {
    /// The cloud.
    pub provider: Provider,
    /// The name of the users.
    pub user: String,
    /// The day, in the configured zone.
    pub day: String,
    /// The accounts, by their place in [`Posture::accounts`](super::Posture::accounts).
    pub accounts: Vec<usize>,
    /// How many keys.
    pub keys: u64,
}

/// A user whose keys serve several services at the same time: a shared service account.
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

/// A user who may sign in to the console and has most likely left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zombie {
    /// Its account, by its place in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// The user.
    pub user: String,
    /// Days since the last sign-in, or since the user was created if there was none.
    pub idle_days: i64,
    /// Whether there was a sign-in at all.
    pub signed_in: bool,
    /// Keys, none of them ever used.
    pub keys: u64,
}

/// Collects keys by user name and day.
#[derive(Debug, Default)]
pub(super) struct Days {
    /// UTC if there is none.
    zone: Option<Zone>,
    of: BTreeMap<(Provider, String, String), (BTreeSet<usize>, u64)>,
}

impl Days {
    /// Days are those of this zone.
    pub(super) fn new(zone: Zone) -> Self {
        Self { zone: Some(zone), of: BTreeMap::new() }
    }

    /// Adds the keys of a user in an account that has an id.
    pub(super) fn add(&mut self, provider: Provider, account: usize, name: &str, user: &User) {
        let zone = self.zone.clone().unwrap_or_else(Zone::utc);
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
    let together: Vec<&Key> = used_together(user).collect();
    let services: BTreeSet<&str> =
        together.iter().filter_map(|key| key.service.as_deref()).collect();
    (together.len() >= SHARED_KEYS && services.len() >= SHARED_SERVICES)
        .then_some((together.len() as u64, services))
}

/// The keys of a user that are in use at the same time.
pub(super) fn used_together(user: &User) -> impl Iterator<Item = &Key> {
    user.keys()
        .filter(|key| key.in_use())
        .filter(|key| user.since(key.last_used).is_some_and(|idle| !idle.is_over(SHARED_DAYS)))
}

/// The time without a sign-in of a user who may sign in and whose keys were never used; `None` if
/// that is not so, or if the report does not say.
pub(super) fn zombie(user: &User) -> Option<Elapsed> {
    if user.root || user.console != Some(true) {
        return None;
    }
    let since = match user.password_used {
        // A user is at least as old as each of its keys.
        Some(false) => user.created.into_iter().chain(user.keys().filter_map(|k| k.created)).min(),
        _ => user.password_last_used,
    };
    let unused = user.keys().all(|key| key.used == Some(false));
    user.since(since).filter(|idle| unused && idle.is_over(ZOMBIE))
}

/// How grave a zombie is: a password alone or an active key opens the account.
pub(super) fn zombie_severity(user: &User) -> Severity {
    let all_known = user.keys().all(|key| key.active.is_some());
    let active = all_known && user.keys().any(|key| key.active == Some(true));
    if user.mfa == Some(false) || active { Severity::High } else { Severity::Medium }
}

/// How grave a shared account is: worse without a second factor, unless there is no console.
pub(super) fn shared_severity(user: &User) -> Severity {
    let open = user.mfa == Some(false) && user.console != Some(false);
    if open { Severity::Critical } else { Severity::High }
}
