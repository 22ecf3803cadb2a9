//! The open incidents of a watch in its state file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::incident::{Edge, Making, Node, OpenIncidents, Trace};
use crate::value::Time;

/// A node: its kind, the cloud, the account, and the name or id.
type SavedNode = (char, String, String, String);

/// The open incidents.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedIncidents {
    /// Each with its first and last action, the beginning of the incident and its id.
    traces: Vec<(SavedNode, i64, i64, i64, String)>,
    edges: Vec<SavedEdge>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedEdge {
    time: i64,
    operation: String,
    event: Option<String>,
    making: String,
    makers: Vec<SavedNode>,
    made: Vec<SavedNode>,
    role: Option<SavedNode>,
    policy: Option<SavedNode>,
}

impl SavedIncidents {
    pub(super) fn of(incidents: &OpenIncidents) -> Self {
        let traces = incidents.traces.iter().flat_map(|(node, of)| {
            of.iter().map(move |trace| {
                let Trace { first, last, begun, incident } = trace;
                (saved(node), first.0, last.0, begun.0, incident.clone())
            })
        });
        let edge = |edge: &Edge| SavedEdge {
            time: edge.time.0,
            operation: edge.operation.clone(),
            event: edge.event.clone(),
            making: edge.making.name().to_owned(),
            makers: edge.makers.iter().map(saved).collect(),
            made: edge.made.iter().map(saved).collect(),
            role: edge.role.as_ref().map(saved),
            policy: edge.policy.as_ref().map(saved),
        };
        Self { traces: traces.collect(), edges: incidents.edges.iter().map(edge).collect() }
    }

    /// The open incidents; `None` if a word is unknown.
    pub(super) fn open(self) -> Option<OpenIncidents> {
        let mut traces: BTreeMap<Node, Vec<Trace>> = BTreeMap::new();
        for (saved, first, last, begun, incident) in self.traces {
            let trace =
                Trace { first: Time(first), last: Time(last), begun: Time(begun), incident };
            traces.entry(node(saved)?).or_default().push(trace);
        }
        let edge = |of: SavedEdge| {
            Some(Edge {
                time: Time(of.time),
                operation: of.operation,
                event: of.event,
                making: Making::parse(&of.making)?,
                makers: of.makers.into_iter().map(node).collect::<Option<_>>()?,
                made: of.made.into_iter().map(node).collect::<Option<_>>()?,
                role: maybe(of.role)?,
                policy: maybe(of.policy)?,
            })
        };
        let edges = self.edges.into_iter().map(edge).collect::<Option<_>>()?;
        Some(OpenIncidents { traces, edges })
    }
}

fn maybe(saved: Option<SavedNode>) -> Option<Option<Node>> {
    saved.map_or(Some(None), |saved| node(saved).map(Some))
}

fn saved(node: &Node) -> SavedNode {
    let empty = String::new;
    match node {
        Node::User { provider, account, name } => {
            ('u', provider.clone(), account.clone(), name.clone())
        }
        Node::Role { provider, account, name } => {
            ('r', provider.clone(), account.clone(), name.clone())
        }
        Node::Policy { provider, account, name } => {
            ('p', provider.clone(), account.clone(), name.clone())
        }
        Node::Key { provider, id } => ('k', provider.clone(), empty(), id.clone()),
        Node::Address(address) => ('a', empty(), empty(), address.clone()),
    }
}

fn node((kind, provider, account, name): SavedNode) -> Option<Node> {
    Some(match kind {
        'u' => Node::User { provider, account, name },
        'r' => Node::Role { provider, account, name },
        'p' => Node::Policy { provider, account, name },
        'k' => Node::Key { provider, id: name },
        'a' => Node::Address(name),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn open_incidents_round_trip() {
        let user = |name: &str| Node::User {
            provider: "aws".into(),
            account: "1".into(),
            name: name.into(),
        };
        let key = Node::Key { provider: "aws".into(), id: "ASIAEXAMPLE000000001".into() };
        let trace = Trace { first: Time(1), last: Time(3), begun: Time(-1), incident: "ab".into() };
        let edge = Edge {
            time: Time(2),
            operation: "sts.AssumeRole".into(),
            event: None,
            making: Making::Session,
            makers: vec![user("ann")],
            made: vec![key.clone()],
            role: Some(Node::Role {
                provider: "aws".into(),
                account: "1".into(),
                name: "r".into(),
            }),
            policy: None,
        };
        let open = OpenIncidents {
            traces: [(user("ann"), vec![trace.clone()]), (key, vec![trace])].into(),
            edges: [edge].into(),
        };
        let text = serde_json::to_string(&SavedIncidents::of(&open)).unwrap();
        let read: SavedIncidents = serde_json::from_str(&text).unwrap();
        assert_eq!(read.open().unwrap(), open);
        let unknown = text.replace("\"session\"", "\"other\"");
        assert!(serde_json::from_str::<SavedIncidents>(&unknown).unwrap().open().is_none());
    }
}
