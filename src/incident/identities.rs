//! The identities of an incident, as a tree: whoever made an identity comes before it.

use std::collections::BTreeMap;

use super::incident::{IncidentIdentity, MadeBy};
use super::lineage::Edge;
use super::node::{Caller, Node};
use crate::finding::{CallRecord, Finding};
use crate::value::Time;

/// Sources that are listed for one identity.
const SOURCES: usize = 10;

/// Identities that are listed of one incident, besides those that called.
const MADE: usize = 20;

/// The depth of the tree.
const DEPTH: usize = 8;

/// The identities of an incident, in the order of the tree.
#[derive(Debug, Default)]
pub(super) struct Identities {
    pub(super) all: Vec<IncidentIdentity>,
    of: BTreeMap<Node, usize>,
}

/// The node that stands for a caller: the user, else the key of the session, else the role.
fn node_of(caller: &Caller) -> Option<Node> {
    let user = caller.acts.iter().find(|node| matches!(node, Node::User { .. }));
    user.or(caller.acts.first()).or(caller.role.as_ref()).cloned()
}

/// An identity with the parts that rows of evidence add.
#[derive(Debug)]
struct Draft {
    identity: IncidentIdentity,
    /// The sources by their first calls.
    sources: BTreeMap<String, Time>,
    made_by: Option<(Node, Edge)>,
}

impl Draft {
    fn new(node: &Node) -> Draft {
        let account = match node {
            // A record without an account makes a node with an empty one.
            Node::User { account, .. } | Node::Role { account, .. } => {
                Some(account.clone()).filter(|account| !account.is_empty())
            }
            _ => None,
        };
        let identity = IncidentIdentity {
            node: node.clone(),
            role: None,
            user: None,
            user_type: None,
            account,
            keys: Vec::new(),
            sources: Vec::new(),
            first: None,
            depth: 0,
            made_by: None,
        };
        Draft { identity, sources: BTreeMap::new(), made_by: None }
    }
}

impl Identities {
    /// The callers in the findings, whoever made them, and what they made themselves.
    pub(super) fn new<'f>(
        findings: impl Iterator<Item = &'f Finding>,
        ancestors: &[&Edge],
        made: &[&Edge],
    ) -> Identities {
        let mut drafts: BTreeMap<Node, Draft> = BTreeMap::new();
        // The identity that a node belongs to: a key belongs to its user.
        let mut owners: BTreeMap<Node, Node> = BTreeMap::new();
        for finding in findings {
            for calls in &finding.calls {
                let caller = Caller::of_call(&finding.provider, &calls.call);
                let Some(node) = node_of(&caller) else { continue };
                let draft = drafts.entry(node.clone()).or_insert_with(|| Draft::new(&node));
                draft.call(&calls.call, calls.first);
                for act in caller.acts {
                    owners.entry(act).or_insert_with(|| node.clone());
                }
            }
        }
        let owner = |node: &Node, owners: &BTreeMap<Node, Node>| {
            owners.get(node).cloned().unwrap_or_else(|| node.clone())
        };
        let mut listed = 0;
        for edge in ancestors.iter().chain(made) {
            let user = edge.makers.iter().find(|node| matches!(node, Node::User { .. }));
            let Some(maker) = user.or(edge.makers.first()) else { continue };
            let maker = owner(maker, &owners);
            let of_user = edge.made.iter().find(|node| matches!(node, Node::User { .. }));
            for node in &edge.made {
                // A key that is created for a user belongs to the user.
                if let (Node::Key { .. }, Some(user)) = (node, of_user) {
                    owners.entry(node.clone()).or_insert_with(|| user.clone());
                }
                let child = owner(node, &owners);
                if child == maker || matches!(node, Node::Policy { .. }) {
                    continue;
                }
                if !drafts.contains_key(&child) {
                    if listed == MADE {
                        continue;
                    }
                    listed += 1;
                    drafts.insert(child.clone(), Draft::new(&child));
                }
                drafts.entry(maker.clone()).or_insert_with(|| Draft::new(&maker));
                let Some(draft) = drafts.get_mut(&child) else { continue };
                if let Node::Key { id, .. } = node
                    && child != *node
                    && let Err(at) = draft.identity.keys.binary_search(id)
                {
                    draft.identity.keys.insert(at, id.clone());
                }
                if draft.made_by.as_ref().is_none_or(|(_, before)| before > *edge) {
                    draft.made_by = Some((maker.clone(), (*edge).clone()));
                }
            }
        }
        Self::in_order(drafts, owners)
    }

    /// Puts the identities in the order of the tree.
    fn in_order(mut drafts: BTreeMap<Node, Draft>, owners: BTreeMap<Node, Node>) -> Identities {
        let mut children: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
        let mut roots: Vec<Node> = Vec::new();
        for (node, draft) in &drafts {
            match &draft.made_by {
                Some((maker, _)) => children.entry(maker.clone()).or_default().push(node.clone()),
                None => roots.push(node.clone()),
            }
        }
        let time = |drafts: &BTreeMap<Node, Draft>, node: &Node| {
            drafts.get(node).and_then(|draft| draft.identity.first).unwrap_or(Time(i64::MAX))
        };
        let by_time = |drafts: &BTreeMap<Node, Draft>, nodes: &mut Vec<Node>| {
            nodes.sort_by_key(|node| (time(drafts, node), node.clone()));
        };
        by_time(&drafts, &mut roots);
        let mut result = Identities::default();
        let mut stack: Vec<(Node, usize)> = roots.into_iter().rev().map(|node| (node, 0)).collect();
        loop {
            while let Some((node, depth)) = stack.pop() {
                let mut below = children.remove(&node).unwrap_or_default();
                by_time(&drafts, &mut below);
                let Some(draft) = drafts.remove(&node) else { continue };
                let at = result.all.len();
                result.of.insert(node.clone(), at);
                result.all.push(draft.finish(depth, &result.of));
                let depth = (depth + 1).min(DEPTH);
                stack.extend(below.into_iter().rev().map(|node| (node, depth)));
            }
            // Identities that made each other have no root: the first of them becomes one.
            match drafts.keys().min_by_key(|node| (time(&drafts, node), (*node).clone())) {
                Some(node) => stack.push((node.clone(), 0)),
                None => break,
            }
        }
        for (node, owner) in owners {
            if let Some(at) = result.of.get(&owner).copied() {
                result.of.insert(node, at);
            }
        }
        result
    }

    /// The identity of a caller.
    pub(super) fn of_call(&self, provider: &str, call: &CallRecord) -> Option<usize> {
        self.of.get(&node_of(&Caller::of_call(provider, call))?).copied()
    }
}

impl Draft {
    fn call(&mut self, call: &CallRecord, first: Option<Time>) {
        let identity = &mut self.identity;
        if identity.user_type.is_none() {
            identity.user_type.clone_from(&call.user_type);
        }
        if identity.account.is_none() {
            identity.account = call.caller_account.clone().or_else(|| call.account.clone());
        }
        if call.user_type.as_deref() == Some("role") && identity.role.is_none() {
            identity.role.clone_from(&call.user);
        }
        if matches!(identity.node, Node::Key { .. }) && identity.role.is_none() {
            identity.user = identity.user.take().or_else(|| call.user.clone());
        }
        if let Some(ak) = &call.ak
            && let Err(at) = identity.keys.binary_search(ak)
        {
            identity.keys.insert(at, ak.clone());
        }
        identity.first = identity.first.into_iter().chain(first).min();
        if let (Some(source), Some(first)) = (&call.source, first) {
            let of = self.sources.entry(source.clone()).or_insert(first);
            *of = (*of).min(first);
        }
    }

    fn finish(self, depth: usize, of: &BTreeMap<Node, usize>) -> IncidentIdentity {
        let mut sources: Vec<(Time, String)> =
            self.sources.into_iter().map(|(source, first)| (first, source)).collect();
        sources.sort_unstable();
        sources.truncate(SOURCES);
        let made_by = self.made_by.and_then(|(maker, edge)| {
            Some(MadeBy {
                identity: *of.get(&maker)?,
                making: edge.making,
                operation: edge.operation,
                time: edge.time,
                event: edge.event,
            })
        });
        let sources = sources.into_iter().map(|(_, source)| source).collect();
        IncidentIdentity { sources, depth, made_by, ..self.identity }
    }
}
