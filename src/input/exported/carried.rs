//! Which columns a field is read from.

use crate::record::field::event as f;
use crate::record::{FieldId, FieldSet};

/// A field and the columns that carry it.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) field: FieldId,
    columns: &'static [&'static str],
    /// Whether all of them must be there, and not just one: without the others the record would
    /// seem to say what it does not.
    all: bool,
}

const fn any(field: FieldId, columns: &'static [&'static str]) -> Carried {
    Carried { field, columns, all: false }
}

const fn all(field: FieldId, columns: &'static [&'static str]) -> Carried {
    Carried { field, columns, all: true }
}

/// What of `all` a table carries that has these columns.
pub(super) fn by(fields: &[Carried], all: FieldSet, has: impl Fn(&str) -> bool) -> FieldSet {
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

pub(super) const CLOUDTRAIL: &[Carried] = &[
    any(f::ID, &["eventID"]),
    any(f::TIME, &["eventTime"]),
    any(f::ACCOUNT, &["recipientAccountId", "userIdentity"]),
    any(f::CALLER_ACCOUNT, &["userIdentity"]),
    any(f::USER, &["userIdentity"]),
    any(f::USER_ID, &["userIdentity"]),
    any(f::USER_TYPE, &["userIdentity"]),
    any(f::ROLE, &["userIdentity"]),
    any(f::SESSION, &["userIdentity"]),
    any(f::ACTOR, &["userIdentity"]),
    any(f::CALLER, &["userIdentity"]),
    any(f::AK, &["userIdentity"]),
    any(f::AK_TYPE, &["userIdentity"]),
    any(f::MFA, &["userIdentity", "additionalEventData"]),
    any(f::IP, &["sourceIPAddress"]),
    any(f::SOURCE, &["sourceIPAddress"]),
    any(f::IP_SCOPE, &["sourceIPAddress"]),
    all(f::METHOD, &["eventType", "userAgent", "userIdentity"]),
    any(f::KIND, &["eventType", "eventSource"]),
    any(f::SERVICE, &["eventSource"]),
    any(f::API, &["eventName"]),
    any(f::ACTION, &["readOnly", "eventName"]),
    any(f::CATEGORY, &["eventCategory", "managementEvent"]),
    any(f::CODE, &["errorCode"]),
    any(f::MESSAGE, &["errorMessage"]),
    // A login that failed has a message and no code.
    all(f::OK, &["errorCode", "errorMessage"]),
    any(f::AGENT, &["userAgent"]),
    any(f::REGION, &["awsRegion"]),
    any(f::REQUEST_ID, &["requestID"]),
    any(f::PARAMS, &["requestParameters"]),
    any(f::RESPONSE, &["responseElements"]),
    any(f::RESOURCES, &["resources"]),
    any(f::TARGET_USER, &["requestParameters"]),
];

/// The keys of a CloudTrail record.
pub(super) const CLOUDTRAIL_KEYS: &[&str] = &[
    "additionalEventData",
    "addendum",
    "apiVersion",
    "awsRegion",
    "edgeDeviceDetails",
    "errorCode",
    "errorMessage",
    "eventCategory",
    "eventContext",
    "eventID",
    "eventName",
    "eventSource",
    "eventTime",
    "eventType",
    "eventVersion",
    "insightDetails",
    "managementEvent",
    "readOnly",
    "recipientAccountId",
    "requestID",
    "requestParameters",
    "resources",
    "responseElements",
    "serviceEventDetails",
    "sessionCredentialFromConsole",
    "sharedEventID",
    "sourceIPAddress",
    "tlsDetails",
    "userAgent",
    "userIdentity",
    "vpcEndpointAccountId",
    "vpcEndpointId",
];

pub(super) const ACTIONTRAIL: &[Carried] = &[
    any(f::ID, &["eventId"]),
    any(f::TIME, &["eventTime"]),
    any(f::ACCOUNT, &["recipientAccountId", "userIdentity"]),
    any(f::CALLER_ACCOUNT, &["userIdentity"]),
    any(f::USER, &["userIdentity"]),
    any(f::USER_ID, &["userIdentity"]),
    any(f::USER_TYPE, &["userIdentity"]),
    any(f::ROLE, &["userIdentity"]),
    any(f::SESSION, &["userIdentity"]),
    any(f::ACTOR, &["userIdentity"]),
    any(f::CALLER, &["userIdentity"]),
    any(f::AK, &["userIdentity"]),
    any(f::AK_TYPE, &["userIdentity"]),
    any(f::MFA, &["userIdentity", "additionalEventData"]),
    any(f::IP, &["sourceIpAddress"]),
    any(f::SOURCE, &["sourceIpAddress"]),
    any(f::IP_SCOPE, &["sourceIpAddress"]),
    all(f::METHOD, &["eventType", "userAgent", "userIdentity"]),
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

/// The keys of an ActionTrail event.
pub(super) const ACTIONTRAIL_KEYS: &[&str] = &[
    "acsRegion",
    "additionalEventData",
    "apiVersion",
    "errorCode",
    "errorMessage",
    "eventAttributes",
    "eventCategory",
    "eventId",
    "eventName",
    "eventRW",
    "eventSource",
    "eventTime",
    "eventType",
    "eventVersion",
    "isGlobal",
    "recipientAccountId",
    "referencedResources",
    "requestId",
    "requestParameterJson",
    "requestParameters",
    "resourceName",
    "resourceType",
    "responseElements",
    "serviceName",
    "sourceIpAddress",
    "userAgent",
    "userIdentity",
    "vpcId",
];
