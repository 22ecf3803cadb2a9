//! Policies in the languages of the clouds.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::inert::write_pretty;
use crate::recommend;
use crate::record::Provider;

/// A policy in the language of its cloud.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum PolicyDocument<'a> {
    /// AWS and Alibaba Cloud.
    Capital(CapitalPolicy<'a>),
    /// Tencent Cloud.
    Small(SmallPolicy<'a>),
}

/// A policy of AWS or Alibaba Cloud.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CapitalPolicy<'a> {
    version: &'static str,
    statement: Vec<CapitalStatement<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct CapitalStatement<'a> {
    effect: &'static str,
    action: &'a [String],
    resource: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<CapitalCondition<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct CapitalCondition<'a> {
    ip_address: CapitalAddresses<'a>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CapitalAddresses<'a> {
    #[serde(rename = "aws:SourceIp", skip_serializing_if = "Option::is_none")]
    aws: Option<&'a [String]>,
    #[serde(rename = "acs:SourceIp", skip_serializing_if = "Option::is_none")]
    alibaba: Option<&'a [String]>,
}

/// A policy of Tencent Cloud.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SmallPolicy<'a> {
    version: &'static str,
    statement: Vec<SmallStatement<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SmallStatement<'a> {
    effect: &'static str,
    action: &'a [String],
    resource: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<SmallCondition<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SmallCondition<'a> {
    ip_equal: SmallAddresses<'a>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SmallAddresses<'a> {
    #[serde(rename = "qcs:ip")]
    ip: &'a [String],
}

impl<'a> PolicyDocument<'a> {
    pub(super) fn of(policy: &'a recommend::Policy) -> Self {
        let bound = |addresses: &'a [String]| (!addresses.is_empty()).then_some(addresses);
        let capital = |version| {
            let statement = policy.statements.iter().map(|one| CapitalStatement {
                effect: "Allow",
                action: &one.actions,
                resource: &one.resources,
                condition: bound(&one.addresses).map(|addresses| {
                    let aws = policy.provider == Provider::Aws;
                    CapitalCondition {
                        ip_address: CapitalAddresses {
                            aws: aws.then_some(addresses),
                            alibaba: (!aws).then_some(addresses),
                        },
                    }
                }),
            });
            PolicyDocument::Capital(CapitalPolicy { version, statement: statement.collect() })
        };
        match policy.provider {
            Provider::Aws => capital("2012-10-17"),
            Provider::Alibaba => capital("1"),
            Provider::Tencent => PolicyDocument::Small(SmallPolicy {
                version: "2.0",
                statement: policy
                    .statements
                    .iter()
                    .map(|one| SmallStatement {
                        effect: "allow",
                        action: &one.actions,
                        resource: &one.resources,
                        condition: bound(&one.addresses)
                            .map(|ip| SmallCondition { ip_equal: SmallAddresses { ip } }),
                    })
                    .collect(),
            }),
        }
    }
}

/// Writes a policy as its cloud accepts it.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write_policy(policy: &recommend::Policy, out: &mut dyn io::Write) -> io::Result<()> {
    write_pretty(&PolicyDocument::of(policy), out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::recommend::{Policy, PolicyStatement};

    #[test]
    fn each_cloud_has_its_own_language() {
        let policy = |provider, action: &str, addresses: &[&str]| {
            let statement = PolicyStatement {
                actions: vec![action.to_owned()],
                resources: vec!["*".to_owned()],
                addresses: addresses.iter().map(|&one| one.to_owned()).collect(),
            };
            let mut out = Vec::new();
            write_policy(&Policy { provider, statements: vec![statement] }, &mut out).unwrap();
            let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
            value.to_string()
        };
        insta::assert_snapshot!(policy(Provider::Aws, "s3:ListAllMyBuckets", &[]), @r#"{"Statement":[{"Action":["s3:ListAllMyBuckets"],"Effect":"Allow","Resource":["*"]}],"Version":"2012-10-17"}"#);
        insta::assert_snapshot!(policy(Provider::Alibaba, "oss:ListBuckets", &["192.0.2.1"]), @r#"{"Statement":[{"Action":["oss:ListBuckets"],"Condition":{"IpAddress":{"acs:SourceIp":["192.0.2.1"]}},"Effect":"Allow","Resource":["*"]}],"Version":"1"}"#);
        insta::assert_snapshot!(policy(Provider::Tencent, "cam:ListUsers", &["192.0.2.1"]), @r#"{"statement":[{"action":["cam:ListUsers"],"condition":{"ip_equal":{"qcs:ip":["192.0.2.1"]}},"effect":"allow","resource":["*"]}],"version":"2.0"}"#);
    }
}
