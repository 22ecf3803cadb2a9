//! Incidents of a report.

use std::collections::BTreeMap;

use super::findings::{location, target};
use super::values::{Restored, all, index, instant, maybe, texts, time};
use crate::incident::{Accept, Action, Incident, IncidentIdentity, MadeBy, Node, Start, Step};
use crate::output::json::v1;
use crate::output::json::word::Word;

pub(super) fn incident(
    of: v1::Incident<'_>,
    by_fingerprint: &BTreeMap<&str, usize>,
    rules: &BTreeMap<&str, usize>,
) -> Restored<Incident> {
    let finding =
        |fingerprint: std::borrow::Cow<'_, str>| index(by_fingerprint, &fingerprint, "finding");
    Ok(Incident {
        id: of.id.into_owned(),
        title: of.title.into_owned(),
        severity: of.severity.0,
        rank: of.rank.into_owned(),
        findings: all(of.findings, finding)?,
        first: time(of.first)?,
        last: time(of.last)?,
        start: of.start.map(start).transpose()?,
        identities: all(of.identities, identity)?,
        steps: all(of.steps, |of| step(of, rules))?,
        more_steps: of.more_steps,
        tactics: of.tactics.into_iter().map(|Word(tactic)| tactic).collect(),
        touched: of.touched.into_iter().map(target).collect(),
        facts: all(of.facts, finding)?,
        uncertain: of.uncertain,
        actions: of
            .actions
            .into_iter()
            .map(|of| Action { text: of.text.into_owned(), command: maybe(of.command) })
            .collect(),
        accept: of.accept.map(|of| Accept {
            rules: texts(of.rules),
            users: texts(of.users),
            addresses: texts(of.addresses),
        }),
    })
}

fn start(of: v1::IncidentStart<'_>) -> Restored<Start> {
    Ok(Start { time: instant(&of.time)?, identity: of.identity, source: maybe(of.source) })
}

fn identity(of: v1::IncidentIdentity<'_>) -> Restored<IncidentIdentity> {
    let name = of.name.into_owned();
    // Joining is done, and no output shows the cloud and the account of a node.
    let (provider, account) = (String::new(), String::new());
    let node = match of.kind.0 {
        v1::IdentityKind::User => Node::User { provider, account, name },
        v1::IdentityKind::Role => Node::Role { provider, account, name },
        v1::IdentityKind::Policy => Node::Policy { provider, account, name },
        v1::IdentityKind::Key => Node::Key { provider, id: name },
        v1::IdentityKind::Address => Node::Address(name),
    };
    Ok(IncidentIdentity {
        node,
        role: maybe(of.role),
        user: maybe(of.user),
        user_type: maybe(of.user_type),
        account: maybe(of.account),
        keys: texts(of.keys),
        sources: texts(of.sources),
        first: time(of.first)?,
        depth: of.depth,
        made_by: of.made_by.map(made_by).transpose()?,
    })
}

fn made_by(of: v1::MadeBy<'_>) -> Restored<MadeBy> {
    Ok(MadeBy {
        identity: of.identity,
        making: of.how.0,
        operation: of.operation.into_owned(),
        time: instant(&of.time)?,
        event: maybe(of.event),
    })
}

fn step(of: v1::IncidentStep<'_>, rules: &BTreeMap<&str, usize>) -> Restored<Step> {
    Ok(Step {
        first: instant(&of.first)?,
        last: instant(&of.last)?,
        operations: texts(of.operations),
        ok: of.ok,
        failed: of.failed,
        other: of.other,
        identity: of.identity,
        source: maybe(of.source),
        location: of.location.map(location),
        targets: of.targets.into_iter().map(target).collect(),
        rules: all(of.rules, |rule| index(rules, &rule, "rule"))?,
        tactics: of.tactics.into_iter().map(|Word(tactic)| tactic).collect(),
    })
}
