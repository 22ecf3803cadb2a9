//! Findings as SARIF results.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::descriptors::Descriptors;
use super::flows::Flows;
use super::locations::Locations;
use super::log::{Location, Message, SarifResult, Suppression, bag};
use super::severity::{level, security_severity, shown_severity};
use super::text::{self, LIMIT};
use crate::finding::{self, Finding, Sample, VerdictRole, subject_name};
use crate::incident::Incident;
use crate::output::sarif_profile::SarifProfile;
use crate::report::{Facts, Report, RuleSummary};

/// Characters shown of the document of a key's policies.
const DOCUMENT: usize = 4_000;

/// Further records that a result refers to.
const MOST_RECORDS: usize = 10;

/// What results refer to.
pub(super) struct Context<'r> {
    pub(super) report: &'r Report,
    pub(super) profile: SarifProfile,
    pub(super) rules: &'r Descriptors,
    pub(super) places: &'r Locations<'r>,
    pub(super) flows: &'r Flows<'r>,
}

pub(super) fn of(context: &Context<'_>, finding: &Finding) -> Option<SarifResult> {
    let Context { report, profile, rules, places, flows } = context;
    let rule = report.rule_of(finding)?;
    let (rule_id, rule_index) = rules.of(report, finding)?;
    let counted = counted(finding);
    let severity = shown_severity(finding);
    let by_entry = finding.suppression.as_ref().map(|s| vec![suppression(report, places, s)]);
    let suppressions = by_entry.or_else(|| triaged(report, *profile, places, finding));
    Some(SarifResult {
        rule_id: rule_id.to_owned(),
        rule_index,
        kind: "fail",
        level: level(severity),
        rank: security_severity(severity) * 10.0,
        message: Message::new(message(&report.facts, rule, finding)),
        locations: vec![places.record(&report.facts, &finding.sample)],
        related_locations: related(report, places, rule, finding),
        code_flows: flows.of(places, finding),
        // GitHub uses the first one.
        partial_fingerprints: [
            ("primaryLocationLineHash", format!("{}:1", finding.fingerprint)),
            ("keytrail/v1", finding.fingerprint.clone()),
        ]
        .into(),
        occurrence_count: counted.max(1),
        baseline_state: finding.baseline.map(|state| state.name()),
        suppressions,
        properties: properties(report, rule, finding, flows.incident(finding)),
    })
}

fn counted(finding: &Finding) -> u64 {
    match finding.role {
        VerdictRole::Suppressed => finding.suppressed,
        _ => finding.count,
    }
}

/// The title and the subject, so that the text does not change while the finding persists. Services
/// compare it between runs, so counts, times and the message of a match are properties instead.
fn message(facts: &Facts, rule: &RuleSummary, finding: &Finding) -> String {
    let parts: Vec<String> = finding
        .subject
        .iter()
        .map(|(by, value)| {
            let name = subject_name(by);
            format!("{name} {}", value.as_deref().unwrap_or("-"))
        })
        .collect();
    let mark = match finding.role {
        VerdictRole::Processed => "Processed: ",
        VerdictRole::Ignored => "Ignored: ",
        VerdictRole::Suppressed => "",
        _ if finding.is_only_uncertain() => "Uncertain: ",
        _ => "",
    };
    let title = text::message(facts, rule.title.trim_end_matches('.'), LIMIT / 4);
    let title = format!("{mark}{title}");
    let left = LIMIT.saturating_sub(title.chars().count() + 2);
    let subject = std::iter::once(finding.provider.clone()).chain(parts).collect::<Vec<_>>();
    format!("{title}: {}", text::sentence(facts, &subject.join(", "), left))
}

/// The location of the rule, then further records of the finding.
fn related(
    report: &Report,
    places: &Locations<'_>,
    rule: &RuleSummary,
    finding: &Finding,
) -> Option<Vec<Location>> {
    let mut locations = BTreeSet::from([&finding.sample.location]);
    let further: Vec<&Sample> = finding
        .calls
        .iter()
        .flat_map(|calls| &calls.samples)
        .filter(|sample| locations.insert(&sample.location))
        .take(MOST_RECORDS)
        .collect();
    let rule_line = places.policy_line(&rule.file, rule.line, rule.builtin).map(|location| {
        Location { message: Some(Message::new(format!("The rule {}.", rule.id))), ..location }
    });
    let records = further.into_iter().map(|sample| Location {
        message: Some(Message::new("A further record.")),
        ..places.record(&report.facts, sample)
    });
    let locations: Vec<Location> = rule_line
        .into_iter()
        .chain(records)
        .zip(1..)
        .map(|(location, id)| Location { id: Some(id), ..location })
        .collect();
    (!locations.is_empty()).then_some(locations)
}

/// The decision that keeps a finding from failing the run, where a suppression is shown as one.
fn triaged(
    report: &Report,
    profile: SarifProfile,
    places: &Locations<'_>,
    finding: &Finding,
) -> Option<Vec<Suppression>> {
    let decision = finding.triage.as_ref().filter(|_| finding.is_triaged())?;
    profile.shows_suppressions().then(|| {
        vec![Suppression {
            kind: "external",
            status: "accepted",
            justification: text::data(&report.facts, &decision.sentence(), LIMIT),
            location: places.policy_line(&decision.file, decision.line, false),
            properties: bag([("triage", decision.state.name().into())]),
        }]
    })
}

fn suppression(
    report: &Report,
    places: &Locations<'_>,
    suppression: &finding::Suppression,
) -> Suppression {
    let facts = &report.facts;
    let entry = report.ledger.iter().find(|entry| entry.id == suppression.entry);
    Suppression {
        kind: "external",
        status: "accepted",
        justification: text::data(facts, &suppression.reason, LIMIT),
        location: entry.and_then(|entry| places.policy_line(&entry.file, entry.line, false)),
        properties: bag([
            ("entry", suppression.entry.as_str().into()),
            ("entries", suppression.entries.clone().into()),
        ]),
    }
}

fn properties(
    report: &Report,
    rule: &RuleSummary,
    finding: &Finding,
    incident: Option<&Incident>,
) -> Map<String, Value> {
    let facts = &report.facts;
    let shown = |value: &str| Value::from(text::data(facts, value, 500));
    let subject: Map<String, Value> = finding
        .subject
        .iter()
        .map(|(by, value)| (by.clone(), value.as_deref().map_or(Value::Null, shown)))
        .collect();
    let time =
        |time: Option<crate::value::Time>| time.map_or(Value::Null, |t| json!(t.to_string()));
    let mut properties = bag([
        ("severity", finding.severity.name().into()),
        ("security-severity", format!("{:.1}", security_severity(shown_severity(finding))).into()),
        ("rule", rule.id.as_str().into()),
        ("role", finding.role.name().into()),
        ("category", rule.category.name().into()),
        ("gates", (finding.role == VerdictRole::Gates).into()),
        ("uncertain", finding.uncertain.into()),
        ("message", shown(&finding.message)),
        ("provider", shown(&finding.provider)),
        ("subject", subject.into()),
        ("count", finding.count.into()),
        ("ok", finding.ok.into()),
        ("failed", finding.failed.into()),
        ("suppressed", finding.suppressed.into()),
        ("first", time(finding.first)),
        ("last", time(finding.last)),
        ("pointer", shown(&finding.sample.location.pointer)),
    ]);
    if let Some(of) = &finding.triage {
        let of = json!({
            "state": of.state.name(),
            "effect": of.effect.name(),
            "by": shown(&of.by),
            "time": of.time.to_string(),
            "expires": of.expires,
            "reason": shown(&of.reason),
        });
        properties.insert("triage".into(), of);
    }
    if let Some(incident) = incident {
        let of = json!({
            "id": incident.id,
            "title": shown(&incident.title),
            "findings": incident.findings.len(),
        });
        properties.insert("incident".into(), of);
    }
    let document = |value: &str| Value::from(text::data(facts, value, DOCUMENT));
    let maybe = |value: Option<&String>| value.map_or(Value::Null, |value| shown(value));
    if !finding.identities.is_empty() {
        let of = |of: &finding::Identity| {
            json!({
                "user_type": maybe(of.user_type.as_ref()),
                "user": maybe(of.user.as_ref()),
                "account": maybe(of.account.as_ref()),
            })
        };
        properties.insert("identities".into(), finding.identities.iter().map(of).collect());
    }
    if !finding.accounts.is_empty() {
        let of = |enriched: &finding::EnrichedAccount| {
            json!({
                "account": shown(&enriched.account),
                "name": maybe(enriched.name.as_ref()),
                "env": maybe(enriched.env.as_ref()),
                "owner": maybe(enriched.owner.as_ref()),
            })
        };
        properties.insert("accounts".into(), finding.accounts.iter().map(of).collect());
    }
    if !finding.sources.is_empty() {
        let of = |enriched: &finding::EnrichedSource| {
            json!({
                "source": shown(&enriched.source),
                "ip_type": enriched.ip_type,
                "remark": maybe(enriched.remark.as_ref()),
                "asset": maybe(enriched.asset.as_ref().and_then(|asset| asset.id.as_ref())),
                "asset_name": maybe(enriched.asset.as_ref().and_then(|asset| asset.name.as_ref())),
                "locations": enriched.locations.iter().map(|of| shown(of)).collect::<Value>(),
            })
        };
        properties.insert("sources".into(), finding.sources.iter().map(of).collect());
    }
    if !finding.keys.is_empty() {
        let of = |enriched: &finding::EnrichedKey| {
            json!({
                "ak": shown(&facts.key(&enriched.ak)),
                "remark": maybe(enriched.remark.as_ref()),
                "policies": enriched.policies.iter().map(|policy| shown(policy)).collect::<Value>(),
                "policy_count": enriched.policy_count,
                "role": maybe(enriched.role.as_ref()),
                "document": enriched.document.as_deref().map_or(Value::Null, document),
                "open": enriched.open.iter().map(|of| of.rule.as_str()).collect::<Value>(),
            })
        };
        properties.insert("keys".into(), finding.keys.iter().map(of).collect());
    }
    properties
}
