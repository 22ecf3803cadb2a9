//! Refused calls of a cloud's own services, compared with those of a key.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::records::{SOURCE, alice, call, role};
use super::{of_rule, pack, scan};
use crate::run::Folder;

/// Six reads of one identity from one source, all refused within a minute.
fn refused(identity: &Value, source: &str) -> String {
    let refused = |second: usize| {
        let api = ["Decrypt", "DescribeKey", "GenerateDataKey"][second % 3];
        let changes = json!({
            "eventTime": format!("2026-10-07T09:00:{second:02}Z"),
            "sourceIPAddress": source,
            "userAgent": source,
            "errorCode": "AccessDenied",
            "eventID": format!("{source}-{second}"),
        });
        call(&format!("kms.{api}"), identity, changes)
    };
    json!({ "Records": (0..6).map(refused).collect::<Vec<_>>() }).to_string()
}

#[test]
fn a_denied_service_call_is_not_an_unauthorized_call() {
    let own = role("replication");
    let mut role = own.clone();
    role["invokedBy"] = json!("s3.amazonaws.com");
    let service = json!({ "type": "AWSService", "invokedBy": "config.amazonaws.com" });
    let folder = Folder::new("pack-services")
        .file("service/role.json", refused(&role, "s3.amazonaws.com"))
        .file("service/service.json", refused(&service, "config.amazonaws.com"))
        .file("key/key.json", refused(&alice(), SOURCE))
        .file("key/role.json", refused(&own, "198.51.100.24"));
    let policy = pack();
    let refused = ["unauthorized-calls", "denied-enumeration"];
    let report = scan(&policy, &[&folder.path("service")], None);
    assert_eq!(report.accounting.evaluated, 12);
    for rule in refused {
        assert!(of_rule(&report, rule).is_empty(), "{rule}");
    }
    let report = scan(&policy, &[&folder.path("key")], None);
    let users: BTreeSet<Option<&str>> = of_rule(&report, "unauthorized-calls")
        .iter()
        .flat_map(|finding| &finding.calls)
        .map(|calls| calls.call.user.as_deref())
        .collect();
    assert_eq!(users, BTreeSet::from([Some("alice"), Some("replication")]));
}
