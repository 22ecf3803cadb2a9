//! Findings as SARIF results.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::log::{Location, Message, SarifResult, Suppression};
use super::places::{Places, policy_line};
use super::text::{self, LIMIT};
use super::{bag, level, security_severity};
use crate::finding::{self, Finding, Sample, VerdictRole};
use crate::report::{Report, RuleSummary};
use crate::value::RecordKind;

/// Further records that a result points at.
const MOST_RECORDS: usize = 10;

pub(super) fn of(report: &Report, places: &Places<'_>, finding: &Finding) -> Option<SarifResult> {
    let rule = report.rule_of(finding)?;
    let counted = counted(finding);
    let suppressions = finding.suppression.as_ref().map(|s| vec![suppression(report, s)]);
    Some(SarifResult {
        rule_id: rule.id.clone(),
        rule_index: finding.rule,
        kind: "fail",
        level: level(finding.severity),
        rank: security_severity(finding.severity) * 10.0,
        message: Message::new(message(report, rule, finding)),
        locations: vec![places.record(&report.facts, &finding.sample)],
        related_locations: related(report, places, rule, finding),
        // The first is the one that GitHub goes by.
        partial_fingerprints: [
            ("primaryLocationLineHash", format!("{}:1", finding.fingerprint)),
            ("keytrail/v1", finding.fingerprint.clone()),
        ]
        .into(),
        occurrence_count: counted.max(1),
        suppressions,
        properties: properties(report, rule, finding),
    })
}

fn counted(finding: &Finding) -> u64 {
    match finding.role {
        VerdictRole::Suppressed => finding.suppressed,
        _ => finding.count,
    }
}

/// The title, which is the same in every run, then what was seen.
fn message(report: &Report, rule: &RuleSummary, finding: &Finding) -> String {
    let facts = &report.facts;
    let noun = if rule.on == RecordKind::Event { "call" } else { "record" };
    let count = counted(finding);
    let mut seen = format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    if finding.ok + finding.failed > 0 {
        seen.push_str(&format!(" ({} ok, {} failed)", finding.ok, finding.failed));
    }
    if let (Some(first), Some(last)) = (finding.first, finding.last) {
        seen.push_str(&if first == last {
            format!(" at {first}")
        } else {
            format!(" from {first} to {last}")
        });
    }
    let title = text::sentence(facts, &rule.title, LIMIT / 4);
    let left = LIMIT.saturating_sub(title.chars().count() + seen.chars().count() + 4);
    let said = text::sentence(facts, &finding.message, left);
    format!("{title} {said} {seen}.")
}

/// The rule, then further records of the finding.
fn related(
    report: &Report,
    places: &Places<'_>,
    rule: &RuleSummary,
    finding: &Finding,
) -> Option<Vec<Location>> {
    let mut seen = BTreeSet::from([&finding.sample.location]);
    let further: Vec<&Sample> = finding
        .calls
        .iter()
        .flat_map(|calls| &calls.samples)
        .filter(|sample| seen.insert(&sample.location))
        .take(MOST_RECORDS)
        .collect();
    let rule_line = policy_line(&rule.file, rule.line, rule.builtin).map(|location| Location {
        message: Some(Message::new(format!("The rule {}.", rule.id))),
        ..location
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

fn suppression(report: &Report, suppression: &finding::Suppression) -> Suppression {
    let facts = &report.facts;
    let entry = report.ledger.iter().find(|entry| entry.id == suppression.entry);
    Suppression {
        kind: "external",
        status: "accepted",
        justification: text::data(facts, &suppression.reason, LIMIT),
        location: entry.and_then(|entry| policy_line(&entry.file, entry.line, false)),
        properties: bag([
            ("entry", suppression.entry.as_str().into()),
            ("entries", suppression.entries.clone().into()),
        ]),
    }
}

fn properties(report: &Report, rule: &RuleSummary, finding: &Finding) -> Map<String, Value> {
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
        ("security-severity", format!("{:.1}", security_severity(finding.severity)).into()),
        ("category", rule.category.name().into()),
        ("gates", (finding.role == VerdictRole::Gates).into()),
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
    let maybe = |value: Option<&String>| value.map_or(Value::Null, |value| shown(value));
    if !finding.sources.is_empty() {
        let of = |known: &finding::KnownSource| {
            json!({
                "source": shown(&known.source),
                "ip_type": known.ip_type,
                "remark": maybe(known.remark.as_ref()),
                "asset": maybe(known.asset.as_ref().and_then(|asset| asset.id.as_ref())),
                "asset_name": maybe(known.asset.as_ref().and_then(|asset| asset.name.as_ref())),
            })
        };
        properties.insert("sources".into(), finding.sources.iter().map(of).collect());
    }
    if !finding.keys.is_empty() {
        let of = |known: &finding::KnownKey| {
            json!({
                "ak": shown(&facts.key(&known.ak)),
                "remark": maybe(known.remark.as_ref()),
                "policies": known.policies.iter().map(|policy| shown(policy)).collect::<Value>(),
                "policy_count": known.policy_count,
                "open": known.open.iter().map(|of| of.rule.as_str()).collect::<Value>(),
            })
        };
        properties.insert("keys".into(), finding.keys.iter().map(of).collect());
    }
    properties
}
