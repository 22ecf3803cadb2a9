//! Patterns across several keys, users or accounts.

use std::collections::{BTreeMap, BTreeSet};

use super::elapsed::Elapsed;
use super::threshold::{SHARED_DAYS, SHARED_KEYS, SHARED_SERVICES, UNIFORM_ACCOUNTS, ZOMBIE};
use super::user::{User, UserKey};
use crate::record::Provider;
use crate::record::derive::local_name;
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
    /// The indexes of the accounts in [`Posture::accounts`](super::Posture::accounts).
    pub accounts: Vec<usize>,
    /// The number of keys.
    pub keys: u64,
}

/// A user whose keys serve several services at the same time: a shared service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The index of its account in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// The user.
    pub user: String,
    /// Keys in use at the same time.
    pub keys: u64,
    /// The services with which they were last used.
    pub services: Vec<String>,
    /// Whether the user has a second factor; `None` if that is not known.
    pub mfa: Option<bool>,
}

/// A user who can sign in to the console and has most likely left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zombie {
    /// The index of its account in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// The user.
    pub user: String,
    /// Days since the last sign-in, or since the user was created if there was none.
    pub idle_days: i64,
    /// Whether the user ever signed in.
    pub signed_in: bool,
    /// The number of keys; none of them was ever used.
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
    /// Creates a collection whose days begin in this time zone.
    pub(super) fn new(zone: Zone) -> Self {
        Self { zone: Some(zone), of: BTreeMap::new() }
    }

    /// Adds the keys of a user in an account that has an id.
    pub(super) fn add(&mut self, provider: Provider, account: usize, name: &str, user: &User) {
        let zone = self.zone.clone().unwrap_or_else(Zone::utc);
        let name = local_name(provider.name(), name);
        for key in user.keys().filter(|key| key.in_use()) {
            let Some(day) = key.created.and_then(|created| created.date(&zone)) else { continue };
            let found = self.of.entry((provider, name.to_owned(), day)).or_default();
            found.0.insert(account);
            found.1 += 1;
        }
    }

    /// The patterns, those with the most accounts first.
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

/// The services that keys of a user serve at the same time, and the number of these keys.
pub(super) fn shared(user: &User) -> Option<(u64, BTreeSet<&str>)> {
    let together: Vec<&UserKey> = used_together(user).collect();
    let services: BTreeSet<&str> =
        together.iter().filter_map(|key| key.service.as_deref()).collect();
    (together.len() >= SHARED_KEYS && services.len() >= SHARED_SERVICES)
        .then_some((together.len() as u64, services))
}

/// The keys of a user that are in use at the same time.
pub(super) fn used_together(user: &User) -> impl Iterator<Item = &UserKey> {
    user.keys()
        .filter(|key| key.in_use())
        .filter(|key| user.since(key.last_used).is_some_and(|idle| !idle.is_over(SHARED_DAYS)))
}

/// The time without a sign-in of a console user whose keys were never used. `None` if the user is
/// not such a user, or if the report does not show it.
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

/// The severity of a zombie: higher if a password alone or an active key opens the account.
pub(super) fn zombie_severity(user: &User) -> Severity {
    let all_known = user.keys().all(|key| key.active.is_some());
    let active = all_known && user.keys().any(|key| key.active == Some(true));
    if user.mfa == Some(false) || active { Severity::High } else { Severity::Medium }
}

/// The severity of a shared account: higher if the user can sign in without a second factor.
pub(super) fn shared_severity(user: &User) -> Severity {
    let open = user.mfa == Some(false) && user.console != Some(false);
    if open { Severity::Critical } else { Severity::High }
}
