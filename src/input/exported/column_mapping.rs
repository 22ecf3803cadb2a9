//! The columns from which each field is read, by the paths of the keys that the columns represent.

use crate::record::field::event as f;
use crate::record::{FieldId, FieldSet};

/// A field and the columns that it is read from.
#[derive(Debug)]
pub(super) struct ColumnMapping {
    pub(super) field: FieldId,
    columns: &'static [&'static str],
    /// Whether the field needs all of them; otherwise one is enough.
    all: bool,
}

const fn any(field: FieldId, columns: &'static [&'static str]) -> ColumnMapping {
    ColumnMapping { field, columns, all: false }
}

const fn all(field: FieldId, columns: &'static [&'static str]) -> ColumnMapping {
    ColumnMapping { field, columns, all: true }
}

/// The fields of `all` that a table can fill. `has` returns whether the table has a column.
pub(super) fn carried(
    fields: &[ColumnMapping],
    all: FieldSet,
    has: impl Fn(&str) -> bool,
) -> FieldSet {
    let mut carried: FieldSet = fields
        .iter()
        .filter(|field| {
            let mut columns = field.columns.iter();
            if field.all { columns.all(|name| has(name)) } else { columns.any(|name| has(name)) }
        })
        .map(|field| field.field)
        .chain([f::PROVIDER, f::RAW])
        .collect();
    if carried.contains(f::SERVICE) && carried.contains(f::API) {
        carried.insert(f::NAME);
        carried.insert(f::OPERATION);
    }
    all.iter().filter(|id| carried.contains(*id)).collect()
}

pub(super) const CLOUDTRAIL: &[ColumnMapping] = &[
    any(f::ID, &["eventID"]),
    any(f::TIME, &["eventTime"]),
    any(f::ACCOUNT, &["recipientAccountId", "userIdentity.accountId"]),
    any(f::CALLER_ACCOUNT, &["userIdentity.accountId"]),
    any(f::USER, &["userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName"]),
    any(f::USER_ID, &["userIdentity.principalId"]),
    any(f::USER_TYPE, &["userIdentity.type"]),
    all(f::ROLE, &["userIdentity.type", "userIdentity.arn"]),
    all(f::SESSION, &["userIdentity.type", "userIdentity.principalId"]),
    any(f::CALLER, &["userIdentity.principalId", "userIdentity.userName"]),
    any(
        f::ACTOR,
        &["userIdentity.accessKeyId", "userIdentity.principalId", "userIdentity.userName"],
    ),
    any(f::AK, &["userIdentity.accessKeyId"]),
    any(f::AK_TYPE, &["userIdentity.accessKeyId"]),
    any(
        f::MFA,
        &["userIdentity.sessionContext.attributes.mfaAuthenticated", "additionalEventData.MFAUsed"],
    ),
    any(f::IP, &["sourceIPAddress"]),
    any(f::SOURCE, &["sourceIPAddress"]),
    any(f::IP_SCOPE, &["sourceIPAddress"]),
    all(f::METHOD, &["eventType", "userAgent", "userIdentity.type", "userIdentity.accessKeyId"]),
    any(f::KIND, &["eventType", "eventSource"]),
    any(f::SERVICE, &["eventSource"]),
    any(f::API, &["eventName"]),
    any(f::ACTION, &["readOnly", "eventName"]),
    any(f::CATEGORY, &["eventCategory", "managementEvent"]),
    any(f::CODE, &["errorCode"]),
    any(f::MESSAGE, &["errorMessage"]),
    // For sign-ins it also needs the message.
    any(f::OK, &["errorCode"]),
    any(f::AGENT, &["userAgent"]),
    any(f::REGION, &["awsRegion"]),
    any(f::REQUEST_ID, &["requestID"]),
    any(f::PARAMS, &["requestParameters"]),
    any(f::RESPONSE, &["responseElements"]),
    any(f::RESOURCES, &["resources"]),
    any(f::TARGET_USER, &["requestParameters"]),
];

pub(super) const ACTIONTRAIL: &[ColumnMapping] = &[
    any(f::ID, &["eventId"]),
    any(f::TIME, &["eventTime"]),
    any(f::ACCOUNT, &["recipientAccountId", "userIdentity.accountId"]),
    any(f::CALLER_ACCOUNT, &["userIdentity.accountId"]),
    any(f::USER, &["userIdentity.userName"]),
    any(f::USER_ID, &["userIdentity.principalId"]),
    any(f::USER_TYPE, &["userIdentity.type"]),
    all(f::ROLE, &["userIdentity.type", "userIdentity.userName"]),
    all(f::SESSION, &["userIdentity.type", "userIdentity.principalId"]),
    any(f::CALLER, &["userIdentity.principalId", "userIdentity.userName"]),
    any(
        f::ACTOR,
        &["userIdentity.accessKeyId", "userIdentity.principalId", "userIdentity.userName"],
    ),
    any(f::AK, &["userIdentity.accessKeyId"]),
    any(f::AK_TYPE, &["userIdentity.accessKeyId"]),
    any(
        f::MFA,
        &[
            "userIdentity.sessionContext.attributes.mfaAuthenticated",
            "additionalEventData.isMFAChecked",
        ],
    ),
    any(f::IP, &["sourceIpAddress"]),
    any(f::SOURCE, &["sourceIpAddress"]),
    any(f::IP_SCOPE, &["sourceIpAddress"]),
    all(f::METHOD, &["eventType", "userAgent", "userIdentity.type", "userIdentity.accessKeyId"]),
    any(f::KIND, &["eventType"]),
    any(f::SERVICE, &["serviceName", "eventSource"]),
    any(f::API, &["eventName"]),
    any(f::ACTION, &["eventRW", "eventName"]),
    any(f::CATEGORY, &["eventCategory"]),
    any(f::CODE, &["errorCode"]),
    any(f::MESSAGE, &["errorMessage"]),
    any(f::OK, &["errorCode"]),
    any(f::AGENT, &["userAgent"]),
    any(f::REGION, &["acsRegion"]),
    any(f::REQUEST_ID, &["requestId"]),
    any(f::PARAMS, &["requestParameters", "requestParameterJson"]),
    any(f::RESPONSE, &["responseElements"]),
    any(f::RESOURCES, &["referencedResources", "resourceName"]),
    any(f::TARGET_USER, &["requestParameters", "requestParameterJson"]),
];

pub(super) const CLOUDAUDIT: &[ColumnMapping] = &[
    any(f::ID, &["eventID"]),
    any(f::TIME, &["eventTime"]),
    any(f::ACCOUNT, &["userIdentity.accountId"]),
    any(f::CALLER_ACCOUNT, &["userIdentity.accountId"]),
    any(f::USER, &["userIdentity.userName"]),
    any(f::USER_ID, &["userIdentity.principalId"]),
    any(f::USER_TYPE, &["userIdentity.type"]),
    all(f::ROLE, &["userIdentity.type", "userIdentity.userName"]),
    all(f::SESSION, &["userIdentity.type", "userIdentity.userName"]),
    any(f::ACTOR, &["userIdentity.secretId", "userIdentity.principalId", "userIdentity.userName"]),
    any(f::CALLER, &["userIdentity.principalId", "userIdentity.userName"]),
    any(f::AK, &["userIdentity.secretId"]),
    // The session and the type show whether a key is temporary.
    all(f::AK_TYPE, &["userIdentity.secretId", "userIdentity.type", "userIdentity.sessionContext"]),
    any(f::MFA, &["userIdentity.sessionContext"]),
    any(f::IP, &["sourceIPAddress"]),
    any(f::SOURCE, &["sourceIPAddress"]),
    any(f::IP_SCOPE, &["sourceIPAddress"]),
    any(f::METHOD, &["eventType"]),
    any(f::KIND, &["eventName"]),
    any(f::SERVICE, &["resourceType", "eventSource"]),
    any(f::API, &["eventName"]),
    any(f::ACTION, &["actionType", "eventName"]),
    any(f::CODE, &["errorCode", "apiErrorCode"]),
    any(f::MESSAGE, &["errorMessage", "apiErrorMessage"]),
    any(f::OK, &["errorCode", "apiErrorCode"]),
    any(f::AGENT, &["userAgent"]),
    any(f::REGION, &["eventRegion"]),
    any(f::REQUEST_ID, &["requestID"]),
    any(f::PARAMS, &["requestParameters"]),
    any(f::RESPONSE, &["responseElements"]),
    any(f::RESOURCES, &["resources", "resourceName"]),
    any(f::TARGET_USER, &["requestParameters"]),
    any(f::CATEGORY, &["eventName"]),
    any(f::APP_ID, &["userIdentity.sessionContext"]),
    any(f::SENSITIVE, &["sensitiveAction"]),
    any(f::LOCATION, &["Location"]),
];
