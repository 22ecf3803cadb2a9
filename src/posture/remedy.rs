//! What to do, the most pressing first.

use super::age::Bucket;
use super::deed::{Deeds, Progress, Whose};
use super::model::KeyLabel;
use super::threshold::{FIRST_USE, RECENT};
use super::user::{Key, User};
use crate::rule::Severity;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Enforce a second factor.
    EnableMfa,
    /// The root user needs no key.
    DeleteRootKey,
    /// Move what uses the key to a role, then delete the key.
    MigrateKey,
    /// Find out whether the key is used, replace it and delete it.
    RotateKey,
    /// Deactivate the key, wait, delete it.
    DeactivateKey,
    /// Delete the key.
    DeleteKey,
    /// Take the password away.
    DisablePassword,
}

impl Action {
    /// For programs.
    pub fn name(self) -> &'static str {
        match self {
            Action::EnableMfa => "enable-mfa",
            Action::DeleteRootKey => "delete-root-key",
            Action::MigrateKey => "migrate-key",
            Action::RotateKey => "rotate-key",
            Action::DeactivateKey => "deactivate-key",
            Action::DeleteKey => "delete-key",
            Action::DisablePassword => "disable-password",
        }
    }

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Action::EnableMfa => "enforce MFA",
            Action::DeleteRootKey => "delete root key",
            Action::MigrateKey => "migrate to a role",
            Action::RotateKey => "rotate",
            Action::DeactivateKey => "deactivate, delete",
            Action::DeleteKey => "delete after check",
            Action::DisablePassword => "disable password",
        }
    }
}

/// Why to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A password without a second factor, used so many days ago; `None` where that is not known,
    /// or it never was.
    NoMfa(Option<i64>),
    /// The root user has no second factor.
    RootWithoutMfa,
    /// The root user has a key; how old it is, where that is known.
    RootKey(Option<i64>),
    /// A key of this age in days, last used so many days ago.
    OldKey {
        /// Days since it was created.
        age: i64,
        /// Days since it was used; `None` where nobody knows.
        idle: Option<i64>,
    },
    /// A key of this age in days was never used.
    NeverUsed(i64),
    /// A key is not active, and still there.
    Inactive,
    /// No sign-in for so many days, and no key ever used.
    Zombie(i64),
}

impl Reason {
    /// For people.
    pub fn text(self) -> String {
        match self {
            Reason::NoMfa(Some(days)) => format!("no MFA, signed in {}", ago(days)),
            Reason::NoMfa(None) => "password without MFA".to_owned(),
            Reason::RootWithoutMfa => "root user without MFA".to_owned(),
            Reason::RootKey(Some(age)) => format!("root user has a key, {} old", days(age)),
            Reason::RootKey(None) => "root user has a key".to_owned(),
            Reason::OldKey { age, idle: Some(idle) } => {
                format!("{} old, used {}", days(age), ago(idle))
            }
            Reason::OldKey { age, idle: None } => format!("{} old, last use unknown", days(age)),
            Reason::NeverUsed(age) => format!("{} old, never used", days(age)),
            Reason::Inactive => "inactive and still there".to_owned(),
            Reason::Zombie(idle) => format!("no sign-in for {}, no key ever used", days(idle)),
        }
    }
}

fn ago(days: i64) -> String {
    if days == 0 { "today".to_owned() } else { format!("{days} d ago") }
}

fn days(days: i64) -> String {
    format!("{days} d")
}

/// One thing to do about one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// How pressing it is.
    pub severity: Severity,
    /// What to do.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Which of [`Posture::accounts`](super::Posture::accounts) the user is of.
    pub account: usize,
    /// The user.
    pub user: String,
    /// The key it is about.
    pub key: Option<KeyLabel>,
    /// Whether it is done.
    pub progress: Progress,
}

/// What is to be done about a key.
type Ask = (Severity, Action, Reason);

/// What is to be done about a user; names and keys as the report has them.
pub(super) fn of(
    whose: &Whose<'_>,
    zombie: Option<i64>,
    deeds: &Deeds,
    add: &mut dyn FnMut(Ask, Option<&Key>, Progress),
) {
    let user = whose.user;
    if let Some(ask) = factor(user) {
        add(ask, None, deeds.factor(whose));
    }
    if let Some(idle) = zombie {
        let ask = (Severity::Medium, Action::DisablePassword, Reason::Zombie(idle));
        add(ask, None, deeds.password(whose));
    }
    for key in user.keys() {
        if let Some(ask) = self::key(user, key) {
            add(ask, Some(key), key_progress(deeds, whose, key, ask));
        }
    }
}

/// Whether it is done. A key that is not active any more is only mended by deleting it.
fn key_progress(deeds: &Deeds, whose: &Whose<'_>, key: &Key, ask: Ask) -> Progress {
    match (deeds.key_of(whose, key), ask.2) {
        (Progress::Done(deed) | Progress::Unclear(deed, _), Reason::Inactive)
            if !deed.deletes() =>
        {
            Progress::Open
        }
        (progress, _) => progress,
    }
}

fn factor(user: &User) -> Option<Ask> {
    if user.mfa != Some(false) {
        return None;
    }
    if user.root {
        return Some((Severity::Critical, Action::EnableMfa, Reason::RootWithoutMfa));
    }
    if user.signs_in != Some(true) {
        return None;
    }
    let idle = user.days_since(user.password_last_used);
    let recent = idle.is_some_and(|days| days <= RECENT);
    let severity = if recent { Severity::Critical } else { Severity::High };
    Some((severity, Action::EnableMfa, Reason::NoMfa(idle)))
}

fn key(user: &User, key: &Key) -> Option<Ask> {
    if !key.in_use() {
        return Some((Severity::Medium, Action::DeleteKey, Reason::Inactive));
    }
    if user.root {
        let reason = Reason::RootKey(key.age_days);
        return Some((Severity::Critical, Action::DeleteRootKey, reason));
    }
    let age = key.age_days?;
    let bucket = Bucket::of(age);
    let severity = if bucket == Bucket::Critical { Severity::High } else { Severity::Medium };
    if key.used == Some(false) {
        let due = age > FIRST_USE;
        return due.then_some((severity, Action::DeleteKey, Reason::NeverUsed(age)));
    }
    if bucket < Bucket::Overdue {
        return None;
    }
    let idle = user.days_since(key.last_used);
    let action = match idle {
        None => Action::RotateKey,
        Some(idle) if idle > RECENT => Action::DeactivateKey,
        Some(_) if bucket == Bucket::Critical => Action::MigrateKey,
        Some(_) => Action::RotateKey,
    };
    Some((severity, action, Reason::OldKey { age, idle }))
}
