//! Events of three clouds, as short as their formats allow.

use serde_json::{Value, json};

/// A cloud whose events the tests write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cloud {
    Aws,
    Alibaba,
    Tencent,
}

pub(super) const CLOUDS: [Cloud; 3] = [Cloud::Aws, Cloud::Alibaba, Cloud::Tencent];

/// Who calls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// A user with this name and the key with this letter.
    User(&'static str, char),
    /// A session of the role, with the key of this letter.
    Session(&'static str, char),
    /// A session without a role, with this name and the key of this letter.
    Federated(&'static str, char),
    /// A session of a user, with the key of this letter. The event may not name the user.
    SessionOf(Option<&'static str>, char),
    /// A service of the cloud.
    Service,
}

/// An event. A rule of the tests marks it if `marked` is true.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) id: &'static str,
    /// Hours since the first of March 2026.
    pub(super) hour: u32,
    pub(super) who: Who,
    pub(super) ip: &'static str,
    pub(super) call: Call,
    pub(super) marked: bool,
}

/// What is called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    /// Something that makes nobody.
    Describe,
    /// Assumes a role; the new session has the key of this letter.
    Assume(&'static str, char),
    /// Opens a session without a role; it has this name and the key of this letter.
    Federate(&'static str, char),
    /// Opens a session of the caller; it has the key of this letter.
    SessionToken(char),
    /// Creates the user.
    CreateUser(&'static str),
    /// Creates a key of the user, with this letter.
    CreateKey(&'static str, char),
    /// Gives the user a password.
    CreateLogin(&'static str),
    /// Changes who may assume the role.
    Trust(&'static str),
    /// Creates a policy.
    CreatePolicy(&'static str),
    /// Attaches a policy to the user.
    Attach(&'static str, &'static str),
}

impl Cloud {
    pub(super) fn user_key(self, letter: char) -> String {
        match self {
            Cloud::Aws => format!("AKIA{letter}EXAMPLE00000001"),
            Cloud::Alibaba => format!("LTAI5t{letter}Example0000000001"),
            Cloud::Tencent => format!("AKIDexample{letter}Of{}", "0".repeat(22)),
        }
    }

    pub(super) fn session_key(self, letter: char) -> String {
        match self {
            Cloud::Aws => format!("ASIA{letter}EXAMPLE00000001"),
            Cloud::Alibaba => format!("STS.NT{letter}Example000000001"),
            Cloud::Tencent => format!("AKIDsession{letter}Of{}", "0".repeat(22)),
        }
    }

    fn service(self, identity: bool) -> &'static str {
        match (self, identity) {
            (Cloud::Aws, true) => "iam",
            (Cloud::Alibaba, true) => "ram",
            (Cloud::Tencent, true) => "cam",
            (_, false) => "sts",
        }
    }

    /// The response of a call that opens a session with the key of this letter.
    fn credentials(self, letter: char) -> Value {
        let key = self.session_key(letter);
        match self {
            Cloud::Aws => json!({ "credentials": { "accessKeyId": key } }),
            Cloud::Alibaba => json!({ "Credentials": { "AccessKeyId": key } }),
            Cloud::Tencent => json!({ "Credentials": { "TmpSecretId": key } }),
        }
    }

    /// Service, operation, parameters and response.
    fn call(self, call: Call) -> (&'static str, &'static str, Value, Value) {
        let identity = self.service(true);
        let aws = self == Cloud::Aws;
        // AWS writes the first letter of a parameter in lower case.
        let named = |pairs: &[(&str, &str)]| -> Value {
            let name = |name: &str| match aws {
                true => format!("{}{}", name[..1].to_lowercase(), &name[1..]),
                false => name.to_owned(),
            };
            pairs.iter().map(|(key, value)| (name(key), json!(value))).collect()
        };
        let user = if self == Cloud::Tencent { "Name" } else { "UserName" };
        match call {
            Call::Describe => match self {
                Cloud::Tencent => ("cvm", "DescribeInstances", json!({}), Value::Null),
                Cloud::Aws => ("ec2", "DescribeInstances", json!({}), Value::Null),
                Cloud::Alibaba => ("ecs", "DescribeInstances", json!({}), Value::Null),
            },
            Call::Assume(role, letter) => {
                let arn = format!("arn:aws:iam::111122223333:role/{role}");
                ("sts", "AssumeRole", named(&[("RoleArn", &arn)]), self.credentials(letter))
            }
            Call::Federate(name, letter) => {
                ("sts", "GetFederationToken", named(&[("Name", name)]), self.credentials(letter))
            }
            Call::SessionToken(letter) => {
                ("sts", "GetSessionToken", Value::Null, self.credentials(letter))
            }
            Call::CreateUser(name) => {
                let api = if self == Cloud::Tencent { "AddUser" } else { "CreateUser" };
                (identity, api, named(&[(user, name)]), Value::Null)
            }
            Call::CreateKey(name, letter) => {
                let key = self.user_key(letter);
                let response = match self {
                    Cloud::Aws => json!({ "accessKey": { "accessKeyId": key } }),
                    _ => json!({ "AccessKey": { "AccessKeyId": key } }),
                };
                (identity, "CreateAccessKey", named(&[(user, name)]), response)
            }
            Call::CreateLogin(name) => {
                let api = if self == Cloud::Tencent { "UpdateUser" } else { "CreateLoginProfile" };
                (identity, api, named(&[(user, name)]), Value::Null)
            }
            Call::Trust(role) => {
                let api =
                    if self == Cloud::Alibaba { "UpdateRole" } else { "UpdateAssumeRolePolicy" };
                (identity, api, named(&[("RoleName", role)]), Value::Null)
            }
            Call::CreatePolicy(policy) => {
                (identity, "CreatePolicy", named(&[("PolicyName", policy)]), Value::Null)
            }
            Call::Attach(policy, name) => {
                let api = match self {
                    Cloud::Alibaba => "AttachPolicyToUser",
                    _ => "AttachUserPolicy",
                };
                (identity, api, named(&[(user, name), ("PolicyName", policy)]), Value::Null)
            }
        }
    }

    fn identity(self, who: Who) -> Value {
        let account = match self {
            Cloud::Aws => "111122223333",
            Cloud::Alibaba => "1000000000000001",
            Cloud::Tencent => "100000000001",
        };
        match (self, who) {
            (Cloud::Aws, Who::User(name, key)) => json!({
                "type": "IAMUser", "principalId": format!("AIDAEXAMPLE{name}"),
                "accountId": account, "accessKeyId": self.user_key(key), "userName": name,
                "arn": format!("arn:aws:iam::{account}:user/{name}"),
            }),
            (Cloud::Aws, Who::Session(role, key)) => json!({
                "type": "AssumedRole", "principalId": format!("AROAEXAMPLE{role}:s"),
                "accountId": account, "accessKeyId": self.session_key(key),
                "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/s"),
                "sessionContext": { "sessionIssuer": {
                    "type": "Role", "principalId": format!("AROAEXAMPLE{role}"),
                    "accountId": account, "userName": role,
                    "arn": format!("arn:aws:iam::{account}:role/{role}"),
                } },
            }),
            (Cloud::Aws, Who::Federated(name, key)) => json!({
                "type": "FederatedUser", "principalId": format!("{account}:{name}"),
                "accountId": account, "accessKeyId": self.session_key(key),
                "arn": format!("arn:aws:sts::{account}:federated-user/{name}"),
            }),
            (Cloud::Aws, Who::SessionOf(name, key)) => json!({
                "type": "IAMUser", "accountId": account, "accessKeyId": self.session_key(key),
                "userName": name,
            }),
            (Cloud::Aws, Who::Service) => json!({
                "type": "AWSService", "invokedBy": "lambda.amazonaws.com",
            }),
            (Cloud::Alibaba, Who::User(name, key)) => json!({
                "type": "ram-user", "principalId": "2001", "accountId": account,
                "accessKeyId": self.user_key(key), "userName": name,
            }),
            (Cloud::Alibaba, Who::Session(role, key) | Who::Federated(role, key)) => json!({
                "type": "assumed-role", "principalId": "3001:s", "accountId": account,
                "accessKeyId": self.session_key(key), "userName": format!("{role}:s"),
            }),
            (Cloud::Alibaba, Who::Service) => json!({
                "type": "system", "accountId": account, "principalId": "system",
            }),
            (Cloud::Tencent, Who::User(name, key)) => json!({
                "type": "CAMUser", "principalId": "100000000011", "accountId": account,
                "secretId": self.user_key(key), "userName": name, "sessionContext": "",
            }),
            (Cloud::Tencent, Who::Session(role, key) | Who::Federated(role, key)) => json!({
                "type": "AssumedRole", "principalId": "4611", "accountId": account,
                "secretId": self.session_key(key), "userName": role, "sessionContext": "",
            }),
            (_, Who::SessionOf(..)) => unreachable!("only AWS has such sessions"),
            (Cloud::Tencent, Who::Service) => json!({
                "type": "Root", "principalId": account, "accountId": account,
                "secretId": "", "userName": "root", "sessionContext": "",
            }),
        }
    }

    /// The line of the event in a log.
    pub(super) fn line(self, event: &Event) -> String {
        let (service, api, params, response) = self.call(event.call);
        let (day, hour) = (1 + event.hour / 24, event.hour % 24);
        let time = format!("2026-03-{day:02}T{hour:02}:00:00Z");
        let agent = if event.marked { "marked" } else { "plain" };
        let identity = self.identity(event.who);
        let service_of_caller = matches!(event.who, Who::Service);
        let record = match self {
            Cloud::Aws => json!({
                "eventVersion": "1.08", "eventID": event.id, "eventTime": time,
                "eventSource": format!("{service}.amazonaws.com"), "eventName": api,
                "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
                "sourceIPAddress": if service_of_caller { "lambda.amazonaws.com" } else { event.ip },
                "userAgent": agent, "eventType": "AwsApiCall", "eventCategory": "Management",
                "managementEvent": true, "readOnly": api.starts_with("Describe"),
                "requestID": event.id, "userIdentity": identity,
                "requestParameters": params, "responseElements": response,
            }),
            Cloud::Alibaba => json!({
                "eventVersion": "1", "eventId": event.id, "eventTime": time,
                "eventType": "ApiCall", "eventName": api, "serviceName": service,
                "eventSource": format!("{service}.aliyuncs.com"), "acsRegion": "cn-hangzhou",
                "sourceIpAddress": event.ip, "userAgent": agent, "requestId": event.id,
                "userIdentity": identity, "requestParameters": params,
                "responseElements": response,
            }),
            Cloud::Tencent => json!({
                "eventVersion": 2, "eventID": event.id, "requestID": event.id,
                "eventTime": 1_772_323_200 + 3_600 * u64::from(event.hour),
                "eventType": "ApiCall", "eventName": api, "resourceType": service,
                "eventSource": format!("{service}.tencentcloudapi.com"),
                "eventRegion": "ap-guangzhou", "sourceIPAddress": event.ip, "userAgent": agent,
                "actionType": if api.starts_with("Describe") { "Read" } else { "Write" },
                "errorCode": 0, "errorMessage": "", "apiErrorCode": "", "apiErrorMessage": "",
                "apiVersion": "3.0", "httpMethod": "POST", "userIdentity": identity,
                "requestParameters": params.to_string(),
                "responseElements": if response.is_null() { String::new() } else { response.to_string() },
                "resources": "", "resourceName": "", "resourceSet": [], "tags": [""],
                "sensitiveAction": "0",
            }),
        };
        format!("{record}\n")
    }
}
