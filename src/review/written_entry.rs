//! The entries as their files state them.

use std::collections::BTreeMap;

use crate::allow::{AllowlistEntry, Selector, selector_expression};
use crate::config::Policy;
use crate::decide::both;
use crate::expr::{Declarations, Expected, Expr, compile};
use crate::source::{Fragment, Span};
use crate::value::RecordKind;
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

    /// The whole condition of the entry on records of a kind: its selectors and its `when`.
    pub(super) fn condition(
        &self,
        entry: &AllowlistEntry,
        on: RecordKind,
        policy: &Policy,
    ) -> Option<Expr> {
        let unmet = entry.when_span.is_some() && !entry.when.iter().any(|(kind, _)| *kind == on);
        let parts = self.selectors.iter().map(|(selector, values)| {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            selector_expression(*selector, &values, on)
        });
        let mut text = parts.collect::<Vec<_>>().join(" && ");
        if unmet {
            // Without a `when` for this kind the entry covers nothing.
            text = "false".to_owned();
        } else if text.is_empty() {
            text = "true".to_owned();
        }
        let Span { start, .. } = entry.span;
        let source = Fragment::copied(text, entry.span, start);
        let declarations = Declarations { on: Some(on), ..Declarations::default() };
        let (selected, _) = compile(&source, Expected::Condition, &declarations, policy).ok()?;
        let own = entry.when.iter().find(|(kind, _)| *kind == on);
        Some(own.map_or(selected.clone(), |(_, when)| both(&selected, when)))
    }
}
