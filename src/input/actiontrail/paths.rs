//! The paths that are read in ActionTrail records and their wrappings.

crate::input::trail::paths! {
    EVENT_ID = "eventId";
    EVENT_TIME = "eventTime";
    EVENT_CATEGORY = "eventCategory";
    EVENT_RW = "eventRW";
    SERVICE = "serviceName";
    RECIPIENT = "recipientAccountId";
    SOURCE = "sourceIpAddress";
    AGENT = "userAgent";
    ERROR_CODE = "errorCode";
    ERROR_MESSAGE = "errorMessage";
    REQUEST_ID = "requestId";
    PARAMS = "requestParameters";
    PARAMS_USER = "requestParameters.UserName";
    PARAMS_PRINCIPAL = "requestParameters.UserPrincipalName";
    PARAMS_JSON = "requestParameterJson";
    RESPONSE = "responseElements";
    REFERENCED = "referencedResources";
    RESOURCE_NAME = "resourceName";
    MFA_CHECKED = "additionalEventData.isMFAChecked";
    MFA_CHECKED_OLD = "additionalEventData.mfaChecked";
    USER = "userIdentity.userName";
    PRINCIPAL = "userIdentity.principalId";
    ACCOUNT = "userIdentity.accountId";
    AK = "userIdentity.accessKeyId";
    MFA = "userIdentity.sessionContext.attributes.mfaAuthenticated";
    SESSION = "userIdentity.sessionContext.attributes.creationDate";
    // The names of the keys in older records.
    MFA_OLD = "userIdentity.sessionContext.sessionAttributes.mfaAuthenticated";
    SESSION_OLD = "userIdentity.sessionContext.sessionAttributes.creationDate";

    // Log Service: next to the event, among the tags of a log line.
    OWNER = "owner_id";
}

/// Objects that may also be written as strings of JSON.
pub(super) const FOLDS: &[&str] =
    &["userIdentity", "userIdentity.sessionContext", "requestParameters", "additionalEventData"];
