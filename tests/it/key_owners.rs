//! Off-boarding calls that name only a key are joined with its user through the events of the run.

use serde_json::{Value, json};

use crate::run::Folder;

const KEY: &str = "LTAI5tExampleOfOneLeaver";

/// A record of ActionTrail in January 2026.
fn record(day: u32, service: &str, api: &str, details: Value) -> String {
    let mut record = json!({
        "eventId": format!("event-{day}-{api}"),
        "eventVersion": "1",
        "eventTime": format!("2026-01-{day:02}T08:00:00Z"),
        "eventType": "ApiCall",
        "eventName": api,
        "serviceName": service,
        "eventSource": format!("{service}.aliyuncs.com"),
        "acsRegion": "cn-hangzhou",
        "sourceIpAddress": "203.0.113.9",
        "userAgent": "AlibabaCloud CLI",
        "requestId": format!("request-{day}-{api}"),
        "userIdentity": {
            "type": "ram-user", "principalId": "2001", "accountId": "1000000000000001",
            "accessKeyId": "LTAI5tExampleOfTheAdmin1", "userName": "admin",
        },
    });
    for (name, value) in details.as_object().unwrap() {
        record[name] = value.clone();
    }
    format!("{record}\n")
}

fn signed(user: &str) -> String {
    let identity = json!({
        "type": "ram-user", "principalId": "2002", "accountId": "1000000000000001",
        "accessKeyId": KEY, "userName": user,
    });
    record(2, "ecs", "DescribeRegions", json!({ "userIdentity": identity }))
}

/// The three calls of an off-boarding. The first names only the key.
fn calls() -> [String; 3] {
    [
        record(
            10,
            "ram",
            "DeleteAccessKey",
            json!({ "requestParameters": { "UserAccessKeyId": KEY } }),
        ),
        record(
            11,
            "ram",
            "DeleteLoginProfile",
            json!({ "requestParameters": { "UserName": "leaver" } }),
        ),
        record(12, "ram", "DeleteUser", json!({ "requestParameters": { "UserName": "leaver" } })),
    ]
}

fn report(folder: &Folder, arguments: &[&str]) -> Value {
    let base =
        ["scan", "--no-config", "--now", "2026-02-01T00:00:00Z", "--exit-zero", "-f", "json"];
    let ended = folder.keytrail(base.iter().chain(arguments)).output();
    serde_json::from_str(&ended.stdout).unwrap()
}

fn subjects(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    let of_rule = findings.iter().filter(|finding| finding["rule"] == "offboarding-in-order");
    of_rule.map(|finding| finding["subject"].to_string()).collect()
}

#[test]
fn the_owner_is_found_in_any_order_split_and_number_of_threads() {
    let [key, password, user] = calls();
    let folder = Folder::new("owners-split")
        .file("all.ndjson", [&*key, &password, &user, &signed("leaver")].concat())
        .file("calls.ndjson", [&*user, &key].concat())
        .file("password.ndjson", &*password)
        .file("use.ndjson", signed("leaver"));
    let whole = report(&folder, &["all.ndjson"]);
    let found = subjects(&whole);
    assert!(found.len() == 1 && found[0].contains("leaver"), "{found:?}");
    let matches = &whole["accounting"]["matches"];
    let split = ["calls.ndjson", "password.ndjson", "use.ndjson"];
    let turned = ["use.ndjson", "password.ndjson", "calls.ndjson"];
    for files in [split, turned] {
        for more in [["--jobs", "1"], ["--jobs", "3"]] {
            let other = report(&folder, &[&files[..], &more].concat());
            assert_eq!(subjects(&other), found, "{files:?} {more:?}");
            assert_eq!(&other["accounting"]["matches"], matches, "{files:?} {more:?}");
        }
    }
    assert!(subjects(&report(&folder, &split[..2])).is_empty(), "nothing names the user");
}

#[test]
fn several_users_of_a_key_are_noted() {
    let folder = Folder::new("owners-several")
        .file("all.ndjson", [calls().concat(), signed("leaver")].concat())
        .file("other.ndjson", signed("somebody").replace("event-2", "event-3"));
    let report = report(&folder, &["all.ndjson", "other.ndjson"]);
    assert!(subjects(&report).is_empty());
    let notes = report["notes"].to_string();
    assert!(notes.contains("ambiguous-owner"), "{notes}");
}
