//! The techniques that the rules cover, as a layer of the MITRE ATT&CK Navigator.
//!
//! Source: version 4.5 of the layer format,
//! <https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md>.

use keytrail::input::FORMATS;
use keytrail::plan::covered;
use keytrail::record::Provider;
use keytrail::rule::{Pack, Rule};
use serde_json::{Value, json};

use super::coverage::by_technique;
use super::listed::Listed;
use crate::amount::amount;

/// The layer. The score of a technique is the number of its rules.
pub(super) fn write(listed: &Listed<'_>) -> String {
    let techniques = by_technique(listed);
    let most = techniques.values().map(Vec::len).max().unwrap_or(0).max(1);
    let techniques: Vec<Value> =
        techniques.iter().map(|(id, rules)| technique(id, rules)).collect();
    let layer = json!({
        "name": "Keytrail",
        "versions": { "layer": "4.5", "navigator": "5.1.0" },
        "domain": "enterprise-attack",
        "description": format!(
            "{} of Keytrail {}; the score of a technique is the number of its rules.",
            amount(listed.rules.len(), "rule", "rules"),
            env!("CARGO_PKG_VERSION"),
        ),
        "filters": { "platforms": ["IaaS", "Identity Provider", "SaaS"] },
        "sorting": 3,
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": { "colors": ["#dbe9f6", "#0b559f"], "minValue": 0, "maxValue": most },
        "legendItems": [],
        "metadata": [],
        "links": [],
    });
    format!("{layer:#}\n")
}

fn technique(id: &str, rules: &[&Rule]) -> Value {
    let ids = |pack| {
        let of = rules.iter().filter(|rule| rule.pack == pack);
        of.map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ")
    };
    let of_pack = |pack: &Pack| {
        let ids = ids(*pack);
        (!ids.is_empty()).then(|| json!({ "name": format!("rules of {}", pack.name()), "value": ids }))
    };
    let of_cloud = |provider: &Provider| {
        let covers = |rule: &&&Rule| covered(rule, FORMATS).contains(provider);
        let count = rules.iter().filter(covers).count();
        (count > 0).then(|| json!({ "name": provider.name(), "value": count.to_string() }))
    };
    let clouds = Provider::ALL.iter().filter_map(of_cloud);
    let metadata: Vec<Value> = Pack::ALL.iter().filter_map(of_pack).chain(clouds).collect();
    let titles: Vec<&str> = rules.iter().map(|rule| rule.title.as_str()).collect();
    json!({
        "techniqueID": id,
        "score": rules.len(),
        "comment": titles.join("\n"),
        "enabled": true,
        "showSubtechniques": id.contains('.'),
        "metadata": metadata,
    })
}
