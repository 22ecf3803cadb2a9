//! The actions of AWS's Identity and Access Management.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// The actions and their resources, with the source of the facts.
const ACTIONS: &str = include_str!("data/aws_actions.txt");

/// What an action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Lists resources.
    List,
    /// Reads.
    Read,
    /// Changes tags.
    Tag,
    /// Writes.
    Write,
    /// Changes who may do what.
    Permissions,
}

impl AccessLevel {
    /// The name in outputs.
    pub fn name(self) -> &'static str {
        match self {
            AccessLevel::List => "list",
            AccessLevel::Read => "read",
            AccessLevel::Tag => "tag",
            AccessLevel::Write => "write",
            AccessLevel::Permissions => "permissions",
        }
    }
}

/// A kind of resource of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResourceType {
    /// The pattern of its ARNs; `{}` is a text without `/`.
    pub(super) pattern: &'static str,
    /// Whether every request has a resource of this type.
    pub(super) required: bool,
}

/// An action.
#[derive(Debug)]
pub(super) struct Action {
    /// `GetObject`.
    pub(super) name: &'static str,
    pub(super) level: AccessLevel,
    /// Its resource types; empty if the action is always on `*`.
    pub(super) resources: Vec<ResourceType>,
}

/// The actions of a service by their names in lower case.
#[derive(Debug, Default)]
pub(super) struct Service {
    actions: FxHashMap<String, Action>,
}

impl Service {
    /// Every action, in no order.
    pub(super) fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.values()
    }

    /// Finds an action; case does not matter, as in policies.
    pub(super) fn action(&self, name: &str) -> Option<&Action> {
        self.actions.get(&name.to_ascii_lowercase())
    }
}

/// The service with this prefix.
pub(super) fn service(prefix: &str) -> Option<&'static Service> {
    services().get(prefix)
}

/// Every service by its prefix, in no order.
pub(super) fn services() -> &'static FxHashMap<&'static str, Service> {
    static SERVICES: OnceLock<FxHashMap<&'static str, Service>> = OnceLock::new();
    SERVICES.get_or_init(|| read(ACTIONS))
}

/// The action with a name such as `s3:GetObject`.
pub(super) fn action(name: &str) -> Option<&'static Action> {
    let (prefix, api) = name.split_once(':')?;
    service(&prefix.to_ascii_lowercase())?.action(api)
}

fn read(text: &'static str) -> FxHashMap<&'static str, Service> {
    let mut services: FxHashMap<&'static str, Service> = FxHashMap::default();
    let (mut prefix, mut types) = ("", Vec::new());
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("#", _)) | None => {}
            Some(("=", name)) => {
                prefix = name;
                types = Vec::new();
            }
            Some((":", pattern)) => types.push(pattern),
            Some((name, cells)) => {
                let mut cells = cells.split(' ');
                let level = match cells.next() {
                    Some("L") => AccessLevel::List,
                    Some("R") => AccessLevel::Read,
                    Some("T") => AccessLevel::Tag,
                    Some("P") => AccessLevel::Permissions,
                    _ => AccessLevel::Write,
                };
                let used = |cell: &str| {
                    let number = cell.trim_end_matches('!');
                    let pattern = types.get(number.parse::<usize>().ok()?)?;
                    Some(ResourceType { pattern, required: number != cell })
                };
                let resources = cells.filter_map(used).collect();
                let action = Action { name, level, resources };
                let service = services.entry(prefix).or_default();
                service.actions.insert(name.to_ascii_lowercase(), action);
            }
        }
    }
    services
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_catalog_has_every_line_of_its_file() {
        let lines = ACTIONS.lines();
        let actions = lines.filter(|line| !line.starts_with(['#', '=', ':', ' '])).count();
        assert_eq!(
            services().values().map(|service| service.actions.len()).sum::<usize>(),
            actions
        );
        assert!(actions > 20_000, "{actions}");
    }

    #[test]
    fn an_action_has_its_level_and_resources() {
        let get = action("S3:getobject").unwrap();
        assert_eq!((get.name, get.level), ("GetObject", AccessLevel::Read));
        assert!(get.resources.iter().any(|one| one.pattern == "arn:*:s3:::*/*" && !one.required));
        let decrypt = action("kms:Decrypt").unwrap();
        assert_eq!(decrypt.resources.len(), 1);
        assert!(decrypt.resources[0].required);
        assert_eq!(action("iam:AttachUserPolicy").unwrap().level, AccessLevel::Permissions);
        assert!(action("s3:ListBuckets").is_none());
        assert!(action("nothing").is_none());
    }
}
