//! Recognizes texts that contain no record: control messages, and documents that are rejected by
//! name.

use crate::input::json::{Fields, Shape, decode};

mod paths {
    crate::input::trail::paths! {
        MESSAGE_TYPE = "messageType";
        TYPE_OF_SNS = "Type";
        EVENT = "Event";
        CLASS = "class_uid";
        PRODUCT = "metadata.product.name";
        ECS_DATASET = "event.dataset";
        ECS_MODULE = "event.module";
        ECS_TRAIL = "aws.cloudtrail";
        SOURCE = "EventSource";
    }
}

fn fields(text: &str) -> Option<Fields<'_>> {
    Fields::scan(text, &Shape::new(paths::PATHS, |_| true)).ok()
}

/// Whether a message is a health check, a confirmation or a test, and so never contains a record.
pub(super) fn is_control(member: impl Fn(&str) -> Option<String>) -> bool {
    let is =
        |key: &str, words: &[&str]| member(key).is_some_and(|word| words.contains(&word.as_str()));
    is("messageType", &["CONTROL_MESSAGE"])
        || is("Type", &["SubscriptionConfirmation", "UnsubscribeConfirmation"])
        || is("Event", &["s3:TestEvent"])
}

/// The description of a recognized text without an audit record, for messages; `None` for any other
/// text.
pub(in crate::input) fn refused(text: &str) -> Option<&'static str> {
    let fields = fields(text)?;
    let has = |path: usize| fields.get(path).is_some();
    let word = |path: usize| fields.get(path).and_then(decode);
    if has(paths::CLASS) && has(paths::PRODUCT) {
        return Some(
            "an event in the Open Cybersecurity Schema Framework (OCSF) of Security Lake, which is \
             not supported: use the trail's own records",
        );
    }
    let ecs = word(paths::ECS_DATASET).or_else(|| word(paths::ECS_MODULE));
    if has(paths::ECS_TRAIL) || ecs.is_some_and(|of| of.contains("cloudtrail")) {
        return Some(
            "a document in the Elastic Common Schema (ECS) without `event.original`, which would \
             contain the trail's own record",
        );
    }
    let source = word(paths::EVENT_SOURCE).or_else(|| word(paths::SOURCE));
    match source.as_deref() {
        Some("aws:s3") => Some("an S3 notification, which is not an audit record"),
        Some("aws:kinesis") => Some("a Kinesis record without an audit record in it"),
        Some("aws:sqs") => Some("an SQS message without an audit record in it"),
        Some("aws:sns") => Some("an SNS message without an audit record in it"),
        Some(source) if source.starts_with("aws:") => {
            Some("an event for a Lambda function, which is not an audit record")
        }
        _ => None,
    }
}
