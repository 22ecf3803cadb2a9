//! The paths that are read in CloudAudit records and their wrappings.

crate::input::trail::paths! {
    EVENT_ID = "eventID";
    EVENT_TIME = "eventTime";
    REGION = "eventRegion";
    SOURCE = "sourceIPAddress";
    AGENT = "userAgent";
    ERROR_CODE = "errorCode";
    ERROR_MESSAGE = "errorMessage";
    API_ERROR_MESSAGE = "apiErrorMessage";
    REQUEST_ID = "requestID";
    RESOURCE_TYPE = "resourceType";
    RESOURCE_NAME = "resourceName";
    RESOURCES = "resources";
    SENSITIVE = "sensitiveAction";
    PARAMS = "requestParameters";
    PARAMS_NAME = "requestParameters.Name";
    PARAMS_TARGET = "requestParameters.TargetUin";
    PARAMS_ATTACH = "requestParameters.AttachUin";
    PARAMS_TOKEN = "requestParameters.Token";
    PARAMS_SOURCE = "requestParameters.RequestSource";
    PARAMS_CLIENT = "requestParameters.RequestClient";
    RESPONSE = "responseElements";
    // The spelling in the vendor's table of fields.
    RESPONSE_ALSO = "requestElements";
    USER = "userIdentity.userName";
    PRINCIPAL = "userIdentity.principalId";
    ACCOUNT = "userIdentity.accountId";
    TOKEN = "userIdentity.sessionContext.token";
    EXPIRES = "userIdentity.sessionContext.expireTime";
    MFA = "userIdentity.sessionContext.mfa";
    APP_ID = "userIdentity.sessionContext.appId";

    // Next to the record in EventBridge. Older records also have the region under this name.
    AROUND_REGION = "region";
    AROUND_TIME = "time";

    // LookUpEvents and DescribeEvents.
    INNER = "CloudAuditEvent";
    OUTER_ID = "EventId";
    OUTER_NAME = "EventName";
    OUTER_TIME = "EventTime";
    OUTER_SOURCE = "EventSource";
    OUTER_USER = "Username";
    OUTER_AK = "SecretId";
    OUTER_ERROR_CODE = "ErrorCode";
    OUTER_REQUEST_ID = "RequestID";
    OUTER_REGION = "EventRegion";
    OUTER_IP = "SourceIPAddress";
    OUTER_ACCOUNT = "AccountID";
    OUTER_RESOURCE_NAME = "Resources.ResourceName";
    OUTER_RESOURCE_TYPE = "Resources.ResourceType";
    LOCATION = "Location";
    // The spelling of client libraries that change the case of keys.
    LOCATION_ALSO = "location";
}

/// Objects that may also be written as strings of JSON.
pub(super) const FOLDS: &[&str] =
    &["userIdentity", "userIdentity.sessionContext", "requestParameters"];
