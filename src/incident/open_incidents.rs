//! Names the incidents of occurrences that are emitted one by one.

use std::collections::{BTreeMap, BTreeSet};

use super::join::{Makers, traces};
use super::lineage::{Edge, Lineage};
use super::node::Node;
use super::{Incident, IncidentOptions};
use crate::finding::{Finding, VerdictRole};
use crate::value::Time;

/// The maximum number of traces that are retained; beyond it, the oldest are dropped.
const MOST: usize = 1 << 16;

/// What a watch retains of the incidents that it emitted, for as long as the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenIncidents {
    /// Who acted when, by node.
    pub traces: BTreeMap<Node, Vec<Trace>>,
    /// Which call made which identity.
    pub edges: BTreeSet<Edge>,
}

/// Actions of a node that belong to an incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// The time of the first action.
    pub first: Time,
    /// The time of the last action.
    pub last: Time,
    /// When the incident began.
    pub begun: Time,
    /// The id of the incident.
    pub incident: String,
}

impl OpenIncidents {
    /// The lineage of earlier checks and of a new one. It does not count who calls from an address,
    /// because nobody knows how many will: a watch joins nothing by address.
    pub fn lineage(&self, new: &Lineage) -> Lineage {
        let mut lineage = Lineage::default();
        let new = new.sorted();
        self.edges.iter().chain(new).for_each(|edge| lineage.insert(edge.clone()));
        lineage
    }

    /// Gives incidents that continue an earlier one its id, and retains what later ones may
    /// continue. `on_event` is true for findings of events, and false for those of credential
    /// reports. No record before `watermark` is expected.
    pub fn continue_with(
        &mut self,
        (findings, incidents): (&mut [Finding], &mut [Incident]),
        on_event: &dyn Fn(&Finding) -> bool,
        lineage: &Lineage,
        options: &IncidentOptions,
        watermark: Option<Time>,
    ) {
        let window = options.window.0;
        let makers = Makers::new(lineage, options.window);
        // The earliest incident goes first, so that the others of this check may continue it.
        let mut order: Vec<usize> = (0..incidents.len()).collect();
        order.sort_by_key(|at| {
            incidents.get(*at).map(|of| (of.first.is_none(), of.first, of.id.clone()))
        });
        for at in order {
            let Some(incident) = incidents.get_mut(at) else { continue };
            let members = incident.findings.iter().filter_map(|index| findings.get(*index));
            let open = members.filter(|finding| finding.role != VerdictRole::Suppressed);
            let acts: Vec<(Node, Time, Time)> =
                open.flat_map(|of| traces(of, on_event(of), lineage, &makers, options)).collect();
            let earlier = acts.iter().flat_map(|(node, first, last)| {
                self.traces.get(node).into_iter().flatten().filter(move |trace| {
                    first.0.saturating_sub(trace.last.0) <= window
                        && trace.first.0.saturating_sub(last.0) <= window
                })
            });
            let own = (incident.first.unwrap_or(Time(i64::MAX)), incident.id.clone());
            let continued = earlier.map(|trace| (trace.begun, trace.incident.clone())).min();
            let (begun, id) = continued.unwrap_or(own);
            incident.id.clone_from(&id);
            for index in &incident.findings {
                if let Some(finding) = findings.get_mut(*index) {
                    finding.incident.clone_from(&id);
                }
            }
            for (node, first, last) in acts {
                let trace = Trace { first, last, begun, incident: id.clone() };
                let of = self.traces.entry(node).or_default();
                if !of.contains(&trace) {
                    of.push(trace);
                }
            }
        }
        self.edges.extend(lineage.sorted().into_iter().cloned());
        let Some(watermark) = watermark else { return };
        let oldest = Time(watermark.0.saturating_sub(window));
        self.edges.retain(|edge| edge.time >= oldest);
        self.forget(oldest);
        while self.traces.values().map(Vec::len).sum::<usize>() > MOST {
            let all = self.traces.values().flatten().map(|trace| trace.last);
            let Some(first) = all.min() else { break };
            self.forget(Time(first.0.saturating_add(1)));
        }
    }

    /// Drops traces that ended before a time.
    fn forget(&mut self, before: Time) {
        self.traces.retain(|_, of| {
            of.retain(|trace| trace.last >= before);
            !of.is_empty()
        });
    }
}
