//! Which call made which identity, as the events of a run show it.

use std::collections::BTreeMap;

use super::address_use::AddressUse;
use super::making::{Making, made, making};
use super::node::{Caller, Node};
use crate::finding::digest128;
use crate::record::field::event;
use crate::record::{FieldSet, Record};
use crate::value::{RecordKind, Time};

/// The maximum number of edges that are retained: those with the smallest digests, so that the
/// order of the records does not matter.
const MAX_EDGES: usize = 1 << 16;

/// A call that made an identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// When the call was made.
    pub time: Time,
    /// The operation with its service, such as `iam.CreateUser`.
    pub operation: String,
    /// The provider's id of the event.
    pub event: Option<String>,
    /// Whether it opened a session, created the identity or changed it.
    pub making: Making,
    /// Whom the call acted as.
    pub makers: Vec<Node>,
    /// The identities that it made.
    pub made: Vec<Node>,
    /// The role that the maker had assumed.
    pub role: Option<Node>,
    /// The policy that it granted.
    pub policy: Option<Node>,
}

/// Who made whom, and how many identities call from each address. Parts of the inputs merge in any
/// order.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    /// The edges by digest.
    edges: BTreeMap<u128, Edge>,
    /// Whether edges were left out because there are too many.
    full: bool,
    pub(super) addresses: AddressUse,
}

impl Lineage {
    /// The fields of every event that [`Lineage::note`] reads.
    pub fn fields() -> FieldSet {
        [
            event::PROVIDER,
            event::KIND,
            event::OK,
            event::SERVICE,
            event::API,
            event::ACCOUNT,
            event::CALLER_ACCOUNT,
            event::USER_TYPE,
            event::USER,
            event::AK,
            event::SOURCE,
        ]
        .into_iter()
        .collect()
    }

    /// The fields of an event that [`Lineage::add`] reads.
    pub fn edge_fields() -> FieldSet {
        let more = [event::TIME, event::ID, event::TARGET_USER, event::PARAMS, event::RESPONSE];
        Self::fields().union(more.into_iter().collect())
    }

    /// Counts the caller of an event. Returns whether the event may have made an identity, in which
    /// case [`Lineage::add`] needs it with more fields.
    pub fn note(&mut self, record: &Record<'_>) -> bool {
        if record.kind != RecordKind::Event {
            return false;
        }
        let text = |field| record.get(field).as_str();
        let ok = record.get(event::OK).as_bool();
        // The name in a failed sign-in is what somebody typed.
        if let Some(source) = text(event::SOURCE)
            && (ok != Some(false) || text(event::KIND) != Some("signin"))
        {
            let account = text(event::CALLER_ACCOUNT).or(text(event::ACCOUNT));
            let identity = text(event::USER).or(text(event::AK));
            self.addresses.add(source, &(account, identity));
        }
        ok != Some(false)
            && text(event::USER_TYPE) != Some("service")
            && making(
                text(event::SERVICE).unwrap_or_default(),
                text(event::API).unwrap_or_default(),
            )
            .is_some()
    }

    /// Adds what the event made.
    pub fn add(&mut self, record: &Record<'_>) {
        let text = |field| record.get(field).as_str().unwrap_or_default();
        let (service, api) = (text(event::SERVICE), text(event::API));
        let Some(making) = making(service, api) else { return };
        let Some(time) = record.get(event::TIME).as_time() else { return };
        let Caller { acts: makers, role, .. } = Caller::of_event(record);
        let made = made(record, making);
        let nodes: Vec<Node> =
            made.nodes.into_iter().filter(|node| !makers.contains(node)).collect();
        if makers.is_empty() || nodes.is_empty() {
            return;
        }
        let edge = Edge {
            time,
            operation: format!("{service}.{api}"),
            event: record.get(event::ID).as_str().map(str::to_owned),
            making,
            makers,
            made: nodes,
            role,
            policy: made.policy,
        };
        self.insert(edge);
    }

    /// Adds an edge.
    pub(super) fn insert(&mut self, edge: Edge) {
        let digest = digest128(&[format!("{edge:?}").as_bytes()]);
        self.edges.insert(digest, edge);
        self.bound();
    }

    /// Adds what other events made.
    pub fn merge(&mut self, other: Lineage) {
        self.full |= other.full;
        self.edges.extend(other.edges);
        self.bound();
        self.addresses.merge(other.addresses);
    }

    fn bound(&mut self) {
        while self.edges.len() > MAX_EDGES {
            self.edges.pop_last();
            self.full = true;
        }
    }

    /// Whether edges were left out, so that incidents may be split.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// The edges in the order of their times.
    pub(super) fn sorted(&self) -> Vec<&Edge> {
        let mut edges: Vec<&Edge> = self.edges.values().collect();
        edges.sort_unstable();
        edges
    }
}
