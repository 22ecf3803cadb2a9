//! Which cloud wrote a record.

use crate::input::json::{Fields, decode};
use crate::record::Provider;

/// The paths that decide; every format has them first, with these indices.
pub(in crate::input) mod marks {
    crate::input::trail::paths! {}
}

use marks as m;

/// The cloud that wrote a record; `None` if it belongs to no trail, or could belong to several.
///
/// The trails share `eventName`, `eventSource`, `eventType` and `userIdentity`. The cloud is
/// decided by the host of the service, or by a key or word that only one cloud writes and that no
/// caller chooses. Two clouds write `ApiCall`.
///
/// Events that AWS sends to queues and functions have these keys too, but they are not audit
/// records: their `eventSource` is `aws:s3` or similar, while that of a record is a host.
pub(in crate::input) fn cloud(fields: &Fields<'_>) -> Option<Provider> {
    let has = |path: usize| fields.get(path).is_some();
    let text = |path: usize| fields.get(path).and_then(decode);
    if ![m::EVENT_NAME, m::EVENT_TYPE, m::EVENT_SOURCE].into_iter().any(has) {
        return None;
    }
    let (source, kind, user) = (text(m::EVENT_SOURCE), text(m::EVENT_TYPE), text(m::TYPE));
    if source.as_deref().is_some_and(|source| source.starts_with("aws:")) {
        return None;
    }
    let (source, kind) =
        (source.as_deref().and_then(Provider::of_host), kind.as_deref().unwrap_or_default());
    let aws = source == Some(Provider::Aws) || has(m::AWS_REGION) || kind.starts_with("Aws");
    let alibaba = source == Some(Provider::Alibaba)
        || has(m::ACS_REGION)
        || ["ConsoleOperation", "ConsoleSignin", "ConsoleSignout", "AliyunServiceEvent"]
            .contains(&kind)
        || user.is_some_and(|user| ALIBABA_USERS.contains(&&*user));
    let tencent = source == Some(Provider::Tencent)
        || has(m::SECRET_ID)
        || kind == "MiniProgramCall"
        || (["ApiCall", "ConsoleCall"].contains(&kind)
            && (has(m::ACTION_TYPE) || has(m::API_ERROR_CODE)));
    match (aws, alibaba, tencent) {
        (true, false, false) => Some(Provider::Aws),
        (false, true, false) => Some(Provider::Alibaba),
        (false, false, true) => Some(Provider::Tencent),
        _ => None,
    }
}

/// Types of callers that only Alibaba Cloud writes.
const ALIBABA_USERS: [&str; 7] = [
    "root-account",
    "ram-user",
    "assumed-role",
    "cloudsso-user",
    "saml-user",
    "oidc-user",
    "alibaba-cloud-account",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::input::json::Shape;

    fn of(text: &str) -> Option<Provider> {
        cloud(&Fields::read(text, &Shape::new(m::PATHS, |_| true)).unwrap())
    }

    #[test]
    fn one_mark_identifies_the_cloud() {
        use Provider::{Alibaba, Aws, Tencent};
        for (text, expected) in [
            (r#"{"eventName":"CreateUser","eventSource":"iam.amazonaws.com"}"#, Aws),
            (r#"{"eventName":"CreateUser","eventSource":"iam.amazonaws.com.cn"}"#, Aws),
            (r#"{"eventName":"CreateUser","awsRegion":"us-east-1"}"#, Aws),
            (r#"{"eventType":"AwsServiceEvent"}"#, Aws),
            (r#"{"eventName":"CreateUser","eventSource":"ram.aliyuncs.com"}"#, Alibaba),
            (r#"{"eventName":"ConsoleSignin","eventSource":"signin.aliyun.com"}"#, Alibaba),
            (r#"{"eventName":"CreateUser","acsRegion":"cn-hangzhou"}"#, Alibaba),
            (r#"{"eventType":"AliyunServiceEvent"}"#, Alibaba),
            (r#"{"eventType":"ApiCall","userIdentity":{"type":"ram-user"}}"#, Alibaba),
            (r#"{"eventName":"AddUser","eventSource":"cam.tencentcloudapi.com"}"#, Tencent),
            (
                r#"{"eventName":"AddUser","eventSource":"cam.api.cloud.tencent.com/v2/index.php"}"#,
                Tencent,
            ),
            (r#"{"eventName":"AddUser","userIdentity":{"secretId":"AKIDx"}}"#, Tencent),
            (r#"{"eventType":"MiniProgramCall"}"#, Tencent),
            (r#"{"eventType":"ApiCall","apiErrorCode":0}"#, Tencent),
            (r#"{"eventType":"ConsoleCall","actionType":"Read"}"#, Tencent),
        ] {
            assert_eq!(of(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn no_mark_or_marks_of_several_clouds_identify_none() {
        for text in [
            "{}",
            "[]",
            r#"{"eventName":"CreateUser"}"#,
            r#"{"eventName":"CreateUser","eventType":"ApiCall","userIdentity":{"type":"root"}}"#,
            r#"{"eventName":"click","actionType":"tap"}"#,
            r#"{"eventName":"x","eventSource":"notamazonaws.com"}"#,
            r#"{"eventName":"x","eventSource":"evil.example/iam.amazonaws.com"}"#,
            r#"{"awsRegion":"us-east-1"}"#,
            r#"{"eventName":"x","awsRegion":"us-east-1","acsRegion":"cn-hangzhou"}"#,
            r#"{"eventName":"x","eventSource":"iam.amazonaws.com","userIdentity":{"type":"ram-user"}}"#,
            r#"{"eventName":"x","eventSource":"iam.amazonaws.com","userIdentity":{"secretId":"AKIDx"}}"#,
            r#"{"eventName":"x","eventSource":"ram.aliyuncs.com","userIdentity":{"secretId":"AKIDx"}}"#,
            r#"{"eventName":"x","acsRegion":"cn-hangzhou","eventType":"MiniProgramCall"}"#,
            // A notification of S3, and an item of a stream.
            r#"{"eventName":"ObjectCreated:Put","eventSource":"aws:s3","awsRegion":"us-east-1"}"#,
            r#"{"eventName":"INSERT","eventSource":"aws:dynamodb","awsRegion":"us-east-1"}"#,
            // Azure and Google Cloud.
            r#"{"eventName":{"value":"EndRequest"},"operationName":"x","caller":"a@b.example"}"#,
            r#"{"protoPayload":{"methodName":"x","serviceName":"iam.googleapis.com"}}"#,
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
