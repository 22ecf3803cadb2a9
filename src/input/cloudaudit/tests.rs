//! Mapping of CloudAudit records.
#![allow(clippy::unwrap_used)]

use serde_json::{Value as Tree, json};

use super::*;
use crate::input::trail::sample::{self, FormatUnderTest, typed};
use crate::record::{FieldId, SkipReason};

const RECORDS: &str = include_str!("../../../tests/data/cloudaudit/tracking-set.json");
const ROWS: &str = include_str!("../../../tests/data/cloudaudit/look-up-events.json");
const COUNT: usize = 6;

fn fields(text: &str, needed: FieldSet) -> Result<String, Outcome> {
    FormatUnderTest::of(&CloudAudit).fields(text, needed)
}

fn one(text: &str, id: FieldId) -> String {
    FormatUnderTest::of(&CloudAudit).one(text, id)
}

fn record(index: usize) -> String {
    let records: Tree = serde_json::from_str(RECORDS).unwrap();
    records[index].to_string()
}

fn row(index: usize) -> String {
    let response: Tree = serde_json::from_str(ROWS).unwrap();
    response["Events"][index].to_string()
}

/// A plain record with some keys replaced; `null` removes one.
fn with(changes: Tree) -> String {
    sample::with(&record(0), changes)
}

#[test]
fn a_user_creates_a_key() {
    insta::assert_snapshot!(fields(&record(0), typed()).unwrap(), @r"
    provider: tencent
    id: 5c1e0000-0000-4000-8000-000000000001
    time: 2026-03-04T02:11:41Z
    account: 100000000001
    caller_account: 100000000001
    user: alice
    user_id: 100000000011
    user_type: user
    actor: AKIDexampleKeyOfAlice000000000000001
    caller: alice
    ak: AKIDexampleKeyOfAlice000000000000001
    ak_type: long_term
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: api
    kind: call
    service: cam
    api: CreateAccessKey
    name: cam.CreateAccessKey
    operation: tencent:cam.CreateAccessKey
    action: write
    category: management
    ok: true
    agent: SDK_GO_1.0.374
    region: ap-guangzhou
    request_id: 5c1e0000-0000-4000-8000-000000000001
    resources: qcs::cam:ap-guangzhou:uin/100000000001:uin/100000000012 uin/100000000012
    target_user: 100000000012
    sensitive: true
    ");
}

#[test]
fn a_role_is_refused() {
    insta::assert_snapshot!(fields(&record(3), typed()).unwrap(), @r"
    provider: tencent
    id: 5c1e0000-0000-4000-8000-000000000004
    time: 2026-03-04T02:11:44Z
    account: 100000000001
    caller_account: 100000000001
    user: deploy
    user_id: 4611686018427387905
    user_type: role
    role: deploy
    actor: deploy
    caller: deploy
    ak: AKIDexampleSessionOfARole00000000001
    ak_type: temporary
    mfa: false
    ip: 2001:db8::7
    source: 2001:DB8::7
    ip_scope: public
    method: api
    kind: call
    service: cvm
    api: RunInstances
    name: cvm.RunInstances
    operation: tencent:cvm.RunInstances
    action: write
    category: management
    code: UnauthorizedOperation.CamNoAuth
    message: You are not authorized.
    ok: false
    agent: SDK_PYTHON_3.0.1; _CLI_3.0.1
    region: ap-guangzhou
    request_id: 5c1e0000-0000-4000-8000-000000000004
    resources: *
    app_id: 1250000001
    sensitive: false
    ");
}

#[test]
fn a_sign_in_fails() {
    insta::assert_snapshot!(fields(&record(4), typed()).unwrap(), @r"
    provider: tencent
    id: 5c1e0000-0000-4000-8000-000000000005
    time: 2026-03-04T02:11:45Z
    account: 100000000001
    caller_account: 100000000001
    user: alice
    user_id: 100000000011
    user_type: user
    actor: 100000000011
    caller: alice
    ak_type: none
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: console
    kind: signin
    service: account
    api: ConsoleLogin
    name: account.ConsoleLogin
    operation: tencent:account.ConsoleLogin
    action: write
    category: management
    code: 1
    message: password is wrong
    ok: false
    agent: SDK_GO_1.0.374
    region: ap-guangzhou
    request_id: 5c1e0000-0000-4000-8000-000000000005
    sensitive: false
    ");
}

#[test]
fn carried_fields_are_those_that_the_mapper_fills() {
    let texts: Vec<String> = (0..COUNT).map(record).chain([row(2)]).collect();
    FormatUnderTest::of(&CloudAudit).assert_carries_what_it_fills(&texts);
}

#[test]
fn each_field_is_the_same_alone_and_with_all_others() {
    let texts: Vec<String> = (0..COUNT).map(record).chain((0..3).map(row)).collect();
    FormatUnderTest::of(&CloudAudit).assert_projection_changes_nothing(&texts);
}

/// Strings are the time of day in Beijing, regardless of the zone of the machine.
#[test]
fn times_without_a_zone_are_in_beijing_time() {
    assert!(record(2).contains(r#""eventTime":"2019-03-20 12:36:27""#));
    assert_eq!(one(&record(2), field::TIME), "2019-03-20T04:36:27Z", "as its id says: 1553056587");
    for (written, time) in [
        (json!(1553056587), "2019-03-20T04:36:27Z"),
        (json!("1553056587"), "2019-03-20T04:36:27Z"),
        (json!(1553056587250_u64), "2019-03-20T04:36:27.25Z"),
        (json!("2019-03-20T04:36:27Z"), "2019-03-20T04:36:27Z"),
        (json!("soon"), "-"),
    ] {
        assert_eq!(one(&with(json!({ "eventTime": written })), field::TIME), time, "{written}");
    }
    let hinted = FormatUnderTest {
        origin: Origin { zone: Zone::parse("UTC"), ..Origin::default() },
        ..FormatUnderTest::of(&CloudAudit)
    };
    assert_eq!(hinted.one(&record(2), field::TIME), "2019-03-20T12:36:27Z", "what the user says");
    assert_eq!(hinted.one(&record(0), field::TIME), "2026-03-04T02:11:41Z", "numbers have no zone");
}

/// The authorisation check has a message even if it passes.
#[test]
fn a_message_without_a_code_is_not_a_failure() {
    let passed = fields(&record(2), typed()).unwrap();
    assert!(record(2).contains("end verify!permission verify"));
    assert!(passed.contains("\nok: true\n") && !passed.contains("\nmessage: "), "{passed}");
    for (check, api, ok, code, message) in [
        (json!(0), json!(""), "true", "-", "-"),
        (json!("0"), json!("0"), "true", "-", "-"),
        (json!(0), json!(0), "true", "-", "-"),
        (json!(4104), json!(""), "false", "4104", "checked"),
        (json!(0), json!("FailedOperation"), "false", "FailedOperation", "answered"),
        (json!("4104"), json!(-1), "false", "-1", "answered"),
    ] {
        let text = with(json!({
            "errorCode": check, "errorMessage": "checked", "apiErrorCode": api,
            "apiErrorMessage": if message == "answered" { "answered" } else { "" },
        }));
        let found = [field::OK, field::CODE, field::MESSAGE].map(|id| one(&text, id));
        assert_eq!(found, [ok, code, message], "{text}");
    }
    let silent = json!({ "errorCode": null, "apiErrorCode": null });
    assert_eq!(one(&with(silent), field::OK), "-", "nothing says that it passed");
}

/// The id of a temporary key begins like that of a long-term one.
#[test]
fn temporary_keys_are_recognised_by_their_session() {
    assert!(one(&record(1), field::AK).starts_with("AKID"));
    assert_eq!(one(&record(1), field::AK_TYPE), "temporary");
    assert_eq!(one(&record(1), field::ACTOR), "100000000001", "no key that acts over time");
    let session = |context: Tree| json!({ "userIdentity": { "sessionContext": context } });
    for (why, changes, ak_type) in [
        ("none", json!({}), "long_term"),
        ("an empty text", session(json!("")), "long_term"),
        ("nothing", session(Tree::Null), "long_term"),
        ("an object", session(json!({ "token": "t" })), "temporary"),
        ("a string of JSON", session(json!(r#"{"token":"t"}"#)), "temporary"),
        (
            "an end",
            session(json!({ "token": "", "expireTime": "2026-03-04 12:00:00" })),
            "temporary",
        ),
        ("no end", session(json!({ "expireTime": "0000-00-00 00:00:00", "mfa": 0 })), "long_term"),
        ("a token beside it", json!({ "requestParameters": { "Token": "t" } }), "temporary"),
        ("the same in a string", json!({ "requestParameters": r#"{"Token":"t"}"# }), "temporary"),
        ("a role", json!({ "userIdentity": { "type": "assumedrole" } }), "temporary"),
        ("no key", json!({ "userIdentity": { "secretId": "", "type": "AssumedRole" } }), "none"),
        ("another key", json!({ "userIdentity": { "secretId": "xyz" } }), "unknown"),
    ] {
        assert_eq!(one(&with(changes), field::AK_TYPE), ak_type, "{why}");
    }
}

/// The vendor's own sample has quotes that are not escaped.
#[test]
fn a_row_whose_record_is_not_json_retains_its_other_columns() {
    insta::assert_snapshot!(fields(&row(1), typed()).unwrap(), @r"
    provider: tencent
    id: 5c1e0000-0000-4000-8000-000000000001
    time: 2026-03-04T02:11:41Z
    account: 100000000001
    user: 100000000011
    user_type: unknown
    actor: AKIDexampleKeyOfAlice000000000000001
    caller: 100000000011
    ak: AKIDexampleKeyOfAlice000000000000001
    ak_type: long_term
    ip: 203.0.113.64
    source: 203.0.113.64
    ip_scope: public
    method: unknown
    kind: call
    service: cam
    api: CreateAccessKey
    name: cam.CreateAccessKey
    operation: tencent:cam.CreateAccessKey
    action: write
    category: management
    region: ap-guangzhou
    request_id: 5c1e0000-0000-4000-8000-000000000001
    resources: uin/100000000012
    location: 中国 广东省 深圳市
    (CloudAuditEvent is not JSON: the fields around it were read)
    ");
    let refused = sample::with(&row(1), json!({ "ErrorCode": 4104 }));
    assert_eq!(
        (one(&refused, field::OK), one(&refused, field::CODE)),
        ("false".into(), "4104".into())
    );
    for (name, user_type) in [("root", "root"), ("roleUser", "role"), ("100000000011", "unknown")] {
        let named = sample::with(&row(1), json!({ "Username": name }));
        assert_eq!(one(&named, field::USER_TYPE), user_type);
    }
    let role = sample::with(&row(1), json!({ "Username": "roleUser" }));
    assert_eq!(one(&role, field::ROLE), "-", "the word stands for every role");
}

#[test]
fn a_row_adds_the_fields_that_its_record_lacks() {
    let (inner, outer) = (fields(&record(1), typed()).unwrap(), fields(&row(2), typed()).unwrap());
    assert_eq!(outer, inner + "location: 中国 广东省 深圳市\n");
    let unknown = sample::with(&row(2), json!({ "Location": "未知" }));
    assert_eq!(one(&unknown, field::LOCATION), "-");
    let of_client = sample::with(&record(1), json!({ "location": "Singapore" }));
    assert_eq!(one(&of_client, field::LOCATION), "Singapore");
}

#[test]
fn the_access_method_is_read_from_the_record() {
    for (index, method) in [(0, "api"), (1, "console"), (2, "api"), (5, "miniprogram")] {
        assert_eq!(one(&record(index), field::METHOD), method);
    }
    let old = |source: &str| json!({ "eventType": null, "requestParameters": { "RequestSource": source } });
    for (changes, method) in [
        (old("MC"), "console"),
        (old("API"), "unknown"),
        (json!({ "eventType": "SomethingNew" }), "unknown"),
        (json!({ "eventType": null, "eventName": "ConsoleLogin" }), "console"),
    ] {
        assert_eq!(one(&with(changes.clone()), field::METHOD), method, "{changes}");
    }
}

#[test]
fn callers_and_target_users_are_identified() {
    for (written, user_type) in [
        ("Root", "root"),
        ("root", "root"),
        ("CAMUser", "user"),
        ("user", "user"),
        ("AssumedRole", "role"),
        ("roleUser", "role"),
        ("Something", "unknown"),
    ] {
        let text = with(json!({ "userIdentity": { "type": written } }));
        assert_eq!(one(&text, field::USER_TYPE), user_type, "{written}");
    }
    for (api, params, target) in [
        ("AddUser", json!({ "Name": "carol" }), "carol"),
        ("DeleteUser", json!(r#"{"Name":"carol"}"#), "carol"),
        ("AttachUserPolicy", json!({ "AttachUin": 100000000013_u64 }), "100000000013"),
        ("UpdateAccessKey", json!({ "TargetUin": "100000000013" }), "100000000013"),
        ("CreateSAMLProvider", json!({ "Name": "okta" }), "-"),
    ] {
        let text = with(json!({ "eventName": api, "requestParameters": null }));
        let text = sample::with(&text, json!({ "requestParameters": params }));
        assert_eq!(one(&text, field::TARGET_USER), target, "{api}");
    }
}

#[test]
fn odd_values_are_missing_and_ids_keep_their_text() {
    let identity = |key: &str, value: Tree| json!({ "userIdentity": { key: value } });
    for (changes, id, value) in [
        (json!({ "requestID": 9007199254740993_u64 }), field::REQUEST_ID, "9007199254740993"),
        (identity("accountId", json!(9007199254740993_u64)), field::ACCOUNT, "9007199254740993"),
        (identity("principalId", json!("000011112222")), field::USER_ID, "000011112222"),
        (json!({ "resourceType": "COS" }), field::OPERATION, "tencent:cos.CreateAccessKey"),
        (json!({ "resourceType": "" }), field::SERVICE, "cam"),
        (
            json!({ "resourceType": null, "eventSource": "sts.api.tencentyun.com/v2" }),
            field::SERVICE,
            "sts",
        ),
        (json!({ "eventRegion": "" }), field::REGION, "-"),
        (json!({ "eventRegion": null, "region": "gz" }), field::REGION, "gz"),
        (json!({ "actionType": null, "eventName": "LookUpEvents" }), field::ACTION, "read"),
        (json!({ "sensitiveAction": 1 }), field::SENSITIVE, "true"),
        (json!({ "sensitiveAction": "" }), field::SENSITIVE, "-"),
        (
            json!({ "userAgent": "", "requestParameters": r#"{"RequestClient":"SDK_PHP"}"# }),
            field::AGENT,
            "SDK_PHP",
        ),
        (json!({ "resources": ["a", "b"], "resourceName": "b" }), field::RESOURCES, "a b"),
        (json!({ "resources": "", "resourceName": "" }), field::RESOURCES, "-"),
        (
            json!({ "requestParameters": r#"{"n":18446744073709551616}"# }),
            field::PARAMS,
            r#"{"n":18446744073709551616}"#,
        ),
        (
            json!({ "responseElements": null, "requestElements": "{\"a\":1}" }),
            field::RESPONSE,
            r#"{"a":1}"#,
        ),
        (json!({ "responseElements": "{cut" }), field::RESPONSE, "{cut"),
        (
            identity("sessionContext", json!("{\"appId\":1250000001,\"mfa\":1}")),
            field::APP_ID,
            "1250000001",
        ),
        (identity("sessionContext", json!("{\"appId\":1250000001,\"mfa\":1}")), field::MFA, "true"),
        (identity("sessionContext", json!("none")), field::MFA, "-"),
    ] {
        assert_eq!(one(&with(changes.clone()), id), value, "{changes}");
    }
    let torn = fields(&with(json!({ "requestParameters": "{\"Name\":\"x" })), typed()).unwrap();
    assert!(torn.ends_with(&format!("({})\n", trail::TORN)), "{torn}");
}

#[test]
fn envelopes_are_removed() {
    let plain = fields(&record(0), typed()).unwrap();
    let text = record(0);
    let tree: Tree = serde_json::from_str(&text).unwrap();
    for wrapped in [
        json!({ "message": text }),
        json!({ "@message": text }),
        json!({ "content": text }),
        json!({ "content": json!({ "data": tree }).to_string() }),
        json!({ "specversion": "1.0", "source": "cam.cloud.tencent", "time": 1, "data": tree }),
        json!({ "CloudAuditEvent": text }),
        json!({ "CloudAuditEvent": tree }),
    ] {
        assert_eq!(fields(&wrapped.to_string(), typed()), Ok(plain.clone()), "{wrapped}");
        let raw = one(&wrapped.to_string(), field::RAW);
        assert_eq!(serde_json::from_str::<Tree>(&raw).unwrap(), tree, "raw is without wrapping");
    }
    let event = json!({ "time": 1553056587250_u64, "region": "ap-shanghai", "data": tree });
    let event = sample::with(
        &event.to_string(),
        json!({ "data": { "eventTime": null, "eventRegion": "" } }),
    );
    assert_eq!(one(&event, field::TIME), "2019-03-20T04:36:27.25Z");
    assert_eq!(one(&event, field::REGION), "ap-shanghai");
    let hinted = FormatUnderTest {
        origin: Origin { account: Some("1000".to_owned()), ..Origin::default() },
        ..FormatUnderTest::of(&CloudAudit)
    };
    let unnamed = with(json!({ "userIdentity": { "accountId": "" } }));
    assert_eq!(hinted.one(&unnamed, field::ACCOUNT), "1000", "what the user says");
    assert_eq!(hinted.one(&text, field::ACCOUNT), "100000000001");
}

#[test]
fn records_of_other_sources_are_not_cloudaudit() {
    for text in [
        "{}",
        "[]",
        r#"{"message":"START"}"#,
        r#"{"message":"{not json"}"#,
        r#"{"data":{"eventName":"AddUser"}}"#,
        r#"{"eventName":"AddUser","eventType":"ApiCall"}"#,
        r#"{"EventId":"x","EventName":"y","EventSource":"iam.amazonaws.com"}"#,
    ] {
        assert_eq!(fields(text, typed()), Err(Outcome::Foreign), "{text}");
    }
}

#[test]
fn an_ambiguous_or_broken_record_is_skipped_regardless_of_the_needed_fields() {
    let twice = record(0).replacen(r#""eventName":"#, r#""eventName":"GetUser","eventName":"#, 1);
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(600), "]".repeat(600));
    let row = sample::with(&row(1), json!({ "CloudAuditEvent": twice }));
    let around =
        self::row(1).replacen(r#""EventName":"#, r#""EventName":"GetUser","EventName":"#, 1);
    for (text, reason) in [
        (twice.clone(), SkipReason::DuplicateKey),
        (row, SkipReason::DuplicateKey),
        (around, SkipReason::DuplicateKey),
        (json!({ "content": twice }).to_string(), SkipReason::DuplicateKey),
        (
            with(json!({ "requestParameters": r#"{"Name":"a","Name":"b"}"# })),
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
    let gaps = |text: &str| FormatUnderTest::of(&CloudAudit).gaps(text).join("; ");
    for (changes, expected) in [
        (json!({}), ""),
        (json!({ "eventTime": "0000-00-00 00:00:00" }), "`eventTime` cannot be read"),
        (json!({ "eventTime": null }), "`eventTime` is missing"),
        (json!({ "eventName": null }), "`eventName` is missing"),
        (json!({ "eventName": "" }), "`eventName` is empty"),
        (json!({ "resourceType": null }), ""),
        (json!({ "resourceType": null, "eventSource": null }), "`resourceType` is missing"),
        (json!({ "userIdentity": { "type": null } }), "`userIdentity.type` is missing"),
        (
            json!({ "userIdentity": { "type": 1 } }),
            "`userIdentity.type` has a type that the format does not define",
        ),
    ] {
        assert_eq!(gaps(&with(changes.clone())), expected, "{changes}");
    }
}
