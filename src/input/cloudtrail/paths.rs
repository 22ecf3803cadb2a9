//! The paths that are read in CloudTrail records and their wrappings.

crate::input::trail::paths! {
    EVENT_ID = "eventID";
    EVENT_TIME = "eventTime";
    EVENT_CATEGORY = "eventCategory";
    MANAGEMENT = "managementEvent";
    RECIPIENT = "recipientAccountId";
    SOURCE = "sourceIPAddress";
    AGENT = "userAgent";
    ERROR_CODE = "errorCode";
    ERROR_MESSAGE = "errorMessage";
    READ_ONLY = "readOnly";
    REQUEST_ID = "requestID";
    PARAMS = "requestParameters";
    PARAMS_USER = "requestParameters.userName";
    RESPONSE = "responseElements";
    LOGIN = "responseElements.ConsoleLogin";
    SWITCH_ROLE = "responseElements.SwitchRole";
    CHECK_MFA = "responseElements.CheckMfa";
    RESOURCES = "resources";
    TLS = "tlsDetails";
    FROM_CONSOLE = "sessionCredentialFromConsole";
    MFA_USED = "additionalEventData.MFAUsed";
    ADDENDUM = "addendum.reason";
    ORIGINAL_ID = "addendum.originalEventID";
    USER = "userIdentity.userName";
    PRINCIPAL = "userIdentity.principalId";
    ARN = "userIdentity.arn";
    ACCOUNT = "userIdentity.accountId";
    AK = "userIdentity.accessKeyId";
    ON_BEHALF_OF = "userIdentity.onBehalfOf.userId";
    INVOKED_BY = "userIdentity.invokedBy";
    ISSUER_USER = "userIdentity.sessionContext.sessionIssuer.userName";
    MFA = "userIdentity.sessionContext.attributes.mfaAuthenticated";

    // What an Insight event is about.
    INSIGHT_SOURCE = "insightDetails.eventSource";
    INSIGHT_NAME = "insightDetails.eventName";

    // Sign-ins of IAM Identity Center.
    VERIFICATION = "serviceEventDetails.CredentialVerification";
    AUTHENTICATION = "serviceEventDetails.UserAuthentication";

    // LookupEvents.
    INNER = "CloudTrailEvent";
    OUTER_ID = "EventId";
    OUTER_NAME = "EventName";
    OUTER_READ_ONLY = "ReadOnly";
    OUTER_AK = "AccessKeyId";
    OUTER_TIME = "EventTime";
    OUTER_SOURCE = "EventSource";
    OUTER_USER = "Username";
    OUTER_RESOURCES = "Resources";
}

/// Keys inside texts that are read as a unit; a duplicate of them makes a record ambiguous too.
pub(super) const WATCHED: &[&str] =
    &["resources[].ARN", "resources[].arn", "Resources[].ResourceName"];

/// Objects that exports write as strings of JSON, too.
pub(super) const FOLDS: &[&str] = &[
    "userIdentity",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "serviceEventDetails",
    "insightDetails",
    "addendum",
];
