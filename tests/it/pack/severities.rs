//! How bad the rules find what, where they raise it.

use serde_json::{Value, json};

use crate::run::Folder;

fn record(identity: Value, source: &str, api: &str, params: Value, error: Option<&str>) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": "2026-10-07T02:27:44Z",
        "eventSource": format!("{source}.amazonaws.com"),
        "eventName": api,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.23",
        "userAgent": "aws-cli/2.31.6",
        "requestParameters": params,
        "responseElements": null,
        "eventID": "6b1c1f9e-0c1f-4d0e-a1f4-3c3c4d0f7a11",
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    });
    if let Some(code) = error {
        record["errorCode"] = json!(code);
    }
    record
}

fn alice() -> Value {
    json!({
        "type": "IAMUser",
        "principalId": "AIDACKCEVSQ6C2EXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "accountId": "111122223333",
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": "alice",
    })
}

fn root() -> Value {
    json!({
        "type": "Root",
        "principalId": "111122223333",
        "arn": "arn:aws:iam::111122223333:root",
        "accountId": "111122223333",
        "accessKeyId": "AKIAI44QH8DHBEXAMPLE",
    })
}

fn deploy() -> Value {
    json!({
        "type": "AssumedRole",
        "principalId": "AROACKCEVSQ6C2EXAMPLE:ci",
        "arn": "arn:aws:sts::111122223333:assumed-role/deploy/ci",
        "accountId": "111122223333",
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROACKCEVSQ6C2EXAMPLE",
                "arn": "arn:aws:iam::111122223333:role/deploy",
                "accountId": "111122223333",
                "userName": "deploy",
            },
            "attributes": { "creationDate": "2026-10-07T02:00:00Z", "mfaAuthenticated": "false" },
        },
    })
}

#[test]
fn severities_are_raised_where_the_rule_says_so() {
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let china = "arn:aws-cn:iam::aws:policy/IAMFullAccess";
    let other = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let key = "create-access-key";
    let root_key = "root-key-high-risk-api";
    let escalation = "permission-escalation";
    let attach = |user: &str, policy: &str| json!({ "userName": user, "policyArn": policy });
    let cases = [
        (root_key, root(), "iam", "CreateUser", json!({ "userName": "x" }), None, "critical"),
        (root_key, root(), "iam", "CreateUser", json!(null), Some("AccessDenied"), "high"),
        (key, alice(), "iam", "CreateAccessKey", json!(null), None, "medium"),
        (key, alice(), "iam", "CreateAccessKey", json!({ "userName": "alice" }), None, "medium"),
        (key, alice(), "iam", "CreateAccessKey", json!({ "userName": "bob" }), None, "high"),
        (key, root(), "iam", "CreateAccessKey", json!({ "userName": "bob" }), None, "critical"),
        (escalation, alice(), "iam", "AttachUserPolicy", attach("bob", other), None, "high"),
        (escalation, alice(), "iam", "AttachUserPolicy", attach("bob", admin), None, "critical"),
        (escalation, alice(), "iam", "AttachUserPolicy", attach("bob", china), None, "critical"),
        (escalation, alice(), "iam", "AttachUserPolicy", attach("alice", other), None, "critical"),
        (escalation, deploy(), "iam", "PutRolePolicy", json!({ "roleName": "web" }), None, "high"),
        (
            escalation,
            deploy(),
            "iam",
            "PutRolePolicy",
            json!({ "roleName": "deploy" }),
            None,
            "critical",
        ),
    ];
    for (number, (rule, identity, source, api, params, error, severity)) in
        cases.into_iter().enumerate()
    {
        let record = record(identity, source, api, params, error);
        let folder = Folder::new(&format!("severity-{number}")).file("a.json", record.to_string());
        let ended = folder.keytrail(["scan", "a.json", "--format", "json", "--exit-zero"]).output();
        let report: Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"));
        let of_rule = |finding: &&Value| finding["rule"] == rule;
        let found: Vec<&Value> =
            report["findings"].as_array().unwrap().iter().filter(of_rule).collect();
        assert_eq!(found.len(), 1, "{rule}: {record}\n{ended}");
        assert_eq!(found[0]["severity"], severity, "{rule}: {record}");
    }
}
