//! JSON schemas of the files that people write, for use in editors.

use serde_json::{Map, Value, json};

use super::PROJECT;
use crate::rule::{DEFINITIONS_FILE, LIST_FILE, RULE_FILE, TABLE_FILE};
use crate::{allow, triage, yaml};

/// The schema of the project file, as stored in `schemas/config.json`.
pub fn project_schema() -> String {
    document("Project file of Keytrail", yaml::json_schema(&PROJECT))
}

/// The schema of every policy file, as stored in `schemas/policy.json`.
///
/// It is one object with any one of the keys, instead of a list of alternatives. An editor can then
/// complete inside the part that is being written, and shows only the errors of that part.
pub fn policy_schema() -> String {
    let shapes = [&RULE_FILE, &LIST_FILE, &TABLE_FILE, &DEFINITIONS_FILE, &allow::FILE];
    let properties: Map<String, Value> = shapes
        .into_iter()
        .filter_map(|shape| match yaml::json_schema(shape).get_mut("properties")?.take() {
            Value::Object(properties) => Some(properties),
            _ => None,
        })
        .flatten()
        .collect();
    let schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
    });
    document(
        "Policy file of Keytrail: a rule, a list, a table, definitions or allowlist entries",
        schema,
    )
}

/// The schema of a triage file, as stored in `schemas/triage.json`.
pub fn triage_schema() -> String {
    document("Triage file of Keytrail", yaml::json_schema(&triage::FILE))
}

fn document(title: &str, mut schema: Value) -> String {
    if let Value::Object(schema) = &mut schema {
        schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        schema.insert("title".to_owned(), title.into());
    }
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::{policy_schema, project_schema};

    #[test]
    fn the_schema_of_policy_files_requires_a_known_key() {
        let schema: Value = serde_json::from_str(&policy_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let list = json!({ "id": "a", "of": "event.operation", "values": ["b"] });
        assert!(validator.is_valid(&json!({ "list": list })));
        assert!(!validator.is_valid(&json!({})));
        assert!(!validator.is_valid(&json!({ "lists": list })));
        assert!(!validator.is_valid(&json!({ "list": list, "definitions": {} })));
        let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["definitions", "entries", "list", "rule", "table"]);
    }

    #[test]
    fn a_project_file_may_be_empty() {
        let schema: Value = serde_json::from_str(&project_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(&json!({})));
        assert!(validator.is_valid(&json!({ "fail_on": "low" })));
        assert!(validator.is_valid(&json!({ "fail_on": "Never", "min_severity": "MEDIUM" })));
        assert!(!validator.is_valid(&json!({ "fail_on": "lo" })));
        assert!(!validator.is_valid(&json!({ "fail_on": "never ever" })));
        assert!(!validator.is_valid(&json!({ "min_severity": "never" })));
        assert!(!validator.is_valid(&json!({ "failon": "low" })));
    }
}
