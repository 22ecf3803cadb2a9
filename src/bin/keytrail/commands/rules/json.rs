//! Rules as JSON.

use keytrail::config::Policy;
use keytrail::input::FORMATS;
use keytrail::plan::{ConditionLookup, covered};
use keytrail::record::Provider;
use keytrail::rule::{Parameter, Rule, Step};
use serde_json::{Value, json};

use super::listed::{Listed, by};

/// An array with one object per rule.
pub(super) fn write(listed: &Listed<'_>) -> String {
    let rules = listed.rules.iter().map(|rule| one(rule, listed.policy)).collect();
    format!("{:#}\n", Value::Array(rules))
}

fn one(rule: &Rule, policy: &Policy) -> Value {
    json!({
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.name(),
        "category": rule.category.name(),
        "status": rule.status.name(),
        "pack": rule.pack.name(),
        "confidence": rule.confidence.name(),
        "on": rule.on.name(),
        "tags": rule.tags,
        "controls": rule.controls,
        "references": rule.references,
        "description": rule.description,
        "remediation": rule.remediation,
        "false_positives": rule.false_positives,
        "by": by(rule),
        "params": rule.params.keys().collect::<Vec<_>>(),
        "parameters": rule.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "providers": covered(rule, FORMATS).into_iter().map(Provider::name).collect::<Vec<_>>(),
        "when": conditions(rule, policy),
        "where": relations(rule, policy),
        "construct": rule.construct.kind().map_or("", |kind| kind.name()),
        "file": policy.sources.file(rule.id_span.file).name,
        "builtin": rule.builtin,
        "not_configured": rule.not_configured,
        "looked_up_by": looked_up_by(rule),
    })
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "type": parameter.ty.name(),
        "of": parameter.of,
        "default": parameter.default,
        "description": parameter.description,
    })
}

/// The condition, or the conditions by step name if the rule has several steps.
fn conditions(rule: &Rule, policy: &Policy) -> Value {
    let text = |step: &Step| policy.sources.text(step.when.span());
    match rule.steps.as_slice() {
        [only] => text(only).into(),
        steps => steps
            .iter()
            .map(|step| (step.id.clone(), text(step).into()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

/// The conditions that relate steps to earlier ones, by step name; null if there is none.
fn relations(rule: &Rule, policy: &Policy) -> Value {
    let related = rule.steps.iter().filter_map(|step| {
        let relation = step.relation.as_ref()?;
        Some((step.id.clone(), policy.sources.text(relation.written.span()).into()))
    });
    let related: serde_json::Map<_, _> = related.collect();
    if related.is_empty() { Value::Null } else { related.into() }
}

/// How the condition is looked up in the index, by name if there are several conditions.
fn looked_up_by(rule: &Rule) -> Value {
    match ConditionLookup::of_rule(rule).as_slice() {
        [(_, only)] => only.to_string().into(),
        all => all
            .iter()
            .map(|(name, lookup)| {
                let name = if name.is_empty() { "when" } else { name };
                (name.to_owned(), lookup.to_string().into())
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
