//! Properties of the trails of all clouds.
#![allow(clippy::unwrap_used)]

use serde_json::{Value as Tree, json};

use super::sample::{FormatUnderTest, typed};
use crate::input::{ActionTrail, CloudAudit, CloudTrail};
use crate::record::field::{event as field, of_kind};
use crate::record::{FieldSet, Format, Outcome, Provider, Record, derive};
use crate::value::{RecordKind, Value};

/// Each format with complete records and a minimal one.
fn trails() -> [(&'static dyn Format, Vec<String>); 3] {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let with = |text: &str, least: &[&str]| {
        let mut texts = lines(text);
        texts.extend(least.iter().map(|&text| text.to_owned()));
        texts
    };
    let records: Tree =
        serde_json::from_str(include_str!("../../../tests/data/cloudtrail/s3.json")).unwrap();
    let aws: Vec<String> =
        records["Records"].as_array().unwrap().iter().map(Tree::to_string).collect();
    [
        (
            &CloudTrail,
            with(
                &aws.join("\n"),
                &[
                    r#"{"eventName":"CreateUser","eventSource":"iam.amazonaws.com"}"#,
                    r#"{"eventName":"CreateUser","awsRegion":"us-east-1"}"#,
                ],
            ),
        ),
        (
            &ActionTrail,
            with(
                include_str!("../../../tests/data/actiontrail/lines.ndjson"),
                &[
                    r#"{"eventName":"CreateUser","eventSource":"ram.aliyuncs.com"}"#,
                    r#"{"eventName":"CreateUser","acsRegion":"cn-hangzhou","eventType":"ApiCall"}"#,
                ],
            ),
        ),
        (
            &CloudAudit,
            with(
                include_str!("../../../tests/data/cloudaudit/lines.ndjson"),
                &[
                    r#"{"eventName":"AddUser","eventSource":"cam.tencentcloudapi.com"}"#,
                    r#"{"eventName":"AddUser","eventType":"ApiCall","userIdentity":{"secretId":"AKIDx"}}"#,
                ],
            ),
        ),
    ]
}

/// A record as it is, and in envelopes that several trails share.
fn wrapped(text: &str) -> Vec<String> {
    let tree: Tree = serde_json::from_str(text).unwrap();
    vec![
        text.to_owned(),
        json!({ "message": text }).to_string(),
        json!({ "content": text, "event": "x" }).to_string(),
        json!({ "data": tree }).to_string(),
        json!({ "detail": tree }).to_string(),
        json!({ "event": tree }).to_string(),
        json!({ "event": text }).to_string(),
        json!({ "CloudAuditEvent": text, "EventId": "1", "EventName": "x" }).to_string(),
        json!({ "CloudTrailEvent": text, "EventId": "1", "EventName": "x" }).to_string(),
    ]
}

#[test]
fn a_record_is_read_only_as_a_record_of_its_cloud() {
    let trails = trails();
    for (own, texts) in &trails {
        for text in texts {
            for (other, _) in &trails {
                let sample = FormatUnderTest::of(*other);
                for (index, wrapped) in wrapped(text).iter().enumerate() {
                    let found = sample.fields(wrapped, typed());
                    let name = other.name();
                    if other.name() != own.name() {
                        assert_eq!(found, Err(Outcome::Foreign), "{name}: {wrapped}");
                    } else if index == 0 {
                        let provider = format!("provider: {}\n", own.provider().name());
                        assert!(found.unwrap().starts_with(&provider), "{name}: {wrapped}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_record_of_no_cloud_or_of_several_is_rejected_by_all() {
    let azure = r#"{"time":"2026-03-04T02:00:00Z","operationName":"MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE","category":"Administrative","eventName":{"value":"EndRequest"},"eventSource":{"value":"Administrative"},"caller":"alice@example.com","callerIpAddress":"203.0.113.64"}"#;
    let gcp = r#"{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"iam.googleapis.com","methodName":"google.iam.admin.v1.CreateServiceAccountKey"},"logName":"projects/example/logs/cloudaudit.googleapis.com%2Factivity"}"#;
    let oci = r#"{"eventType":"com.oraclecloud.identityControlPlane.CreateApiKey","source":"x","data":{"eventName":"CreateApiKey","identity":{"principalName":"alice"}}}"#;
    let both =
        r#"{"eventName":"CreateUser","eventSource":"iam.amazonaws.com","acsRegion":"cn-hangzhou"}"#;
    for text in [azure, gcp, oci, both, r#"{"eventName":"CreateUser","eventType":"ApiCall"}"#] {
        for (format, _) in trails() {
            for wrapped in wrapped(text).iter().take(7) {
                let found = FormatUnderTest::of(format).fields(wrapped, typed());
                assert_eq!(found, Err(Outcome::Foreign), "{}: {wrapped}", format.name());
            }
        }
    }
}

/// A duplicate key on the path of one cloud does not affect another.
#[test]
fn an_ambiguous_record_is_reported_only_by_its_own_cloud() {
    for (own, texts) in trails() {
        let twice = texts[0].replacen('{', r#"{"eventTime":"2026-03-04T00:00:00Z","#, 1);
        for (other, _) in trails() {
            let found = FormatUnderTest::of(other).fields(&twice, typed());
            let skipped = matches!(found, Err(Outcome::Skipped(..)));
            assert_eq!(skipped, other.name() == own.name(), "{}: {found:?}", other.name());
        }
    }
}

/// Rule tests omit derived fields. These get the same values as in a real record.
#[test]
fn a_written_record_derives_the_fields_of_a_mapped_one() {
    let derived = [
        field::NAME,
        field::OPERATION,
        field::ACTOR,
        field::AK_TYPE,
        field::IP,
        field::IP_SCOPE,
        field::TARGET_USER,
    ];
    let mut compared = 0;
    for (format, texts) in trails() {
        for text in &texts {
            FormatUnderTest::of(format).map(text, FieldSet::all(RecordKind::Event), |mapped| {
                // Only this canonical field shows that a key of Tencent Cloud belongs to a session.
                let session = format.provider() == Provider::Tencent
                    && mapped.get(field::AK_TYPE).as_str() == Some("temporary");
                let mut written = Record::new(RecordKind::Event);
                for id in of_kind(RecordKind::Event) {
                    if !derived.contains(&id) || (session && id == field::AK_TYPE) {
                        written.set(id, mapped.get(id).clone());
                    }
                }
                derive::complete(&mut written);
                for id in of_kind(RecordKind::Event) {
                    assert_eq!(written.get(id), mapped.get(id), "{}: {text}", id.field().path());
                }
                compared += 1;
            });
        }
    }
    assert_eq!(compared, 9 + 8 + 8);
}

/// If neither the record nor the test states whether a call reads, its verb decides.
#[test]
fn the_verb_determines_reads_if_the_record_does_not() {
    for (format, texts) in trails() {
        let text = texts.last().unwrap();
        assert_eq!(FormatUnderTest::of(format).one(text, field::ACTION), "write", "{text}");
        let reads = text.replace("CreateUser", "ListUsers").replace("AddUser", "ListUsers");
        assert_eq!(FormatUnderTest::of(format).one(&reads, field::ACTION), "read", "{reads}");
        let mut written = Record::new(RecordKind::Event);
        written.set(field::API, Value::str("ListUsers"));
        derive::complete(&mut written);
        assert_eq!(written.get(field::ACTION).as_str(), Some("read"));
    }
}
