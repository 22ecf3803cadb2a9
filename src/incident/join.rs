//! Joins findings that share an identity within the window.
//!
//! Two findings are joined if both act as one node and at most the window lies between their
//! actions. A finding also acts as whoever made its identity shortly before, so that a session and
//! the user that opened it belong together. Which findings are joined depends only on the two
//! findings and on the lineage, so removing a finding never joins others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::IncidentOptions;
use super::lineage::{Edge, Lineage};
use super::node::{Caller, Node};
use crate::finding::{Finding, MAX_DESCRIBED, VerdictRole};
use crate::value::{Duration, Time};

/// How many makers are followed from one identity to the next.
const DEPTH: usize = 4;

/// The latest makers of one identity that a finding acts as.
const MAKERS: usize = 16;

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    first: Time,
    last: Time,
}

impl Span {
    /// A span without bounds, that of a report: it describes a state.
    const ALWAYS: Span = Span { first: Time(i64::MIN), last: Time(i64::MAX) };

    fn widen(&mut self, other: Span) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// Findings that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Group<'e> {
    /// The findings by index, in order.
    pub(super) findings: Vec<usize>,
    /// The calls that made identities of the group, in the order of their times.
    pub(super) edges: Vec<&'e Edge>,
}

/// Joins findings. Every finding is in exactly one group; groups are in the order of their first
/// findings. `on_event` is true for findings of events, and false for those of credential reports.
pub(super) fn join<'e>(
    findings: &[Finding],
    on_event: &dyn Fn(&Finding) -> bool,
    lineage: &'e Lineage,
    options: &IncidentOptions,
) -> Vec<Group<'e>> {
    let makers = Makers::new(lineage, options.window);
    let mut sets = DisjointSets::new(findings.len());
    let mut spans: HashMap<Node, Vec<(Span, usize)>> = HashMap::new();
    let mut used: Vec<Vec<usize>> = Vec::with_capacity(findings.len());
    for (index, finding) in findings.iter().enumerate() {
        let mut acting = Acting::default();
        // What the allowlist accepts does not join others.
        if finding.role != VerdictRole::Suppressed {
            acting.finding(finding, on_event(finding), lineage, options);
            acting.makers(&makers);
        }
        used.push(acting.edges.into_iter().collect());
        for (node, of) in acting.spans {
            let nodes = spans.entry(node).or_default();
            nodes.extend(of.into_iter().map(|span| (span, index)));
        }
    }
    for mut of in spans.into_values() {
        of.sort_unstable();
        let mut reached: Option<(Time, usize)> = None;
        for (span, index) in of {
            let joins =
                |(last, _): &(Time, usize)| span.first.0.saturating_sub(last.0) <= options.window.0;
            reached = Some(match reached.filter(joins) {
                Some((last, with)) => {
                    sets.join(with, index);
                    (last.max(span.last), index)
                }
                None => (span.last, index),
            });
        }
    }
    let mut groups: BTreeMap<usize, Group<'e>> = BTreeMap::new();
    for (index, edges) in used.into_iter().enumerate() {
        let group = groups.entry(sets.first(index)).or_default();
        group.findings.push(index);
        group.edges.extend(edges.into_iter().filter_map(|edge| makers.edges.get(edge).copied()));
    }
    let mut groups: Vec<Group<'e>> = groups.into_values().collect();
    for group in &mut groups {
        group.edges.sort_unstable();
        group.edges.dedup();
    }
    groups
}

/// Who a finding acts as, and from when to when. A watch retains it.
pub(super) fn traces(
    finding: &Finding,
    on_event: bool,
    lineage: &Lineage,
    makers: &Makers<'_>,
    options: &IncidentOptions,
) -> Vec<(Node, Time, Time)> {
    let mut acting = Acting::default();
    acting.finding(finding, on_event, lineage, options);
    acting.makers(makers);
    let spans = acting.spans.into_iter();
    spans
        .flat_map(|(node, of)| {
            of.into_iter().map(move |span| (node.clone(), span.first, span.last))
        })
        .collect()
}

/// As whom a finding acts, and when.
#[derive(Debug, Default)]
struct Acting {
    spans: BTreeMap<Node, Vec<Span>>,
    /// The roles of its sessions.
    roles: BTreeMap<Node, Span>,
    /// The edges to its makers, by index.
    edges: BTreeSet<usize>,
}

impl Acting {
    /// The callers of a finding.
    fn finding(
        &mut self,
        finding: &Finding,
        on_event: bool,
        lineage: &Lineage,
        options: &IncidentOptions,
    ) {
        let own = |address: &str| {
            let source = finding.sources.iter().find(|of| of.source == address);
            let kind = source.and_then(|source| source.ip_type);
            source.is_some_and(|source| source.asset.is_some())
                || kind.is_some_and(|kind| !kind.starts_with("external"))
        };
        let mut addresses: Vec<&str> = Vec::new();
        for calls in &finding.calls {
            let caller = Caller::of_call(&finding.provider, &calls.call);
            let span = match (on_event, calls.first, calls.last) {
                (false, ..) => Span::ALWAYS,
                (true, Some(first), Some(last)) => Span { first, last },
                (true, ..) => continue,
            };
            for node in caller.acts {
                self.act(node, span);
            }
            if let Some(role) = caller.role {
                self.roles.entry(role).or_insert(span).widen(span);
            }
            let Some(source) = calls.call.source.as_deref() else { continue };
            if !addresses.contains(&source) {
                // Tables describe only the first sources of a finding.
                if addresses.len() == MAX_DESCRIBED {
                    continue;
                }
                addresses.push(source);
            }
            let is_joining = |_: &Node| {
                !own(source) && lineage.addresses.is_of_few(source, options.shared_address)
            };
            if let Some(address) = caller.address.filter(is_joining) {
                self.act(address, span);
            }
        }
    }

    /// Adds whoever made the identities of the finding, and who made those.
    fn makers(&mut self, makers: &Makers<'_>) {
        // Each with the end of the finding's own actions.
        let mut next: Vec<(Node, Span, Time)> = Vec::new();
        for (node, spans) in self.spans.iter().filter(|(node, _)| !node.is_address()) {
            next.extend(spans.iter().map(|span| (node.clone(), *span, span.last)));
        }
        next.extend(self.roles.iter().map(|(role, span)| (role.clone(), *span, span.last)));
        for _ in 0..DEPTH {
            let mut further = Vec::new();
            for (node, span, until) in next {
                if span == Span::ALWAYS {
                    continue;
                }
                for index in makers.of(&node, span) {
                    let Some(edge) = makers.edges.get(index) else { continue };
                    if !self.edges.insert(index) {
                        continue;
                    }
                    let at = Span { first: edge.time, last: edge.time };
                    for maker in &edge.makers {
                        // What the made identity does is an action of the maker too.
                        let last = until.max(edge.time);
                        self.act(maker.clone(), Span { first: edge.time, last });
                        further.push((maker.clone(), at, until));
                    }
                    let more = edge.role.iter().chain(&edge.policy);
                    further.extend(more.map(|node| (node.clone(), at, until)));
                }
            }
            next = further;
        }
    }

    fn act(&mut self, node: Node, span: Span) {
        let spans = self.spans.entry(node).or_default();
        if !spans.contains(&span) {
            spans.push(span);
        }
    }
}

/// The edges by what they made.
pub(super) struct Makers<'e> {
    /// In the order of their times.
    edges: Vec<&'e Edge>,
    /// The edges that made a node, by index, in the order of their times.
    of: HashMap<&'e Node, Vec<usize>>,
    window: Duration,
}

impl<'e> Makers<'e> {
    pub(super) fn new(lineage: &'e Lineage, window: Duration) -> Self {
        let edges = lineage.sorted();
        let mut of: HashMap<&Node, Vec<usize>> = HashMap::new();
        for (index, edge) in edges.iter().enumerate() {
            edge.made.iter().for_each(|node| of.entry(node).or_default().push(index));
        }
        Self { edges, of, window }
    }

    /// The edges that made a node during its actions, or at most the window before them. Of many,
    /// the latest of each maker.
    fn of(&self, node: &Node, span: Span) -> Vec<usize> {
        let Some(edges) = self.of.get(node) else { return Vec::new() };
        let time = |index: &usize| self.edges.get(*index).map_or(Time(i64::MAX), |edge| edge.time);
        let from = span.first.0.saturating_sub(self.window.0);
        let begin = edges.partition_point(|edge| time(edge).0 < from);
        let end = edges.partition_point(|edge| time(edge) <= span.last);
        let mut latest: Vec<usize> = Vec::new();
        for index in edges.get(begin..end).unwrap_or_default().iter().rev() {
            let makers = |index: &usize| self.edges.get(*index).map(|edge| &edge.makers);
            if latest.iter().any(|later| makers(later) == makers(index)) {
                continue;
            }
            latest.push(*index);
            if latest.len() == MAKERS {
                break;
            }
        }
        latest
    }
}

/// Sets of findings; the first finding of a set stands for it.
struct DisjointSets(Vec<usize>);

impl DisjointSets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn first(&mut self, of: usize) -> usize {
        let mut at = of;
        while let Some(&up) = self.0.get(at).filter(|up| **up != at) {
            // Halves the path, so that later searches are short.
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        if let Some(slot) = self.0.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}
