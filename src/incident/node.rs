//! What findings can share: keys, users, roles and source addresses.

use crate::finding::CallRecord;
use crate::record::Record;
use crate::record::derive::{is_private, local_name};
use crate::record::field::event;
use crate::value::{is_masked, parse_ip};

/// An identity, or the address of a caller.
///
/// Ordered by its fields, in declaration order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A user of an account; the root user is called `root`.
    User {
        /// The cloud.
        provider: String,
        /// The account.
        account: String,
        /// The name.
        name: String,
    },
    /// A role of an account.
    Role {
        /// The cloud.
        provider: String,
        /// The account.
        account: String,
        /// The name.
        name: String,
    },
    /// A policy that an account manages.
    Policy {
        /// The cloud.
        provider: String,
        /// The account.
        account: String,
        /// The name or resource name.
        name: String,
    },
    /// An access key: of a user, or of a session.
    Key {
        /// The cloud.
        provider: String,
        /// The unmasked id; outputs mask it.
        id: String,
    },
    /// A public source address. It is not bound to a cloud.
    Address(String),
}

/// Names that providers write in place of the name of a user.
const PLACEHOLDERS: [&str; 1] = ["HIDDEN_DUE_TO_SECURITY_REASONS"];

impl Node {
    /// The key with this id; `None` if it is empty or masked, because such a text can stand for
    /// several keys.
    pub(super) fn key(provider: &str, id: &str) -> Option<Node> {
        let usable = !id.is_empty() && !is_masked(id);
        usable.then(|| Node::Key { provider: provider.to_owned(), id: id.to_owned() })
    }

    /// The user with this name.
    pub(super) fn user(provider: &str, account: &str, name: &str) -> Option<Node> {
        let name = match name {
            "<root_account>" | "<root>" => "root",
            name => local_name(provider, name),
        };
        let usable = !name.is_empty() && !PLACEHOLDERS.contains(&name);
        usable.then(|| Node::User {
            provider: provider.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
        })
    }

    pub(super) fn role(provider: &str, account: &str, name: &str) -> Option<Node> {
        (!name.is_empty()).then(|| Node::Role {
            provider: provider.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
        })
    }

    pub(super) fn policy(provider: &str, account: &str, name: &str) -> Option<Node> {
        // A resource name ends with the name of the policy. Policies of the provider have no
        // account in their resource name, and nobody creates them.
        let (owner, short) = match name.rsplit_once('/') {
            Some((path, short)) => (path, short),
            None => ("", name),
        };
        (!short.is_empty() && !owner.contains("::aws:")).then(|| Node::Policy {
            provider: provider.to_owned(),
            account: account.to_owned(),
            name: short.to_owned(),
        })
    }

    /// The source as an address, if it is a public one. Others belong to a service or to a network
    /// that many callers share.
    pub(super) fn address(source: &str) -> Option<Node> {
        let address = parse_ip(source).filter(|address| !is_private(*address))?;
        Some(Node::Address(address.to_string()))
    }

    /// Whether it is a source address.
    pub fn is_address(&self) -> bool {
        matches!(self, Node::Address(_))
    }
}

/// The nodes of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Caller {
    /// Whom the call acts as: the key and the user. A role is none of them, because many people can
    /// assume one.
    pub(super) acts: Vec<Node>,
    /// The role of the session.
    pub(super) role: Option<Node>,
    /// The public source address.
    pub(super) address: Option<Node>,
}

/// The parts of a call that identify its caller.
struct Parts<'c> {
    provider: &'c str,
    account: &'c str,
    ak: Option<&'c str>,
    user_type: Option<&'c str>,
    user: Option<&'c str>,
    source: Option<&'c str>,
    /// Whether the name of the user was typed in a sign-in that failed.
    typed: bool,
}

impl Caller {
    /// The caller of a row of evidence.
    pub(super) fn of_call(provider: &str, call: &CallRecord) -> Caller {
        let account = call.caller_account.as_deref().or(call.account.as_deref());
        Self::of(Parts {
            provider,
            account: account.unwrap_or_default(),
            ak: call.ak.as_deref(),
            user_type: call.user_type.as_deref(),
            user: call.user.as_deref(),
            source: call.source.as_deref(),
            typed: call.sign_in && call.ok == Some(false),
        })
    }

    /// The caller of an event.
    pub(super) fn of_event(record: &Record<'_>) -> Caller {
        let text = |field| record.get(field).as_str();
        Self::of(Parts {
            provider: text(event::PROVIDER).unwrap_or_default(),
            account: text(event::CALLER_ACCOUNT).or(text(event::ACCOUNT)).unwrap_or_default(),
            ak: text(event::AK),
            user_type: text(event::USER_TYPE),
            user: text(event::USER),
            source: text(event::SOURCE),
            typed: false,
        })
    }

    fn of(parts: Parts<'_>) -> Caller {
        let Parts { provider, account, .. } = parts;
        let named = |types: &[&str]| {
            let of_type = |_: &&str| parts.user_type.is_some_and(|of| types.contains(&of));
            parts.user.filter(of_type).filter(|_| !parts.typed)
        };
        let key = parts.ak.and_then(|id| Node::key(provider, id));
        let user = named(&["root", "user", "federated", "collaborator", "receiver"])
            .and_then(|name| Node::user(provider, account, name));
        Caller {
            acts: key.into_iter().chain(user).collect(),
            role: named(&["role"]).and_then(|name| Node::role(provider, account, name)),
            address: parts.source.and_then(Node::address),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn call(user_type: &str, user: &str, source: &str) -> CallRecord {
        CallRecord {
            ak: Some("AKIAEXAMPLE000000001".into()),
            source: Some(source.into()),
            method: None,
            service: None,
            api: None,
            user: Some(user.into()),
            ok: Some(true),
            sign_in: false,
            user_type: Some(user_type.into()),
            account: Some("111122223333".into()),
            caller_account: None,
            location: None,
        }
    }

    #[test]
    fn a_role_is_not_an_actor() {
        let caller = Caller::of_call("aws", &call("role", "deploy", "198.51.100.7"));
        assert_eq!(caller.acts, [Node::key("aws", "AKIAEXAMPLE000000001").unwrap()]);
        assert_eq!(caller.role, Node::role("aws", "111122223333", "deploy"));
        let caller = Caller::of_call("aws", &call("user", "ann", "198.51.100.7"));
        assert_eq!(caller.acts.len(), 2);
        assert_eq!(caller.role, None);
    }

    #[test]
    fn only_public_addresses_are_nodes() {
        for source in ["10.0.0.4", "ec2.amazonaws.com", "AWS Internal", "fd00::1", "127.0.0.1"] {
            assert_eq!(Node::address(source), None, "{source}");
        }
        assert!(Node::address("198.51.100.7").is_some_and(|node| node.is_address()));
    }

    #[test]
    fn masked_keys_and_typed_names_identify_nobody() {
        assert_eq!(Node::key("aws", "AKIAEX…0001"), None);
        let mut failed = call("user", "ann", "198.51.100.7");
        (failed.sign_in, failed.ok, failed.ak) = (true, Some(false), None);
        assert_eq!(Caller::of_call("aws", &failed).acts, []);
        assert_eq!(Node::user("aws", "1", "HIDDEN_DUE_TO_SECURITY_REASONS"), None);
    }

    #[test]
    fn names_of_reports_and_events_are_equal() {
        let user = |name| Node::user("alibaba", "1", name);
        assert_eq!(user("ann@1234.onaliyun.com"), user("ann"));
        assert_eq!(Node::user("aws", "1", "<root_account>"), Node::user("aws", "1", "root"));
        let policy = |name| Node::policy("aws", "1", name);
        assert_eq!(policy("arn:aws:iam::1:policy/team/p"), policy("p"));
        assert_eq!(policy("arn:aws:iam::aws:policy/AdministratorAccess"), None);
    }
}
