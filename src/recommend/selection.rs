//! Which credentials to recommend for.

use super::caller::{Credential, CredentialKind};
use super::wildcard;
use crate::diag::did_you_mean;
use crate::value::mask;

/// The credentials to show; every one if nothing is named.
///
/// Several values of one kind select any of them. Keys, users and roles together select any of
/// them; accounts narrow the selection.
#[derive(Debug, Clone, Default)]
pub struct CredentialSelection {
    /// Ids of access keys, or masked ids; `*` is any text.
    pub keys: Vec<String>,
    /// Names of users, who may have keys.
    pub users: Vec<String>,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Accounts.
    pub accounts: Vec<String>,
}

impl CredentialSelection {
    /// Whether it selects only some credentials.
    pub fn is_narrow(&self) -> bool {
        self.names_credentials() || !self.accounts.is_empty()
    }

    fn names_credentials(&self) -> bool {
        !(self.keys.is_empty() && self.users.is_empty() && self.roles.is_empty())
    }

    pub(super) fn selects(&self, credential: &Credential) -> bool {
        if !self.accounts.is_empty() && !any(&self.accounts, &credential.account) {
            return false;
        }
        if !self.names_credentials() {
            return true;
        }
        let (kind, name) = credential.principal();
        match credential.kind {
            CredentialKind::Key if self.keys.iter().any(|key| is_key(key, &credential.id)) => true,
            CredentialKind::Role => any(&self.roles, name),
            _ => kind != CredentialKind::Key && any(&self.users, name),
        }
    }

    /// The names that no credential has, each as a sentence with a suggestion.
    pub(super) fn unmatched(&self, credentials: &[&Credential]) -> Vec<UnmatchedName> {
        let names = |kind: CredentialKind| {
            let of_kind = move |one: &&&Credential| one.principal().0 == kind;
            credentials.iter().filter(of_kind).map(|one| one.principal().1)
        };
        let keys: Vec<String> = credentials
            .iter()
            .filter(|one| one.kind == CredentialKind::Key)
            .map(|one| mask(&one.id))
            .collect();
        let mut unmatched = Vec::new();
        let mut check = |flag, wanted: &str, found: bool, near: Option<String>| {
            if !found {
                unmatched.push(UnmatchedName { flag, name: wanted.to_owned(), near });
            }
        };
        for key in &self.keys {
            let of_key =
                |one: &&Credential| one.kind == CredentialKind::Key && is_key(key, &one.id);
            let near = did_you_mean(&mask(key), keys.iter().map(String::as_str));
            check("--ak", key, credentials.iter().any(of_key), near);
        }
        for user in &self.users {
            // Federated and root users are selected by their names, too.
            let of_user = |one: &&Credential| {
                !matches!(one.principal().0, CredentialKind::Key | CredentialKind::Role)
                    && wildcard::matches(user, one.principal().1, true)
            };
            let near = did_you_mean(user, names(CredentialKind::User));
            check("--user", user, credentials.iter().any(of_user), near);
        }
        for role in &self.roles {
            let found = names(CredentialKind::Role).any(|own| wildcard::matches(role, own, true));
            check("--role", role, found, did_you_mean(role, names(CredentialKind::Role)));
        }
        for account in &self.accounts {
            let all = || credentials.iter().map(|one| one.account.as_str());
            let found = all().any(|own| wildcard::matches(account, own, true));
            check("--account", account, found, did_you_mean(account, all()));
        }
        unmatched
    }
}

/// A name that no credential has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedName {
    /// The flag that names it.
    pub flag: &'static str,
    /// The name as the user wrote it.
    pub name: String,
    /// "did you mean …".
    pub near: Option<String>,
}

fn any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| wildcard::matches(pattern, text, true))
}

/// Whether a key has the id, the masked id or the pattern that the user wrote.
fn is_key(wanted: &str, id: &str) -> bool {
    if let Some((head, tail)) = wanted.split_once('…') {
        // Reports of earlier versions show fewer characters.
        id.len() > head.len() + tail.len() && id.starts_with(head) && id.ends_with(tail)
    } else {
        wildcard::matches(wanted, id, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Provider;

    #[test]
    fn names_select_any_and_accounts_narrow() {
        let credential = |kind, id: &str, user: Option<&str>| Credential {
            provider: Provider::Aws,
            account: "1".into(),
            kind,
            id: id.into(),
            user: user.map(str::to_owned),
            root: false,
        };
        let key = credential(CredentialKind::Key, "AKIA1", Some("ci"));
        let lone = credential(CredentialKind::Key, "AKIA2", None);
        let role = credential(CredentialKind::Role, "deploy", None);
        let user = credential(CredentialKind::User, "ci", None);
        let all = [&key, &lone, &role, &user];
        let select = |keys: &[&str], users: &[&str], roles: &[&str], accounts: &[&str]| {
            let owned = |some: &[&str]| some.iter().map(|&one| one.to_owned()).collect();
            let selection = CredentialSelection {
                keys: owned(keys),
                users: owned(users),
                roles: owned(roles),
                accounts: owned(accounts),
            };
            let ids = all.iter().filter(|one| selection.selects(one)).map(|one| one.id.as_str());
            ids.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(select(&[], &[], &[], &[]), "AKIA1 AKIA2 deploy ci");
        assert_eq!(select(&["AKIA1"], &[], &[], &[]), "AKIA1");
        assert_eq!(select(&["AKIA*"], &[], &[], &[]), "AKIA1 AKIA2");
        assert_eq!(select(&[], &["ci"], &[], &[]), "AKIA1 ci");
        assert_eq!(select(&["AKIA2"], &["ci"], &["dep*"], &[]), "AKIA1 AKIA2 deploy ci");
        assert_eq!(select(&[], &[], &[], &["2"]), "");
        assert_eq!(select(&[], &["ci"], &[], &["1"]), "AKIA1 ci");

        let selection = CredentialSelection {
            users: vec!["ci".into(), "cii".into()],
            roles: vec!["deplo".into()],
            accounts: vec!["1".into()],
            ..CredentialSelection::default()
        };
        let unmatched = selection
            .unmatched(&all)
            .into_iter()
            .map(|one| format!("{} {} {}", one.flag, one.name, one.near.unwrap_or_default()));
        let expected = ["--user cii did you mean `ci`?", "--role deplo did you mean `deploy`?"];
        assert_eq!(unmatched.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_masked_key_selects_the_keys_that_look_like_it() {
        assert!(is_key("AKIA…0001", "AKIAEXAMPLE000000001"));
        assert!(is_key("AKIAEX…0001", "AKIAEXAMPLE000000001"));
        assert!(!is_key("AKIA…0002", "AKIAEXAMPLE000000001"));
        assert!(is_key("AKIAEXAMPLE000000001", "AKIAEXAMPLE000000001"));
        assert!(is_key("AKIA*", "AKIAEXAMPLE000000001"));
    }
}
