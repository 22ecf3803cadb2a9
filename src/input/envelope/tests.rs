//! Records in envelopes.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Tree, json};

use super::*;
use crate::record::SkipReason;

fn aws(id: u64) -> Tree {
    json!({
        "eventVersion": "1.11", "eventID": format!("aws-{id}"), "eventName": "DeleteTrail",
        "eventSource": "cloudtrail.amazonaws.com", "eventTime": "2026-05-04T03:02:01Z",
        "awsRegion": "eu-west-1", "userIdentity": { "type": "Root" },
    })
}

fn alibaba(id: u64) -> Tree {
    json!({
        "eventId": format!("ali-{id}"), "eventName": "DeleteUser", "eventSource": "ram.aliyuncs.com",
        "acsRegion": "cn-beijing", "userIdentity": { "type": "ram-user" },
    })
}

fn tencent(id: u64) -> Tree {
    json!({
        "eventID": format!("tc-{id}"), "eventName": "DeleteUser", "eventType": "ConsoleCall",
        "eventSource": "cam.tencentcloudapi.com", "actionType": "Write",
    })
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// The id of each record, `?` for a value that is not a record, and the skipped values.
fn check(text: &str) -> String {
    let batch = opened(text);
    let mut out: Vec<String> = Vec::new();
    for raw in batch.iter() {
        let raw = raw.unwrap();
        let whole = Some(raw.envelope.whole).filter(|whole| !whole.is_empty());
        assert!(whole.is_none_or(|whole| whole == text), "{text}");
        let tree: Tree = serde_json::from_str(raw.text).unwrap_or_default();
        let id = ["eventID", "eventId"].iter().find_map(|key| tree[key].as_str());
        out.push(id.unwrap_or("?").to_owned());
    }
    out.extend(batch.skipped.iter().map(|skip| skip.reason.name().to_owned()));
    out.join(" ")
}

#[test]
fn records_are_found_in_every_envelope() {
    let (one, two) = (aws(1), aws(2));
    let text = one.to_string();
    let subscription = json!({
        "messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g",
        "logEvents": [
            { "id": "0", "timestamp": 1, "message": text },
            { "id": "1", "timestamp": 2, "message": two.to_string() },
        ],
    });
    let eventbridge =
        json!({ "version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": one });
    let sns = json!({ "Type": "Notification", "Message": eventbridge.to_string() });
    let cases = [
        ("nothing around it", text.clone(), "aws-1"),
        ("the object of a search engine", json!({ "_index": "i", "_source": one }).to_string(), "aws-1"),
        (
            "a response of a search engine",
            json!({ "took": 1, "hits": { "total": 2, "hits": [{ "_source": one }, { "_source": two }] } }).to_string(),
            "aws-1 aws-2",
        ),
        (
            "the original of a document",
            json!({ "_source": { "event": { "action": "x", "original": text }, "aws": { "cloudtrail": {} } } }).to_string(),
            "aws-1",
        ),
        ("a field with a dot", json!({ "fields": { "event.original": [text] } }).to_string(), "aws-1"),
        ("a log shipper", json!({ "@timestamp": "t", "message": text }).to_string(), "aws-1"),
        ("a log shipper's syslog line", json!({ "message": format!("<14>1 2026-01-01T00:00:00Z h a - - - {text}") }).to_string(), "aws-1"),
        ("Wazuh", json!({ "rule": {}, "data": { "integration": "aws", "aws": one } }).to_string(), "aws-1"),
        ("Splunk", json!({ "preview": false, "result": { "_raw": text, "host": "h" } }).to_string(), "aws-1"),
        ("a subscription", subscription.to_string(), "aws-1 aws-2"),
        (
            "a subscription as Lambda gets it",
            json!({ "awslogs": { "data": base64(gzip(&subscription.to_string())) } }).to_string(),
            "aws-1 aws-2",
        ),
        (
            "Kinesis",
            json!({ "kinesis": { "data": base64(gzip(&subscription.to_string())) }, "eventSource": "aws:kinesis", "awsRegion": "r", "eventName": "aws:kinesis:record" }).to_string(),
            "aws-1 aws-2",
        ),
        ("Firehose", json!({ "records": [{ "recordId": "1", "data": base64(&text) }] }).to_string(), "aws-1"),
        ("EventBridge", eventbridge.to_string(), "aws-1"),
        ("SNS", sns.to_string(), "aws-1"),
        ("SNS in SQS", json!({ "Messages": [{ "MessageId": "m", "Body": sns.to_string() }] }).to_string(), "aws-1"),
        (
            "SQS as Lambda gets it",
            json!({ "messageId": "m", "body": eventbridge.to_string(), "eventSource": "aws:sqs", "awsRegion": "r" }).to_string(),
            "aws-1",
        ),
        (
            "SNS as Lambda gets it",
            json!({ "EventSource": "aws:sns", "EventVersion": "1.0", "Sns": sns }).to_string(),
            "aws-1",
        ),
        ("a log file in a message", json!({ "body": json!({ "Records": [one, two] }).to_string() }).to_string(), "aws-1 aws-2"),
        ("lines in a message", json!({ "message": format!("{one}\n{two}\n") }).to_string(), "aws-1 aws-2"),
        (
            "Logs Insights",
            json!([{ "field": "@timestamp", "value": "t" }, { "field": "@message", "value": text }, { "field": "@ptr", "value": "p" }]).to_string(),
            "aws-1",
        ),
        ("Lake", json!({ "eventData": one }).to_string(), "aws-1"),
        ("Steampipe", json!({ "cloud_trail_event": text, "event_name": "x" }).to_string(), "aws-1"),
        ("Log Service", json!({ "__time__": 1, "__topic__": "t", "event": alibaba(1).to_string() }).to_string(), "ali-1"),
        (
            "the body of GetLogs",
            json!({ "meta": { "count": 2 }, "data": [{ "event": alibaba(1).to_string() }, { "event": alibaba(2) }] }).to_string(),
            "ali-1 ali-2",
        ),
        ("a consumer", json!({ "Content": { "Message": alibaba(1).to_string() } }).to_string(), "ali-1"),
        (
            "flattened keys",
            json!({ "__time__": 1, "event.eventId": "ali-1", "event.eventName": "x", "event.acsRegion": "r", "event.userIdentity.type": "ram-user" }).to_string(),
            "ali-1",
        ),
        (
            "flattened keys without a prefix",
            json!({ "awsRegion": "r", "eventID": "aws-1", "eventName": "x", "userIdentity.type": "Root" }).to_string(),
            "aws-1",
        ),
        ("a line of Log Service", json!({ "TIMESTAMP": "t", "CONTENT": tencent(1).to_string() }).to_string(), "tc-1"),
        (
            "SearchLog",
            json!({ "Response": { "Results": [{ "Time": 1, "LogJson": tencent(1).to_string() }] } }).to_string(),
            "tc-1",
        ),
        (
            "DescribeEvents",
            json!({ "Response": { "Events": [{ "EventId": "e", "CloudAuditEvent": tencent(1).to_string() }] } }).to_string(),
            "tc-1",
        ),
        ("the response of a client", json!([{ "data": { "Response": { "Results": [{ "LogJson": tencent(1) }] } } }]).to_string(), "tc-1"),
    ];
    for (what, text, expected) in cases {
        assert_eq!(check(&text), expected, "{what}: {text}");
    }
}

#[test]
fn records_are_found_when_keys_have_another_case() {
    for record in [aws(1), alibaba(1), tencent(1)] {
        let id = check(&record.to_string());
        let keys: serde_json::Map<String, Tree> = record
            .as_object()
            .unwrap()
            .iter()
            .map(|(k, v)| (k.to_lowercase(), v.clone()))
            .collect();
        for text in [json!(keys.clone()), json!({ "message": Tree::from(keys).to_string() })] {
            assert_eq!(check(&text.to_string()), id, "{text}");
        }
    }
    // The values around a record in the response of an API are not records.
    let row = json!({ "EventId": "e", "EventName": "x", "EventSource": "iam.amazonaws.com", "CloudTrailEvent": "{torn" });
    assert_eq!(check(&row.to_string()), "?");
    let row = json!({ "EventId": "e", "EventName": "x", "EventSource": "cam.tencentcloudapi.com", "CloudAuditEvent": tencent(1).to_string() });
    assert_eq!(check(&row.to_string()), "tc-1");
}

#[test]
fn a_value_that_is_not_a_record_costs_only_itself() {
    let event = |message: String| json!({ "id": "0", "message": message });
    let events = json!({ "logEvents": [event("START".into()), event(aws(1).to_string()), event("{\"eventName\":".into())] });
    assert_eq!(check(&events.to_string()), "? aws-1 ?");
    let foreign = json!({ "logEvents": [event("START RequestId: 1".into()), event("END".into())] });
    assert_eq!(check(&foreign.to_string()), "?", "one envelope without a record");
    for text in [
        "{}",
        "[]",
        "[1]",
        "12",
        r#"{"message":"text"}"#,
        r#"{"data":"QUJDREVGR0hJSktMTU5PUFFSU1RVVg=="}"#,
    ] {
        assert_eq!(check(text), "?", "{text}");
    }
}

#[test]
fn control_messages_are_neither_records_nor_faults() {
    let control = json!({ "messageType": "CONTROL_MESSAGE", "logEvents": [{ "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose." }] });
    let confirmation =
        json!({ "Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe" });
    let test = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b" });
    for message in [&control, &confirmation, &test] {
        assert_eq!(check(&message.to_string()), "", "{message}");
        assert_eq!(
            check(&json!({ "Messages": [{ "Body": message.to_string() }] }).to_string()),
            ""
        );
        let among = json!({ "Messages": [{ "Body": message.to_string() }, { "Body": aws(1).to_string() }] });
        assert_eq!(check(&among.to_string()), "aws-1", "{message}");
    }
}

#[test]
fn an_ambiguous_envelope_is_skipped() {
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(600), "]".repeat(600));
    let bomb = base64(gzip(&" ".repeat(17 << 20)));
    let torn = base64(&gzip(&aws(1).to_string())[..60]);
    for (text, reason) in [
        (format!(r#"{{"message":{},"message":{}}}"#, aws(1), aws(2)), SkipReason::DuplicateKey),
        (json!({ "message": deep }).to_string(), SkipReason::TooDeep),
        (json!({ "data": bomb }).to_string(), SkipReason::TooLong),
        (json!({ "data": torn }).to_string(), SkipReason::Syntax),
    ] {
        assert_eq!(check(&text), reason.name(), "{}", &text[..text.len().min(200)]);
    }
}

#[test]
fn envelopes_are_opened_up_to_a_bounded_depth() {
    let nested = |depth: usize| (0..depth).fold(aws(1), |inner, _| json!({ "detail": inner }));
    assert_eq!(check(&nested(8).to_string()), "aws-1");
    assert_eq!(check(&nested(40).to_string()), "?");
    let strings = (0..4).fold(aws(1).to_string(), |inner, _| json!({ "body": inner }).to_string());
    assert_eq!(check(&strings), "aws-1");
}

#[test]
fn unknown_keys_are_not_searched_for_records() {
    for key in ["requestParameters", "comment", "userAgent", "query"] {
        assert_eq!(check(&json!({ "k": 1, (key): aws(1) }).to_string()), "?", "{key}");
    }
    // A record is one record, whatever it contains.
    let mut record = aws(1);
    record["requestParameters"] = json!({ "message": aws(2).to_string() });
    record["message"] = json!(aws(3).to_string());
    assert_eq!(check(&record.to_string()), "aws-1");
    let first = json!({ "awsRegion": "r", "body": aws(2), "eventName": "x", "eventSource": "iam.amazonaws.com", "eventID": "aws-1" });
    assert_eq!(check(&first.to_string()), "aws-1");
}

#[test]
fn the_object_around_a_record_is_available() {
    let row =
        json!({ "EventId": "e", "Location": "Berlin", "CloudAuditEvent": tencent(1).to_string() });
    for text in [row.to_string(), json!({ "Body": row.to_string() }).to_string()] {
        let batch = opened(&text);
        let raw = batch.get(0).unwrap().unwrap();
        let object: Tree = serde_json::from_str(raw.envelope.object).unwrap();
        assert_eq!(object["Location"], "Berlin");
    }
    let batch = opened(&json!({ "Records": [tencent(1)] }).to_string());
    assert_eq!(batch.get(0).unwrap().unwrap().envelope.object, "");
}

#[test]
fn a_known_envelope_without_audit_records_is_named() {
    let ocsf = json!({ "metadata": { "product": { "name": "CloudTrail" } }, "class_uid": 6003, "api": {} });
    let ecs = json!({ "event": { "dataset": "aws.cloudtrail", "action": "x" }, "user": {} });
    let s3 = json!({ "eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "awsRegion": "r" });
    let stream = json!({ "eventSource": "aws:dynamodb", "eventName": "INSERT" });
    for (message, word) in [
        (&ocsf, Some("OCSF")),
        (&ecs, Some("ECS")),
        (&s3, Some("S3")),
        (&stream, Some("Lambda")),
        (&json!({ "event": { "dataset": "nginx.access" } }), None),
        (&json!({ "class_uid": 1 }), None),
        (&json!("text"), None),
    ] {
        let reason = refused(&message.to_string());
        match word {
            Some(word) => assert!(reason.is_some_and(|reason| reason.contains(word)), "{message}"),
            None => assert_eq!(reason, None, "{message}"),
        }
        assert_eq!(check(&message.to_string()), "?", "no record: {message}");
    }
}
