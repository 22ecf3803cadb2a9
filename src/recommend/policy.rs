//! Policies: grants, grouped so that a person can read them and a change is small.

use std::collections::BTreeMap;

use super::catalog::{self, AccessLevel};
use super::resources::{ResourceSet, Widened};
use crate::record::Provider;

/// A policy that allows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The cloud in whose language it is written.
    pub provider: Provider,
    /// By service, in alphabetical order.
    pub statements: Vec<PolicyStatement>,
}

/// A statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyStatement {
    /// Sorted actions of one service.
    pub actions: Vec<String>,
    /// Sorted resources.
    pub resources: Vec<String>,
    /// The addresses from which it allows calls; any if empty.
    pub addresses: Vec<String>,
}

/// What is allowed of one action.
#[derive(Debug, Clone, Default)]
pub(super) struct Grant {
    pub(super) resources: ResourceSet,
    /// Whether a call came through a service and not from an address.
    pub(super) indirect: bool,
}

/// Actions whose resources are more general than what the log shows.
pub(super) type WidenedActions = BTreeMap<Widened, Vec<String>>;

impl Policy {
    /// The policy of these grants. Calls that came from addresses are allowed from these alone,
    /// unless there are none.
    pub(super) fn of(
        provider: Provider,
        grants: &BTreeMap<String, Grant>,
        addresses: &[String],
        hidden: &dyn Fn(&str) -> bool,
    ) -> (Self, WidenedActions) {
        let mut groups: BTreeMap<(&str, bool, Vec<String>), Vec<String>> = BTreeMap::new();
        let mut widened = WidenedActions::new();
        for (action, grant) in grants {
            let list = grant.resources.list(hidden);
            if let Some(why) = list.widened
                && !is_always_everything(provider, action)
            {
                widened.entry(why).or_default().push(action.clone());
            }
            let service = action.split_once(':').map_or(action.as_str(), |(service, _)| service);
            groups.entry((service, grant.indirect, list.names)).or_default().push(action.clone());
        }
        let mut statements: Vec<PolicyStatement> = groups
            .into_iter()
            .map(|((_, indirect, resources), actions)| PolicyStatement {
                actions,
                resources,
                addresses: if indirect { Vec::new() } else { addresses.to_vec() },
            })
            .collect();
        // Of one service, the statement with the first action comes first: resources change more
        // often than actions.
        let service = |one: &PolicyStatement| {
            let action = one.actions.first().map_or("", String::as_str);
            action.split(':').next().unwrap_or_default().to_owned()
        };
        statements
            .sort_by(|a, b| service(a).cmp(&service(b)).then_with(|| a.actions.cmp(&b.actions)));
        (Self { provider, statements }, widened)
    }

    /// Every action, sorted.
    pub fn actions(&self) -> Vec<&str> {
        let mut actions: Vec<&str> =
            self.statements.iter().flat_map(|one| &one.actions).map(String::as_str).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    }

    /// The number of actions that change who may do what; `None` for clouds whose actions Keytrail
    /// has no list of.
    pub fn permission_actions(&self) -> Option<usize> {
        let changes = |action: &&str| {
            catalog::action(action).is_some_and(|one| one.level == AccessLevel::Permissions)
        };
        let actions = self.actions();
        (self.provider == Provider::Aws).then(|| actions.iter().filter(|one| changes(one)).count())
    }

    /// Whether it allows nothing.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// Whether an action is never on less than all resources.
fn is_always_everything(provider: Provider, action: &str) -> bool {
    provider == Provider::Aws
        && catalog::action(action).is_some_and(|action| action.resources.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(resources: &[&str], indirect: bool) -> Grant {
        let mut grant = Grant { indirect, ..Grant::default() };
        resources.iter().for_each(|name| grant.resources.add(name));
        if resources.is_empty() {
            grant.resources.add_unnamed();
        }
        grant
    }

    fn shown(grants: &[(&str, Grant)], addresses: &[&str]) -> String {
        let grants =
            grants.iter().map(|(name, grant)| ((*name).to_owned(), grant.clone())).collect();
        let addresses: Vec<String> = addresses.iter().map(|&one| one.to_owned()).collect();
        let (policy, widened) = Policy::of(Provider::Aws, &grants, &addresses, &|_| false);
        let mut lines: Vec<String> = policy
            .statements
            .iter()
            .map(|one| {
                let addresses = one.addresses.join(" ");
                format!("{} on {} from {addresses}", one.actions.join(" "), one.resources.join(" "))
            })
            .collect();
        lines
            .extend(widened.iter().map(|(why, actions)| format!("{why:?}: {}", actions.join(" "))));
        lines.join("\n")
    }

    #[test]
    fn actions_of_one_service_on_the_same_resources_share_a_statement() {
        let grants = [
            ("s3:GetObject", grant(&["arn:aws:s3:::b/k"], false)),
            ("s3:PutObject", grant(&["arn:aws:s3:::b/k"], false)),
            ("s3:ListBucket", grant(&["arn:aws:s3:::b"], false)),
            ("s3:ListAllMyBuckets", grant(&[], false)),
            ("ec2:DescribeInstances", grant(&[], false)),
            ("ec2:StopInstances", grant(&[], false)),
        ];
        insta::assert_snapshot!(shown(&grants, &[]), @"
        ec2:DescribeInstances ec2:StopInstances on * from 
        s3:GetObject s3:PutObject on arn:aws:s3:::b/k from 
        s3:ListAllMyBuckets on * from 
        s3:ListBucket on arn:aws:s3:::b from 
        Unnamed: ec2:StopInstances
        ");
    }

    #[test]
    fn calls_through_services_are_not_bound_to_addresses() {
        let grants =
            [("kms:Decrypt", grant(&[], true)), ("s3:ListAllMyBuckets", grant(&[], false))];
        insta::assert_snapshot!(shown(&grants, &["192.0.2.1"]), @"
        kms:Decrypt on * from 
        s3:ListAllMyBuckets on * from 192.0.2.1
        Unnamed: kms:Decrypt
        ");
    }
}
