//! The packs of rules: which rules are loaded, which findings fail a run, and the layer of the
//! ATT&CK Navigator.

use serde_json::{Value, json};

use crate::run::{Ended, Folder};

/// A rule of the extended pack whose findings reach the threshold, and a log with a finding.
fn folder(name: &str, config: &str) -> Folder {
    Folder::new(name)
        .file("keytrail.yaml", config)
        .file(
            "rules/listed.yaml",
            r#"rule:
  id: listed
  title: Users were listed
  category: abuse
  severity: high
  pack: extended
  confidence: low
  on: event
  when: event.api == "ListUsers"
  tests:
    - { name: users, event: { provider: aws, api: ListUsers }, expect: match }
    - { name: roles, event: { provider: aws, api: ListRoles }, expect: none }
"#,
        )
        .file(
            "log.json",
            r#"{"eventVersion":"1.11","eventTime":"2026-01-01T10:00:00Z","eventID":"e-1","eventSource":"iam.amazonaws.com",
"eventName":"ListUsers","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.0","eventType":"AwsApiCall",
"recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","accountId":"111122223333","userName":"alice",
"principalId":"AIDAEXAMPLE","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}"#,
        )
}

fn scan(folder: &Folder) -> Value {
    let ended = folder.keytrail(["scan", "log.json", "-f", "json", "--exit-zero"]).output();
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"))
}

const OWN: &str = "extends: []\nrule_paths: [rules]\n";

#[test]
fn a_finding_of_the_extended_pack_fails_a_run_only_if_the_project_says_so() {
    for (number, (config, role, gating, change)) in [
        ("", "extended", 0, None),
        ("fail_on_extended: false\n", "extended", 0, None),
        ("fail_on_extended: true\n", "gates", 1, Some(("fail_on_extended", "false", "true"))),
        (
            "rules: { listed: { pack: core } }\n",
            "gates",
            1,
            Some(("pack of listed", "extended", "core")),
        ),
        ("rules: { listed: { pack: extended } }\n", "extended", 0, None),
        ("fail_on: critical\n", "extended", 0, Some(("fail_on", "high", "critical"))),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = folder(&format!("packs-gate-{number}"), &format!("{OWN}{config}"));
        let report = scan(&folder);
        let finding = &report["findings"][0];
        assert_eq!(
            (finding["rule"].as_str(), finding["role"].as_str()),
            (Some("listed"), Some(role))
        );
        assert_eq!(report["verdict"]["gating"], gating, "{config}");
        let at_threshold = u64::from(role == "extended" && !config.contains("critical"));
        assert_eq!(report["verdict"]["extended"], at_threshold, "{config}");
        let rule = &report["rules"][0];
        let pack = if config.contains("pack: core") { "core" } else { "extended" };
        assert_eq!((&rule["pack"], &rule["confidence"]), (&json!(pack), &json!("low")));
        let change = change.map_or(
            json!([]),
            |(name, from, to)| json!([{ "name": name, "from": from, "to": to }]),
        );
        assert_eq!(report["run"]["policy_changes"]["settings"], change, "{config}");
    }
}

#[test]
fn moving_a_rule_out_of_the_core_pack_is_listed_as_a_change() {
    let config = "rules: { create-access-key: { pack: extended } }\n";
    let report = scan(&folder("packs-weaker", config));
    assert_eq!(
        report["run"]["policy_changes"]["settings"],
        json!([{ "name": "pack of create-access-key", "from": "core", "to": "extended" }])
    );
}

#[test]
fn the_report_for_people_states_why_the_finding_does_not_gate() {
    let folder = folder("packs-human", OWN);
    let ended = folder.keytrail(["scan", "log.json"]).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    let note = "the rule is of the extended pack, for hunting, and does not fail the run";
    assert!(ended.stdout.contains(note), "{ended}");
    let last = "passed: 1 finding at or above high: 0 gate, 1 extended (exit 0)";
    assert_eq!(ended.stdout.lines().last(), Some(last));
    let sarif = folder.keytrail(["scan", "log.json", "-f", "sarif"]).output();
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["precision"], "low");
    assert_eq!(sarif["runs"][0]["results"][0]["properties"]["gates"], false);
}

/// The ids of the loaded rules.
fn ids(ended: &Ended) -> Vec<String> {
    let rules: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"));
    let id = |rule: &Value| rule["id"].as_str().unwrap().to_owned();
    rules.as_array().unwrap().iter().map(id).collect()
}

#[test]
fn the_extended_pack_is_loaded_only_if_it_is_named() {
    let hunting = "session-token-by-key".to_owned();
    for (number, (config, arguments, has_core, has_extended)) in [
        ("", &[][..], true, false),
        ("extends: [builtin]\n", &[], true, false),
        ("extends: [\"builtin:extended\"]\n", &[], true, true),
        ("extends: [builtin, \"builtin:extended\"]\n", &[], true, true),
        ("", &["--extended"], true, true),
        ("extends: []\n", &[], false, false),
        ("", &["--no-builtin", "--extended"], false, false),
    ]
    .into_iter()
    .enumerate()
    {
        let folder =
            folder(&format!("packs-loaded-{number}"), &format!("{config}rule_paths: [rules]\n"));
        let arguments = ["rules", "--format", "json"].iter().chain(arguments);
        let ids = ids(&folder.keytrail(arguments).output());
        let found = (ids.contains(&"create-access-key".to_owned()), ids.contains(&hunting));
        assert_eq!(found, (has_core, has_extended), "{config}");
        assert!(ids.contains(&"listed".to_owned()), "a rule of the project is always loaded");
    }
}

#[test]
fn mistakes_about_packs_are_errors_that_name_the_right_word() {
    let hunting = "session-token-by-key";
    for (number, (config, arguments, expected)) in [
        ("extends: [\"builtin:extnded\"]\n".to_owned(), &["check"][..], "`builtin:extended`"),
        ("extends: [\"builtin:all\"]\n".to_owned(), &["check"], "`builtin` and `builtin:extended`"),
        ("rules: { listed: { pack: extende } }\n".to_owned(), &["check"], "`extended`"),
        (format!("rules: {{ {hunting}: {{ enabled: false }} }}\n"), &["check"], "pass --extended"),
        (String::new(), &["rules", "session-token-by-key"], "pass --extended"),
        (String::new(), &["scan", "log.json", "--only", "session-token-by-key"], "pass --extended"),
    ]
    .into_iter()
    .enumerate()
    {
        let config = format!("rule_paths: [rules]\n{config}");
        let folder = folder(&format!("packs-mistakes-{number}"), &config);
        let ended = folder.keytrail(arguments).output();
        assert_eq!(ended.code, Some(2), "{config}{ended}");
        let shown = ended.stderr.clone() + &ended.stdout;
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(expected), "{config}{ended}");
    }
}

#[test]
fn an_allowlist_entry_can_name_a_rule_of_the_extended_pack_that_is_not_loaded() {
    let entries = "entries:\n  - { id: tokens, rules: [session-token-by-key], match: { user: [alice] }, \
                   reason: An application issues tokens., owner: platform, expires: 2030-01-01 }\n";
    for (name, config) in [("without", "[builtin]"), ("with", "[\"builtin:extended\"]")] {
        let config = format!("extends: {config}\nallowlists: [allow.yaml]\n");
        let folder = folder(&format!("packs-entry-{name}"), &config).file("allow.yaml", entries);
        let ended = folder.keytrail(["check", "--now", "2026-01-01T00:00:00Z"]).output();
        assert_eq!(ended.code, Some(0), "{ended}");
    }
}

/// The parts of version 4.5 of the layer format that a layer of Keytrail uses.
fn layer_schema() -> Value {
    let text = json!({ "type": "string" });
    let metadata = json!({ "type": "array", "items": {
        "type": "object", "required": ["name", "value"], "additionalProperties": false,
        "properties": { "name": text, "value": text },
    }});
    let color = json!({ "type": "string", "pattern": "^#[0-9a-f]{6}$" });
    json!({
        "type": "object",
        "required": ["name", "domain", "versions", "techniques"],
        "additionalProperties": false,
        "properties": {
            "name": text,
            "description": text,
            "domain": { "enum": ["enterprise-attack"] },
            "versions": {
                "type": "object", "required": ["layer", "navigator"], "additionalProperties": false,
                "properties": { "layer": { "const": "4.5" }, "navigator": text, "attack": text },
            },
            "filters": {
                "type": "object", "additionalProperties": false,
                "properties": { "platforms": { "type": "array", "items": {
                    "enum": ["IaaS", "Identity Provider", "SaaS", "Office Suite"],
                }}},
            },
            "sorting": { "enum": [0, 1, 2, 3] },
            "hideDisabled": { "type": "boolean" },
            "gradient": {
                "type": "object", "required": ["colors", "minValue", "maxValue"],
                "additionalProperties": false,
                "properties": {
                    "colors": { "type": "array", "minItems": 2, "items": color },
                    "minValue": { "type": "integer" },
                    "maxValue": { "type": "integer", "minimum": 1 },
                },
            },
            "legendItems": { "type": "array" },
            "metadata": metadata,
            "links": { "type": "array" },
            "techniques": { "type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["techniqueID", "score"], "additionalProperties": false,
                "properties": {
                    "techniqueID": { "type": "string", "pattern": "^T[0-9]{4}(\\.[0-9]{3})?$" },
                    "score": { "type": "integer", "minimum": 1 },
                    "comment": text,
                    "enabled": { "type": "boolean" },
                    "showSubtechniques": { "type": "boolean" },
                    "metadata": metadata,
                },
            }},
        },
    })
}

#[test]
fn the_layer_follows_the_format_of_the_attack_navigator() {
    let folder = folder("packs-layer", "rule_paths: [rules]\n");
    let layer = |arguments: &[&str]| -> Value {
        let fixed = ["rules", "--format", "attack-navigator"];
        let ended = folder.keytrail(fixed.iter().chain(arguments)).output();
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended}");
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let core = layer(&[]);
    let validator = jsonschema::validator_for(&layer_schema()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&core).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let of = |layer: &Value, id: &str| -> Value {
        let techniques = layer["techniques"].as_array().unwrap();
        techniques.iter().find(|technique| technique["techniqueID"] == id).cloned().unwrap()
    };
    // The extended pack adds its rules to the score.
    let (few, more) = (of(&core, "T1550.001"), of(&layer(&["--extended"]), "T1550.001"));
    assert!(few["score"].as_u64() < more["score"].as_u64(), "{few} {more}");
    let names: Vec<&str> = more["metadata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"rules of extended") && names.contains(&"aws"), "{more}");
    let most = core["techniques"].as_array().unwrap().iter().map(|t| t["score"].as_u64()).max();
    assert_eq!(core["gradient"]["maxValue"].as_u64(), most.unwrap());
}
