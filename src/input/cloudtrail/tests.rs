//! Mapping of CloudTrail records.
#![allow(clippy::unwrap_used)]

mod callers;
mod wrapped;

use serde_json::{Value as Tree, json};

use super::*;
use crate::input::trail::sample::{self, FormatUnderTest, typed as all};
use crate::record::{FieldId, SkipReason};

fn fields(text: &str, needed: FieldSet) -> Result<String, Outcome> {
    FormatUnderTest::of(&CloudTrail).fields(text, needed)
}

fn one(text: &str, id: FieldId) -> String {
    FormatUnderTest::of(&CloudTrail).one(text, id)
}

const S3: &str = include_str!("../../../tests/data/cloudtrail/s3.json");

fn record(index: usize) -> String {
    let records: Tree = serde_json::from_str(S3).unwrap();
    records["Records"][index].to_string()
}

/// A plain record with some keys replaced; `null` removes one.
fn with(changes: Tree) -> String {
    sample::with(&record(0), changes)
}

#[test]
fn a_user_creates_a_key() {
    insta::assert_snapshot!(fields(&record(0), all()).unwrap(), @r"
    provider: aws
    id: 00000000-0000-4000-8000-000000000001
    time: 2024-08-01T13:01:28Z
    account: 123456789012
    caller_account: 123456789012
    user: alice
    user_id: AIDACKCEVSQ6C2EXAMPLE
    user_type: user
    actor: AKIAIOSFODNN7EXAMPLE
    caller: alice
    ak: AKIAIOSFODNN7EXAMPLE
    ak_type: long_term
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: api
    kind: call
    service: iam
    api: CreateAccessKey
    name: iam.CreateAccessKey
    operation: aws:iam.CreateAccessKey
    action: write
    category: management
    ok: true
    agent: aws-cli/2.13.5 Python/3.11.4 Linux/5.15 exe/x86_64
    region: us-east-1
    request_id: req-0001
    target_user: bob
    ");
}

#[test]
fn a_root_sign_in_fails() {
    insta::assert_snapshot!(fields(&record(2), all()).unwrap(), @r"
    provider: aws
    id: 00000000-0000-4000-8000-000000000003
    time: 2024-08-01T13:03:28Z
    account: 123456789012
    caller_account: 123456789012
    user: root
    user_id: 123456789012
    user_type: root
    actor: 123456789012
    caller: root
    ak_type: none
    mfa: false
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: console
    kind: signin
    service: signin
    api: ConsoleLogin
    name: signin.ConsoleLogin
    operation: aws:signin.ConsoleLogin
    action: write
    category: management
    code: Failure
    message: Failed authentication
    ok: false
    agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36
    region: us-east-1
    request_id: req-0003
    ");
}

#[test]
fn a_role_updates_a_function() {
    insta::assert_snapshot!(fields(&record(3), all()).unwrap(), @r"
    provider: aws
    id: 00000000-0000-4000-8000-000000000004
    time: 2024-08-01T13:04:28Z
    account: 123456789012
    caller_account: 123456789012
    user: ci
    user_id: AROACKCEVSQ6C2EXAMPLE:deploy-42
    user_type: role
    role: ci
    session: deploy-42
    actor: ci
    caller: ci
    ak: ASIAIOSFODNN7EXAMPLE
    ak_type: temporary
    mfa: false
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: api
    kind: call
    service: lambda
    api: UpdateFunctionCode
    name: lambda.UpdateFunctionCode
    operation: aws:lambda.UpdateFunctionCode
    action: write
    category: management
    ok: true
    agent: aws-cli/2.13.5 Python/3.11.4 Linux/5.15 exe/x86_64
    region: us-east-1
    request_id: req-0004
    resources: arn:aws:lambda:us-east-1:123456789012:function:billing
    ");
}

#[test]
fn the_console_stops_a_trail() {
    insta::assert_snapshot!(fields(&record(4), all()).unwrap(), @r"
    provider: aws
    id: 00000000-0000-4000-8000-000000000005
    time: 2024-08-01T13:05:28Z
    account: 123456789012
    caller_account: 123456789012
    user: alice
    user_id: AIDACKCEVSQ6C2EXAMPLE
    user_type: user
    actor: AIDACKCEVSQ6C2EXAMPLE
    caller: alice
    ak: ASIAIOSFODNN7EXAMPLE
    ak_type: temporary
    mfa: true
    source: AWS Internal
    ip_scope: internal
    method: console
    kind: call
    service: cloudtrail
    api: StopLogging
    name: cloudtrail.StopLogging
    operation: aws:cloudtrail.StopLogging
    action: write
    category: management
    ok: true
    agent: AWS Internal
    region: us-east-1
    request_id: req-0005
    (revision)
    ");
}

#[test]
fn a_service_decrypts() {
    insta::assert_snapshot!(fields(&record(5), all()).unwrap(), @r"
    provider: aws
    id: 00000000-0000-4000-8000-000000000006
    time: 2024-08-01T13:06:28Z
    account: 123456789012
    user: secretsmanager.amazonaws.com
    user_type: service
    actor: secretsmanager.amazonaws.com
    caller: secretsmanager.amazonaws.com
    ak_type: none
    source: secretsmanager.amazonaws.com
    ip_scope: service
    method: service
    kind: call
    service: kms
    api: Decrypt
    name: kms.Decrypt
    operation: aws:kms.Decrypt
    action: read
    category: management
    ok: true
    agent: secretsmanager.amazonaws.com
    region: us-east-1
    request_id: req-0006
    ");
}

#[test]
fn another_account_reads_an_object() {
    insta::assert_snapshot!(fields(&record(6), all()).unwrap(), @r"
    provider: aws
    id: 00000000-0000-4000-8000-000000000007
    time: 2024-08-01T13:07:28Z
    account: 123456789012
    caller_account: 999999999999
    user: alice
    user_id: AIDACKCEVSQ6C2EXAMPLE
    user_type: user
    actor: AKIAIOSFODNN7EXAMPLE
    caller: alice
    ak: AKIAIOSFODNN7EXAMPLE
    ak_type: long_term
    ip: 2001:db8::7
    source: 2001:DB8::7
    ip_scope: public
    method: api
    kind: call
    service: s3
    api: GetObject
    name: s3.GetObject
    operation: aws:s3.GetObject
    action: read
    category: data
    ok: true
    agent: aws-cli/2.13.5 Python/3.11.4 Linux/5.15 exe/x86_64
    region: us-east-1
    request_id: req-0007
    resources: arn:aws:s3:::payroll/2024/工资.csv arn:aws:s3:::payroll
    ");
}

#[test]
fn carried_fields_are_those_that_the_mapper_fills() {
    let texts: Vec<String> =
        (0..7).map(record).chain([with(json!({ "errorMessage": "no" }))]).collect();
    FormatUnderTest::of(&CloudTrail).assert_carries_what_it_fills(&texts);
}

#[test]
fn each_field_is_the_same_alone_and_with_all_others() {
    let texts: Vec<String> = (0..7).map(record).collect();
    FormatUnderTest::of(&CloudTrail).assert_projection_changes_nothing(&texts);
}

#[test]
fn the_access_method_depends_only_on_fields_that_the_caller_cannot_choose() {
    let temporary = json!({ "accessKeyId": "ASIAIOSFODNN7EXAMPLE" });
    for (why, changes, method) in [
        ("a key", json!({}), "api"),
        ("a key that claims the console", json!({ "userAgent": "console.amazonaws.com" }), "api"),
        (
            "a session of the console",
            json!({ "userAgent": "console.amazonaws.com", "userIdentity": temporary }),
            "console",
        ),
        (
            "an older console",
            json!({ "userAgent": "[S3Console/0.4, aws-internal/3]", "userIdentity": temporary }),
            "console",
        ),
        (
            "a word inside another",
            json!({ "userAgent": "MyConsoleTool/1", "userIdentity": temporary }),
            "api",
        ),
        (
            "console credentials",
            json!({ "sessionCredentialFromConsole": "true", "tlsDetails": null }),
            "console",
        ),
        (
            "console credentials outside it",
            json!({ "sessionCredentialFromConsole": "true" }),
            "api",
        ),
        (
            "the console on somebody's behalf",
            json!({ "userIdentity": { "invokedBy": "signin.amazonaws.com" } }),
            "console",
        ),
        (
            "a service on somebody's behalf",
            json!({
                "userIdentity": { "invokedBy": "cloudformation.amazonaws.com" },
                "sourceIPAddress": "cloudformation.amazonaws.com",
            }),
            "service",
        ),
        ("a service event", json!({ "eventType": "AwsServiceEvent" }), "service"),
        ("a console action", json!({ "eventType": "AwsConsoleAction" }), "console"),
    ] {
        assert_eq!(one(&with(changes), field::METHOD), method, "{why}");
    }
}

/// The text is `"true"`, and with TLS details of the client it only states whose credentials a
/// terminal in the browser has.
#[test]
fn a_call_with_console_credentials_is_not_a_console_call() {
    let shell = include_str!("../../../tests/data/cloudtrail/cloudshell.json");
    assert!(shell.contains(r#""sessionCredentialFromConsole": "true""#));
    assert_eq!(one(shell, field::METHOD), "api");
    let console = sample::with(shell, json!({ "tlsDetails": null }));
    assert_eq!(one(&console, field::METHOD), "console");
    for printed in [json!("false"), json!(null)] {
        let text = sample::with(&console, json!({ "sessionCredentialFromConsole": printed }));
        assert_eq!(one(&text, field::METHOD), "api");
    }
}

/// A sign-in that fails has a message and a response, but no error code.
#[test]
fn a_failed_sign_in_has_no_error_code() {
    let failed = include_str!("../../../tests/data/cloudtrail/sign-in-failed.json");
    assert!(!failed.contains("errorCode"));
    let outcome = |text: &str| [field::OK, field::CODE, field::MESSAGE].map(|id| one(text, id));
    assert_eq!(outcome(failed), ["false", "Failure", "Failed authentication"]);
    let silent = sample::with(failed, json!({ "errorMessage": null }));
    assert_eq!(outcome(&silent), ["false", "Failure", "-"], "the response alone");
    let response =
        json!({ "errorMessage": null, "responseElements": { "ConsoleLogin": "Success" } });
    assert_eq!(outcome(&sample::with(failed, response)), ["true", "-", "-"]);
}

#[test]
fn every_sign_of_failure_makes_a_call_failed() {
    for (changes, ok, code) in [
        (json!({}), "true", "-"),
        (json!({ "errorCode": "" }), "true", "-"),
        (json!({ "errorCode": "AccessDenied" }), "false", "AccessDenied"),
        (json!({ "errorMessage": "no" }), "false", "-"),
        (
            json!({ "eventType": "AwsConsoleSignIn", "responseElements": { "ConsoleLogin": "Failure" } }),
            "false",
            "Failure",
        ),
        (
            json!({ "eventType": "AwsConsoleSignIn", "responseElements": { "ConsoleLogin": "Success" } }),
            "true",
            "-",
        ),
    ] {
        let text = with(changes);
        assert_eq!(one(&text, field::OK), ok, "{text}");
        assert_eq!(one(&text, field::CODE), code, "{text}");
    }
}

#[test]
fn the_second_factor_is_read_in_every_spelling() {
    let attributes = |value: Tree| json!({ "userIdentity": { "sessionContext": { "attributes": { "mfaAuthenticated": value } } } });
    let signin = |value: &str| json!({ "eventType": "AwsConsoleSignIn", "additionalEventData": { "MFAUsed": value } });
    for (changes, mfa) in [
        (json!({}), "-"),
        (attributes(json!("true")), "true"),
        (attributes(json!(true)), "true"),
        (attributes(json!("false")), "false"),
        (attributes(json!(1)), "-"),
        (signin("YES"), "true"),
        (signin("No"), "false"),
    ] {
        assert_eq!(one(&with(changes), field::MFA), mfa);
    }
}

#[test]
fn the_target_user_of_a_call_is_identified() {
    for (changes, target) in [
        (json!({}), "bob"),
        (json!({ "requestParameters": null }), "alice"),
        (json!({ "requestParameters": null, "eventName": "CreateRole" }), "-"),
        (json!({ "requestParameters": null, "eventSource": "ec2.amazonaws.com" }), "-"),
    ] {
        assert_eq!(one(&with(changes), field::TARGET_USER), target);
    }
}

#[test]
fn odd_values_are_missing_and_ids_keep_their_text() {
    for (changes, id, value) in [
        (json!({ "eventTime": "yesterday" }), field::TIME, "-"),
        (json!({ "eventTime": 1722519088 }), field::TIME, "-"),
        (json!({ "recipientAccountId": 11112222 }), field::ACCOUNT, "000011112222"),
        (json!({ "recipientAccountId": "000011112222" }), field::ACCOUNT, "000011112222"),
        (json!({ "recipientAccountId": null }), field::ACCOUNT, "123456789012"),
        (json!({ "sourceIPAddress": "010.0.0.1" }), field::IP, "-"),
        (json!({ "sourceIPAddress": "010.0.0.1" }), field::SOURCE, "010.0.0.1"),
        (json!({ "sourceIPAddress": "::ffff:10.0.0.1" }), field::IP, "10.0.0.1"),
        (json!({ "readOnly": "true" }), field::ACTION, "read"),
        (json!({ "readOnly": null, "eventName": "ListUsers" }), field::ACTION, "read"),
        (json!({ "userAgent": "q\"\\\u{1b}[2J" }), field::AGENT, "q\"\\\u{1b}[2J"),
        (json!({ "userAgent": { "not": "text" } }), field::AGENT, "-"),
        (json!({ "userIdentity": { "accessKeyId": "" } }), field::AK_TYPE, "none"),
        (json!({ "userIdentity": { "type": "NewThing" } }), field::USER_TYPE, "unknown"),
        (json!({ "userIdentity": null }), field::USER_TYPE, "unknown"),
        (
            json!({ "requestParameters": { "n": 18446744073709551616u128.to_string() } }),
            field::PARAMS,
            r#"{"n":"18446744073709551616","userName":"bob"}"#,
        ),
        (json!({ "requestParameters": null }), field::PARAMS, "-"),
    ] {
        assert_eq!(one(&with(changes.clone()), id), value, "{changes}");
    }
}

#[test]
fn the_time_of_an_event_is_an_instant_or_missing() {
    for (printed, value) in [
        (json!("2026-03-01T10:00:00Z"), "2026-03-01T10:00:00Z"),
        (json!("2026-03-01t10:00:00.123456789z"), "2026-03-01T10:00:00.123456Z"),
        (json!("2026-03-01T18:00:00+08:00"), "2026-03-01T10:00:00Z"),
        (json!("2026-03-01T05:30:00-04:30"), "2026-03-01T10:00:00Z"),
        // A leap second is the last instant of its minute.
        (json!("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z"),
        (json!("9999-12-30T00:00:00Z"), "9999-12-30T00:00:00Z"),
        (json!("10000-01-01T00:00:00Z"), "-"),
        (json!("+10000-01-01T00:00:00Z"), "-"),
        (json!("0000-00-00T00:00:00Z"), "-"),
        (json!("0000-00-00"), "-"),
        (json!("2026-02-30T00:00:00Z"), "-"),
        (json!("2026-03-01T24:00:00Z"), "-"),
        (json!("2026-03-01T10:00:61Z"), "-"),
        // Query engines drop the offset: it is UTC.
        (json!("2026-03-01T10:00:00"), "2026-03-01T10:00:00Z"),
        (json!("2026-03-01 10:00:00.000"), "2026-03-01T10:00:00Z"),
        (json!("2026-03-01 10:00:00.000 UTC"), "2026-03-01T10:00:00Z"),
        (json!("2026-03-01 10:00:00.123456789"), "2026-03-01T10:00:00.123456Z"),
        (json!("2026-03-01"), "-"),
        (json!("1772359200"), "-"),
        (json!(1_772_359_200), "-"),
        (json!(1_772_359_200.5), "-"),
        (json!(""), "-"),
        (json!(["2026-03-01T10:00:00Z"]), "-"),
        (json!(null), "-"),
    ] {
        let text = with(json!({ "eventTime": printed }));
        assert_eq!(one(&text, field::TIME), value, "{printed}");
    }
}

#[test]
fn times_without_an_offset_are_in_the_zone_that_the_user_declares() {
    let hinted = FormatUnderTest {
        format: &CloudTrail,
        origin: Origin { zone: Some(Zone::utc_plus_8()), ..Origin::default() },
    };
    for (printed, value) in [
        ("2026-03-01 10:00:00.000", "2026-03-01T02:00:00Z"),
        ("2026-03-01 10:00:00.000 UTC", "2026-03-01T10:00:00Z"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
    ] {
        assert_eq!(
            hinted.one(&with(json!({ "eventTime": printed })), field::TIME),
            value,
            "{printed}"
        );
    }
}

#[test]
fn account_ids_have_twelve_digits() {
    for (printed, account) in [
        (json!("000011112222"), "000011112222"),
        (json!(11112222), "000011112222"),
        (json!("11112222"), "000011112222"),
        (json!(11112222.0), "000011112222"),
        (json!(999_999_999_999u64), "999999999999"),
        (json!("ANONYMOUS_PRINCIPAL"), "ANONYMOUS_PRINCIPAL"),
        // The rest of its digits is lost.
        (json!("1.1112222E7"), "-"),
    ] {
        let text = with(
            json!({ "recipientAccountId": printed, "userIdentity": { "accountId": printed } }),
        );
        assert_eq!(one(&text, field::ACCOUNT), account, "{printed}");
        assert_eq!(one(&text, field::CALLER_ACCOUNT), account, "{printed}");
    }
}

#[test]
fn missing_essential_fields_of_a_call_are_gaps() {
    let gaps = |text: &str| FormatUnderTest::of(&CloudTrail).gaps(text).join("; ");
    let nobody = json!({ "userName": null, "principalId": null, "arn": null, "accessKeyId": null });
    let of_type = |written: &str| {
        let mut identity = nobody.clone();
        identity["type"] = json!(written);
        json!({ "userIdentity": identity })
    };
    for (changes, expected) in [
        (json!({}), ""),
        (json!({ "eventTime": null }), "`eventTime` is missing"),
        (json!({ "eventTime": "" }), "`eventTime` is empty"),
        (json!({ "eventTime": "3/1/2026 10:00" }), "`eventTime` cannot be read"),
        (
            json!({ "eventTime": 1_772_359_200 }),
            "`eventTime` has a type that the format does not define",
        ),
        (json!({ "eventName": null }), "`eventName` is missing"),
        (json!({ "eventName": " " }), "`eventName` is empty"),
        (json!({ "eventName": " \t" }), "`eventName` is empty"),
        (json!({ "eventName": "\"" }), ""),
        (
            json!({ "sourceIPAddress": ["203.0.113.7"] }),
            "`sourceIPAddress` has a type that the format does not define",
        ),
        (of_type("SAMLUser"), "`userIdentity.principalId` is missing"),
        (
            json!({ "userIdentity": { "accountId": "1.11122E+11" } }),
            "`userIdentity.accountId` cannot be read",
        ),
        (json!({ "recipientAccountId": "1.11122E+11" }), "`recipientAccountId` cannot be read"),
        (json!({ "eventName": 7 }), "`eventName` has a type that the format does not define"),
        (json!({ "eventSource": null }), "`eventSource` is missing"),
        (json!({ "eventSource": {} }), "`eventSource` has a type that the format does not define"),
        (json!({ "userIdentity": null }), "`userIdentity.type` is missing"),
        (json!({ "userIdentity": { "type": "" } }), "`userIdentity.type` is empty"),
        (
            json!({ "userIdentity": { "userName": 7 } }),
            "`userIdentity.userName` has a type that the format does not define",
        ),
        (of_type("IAMUser"), "`userIdentity.userName` is missing"),
        (of_type("AssumedRole"), "`userIdentity.principalId` is missing"),
        (of_type("IdentityCenterUser"), "`userIdentity.onBehalfOf.userId` is missing"),
        // These kinds have no name, or no identity at all.
        (of_type("AWSAccount"), ""),
        (of_type("AWSService"), ""),
        (of_type("Unknown"), ""),
        (json!({ "userIdentity": { "type": null, "invokedBy": "s3.amazonaws.com" } }), ""),
        (json!({ "eventType": "AwsServiceEvent", "userIdentity": null }), ""),
        (json!({ "eventType": "AwsVpceEvent", "userIdentity": null }), ""),
        (
            json!({
                "eventType": "AwsCloudTrailInsight", "userIdentity": null, "eventName": null,
                "eventSource": null,
            }),
            "",
        ),
        (
            json!({ "eventType": "AwsConsoleSignIn", "userIdentity": of_type("IAMUser")["userIdentity"] }),
            "",
        ),
    ] {
        assert_eq!(gaps(&with(changes.clone())), expected, "{changes}");
    }
}
