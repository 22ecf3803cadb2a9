//! What becomes of CloudTrail records.
#![allow(clippy::unwrap_used)]

use serde_json::{Value as Tree, json};

use super::*;
use crate::input::trail::sample::{self, Sample, typed as all};
use crate::record::{FieldId, SkipReason};

fn fields(text: &str, needed: FieldSet) -> Result<String, Outcome> {
    Sample::of(&CloudTrail).fields(text, needed)
}

fn one(text: &str, id: FieldId) -> String {
    Sample::of(&CloudTrail).one(text, id)
}

const S3: &str = include_str!("../../../tests/data/cloudtrail/s3.json");

fn record(index: usize) -> String {
    let records: Tree = serde_json::from_str(S3).unwrap();
    records["Records"][index].to_string()
}

/// A plain record with some keys replaced; `null` takes one away.
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
fn it_carries_what_it_fills() {
    let texts: Vec<String> =
        (0..7).map(record).chain([with(json!({ "errorMessage": "no" }))]).collect();
    Sample::of(&CloudTrail).assert_carries_what_it_fills(&texts);
}

#[test]
fn each_field_is_the_same_alone_and_with_all_others() {
    let texts: Vec<String> = (0..7).map(record).collect();
    Sample::of(&CloudTrail).assert_projection_changes_nothing(&texts);
}

#[test]
fn the_way_of_a_call_is_told_by_what_the_caller_cannot_choose() {
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

/// The text is `"true"`, and with TLS details of the client it says no more than whose
/// credentials a terminal in the browser has.
#[test]
fn credentials_of_the_console_are_not_the_console() {
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

/// A sign-in that fails has a message and an answer, and no error code.
#[test]
fn a_failed_sign_in_has_no_error_code() {
    let failed = include_str!("../../../tests/data/cloudtrail/sign-in-failed.json");
    assert!(!failed.contains("errorCode"));
    let outcome = |text: &str| [field::OK, field::CODE, field::MESSAGE].map(|id| one(text, id));
    assert_eq!(outcome(failed), ["false", "Failure", "Failed authentication"]);
    let silent = sample::with(failed, json!({ "errorMessage": null }));
    assert_eq!(outcome(&silent), ["false", "Failure", "-"], "the answer alone");
    let answer = json!({ "errorMessage": null, "responseElements": { "ConsoleLogin": "Success" } });
    assert_eq!(outcome(&sample::with(failed, answer)), ["true", "-", "-"]);
}

#[test]
fn a_call_failed_if_it_says_so_in_any_way() {
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
fn who_a_call_is_about() {
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
    let hinted = Sample {
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
        (json!("1.1112222E7"), "1.1112222E7"),
    ] {
        let text = with(
            json!({ "recipientAccountId": printed, "userIdentity": { "accountId": printed } }),
        );
        assert_eq!(one(&text, field::ACCOUNT), account, "{printed}");
        assert_eq!(one(&text, field::CALLER_ACCOUNT), account, "{printed}");
    }
}

#[test]
fn a_call_gives_its_time_its_operation_its_service_and_its_caller() {
    let gaps = |text: &str| Sample::of(&CloudTrail).gaps(text).join("; ");
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

#[test]
fn a_role_without_an_issuer_is_named_by_its_arn() {
    let identity = |arn: &str| {
        with(json!({ "userIdentity": { "type": "AssumedRole", "arn": arn, "userName": null } }))
    };
    for (arn, role) in [
        ("arn:aws:sts::123456789012:assumed-role/ci/run", "ci"),
        ("arn:aws:iam::123456789012:role/path/ci", "ci"),
        ("arn:aws:iam::123456789012:user/ci", "-"),
    ] {
        assert_eq!(one(&identity(arn), field::ROLE), role, "{arn}");
    }
}

#[test]
fn wrappings_are_taken_off() {
    let plain = fields(&record(0), all()).unwrap();
    let text = record(0);
    let tree: Tree = serde_json::from_str(&text).unwrap();
    for wrapped in [
        json!({ "version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": tree }),
        json!({ "message": text }),
        json!({ "@timestamp": "x", "@message": text }),
        json!({ "message": json!({ "detail": tree }).to_string() }),
        json!({ "EventId": "x", "EventName": "y", "CloudTrailEvent": text }),
    ] {
        assert_eq!(fields(&wrapped.to_string(), all()), Ok(plain.clone()));
        let raw = one(&wrapped.to_string(), field::RAW);
        assert_eq!(serde_json::from_str::<Tree>(&raw).unwrap(), tree, "raw is without wrapping");
    }
}

#[test]
fn a_row_whose_record_is_cut_off_keeps_what_stands_around_it() {
    let row = json!({
        "EventId": "id-1", "EventName": "CreateFunction20150331", "ReadOnly": "false",
        "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "EventTime": 1722519088.5,
        "EventSource": "lambda.amazonaws.com", "Username": "alice",
        "Resources": [{ "ResourceType": "x", "ResourceName": "billing" }],
        "CloudTrailEvent": "{\"eventVersion\":\"1.08\", cut",
    });
    insta::assert_snapshot!(fields(&row.to_string(), all()).unwrap(), @r"
    provider: aws
    id: id-1
    time: 2024-08-01T13:31:28.5Z
    user: alice
    user_type: unknown
    actor: AKIAIOSFODNN7EXAMPLE
    caller: alice
    ak: AKIAIOSFODNN7EXAMPLE
    ak_type: long_term
    ip_scope: unknown
    method: unknown
    kind: call
    service: lambda
    api: CreateFunction
    name: lambda.CreateFunction
    operation: aws:lambda.CreateFunction
    action: write
    resources: billing
    (CloudTrailEvent is not JSON: the fields around it were read)
    ");
}

#[test]
fn what_is_not_cloudtrail_is_foreign() {
    for text in [
        "{}",
        "[]",
        "1",
        r#"{"a":1}"#,
        r#"{"message":"START RequestId: 1"}"#,
        r#"{"message":"{not json"}"#,
        r#"{"detail-type":"EC2 Instance State-change Notification","detail":{"state":"running"}}"#,
        // The other clouds' trails share most names.
        r#"{"eventVersion":1,"eventSource":"ram.aliyuncs.com","eventName":"CreateUser","acsRegion":"cn-hangzhou","eventType":"ApiCall"}"#,
        r#"{"eventVersion":"1.0","eventSource":"cam.tencentcloudapi.com","eventName":"AddUser","eventRegion":"ap-guangzhou","eventType":"ApiCall"}"#,
    ] {
        assert_eq!(fields(text, all()), Err(Outcome::Foreign), "{text}");
    }
}

#[test]
fn an_ambiguous_or_broken_record_is_skipped_whatever_is_needed() {
    let twice = record(0).replacen(r#""eventName":"#, r#""eventName":"DescribeX","eventName":"#, 1);
    let escaped = record(0).replacen(r#""eventName":"#, r#""event\u004eame":1,"eventName":"#, 1);
    let inner =
        record(0).replacen(r#""userName":"bob""#, r#""userName":"eve","userName":"bob""#, 1);
    let nested = json!({ "detail": 0 }).to_string().replace('0', &twice);
    let string = json!({ "message": twice }).to_string();
    let lookup = json!({
        "EventId": "x", "EventName": "y", "EventSource": "iam.amazonaws.com", "CloudTrailEvent": twice,
    });
    let deep = format!(r#"{{"eventVersion":{}{}}}"#, "[".repeat(600), "]".repeat(600));
    for (text, reason) in [
        (twice, SkipReason::DuplicateKey),
        (escaped, SkipReason::DuplicateKey),
        (inner, SkipReason::DuplicateKey),
        (nested, SkipReason::DuplicateKey),
        (string, SkipReason::DuplicateKey),
        (lookup.to_string(), SkipReason::DuplicateKey),
        (json!({ "message": deep }).to_string(), SkipReason::TooDeep),
        (record(0) + "x", SkipReason::Syntax),
        (record(0).replace("bob", "\\ud800"), SkipReason::Syntax),
    ] {
        for needed in [FieldSet::EMPTY, all(), FieldSet::all(RecordKind::Event)] {
            match fields(&text, needed) {
                Err(Outcome::Skipped(found, detail)) => {
                    assert_eq!(found, reason, "{detail}: {text}");
                }
                other => panic!("{other:?}: {text}"),
            }
        }
    }
}

#[test]
fn a_digest_is_known_and_declined() {
    let digest = include_str!("../../../tests/data/cloudtrail/digest.json");
    assert!(CloudTrail.declines(digest).is_some());
    assert_eq!(CloudTrail.declines(&record(0)), None);
    assert_eq!(CloudTrail.declines("{"), None);
}

/// What tells callers apart, and what messages call them.
fn who(text: &str) -> [String; 3] {
    [field::USER_ID, field::ACTOR, field::CALLER].map(|id| one(text, id))
}

#[test]
fn a_person_of_the_identity_center_is_known_by_the_identity_store() {
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
fn strangers_are_told_apart_by_their_address() {
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
fn a_sign_in_of_the_identity_center_succeeds_by_its_details() {
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
fn an_update_is_a_version_of_the_event_that_it_names() {
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
