//! One user and its keys, merged from the counted reports.

use std::collections::{BTreeMap, BTreeSet};

use super::elapsed::Elapsed;
use crate::record::field::{cred, key};
use crate::record::{FieldId, Record};
use crate::value::{Duration, Time, is_masked};

/// A user in credential reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) id: Option<String>,
    pub(super) root: bool,
    /// Whether the user can sign in to the console.
    pub(super) console: Option<bool>,
    pub(super) mfa: Option<bool>,
    /// Whether Tencent Cloud requires a code at sign-in.
    pub(super) login_protected: Option<bool>,
    pub(super) created: Option<Time>,
    pub(super) password_used: Option<bool>,
    pub(super) password_last_used: Option<Time>,
    /// The time of the report, if known.
    pub(super) made: Option<Time>,
    /// The time at which ages are computed.
    pub(super) now: Time,
    /// The keys, each once, by name.
    keys: Vec<(KeyName, UserKey)>,
}

/// Identifies a key of a user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyName {
    /// Its id.
    Id(String),
    /// Its slot and creation time, if the report does not contain ids.
    Slot(String, Option<Time>),
}

/// A key in credential reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserKey {
    /// The id as the report writes it, possibly shortened.
    pub(super) id: Option<String>,
    pub(super) slot: String,
    pub(super) active: Option<bool>,
    pub(super) created: Option<Time>,
    pub(super) used: Option<bool>,
    pub(super) last_used: Option<Time>,
    pub(super) service: Option<String>,
    pub(super) age: Option<Elapsed>,
    /// Whether the provider marks it as possibly leaked.
    pub(super) at_risk: Option<bool>,
    pub(super) made: Option<Time>,
}

impl User {
    /// Reads a cred with its keys.
    pub(super) fn read(
        record: &Record<'_>,
        keys: &[Record<'_>],
        made: Option<Time>,
        now: Time,
    ) -> Self {
        let flag = |field| flag(record, field);
        let mut named: BTreeMap<KeyName, UserKey> = BTreeMap::new();
        for row in keys {
            let key = UserKey::read(row, made, now);
            let name = key.name();
            let merged = match named.remove(&name) {
                Some(existing) => existing.merge(key),
                None => key,
            };
            named.insert(name, merged);
        }
        Self {
            id: text(record, cred::USER_ID),
            root: record.get(cred::USER_TYPE).as_str() == Some("root"),
            console: flag(cred::CONSOLE),
            mfa: flag(cred::MFA),
            login_protected: flag(cred::LOGIN_PROTECTED),
            created: time(record, cred::CREATED),
            password_used: flag(cred::PASSWORD_USED),
            password_last_used: time(record, cred::PASSWORD_LAST_USED),
            made,
            now,
            keys: named.into_iter().collect(),
        }
    }

    /// The keys, each once.
    pub(super) fn keys(&self) -> impl ExactSizeIterator<Item = &UserKey> + Clone {
        self.keys.iter().map(|(_, key)| key)
    }

    /// The keys with their names.
    pub(super) fn named_keys(&self) -> impl Iterator<Item = (&KeyName, &UserKey)> {
        self.keys.iter().map(|(name, key)| (name, key))
    }

    /// The time from a use to the time of the ages.
    pub(super) fn since(&self, used: Option<Time>) -> Option<Elapsed> {
        Some(Elapsed::since_use(used?, self.now))
    }

    /// Merges another row or report of the same user. A newer report takes precedence over an older
    /// one; if two of the same time differ, the more severe value counts.
    pub(super) fn merge(&mut self, other: User) {
        let newer = self.made >= other.made;
        let same = self.made == other.made;
        let flag = |own: Option<bool>, more: Option<bool>, worse: bool| match (own, more) {
            (Some(own), Some(more)) if same && own != more => Some(worse),
            _ if newer => own.or(more),
            _ => more.or(own),
        };
        self.id = self.id.take().or(other.id);
        self.root |= other.root;
        self.console = flag(self.console, other.console, true);
        self.mfa = flag(self.mfa, other.mfa, false);
        self.login_protected = flag(self.login_protected, other.login_protected, false);
        self.password_used = flag(self.password_used, other.password_used, true);
        self.created = self.created.into_iter().chain(other.created).min();
        self.password_last_used = self.password_last_used.max(other.password_last_used);
        self.made = self.made.max(other.made);
        self.now = self.now.max(other.now);
        self.merge_keys(other.keys);
    }

    /// A key without an id is the same as one with an id if both were created in the same second.
    fn merge_keys(&mut self, others: Vec<(KeyName, UserKey)>) {
        let mut keys: BTreeMap<KeyName, UserKey> =
            std::mem::take(&mut self.keys).into_iter().collect();
        let mut taken = BTreeSet::new();
        for (name, key) in others {
            let own = if keys.contains_key(&name) {
                Some(name.clone())
            } else {
                let named = |name: &KeyName| matches!(name, KeyName::Id(_));
                let fits = |(own, existing): &(&KeyName, &UserKey)| {
                    named(own) != named(&name)
                        && !taken.contains(*own)
                        && second(existing.created).is_some()
                        && second(existing.created) == second(key.created)
                };
                keys.iter().find(fits).map(|(own, _)| own.clone())
            };
            let (name, merged) = match own {
                None => (name, key),
                Some(own) => match keys.remove(&own) {
                    Some(existing) => (own.min(name), existing.merge(key)),
                    None => (name, key),
                },
            };
            taken.insert(name.clone());
            keys.insert(name, merged);
        }
        self.keys = keys.into_iter().collect();
    }
}

impl UserKey {
    fn read(row: &Record<'_>, made: Option<Time>, now: Time) -> Self {
        let created = time(row, key::CREATED);
        Self {
            id: text(row, key::ID),
            slot: text(row, key::SLOT).unwrap_or_default(),
            active: flag(row, key::ACTIVE),
            created,
            used: flag(row, key::USED),
            last_used: time(row, key::LAST_USED),
            service: text(row, key::LAST_SERVICE),
            age: created.and_then(|created| Elapsed::between(created, now)),
            at_risk: flag(row, key::AT_RISK),
            made,
        }
    }

    /// Its id, unless it is shortened, as in excerpts.
    pub(super) fn whole_id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !is_masked(id))
    }

    fn name(&self) -> KeyName {
        match self.whole_id() {
            Some(id) => KeyName::Id(id.to_owned()),
            None => KeyName::Slot(self.slot.clone(), self.created),
        }
    }

    /// Whether the key counts as in use: no report states that it is inactive.
    pub(super) fn in_use(&self) -> bool {
        self.active != Some(false)
    }

    fn merge(self, other: UserKey) -> UserKey {
        let (new, old) = if self.made >= other.made { (self, other) } else { (other, self) };
        let active = match (new.active, old.active) {
            (Some(one), Some(another)) if new.made == old.made => Some(one || another),
            (one, another) => one.or(another),
        };
        let used = [new.used, old.used];
        UserKey {
            id: new.id.or(old.id),
            slot: new.slot,
            active,
            created: new.created.into_iter().chain(old.created).min(),
            used: if used.contains(&Some(true)) { Some(true) } else { new.used.or(old.used) },
            last_used: new.last_used.max(old.last_used),
            service: new.service.or(old.service),
            age: new.age.max(old.age),
            at_risk: new.at_risk.or(old.at_risk),
            made: new.made,
        }
    }
}

fn second(time: Option<Time>) -> Option<i64> {
    time.map(|time| time.0.div_euclid(Duration::SECOND))
}

fn text(record: &Record<'_>, field: FieldId) -> Option<String> {
    record.get(field).as_str().map(str::to_owned)
}

fn flag(record: &Record<'_>, field: FieldId) -> Option<bool> {
    record.get(field).as_bool()
}

fn time(record: &Record<'_>, field: FieldId) -> Option<Time> {
    record.get(field).as_time()
}
