//! Findings of the pack in recorded CloudTrail logs: attacks by Stratus Red Team, one technique in
//! each file (`aws/stratus`), and some of them among the noise of Terraform and the console

use keytrail::report::Report;
use keytrail::rule::Severity;

use super::{by_rule, load, of_rule, pack, recorded, scan};
use crate::run::Folder;

/// The operations in a rule's findings, each with its count.
fn operations(report: &Report, rule: &str) -> Vec<String> {
    let mut operations: Vec<(String, u64)> = Vec::new();
    for calls in of_rule(report, rule).iter().flat_map(|finding| &finding.calls) {
        let (service, api) = (calls.call.service.as_deref(), calls.call.api.as_deref());
        let name = format!("{}.{}", service.unwrap_or("-"), api.unwrap_or("-"));
        match operations.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += calls.count,
            None => operations.push((name, calls.count)),
        }
    }
    operations.sort();
    operations.into_iter().map(|(name, count)| format!("{count} {name}")).collect()
}

#[test]
fn a_key_that_makes_an_administrator() {
    let file = "aws/stratus/aws.persistence.iam-create-admin-user.json";
    let Some(file) = recorded(file) else { return };
    let report = scan(&pack(), &[&file], None);
    assert_eq!(
        operations(&report, "non-console-high-risk-api"),
        ["1 iam.AttachUserPolicy", "1 iam.CreateAccessKey", "1 iam.CreateUser"]
    );
    assert_eq!(
        operations(&report, "admin-user-persistence"),
        ["1 iam.AttachUserPolicy", "1 iam.CreateUser"]
    );
    assert_eq!(operations(&report, "create-access-key"), ["1 iam.CreateAccessKey"]);
    let [escalation] = of_rule(&report, "permission-escalation")[..] else { panic!() };
    assert_eq!(escalation.severity, Severity::Critical, "the policy is an administrator's");
}

#[test]
fn commands_on_machines() {
    let Some(folder) = recorded("aws/stratus") else { return };
    let report = scan(&pack(), &[&folder], None);
    assert_eq!(
        operations(&report, "remote-execution"),
        ["3 ec2-instance-connect.SendSSHPublicKey", "3 ssm.StartSession"]
    );
    let Some(folder) = recorded("aws/invictus") else { return };
    let report = scan(&pack(), &[&folder], None);
    assert_eq!(operations(&report, "remote-execution"), ["1 ssm.SendCommand"]);
}

#[test]
fn a_second_factor_that_is_removed() {
    let Some(file) = recorded("aws/transcribed/elastic-test-deactivate-mfa-device.ndjson") else {
        return;
    };
    let report = scan(&pack(), &[&file], None);
    assert_eq!(operations(&report, "mfa-removed"), ["1 iam.DeactivateMFADevice"]);
}

#[test]
fn escalations_of_each_kind() {
    let Some(folder) = recorded("aws/stratus") else { return };
    for (file, expected) in [
        ("aws.persistence.iam-backdoor-role.json", "1 iam.UpdateAssumeRolePolicy"),
        ("aws.privilege-escalation.iam-update-user-login-profile.json", "1 iam.UpdateLoginProfile"),
        ("aws.persistence.sts-federation-token.json", "1 sts.GetFederationToken"),
        ("aws.persistence.lambda-overwrite-code.json", "1 lambda.UpdateFunctionCode"),
    ] {
        let report = scan(&pack(), &[&folder.join(file)], None);
        assert_eq!(operations(&report, "permission-escalation"), [expected], "{file}");
    }
}

#[test]
fn machines_that_terraform_starts() {
    let Some(folder) = recorded("aws/invictus") else { return };
    let report = scan(&pack(), &[&folder], None);
    assert_eq!(operations(&report, "create-resources"), ["2 ec2.RunInstances"]);
    let [finding] = of_rule(&report, "create-resources")[..] else { panic!() };
    assert_eq!(finding.severity, Severity::Medium, "{}: no costly machine", finding.message);
}

/// 15:07Z is 23:07 in Shanghai.
#[test]
fn the_hours_are_those_of_the_zone() {
    let Some(file) = recorded("aws/stratus/aws.defense-evasion.vpc-remove-flow-logs.json") else {
        return;
    };
    let report = scan(&pack(), &[&file], None);
    assert_eq!(operations(&report, "off-hours-sensitive-api"), ["1 ec2.DeleteFlowLogs"]);
    let zone = "rules:\n  off-hours-sensitive-api: { params: { zone: UTC } }\n";
    let folder = Folder::new("pack-off-hours").file("keytrail.yaml", zone);
    let options =
        keytrail::config::LoadOptions { directory: folder.path(""), ..Default::default() };
    let report = scan(&load(options), &[&file], None);
    assert_eq!(operations(&report, "off-hours-sensitive-api"), [""; 0]);
}

/// The findings to review after 22 minutes and 954 events of a normal account with an attack in it.
#[test]
fn little_noise() {
    let Some(folder) = recorded("aws/invictus") else { return };
    let report = scan(&pack(), &[&folder], None);
    assert_eq!(report.accounting.evaluated, 954);
    let table: String = by_rule(&report)
        .into_iter()
        .map(|(rule, (findings, matches))| format!("{rule:<26} {findings:>2} {matches:>4}\n"))
        .collect();
    insta::assert_snapshot!(table, @r"
    create-resources            1    2
    enumeration                 1  447
    hacker-tool-agent           4  656
    non-console-high-risk-api   3  107
    permission-escalation       1    8
    remote-execution            1    1
    unauthorized-calls          3   52
    ");
    assert!(report.findings.len() <= 20);
}
