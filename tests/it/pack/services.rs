//! What a cloud's own services are refused, and what a key is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{of_rule, pack, scan};
use crate::run::Folder;

/// Six refused reads within a minute, of an identity, from a source.
fn refused(identity: &Value, source: &str) -> String {
    let call = |second: usize| {
        json!({
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": format!("2026-10-07T09:00:{second:02}Z"),
            "eventSource": "kms.amazonaws.com",
            "eventName": (["Decrypt", "DescribeKey", "GenerateDataKey"][second % 3]),
            "awsRegion": "us-east-1",
            "sourceIPAddress": source,
            "userAgent": source,
            "errorCode": "AccessDenied",
            "requestParameters": null,
            "responseElements": null,
            "eventID": format!("{source}-{second}"),
            "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
        })
    };
    json!({ "Records": (0..6).map(call).collect::<Vec<_>>() }).to_string()
}

#[test]
fn a_service_that_is_refused_is_no_unauthorized_call() {
    let role = json!({
        "type": "AssumedRole",
        "principalId": "AROACKCEVSQ6C2EXAMPLE:replication",
        "arn": "arn:aws:sts::111122223333:assumed-role/replication/replication",
        "accountId": "111122223333",
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "invokedBy": "s3.amazonaws.com",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": "arn:aws:iam::111122223333:role/replication",
                "accountId": "111122223333",
                "userName": "replication",
            },
            "attributes": { "creationDate": "2026-10-07T08:00:00Z", "mfaAuthenticated": "false" },
        },
    });
    let service = json!({ "type": "AWSService", "invokedBy": "config.amazonaws.com" });
    let key = json!({
        "type": "IAMUser",
        "principalId": "AIDACKCEVSQ6C2EXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "accountId": "111122223333",
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": "alice",
    });
    let mut own = role.clone();
    own["invokedBy"].take();
    let folder = Folder::new("pack-services")
        .file("service/role.json", refused(&role, "s3.amazonaws.com"))
        .file("service/service.json", refused(&service, "config.amazonaws.com"))
        .file("key/key.json", refused(&key, "198.51.100.23"))
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
