//! Converts incidents to version 1 of the report format.

use super::v1;
use super::values::{at, location, texts};
use super::word::Word;
use crate::finding::{self, TargetKind};
use crate::incident::{Incident, IncidentIdentity, MadeBy, Node, Start, Step};
use crate::report::{Facts, Report};

pub(super) fn incident<'a>(report: &'a Report, incident: &'a Incident) -> v1::Incident<'a> {
    let facts = &report.facts;
    let fingerprints = |of: &'a [usize]| {
        let findings = of.iter().filter_map(|index| report.findings.get(*index));
        findings.map(|finding| finding.fingerprint.as_str().into()).collect()
    };
    v1::Incident {
        id: incident.id.as_str().into(),
        title: facts.text(&incident.title),
        severity: Word(incident.severity),
        rank: incident.rank.as_str().into(),
        findings: fingerprints(&incident.findings),
        first: at(incident.first),
        last: at(incident.last),
        start: incident.start.as_ref().map(|of| start(facts, of)),
        identities: incident.identities.iter().map(|of| identity(facts, of)).collect(),
        steps: incident.steps.iter().map(|of| step(report, of)).collect(),
        more_steps: incident.more_steps,
        tactics: incident.tactics.iter().map(|tactic| Word(*tactic)).collect(),
        touched: incident.touched.iter().map(|of| target(facts, of)).collect(),
        facts: fingerprints(&incident.facts),
        uncertain: incident.uncertain,
        actions: incident
            .actions
            .iter()
            .map(|action| v1::Action {
                text: facts.text(&action.text),
                command: action.command.as_ref().map(|command| facts.text(command)),
            })
            .collect(),
        accept: incident.accept.as_ref().map(|of| v1::Accept {
            rules: texts(facts, &of.rules),
            users: texts(facts, &of.users),
            addresses: texts(facts, &of.addresses),
        }),
    }
}

fn start<'a>(facts: &Facts, start: &'a Start) -> v1::IncidentStart<'a> {
    v1::IncidentStart {
        time: start.time.to_string(),
        identity: start.identity,
        source: start.source.as_ref().map(|source| facts.text(source)),
    }
}

fn identity<'a>(facts: &Facts, identity: &'a IncidentIdentity) -> v1::IncidentIdentity<'a> {
    let (kind, name) = match &identity.node {
        Node::User { name, .. } => (v1::IdentityKind::User, facts.text(name)),
        Node::Role { name, .. } => (v1::IdentityKind::Role, facts.text(name)),
        Node::Policy { name, .. } => (v1::IdentityKind::Policy, facts.text(name)),
        Node::Key { id, .. } => (v1::IdentityKind::Key, facts.key(id)),
        Node::Address(address) => (v1::IdentityKind::Address, facts.text(address)),
    };
    v1::IncidentIdentity {
        kind: Word(kind),
        name,
        role: identity.role.as_ref().map(|role| facts.text(role)),
        user: identity.user.as_ref().map(|of| facts.text(of)),
        user_type: identity.user_type.as_ref().map(|of| facts.text(of)),
        account: identity.account.as_ref().map(|of| facts.text(of)),
        keys: identity.keys.iter().map(|key| facts.key(key)).collect(),
        sources: identity.sources.iter().map(|source| facts.text(source)).collect(),
        first: at(identity.first),
        depth: identity.depth,
        made_by: identity.made_by.as_ref().map(|of| made_by(facts, of)),
    }
}

fn made_by<'a>(facts: &Facts, made: &'a MadeBy) -> v1::MadeBy<'a> {
    v1::MadeBy {
        identity: made.identity,
        how: Word(made.making),
        operation: facts.text(&made.operation),
        time: made.time.to_string(),
        event: made.event.as_ref().map(|event| facts.text(event)),
    }
}

fn step<'a>(report: &'a Report, step: &'a Step) -> v1::IncidentStep<'a> {
    let facts = &report.facts;
    let rules = step.rules.iter().filter_map(|rule| report.rules.get(*rule));
    v1::IncidentStep {
        first: step.first.to_string(),
        last: step.last.to_string(),
        operations: step.operations.iter().map(|of| facts.text(of)).collect(),
        ok: step.ok,
        failed: step.failed,
        other: step.other,
        identity: step.identity,
        source: step.source.as_ref().map(|source| facts.text(source)),
        location: step.location.as_ref().map(|of| location(facts, of)),
        targets: step.targets.iter().map(|of| target(facts, of)).collect(),
        rules: rules.map(|rule| rule.id.as_str().into()).collect(),
        tactics: step.tactics.iter().map(|tactic| Word(*tactic)).collect(),
    }
}

pub(super) fn target<'a>(facts: &Facts, target: &'a finding::Target) -> v1::Target<'a> {
    let name = match target.kind {
        TargetKind::Key => facts.key(&target.name),
        _ => facts.text(&target.name),
    };
    v1::Target { kind: Word(target.kind), name }
}
