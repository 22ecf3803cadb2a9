//! Calls that make an identity, or change what one may do.

use super::node::Node;
use crate::record::Record;
use crate::record::field::event;
use crate::value::{Value, nested_text, words};

/// Services that issue the keys of sessions.
const SESSION_SERVICES: [&str; 3] = ["sts", "sso", "signin"];

/// The beginnings of operations that issue the key of a session: AWS STS and Identity Center,
/// Alibaba Cloud STS, Tencent Cloud STS.
const SESSIONS: [&str; 6] = [
    "AssumeRole",
    "AssumeRoot",
    "GetFederationToken",
    "GetSessionToken",
    "GetRoleCredentials",
    "GetSigninToken",
];

/// Services that manage users, roles and policies.
const IDENTITY_SERVICES: [&str; 4] = ["iam", "ram", "ims", "cam"];

/// The beginnings of operations that create an identity or change what it may do.
const CHANGES: [&str; 13] = [
    "Create", "Add", "Attach", "Put", "Update", "Set", "Enable", "Upload", "Reset", "Change",
    "Bind", "Delete", "Detach",
];

/// Where responses contain the key of a session.
const SESSION_KEYS: [&str; 2] = ["AccessKeyId", "TmpSecretId"];

/// Where responses contain the key of a user.
const USER_KEYS: [&str; 2] = ["AccessKeyId", "SecretId"];

/// The depth to which responses are searched.
const DEPTH: usize = 4;

words! {
    /// What a call does to an identity.
    Making {
        /// It opens a session.
        Session = "session",
        /// It creates a user, role, key or policy.
        Created = "created",
        /// It changes a user, role, key or policy.
        Changed = "changed",
    }
}

/// How a call may make an identity, according to its service and operation.
pub(super) fn making(service: &str, api: &str) -> Option<Making> {
    let begins = |names: &[&str]| names.iter().any(|name| api.starts_with(name));
    if SESSION_SERVICES.contains(&service) && begins(&SESSIONS) {
        return Some(Making::Session);
    }
    if !IDENTITY_SERVICES.contains(&service) || !begins(&CHANGES) {
        return None;
    }
    let creates = api.starts_with("Create") || matches!(api, "AddUser" | "AddSubAccount");
    Some(if creates { Making::Created } else { Making::Changed })
}

/// The nodes that a call makes, and the policy that it grants.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) nodes: Vec<Node>,
    pub(super) policy: Option<Node>,
}

/// What the event makes. Its parameters and its response must be among its fields.
pub(super) fn made(record: &Record<'_>, making: Making) -> Made {
    let text = |field| record.get(field).as_str().filter(|text| !text.is_empty());
    let provider = text(event::PROVIDER).unwrap_or_default();
    let account = text(event::ACCOUNT).unwrap_or_default();
    let api = text(event::API).unwrap_or_default();
    let within = |field, names: &[&str]| match record.get(field) {
        Value::Json(json) => nested_text(&json.text, names, DEPTH),
        _ => None,
    };
    if making == Making::Session {
        let key = within(event::RESPONSE, &SESSION_KEYS);
        let nodes = key.and_then(|key| Node::key(provider, &key)).into_iter().collect();
        return Made { nodes, policy: None };
    }
    let mut nodes = Vec::new();
    if api.contains("AccessKey") || api.contains("ApiKey") {
        // Alibaba Cloud's `AccessKeyId` is the key of the caller.
        let names: &[&str] = if provider == "alibaba" { &["UserAccessKeyId"] } else { &USER_KEYS };
        let key = match making {
            Making::Created => within(event::RESPONSE, &USER_KEYS),
            _ => within(event::PARAMS, names),
        };
        nodes.extend(key.and_then(|key| Node::key(provider, &key)));
    }
    let target = text(event::TARGET_USER);
    nodes.extend(target.and_then(|user| Node::user(provider, account, user)));
    let role = within(event::PARAMS, &["RoleName"]);
    nodes.extend(role.and_then(|role| Node::role(provider, account, &role)));
    let policy = within(event::PARAMS, &["PolicyArn", "PolicyName"])
        .and_then(|policy| Node::policy(provider, account, &policy));
    // A call that names a user or a role grants the policy; any other call changes it.
    if nodes.is_empty() {
        nodes.extend(policy);
        return Made { nodes, policy: None };
    }
    Made { nodes, policy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_make_identities_are_told_from_others() {
        for (service, api, expected) in [
            ("sts", "AssumeRole", Some(Making::Session)),
            ("sts", "AssumeRoleWithSAML", Some(Making::Session)),
            ("sts", "AssumeRoleWithOIDC", Some(Making::Session)),
            ("sts", "GetFederationToken", Some(Making::Session)),
            ("sts", "GetSessionToken", Some(Making::Session)),
            ("sts", "GetCallerIdentity", None),
            ("iam", "CreateAccessKey", Some(Making::Created)),
            ("ram", "CreateUser", Some(Making::Created)),
            ("cam", "AddUser", Some(Making::Created)),
            ("iam", "UpdateAssumeRolePolicy", Some(Making::Changed)),
            ("iam", "AddUserToGroup", Some(Making::Changed)),
            ("iam", "ListUsers", None),
            ("s3", "CreateBucket", None),
        ] {
            assert_eq!(making(service, api), expected, "{service}.{api}");
        }
    }
}
