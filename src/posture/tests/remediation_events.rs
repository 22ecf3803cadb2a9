//! The steps that events show as done.

use super::super::remediation_event::{Progress, RemediationLog, ReportUser};
use super::{NOW, record, user};
use crate::record::field::event;
use crate::record::{Provider, Record};
use crate::value::{Items, Json, RecordKind, Value};

/// An event of an administrator on the first day after the report, unless `text` sets another time:
/// `api field=value … {params}`.
fn event(text: &str) -> Record<'static> {
    let (text, params) = match text.split_once('{') {
        Some((text, params)) => (text, Some(format!("{{{params}"))),
        None => (text, None),
    };
    let (api, more) = text.split_once(' ').unwrap_or((text, ""));
    let mut fields = format!(
        "provider=aws service=iam account=1 user=admin user_type=user time=2026-01-02T00:00:00Z \
         ok=true api={api} {more}"
    );
    if fields.contains("ok=?") {
        fields = fields.replace("ok=true ", "").replace("ok=?", "");
    }
    let read = record(RecordKind::Event, &fields);
    let mut record = Record::new(RecordKind::Event);
    for id in crate::record::field::of_kind(RecordKind::Event) {
        record.set(id, read.get(id).clone().into_owned());
    }
    if let Some(params) = params {
        record.set(event::PARAMS, Value::Json(Json::new(params)));
    }
    record
}

fn log(events: &[&str]) -> RemediationLog {
    let mut log = RemediationLog::default();
    for text in events {
        log.add(&event(text));
    }
    log
}

fn shown(progress: Progress) -> String {
    match progress {
        Progress::Open => "open".into(),
        Progress::Done(event) => format!("done by {}", event.api),
        Progress::Unclear(event, doubt) => format!("{}? {}", event.api, doubt.name()),
    }
}

const DELETED: &str = r#"DeleteAccessKey target_user=ann {"userName":"ann","accessKeyId":"K1"}"#;
const OFF: &str = r#"UpdateAccessKey target_user=ann {"accessKeyId":"K1","status":"Inactive"}"#;
const ON: &str = r#"UpdateAccessKey target_user=ann time=2026-01-03T00:00:00Z {"accessKeyId":"K1","status":"Active"}"#;

/// The progress of the first key of ann.
fn key(user_text: &str, made: Option<&str>, account: &str, events: &[&str]) -> String {
    let (user, log) = (user(user_text, made), log(events));
    let of = ReportUser { provider: Provider::Aws, account, name: "ann", user: &user };
    shown(log.key_of(&of, user.keys().next().unwrap()))
}

#[test]
fn a_later_event_completes_the_step_for_a_key() {
    let with_id =
        |events: &[&str]| key("/id=K1 created=9d/id=K2 created=9d", Some(NOW), "1", events);
    for (events, expected) in [
        (&[][..], "open"),
        (&[DELETED], "done by DeleteAccessKey"),
        (&[OFF], "done by UpdateAccessKey"),
        (&[OFF, ON], "open"),
        (&[ON, OFF], "open"),
        (
            &[OFF, ON, &DELETED.replace("{", "time=2026-01-04T00:00:00Z {")],
            "done by DeleteAccessKey",
        ),
        // Not later than the report, refused, about another key, or without a key.
        (&[&DELETED.replace("{", "time=2026-01-01T00:00:00Z {")], "open"),
        (&[&DELETED.replace("{", "ok=false {")], "open"),
        (&[&DELETED.replace("K1", "K9")], "open"),
        (&[&OFF.replace("Inactive", "Odd")], "open"),
        (&["DeleteAccessKey target_user=ann"], "open"),
        (
            &[&DELETED.replace("service=iam", "").replace("DeleteAccessKey", "ListAccessKeys")],
            "open",
        ),
        // A log without the outcome of calls.
        (&[&DELETED.replace("{", "ok=? {")], "DeleteAccessKey? outcome"),
        // The keys of the user are deleted with the user.
        (&["DeleteUser target_user=ann"], "done by DeleteUser"),
        (&["DeleteUser target_user=ann account=2"], "open"),
        (
            &["DeleteUser target_user=ann", "CreateUser target_user=ann time=2026-01-03T00:00:00Z"],
            "open",
        ),
    ] {
        assert_eq!(with_id(events), expected, "{events:?}");
    }
    assert_eq!(key("/id=K1", None, "1", &[DELETED]), "DeleteAccessKey? undated");
}

/// Reports of AWS and Alibaba Cloud have no ids: deletion is certain only if all keys were deleted.
#[test]
fn keys_without_ids_are_done_when_all_are_deleted() {
    let (one, two) = ("/slot=1 created=9d", "/slot=1 created=9d/slot=2 created=8d");
    let second = DELETED.replace("K1", "K2");
    let created = "CreateAccessKey target_user=ann time=2026-01-01T12:00:00Z";
    for (text, events, expected) in [
        (one, &[DELETED][..], "done by DeleteAccessKey"),
        (two, &[DELETED], "DeleteAccessKey? which-key"),
        (two, &[DELETED, DELETED], "DeleteAccessKey? which-key"),
        (
            two,
            &[&OFF.replace("{", "time=2026-01-01T12:00:00Z {"), DELETED],
            "DeleteAccessKey? which-key",
        ),
        (two, &[DELETED, &second], "done by DeleteAccessKey"),
        // It may have been the new one.
        (one, &[created, DELETED], "DeleteAccessKey? which-key"),
        (
            one,
            &[&created.replace("2026-01-01T12", "2025-12-31T12"), DELETED],
            "done by DeleteAccessKey",
        ),
        (one, &[&DELETED.replace("target_user=ann", "target_user=bob")], "open"),
    ] {
        assert_eq!(key(text, Some(NOW), "1", events), expected, "{text} {events:?}");
    }
    // If the report names no account, the name must occur in only one account.
    assert_eq!(key(one, Some(NOW), "", &[DELETED]), "done by DeleteAccessKey");
    let other = second.replace("{", "account=2 {");
    assert_eq!(key(one, Some(NOW), "", &[DELETED, &other]), "DeleteAccessKey? which-account");
}

#[test]
fn a_later_event_completes_steps_for_passwords_and_factors() {
    let check = |cred: &str, name: &str, provider, events: &[&str], expected: [&str; 2]| {
        let (user, log) = (user(cred, Some(NOW)), log(events));
        let of = ReportUser { provider, account: "1", name, user: &user };
        let found = [shown(log.factor(&of)), shown(log.password(&of))];
        assert_eq!(found, expected, "{events:?}");
    };
    let aws = |events: &[&str], expected| check("", "ann", Provider::Aws, events, expected);
    aws(&["EnableMFADevice target_user=ann"], ["done by EnableMFADevice", "open"]);
    aws(
        &[
            "EnableMFADevice target_user=ann",
            "DeactivateMFADevice target_user=ann time=2026-01-03T00:00:00Z",
        ],
        ["open", "open"],
    );
    let gone = "DeleteLoginProfile target_user=ann";
    aws(&[gone], ["done by DeleteLoginProfile", "done by DeleteLoginProfile"]);
    aws(&[gone, "CreateLoginProfile target_user=ann time=2026-01-03T00:00:00Z"], ["open", "open"]);
    aws(&["DeleteUser target_user=ann"], ["done by DeleteUser", "done by DeleteUser"]);
    // The root user does it to itself; an IAM user named root is a different user.
    let root = "EnableMFADevice target_user=root user=root user_type=root";
    check(
        "user_type=root",
        "<root_account>",
        Provider::Aws,
        &[root],
        ["done by EnableMFADevice", "open"],
    );
    check("", "root", Provider::Aws, &[root], ["open", "open"]);
    // Alibaba Cloud's report contains the full name; its events contain the part before the `@`, or
    // all of it.
    let bind = "BindMFADevice provider=alibaba service=ims target_user=";
    for name in ["ann", "ann@example.onaliyun.com"] {
        check(
            "",
            "ann@example.onaliyun.com",
            Provider::Alibaba,
            &[&format!("{bind}{name}")],
            ["done by BindMFADevice", "open"],
        );
    }
    // Tencent Cloud's events may identify the user by id.
    let deleted = "DeleteUser provider=tencent service=cam target_user=100000000012";
    check(
        "user_id=100000000012",
        "ann",
        Provider::Tencent,
        &[deleted],
        ["done by DeleteUser", "done by DeleteUser"],
    );
}

/// The events of an IAM audit name the key among the resources and do not contain the outcome.
#[test]
fn keys_are_found_among_resources() {
    let mut audit = event("DeleteAccessKey ok=?");
    let names =
        vec![Value::str("K1").into_owned(), Value::str("arn:aws:iam::1:user/x").into_owned()];
    audit.set(event::RESOURCES, Value::List(Items::Owned(names)));
    let mut log = RemediationLog::default();
    log.add(&audit);
    let user = user("/id=K1", Some(NOW));
    let of = ReportUser { provider: Provider::Aws, account: "1", name: "ann", user: &user };
    let progress = log.key_of(&of, user.keys().next().unwrap());
    assert_eq!(shown(progress), "DeleteAccessKey? outcome");
}
