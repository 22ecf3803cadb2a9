//! Remediation events: keys deleted, passwords removed, second factors enabled since a report.
//!
//! For each user and key that such an event names, only the latest events are retained.

use std::collections::BTreeMap;

use super::credential_call::{About, Params, call, text};
use super::user::{User, UserKey};
use crate::record::derive::local_name;
use crate::record::field::event;
use crate::record::{FieldSet, Provider, Record};
use crate::value::Time;

/// The name of the root user in the log.
const ROOT: &str = "<root>";

/// An event that completed a step of remediation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RemediationEvent {
    /// The time of the event.
    pub time: Time,
    /// The operation.
    pub api: String,
    /// The caller.
    pub by: Option<String>,
}

impl RemediationEvent {
    /// Whether the call deleted the credential or the user.
    pub(super) fn deletes(&self) -> bool {
        self.api.to_ascii_lowercase().starts_with("delete")
    }
}

/// Whether a step of remediation is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// No event completed it.
    Open,
    /// An event later than the report completed it.
    Done(RemediationEvent),
    /// An event may have completed it.
    Unclear(RemediationEvent, Doubt),
}

/// Why it is unclear whether a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The log does not contain the outcome of calls.
    Outcome,
    /// The report has no date.
    Undated,
    /// The report does not contain ids of keys, and the user has several keys.
    WhichKey,
    /// The report names no account, and several accounts have a user of that name.
    WhichAccount,
}

impl Doubt {
    /// The reason, for people.
    pub fn text(self) -> &'static str {
        match self {
            Doubt::Outcome => "the log does not contain its outcome",
            Doubt::Undated => "the report has no date",
            Doubt::WhichKey => "the report does not identify the key",
            Doubt::WhichAccount => "the report does not identify the account",
        }
    }

    /// The reason, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Doubt::Outcome => "outcome",
            Doubt::Undated => "undated",
            Doubt::WhichKey => "which-key",
            Doubt::WhichAccount => "which-account",
        }
    }
}

/// The latest events about one credential.
#[derive(Debug, Clone, Default)]
struct History {
    /// The latest event that succeeded.
    done: Option<RemediationEvent>,
    /// The latest event whose outcome the log does not contain.
    perhaps: Option<RemediationEvent>,
    undone: Option<Time>,
}

impl History {
    fn progress(&self, made: Option<Time>) -> Progress {
        let holds = |event: &&RemediationEvent| {
            made.is_none_or(|made| event.time > made)
                && self.undone.is_none_or(|undone| event.time > undone)
        };
        match (self.done.as_ref().filter(holds), self.perhaps.as_ref().filter(holds)) {
            (Some(done), _) if made.is_some() => Progress::Done(done.clone()),
            (Some(done), _) => Progress::Unclear(done.clone(), Doubt::Undated),
            (None, Some(perhaps)) => Progress::Unclear(perhaps.clone(), Doubt::Outcome),
            (None, None) => Progress::Open,
        }
    }

    fn merge(&mut self, other: &History) {
        self.done = self.done.take().max(other.done.clone());
        self.perhaps = self.perhaps.take().max(other.perhaps.clone());
        self.undone = self.undone.max(other.undone);
    }
}

/// The provider, and the name of the user as events write it.
type Subject = (Provider, String);

/// The steps that events completed.
#[derive(Debug, Default)]
pub(super) struct RemediationLog {
    /// By key id.
    keys: BTreeMap<Subject, History>,
    /// By user, kind of credential, and account.
    users: BTreeMap<Subject, BTreeMap<About, BTreeMap<String, History>>>,
    /// Keys that events name with their user, by account and id.
    of_user: BTreeMap<Subject, BTreeMap<String, BTreeMap<String, History>>>,
    /// Events that changed credentials.
    pub(super) events: u64,
}

impl RemediationLog {
    /// The fields of events that are read.
    pub(super) fn fields() -> FieldSet {
        use event::{
            ACCOUNT, API, OK, PARAMS, PROVIDER, RESOURCES, SERVICE, TARGET_USER, TIME, USER,
            USER_TYPE,
        };
        [PROVIDER, ACCOUNT, SERVICE, API, OK, TIME, USER, USER_TYPE, TARGET_USER, PARAMS, RESOURCES]
            .into_iter()
            .collect()
    }

    /// Adds an event. Most events do not change credentials and are ignored.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let Some((provider, about, effect)) = call(record) else { return };
        let ok = record.get(event::OK).as_bool();
        let (Some(time), false) = (time(record), ok == Some(false)) else { return };
        let params = Params::read(record);
        let Some(remediates) = effect.remediates(&params) else { return };
        self.events += 1;
        let event = RemediationEvent {
            time,
            api: text(record, event::API).unwrap_or_default().to_owned(),
            by: text(record, event::USER).map(str::to_owned),
        };
        let history = match (remediates, ok) {
            (false, _) => History { undone: Some(time), ..History::default() },
            (true, Some(_)) => History { done: Some(event), ..History::default() },
            (true, None) => History { perhaps: Some(event), ..History::default() },
        };
        let account = text(record, event::ACCOUNT).unwrap_or_default();
        let user = target(record, provider);
        if about == About::Key {
            self.key(provider, account, user.as_deref(), params.keys(record), &history);
        }
        // For keys, only the creation is recorded under the user, because the new key may be the
        // one that is deleted later.
        if about != About::Key || !remediates {
            let Some(user) = user else { return };
            let of_user = self.users.entry((provider, user)).or_default();
            let of_account = of_user.entry(about).or_default();
            of_account.entry(account.to_owned()).or_default().merge(&history);
        }
    }

    fn key(
        &mut self,
        provider: Provider,
        account: &str,
        user: Option<&str>,
        ids: Vec<String>,
        history: &History,
    ) {
        for id in ids {
            if let Some(user) = user {
                let of_user = self.of_user.entry((provider, user.to_owned())).or_default();
                let of_account = of_user.entry(account.to_owned()).or_default();
                of_account.entry(id.clone()).or_default().merge(history);
            }
            self.keys.entry((provider, id)).or_default().merge(history);
        }
    }

    /// Whether the user was deleted.
    pub(super) fn gone(&self, of: &ReportUser<'_>) -> Progress {
        self.user(of, About::User)
    }

    /// Whether the console password of the user was removed.
    pub(super) fn password(&self, of: &ReportUser<'_>) -> Progress {
        best([self.user(of, About::Password), self.gone(of)])
    }

    /// Whether the user now has a second factor or no longer needs one.
    pub(super) fn factor(&self, of: &ReportUser<'_>) -> Progress {
        best([self.user(of, About::Mfa), self.password(of)])
    }

    /// Whether a key of the user was deleted or deactivated.
    pub(super) fn key_of(&self, of: &ReportUser<'_>, key: &UserKey) -> Progress {
        let own = match key.whole_id() {
            Some(id) => self
                .keys
                .get(&(of.provider, id.to_owned()))
                .map_or(Progress::Open, |history| history.progress(key.made)),
            None => self.nameless(of, key.made),
        };
        best([own, self.gone(of)])
    }

    /// The progress for a user whose reports contain no key ids. All keys are done if as many keys
    /// were deleted as the user had and none was created after the report.
    fn nameless(&self, of: &ReportUser<'_>, made: Option<Time>) -> Progress {
        let mut done = Vec::new();
        let mut accounts = 0;
        for name in of.names() {
            let Some(by_account) = self.of_user.get(&(of.provider, name)) else { continue };
            for (_, keys) in by_account.iter().filter(|(account, _)| of.is_in(account)) {
                accounts += 1;
                done.extend(keys.values().map(|history| history.progress(made)));
            }
        }
        done.retain(|progress| *progress != Progress::Open);
        let all = done.len() >= of.user.keys().len();
        let sure = done.iter().all(|progress| matches!(progress, Progress::Done(_)));
        let new = self.histories(of, About::Key).any(|history| {
            history.undone.is_some_and(|undone| made.is_none_or(|made| undone > made))
        });
        match best(done) {
            Progress::Done(event) if accounts > 1 => Progress::Unclear(event, Doubt::WhichAccount),
            Progress::Done(event) if !all || !sure || new => {
                Progress::Unclear(event, Doubt::WhichKey)
            }
            progress => progress,
        }
    }

    fn user(&self, of: &ReportUser<'_>, about: About) -> Progress {
        let mut all = History::default();
        let mut accounts = 0;
        for history in self.histories(of, about) {
            accounts += 1;
            all.merge(history);
        }
        match all.progress(of.user.made) {
            Progress::Done(event) if accounts > 1 => Progress::Unclear(event, Doubt::WhichAccount),
            progress => progress,
        }
    }

    fn histories<'d>(
        &'d self,
        of: &'d ReportUser<'_>,
        about: About,
    ) -> impl Iterator<Item = &'d History> {
        of.names().into_iter().flat_map(move |name| {
            let found = self.users.get(&(of.provider, name)).and_then(|user| user.get(&about));
            found.into_iter().flatten().filter(|(account, _)| of.is_in(account)).map(|(_, h)| h)
        })
    }
}

/// A user of a report, by the names under which events refer to it.
pub(super) struct ReportUser<'u> {
    pub(super) provider: Provider,
    /// `""` if the report does not contain one.
    pub(super) account: &'u str,
    pub(super) name: &'u str,
    pub(super) user: &'u User,
}

impl ReportUser<'_> {
    /// The names under which events may refer to the user.
    fn names(&self) -> Vec<String> {
        if self.user.root {
            return vec![ROOT.to_owned()];
        }
        let mut names = vec![local_name(self.provider.name(), self.name).to_owned()];
        names.extend(self.user.id.clone().filter(|id| *id != names[0]));
        names
    }

    fn is_in(&self, account: &str) -> bool {
        self.account.is_empty() || account.is_empty() || self.account == account
    }
}

/// The most certain of several results.
fn best(all: impl IntoIterator<Item = Progress>) -> Progress {
    let rank = |progress: &Progress| match progress {
        Progress::Open => 0,
        Progress::Unclear(..) => 1,
        Progress::Done(_) => 2,
    };
    all.into_iter().max_by_key(rank).unwrap_or(Progress::Open)
}

/// The user that the call is about, in the form of [`ReportUser::names`].
fn target(record: &Record<'_>, provider: Provider) -> Option<String> {
    let target = text(record, event::TARGET_USER)?;
    // A call of the root user that names no user changes the root user itself.
    let root = text(record, event::USER_TYPE) == Some("root");
    if root && text(record, event::USER) == Some(target) {
        return Some(ROOT.to_owned());
    }
    Some(local_name(provider.name(), target).to_owned())
}

fn time(record: &Record<'_>) -> Option<Time> {
    record.get(event::TIME).as_time()
}
