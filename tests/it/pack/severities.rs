//! The severities of rules that raise them.

use serde_json::{Value, json};

use super::records::{alice, call, role, root};
use crate::run::Folder;

#[test]
fn severities_are_raised_as_the_rule_states() {
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
        (
            escalation,
            role("deploy"),
            "iam",
            "PutRolePolicy",
            json!({ "roleName": "web" }),
            None,
            "high",
        ),
        (
            escalation,
            role("deploy"),
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
        let mut changes = json!({ "requestParameters": params });
        if let Some(code) = error {
            changes["errorCode"] = json!(code);
        }
        let record = call(&format!("{source}.{api}"), &identity, changes);
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
