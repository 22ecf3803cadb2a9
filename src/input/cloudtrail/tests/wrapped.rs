//! Wrapped records, foreign texts and broken records.

use super::*;

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
fn envelopes_are_removed() {
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
fn a_row_whose_record_is_cut_off_retains_its_other_columns() {
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
fn records_of_other_sources_are_not_cloudtrail() {
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
fn an_ambiguous_or_broken_record_is_skipped_regardless_of_the_needed_fields() {
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
fn a_digest_file_is_declined() {
    let digest = include_str!("../../../../tests/data/cloudtrail/digest.json");
    assert!(CloudTrail.declines(digest).is_some());
    assert_eq!(CloudTrail.declines(&record(0)), None);
    assert_eq!(CloudTrail.declines("{"), None);
}
