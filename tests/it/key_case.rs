//! Exports that change the case of keys: rules give the same findings as on the record itself.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};

use crate::project::{project, scan};
use crate::run::Folder;

/// One call in the trail's own spelling.
fn call() -> Value {
    json!({
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser", "principalId": "AIDAEXAMPLEUSER00002", "userName": "eve",
            "arn": "arn:aws:iam::210987654321:user/eve", "accountId": "210987654321",
            "accessKeyId": "AKIAEXAMPLEKEY000002",
        },
        "eventTime": "2026-03-02T08:00:00Z", "eventSource": "iam.amazonaws.com",
        "eventName": "UpdateRole", "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.4",
        "userAgent": "Boto3/1.34",
        "requestParameters": {
            "roleName": "ops", "maxSessionDuration": 43200,
            "tagSet": { "items": [{ "tagKey": "Env", "tagValue": "prod" }] },
        },
        "responseElements": { "sessionPolicy": { "policyVersion": "v7" } },
        "requestID": "request-1", "eventID": "event-1", "readOnly": false,
        "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "210987654321",
    })
}

/// The value with other keys.
fn keyed(value: &Value, of: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (of(key), keyed(value, of))).collect()
        }
        Value::Array(items) => items.iter().map(|item| keyed(item, of)).collect(),
        other => other.clone(),
    }
}

fn lower(value: &Value) -> Value {
    keyed(value, &str::to_lowercase)
}

/// The value with the member replaced by its text.
fn folded(mut value: Value, key: &str) -> Value {
    value[key] = json!(value[key].to_string());
    value
}

/// A table with the record as its only row.
fn table(record: &Value, cell: &dyn Fn(&Value) -> String) -> String {
    let fields = record.as_object().unwrap();
    let quoted = |text: String| format!("\"{}\"", text.replace('"', "\"\""));
    let cells = fields.values().map(|value| match value {
        Value::Object(_) | Value::Array(_) => quoted(cell(value)),
        Value::String(text) => quoted(text.clone()),
        other => other.to_string(),
    });
    let header = fields.keys().cloned().collect::<Vec<_>>().join(",");
    format!("{header}\n{}\n", cells.collect::<Vec<_>>().join(","))
}

/// The notation of query engines for objects: `{a=b, c=[d]}`.
fn notation(value: &Value) -> String {
    let all = |items: Vec<String>| items.join(", ");
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key}={}", notation(value)));
            format!("{{{}}}", all(fields.collect()))
        }
        Value::Array(items) => format!("[{}]", all(items.iter().map(notation).collect())),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The record with the keys of its objects joined by dots.
fn flat(value: &Value) -> Value {
    fn add(out: &mut Map<String, Value>, value: &Value, prefix: &str) {
        for (key, value) in value.as_object().unwrap() {
            match value {
                Value::Object(_) => add(out, value, &format!("{prefix}{key}.")),
                other => drop(out.insert(format!("{prefix}{key}"), other.clone())),
            }
        }
    }
    let mut out = Map::new();
    add(&mut out, value, "");
    Value::Object(out)
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A folder with one rule over events.
fn rule(name: &str, of_rule: &str) -> Folder {
    let text = format!(
        "rule:\n  id: probe\n  title: A probe\n  category: abuse\n  severity: high\n  \
         status: experimental\n  on: event\n  description: A probe.\n  remediation: None.\n\
         {of_rule}\n"
    );
    project(name).file("rules/probe.yaml", text.replace("experimental", "stable"))
}

const CONDITION: &str = r#"  when: |
    str(event.params.maxSessionDuration) == "43200" && event.params["maxSessionDuration"] in [43200, "43200"]
      && event.params.tagSet.items.some(|tag| tag.tagKey == "Env")
      && "Env" in event.params.values_at("tagSet.items[*].tagKey")
      && "maxSessionDuration" in event.params && event.response.sessionPolicy.policyVersion == "v7"
      && event.raw.requestParameters.tagSet.items[-1].tagValue == "prod"
  message: "${event.params.roleName} for ${event.params.maxSessionDuration}"
  by: [event.account, event.params.maxSessionDuration]"#;

#[test]
fn every_export_of_a_record_gives_the_same_finding() {
    let (own, low) = (call(), lower(&call()));
    let json = |value: &Value| value.to_string();
    // A query named the columns, but the keys inside them are those of the table.
    let mut inner = own.clone();
    inner.as_object_mut().unwrap().values_mut().for_each(|value| *value = lower(value));
    let folder = rule("case-forms", CONDITION)
        .file("own.json", json(&own))
        .file("lower.json", json(&low))
        .file("upper.json", json(&keyed(&own, &str::to_uppercase)))
        .file("lower.json.gz", gzip(&json(&low)))
        .file("string.json", json(&folded(low.clone(), "requestparameters")))
        .file("envelope.json", json!({ "message": json(&low) }).to_string())
        .file("flat.json", json(&flat(&low)))
        .file("cells.csv", table(&low, &json))
        .file("own.csv", table(&own, &json))
        .file("structs.csv", table(&low, &notation))
        .file("inner.json", json(&inner))
        .file("mixed.json", format!("{low}\n{own}\n"));
    let text = |file: &str| {
        let run = scan(&folder, &[file, "--format", "json"]).output();
        assert_eq!(run.code, Some(1), "{file}: {}{}", run.stdout, run.stderr);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let finding = &report["findings"][0];
        assert_eq!(finding["message"], "ops for 43200", "{file}");
        finding["fingerprint"].clone()
    };
    let own = text("own.json");
    for file in [
        "lower.json",
        "upper.json",
        "lower.json.gz",
        "string.json",
        "envelope.json",
        "inner.json",
        "mixed.json",
        "own.csv",
    ] {
        assert_eq!(text(file), own, "{file}");
    }
    // Numbers of these forms are texts.
    for file in ["cells.csv", "structs.csv", "flat.json"] {
        text(file);
    }
}

#[test]
fn parameters_in_a_string_are_read_as_an_object() {
    let when = "  when: event.params.tagSet.items[0].tagKey == \"Env\" && event.user == \"eve\"\n  message: m";
    let own = folded(folded(call(), "requestParameters"), "userIdentity");
    let folder = rule("case-string", when).file("own.json", own.to_string());
    let run = scan(&folder, &["own.json"]).output();
    assert_eq!(run.code, Some(1), "{}", run.stdout);
}

#[test]
fn exports_of_the_other_clouds_give_the_same_findings() {
    let alibaba = json!({
        "eventId": "a-1", "eventVersion": 1, "acsRegion": "cn-hangzhou", "eventName": "CreateRole",
        "eventSource": "ram.aliyuncs.com", "eventTime": "2026-03-02T08:00:00Z",
        "eventType": "ApiCall", "eventRW": "Write", "requestId": "r", "serviceName": "Ram",
        "sourceIpAddress": "198.51.100.4", "userAgent": "sdk",
        "userIdentity": {
            "type": "ram-user", "accessKeyId": "LTAI5tExample000000000002",
            "accountId": "1000000000000002", "principalId": "2002", "userName": "eve",
        },
        "requestParameters": { "MaxSessionDuration": 43200 },
        "recipientAccountId": "1000000000000002",
    });
    let tencent = json!({
        "userIdentity": {
            "type": "CAMUser", "principalId": "100000000002", "accountId": "100000000001",
            "secretId": "AKIDexampleexampleexampleexample0002", "userName": "eve",
            "sessionContext": "",
        },
        "eventTime": 1772438400, "eventType": "ApiCall", "eventVersion": 2, "errorCode": 0,
        "errorMessage": "", "apiErrorCode": "", "apiErrorMessage": "", "eventName": "CreateRole",
        "resourceType": "cam", "eventSource": "cam.tencentcloudapi.com",
        "eventRegion": "ap-guangzhou", "requestID": "r-1", "eventID": "t-1", "apiVersion": "3.0",
        "httpMethod": "POST", "userAgent": "SDK",
        "requestParameters": { "MaxSessionDuration": 43200 }, "responseElements": "{}",
        "sourceIPAddress": "198.51.100.4", "actionType": "Write",
    });
    let when = "  when: event.params.MaxSessionDuration == 43200\n  message: m";
    for (name, own) in [("case-alibaba", alibaba), ("case-tencent", tencent)] {
        let folder = rule(name, when)
            .file("own.json", own.to_string())
            .file("lower.json", lower(&own).to_string())
            .file("upper.json", keyed(&own, &str::to_uppercase).to_string())
            .file("string.json", folded(lower(&own), "requestparameters").to_string());
        for file in ["own.json", "lower.json", "upper.json", "string.json"] {
            let run = scan(&folder, &[file]).output();
            assert_eq!(run.code, Some(1), "{name} {file}: {}", run.stdout);
        }
    }
}

#[test]
fn keys_that_differ_only_in_case_are_ambiguous() {
    let mut record = lower(&call());
    record["requestparameters"]["MAXSESSIONDURATION"] = json!(1);
    let folder = rule("case-ambiguous", CONDITION).file("log.json", record.to_string());
    let run = scan(&folder, &["log.json"]).output();
    assert_eq!(run.code, Some(3), "{}", run.stdout);
    let message = "several keys fit, because an export changed their case";
    assert!(run.stdout.contains("rule probe failed once") && run.stdout.contains(message));
    // If another operand determines the condition, the ambiguous key does not matter. Other keys
    // are still read.
    for (when, code) in [
        (r#"event.params.roleName == "ops""#, 1),
        (r#"event.params.maxSessionDuration == 1 || event.api == "UpdateRole""#, 1),
        (r#"event.params.maxSessionDuration == 1 && event.api == "Other""#, 0),
        (r#"event.api == "Other" && event.params.maxSessionDuration == 1"#, 0),
        ("!(event.params.maxSessionDuration == 43200)", 3),
        ("has(event.params.maxSessionDuration)", 3),
        ("event.params.values_at(\"maxSessionDuration[*]\").len() == 1", 3),
        (r#""maxSessionDuration" in event.params.keys()"#, 3),
        ("event.params.values().some(|value| value == \"ops\")", 1),
        (r#""maxSessionDuration" in event.params"#, 1),
    ] {
        let folder = rule("case-decided", &format!("  when: '{when}'\n  message: m"))
            .file("log.json", record.to_string());
        let run = scan(&folder, &["log.json"]).output();
        assert_eq!(run.code, Some(code), "{when}: {}", run.stdout);
    }
}

#[test]
fn an_object_with_changed_keys_is_not_searched_as_text() {
    let when = r#"  when: str(event.params).contains("\"maxSessionDuration\"")
  message: "${event.params}""#;
    let json = |value: &Value| value.to_string();
    let folder = rule("case-text", when)
        .file("own.json", json(&call()))
        .file("own.csv", table(&call(), &json))
        .file("lower.json", json(&lower(&call())))
        .file("cells.csv", table(&lower(&call()), &json));
    for (file, code) in [("own.json", 1), ("own.csv", 1), ("lower.json", 3), ("cells.csv", 3)] {
        let run = scan(&folder, &[file]).output();
        assert_eq!(run.code, Some(code), "{file}: {}", run.stdout);
        let blind = run.stdout.contains("an export changed the case of the keys in this text");
        assert_eq!(blind, code == 3, "{file}: {}", run.stdout);
    }
    // Showing the text or grouping by it is not a comparison.
    let by = "  when: event.api == \"UpdateRole\"\n  message: \"${str(event.params)}\"\n  by: [str(event.params)]";
    let folder = rule("case-shown", by).file("lower.json", json(&lower(&call())));
    assert_eq!(scan(&folder, &["lower.json"]).output().code, Some(1));
}

#[test]
fn allowlists_and_measures_read_keys_in_any_case() {
    let allowed = r#"entries:
  - id: long-sessions
    rules: [probe]
    match: {}
    broad: true
    when: event.params.maxSessionDuration == 43200
    reason: Known.
    owner: platform
    expires: never
"#;
    let log = lower(&call()).to_string();
    let plain = "  when: event.api == \"UpdateRole\"\n  message: m";
    let folder = rule("case-allowed", plain).file("allow.yaml", allowed).file("log.json", &log);
    assert_eq!(scan(&folder, &["log.json"]).output().code, Some(1));
    let run = scan(&folder, &["log.json", "-a", "allow.yaml"]).output();
    assert_eq!(run.code, Some(0), "{}", run.stdout);

    let counted = "  when: event.api == \"UpdateRole\"\n  message: m\n  correlate:\n    measures:\n      \
                   longest: { max: int(event.params.maxSessionDuration) }\n    having: longest > 3600";
    let folder = rule("case-measured", counted).file("log.json", &log);
    let run = scan(&folder, &["log.json"]).output();
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
}
