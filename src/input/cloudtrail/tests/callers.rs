//! The caller of an event, and events without an ordinary call.

use super::*;

/// What distinguishes callers, and how messages name them.
fn who(text: &str) -> [String; 3] {
    [field::USER_ID, field::ACTOR, field::CALLER].map(|id| one(text, id))
}

#[test]
fn a_user_of_the_identity_center_is_identified_by_the_identity_store() {
    let person = |id: &str, principal: Tree| {
        with(json!({
            "userIdentity": {
                "type": "IdentityCenterUser", "userName": null, "principalId": principal,
                "arn": null, "accessKeyId": null,
                "onBehalfOf": {
                    "userId": id,
                    "identityStoreArn": "arn:aws:identitystore::123456789012:identitystore/d-1",
                },
            },
        }))
    };
    let account = json!("123456789012");
    for principal in [json!(null), json!(""), account] {
        assert_eq!(
            who(&person("94a8", principal)),
            ["94a8", "94a8", "94a8 of account 123456789012"]
        );
    }
    assert_eq!(one(&person("94a8", json!(null)), field::USER_TYPE), "federated");
}

#[test]
fn a_principal_that_is_only_the_account_is_root_or_nobody() {
    let caller = |written: &str, name: Tree| {
        with(json!({
            "userIdentity": {
                "type": written, "principalId": "123456789012", "arn": null, "accessKeyId": null,
                "userName": name,
            },
        }))
    };
    assert_eq!(who(&caller("Root", json!(null))), ["123456789012", "123456789012", "root"]);
    for (written, name, actor, shown) in [
        ("Unknown", json!("eve"), "eve", "eve"),
        ("Unknown", json!(null), "203.0.113.64", "account 123456789012"),
        ("IAMUser", json!("HIDDEN_DUE_TO_SECURITY_REASONS"), "203.0.113.64", "an unknown user"),
    ] {
        assert_eq!(who(&caller(written, name)), ["-", actor, shown], "{written}");
        assert_ne!(one(&caller(written, json!(null)), field::USER_TYPE), "root");
    }
}

#[test]
fn sessions_of_a_single_sign_on_role_are_different_callers() {
    let session = |role: &str, name: &str| {
        with(json!({
            "userIdentity": {
                "type": "AssumedRole", "userName": null, "principalId": format!("AROA1:{name}"),
                "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
                "sessionContext": { "sessionIssuer": { "userName": role } },
            },
        }))
    };
    for (role, name, actor, shown) in [
        ("AWSReservedSSO_Admin_1a", "ann", "AROA1:ann", "AWSReservedSSO_Admin_1a/ann"),
        ("AWSReservedSSO_Admin_1a", "bob", "AROA1:bob", "AWSReservedSSO_Admin_1a/bob"),
        ("deploy", "run-1", "deploy", "deploy"),
        ("deploy", "run-2", "deploy", "deploy"),
    ] {
        let [_, actual, named] = who(&session(role, name));
        assert_eq!((&*actual, &*named), (actor, shown));
    }
}

#[test]
fn callers_without_credentials_are_distinguished_by_address() {
    let stranger = |account: &str, principal: &str, address: &str| {
        with(json!({
            "userIdentity": {
                "type": "AWSAccount", "userName": null, "principalId": principal, "arn": null,
                "accountId": account, "accessKeyId": null,
            },
            "sourceIPAddress": address,
        }))
    };
    let anonymous = "ANONYMOUS_PRINCIPAL";
    for (account, principal, address, actor, shown) in [
        (anonymous, "", "192.0.2.1", "192.0.2.1", "an anonymous caller"),
        (anonymous, anonymous, "192.0.2.2", "192.0.2.2", "an anonymous caller"),
        ("444455556666", "AIDA4", "192.0.2.1", "AIDA4", "AIDA4 of account 444455556666"),
    ] {
        let [_, actual, named] = who(&stranger(account, principal, address));
        assert_eq!((&*actual, &*named), (actor, shown));
    }
}

#[test]
fn the_details_of_an_identity_center_sign_in_decide_its_outcome() {
    for (name, details, expected) in [
        ("CredentialVerification", json!({ "CredentialVerification": "Failure" }), "signin false"),
        ("CredentialVerification", json!({ "CredentialVerification": "Success" }), "signin true"),
        ("UserAuthentication", json!({ "UserAuthentication": "Success" }), "signin true"),
        ("UserAuthentication", json!({ "UserAuthentication": "Failure" }), "signin false"),
        ("CredentialVerification", json!(null), "signin -"),
        ("CredentialChallenge", json!({ "CredentialChallenge": "Success" }), "service true"),
    ] {
        let text = with(json!({
            "eventType": "AwsServiceEvent", "eventSource": "signin.amazonaws.com",
            "eventName": name, "serviceEventDetails": details,
        }));
        let found = [field::KIND, field::OK].map(|id| one(&text, id)).join(" ");
        assert_eq!(found, expected, "{name} {details}");
    }
}

#[test]
fn an_insight_is_about_an_operation_and_neither_succeeds_nor_fails() {
    let text = with(json!({
        "eventType": "AwsCloudTrailInsight", "userIdentity": null, "eventName": null,
        "eventSource": null, "readOnly": null, "requestParameters": null,
        "insightDetails": {
            "state": "Start", "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances",
            "errorCode": "Client.InsufficientInstanceCapacity",
        },
    }));
    let fields = [field::KIND, field::OPERATION, field::OK, field::CODE, field::METHOD];
    let found = fields.map(|id| one(&text, id));
    assert_eq!(found, ["insight", "aws:ec2.RunInstances", "-", "-", "service"]);
}

#[test]
fn an_update_is_a_version_of_the_event_it_names() {
    let addendum = |reason: &str, original: Tree| {
        with(json!({ "addendum": { "reason": reason, "originalEventID": original } }))
    };
    let own = "00000000-0000-4000-8000-000000000001";
    for (text, id) in [
        (addendum("UPDATED_DATA", json!("first")), "first"),
        (addendum("UPDATED_DATA", json!(null)), own),
        (addendum("DELIVERY_DELAY", json!("first")), own),
    ] {
        assert_eq!(one(&text, field::ID), id, "{text}");
    }
}
