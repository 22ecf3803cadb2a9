//! How each trail spells the keys of its records, to restore them in exports that changed them.
//!
//! Query engines write the keys of objects in lower case, and tools without nested values write
//! `userIdentity.type` for a key of an object. Both are restored before a format reads the record.
//! Unknown keys stay as they are.

use crate::input::json::{embedded_object, items, members, unflatten};
use crate::record::Provider;
use crate::value::{Members, push_string};

/// The objects of a trail's records and their keys, as the trail spells them.
#[derive(Debug)]
pub(in crate::input) struct Spelling {
    objects: &'static [(&'static str, &'static [&'static str])],
}

/// The object below which every dot of a flattened key separates two keys. Elsewhere keys may
/// contain dots: `requestParameters` of Alibaba Cloud has `InstanceId.1`.
const RESPONSE: &str = "responseElements";

impl Spelling {
    /// The spelling of this cloud's trail.
    pub(in crate::input) fn of(provider: Provider) -> Self {
        let objects = match provider {
            Provider::Aws => AWS,
            Provider::Alibaba => ALIBABA,
            Provider::Tencent => TENCENT,
        };
        Self { objects }
    }

    /// The path of the key that a name represents, ignoring case and blanks; `None` if records have
    /// no such key.
    pub(in crate::input) fn path(&self, written: &str) -> Option<String> {
        let written: String = written.chars().filter(|c| !c.is_whitespace()).collect();
        let mut path = String::new();
        for part in written.split('.') {
            let spelled = self.key(&path, part);
            if path.is_empty() {
                path.push_str(spelled?);
            } else {
                // Unknown keys inside a known one stay as they are.
                path.push('.');
                path.push_str(spelled.unwrap_or(part));
            }
        }
        Some(path)
    }

    /// Appends the JSON value at `path` of a record with its keys as the trail spells them; whether
    /// any of them changed. If all are spelled so already, the text is copied unchanged.
    pub(in crate::input) fn write(&self, json: &str, path: &str, out: &mut String) -> bool {
        let start = out.len();
        let changed = self.respell(json, path, out);
        if !changed {
            out.truncate(start);
            out.push_str(json);
        }
        changed
    }

    /// Appends it with restored keys; whether any key changed.
    fn respell(&self, json: &str, path: &str, out: &mut String) -> bool {
        let mut changed = false;
        match (json.as_bytes().first(), self.keys(path)) {
            (Some(b'{'), Some(_)) => {
                let Some(Members(members)) = members(json) else { return false };
                out.push('{');
                for (at, (written, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    let key = self.key(path, written).unwrap_or(written);
                    changed |= key != written;
                    push_string(key, out);
                    out.push(':');
                    match (value.starts_with(['{', '[', '"']), path) {
                        (false, _) => out.push_str(value),
                        (true, "") => changed |= self.respell(value, key, out),
                        (true, path) => {
                            changed |= self.respell(value, &format!("{path}.{key}"), out);
                        }
                    }
                }
                out.push('}');
            }
            (Some(b'['), Some(_)) => {
                out.push('[');
                for (at, item) in items(json).unwrap_or_default().into_iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    changed |= self.respell(item, path, out);
                }
                out.push(']');
            }
            // A string that is one object is read as that object.
            (Some(b'"'), Some(_)) => match embedded_object(json) {
                Some(object) => {
                    self.respell(&object, path, out);
                    changed = true;
                }
                None => out.push_str(json),
            },
            _ => out.push_str(json),
        }
        changed
    }

    /// Writes the record whose objects were flattened into keys with this prefix; whether there are
    /// such keys.
    pub(in crate::input) fn nest(&self, flat: &str, prefix: &str, out: &mut String) -> bool {
        let is_object = |path: &str| {
            let head = path.split('.').next().unwrap_or_default();
            head.eq_ignore_ascii_case(RESPONSE)
                || self.objects.iter().any(|(object, _)| object.eq_ignore_ascii_case(path))
        };
        unflatten(flat, prefix, &is_object, out)
    }

    /// A key of the object at a path, as the trail spells it.
    fn key(&self, path: &str, written: &str) -> Option<&'static str> {
        self.keys(path)?.iter().find(|key| key.eq_ignore_ascii_case(written)).copied()
    }

    /// The keys of the object at a path; `None` where the record has no known object.
    fn keys(&self, path: &str) -> Option<&'static [&'static str]> {
        let found = self.objects.iter().find(|(object, _)| *object == path);
        found.map(|(_, keys)| *keys)
    }
}

const AWS: &[(&str, &[&str])] = &[
    (
        "",
        &[
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
        ],
    ),
    (
        "userIdentity",
        &[
            "accessKeyId",
            "accountId",
            "arn",
            "credentialId",
            "identityProvider",
            "inScopeOf",
            "invokedBy",
            "onBehalfOf",
            "principalId",
            "sessionContext",
            "type",
            "userName",
        ],
    ),
    ("userIdentity.onBehalfOf", &["identityStoreArn", "userId"]),
    (
        "userIdentity.sessionContext",
        &[
            "assumedRoot",
            "attributes",
            "ec2RoleDelivery",
            "sessionIssuer",
            "sourceIdentity",
            "webIdFederationData",
        ],
    ),
    ("userIdentity.sessionContext.attributes", &["creationDate", "mfaAuthenticated"]),
    (
        "userIdentity.sessionContext.sessionIssuer",
        &["accountId", "arn", "principalId", "type", "userName"],
    ),
    ("userIdentity.sessionContext.webIdFederationData", &["attributes", "federatedProvider"]),
    (
        "requestParameters",
        &[
            "accessKeyId",
            "assumeRolePolicyDocument",
            "bucketName",
            "command",
            "durationSeconds",
            "externalId",
            "functionName",
            "groupName",
            "iamInstanceProfile",
            "instanceId",
            "instanceIds",
            "instanceProfileName",
            "instanceType",
            "launchSpecification",
            "loginProfile",
            "name",
            "newPassword",
            "parameters",
            "password",
            "passwordResetRequired",
            "policyArn",
            "policyDocument",
            "policyName",
            "roleARN",
            "roleArn",
            "roleName",
            "roleSessionName",
            "serialNumber",
            "status",
            "target",
            "userName",
        ],
    ),
    ("requestParameters.launchSpecification", &["instanceType"]),
    (
        "responseElements",
        &[
            "accessKey",
            "assumedRoleUser",
            "CheckMfa",
            "ConsoleLogin",
            "credentials",
            "loginProfile",
            "role",
            "SwitchRole",
            "user",
        ],
    ),
    ("responseElements.accessKey", &["accessKeyId", "createDate", "status", "userName"]),
    ("responseElements.credentials", &["accessKeyId", "expiration", "sessionToken"]),
    ("responseElements.user", &["arn", "createDate", "path", "userId", "userName"]),
    (
        "additionalEventData",
        &["CredentialType", "LoginTo", "MFAIdentifier", "MFAUsed", "MobileVersion", "MfaType"],
    ),
    ("serviceEventDetails", &["CredentialVerification", "UserAuthentication"]),
    ("insightDetails", &["eventName", "eventSource", "insightContext", "insightType", "state"]),
    ("tlsDetails", &["cipherSuite", "clientProvidedHostHeader", "tlsVersion"]),
    ("addendum", &["originalEventID", "originalRequestID", "reason", "updatedFields"]),
    ("resources", &["ARN", "accountId", "type"]),
];

const ALIBABA: &[(&str, &[&str])] = &[
    (
        "",
        &[
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
        ],
    ),
    (
        "userIdentity",
        &["accessKeyId", "accountId", "principalId", "sessionContext", "type", "userName"],
    ),
    ("userIdentity.sessionContext", &["attributes", "sessionAttributes"]),
    ("userIdentity.sessionContext.attributes", &["creationDate", "mfaAuthenticated"]),
    ("userIdentity.sessionContext.sessionAttributes", &["creationDate", "mfaAuthenticated"]),
    ("requestParameters", &["UserName", "UserPrincipalName"]),
    ("responseElements", &["AccessKey", "User"]),
    ("responseElements.AccessKey", &["AccessKeyId", "CreateDate", "Status"]),
    (
        "additionalEventData",
        &["callbackUrl", "isMFAChecked", "loginAccount", "mfaChecked", "CallerBid", "Scheme"],
    ),
    ("eventAttributes", &[]),
    ("referencedResources", &[]),
];

const TENCENT: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "actionType",
            "apiErrorCode",
            "apiErrorMessage",
            "apiVersion",
            "errorCode",
            "errorMessage",
            "eventID",
            "eventName",
            "eventPlatform",
            "eventRegion",
            "eventSource",
            "eventTime",
            "eventType",
            "eventVersion",
            "httpMethod",
            "Location",
            "requestElements",
            "requestID",
            "requestParameters",
            "resourceName",
            "resourceSet",
            "resourceType",
            "resources",
            "responseElements",
            "sensitiveAction",
            "sourceIPAddress",
            "tags",
            "userAgent",
            "userIdentity",
        ],
    ),
    (
        "userIdentity",
        &["accountId", "principalId", "secretId", "sessionContext", "type", "userName"],
    ),
    (
        "userIdentity.sessionContext",
        &["appId", "expireTime", "mfa", "mfaExpireTime", "ownerUin", "token", "uin", "userIp"],
    ),
    (
        "requestParameters",
        &["AttachUin", "Name", "RequestClient", "RequestSource", "TargetUin", "Token"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_get_the_spelling_of_their_trail() {
        let write = |provider, json: &str| {
            let mut out = String::new();
            Spelling::of(provider).write(json, "", &mut out);
            out
        };
        for (provider, json, expected) in [
            (
                Provider::Aws,
                r#"{"EVENTNAME":"x","useridentity":{"username":1,"sessioncontext":{"attributes":{"mfaauthenticated":"true"}}},"mine":{"username":2}}"#,
                r#"{"eventName":"x","userIdentity":{"userName":1,"sessionContext":{"attributes":{"mfaAuthenticated":"true"}}},"mine":{"username":2}}"#,
            ),
            (
                Provider::Aws,
                r#"{"resources":[{"arn":"a","accountid":"1"}],"requestparameters":"{}"}"#,
                r#"{"resources":[{"ARN":"a","accountId":"1"}],"requestParameters":{}}"#,
            ),
            // A string that is an object is that object, but only where the trail has one.
            (
                Provider::Aws,
                r#"{"useridentity":"{\"username\":\"b\"}","eventname":"{\"a\":1}"}"#,
                r#"{"userIdentity":{"userName":"b"},"eventName":"{\"a\":1}"}"#,
            ),
            (
                Provider::Alibaba,
                r#"{"eventid":1,"sourceipaddress":2}"#,
                r#"{"eventId":1,"sourceIpAddress":2}"#,
            ),
            (
                Provider::Tencent,
                r#"{"eventid":1,"useridentity":{"secretid":3}}"#,
                r#"{"eventID":1,"userIdentity":{"secretId":3}}"#,
            ),
            // Duplicate keys remain duplicates.
            (Provider::Aws, r#"{"eventname":1,"eventName":2}"#, r#"{"eventName":1,"eventName":2}"#),
        ] {
            assert_eq!(write(provider, json), expected, "{json}");
        }
    }

    #[test]
    fn a_column_name_is_read_as_the_path_of_a_key() {
        let path = |name: &str| Spelling::of(Provider::Aws).path(name);
        for (name, expected) in [
            ("eventname", Some("eventName")),
            ("Source IP address", Some("sourceIPAddress")),
            ("useridentity.username", Some("userIdentity.userName")),
            (
                "userIdentity.sessioncontext.SessionIssuer.arn",
                Some("userIdentity.sessionContext.sessionIssuer.arn"),
            ),
            ("requestparameters.a.b", Some("requestParameters.a.b")),
            ("responseelements.accessKey.x", Some("responseElements.accessKey.x")),
            ("eventName.x", Some("eventName.x")),
            ("comment", None),
            ("comment.eventName", None),
            ("", None),
        ] {
            assert_eq!(path(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn flattened_records_get_their_objects_back() {
        let flat = r#"{"event.eventName":"x","event.userIdentity.type":"t","event.requestParameters.InstanceId.1":"i","event.responseElements.AccessKey.AccessKeyId":"k","__time__":1}"#;
        let mut out = String::new();
        assert!(Spelling::of(Provider::Alibaba).nest(flat, "event.", &mut out));
        let expected = r#"{"eventName":"x","requestParameters":{"InstanceId.1":"i"},"responseElements":{"AccessKey":{"AccessKeyId":"k"}},"userIdentity":{"type":"t"}}"#;
        assert_eq!(out, expected);
    }
}
