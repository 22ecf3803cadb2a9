//! Mapping of ActionTrail records.
#![allow(clippy::unwrap_used)]

use serde_json::{Value as Tree, json};

use super::*;
use crate::input::trail::sample::{self, FormatUnderTest, typed};
use crate::record::{FieldId, SkipReason};

const OSS: &str = include_str!("../../../tests/data/actiontrail/oss.json");
const FLAT: &str = include_str!("../../../tests/data/actiontrail/log-service-flat.ndjson");
const RECORDS: usize = 6;

fn fields(text: &str, needed: FieldSet) -> Result<String, Outcome> {
    FormatUnderTest::of(&ActionTrail).fields(text, needed)
}

fn one(text: &str, id: FieldId) -> String {
    FormatUnderTest::of(&ActionTrail).one(text, id)
}

fn record(index: usize) -> String {
    let records: Tree = serde_json::from_str(OSS).unwrap();
    records[index].to_string()
}

/// A plain record with some keys replaced; `null` removes one.
fn with(changes: Tree) -> String {
    sample::with(&record(0), changes)
}

#[test]
fn a_user_creates_a_key() {
    insta::assert_snapshot!(fields(&record(0), typed()).unwrap(), @r"
    provider: alibaba
    id: 7D1C0A4E-0000-5000-8000-000000000001
    time: 2026-03-04T02:11:28Z
    account: 1234567890123456
    caller_account: 1234567890123456
    user: alice
    user_id: 281234567890123456
    user_type: user
    actor: LTAI5tExampleKey0000001
    caller: alice
    ak: LTAI5tExampleKey0000001
    ak_type: long_term
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: api
    kind: call
    service: ram
    api: CreateAccessKey
    name: ram.CreateAccessKey
    operation: alibaba:ram.CreateAccessKey
    action: write
    category: management
    ok: true
    agent: AlibabaCloud (Linux; amd64) Golang/1.22.1 Core/0.01 TeaDSL/1
    region: cn-hangzhou
    request_id: 7D1C0A4E-0000-5000-8000-000000000001
    resources: LTAI5tExampleKey0000009 bob
    target_user: bob
    ");
}

#[test]
fn a_role_looks_up_events() {
    insta::assert_snapshot!(fields(&record(2), typed()).unwrap(), @r"
    provider: alibaba
    id: 7D1C0A4E-0000-5000-8000-000000000003
    time: 2026-03-04T02:13:28Z
    account: 1234567890123456
    caller_account: 1234567890123456
    user: audit-reader
    user_id: 341234567890123456:nightly
    user_type: role
    role: audit-reader
    session: nightly
    actor: audit-reader
    caller: audit-reader
    ak: STS.NTExampleSessionKey0001
    ak_type: temporary
    mfa: false
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: api
    kind: call
    service: actiontrail
    api: LookupEvents
    name: actiontrail.LookupEvents
    operation: alibaba:actiontrail.LookupEvents
    action: read
    category: management
    ok: true
    agent: AlibabaCloud (Linux; amd64) Golang/1.22.1 Core/0.01 TeaDSL/1
    region: cn-hangzhou
    request_id: 7D1C0A4E-0000-5000-8000-000000000003
    ");
}

#[test]
fn the_root_account_signs_in() {
    insta::assert_snapshot!(fields(&record(3), typed()).unwrap(), @r"
    provider: alibaba
    id: 7D1C0A4E-0000-5000-8000-000000000004
    time: 2026-03-04T02:14:28Z
    account: 1234567890123456
    caller_account: 1234567890123456
    user: root
    user_id: 1234567890123456
    user_type: root
    actor: 1234567890123456
    caller: root
    ak_type: none
    mfa: true
    ip: 198.51.100.7
    source: 198.51.100.7
    ip_scope: public
    method: console
    kind: signin
    service: aascustomer
    api: ConsoleSignin
    name: aascustomer.ConsoleSignin
    operation: alibaba:aascustomer.ConsoleSignin
    action: write
    category: management
    ok: true
    agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36
    region: cn-hangzhou
    request_id: 7D1C0A4E-0000-5000-8000-000000000004
    ");
}

#[test]
fn the_cloud_releases_an_instance() {
    insta::assert_snapshot!(fields(&record(4), typed()).unwrap(), @r"
    provider: alibaba
    id: 7D1C0A4E-0000-5000-8000-000000000005
    time: 2026-03-04T02:15:28Z
    account: 1234567890123456
    caller_account: 1234567890123456
    user: ecs.aliyuncs.com
    user_id: ecs.aliyuncs.com
    user_type: service
    actor: ecs.aliyuncs.com
    caller: ecs.aliyuncs.com
    ak_type: none
    source: ecs.aliyuncs.com
    ip_scope: service
    method: service
    kind: service
    service: ecs
    api: ReleaseInstance
    name: ecs.ReleaseInstance
    operation: alibaba:ecs.ReleaseInstance
    action: write
    category: management
    ok: true
    region: cn-hangzhou
    request_id: 7D1C0A4E-0000-5000-8000-000000000005
    resources: i-bp1example0000000001
    ");
}

#[test]
fn a_call_from_inside_is_denied() {
    insta::assert_snapshot!(fields(&record(5), typed()).unwrap(), @r"
    provider: alibaba
    id: 7D1C0A4E-0000-5000-8000-000000000006
    time: 2026-03-04T02:16:28Z
    account: 1234567890123456
    caller_account: 1234567890123456
    user: alice
    user_id: 281234567890123456
    user_type: user
    actor: LTAI5tExampleKey0000001
    caller: alice
    ak: LTAI5tExampleKey0000001
    ak_type: long_term
    source: Internal
    ip_scope: internal
    method: api
    kind: call
    service: oss
    api: PutBucketAcl
    name: oss.PutBucketAcl
    operation: alibaba:oss.PutBucketAcl
    action: write
    category: data
    code: AccessDenied
    message: You have no right to access this object.
    ok: false
    agent: AlibabaCloud (Linux; amd64) Golang/1.22.1 Core/0.01 TeaDSL/1
    region: cn-hangzhou
    request_id: 7D1C0A4E-0000-5000-8000-000000000006
    resources: payroll/2026/工资.csv payroll
    ");
}

#[test]
fn carried_fields_are_those_that_the_mapper_fills() {
    let texts: Vec<String> = (0..RECORDS).map(record).collect();
    FormatUnderTest::of(&ActionTrail).assert_carries_what_it_fills(&texts);
}

#[test]
fn each_field_is_the_same_alone_and_with_all_others() {
    let texts: Vec<String> =
        (0..RECORDS).map(record).chain(FLAT.lines().map(str::to_owned)).collect();
    FormatUnderTest::of(&ActionTrail).assert_projection_changes_nothing(&texts);
}

/// The consoles call the API and leave `ApiCall`: the agent and the missing key identify them.
#[test]
fn console_calls_are_recognised_by_their_agent_and_missing_key() {
    let keyless = |agent: &str| sample::with(&record(1), json!({ "userAgent": agent }));
    assert_eq!(one(&record(1), field::METHOD), "console", "as recorded");
    assert!(record(1).contains(r#""eventType":"ApiCall""#));
    for agent in [
        "AliyunConsole",
        "Aliyun Console",
        "ecs.console.aliyun.com",
        "ram.console.alibabacloud.com",
    ] {
        assert_eq!(one(&keyless(agent), field::METHOD), "console", "{agent}");
        let signed = with(json!({ "userAgent": agent }));
        assert_eq!(one(&signed, field::METHOD), "api", "{agent} is the caller's own word");
    }
    for (why, changes, method) in [
        ("a session without a key", json!({ "userAgent": "Mozilla/5.0" }), "console"),
        (
            "neither key nor session",
            json!({ "userAgent": "python", "userIdentity": { "sessionContext": null } }),
            "api",
        ),
        (
            "the operation of a console",
            json!({ "eventType": "ConsoleOperation", "userAgent": "x" }),
            "console",
        ),
        (
            "another host",
            json!({ "userAgent": "ecs.console.aliyun.com.example", "userIdentity": { "sessionContext": null } }),
            "api",
        ),
        (
            "a service for somebody",
            json!({ "userAgent": "x", "sourceIpAddress": "ros.aliyuncs.com" }),
            "service",
        ),
        ("signing out", json!({ "eventType": "ConsoleSignout" }), "console"),
        ("the cloud itself", json!({ "userIdentity": { "type": "system" } }), "service"),
    ] {
        assert_eq!(one(&sample::with(&record(1), changes), field::METHOD), method, "{why}");
    }
}

#[test]
fn callers_are_identified() {
    for (of, user_type, user, actor) in [
        (
            json!({ "type": "root-account", "userName": null }),
            "root",
            "root",
            "LTAI5tExampleKey0000001",
        ),
        (
            json!({ "type": "assumed-role", "userName": "ops", "accessKeyId": "STS.x" }),
            "role",
            "ops",
            "ops",
        ),
        (
            json!({ "type": "assumed-role", "userName": null, "accessKeyId": "STS.x" }),
            "role",
            "-",
            "281234567890123456",
        ),
        (
            json!({ "type": "cloudsso-user", "accessKeyId": "TMP.x" }),
            "federated",
            "alice",
            "281234567890123456",
        ),
        (
            json!({ "type": "saml-user", "userName": null, "accessKeyId": null }),
            "federated",
            "-",
            "281234567890123456",
        ),
        (
            json!({ "type": "oidc-user", "accessKeyId": "" }),
            "federated",
            "alice",
            "281234567890123456",
        ),
        (
            json!({ "type": "alibaba-cloud-account", "userName": null }),
            "account",
            "-",
            "LTAI5tExampleKey0000001",
        ),
        (
            json!({ "type": "something-new", "accessKeyId": "a1b2c3d4e5f6g7h8" }),
            "unknown",
            "alice",
            "a1b2c3d4e5f6g7h8",
        ),
    ] {
        let text = with(json!({ "userIdentity": of }));
        let found = [field::USER_TYPE, field::USER, field::ACTOR].map(|id| one(&text, id));
        assert_eq!(found, [user_type, user, actor], "{text}");
    }
}

#[test]
fn the_second_factor_is_read_from_every_place_that_has_it() {
    let session = |key: &str, shown: Tree| json!({ "userIdentity": { "sessionContext": { key: { "mfaAuthenticated": shown } } } });
    let signin = |key: &str, shown: &str| json!({ "eventType": "ConsoleSignin", "additionalEventData": { key: shown } });
    for (changes, mfa) in [
        (json!({}), "-"),
        (session("attributes", json!("true")), "true"),
        (session("attributes", json!(false)), "false"),
        (session("sessionAttributes", json!("false")), "false"),
        (session("attributes", json!("maybe")), "-"),
        (signin("isMFAChecked", "true"), "true"),
        (signin("mfaChecked", "FALSE"), "false"),
        (json!({ "additionalEventData": { "isMFAChecked": "true" } }), "-"),
    ] {
        assert_eq!(one(&with(changes.clone()), field::MFA), mfa, "{changes}");
    }
}

#[test]
fn odd_values_are_missing_and_ids_keep_their_text() {
    for (changes, id, value) in [
        (json!({ "eventTime": "yesterday" }), field::TIME, "-"),
        (json!({ "eventVersion": 1 }), field::API, "CreateAccessKey"),
        (json!({ "recipientAccountId": 9007199254740993_u64 }), field::ACCOUNT, "9007199254740993"),
        (json!({ "recipientAccountId": "" }), field::ACCOUNT, "1234567890123456"),
        (json!({ "sourceIpAddress": "203.0.113.064" }), field::IP, "-"),
        (json!({ "sourceIpAddress": "::ffff:10.0.0.1" }), field::IP, "10.0.0.1"),
        (json!({ "sourceIpAddress": "42.120.XX.XX" }), field::IP_SCOPE, "unknown"),
        (json!({ "eventRW": null }), field::ACTION, "write"),
        (json!({ "eventRW": "", "eventName": "ListUsers" }), field::ACTION, "read"),
        (json!({ "serviceName": "" }), field::SERVICE, "ram"),
        (json!({ "serviceName": "RAM" }), field::OPERATION, "alibaba:ram.CreateAccessKey"),
        (json!({ "errorCode": "", "errorMessage": "" }), field::OK, "true"),
        (json!({ "errorCode": "NoPermission" }), field::OK, "false"),
        (json!({ "userAgent": "q\"\\\u{1b}[2J" }), field::AGENT, "q\"\\\u{1b}[2J"),
        (json!({ "referencedResources": null }), field::RESOURCES, "LTAI5tExampleKey0000009 bob"),
        (
            json!({ "referencedResources": "{\"T\":[\"a,b\"]}", "resourceName": "a,b;c" }),
            field::RESOURCES,
            "a,b a b c",
        ),
        (json!({ "referencedResources": null, "resourceName": "" }), field::RESOURCES, "-"),
    ] {
        assert_eq!(one(&with(changes.clone()), id), value, "{changes}");
    }
}

#[test]
fn parameters_are_read_in_every_form() {
    let text = r#"{"UserName":"carol","Big":9007199254740993}"#;
    let string = json!({ "requestParameters": text });
    let beside = json!({ "requestParameters": null, "requestParameterJson": text });
    let empty = json!({ "requestParameters": {}, "requestParameterJson": text });
    for changes in [string, beside] {
        assert_eq!(one(&with(changes.clone()), field::PARAMS), text, "{changes}");
        assert_eq!(one(&with(changes.clone()), field::TARGET_USER), "carol", "{changes}");
    }
    assert_eq!(one(&with(empty), field::TARGET_USER), "bob", "both are read");
    let principal = json!({ "requestParameters": { "UserName": null, "UserPrincipalName": "dan@example.onaliyun.com" } });
    assert_eq!(one(&with(principal), field::TARGET_USER), "dan@example.onaliyun.com");
    let identity =
        r#"{"type":"ram-user","userName":"erin","accessKeyId":"LTAI5tExampleKey0000002"}"#;
    let folded = with(json!({ "userIdentity": identity }));
    assert_eq!(one(&folded, field::USER), "erin");
    assert_eq!(one(&folded, field::AK), "LTAI5tExampleKey0000002");
    let torn = fields(&with(json!({ "requestParameters": "{\"UserName\":\"x" })), typed()).unwrap();
    assert!(torn.ends_with(&format!("({})\n", trail::TORN)), "{torn}");
}

#[test]
fn envelopes_are_removed() {
    let plain = fields(&record(0), typed()).unwrap();
    let text = record(0);
    let tree: Tree = serde_json::from_str(&text).unwrap();
    let tags =
        json!({ "__topic__": "actiontrail_event", "__time__": 1772590348, "owner_id": "999" });
    for wrapped in [
        sample::with(&tags.to_string(), json!({ "event": tree })),
        sample::with(&tags.to_string(), json!({ "event": text })),
        json!({ "message": text }).to_string(),
        json!({ "@message": text }).to_string(),
        json!({ "content": json!({ "event": tree }).to_string() }).to_string(),
        json!({ "specversion": "1.0", "type": "actiontrail:ActionTrail:ApiCall", "data": tree })
            .to_string(),
    ] {
        assert_eq!(fields(&wrapped, typed()), Ok(plain.clone()), "{wrapped}");
        let raw = one(&wrapped, field::RAW);
        assert_eq!(serde_json::from_str::<Tree>(&raw).unwrap(), tree, "raw is without wrapping");
    }
    let unnamed =
        with(json!({ "recipientAccountId": null, "userIdentity": { "accountId": null } }));
    let row = sample::with(&tags.to_string(), json!({ "event": unnamed }));
    assert_eq!(one(&row, field::ACCOUNT), "999", "the owner of the log");
    let hinted = FormatUnderTest {
        origin: Origin { account: Some("1000".to_owned()), ..Origin::default() },
        ..FormatUnderTest::of(&ActionTrail)
    };
    assert_eq!(hinted.one(&unnamed, field::ACCOUNT), "1000", "what the user says");
    assert_eq!(hinted.one(&row, field::ACCOUNT), "999");
}

#[test]
fn flattened_rows_become_records() {
    for (index, line) in FLAT.lines().enumerate() {
        assert_eq!(fields(line, typed()), fields(&record(index), typed()));
    }
    let params = one(FLAT.lines().nth(2).unwrap(), field::PARAMS);
    assert!(params.contains(r#""LookupAttribute.1.Key":"EventRW""#), "{params}");
    let twice = FLAT.lines().next().unwrap().replacen('{', r#"{"event.eventName":"GetUser","#, 1);
    match fields(&twice, typed()) {
        Err(Outcome::Skipped(reason, _)) => assert_eq!(reason, SkipReason::DuplicateKey),
        other => panic!("{other:?}"),
    }
}

#[test]
fn records_of_other_sources_are_not_actiontrail() {
    for text in [
        "{}",
        "[]",
        r#"{"event":{"a":1}}"#,
        r#"{"event":"START \"event.x\""}"#,
        r#"{"event.name":"a log line of another program"}"#,
        r#"{"data":{"eventName":"CreateUser"}}"#,
        r#"{"eventName":"CreateUser","eventType":"ApiCall"}"#,
    ] {
        assert_eq!(fields(text, typed()), Err(Outcome::Foreign), "{text}");
    }
}

#[test]
fn an_ambiguous_or_broken_record_is_skipped_regardless_of_the_needed_fields() {
    let twice = record(0).replacen(r#""eventName":"#, r#""eventName":"GetUser","eventName":"#, 1);
    let inner = record(0).replacen(r#""UserName":"#, r#""UserName":"eve","UserName":"#, 1);
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(600), "]".repeat(600));
    for (text, reason) in [
        (twice.clone(), SkipReason::DuplicateKey),
        (inner.clone(), SkipReason::DuplicateKey),
        (json!({ "event": twice }).to_string(), SkipReason::DuplicateKey),
        (
            with(json!({ "requestParameters": r#"{"UserName":"a","UserName":"b"}"# })),
            SkipReason::DuplicateKey,
        ),
        (with(json!({ "requestParameters": deep })), SkipReason::TooDeep),
        (record(0) + "x", SkipReason::Syntax),
    ] {
        for needed in [FieldSet::EMPTY, typed(), FieldSet::all(RecordKind::Event)] {
            match fields(&text, needed) {
                Err(Outcome::Skipped(found, detail)) => assert_eq!(found, reason, "{detail}"),
                other => panic!("{other:?}: {text}"),
            }
        }
    }
}

#[test]
fn a_missing_time_operation_service_or_caller_is_a_gap() {
    let gaps = |text: &str| FormatUnderTest::of(&ActionTrail).gaps(text).join("; ");
    let nobody = json!({ "userName": null, "principalId": null, "accessKeyId": null });
    for (changes, expected) in [
        (json!({}), ""),
        (json!({ "eventTime": "yesterday" }), "`eventTime` cannot be read"),
        (json!({ "eventTime": "2026-03-01 10:00:00" }), ""),
        (json!({ "eventName": null }), "`eventName` is missing"),
        (json!({ "eventName": [] }), "`eventName` has a type that the format does not define"),
        (json!({ "serviceName": "" }), ""),
        (json!({ "serviceName": "", "eventSource": null }), "`serviceName` is empty"),
        (json!({ "userIdentity": null }), "`userIdentity.type` is missing"),
        (json!({ "userIdentity": nobody }), "`userIdentity.userName` is missing"),
        (json!({ "eventType": "ConsoleSignin", "userIdentity": nobody }), ""),
        (json!({ "eventType": "AliyunServiceEvent", "userIdentity": null }), ""),
    ] {
        assert_eq!(gaps(&with(changes.clone())), expected, "{changes}");
    }
}
