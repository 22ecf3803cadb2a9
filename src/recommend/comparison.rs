//! What attached policies allow and nobody used.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::attached::{AttachedPolicy, AttachedStatement};
use super::catalog::{self, AccessLevel};
use super::wildcard;
use crate::finding::Redactor;
use crate::record::Provider;

/// The attached policies of a credential, compared with what its identity did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The names of the policies, with the group that some come from.
    pub policies: Vec<String>,
    /// Actions that are granted by name and were never used.
    pub unused_actions: Vec<String>,
    /// Services of which something is granted and nothing was used.
    pub unused_services: Vec<String>,
    /// Patterns with wildcards.
    pub wildcards: Vec<WildcardGrant>,
    /// Whether everything on everything is granted.
    pub administrator: bool,
    /// Whether any action was used that only an administrator needs.
    pub administrated: bool,
    /// The number of granted actions; `None` if a wildcard is of a cloud whose actions Keytrail has
    /// no list of.
    pub granted: Option<usize>,
    /// The number of granted actions that were used.
    pub used: usize,
    /// Granted and unused actions that change who may do what.
    pub unused_permission_actions: usize,
    /// Actions that were used and that no attached policy grants: another policy does, such as
    /// that of a resource.
    pub not_granted: Vec<String>,
    /// Whether some statement denies, which the comparison ignores.
    pub denies: bool,
    /// The changes that would take away what is unused.
    pub patches: Vec<PolicyPatch>,
}

impl Comparison {
    /// Redacts every text.
    pub(super) fn redact(&mut self, redactor: Redactor) {
        let redact = |texts: &mut Vec<String>| {
            for text in texts {
                if let Cow::Owned(shown) = redactor.text(text) {
                    *text = shown;
                }
            }
        };
        for texts in [
            &mut self.policies,
            &mut self.unused_actions,
            &mut self.unused_services,
            &mut self.not_granted,
        ] {
            redact(texts);
        }
        for grant in &mut self.wildcards {
            grant.pattern = redactor.text(&grant.pattern).into_owned();
            redact(&mut grant.used);
        }
        for patch in &mut self.patches {
            patch.policy = redactor.text(&patch.policy).into_owned();
        }
    }
}

/// A granted pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WildcardGrant {
    /// `s3:*`.
    pub pattern: String,
    /// The number of actions that it stands for, if there is a list of them.
    pub actions: Option<usize>,
    /// The actions that were used of it.
    pub used: Vec<String>,
}

/// A change to one attached policy, as JSON Patch (RFC 6902).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyPatch {
    /// The name of the policy.
    pub policy: String,
    /// The group whose policy it is.
    pub group: Option<String>,
    /// How many identities with the policy are known.
    pub holders: usize,
    /// The operations, in order.
    pub operations: Vec<PatchOperation>,
}

/// An operation of JSON Patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchOperation {
    /// Replaces the value at the path.
    Replace(String, Vec<String>),
    /// Adds a member.
    Add(String, Vec<String>),
    /// Removes what is at the path.
    Remove(String),
}

/// The known actions that a pattern stands for; `None` without a list of the cloud's actions.
fn expand(provider: Provider, pattern: &str) -> Option<Vec<(String, AccessLevel)>> {
    if provider != Provider::Aws {
        return None;
    }
    let (service, api) = pattern.split_once(':').unwrap_or(("*", pattern));
    let mut found = Vec::new();
    for (prefix, of) in catalog::services() {
        if !wildcard::matches(service, prefix, false) {
            continue;
        }
        let fits = of.actions().filter(|action| wildcard::matches(api, action.name, false));
        found.extend(fits.map(|action| (format!("{prefix}:{}", action.name), action.level)));
    }
    Some(found)
}

/// Whether a statement concerns an action.
fn concerns(statement: &AttachedStatement, action: &str) -> bool {
    let named = statement.actions.iter().any(|pattern| wildcard::matches(pattern, action, false));
    named != statement.inverted
}

/// Compares attached policies with the actions that were used.
pub(super) fn compare(
    provider: Provider,
    policies: &[AttachedPolicy],
    used: &BTreeSet<String>,
) -> Comparison {
    let mut out = Comparison::default();
    let statements: Vec<&AttachedStatement> =
        policies.iter().flat_map(|policy| &policy.document.statements).collect();
    out.denies = statements.iter().any(|one| !one.allows);
    let allows: Vec<&AttachedStatement> = statements.into_iter().filter(|one| one.allows).collect();
    out.policies = policies
        .iter()
        .map(|policy| match &policy.group {
            Some(group) => format!("{} (group {group})", policy.name),
            None => policy.name.clone(),
        })
        .collect();
    out.administrator = allows.iter().any(|one| {
        one.everything && !one.inverted && one.actions.iter().any(|of| of == "*" || of == "*:*")
    });
    out.administrated = used.iter().any(|action| administrates(provider, action));
    let of_used = |test: &dyn Fn(&str) -> bool| -> Vec<String> {
        used.iter().filter(|action| test(action)).cloned().collect()
    };
    let mut granted: BTreeMap<String, Option<AccessLevel>> = BTreeMap::new();
    let (mut services, mut known) = (BTreeSet::new(), true);
    let mut wildcards: BTreeMap<String, WildcardGrant> = BTreeMap::new();
    for one in &allows {
        if one.inverted {
            let pattern = format!("everything but {}", one.actions.join(", "));
            let used = of_used(&|action| concerns(one, action));
            let all = expand(provider, "*");
            known &= all.is_some();
            let all = all.unwrap_or_default();
            let fits: Vec<_> = all.into_iter().filter(|(name, _)| concerns(one, name)).collect();
            let actions = (provider == Provider::Aws).then_some(fits.len());
            granted.extend(fits.into_iter().map(|(name, level)| (name, Some(level))));
            wildcards.insert(pattern.clone(), WildcardGrant { pattern, actions, used });
            continue;
        }
        for pattern in &one.actions {
            if let Some((service, _)) = pattern.split_once(':')
                && !wildcard::is_pattern(service)
            {
                services.insert(service.to_ascii_lowercase());
            }
            if !wildcard::is_pattern(pattern) {
                let known = catalog::action(pattern).filter(|_| provider == Provider::Aws);
                let name = known.and_then(|action| {
                    let (service, _) = pattern.split_once(':')?;
                    Some(format!("{}:{}", service.to_ascii_lowercase(), action.name))
                });
                let level = known.map(|action| action.level);
                granted.insert(name.unwrap_or_else(|| pattern.clone()), level);
                continue;
            }
            let all = expand(provider, pattern);
            known &= all.is_some();
            let actions = all.as_ref().map(Vec::len);
            let all = all.unwrap_or_default();
            granted.extend(all.into_iter().map(|(name, level)| (name, Some(level))));
            let used = of_used(&|action| wildcard::matches(pattern, action, false));
            let grant = WildcardGrant { pattern: pattern.clone(), actions, used };
            wildcards.insert(pattern.to_ascii_lowercase(), grant);
        }
    }
    let was_used = |action: &str| used.iter().any(|own| own.eq_ignore_ascii_case(action));
    out.wildcards = wildcards.into_values().collect();
    let by_name = allows.iter().filter(|one| !one.inverted).flat_map(|one| &one.actions);
    let unused: BTreeSet<&String> =
        by_name.filter(|pattern| !wildcard::is_pattern(pattern) && !was_used(pattern)).collect();
    out.unused_actions = unused.into_iter().cloned().collect();
    let of_service =
        |action: &String| action.split_once(':').map(|(service, _)| service.to_ascii_lowercase());
    let used_services: BTreeSet<String> = used.iter().filter_map(of_service).collect();
    out.unused_services = services.difference(&used_services).cloned().collect();
    out.used = used.iter().filter(|own| allows.iter().any(|one| concerns(one, own))).count();
    out.not_granted = of_used(&|action| !allows.iter().any(|one| concerns(one, action)));
    out.unused_permission_actions = granted
        .iter()
        .filter(|(name, level)| **level == Some(AccessLevel::Permissions) && !was_used(name))
        .count();
    out.granted = known.then_some(granted.len());
    out
}

/// The services of AWS that manage identities.
const IDENTITIES: [&str; 4] = ["iam:", "identitystore:", "organizations:", "sso:"];

/// Whether an action changes who may do what, or who there is.
fn administrates(provider: Provider, action: &str) -> bool {
    match provider {
        Provider::Aws => catalog::action(action).is_some_and(|one| match one.level {
            AccessLevel::Permissions => true,
            AccessLevel::Write => IDENTITIES.iter().any(|of| action.starts_with(of)),
            AccessLevel::List | AccessLevel::Read | AccessLevel::Tag => false,
        }),
        // Everything that their services for identities write.
        Provider::Alibaba | Provider::Tencent => action
            .split_once(':')
            .filter(|(service, _)| matches!(*service, "ram" | "cam"))
            .is_some_and(|(_, api)| {
                !["Get", "List", "Describe", "Query"].iter().any(|begin| api.starts_with(begin))
            }),
    }
}

/// The change that takes away from a policy what none of its holders used; `None` if everything was
/// used.
pub(super) fn patch(
    policy: &AttachedPolicy,
    holders: usize,
    used: &BTreeSet<String>,
) -> Option<PolicyPatch> {
    let document = &policy.document;
    let name = |word: &str| match document.capital {
        true => word.to_owned(),
        false => {
            let mut out = word.to_owned();
            out.make_ascii_lowercase();
            out
        }
    };
    let (mut changed, mut removed) = (Vec::new(), Vec::new());
    for (at, statement) in document.statements.iter().enumerate().filter(|(_, one)| one.allows) {
        let place = match document.listed {
            true => format!("/{}/{at}", name("Statement")),
            false => format!("/{}", name("Statement")),
        };
        let needed = needed(statement, used);
        if needed.is_empty() && document.listed {
            removed.push(PatchOperation::Remove(place));
        } else if needed.is_empty() {
            // A document without a statement is not valid: the whole policy can go.
            removed.push(PatchOperation::Remove(String::new()));
        } else if statement.inverted {
            changed.push(PatchOperation::Remove(format!("{place}/{}", name("NotAction"))));
            changed.push(PatchOperation::Add(format!("{place}/{}", name("Action")), needed));
        } else if needed != statement.actions {
            changed.push(PatchOperation::Replace(format!("{place}/{}", name("Action")), needed));
        }
    }
    if removed.len() == document.statements.len() && !removed.is_empty() {
        removed = vec![PatchOperation::Remove(String::new())];
        changed.clear();
    }
    // Later statements are removed first, so that the places of the others stay valid.
    removed.reverse();
    changed.extend(removed);
    (!changed.is_empty()).then(|| PolicyPatch {
        policy: policy.name.clone(),
        group: policy.group.clone(),
        holders,
        operations: changed,
    })
}

/// The actions of a statement that were used: those that it names in their order, and the actions
/// behind its wildcards.
fn needed(statement: &AttachedStatement, used: &BTreeSet<String>) -> Vec<String> {
    let mut needed: Vec<String> = Vec::new();
    let mut add = |action: &String| {
        if !needed.iter().any(|own| own.eq_ignore_ascii_case(action)) {
            needed.push(action.clone());
        }
    };
    if statement.inverted {
        used.iter().filter(|action| concerns(statement, action)).for_each(&mut add);
        return needed;
    }
    for pattern in &statement.actions {
        let fits = |own: &&String| wildcard::matches(pattern, own, false);
        if !wildcard::is_pattern(pattern) {
            used.iter().filter(fits).for_each(|_| add(pattern));
        } else {
            used.iter().filter(fits).for_each(&mut add);
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::recommend::attached::AttachedDocument;

    fn statement(allows: bool, inverted: bool, actions: &[&str]) -> AttachedStatement {
        let actions = actions.iter().map(|&one| one.to_owned()).collect();
        AttachedStatement { allows, inverted, actions, everything: true }
    }

    fn policy(statements: Vec<AttachedStatement>, listed: bool) -> AttachedPolicy {
        let document = AttachedDocument { id: "d".into(), statements, listed, capital: true };
        AttachedPolicy { name: "p".into(), group: None, document: Arc::new(document) }
    }

    fn set(actions: &[&str]) -> BTreeSet<String> {
        actions.iter().map(|&one| one.to_owned()).collect()
    }

    #[test]
    fn unused_actions_services_and_wildcards_are_named() {
        let policy = policy(
            vec![
                statement(true, false, &["s3:*", "sqs:SendMessage", "sqs:receivemessage"]),
                statement(true, false, &["iam:PutUserPolicy", "lambda:Get*"]),
                statement(false, false, &["ec2:*"]),
            ],
            true,
        );
        let used = set(&["s3:GetObject", "sqs:ReceiveMessage", "ec2:StopInstances"]);
        let out = compare(Provider::Aws, &[policy], &used);
        assert_eq!(out.unused_actions, ["iam:PutUserPolicy", "sqs:SendMessage"]);
        assert_eq!(out.unused_services, ["iam", "lambda"]);
        assert_eq!(out.not_granted, ["ec2:StopInstances"]);
        assert!(out.denies && !out.administrator && !out.administrated);
        assert_eq!(out.used, 2);
        let wildcards: Vec<String> = out
            .wildcards
            .iter()
            .map(|one| format!("{} {} {}", one.pattern, one.actions > Some(5), one.used.join(" ")))
            .collect();
        assert_eq!(wildcards, ["lambda:Get* true ", "s3:* true s3:GetObject"]);
        assert!(out.unused_permission_actions > 5, "{out:?}");
        assert!(out.granted > Some(100));
    }

    #[test]
    fn an_administrator_has_everything_on_everything() {
        for (actions, inverted, administrator) in [
            (&["*"] as &[&str], false, true),
            (&["*:*"], false, true),
            (&["iam:*"], false, false),
            (&["iam:*"], true, false),
        ] {
            let policy = policy(vec![statement(true, inverted, actions)], true);
            let out = compare(Provider::Aws, &[policy], &set(&["s3:GetObject"]));
            assert_eq!(out.administrator, administrator, "{actions:?}");
        }
        let all = policy(vec![statement(true, false, &["*"])], true);
        // Creating users is not permissions management, but administration.
        let administrated = |action| {
            compare(Provider::Aws, std::slice::from_ref(&all), &set(&[action])).administrated
        };
        assert!(administrated("iam:AttachUserPolicy") && administrated("iam:CreateUser"));
        assert!(!administrated("iam:ListUsers") && !administrated("s3:PutObject"));
        let of = |provider, action| compare(provider, std::slice::from_ref(&all), &set(&[action]));
        assert!(of(Provider::Tencent, "cam:CreateUser").administrated);
        assert!(!of(Provider::Alibaba, "ram:ListUsers").administrated);
        assert_eq!(of(Provider::Alibaba, "ram:ListUsers").granted, None);
    }

    #[test]
    fn a_patch_takes_away_what_was_not_used() {
        let used = set(&["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]);
        let patched = |statements, listed| {
            let found = patch(&policy(statements, listed), 1, &used)?;
            let lines = found.operations.iter().map(|operation| match operation {
                PatchOperation::Replace(path, value) => {
                    format!("replace {path} {}", value.join(" "))
                }
                PatchOperation::Add(path, value) => format!("add {path} {}", value.join(" ")),
                PatchOperation::Remove(path) => format!("remove {path}"),
            });
            Some(lines.collect::<Vec<_>>().join("; "))
        };
        for (statements, listed, expected) in [
            (vec![statement(true, false, &["sqs:SendMessage"])], true, None),
            (
                vec![statement(true, false, &["s3:*", "sqs:SendMessage", "iam:PassRole"])],
                true,
                Some("replace /Statement/0/Action s3:GetObject s3:PutObject sqs:SendMessage"),
            ),
            (
                vec![
                    statement(true, false, &["iam:*"]),
                    statement(true, false, &["sqs:SendMessage"]),
                    statement(false, false, &["ec2:*"]),
                    statement(true, false, &["ec2:*"]),
                ],
                true,
                Some("remove /Statement/3; remove /Statement/0"),
            ),
            (vec![statement(true, false, &["iam:*"])], true, Some("remove ")),
            (vec![statement(true, false, &["iam:*"])], false, Some("remove ")),
            (
                vec![statement(true, true, &["s3:*"])],
                false,
                Some("remove /Statement/NotAction; add /Statement/Action sqs:SendMessage"),
            ),
        ] {
            assert_eq!(patched(statements, listed).as_deref(), expected);
        }
    }
}
