//! The entries as their files state them.

use std::collections::BTreeMap;

use crate::allow::Selector;
use crate::config::Policy;
use crate::yaml::{self, Node};

/// An entry as its file states it.
#[derive(Debug, Clone)]
pub(super) struct WrittenEntry {
    /// Its mapping.
    pub(super) node: Node,
    /// The values of its selectors, in the order written.
    pub(super) selectors: Vec<(Selector, Vec<String>)>,
    /// Whether it states `broad: true`.
    pub(super) broad: bool,
}

/// The entries of a policy as their files state them, by id.
pub(super) fn written(policy: &Policy) -> BTreeMap<&str, WrittenEntry> {
    let mut found = BTreeMap::new();
    let mut files: Vec<_> = policy.allowlist.entries.iter().map(|entry| entry.span.file).collect();
    files.sort_unstable();
    files.dedup();
    for file in files {
        let Ok(document) = yaml::parse(file, &policy.sources) else { continue };
        for node in document.get("entries").map_or(&[][..], Node::items) {
            let Some(id) = node.get("id").map(|id| id.span) else { continue };
            let entry = policy.allowlist.entries.iter().find(|entry| entry.span == id);
            if let Some(entry) = entry {
                found.insert(entry.id.as_str(), WrittenEntry::of(node));
            }
        }
    }
    found
}

impl WrittenEntry {
    fn of(node: &Node) -> Self {
        let selectors = node.get("match").map_or(&[][..], Node::entries).iter();
        let selectors = selectors.filter_map(|entry| {
            let selector = Selector::ALL.into_iter().find(|of| of.name() == entry.key.text())?;
            let values = entry.value.items().iter().filter_map(Node::text);
            Some((selector, values.map(str::to_owned).collect()))
        });
        Self {
            selectors: selectors.collect(),
            broad: node.get("broad").and_then(Node::bool).unwrap_or_default(),
            node: node.clone(),
        }
    }
}
