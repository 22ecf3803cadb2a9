//! A small project in which command tests run.

use crate::run::{Folder, Run};

/// A rule over calls that create access keys.
pub(crate) const RULE: &str = r#"
rule:
  id: create-key
  title: An access key is created
  category: lifecycle
  severity: high
  status: stable
  on: event
  description: A new long-term key.
  remediation: Ask whether it is needed.
  when: event.api == "CreateAccessKey"
  message: "${event.user} created a key"
  tests:
    - name: a key is created
      event: { provider: aws, service: iam, api: CreateAccessKey }
      expect: match
    - name: keys are listed
      event: { provider: aws, service: iam, api: ListAccessKeys }
      expect: none
"#;

/// One call as CloudTrail records it.
pub(crate) fn record(id: u32, api: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLEUSER00001","arn":"arn:aws:iam::123456789012:user/ann","accountId":"123456789012","accessKeyId":"AKIAEXAMPLEKEY000001","userName":"ann"}},"eventTime":"2026-03-01T10:00:0{id}Z","eventSource":"iam.amazonaws.com","eventName":"{api}","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.15","requestParameters":{{"userName":"bob"}},"responseElements":null,"requestID":"request-{id}","eventID":"event-{id}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012"}}"#
    )
}

/// A folder with the rule, a log in which it fires and one in which it does not.
pub(crate) fn project(name: &str) -> Folder {
    Folder::new(name)
        .file("rules/create-key.yaml", RULE)
        .file("bad.json", record(1, "CreateAccessKey"))
        .file("good.json", record(2, "ListAccessKeys"))
        .file("broken.json", format!("{}\n{{\"eventVersion\":\n", record(3, "CreateAccessKey")))
        .file("empty.json", r#"{"Records":[]}"#)
}

/// A scan with only its rules, at a fixed time.
pub(crate) fn scan(folder: &Folder, arguments: &[&str]) -> Run {
    let base = ["scan", "--no-builtin", "-r", "rules", "--now", "2026-04-01T00:00:00Z"];
    folder.keytrail(base.iter().chain(arguments))
}
