//! Entries with one change, to find out whether tests notice it.

use std::sync::Arc;

use super::allowlist::Allowlist;
use super::entry::AllowlistEntry;
use super::index::EntryLookup;
use super::select::select;
use crate::source::{Sources, Span};
use crate::value::RecordKind;
use crate::yaml::{self, Node, NodeKind};

/// An entry with one change.
#[derive(Debug, Clone)]
pub struct EntryChange {
    /// The place of the change.
    pub span: Span,
    /// What was changed, as a clause.
    pub what: String,
    /// The changed entry.
    pub entry: AllowlistEntry,
}

/// The entry without one selector, without one value of a selector, or without its `when`.
pub fn entry_changes(entry: &AllowlistEntry, sources: &Sources) -> Vec<EntryChange> {
    let mut found = Vec::new();
    // The file was parsed when the policy was loaded.
    let Ok(document) = yaml::parse(entry.span.file, sources) else { return found };
    let mut nodes = document.get("entries").map_or(&[][..], Node::items).iter();
    let of_entry = |node: &&Node| node.get("id").is_some_and(|id| id.span == entry.span);
    let Some(selectors) = nodes.find(of_entry).and_then(|node| node.get("match")) else {
        return found;
    };
    for (number, condition) in entry.conditions.iter().enumerate() {
        let selector = condition.selector();
        let rest = AllowlistEntry {
            conditions: others(&entry.conditions, number),
            places: others(&entry.places, number),
            ..entry.clone()
        };
        let what = format!("the selector `{}` was dropped", selector.name());
        found.push(EntryChange { span: entry.places[number], what, entry: rest });

        let Some(values) = selectors.get(selector.name()) else { continue };
        for (at, value) in values.items().iter().enumerate() {
            if values.items().len() == 1 {
                break;
            }
            let mut items = values.items().to_vec();
            items.remove(at);
            let node = Node { kind: NodeKind::Sequence(items), ..values.clone() };
            let Some(selected) = select(selector, &node, &mut Vec::new()) else { continue };
            let mut fewer = entry.clone();
            fewer.conditions[number] = selected.condition;
            let what = format!("`{}` was removed", value.text().unwrap_or_default());
            found.push(EntryChange { span: value.span, what, entry: fewer });
        }
    }
    if let Some(span) = entry.when_span {
        let more = AllowlistEntry { when: Vec::new(), when_span: None, ..entry.clone() };
        found.push(EntryChange { span, what: "the `when` was dropped".to_owned(), entry: more });
    }
    found
}

fn others<T: Clone>(all: &[T], number: usize) -> Box<[T]> {
    all.iter().enumerate().filter(|(at, _)| *at != number).map(|(_, item)| item.clone()).collect()
}

impl Allowlist {
    /// The allowlist of one rule, which has the index 0, with a changed entry in place of the one with
    /// its id.
    #[must_use]
    pub fn with_changed(&self, changed: &AllowlistEntry, kind: RecordKind) -> Self {
        let rules: Arc<[usize]> = [0].into();
        let entries = self.of_rule(0).into_iter().map(|entry| {
            let own = if entry.id == changed.id { changed } else { entry };
            (AllowlistEntry { rules: rules.clone(), ..own.clone() }, EntryLookup::Scan)
        });
        let mut list = Self::new(entries.collect(), &[kind]);
        list.guard(self.guards.clone(), &[kind]);
        list
    }
}
