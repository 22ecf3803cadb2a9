//! The policies that are attached to users, roles and keys.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Tree;

use super::caller::CredentialKind;
use crate::record::Provider;
use crate::table::Table;
use crate::value::Value;

/// The column of a policy's text in the table of the policies of keys.
const DOCUMENT: &str = "document";

/// The column of the names.
const NAME: &str = "name";

/// Who has policies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    /// A key, by its id.
    Key(String),
    /// A user or role: cloud, account, kind and name.
    Principal(Provider, String, CredentialKind, String),
}

/// A document that is attached to one or more holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttachedPolicy {
    /// Its name; of an inline policy with the name of its holder.
    pub(super) name: String,
    /// The group through which the holder has it.
    pub(super) group: Option<String>,
    /// What it says, shared by all holders.
    pub(super) document: Arc<AttachedDocument>,
}

/// The statements of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttachedDocument {
    /// Identifies the document: its ARN, or its holder and name.
    pub(super) id: String,
    pub(super) statements: Vec<AttachedStatement>,
    /// Whether `Statement` is a list. One statement may stand alone.
    pub(super) listed: bool,
    /// Whether keys begin with a capital letter, as in AWS and Alibaba Cloud.
    pub(super) capital: bool,
}

/// A statement of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttachedStatement {
    pub(super) allows: bool,
    /// Whether it names the actions that it does not concern.
    pub(super) inverted: bool,
    /// Patterns of actions.
    pub(super) actions: Vec<String>,
    /// Whether it is on every resource.
    pub(super) everything: bool,
}

/// The policies of an account's identities and of keys.
#[derive(Debug, Clone, Default)]
pub struct AttachedPolicies {
    pub(super) of: BTreeMap<Holder, Vec<AttachedPolicy>>,
    /// The names of permission boundaries.
    pub(super) boundaries: BTreeMap<Holder, String>,
    /// Names of policies whose text is not JSON.
    pub(super) unread: Vec<String>,
}

/// A file of attached policies that cannot be used.
#[derive(Debug)]
pub enum AttachedError {
    /// It is not JSON.
    Json(serde_json::Error),
    /// It is JSON of something else.
    Other,
}

impl fmt::Display for AttachedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AttachedError::Json(error) => write!(f, "it is not JSON of the expected form: {error}"),
            AttachedError::Other => f.write_str(
                "expected the JSON of `aws iam get-account-authorization-details`, with \
                 `UserDetailList` or `RoleDetailList`",
            ),
        }
    }
}

impl std::error::Error for AttachedError {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    user_detail_list: Option<Vec<IdentityDetail>>,
    group_detail_list: Option<Vec<IdentityDetail>>,
    role_detail_list: Option<Vec<IdentityDetail>>,
    policies: Option<Vec<ManagedPolicy>>,
}

/// A user, group or role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IdentityDetail {
    #[serde(alias = "UserName", alias = "GroupName", alias = "RoleName")]
    name: String,
    arn: Option<String>,
    #[serde(
        default,
        alias = "UserPolicyList",
        alias = "GroupPolicyList",
        alias = "RolePolicyList"
    )]
    inline: Vec<InlinePolicy>,
    #[serde(default)]
    group_list: Vec<String>,
    #[serde(default)]
    attached_managed_policies: Vec<ManagedReference>,
    permissions_boundary: Option<BoundaryReference>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BoundaryReference {
    permissions_boundary_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InlinePolicy {
    policy_name: String,
    policy_document: Tree,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ManagedReference {
    policy_name: String,
    policy_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ManagedPolicy {
    arn: String,
    #[serde(default)]
    policy_version_list: Vec<PolicyVersion>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyVersion {
    document: Tree,
    is_default_version: bool,
}

impl AttachedPolicies {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Adds the answer of `aws iam get-account-authorization-details`.
    ///
    /// # Errors
    ///
    /// If the text is something else.
    pub fn add_account_details(&mut self, text: &str) -> Result<(), AttachedError> {
        let details: Details = serde_json::from_str(text).map_err(AttachedError::Json)?;
        let Details {
            user_detail_list: users,
            group_detail_list: groups,
            role_detail_list: roles,
            policies,
        } = details;
        if users.is_none() && roles.is_none() {
            return Err(AttachedError::Other);
        }
        let mut managed: BTreeMap<String, Arc<AttachedDocument>> = BTreeMap::new();
        for policy in policies.unwrap_or_default() {
            let ManagedPolicy { arn, policy_version_list: versions } = policy;
            let default = versions.into_iter().find(|version| version.is_default_version);
            match default.and_then(|version| document(version.document, &arn)) {
                Some(document) => drop(managed.insert(arn, Arc::new(document))),
                None => self.unread.push(arn),
            }
        }
        let mut of_groups: BTreeMap<String, Vec<AttachedPolicy>> = BTreeMap::new();
        for group in groups.unwrap_or_default() {
            let mut policies = self.policies(&group, "group", &managed);
            policies.iter_mut().for_each(|policy| policy.group = Some(group.name.clone()));
            of_groups.insert(group.name, policies);
        }
        for (kind, identities) in [(CredentialKind::User, users), (CredentialKind::Role, roles)] {
            for identity in identities.unwrap_or_default() {
                let mut policies = self.policies(&identity, kind.name(), &managed);
                for group in &identity.group_list {
                    policies.extend(of_groups.get(group).cloned().unwrap_or_default());
                }
                let account = identity.arn.as_deref().and_then(|arn| arn.split(':').nth(4));
                let account = account.unwrap_or_default().to_owned();
                let holder = Holder::Principal(Provider::Aws, account, kind, identity.name);
                if let Some(boundary) = identity.permissions_boundary {
                    let arn = boundary.permissions_boundary_arn;
                    let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
                    self.boundaries.insert(holder.clone(), name);
                }
                self.of.entry(holder).or_default().extend(policies);
            }
        }
        Ok(())
    }

    fn policies(
        &mut self,
        identity: &IdentityDetail,
        kind: &str,
        managed: &BTreeMap<String, Arc<AttachedDocument>>,
    ) -> Vec<AttachedPolicy> {
        let mut policies = Vec::new();
        for inline in &identity.inline {
            let name = inline.policy_name.clone();
            let holder = identity.arn.as_deref().unwrap_or(&identity.name);
            let id = format!("{kind} {holder} {name}");
            match document(inline.policy_document.clone(), &id) {
                Some(document) => {
                    let document = Arc::new(document);
                    policies.push(AttachedPolicy { name, group: None, document });
                }
                None => self.unread.push(name),
            }
        }
        for reference in &identity.attached_managed_policies {
            match managed.get(&reference.policy_arn) {
                Some(document) => policies.push(AttachedPolicy {
                    name: reference.policy_name.clone(),
                    group: None,
                    document: Arc::clone(document),
                }),
                None => self.unread.push(reference.policy_name.clone()),
            }
        }
        policies
    }

    /// Adds the table of the policies of keys. A document may be one policy or a list of policies,
    /// in the language of any cloud.
    pub fn add_key_policies(&mut self, table: &Table) {
        let declaration = table.declaration();
        let value = |row, column: Option<usize>| match column {
            Some(column) => table.value(row, column),
            None => Value::Missing,
        };
        let columns =
            [Some(declaration.key), declaration.column(NAME), declaration.column(DOCUMENT)];
        for row in (0..).take(table.len()) {
            let [key, names, text] = columns.map(|column| value(row, column));
            let (Some(key), Some(text)) = (key.as_str(), text.as_str()) else { continue };
            let names = match &names {
                Value::List(items) => {
                    items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
                }
                other => other.as_str().unwrap_or(key).to_owned(),
            };
            let trees = match serde_json::from_str(text) {
                Ok(Tree::Array(trees)) => trees,
                Ok(tree) => vec![tree],
                Err(_) => {
                    self.unread.push(names);
                    continue;
                }
            };
            for (number, tree) in (1..).zip(trees) {
                match document(tree, &format!("key {key} {number}")) {
                    Some(document) => {
                        let policy = AttachedPolicy {
                            name: names.clone(),
                            group: None,
                            document: Arc::new(document),
                        };
                        self.of.entry(Holder::Key(key.to_owned())).or_default().push(policy);
                    }
                    None => self.unread.push(names.clone()),
                }
            }
        }
    }
}

/// The statements of a policy; `None` if it is not one. Answers of the service itself contain it in
/// the encoding of URLs.
fn document(tree: Tree, id: &str) -> Option<AttachedDocument> {
    let tree = match tree {
        Tree::String(text) => serde_json::from_str(&decoded(&text)?).ok()?,
        tree => tree,
    };
    let object = tree.as_object()?;
    let (statements, capital) = match (object.get("Statement"), object.get("statement")) {
        (Some(statements), _) => (statements, true),
        (None, statements) => (statements?, false),
    };
    let (listed, statements) = match statements {
        Tree::Array(statements) => (true, statements.as_slice()),
        one => (false, std::slice::from_ref(one)),
    };
    let statements = statements.iter().map(statement).collect::<Option<_>>()?;
    Some(AttachedDocument { id: id.to_owned(), statements, listed, capital })
}

fn statement(tree: &Tree) -> Option<AttachedStatement> {
    let object = tree.as_object()?;
    let get = |name: &str| object.get(name).or_else(|| object.get(&name.to_ascii_lowercase()));
    let texts = |tree: &Tree| match tree {
        Tree::String(text) => vec![text.clone()],
        Tree::Array(items) => items.iter().filter_map(Tree::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let inverted = get("Action").is_none();
    let actions = get("Action").or_else(|| get("NotAction")).map(texts)?;
    let resources = get("Resource").map(texts).unwrap_or_default();
    Some(AttachedStatement {
        allows: get("Effect").and_then(Tree::as_str)?.eq_ignore_ascii_case("allow"),
        inverted,
        actions,
        everything: get("NotResource").is_some() || resources.iter().any(|name| name == "*"),
    })
}

/// Replaces `%XX` by its byte.
fn decoded(text: &str) -> Option<String> {
    if !text.starts_with('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const DETAILS: &str = r#"{
        "UserDetailList": [{
            "UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/robots/ci",
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument":
                {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}],
            "GroupList": ["all"], "AttachedManagedPolicies": [
                {"PolicyName": "Managed", "PolicyArn": "arn:aws:iam::aws:policy/Managed"},
                {"PolicyName": "Gone", "PolicyArn": "arn:aws:iam::aws:policy/Gone"}]}],
        "GroupDetailList": [{"GroupName": "all", "GroupPolicyList": [{"PolicyName": "of-group",
            "PolicyDocument": "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Deny%22%2C%22NotAction%22%3A%5B%22iam%3A%2A%22%5D%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"}]}],
        "RoleDetailList": [{"RoleName": "deploy", "Arn": "arn:aws:iam::111122223333:role/deploy"}],
        "Policies": [{"Arn": "arn:aws:iam::aws:policy/Managed", "PolicyVersionList": [
            {"Document": {"Statement": []}, "IsDefaultVersion": false},
            {"Document": {"Statement": [{"Effect": "Allow", "Action": ["ec2:StopInstances"],
                "Resource": ["arn:aws:ec2:*:*:instance/i-1"]}]}, "IsDefaultVersion": true}]}]
    }"#;

    #[test]
    fn the_details_of_an_account_give_the_policies_of_each_identity() {
        let mut policies = AttachedPolicies::default();
        policies.add_account_details(DETAILS).unwrap();
        let mut lines = Vec::new();
        for (holder, of) in &policies.of {
            let Holder::Principal(_, account, kind, name) = holder else { panic!("{holder:?}") };
            lines.push(format!("{} {name} of {account}", kind.name()));
            for policy in of {
                let group = policy.group.as_deref().unwrap_or("-");
                lines.push(format!("  {} {group} {:?}", policy.name, policy.document.statements));
            }
        }
        insta::assert_snapshot!(lines.join("\n"), @r#"
        user ci of 111122223333
          own - [AttachedStatement { allows: true, inverted: false, actions: ["s3:*"], everything: true }]
          Managed - [AttachedStatement { allows: true, inverted: false, actions: ["ec2:StopInstances"], everything: false }]
          of-group all [AttachedStatement { allows: false, inverted: true, actions: ["iam:*"], everything: true }]
        role deploy of 111122223333
        "#);
        assert_eq!(policies.unread, ["Gone"]);
    }

    #[test]
    fn another_text_is_an_error() {
        for (text, expected) in [
            ("{", "EOF while parsing"),
            ("[]", "expected"),
            ("{}", "UserDetailList"),
            (r#"{"Records":[]}"#, "UserDetailList"),
        ] {
            let error = AttachedPolicies::default().add_account_details(text).unwrap_err();
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn every_cloud_writes_policies_in_its_way() {
        for (text, expected) in [
            (r#"{"statement":[{"effect":"allow","action":"cvm:*","resource":"*"}]}"#, Some(1)),
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:*","Resource":"*"}]}"#,
                Some(1),
            ),
            (r#"{"Statement":[{"Effect":"Allow"}]}"#, None),
            (r#"{"Statement":[1]}"#, None),
            ("[]", None),
            ("{}", None),
            ("\"%7\"", None),
        ] {
            let found = document(serde_json::from_str(text).unwrap(), "x");
            assert_eq!(found.map(|found| found.statements.len()), expected, "{text}");
        }
    }
}
