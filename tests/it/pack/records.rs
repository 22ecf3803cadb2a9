//! Records of calls as CloudTrail writes them, and the identities that make them.

use serde_json::{Value, json};

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const SOURCE: &str = "198.51.100.23";

/// A call with a key, such as `iam.CreateUser`. `changes` replaces or adds values.
pub(super) fn call(operation: &str, identity: &Value, changes: Value) -> Value {
    let (service, api) = operation.split_once('.').unwrap();
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": "2026-10-07T02:27:44Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": api,
        "awsRegion": "us-east-1",
        "sourceIPAddress": SOURCE,
        "userAgent": "aws-cli/2.31.6",
        "requestParameters": null,
        "responseElements": null,
        "eventID": "6b1c1f9e-0c1f-4d0e-a1f4-3c3c4d0f7a11",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    });
    let Value::Object(changes) = changes else { panic!("{changes}") };
    record.as_object_mut().unwrap().extend(changes);
    record
}

pub(super) fn alice() -> Value {
    json!({
        "type": "IAMUser",
        "principalId": "AIDACKCEVSQ6C2EXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "accountId": ACCOUNT,
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": "alice",
    })
}

pub(super) fn root() -> Value {
    json!({
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": "arn:aws:iam::111122223333:root",
        "accountId": ACCOUNT,
        "accessKeyId": "AKIAI44QH8DHBEXAMPLE",
    })
}

/// A session of a role.
pub(super) fn role(name: &str) -> Value {
    json!({
        "type": "AssumedRole",
        "principalId": "AROACKCEVSQ6C2EXAMPLE:session",
        "arn": format!("arn:aws:sts::111122223333:assumed-role/{name}/session"),
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": format!("arn:aws:iam::111122223333:role/{name}"),
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": { "creationDate": "2026-10-07T02:00:00Z", "mfaAuthenticated": "false" },
        },
    })
}
