//! What credential reports say about users and their keys.

use crate::record::field::{cred, key};
use crate::record::{FieldId, FieldSet, Provider, Record};
use crate::value::Time;

/// The user of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ReportedUser {
    pub(super) root: bool,
    pub(super) console: Option<bool>,
    pub(super) mfa: Option<bool>,
    pub(super) keys: Vec<ReportedKey>,
}

/// A key of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ReportedKey {
    pub(super) slot: String,
    /// Reports of some clouds have no ids.
    pub(super) id: Option<String>,
    pub(super) active: bool,
    pub(super) age_days: Option<i64>,
    pub(super) last_used: Option<Time>,
}

/// The fields of reports that are read.
pub(super) fn fields() -> FieldSet {
    [
        cred::PROVIDER,
        cred::ACCOUNT,
        cred::USER,
        cred::USER_TYPE,
        cred::CONSOLE,
        cred::MFA,
        key::SLOT,
        key::ID,
        key::EXISTS,
        key::ACTIVE,
        key::AGE_DAYS,
        key::LAST_USED,
    ]
    .into_iter()
    .collect()
}

/// Identifies a user: cloud, account and the name that events have.
pub(super) type UserKey = (Provider, String, String);

/// Reads a user and the user's keys.
pub(super) fn read(record: &Record<'_>, keys: &[Record<'_>]) -> Option<(UserKey, ReportedUser)> {
    let text = |field: FieldId| record.get(field).as_str().filter(|text| !text.is_empty());
    let provider = match text(cred::PROVIDER)? {
        "alibaba" => Provider::Alibaba,
        "tencent" => Provider::Tencent,
        _ => Provider::Aws,
    };
    let root = text(cred::USER_TYPE) == Some("root");
    let name = text(cred::USER)?;
    let name = match provider {
        _ if root => "root",
        // Reports have the whole sign-in name, events the part before the domain.
        Provider::Alibaba => name.split('@').next().unwrap_or(name),
        _ => name,
    };
    let read_key = |row: &Record<'_>| {
        let text = |field: FieldId| row.get(field).as_str().map(str::to_owned);
        let number = match row.get(key::AGE_DAYS) {
            crate::value::Value::Int(days) => Some(*days),
            _ => None,
        };
        ReportedKey {
            slot: text(key::SLOT).unwrap_or_default(),
            id: text(key::ID),
            // A report without the column lists keys that may be in use.
            active: row.get(key::ACTIVE).as_bool().unwrap_or(true),
            age_days: number,
            last_used: row.get(key::LAST_USED).as_time(),
        }
    };
    let existing = |row: &&Record<'_>| row.get(key::EXISTS).as_bool() != Some(false);
    let user = ReportedUser {
        root,
        console: record.get(cred::CONSOLE).as_bool(),
        mfa: record.get(cred::MFA).as_bool(),
        keys: keys.iter().filter(existing).map(read_key).collect(),
    };
    let account = text(cred::ACCOUNT).unwrap_or_default().to_owned();
    Some(((provider, account, name.to_owned()), user))
}

impl ReportedUser {
    /// Adds what another report of the same time says: of two values the worse counts.
    pub(super) fn merge(&mut self, other: Self) {
        self.root |= other.root;
        self.console = self.console.max(other.console);
        self.mfa = match (self.mfa, other.mfa) {
            (Some(a), Some(b)) => Some(a && b),
            (a, b) => a.or(b),
        };
        self.keys.extend(other.keys);
        self.keys.sort();
        self.keys.dedup();
    }
}
