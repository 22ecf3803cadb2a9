//! The files that policies are written to.

use std::collections::BTreeSet;

use super::caller::{Credential, CredentialKind};
use super::policy::Policy;
use crate::record::Provider;

/// Characters of one part of a name.
const PART: usize = 60;

/// The name of a credential's file: cloud, account, kind and name, in letters that every file
/// system accepts. A key is named by its user and its masked id. The name is added to `taken`.
pub(super) fn name(
    credential: &Credential,
    account: Option<&str>,
    user: Option<&str>,
    shown: &str,
    taken: &mut BTreeSet<String>,
) -> String {
    let mut parts = vec![credential.provider.name().to_owned()];
    parts.extend(account.map(plain));
    parts.push(credential.kind.name().to_owned());
    if credential.kind == CredentialKind::Key {
        parts.extend(user.map(plain));
    }
    parts.push(plain(shown));
    let base = parts.join("-");
    let mut name = format!("{base}.json");
    let mut number = 2;
    // File systems may ignore case.
    while !taken.insert(name.to_ascii_lowercase()) {
        name = format!("{base}-{number}.json");
        number += 1;
    }
    name
}

/// The letters and digits of a text, with `-` for anything else.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars().take(PART) {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' => out.push(character),
            _ if out.ends_with('-') => {}
            _ => out.push('-'),
        }
    }
    let trimmed = out.trim_matches(['-', '.']);
    if trimmed.is_empty() { "x".to_owned() } else { trimmed.to_owned() }
}

/// The length of a policy without whitespace, as providers count it.
pub(super) fn size(policy: &Policy) -> usize {
    let quoted = |texts: &[String]| texts.iter().map(|text| text.len() + 3).sum::<usize>() + 1;
    let frame = match policy.provider {
        Provider::Aws => r#"{"Version":"2012-10-17","Statement":[]}"#,
        Provider::Alibaba => r#"{"Version":"1","Statement":[]}"#,
        Provider::Tencent => r#"{"version":"2.0","statement":[]}"#,
    };
    let statement = r#"{"Effect":"Allow","Action":,"Resource":},"#.len();
    let condition = r#","Condition":{"IpAddress":{"aws:SourceIp":}}"#.len();
    let of = |one: &super::policy::PolicyStatement| {
        let bound = if one.addresses.is_empty() { 0 } else { condition + quoted(&one.addresses) };
        statement + quoted(&one.actions) + quoted(&one.resources) + bound
    };
    frame.len() + policy.statements.iter().map(of).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_unique() {
        let credential = |kind, id: &str| Credential {
            provider: Provider::Aws,
            account: "1".into(),
            kind,
            id: id.into(),
            user: None,
            root: false,
        };
        let mut taken = BTreeSet::new();
        for (kind, shown, user, expected) in [
            (CredentialKind::Key, "AKIA…0001", Some("ci"), "aws-1-key-ci-AKIA-0001.json"),
            (CredentialKind::Key, "AKIA…0001", Some("ci"), "aws-1-key-ci-AKIA-0001-2.json"),
            (CredentialKind::User, "../../etc/passwd", None, "aws-1-user-etc-passwd.json"),
            (CredentialKind::User, "日本", None, "aws-1-user-x.json"),
            (CredentialKind::Role, "A", None, "aws-1-role-A.json"),
            (CredentialKind::Role, "a", None, "aws-1-role-a-2.json"),
        ] {
            let found = name(&credential(kind, "id"), Some("1"), user, shown, &mut taken);
            assert_eq!(found, expected);
        }
    }
}
