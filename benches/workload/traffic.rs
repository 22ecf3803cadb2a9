//! Who calls what and how often.

use crate::dice::Dice;
use crate::event::Event;

/// The kind of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads of a few hundred identities, few writes, few attack chains.
    Ordinary,
    /// Every event is part of an attack.
    Attacked,
    /// No built-in rule matches.
    Quiet,
}

impl Kind {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ordinary" => Self::Ordinary,
            "attacked" => Self::Attacked,
            "quiet" => Self::Quiet,
            _ => return None,
        })
    }
}

/// Identities of an ordinary log.
const IDENTITIES: u64 = 400;
/// Stolen keys of a log full of attacks, and the addresses that use them.
const STOLEN: u64 = 5_000;
const ADDRESSES: u64 = 20_000;
/// Events of an ordinary log on one day.
const PER_DAY: u64 = 200_000;
/// 2026-03-02, a Monday.
const START: u64 = 1_772_409_600_000;

/// Calls that only read.
const READS: [(&str, &str); 28] = [
    ("ec2", "DescribeInstances"),
    ("s3", "GetBucketLocation"),
    ("ec2", "DescribeNetworkInterfaces"),
    ("sts", "GetCallerIdentity"),
    ("autoscaling", "DescribeAutoScalingGroups"),
    ("elasticloadbalancing", "DescribeTargetHealth"),
    ("ec2", "DescribeSecurityGroups"),
    ("kms", "Decrypt"),
    ("ec2", "DescribeTags"),
    ("s3", "GetBucketAcl"),
    ("cloudwatch", "DescribeAlarms"),
    ("logs", "DescribeLogStreams"),
    ("ec2", "DescribeSubnets"),
    ("ecs", "DescribeServices"),
    ("iam", "GetRole"),
    ("dynamodb", "DescribeTable"),
    ("rds", "DescribeDBInstances"),
    ("ecr", "BatchGetImage"),
    ("ssm", "DescribeInstanceInformation"),
    ("ec2", "DescribeVolumes"),
    ("lambda", "ListFunctions20150331"),
    ("route53", "ListHostedZones"),
    ("iam", "ListRolePolicies"),
    ("config", "DescribeConfigRules"),
    ("cloudformation", "DescribeStacks"),
    ("eks", "DescribeCluster"),
    ("tagging", "GetResources"),
    ("acm", "ListCertificates"),
];

/// Routine calls that change something.
const WRITES: [(&str, &str); 10] = [
    ("logs", "CreateLogStream"),
    ("ecs", "RegisterTaskDefinition"),
    ("cloudwatch", "PutMetricAlarm"),
    ("ec2", "CreateTags"),
    ("ecs", "UpdateService"),
    ("ec2", "RunInstances"),
    ("ec2", "TerminateInstances"),
    ("autoscaling", "SetDesiredCapacity"),
    ("s3", "PutBucketTagging"),
    ("lambda", "UpdateFunctionCode20150331v2"),
];

/// The steps of an attack with a stolen key.
const ATTACK: [(&str, &str, bool); 14] = [
    ("sts", "GetCallerIdentity", true),
    ("iam", "ListUsers", true),
    ("iam", "ListAttachedUserPolicies", true),
    ("ses", "GetSendQuota", true),
    ("iam", "GetAccountAuthorizationDetails", true),
    ("secretsmanager", "ListSecrets", true),
    ("secretsmanager", "GetSecretValue", true),
    ("iam", "CreateUser", false),
    ("iam", "AttachUserPolicy", false),
    ("iam", "CreateAccessKey", false),
    ("iam", "CreateLoginProfile", false),
    ("ssm", "SendCommand", false),
    ("cloudtrail", "StopLogging", false),
    ("ec2", "ModifySnapshotAttribute", false),
];

const REGIONS: [&str; 4] = ["eu-central-1", "us-east-1", "eu-west-1", "ap-southeast-1"];

const AGENTS: [&str; 6] = [
    "APN/1.0 HashiCorp/1.0 Terraform/1.5.2 (+https://www.terraform.io) terraform-provider-aws/5.7.0",
    "aws-sdk-go/1.44.300 (go1.20.5; linux; amd64)",
    "Boto3/1.28.3 md/Botocore#1.31.3 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.9.17",
    "aws-cli/2.13.0 Python/3.11.4 Linux/5.15.0-1040-aws exe/x86_64.ubuntu.22 prompt/off",
    "[aws-sdk-java/2.20.100 Linux/5.10 OpenJDK_64-Bit_Server_VM/17 Java/17 vendor/Amazon]",
    "Datadog/7.45 \\\"monitoring\\\"",
];

/// The events of a log, in the order of their times; it does not end.
pub(crate) struct Traffic {
    kind: Kind,
    dice: Dice,
    number: u64,
    /// The number of remaining steps of an attack in an ordinary log, and the key that the attack
    /// uses.
    attack: (usize, u64),
}

impl Traffic {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, dice: Dice::new(20_260_302), number: 0, attack: (ATTACK.len(), 0) }
    }

    fn ordinary(&mut self, event: &mut Event) {
        let dice = &mut self.dice;
        event.caller = dice.roll(IDENTITIES).min(dice.roll(IDENTITIES));
        // Each identity has two addresses of its own.
        event.address = event.caller * 2 + dice.roll(2);
        event.agent = AGENTS[(event.caller % AGENTS.len() as u64) as usize];
        event.region = REGIONS[(event.caller / 7 % REGIONS.len() as u64) as usize];
        let roll = dice.roll(1000);
        (event.service, event.api) =
            if roll < 985 { *pick(dice, &READS) } else { *pick(dice, &WRITES) };
        event.read = roll < 985;
        event.denied = dice.roll(200) == 0;
        event.items = 1 + dice.roll(6) * dice.roll(4);
        if self.attack.0 == ATTACK.len() && dice.roll(2_000) == 0 {
            self.attack = (0, IDENTITIES + 2 * dice.roll(50));
        }
        if self.attack.0 < ATTACK.len() && dice.roll(3) == 0 {
            (event.service, event.api, event.read) = ATTACK[self.attack.0];
            event.caller = self.attack.1;
            event.address = 500_000 + self.attack.1;
            event.agent = AGENTS[3];
            event.denied = dice.roll(4) == 0;
            self.attack.0 += 1;
        }
    }

    fn attacked(&mut self, event: &mut Event) {
        let dice = &mut self.dice;
        event.caller = 2 * dice.roll(STOLEN);
        event.address = dice.roll(ADDRESSES);
        (event.service, event.api, event.read) = ATTACK[dice.roll(ATTACK.len() as u64) as usize];
        event.agent = AGENTS[dice.roll(AGENTS.len() as u64) as usize];
        event.region = REGIONS[dice.roll(REGIONS.len() as u64) as usize];
        event.denied = dice.roll(3) == 0;
        event.items = dice.roll(8);
    }

    fn quiet(&mut self, event: &mut Event) {
        let dice = &mut self.dice;
        event.caller = 1 + 2 * dice.roll(IDENTITIES / 2);
        event.address = event.caller;
        (event.service, event.api) = ("kms", "Decrypt");
        event.read = true;
        event.invoked_by = Some("ssm.amazonaws.com");
        event.agent = "ssm.amazonaws.com";
        event.region = REGIONS[0];
        event.items = 1 + dice.roll(12);
    }
}

/// One of the items; the first ones come more often.
fn pick<'t, T>(dice: &mut Dice, items: &'t [T]) -> &'t T {
    let len = items.len() as u64;
    let at = dice.roll(len).min(dice.roll(len));
    &items[at as usize]
}

impl Iterator for Traffic {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let time = START + self.number * (86_400_000 / PER_DAY);
        let mut event = Event { number: self.number, time, ..Event::default() };
        match self.kind {
            Kind::Ordinary => self.ordinary(&mut event),
            Kind::Attacked => self.attacked(&mut event),
            Kind::Quiet => self.quiet(&mut event),
        }
        self.number += 1;
        Some(event)
    }
}
