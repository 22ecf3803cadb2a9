//! The columns from which each field is read, by the paths of the keys that the columns represent.

use crate::record::Provider::{self, Alibaba, Aws, Tencent};
use crate::record::field::event as f;
use crate::record::{FieldId, FieldSet};

/// A field and the columns that it is read from in the tables of some providers.
#[derive(Debug)]
pub(super) struct ColumnMapping {
    pub(super) providers: &'static [Provider],
    pub(super) field: FieldId,
    columns: &'static [&'static str],
    /// Whether the field needs all of them; otherwise one is enough.
    all: bool,
}

const fn any(
    providers: &'static [Provider],
    field: FieldId,
    columns: &'static [&'static str],
) -> ColumnMapping {
    ColumnMapping { providers, field, columns, all: false }
}

const fn all(
    providers: &'static [Provider],
    field: FieldId,
    columns: &'static [&'static str],
) -> ColumnMapping {
    ColumnMapping { providers, field, columns, all: true }
}

/// The fields of `all` that a table of the provider can fill. `has` returns whether the table has a
/// column.
pub(super) fn available_fields(
    provider: Provider,
    all: FieldSet,
    has: impl Fn(&str) -> bool,
) -> FieldSet {
    let mut available: FieldSet = FIELDS
        .iter()
        .filter(|field| field.providers.contains(&provider))
        .filter(|field| {
            let mut columns = field.columns.iter();
            if field.all { columns.all(|name| has(name)) } else { columns.any(|name| has(name)) }
        })
        .map(|field| field.field)
        .chain([f::PROVIDER, f::RAW])
        .collect();
    if available.contains(f::SERVICE) && available.contains(f::API) {
        available.insert(f::NAME);
        available.insert(f::OPERATION);
    }
    all.iter().filter(|id| available.contains(*id)).collect()
}

/// Every field, with one row for each set of columns that it is read from.
pub(super) const FIELDS: &[ColumnMapping] = &[
    any(&[Aws, Tencent], f::ID, &["eventID"]),
    any(&[Alibaba], f::ID, &["eventId"]),
    any(&Provider::ALL, f::TIME, &["eventTime"]),
    any(&[Aws, Alibaba], f::ACCOUNT, &["recipientAccountId", "userIdentity.accountId"]),
    any(&[Tencent], f::ACCOUNT, &["userIdentity.accountId"]),
    any(&Provider::ALL, f::CALLER_ACCOUNT, &["userIdentity.accountId"]),
    any(
        &[Aws],
        f::USER,
        &["userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName"],
    ),
    any(&[Alibaba, Tencent], f::USER, &["userIdentity.userName"]),
    any(&Provider::ALL, f::USER_ID, &["userIdentity.principalId"]),
    any(&Provider::ALL, f::USER_TYPE, &["userIdentity.type"]),
    all(&[Aws], f::ROLE, &["userIdentity.type", "userIdentity.arn"]),
    all(&[Alibaba, Tencent], f::ROLE, &["userIdentity.type", "userIdentity.userName"]),
    all(&[Aws, Alibaba], f::SESSION, &["userIdentity.type", "userIdentity.principalId"]),
    all(&[Tencent], f::SESSION, &["userIdentity.type", "userIdentity.userName"]),
    any(&Provider::ALL, f::CALLER, &["userIdentity.principalId", "userIdentity.userName"]),
    any(
        &[Aws, Alibaba],
        f::ACTOR,
        &["userIdentity.accessKeyId", "userIdentity.principalId", "userIdentity.userName"],
    ),
    any(
        &[Tencent],
        f::ACTOR,
        &["userIdentity.secretId", "userIdentity.principalId", "userIdentity.userName"],
    ),
    any(&[Aws, Alibaba], f::AK, &["userIdentity.accessKeyId"]),
    any(&[Tencent], f::AK, &["userIdentity.secretId"]),
    any(&[Aws, Alibaba], f::AK_TYPE, &["userIdentity.accessKeyId"]),
    // The session and the type show whether a key is temporary.
    all(
        &[Tencent],
        f::AK_TYPE,
        &["userIdentity.secretId", "userIdentity.type", "userIdentity.sessionContext"],
    ),
    any(
        &[Aws],
        f::MFA,
        &["userIdentity.sessionContext.attributes.mfaAuthenticated", "additionalEventData.MFAUsed"],
    ),
    any(
        &[Alibaba],
        f::MFA,
        &[
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
            "additionalEventData.isMFAChecked",
        ],
    ),
    any(&[Tencent], f::MFA, &["userIdentity.sessionContext"]),
    any(&[Aws, Tencent], f::IP, &["sourceIPAddress"]),
    any(&[Alibaba], f::IP, &["sourceIpAddress"]),
    any(&[Aws, Tencent], f::SOURCE, &["sourceIPAddress"]),
    any(&[Alibaba], f::SOURCE, &["sourceIpAddress"]),
    any(&[Aws, Tencent], f::IP_SCOPE, &["sourceIPAddress"]),
    any(&[Alibaba], f::IP_SCOPE, &["sourceIpAddress"]),
    all(
        &[Aws, Alibaba],
        f::METHOD,
        &["eventType", "userAgent", "userIdentity.type", "userIdentity.accessKeyId"],
    ),
    any(&[Tencent], f::METHOD, &["eventType"]),
    any(&[Aws], f::KIND, &["eventType", "eventSource"]),
    any(&[Alibaba], f::KIND, &["eventType"]),
    any(&[Tencent], f::KIND, &["eventName"]),
    any(&[Aws], f::SERVICE, &["eventSource"]),
    any(&[Alibaba], f::SERVICE, &["serviceName", "eventSource"]),
    any(&[Tencent], f::SERVICE, &["resourceType", "eventSource"]),
    any(&Provider::ALL, f::API, &["eventName"]),
    any(&[Aws], f::ACTION, &["readOnly", "eventName"]),
    any(&[Alibaba], f::ACTION, &["eventRW", "eventName"]),
    any(&[Tencent], f::ACTION, &["actionType", "eventName"]),
    any(&[Aws], f::CATEGORY, &["eventCategory", "managementEvent"]),
    any(&[Alibaba], f::CATEGORY, &["eventCategory"]),
    any(&[Tencent], f::CATEGORY, &["eventName"]),
    any(&[Aws, Alibaba], f::CODE, &["errorCode"]),
    any(&[Tencent], f::CODE, &["errorCode", "apiErrorCode"]),
    any(&[Aws, Alibaba], f::MESSAGE, &["errorMessage"]),
    any(&[Tencent], f::MESSAGE, &["errorMessage", "apiErrorMessage"]),
    // For sign-ins it also needs the message.
    any(&[Aws, Alibaba], f::OK, &["errorCode"]),
    any(&[Tencent], f::OK, &["errorCode", "apiErrorCode"]),
    any(&Provider::ALL, f::AGENT, &["userAgent"]),
    any(&[Aws], f::REGION, &["awsRegion"]),
    any(&[Alibaba], f::REGION, &["acsRegion"]),
    any(&[Tencent], f::REGION, &["eventRegion"]),
    any(&[Aws, Tencent], f::REQUEST_ID, &["requestID"]),
    any(&[Alibaba], f::REQUEST_ID, &["requestId"]),
    any(&[Aws, Tencent], f::PARAMS, &["requestParameters"]),
    any(&[Alibaba], f::PARAMS, &["requestParameters", "requestParameterJson"]),
    any(&Provider::ALL, f::RESPONSE, &["responseElements"]),
    any(&[Aws], f::RESOURCES, &["resources"]),
    any(&[Alibaba], f::RESOURCES, &["referencedResources", "resourceName"]),
    any(&[Tencent], f::RESOURCES, &["resources", "resourceName"]),
    any(&[Aws, Tencent], f::TARGET_USER, &["requestParameters"]),
    any(&[Alibaba], f::TARGET_USER, &["requestParameters", "requestParameterJson"]),
    any(&[Tencent], f::APP_ID, &["userIdentity.sessionContext"]),
    any(&[Tencent], f::SENSITIVE, &["sensitiveAction"]),
    any(&[Tencent], f::LOCATION, &["Location"]),
];
