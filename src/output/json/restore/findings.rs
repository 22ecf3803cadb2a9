//! Findings of a report.

use std::collections::BTreeMap;

use super::values::{Restored, all, index, maybe, name, texts, time};
use crate::finding::{
    Asset, CallRecord, Calls, EnrichedAccount, EnrichedKey, EnrichedSource, Finding, Identity,
    LeftOut, Location, Occurrence, OpenFinding, Sample, Suppression, Target,
};
use crate::output::json::v1;
use crate::report::RuleSummary;

pub(super) fn finding(
    of: v1::Finding<'_>,
    rules: &[RuleSummary],
    by_id: &BTreeMap<&str, usize>,
) -> Restored<Finding> {
    let rule = index(by_id, &of.rule, "rule")?;
    let measures: &[String] = rules.get(rule).map_or(&[], |rule| &rule.measures);
    let subject = of.subject.into_iter();
    Ok(Finding {
        rule,
        severity: of.severity.0,
        provider: of.provider.into_owned(),
        subject: subject.map(|part| (part.by.into_owned(), maybe(part.value))).collect(),
        message: of.message.into_owned(),
        fingerprint: of.fingerprint.into_owned(),
        count: of.count,
        ok: of.ok,
        failed: of.failed,
        suppressed: of.suppressed,
        first: time(of.first)?,
        last: time(of.last)?,
        occurrences: all(of.occurrences, |of| occurrence(of, measures))?,
        calls: all(of.calls, calls)?,
        others: of.others.map(others),
        identities: of.identities.into_iter().map(identity).collect(),
        accounts: of.accounts.into_iter().map(account).collect(),
        sources: all(of.sources, source)?,
        keys: of.keys.into_iter().map(key).collect(),
        sample: sample(of.sample)?,
        uncertain: of.uncertain,
        suppression: of.suppression.map(|of| Suppression {
            entry: of.entry.into_owned(),
            entries: texts(of.entries),
            reason: of.reason.into_owned(),
        }),
        role: of.role.0,
        incident: of.incident.into_owned(),
        baseline: of.baseline.map(|state| state.0),
        brief: of.brief,
    })
}

/// An occurrence; its measures have the order that the rule gives them.
fn occurrence(of: v1::Occurrence<'_>, order: &[String]) -> Restored<Occurrence> {
    let measures = of.measures.into_iter();
    let mut measures: Vec<_> =
        measures.map(|(name, value)| (name.into_owned(), maybe(value))).collect();
    measures.sort_by_key(|(name, _)| order.iter().position(|of| of == name).unwrap_or(order.len()));
    Ok(Occurrence {
        day: maybe(of.day),
        count: of.count,
        first: time(of.first)?,
        last: time(of.last)?,
        measures,
        uncertain: of.uncertain,
    })
}

fn calls(of: v1::Calls<'_>) -> Restored<Calls> {
    Ok(Calls {
        call: CallRecord {
            ak: maybe(of.ak),
            source: maybe(of.source),
            method: maybe(of.method),
            service: maybe(of.service),
            api: maybe(of.api),
            user: maybe(of.user),
            ok: of.ok,
            // It decides only how findings are redacted and joined, which is done.
            sign_in: false,
            user_type: maybe(of.user_type),
            account: maybe(of.account),
            caller_account: maybe(of.caller_account),
            location: maybe(of.location),
        },
        count: of.count,
        suppressed: of.suppressed,
        day: maybe(of.day),
        days: of.days,
        first: time(of.first)?,
        last: time(of.last)?,
        targets: of.targets.into_iter().map(target).collect(),
        samples: all(of.samples, sample)?,
    })
}

pub(super) fn target(of: v1::Target<'_>) -> Target {
    Target { kind: of.kind.0, name: of.name.into_owned() }
}

fn sample(of: v1::Sample<'_>) -> Restored<Sample> {
    Ok(Sample {
        time: time(of.time)?,
        id: maybe(of.id),
        request_id: maybe(of.request_id),
        name: of.name.into_owned(),
        text: of.text.into_owned(),
        request: maybe(of.request),
        location: location(of.location),
    })
}

pub(super) fn location(of: v1::Location<'_>) -> Location {
    Location {
        root: of.root,
        path: of.path.into_owned(),
        line: of.line,
        column: of.column,
        end_line: of.end_line,
        end_column: of.end_column,
        offset: of.offset,
        length: of.length,
        pointer: of.pointer.into_owned(),
    }
}

fn others(of: v1::Others<'_>) -> LeftOut {
    let operations = of.operations.into_iter();
    LeftOut {
        rows: of.rows,
        count: of.count,
        operations: operations.map(|of| (of.name.into_owned(), of.count)).collect(),
    }
}

fn identity(of: v1::Identity<'_>) -> Identity {
    Identity { user_type: maybe(of.user_type), user: maybe(of.user), account: maybe(of.account) }
}

fn account(of: v1::Account<'_>) -> EnrichedAccount {
    EnrichedAccount {
        account: of.account.into_owned(),
        name: maybe(of.name),
        env: maybe(of.env),
        owner: maybe(of.owner),
    }
}

fn source(of: v1::Source<'_>) -> Restored<EnrichedSource> {
    Ok(EnrichedSource {
        source: of.source.into_owned(),
        ip_type: of.ip_type.as_deref().map(name).transpose()?,
        remark: remark(of.remark.into_owned()),
        asset: of.asset.map(|asset| Asset { id: maybe(asset.id), name: maybe(asset.name) }),
        locations: texts(of.locations),
    })
}

fn key(of: v1::Key<'_>) -> EnrichedKey {
    let open = of.open.into_iter();
    EnrichedKey {
        ak: of.ak.into_owned(),
        remark: remark(of.remark.into_owned()),
        policies: texts(of.policies),
        policy_count: of.policy_count,
        document: maybe(of.document),
        open: open
            .map(|of| OpenFinding {
                rule: of.rule.into_owned(),
                fingerprint: of.fingerprint.into_owned(),
            })
            .collect(),
    }
}

/// A remark; `-` stands for none.
fn remark(of: String) -> Option<String> {
    (of != "-").then_some(of)
}
