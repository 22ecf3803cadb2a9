//! CloudTrail-shaped events for benchmarks; the bytes are the same in every run.

use std::fmt::Write;

use crate::dice::Dice;

const CALLS: [(&str, &str, bool); 12] = [
    ("ec2", "DescribeInstances", true),
    ("ec2", "DescribeSecurityGroups", true),
    ("s3", "GetBucketAcl", true),
    ("sts", "GetCallerIdentity", true),
    ("iam", "ListRoles", true),
    ("iam", "GetPolicyVersion", true),
    ("kms", "Decrypt", true),
    ("logs", "CreateLogStream", false),
    ("cloudwatch", "PutMetricAlarm", false),
    ("ec2", "RunInstances", false),
    ("iam", "CreateAccessKey", false),
    ("elasticloadbalancing", "DescribeLoadBalancers", true),
];

const AGENTS: [&str; 4] = [
    "APN/1.0 HashiCorp/1.0 Terraform/1.5.2 (+https://www.terraform.io) terraform-provider-aws/5.7.0",
    "aws-cli/2.13.0 Python/3.11.4 Linux/5.15.0-1040-aws exe/x86_64.ubuntu.22 prompt/off",
    "Boto3/1.28.3 md/Botocore#1.31.3 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.9.17",
    "console.amazonaws.com",
];

/// `count` events, one per line, about 1.6 kB each.
pub(crate) fn lines(count: usize) -> String {
    let mut dice = Dice::new(7);
    let mut out = String::with_capacity(count * 1_700);
    for n in 0..count as u64 {
        let (service, api, read) =
            CALLS[if dice.roll(100) < 97 { dice.roll(9) } else { 9 + dice.roll(3) } as usize];
        let (user, agent) = (dice.roll(40), AGENTS[dice.roll(4) as usize]);
        let (second, minute, hour) = (dice.roll(60), dice.roll(60), dice.roll(24));
        let role = dice.roll(3) == 0;
        let identity = if role {
            format!(
                r#"{{"type":"AssumedRole","principalId":"AROAEXAMPLEROLE{user:05}:session-{n}","arn":"arn:aws:sts::111122223333:assumed-role/deploy-{user}/session-{n}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{user:09}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLEROLE{user:05}","arn":"arn:aws:iam::111122223333:role/deploy-{user}","accountId":"111122223333","userName":"deploy-{user}"}},"webIdFederationData":{{}},"attributes":{{"creationDate":"2026-03-02T{hour:02}:00:00Z","mfaAuthenticated":"false"}}}}}}"#
            )
        } else {
            format!(
                r#"{{"type":"IAMUser","principalId":"AIDAEXAMPLEUSER{user:05}","arn":"arn:aws:iam::111122223333:user/user-{user}","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE{user:09}","userName":"user-{user}"}}"#
            )
        };
        let error = if dice.roll(20) == 0 {
            r#""errorCode":"AccessDenied","errorMessage":"User is not authorized to perform this operation","#
        } else {
            ""
        };
        let _ = writeln!(
            out,
            r#"{{"eventVersion":"1.08","userIdentity":{identity},"eventTime":"2026-03-02T{hour:02}:{minute:02}:{second:02}Z","eventSource":"{service}.amazonaws.com","eventName":"{api}","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.{ip}","userAgent":"{agent}",{error}"requestParameters":{{"instancesSet":{{"items":[{{"instanceId":"i-0{n:016x}"}},{{"instanceId":"i-1{n:016x}"}}]}},"filterSet":{{"items":[{{"name":"instance-state-name","valueSet":{{"items":[{{"value":"running"}},{{"value":"pending"}}]}}}}]}},"maxResults":1000}},"responseElements":{{"requestId":"{n:08x}-0000-4000-8000-000000000000","_return":true,"description":"a \"quoted\" note of moderate length, as responses have them"}},"requestID":"{n:08x}-1111-4111-8111-111111111111","eventID":"{n:08x}-2222-4222-8222-222222222222","readOnly":{read},"resources":[{{"accountId":"111122223333","type":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/deploy-{user}"}}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.eu-central-1.amazonaws.com"}}}}"#,
            ip = dice.roll(250),
        );
    }
    out
}
