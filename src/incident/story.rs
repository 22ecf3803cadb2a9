//! Tells a group of findings as one incident.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::IncidentOptions;
use super::containment::{Containment, actions};
use super::identities::Identities;
use super::incident::{Accept, Incident, IncidentIdentity, Start, Step};
use super::join::{Group, join};
use super::lineage::{Edge, Lineage};
use super::making::Making;
use super::node::{Caller, Node};
use super::story_rule::{Shown, StoryRule};
use crate::finding::{Finding, Target, TargetKind, VerdictRole, digest128};
use crate::rule::{Severity, Tactic};
use crate::value::{Duration, Time};

/// Steps that an incident tells.
const STEPS: usize = 1_000;

/// Resources that an incident lists.
const TOUCHED: usize = 100;

/// Calls that made identities and that are looked at for one incident.
const EDGES: usize = 200;

/// Joins findings to incidents, the worst first. Every finding is in exactly one incident.
pub fn incidents(
    findings: &[Finding],
    rules: &[StoryRule<'_>],
    lineage: &Lineage,
    options: &IncidentOptions,
    shown: &Shown<'_>,
) -> Vec<Incident> {
    let on_event = |finding: &Finding| rules.get(finding.rule).is_none_or(|rule| rule.on_event);
    let groups = join(findings, &on_event, lineage, options);
    let mut by_maker: BTreeMap<&Node, Vec<&Edge>> = BTreeMap::new();
    for edge in lineage.sorted() {
        edge.makers.iter().for_each(|maker| by_maker.entry(maker).or_default().push(edge));
    }
    let story = Story { findings, rules, by_maker, shown };
    let mut incidents: Vec<(Rank, Incident)> =
        groups.iter().map(|group| story.tell(group)).collect();
    incidents.sort_by(|a, b| a.0.cmp(&b.0));
    incidents.into_iter().map(|(_, incident)| incident).collect()
}

/// The order of incidents: suppressed ones last, then by severity, by how far they got, by time and
/// by id.
type Rank = (bool, Reverse<(Severity, usize, u64, usize)>, Option<Time>, String);

struct Story<'f> {
    findings: &'f [Finding],
    rules: &'f [StoryRule<'f>],
    by_maker: BTreeMap<&'f Node, Vec<&'f Edge>>,
    shown: &'f Shown<'f>,
}

impl<'f> Story<'f> {
    fn tell(&self, group: &Group<'_>) -> (Rank, Incident) {
        let members = || group.findings.iter().filter_map(|index| self.findings.get(*index));
        let on_events =
            |finding: &&Finding| self.rules.get(finding.rule).is_none_or(|rule| rule.on_event);
        let first = members().filter_map(|finding| finding.first).min();
        let last = members().filter_map(|finding| finding.last).max();
        let severity = members().map(|finding| finding.severity).max().unwrap_or(Severity::Info);
        let made = self.made(members().filter(on_events), first, last);
        let identities = Identities::new(members().filter(on_events), &group.edges, &made);
        let steps = super::steps::steps(members().filter(on_events), self.rules, &identities);
        let tactics = tactics(&steps);
        let touched = touched(&steps);
        let suppressed = members().all(|finding| finding.role == VerdictRole::Suppressed);
        let facts: Vec<usize> = group
            .findings
            .iter()
            .copied()
            .filter(|index| self.findings.get(*index).is_some_and(|of| !on_events(&of)))
            .collect();
        let successes: u64 = steps.iter().map(|step| step.ok).sum();
        let created = |identity: &&IncidentIdentity| {
            let made = identity.made_by.as_ref();
            made.is_some_and(|made| made.making != Making::Changed)
        };
        let created = identities.all.iter().filter(created).count();
        let start = steps.first().map(|step| Start {
            time: step.first,
            identity: step.identity,
            source: step.source.clone(),
        });
        // The earliest finding names the incident. Later findings do not change it.
        let earliest = members()
            .min_by_key(|finding| (finding.first.is_none(), finding.first, &finding.fingerprint));
        let id = earliest.map_or_else(String::new, |finding| {
            let time = finding.first.map_or(0, |time| time.0).to_be_bytes();
            format!("{:032x}", digest128(&[b"incident", finding.fingerprint.as_bytes(), &time]))
        });
        let leading = members().max_by_key(|finding| {
            (finding.severity, Reverse(finding.first.is_none()), Reverse(finding.first))
        });
        let title = match leading {
            Some(finding) if group.findings.len() == 1 => finding.message.clone(),
            Some(finding) if start.is_none() => reported(finding, group.findings.len()),
            _ => self.title(&identities.all, start.as_ref(), &tactics, first, last),
        };
        let mut rank = vec![severity.name().to_owned()];
        let mut counted = |count: u64, one: &str, many: &str| {
            if count > 0 {
                rank.push(format!("{count} {}", if count == 1 { one } else { many }));
            }
        };
        counted(tactics.len() as u64, "tactic", "tactics");
        counted(successes, "call succeeded", "calls succeeded");
        counted(created as u64, "identity made", "identities made");
        let provider = members().next().map_or("", |finding| finding.provider.as_str());
        let containment = Containment {
            provider,
            identities: &identities.all,
            steps: &steps,
            touched: &touched,
            remediation: leading
                .and_then(|finding| self.rules.get(finding.rule))
                .map_or("", |rule| rule.remediation),
            shown: self.shown,
        };
        let told = if group.findings.len() > 1 { steps.len().min(STEPS) } else { 0 };
        let more_steps = match told {
            STEPS => (steps.len() - STEPS) as u64,
            _ => 0,
        };
        let actions = if suppressed { Vec::new() } else { actions(&containment) };
        let incident = Incident {
            title,
            severity,
            rank: rank.join(", "),
            findings: group.findings.clone(),
            first,
            last,
            start,
            actions,
            accept: self.accept(members(), &identities.all),
            uncertain: members().filter(|finding| finding.uncertain).count(),
            identities: identities.all,
            more_steps,
            steps: steps.into_iter().take(told).collect(),
            tactics,
            touched,
            facts,
            id: id.clone(),
        };
        let far = Reverse((severity, incident.tactics.len(), successes, created));
        ((suppressed, far, first, id), incident)
    }

    /// The calls in the time of the incident with which its callers created identities.
    fn made<'m>(
        &self,
        members: impl Iterator<Item = &'m Finding>,
        first: Option<Time>,
        last: Option<Time>,
    ) -> Vec<&'f Edge> {
        let mut callers: BTreeSet<Node> = BTreeSet::new();
        for finding in members {
            for calls in &finding.calls {
                callers.extend(Caller::of_call(&finding.provider, &calls.call).acts);
            }
        }
        let mut made: Vec<&Edge> = callers
            .iter()
            .filter_map(|caller| self.by_maker.get(caller))
            .flatten()
            .copied()
            .filter(|edge| edge.making != Making::Session)
            .filter(|edge| Some(edge.time) >= first && Some(edge.time) <= last)
            .take(EDGES)
            .collect();
        made.sort_unstable();
        made.dedup();
        made
    }

    /// One sentence: who, from where, what, and how long.
    fn title(
        &self,
        identities: &[IncidentIdentity],
        start: Option<&Start>,
        tactics: &[Tactic],
        first: Option<Time>,
        last: Option<Time>,
    ) -> String {
        let Some(start) = start else { return String::new() };
        let who = start.identity.and_then(|at| identities.get(at));
        let mut text = who.map_or_else(|| "Somebody".to_owned(), |of| self.label(of));
        if let Some(source) = &start.source {
            text.push_str(&format!(" from {source}"));
        }
        let names: Vec<&str> = tactics.iter().map(|tactic| tactic.name()).collect();
        match names.split_last() {
            Some((last, [])) => text.push_str(&format!(": {last}")),
            Some((last, before)) => {
                text.push_str(&format!(": {} and {last}", before.join(", ")));
            }
            None => text.push_str(": several findings"),
        }
        if let (Some(first), Some(last)) = (first, last)
            && last > first
        {
            let length = Duration(last.0.saturating_sub(first.0));
            text.push_str(&format!(" within {}", rounded(length)));
        }
        text
    }

    /// An identity in a sentence: `user deploy`, `a session of role ops`.
    fn label(&self, identity: &IncidentIdentity) -> String {
        let key = self.shown.key;
        match (&identity.node, &identity.role) {
            (_, Some(role)) => format!("a session of role {role}"),
            (Node::User { name, .. }, _) if name == "root" => "the root user".to_owned(),
            (Node::User { name, .. }, _) => match identity.keys.as_slice() {
                [one] => format!("key {} of user {name}", key(one)),
                _ => format!("user {name}"),
            },
            (Node::Key { id, .. }, _) => match &identity.user {
                Some(user) => format!("key {} of {user}", key(id)),
                None => format!("key {}", key(id)),
            },
            (Node::Role { name, .. }, _) => format!("role {name}"),
            (Node::Policy { name, .. }, _) => format!("policy {name}"),
            (Node::Address(address), _) => format!("address {address}"),
        }
    }

    /// What an allowlist entry would accept.
    fn accept<'m>(
        &self,
        members: impl Iterator<Item = &'m Finding>,
        identities: &[IncidentIdentity],
    ) -> Option<Accept> {
        let rules: BTreeSet<&str> = members
            .filter(|finding| finding.role != VerdictRole::Suppressed)
            .filter_map(|finding| self.rules.get(finding.rule))
            .map(|rule| rule.id)
            .collect();
        let users: BTreeSet<&str> = identities
            .iter()
            .filter(|identity| identity.first.is_some())
            .filter_map(|identity| match (&identity.node, &identity.role) {
                (_, Some(role)) => Some(role.as_str()),
                (Node::User { name, .. }, None) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let sources: BTreeSet<&str> = identities
            .iter()
            .flat_map(|identity| &identity.sources)
            .filter(|source| Node::address(source).is_some())
            .map(String::as_str)
            .collect();
        if rules.is_empty() || users.is_empty() && sources.is_empty() {
            return None;
        }
        let owned = |of: BTreeSet<&str>| of.into_iter().map(str::to_owned).collect();
        Some(Accept { rules: owned(rules), users: owned(users), addresses: owned(sources) })
    }
}

/// The title of findings of credential reports about one user or key.
fn reported(finding: &Finding, count: usize) -> String {
    let call = finding.calls.first().map(|calls| &calls.call);
    let user = call.and_then(|call| call.user.as_deref()).unwrap_or("one key");
    let account = call.and_then(|call| call.account.as_deref());
    let account = account.map_or_else(String::new, |account| format!(" of account {account}"));
    format!("{user}{account}: {count} findings of credential reports")
}

/// The tactics in the order of their first steps.
fn tactics(steps: &[Step]) -> Vec<Tactic> {
    let mut unique = BTreeSet::new();
    let all = steps.iter().flat_map(|step| step.tactics.iter().copied());
    all.filter(|tactic| unique.insert(*tactic)).collect()
}

/// What the calls that succeeded name.
fn touched(steps: &[Step]) -> Vec<Target> {
    let successes = steps.iter().filter(|step| step.ok > 0);
    let touched: BTreeSet<&Target> = successes
        .flat_map(|step| &step.targets)
        // A policy of the provider stays what it was.
        .filter(|target| {
            target.kind != TargetKind::Policy || Node::policy("", "", &target.name).is_some()
        })
        .collect();
    touched.into_iter().take(TOUCHED).cloned().collect()
}

/// A length of time in its largest unit: `41 minutes`.
fn rounded(length: Duration) -> String {
    let seconds = length.0 / 1_000_000;
    let (count, unit) = match seconds {
        ..=119 => (seconds.max(1), "second"),
        120..=7_199 => (seconds / 60, "minute"),
        7_200..=172_799 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_rounded_down_to_its_largest_unit() {
        for (seconds, shown) in [
            (0, "1 second"),
            (61, "61 seconds"),
            (2_475, "41 minutes"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(rounded(Duration(seconds * 1_000_000)), shown);
        }
    }
}
