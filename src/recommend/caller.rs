//! The credential that made a call.

use std::cmp::Ordering;

use crate::record::field::event;
use crate::record::{FieldId, Provider, Record};

/// The kind of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// A long-term access key.
    Key,
    /// A user without a long-term key: the console, or temporary keys.
    User,
    /// A role.
    Role,
    /// A federated user, whose permissions come from the identity that created the session.
    Federated,
    /// The root user without a key.
    Root,
}

impl CredentialKind {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            CredentialKind::Key => "key",
            CredentialKind::User => "user",
            CredentialKind::Role => "role",
            CredentialKind::Federated => "federated",
            CredentialKind::Root => "root",
        }
    }
}

/// A credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) provider: Provider,
    /// The account that it belongs to; empty if no record says it.
    pub(super) account: String,
    pub(super) kind: CredentialKind,
    /// The key's id, or the name of the role or user.
    pub(super) id: String,
    /// The user that a key belongs to.
    pub(super) user: Option<String>,
    /// Whether it belongs to the root user, whom no policy limits.
    pub(super) root: bool,
}

impl Credential {
    /// The order of results.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        self.provider
            .cmp(&other.provider)
            .then_with(|| self.account.cmp(&other.account))
            .then_with(|| self.kind.cmp(&other.kind))
            .then_with(|| self.user.cmp(&other.user))
            .then_with(|| self.id.cmp(&other.id))
    }

    /// The identity that policies are attached to: the user of a key, or the credential itself.
    pub(super) fn principal(&self) -> (CredentialKind, &str) {
        match (self.kind, &self.user) {
            (CredentialKind::Key, Some(user)) => (CredentialKind::User, user),
            _ => (self.kind, &self.id),
        }
    }
}

/// Why a call belongs to no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoCredential {
    /// A sign-in, a notification or another record that is no call.
    NotACall,
    /// A service called on its own behalf.
    Service,
    /// The record does not identify the caller, or the caller belongs to another account that does
    /// not tell who it is.
    Unidentified,
}

/// The credential of a call, borrowed from its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallerOf<'r> {
    pub(super) provider: Provider,
    pub(super) account: &'r str,
    pub(super) kind: CredentialKind,
    pub(super) id: &'r str,
    pub(super) user: Option<&'r str>,
    pub(super) root: bool,
}

/// Identifies the credential of an event.
pub(super) fn caller_of<'r>(record: &'r Record<'_>) -> Result<CallerOf<'r>, NoCredential> {
    let text = |field: FieldId| record.get(field).as_str().filter(|text| !text.is_empty());
    if text(event::KIND) != Some("call") {
        return Err(NoCredential::NotACall);
    }
    let provider = match text(event::PROVIDER) {
        Some("alibaba") => Provider::Alibaba,
        Some("tencent") => Provider::Tencent,
        _ => Provider::Aws,
    };
    let user_type = text(event::USER_TYPE).unwrap_or_default();
    if user_type == "service" {
        return Err(NoCredential::Service);
    }
    let account = text(event::CALLER_ACCOUNT).or_else(|| text(event::ACCOUNT)).unwrap_or_default();
    let user = text(event::USER);
    let (kind, id) = match (text(event::AK_TYPE), text(event::AK), text(event::ROLE)) {
        (Some("long_term"), Some(ak), _) => (CredentialKind::Key, Some(ak)),
        (_, _, Some(role)) => (CredentialKind::Role, Some(role)),
        _ if user_type == "root" => (CredentialKind::Root, Some("root")),
        _ if user_type == "federated" => {
            (CredentialKind::Federated, user.or_else(|| text(event::USER_ID)))
        }
        _ if user_type == "account" => return Err(NoCredential::Unidentified),
        _ => (CredentialKind::User, user),
    };
    let id = id.ok_or(NoCredential::Unidentified)?;
    let user = if kind == CredentialKind::Key { user } else { None };
    Ok(CallerOf { provider, account, kind, id, user, root: user_type == "root" })
}

impl CallerOf<'_> {
    /// Appends a text that is different for each credential.
    pub(super) fn push_key(&self, out: &mut String) {
        for part in [self.provider.name(), self.account, self.kind.name(), self.id] {
            out.push_str(part);
            out.push('\0');
        }
    }

    pub(super) fn to_owned(self) -> Credential {
        Credential {
            provider: self.provider,
            account: self.account.to_owned(),
            kind: self.kind,
            id: self.id.to_owned(),
            user: self.user.map(str::to_owned),
            root: self.root,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{RecordKind, Value};

    #[test]
    fn a_call_belongs_to_its_key_role_or_user() {
        const KEY: &str = "AKIAEXAMPLE000000001";
        for (fields, expected) in [
            (
                &[(event::AK, KEY), (event::AK_TYPE, "long_term"), (event::USER, "ci")] as &[_],
                "key AKIAEXAMPLE000000001 ci",
            ),
            (
                &[(event::AK, "ASIA1"), (event::AK_TYPE, "temporary"), (event::ROLE, "deploy")],
                "role deploy",
            ),
            (&[(event::USER, "alice"), (event::USER_TYPE, "user")], "user alice"),
            (&[(event::USER, "root"), (event::USER_TYPE, "root")], "root root"),
            (&[(event::USER, "bob"), (event::USER_TYPE, "federated")], "federated bob"),
            (&[(event::USER_TYPE, "service"), (event::USER, "x")], "Service"),
            (&[(event::USER_TYPE, "account"), (event::USER, "x")], "Unidentified"),
            (&[(event::USER_TYPE, "user")], "Unidentified"),
            (&[(event::KIND, "signin"), (event::USER, "alice")], "NotACall"),
        ] {
            let mut record = Record::new(RecordKind::Event);
            record.set(event::KIND, Value::str("call"));
            fields.iter().for_each(|&(field, value)| record.set(field, Value::str(value)));
            let found = match caller_of(&record) {
                Ok(CallerOf { kind, id, user, .. }) => {
                    let user = user.map(|user| format!(" {user}")).unwrap_or_default();
                    format!("{} {id}{user}", kind.name())
                }
                Err(why) => format!("{why:?}"),
            };
            assert_eq!(found, expected);
        }
    }
}
