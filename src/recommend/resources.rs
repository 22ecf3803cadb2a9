//! The resources of the calls of one action, in bounded memory.

use std::collections::{BTreeMap, BTreeSet};

use super::wildcard;

/// Names that are kept of one kind of resource in one region and account. Beyond it the policy has
/// their common beginning.
const NAMES: usize = 20;

/// Kinds of resources, regions, accounts and buckets that are kept. Beyond it the policy has `*`.
const GROUPS: usize = 64;

/// Where a common beginning may end.
const ENDS: [char; 5] = ['/', ':', '-', '_', '.'];

/// The resources of one action. The result does not depend on the order of additions and merges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ResourceSet {
    /// Whether a call did not name its resource.
    unnamed: bool,
    /// Whether there are more groups than are kept.
    overflowed: bool,
    groups: BTreeMap<Box<str>, ResourceGroup>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum ResourceGroup {
    Names(BTreeSet<Box<str>>),
    /// The longest common beginning of all names.
    Prefix(Box<str>),
}

/// What a policy says about resources.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ResourceList {
    /// Sorted patterns; `*` alone if it is not known which resources.
    pub(super) names: Vec<String>,
    /// Why a name is more general than what the log shows.
    pub(super) widened: Option<Widened>,
}

/// Why a policy allows more resources than the log shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Widened {
    /// The record does not name the resource.
    Unnamed,
    /// There are many resources, and the policy has their common beginning.
    Prefix,
    /// There are too many kinds of resources, or a name contains a secret.
    Everything,
}

impl ResourceSet {
    /// Adds a call that does not name its resource.
    pub(super) fn add_unnamed(&mut self) {
        self.unnamed = true;
    }

    /// Adds a resource.
    pub(super) fn add(&mut self, name: &str) {
        if self.overflowed {
            return;
        }
        let (group, most) = group_of(name);
        match self.groups.get_mut(group) {
            Some(names) => names.add(name, most),
            None => {
                self.groups.insert(group.into(), ResourceGroup::of(name));
                self.limit();
            }
        }
    }

    /// Adds the resources of other calls.
    pub(super) fn merge(&mut self, other: Self) {
        self.unnamed |= other.unnamed;
        self.overflowed |= other.overflowed;
        for (group, theirs) in other.groups {
            let most = group_of(&group).1;
            match self.groups.get_mut(&group) {
                Some(mine) => mine.merge(theirs, most),
                None => drop(self.groups.insert(group, theirs)),
            }
        }
        self.limit();
    }

    fn limit(&mut self) {
        self.overflowed |= self.groups.len() > GROUPS;
        if self.overflowed {
            self.groups.clear();
        }
    }

    /// The patterns of a policy. `hidden` is true for a text that must not be shown.
    pub(super) fn list(&self, hidden: &dyn Fn(&str) -> bool) -> ResourceList {
        let all = |widened| ResourceList { names: vec!["*".to_owned()], widened: Some(widened) };
        if self.unnamed {
            return all(Widened::Unnamed);
        }
        let mut names: Vec<String> = Vec::new();
        let mut widened = None;
        for (begin, group) in &self.groups {
            match group {
                ResourceGroup::Names(some) => names.extend(some.iter().map(|name| (**name).into())),
                ResourceGroup::Prefix(prefix) => {
                    // Every name begins with the group, whose wildcards stay.
                    let rest = prefix.get(begin.len()..).unwrap_or_default();
                    names.push(format!("{begin}{}*", beginning(rest)));
                    widened = Some(Widened::Prefix);
                }
            }
        }
        if self.overflowed || names.is_empty() || names.iter().any(|name| hidden(name)) {
            return all(Widened::Everything);
        }
        let patterns: Vec<String> =
            names.iter().filter(|name| wildcard::is_pattern(name)).cloned().collect();
        names.retain(|name| {
            !patterns.iter().any(|by| by != name && wildcard::matches(by, name, true))
        });
        names.sort();
        names.dedup();
        ResourceList { names, widened }
    }
}

impl ResourceGroup {
    fn of(name: &str) -> Self {
        ResourceGroup::Names(BTreeSet::from([name.into()]))
    }

    fn add(&mut self, name: &str, most: usize) {
        match self {
            ResourceGroup::Names(names) => {
                if !names.contains(name) {
                    names.insert(name.into());
                    self.limit(most);
                }
            }
            ResourceGroup::Prefix(prefix) => {
                let common = common(prefix, name);
                if common.len() < prefix.len() {
                    *prefix = common.into();
                }
            }
        }
    }

    fn merge(&mut self, other: Self, most: usize) {
        match other {
            ResourceGroup::Names(names) => names.iter().for_each(|name| self.add(name, most)),
            ResourceGroup::Prefix(theirs) => {
                let mine = match self {
                    ResourceGroup::Prefix(mine) => mine.clone(),
                    ResourceGroup::Names(names) => prefix_of(names),
                };
                *self = ResourceGroup::Prefix(common(&mine, &theirs).into());
            }
        }
    }

    fn limit(&mut self, most: usize) {
        if let ResourceGroup::Names(names) = self
            && names.len() > most
        {
            *self = ResourceGroup::Prefix(prefix_of(names));
        }
    }
}

/// The common beginning of sorted names: that of the first and the last.
fn prefix_of(names: &BTreeSet<Box<str>>) -> Box<str> {
    match (names.first(), names.last()) {
        (Some(first), Some(last)) => common(first, last).into(),
        _ => "".into(),
    }
}

fn common<'a>(a: &'a str, b: &str) -> &'a str {
    let same = a.char_indices().zip(b.chars()).find(|((_, x), y)| x != y);
    let end = same.map_or(a.len().min(b.len()), |((at, _), _)| at);
    a.get(..end).unwrap_or_default()
}

/// The part of a common beginning before the first wildcard, cut where a name has a boundary.
fn beginning(prefix: &str) -> &str {
    let fixed = prefix.find(['*', '?', '$']).map_or(prefix, |at| &prefix[..at]);
    fixed.rfind(ENDS).map_or("", |at| &fixed[..=at])
}

/// The group of a resource, and how many names of it are kept: the name up to the type of the
/// resource. Objects are data and change every day, so a bucket keeps one, or their common folder.
fn group_of(name: &str) -> (&str, usize) {
    let colons = if name.starts_with("acs:") { 4 } else { 5 };
    let Some((at, _)) = name.match_indices(':').nth(colons - 1) else { return (name, NAMES) };
    let resource = &name[at + 1..];
    let end = resource.find(['/', ':']).map_or(name.len(), |end| at + 2 + end);
    let group = &name[..end];
    let objects = group.ends_with('/')
        && name.split(':').nth(2).is_some_and(|service| matches!(service, "s3" | "cos"));
    (group, if objects { 1 } else { NAMES })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(names: &[&str]) -> String {
        let mut set = ResourceSet::default();
        names.iter().for_each(|name| set.add(name));
        set.list(&|_| false).names.join(" ")
    }

    fn numbered(begin: &str, count: usize) -> Vec<String> {
        (0..count).map(|n| format!("{begin}{n:04}")).collect()
    }

    #[test]
    fn few_resources_are_named() {
        for (names, expected) in [
            (&["arn:aws:sqs:eu-west-1:1:q"] as &[&str], "arn:aws:sqs:eu-west-1:1:q"),
            (&["arn:aws:s3:::b/k"], "arn:aws:s3:::b/k"),
            (&["arn:aws:s3:::b/day/1", "arn:aws:s3:::b/day/2"], "arn:aws:s3:::b/day/*"),
            (&["arn:aws:s3:::b/1", "arn:aws:s3:::b/2"], "arn:aws:s3:::b/*"),
            (&["arn:aws:s3:::b/1", "arn:aws:s3:::c/2"], "arn:aws:s3:::b/1 arn:aws:s3:::c/2"),
            (&["arn:aws:s3:::b", "arn:aws:s3:::c"], "arn:aws:s3:::b arn:aws:s3:::c"),
            (&["arn:aws:x:::t:a", "arn:aws:x:::t:*"], "arn:aws:x:::t:*"),
            (&[], "*"),
        ] {
            assert_eq!(list(names), expected, "{names:?}");
        }
    }

    #[test]
    fn many_resources_have_their_common_beginning() {
        let users = numbered("arn:aws:iam::1:user/ci-", NAMES + 1);
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        assert_eq!(list(&users), "arn:aws:iam::1:user/ci-*");
        assert_eq!(list(&users[..NAMES]), users[..NAMES].join(" "));
        let anywhere = numbered("arn:aws:ssm:*:1:parameter/db/", NAMES + 1);
        let anywhere: Vec<&str> = anywhere.iter().map(String::as_str).collect();
        assert_eq!(list(&anywhere), "arn:aws:ssm:*:1:parameter/db/*");
        let buckets = numbered("arn:aws:s3:::bucket", GROUPS + 1);
        let buckets: Vec<&str> = buckets.iter().map(String::as_str).collect();
        assert_eq!(list(&buckets), "*");
    }

    #[test]
    fn an_unnamed_or_hidden_resource_is_everything() {
        let mut set = ResourceSet::default();
        set.add("arn:aws:s3:::b");
        let hidden = set.list(&|name| name.ends_with('b'));
        assert_eq!(
            (hidden.names.join(" ").as_str(), hidden.widened),
            ("*", Some(Widened::Everything))
        );
        set.add_unnamed();
        assert_eq!(set.list(&|_| false).widened, Some(Widened::Unnamed));
    }

    proptest! {
        #[test]
        fn the_order_of_additions_and_merges_does_not_matter(
            names in prop::collection::vec("arn:aws:(s3|iam)::[12]?:[ab](/[ab-]{0,3})?[0-9]{0,2}", 0..80),
            cut in 0usize..80,
        ) {
            let set = |names: &[String]| {
                let mut set = ResourceSet::default();
                names.iter().for_each(|name| set.add(name));
                set
            };
            let (left, right) = names.split_at(cut.min(names.len()));
            let mut merged = set(right);
            merged.merge(set(left));
            prop_assert_eq!(&merged, &set(&names));
            // Every name is allowed.
            let list = merged.list(&|_| false).names;
            for name in &names {
                prop_assert!(list.iter().any(|by| wildcard::matches(by, name, true)), "{}", name);
            }
        }
    }
}
