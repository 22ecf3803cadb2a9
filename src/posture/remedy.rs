//! Remediation steps, the most urgent first.

use super::elapsed::Elapsed;
use super::pattern;
use super::remediation_event::{Progress, RemediationLog, ReportUser};
use super::threshold::{
    CRITICAL_HOURS, FIRST_USE, HIGH_HOURS, LONG_IDLE, OVERDUE, RECENT, ROTATE_SOON, SHARED_KEYS,
};
use super::user::{User, UserKey};
use crate::rule::Severity;

/// The action of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Deactivate a leaked key at once, then look at what it did and delete it.
    RevokeKey,
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
    /// Give each workload a role or a user of its own.
    SplitUser,
    /// Replace the keys in all accounts by a role that trusts one identity.
    UseRole,
    /// Ask whether the person has left, then delete the user with its keys and password.
    DeleteUser,
}

impl Action {
    /// The name, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Action::RevokeKey => "revoke-key",
            Action::EnableMfa => "enable-mfa",
            Action::DeleteRootKey => "delete-root-key",
            Action::MigrateKey => "migrate-key",
            Action::RotateKey => "rotate-key",
            Action::DeactivateKey => "deactivate-key",
            Action::DeleteKey => "delete-key",
            Action::SplitUser => "split-user",
            Action::UseRole => "use-role",
            Action::DeleteUser => "delete-user",
        }
    }

    /// The text, for people.
    pub fn text(self) -> &'static str {
        match self {
            Action::RevokeKey => "deactivate now",
            Action::EnableMfa => "enforce MFA",
            Action::DeleteRootKey => "delete root key",
            Action::MigrateKey => "migrate to a role",
            Action::RotateKey => "rotate",
            Action::DeactivateKey => "deactivate, delete",
            Action::DeleteKey => "delete after check",
            Action::SplitUser => "a role per workload",
            Action::UseRole => "cross-account role",
            Action::DeleteUser => "delete user after check",
        }
    }
}

/// The reason for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// An active key is in the table of leaked keys.
    Leaked,
    /// The provider marks the key as possibly leaked.
    AtRisk,
    /// A console user without a second factor, who signed in this many days ago; `None` if that is
    /// not known, or the user never did.
    NoMfa(Option<i64>),
    /// The root user has no second factor.
    RootWithoutMfa,
    /// The root user has a key of this age in days, if it is known.
    RootKey(Option<i64>),
    /// A key of this age in days, last used this many days ago.
    OldKey {
        /// Days since it was created.
        age: i64,
        /// Days since it was used; `None` if it is not known.
        idle: Option<i64>,
    },
    /// A key was last used this many days ago.
    IdleKey(i64),
    /// A key of this age in days was never used.
    NeverUsed(i64),
    /// A key is not active, but was not deleted.
    Inactive,
    /// No sign-in for this many days, and no key was ever used.
    Zombie(i64),
    /// This many keys of the user serve several services at the same time.
    Shared(u64),
    /// Users of this name have keys of one day in this many accounts.
    Uniform(u64),
}

impl Reason {
    /// The text, for people.
    pub fn text(self) -> String {
        match self {
            Reason::Leaked => "leaked, and active".to_owned(),
            Reason::AtRisk => "may have leaked, according to the provider".to_owned(),
            Reason::NoMfa(Some(days)) => format!("no MFA, signed in {}", ago(days)),
            Reason::NoMfa(None) => "console without MFA".to_owned(),
            Reason::RootWithoutMfa => "root user without MFA".to_owned(),
            Reason::RootKey(Some(age)) => format!("root user has a key, {age} d old"),
            Reason::RootKey(None) => "root user has a key".to_owned(),
            Reason::OldKey { age, idle: Some(idle) } => format!("{age} d old, used {}", ago(idle)),
            Reason::OldKey { age, idle: None } => format!("{age} d old, last use unknown"),
            Reason::IdleKey(idle) => format!("not used for {idle} d"),
            Reason::NeverUsed(age) => format!("{age} d old, never used"),
            Reason::Inactive => "inactive, but not deleted".to_owned(),
            Reason::Zombie(idle) => format!("no sign-in for {idle} d, no key ever used"),
            Reason::Shared(keys) => format!("{keys} keys serve several services"),
            Reason::Uniform(accounts) => format!("keys of one day in {accounts} accounts"),
        }
    }

    /// Whether the step comes before all others, because somebody may be abusing the key.
    pub(super) fn is_urgent(self, severity: Severity) -> bool {
        matches!(self, Reason::Leaked | Reason::AtRisk) && severity == Severity::Critical
    }
}

fn ago(days: i64) -> String {
    if days == 0 { "today".to_owned() } else { format!("{days} d ago") }
}

/// A key, masked unless keys are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyLabel {
    /// Its id; masked unless keys are shown; `None` if the report does not contain it.
    pub id: Option<String>,
    /// The slot of the key, such as `1`.
    pub slot: String,
}

/// One step to take for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// Its urgency.
    pub severity: Severity,
    /// The action of a step.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// The index of the account in [`Posture::accounts`](super::Posture::accounts).
    pub account: usize,
    /// The user.
    pub user: String,
    /// The access key, if the step is about one.
    pub key: Option<KeyLabel>,
    /// Whether it is done.
    pub progress: Progress,
}

impl Remedy {
    /// The built-in rule that reports the same problem, if there is one.
    pub fn rule(&self) -> Option<&'static str> {
        Some(match (self.reason, self.severity) {
            (Reason::Leaked, _) => "leaked-key-active",
            (Reason::AtRisk, _) => "tencent-key-at-risk",
            (Reason::NoMfa(_), Severity::Critical) => "console-without-mfa",
            (Reason::NoMfa(_), _) => "console-user-without-mfa-device",
            (Reason::RootWithoutMfa, _) => "root-without-mfa",
            (Reason::RootKey(_), _) => "root-active-key",
            (Reason::OldKey { idle: None, .. }, _) => return None,
            (Reason::OldKey { .. }, Severity::High) => "old-key-in-use",
            (Reason::OldKey { .. }, _) => "ageing-key-in-use",
            (Reason::IdleKey(_), _) => "idle-active-key",
            (Reason::NeverUsed(_), _) => "unused-key",
            (Reason::Inactive, _) => "inactive-key",
            (Reason::Zombie(_), _) => "zombie-account",
            (Reason::Shared(_), _) => "shared-service-account",
            (Reason::Uniform(_), _) => "same-day-keys",
        })
    }

    /// The deadline in hours, if the guide sets one.
    pub fn within_hours(&self) -> Option<u64> {
        match self.severity {
            Severity::Critical => Some(CRITICAL_HOURS),
            Severity::High => Some(HIGH_HOURS),
            Severity::Medium | Severity::Low | Severity::Info => None,
        }
    }
}

/// A step without its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recommendation {
    pub(super) severity: Severity,
    pub(super) action: Action,
    pub(super) reason: Reason,
}

impl Recommendation {
    fn new(severity: Severity, action: Action, reason: Reason) -> Self {
        Self { severity, action, reason }
    }
}

/// The steps for one user, without those for patterns across several accounts. `leaked` returns
/// whether a key id is known to have leaked.
pub(super) fn of(
    of: &ReportUser<'_>,
    log: &RemediationLog,
    leaked: &dyn Fn(&str) -> bool,
    add: &mut dyn FnMut(Recommendation, Option<&UserKey>, Progress),
) {
    let user = of.user;
    if let Some(recommendation) = factor(user) {
        add(recommendation, None, log.factor(of));
    }
    if let Some(idle) = pattern::zombie(user) {
        let severity = pattern::zombie_severity(user);
        add(
            Recommendation::new(severity, Action::DeleteUser, Reason::Zombie(idle.days())),
            None,
            log.gone(of),
        );
    }
    if let Some((keys, _)) = pattern::shared(user) {
        let severity = pattern::shared_severity(user);
        let recommendation = Recommendation::new(severity, Action::SplitUser, Reason::Shared(keys));
        add(recommendation, None, shared_progress(of, log));
    }
    for key in user.keys() {
        if let Some(recommendation) = self::key(user, key, leaked) {
            add(recommendation, Some(key), key_progress(log, of, key, recommendation));
        }
    }
}

/// The step against a pattern of keys in several accounts.
pub(super) fn of_uniform(accounts: u64) -> Recommendation {
    Recommendation::new(Severity::High, Action::UseRole, Reason::Uniform(accounts))
}

/// A shared account is done once the user has fewer active keys than a shared account requires.
fn shared_progress(of: &ReportUser<'_>, log: &RemediationLog) -> Progress {
    let mut all: Vec<Progress> =
        pattern::used_together(of.user).map(|key| log.key_of(of, key)).collect();
    let open = all.iter().filter(|one| !matches!(one, Progress::Done(_))).count();
    if open < SHARED_KEYS {
        let done = all.iter().position(|one| matches!(one, Progress::Done(_)));
        if let Some(done) = done {
            return all.swap_remove(done);
        }
    }
    Progress::Open
}

/// Whether it is done. An inactive key is only remedied by deleting it.
fn key_progress(
    log: &RemediationLog,
    of: &ReportUser<'_>,
    key: &UserKey,
    recommendation: Recommendation,
) -> Progress {
    match (log.key_of(of, key), recommendation.action) {
        (Progress::Done(event) | Progress::Unclear(event, _), Action::DeleteKey)
            if !key.in_use() && !event.deletes() =>
        {
            Progress::Open
        }
        (progress, _) => progress,
    }
}

fn factor(user: &User) -> Option<Recommendation> {
    if user.mfa != Some(false) {
        return None;
    }
    if user.root {
        return Some(Recommendation::new(
            Severity::Critical,
            Action::EnableMfa,
            Reason::RootWithoutMfa,
        ));
    }
    if user.console != Some(true) {
        return None;
    }
    let idle = user.since(user.password_last_used);
    let recent = idle.is_some_and(|idle| !idle.is_over(RECENT));
    let urgent = recent && user.login_protected != Some(true);
    let severity = if urgent { Severity::Critical } else { Severity::High };
    Some(Recommendation::new(severity, Action::EnableMfa, Reason::NoMfa(idle.map(Elapsed::days))))
}

fn key(user: &User, key: &UserKey, leaked: &dyn Fn(&str) -> bool) -> Option<Recommendation> {
    let at_risk = key.at_risk == Some(true);
    if !key.in_use() {
        let (severity, reason) = match at_risk {
            true => (Severity::High, Reason::AtRisk),
            false => (Severity::Medium, Reason::Inactive),
        };
        return Some(Recommendation::new(severity, Action::DeleteKey, reason));
    }
    if key.whole_id().is_some_and(leaked) {
        return Some(Recommendation::new(Severity::Critical, Action::RevokeKey, Reason::Leaked));
    }
    if at_risk {
        return Some(Recommendation::new(Severity::Critical, Action::RevokeKey, Reason::AtRisk));
    }
    let days = key.age.map(Elapsed::days);
    if user.root {
        return Some(Recommendation::new(
            Severity::Critical,
            Action::DeleteRootKey,
            Reason::RootKey(days),
        ));
    }
    let old = |days: i64| key.age.is_some_and(|age| age.is_over(days));
    if key.used == Some(false) {
        let reason = Reason::NeverUsed(days?);
        return old(FIRST_USE)
            .then(|| Recommendation::new(Severity::Medium, Action::DeleteKey, reason));
    }
    let idle = user.since(key.last_used);
    if let Some(idle) = idle.filter(|idle| idle.is_over(RECENT)) {
        let severity = if idle.is_over(LONG_IDLE) { Severity::High } else { Severity::Medium };
        let recommendation =
            Recommendation::new(severity, Action::DeactivateKey, Reason::IdleKey(idle.days()));
        return Some(recommendation);
    }
    let reason = Reason::OldKey { age: days?, idle: idle.map(Elapsed::days) };
    let due = key.age.is_some_and(|age| age.is_at_least(ROTATE_SOON));
    match (old(OVERDUE), idle) {
        (true, Some(_)) => Some(Recommendation::new(Severity::High, Action::MigrateKey, reason)),
        (true, None) => Some(Recommendation::new(Severity::High, Action::RotateKey, reason)),
        (false, _) => due.then(|| Recommendation::new(Severity::Medium, Action::RotateKey, reason)),
    }
}
