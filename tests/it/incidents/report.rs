//! What an incident says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::records::{Call, Cloud, Who};
use super::{OTHER_IP, event, from, incidents, report, sets, unmarked};
use crate::run::Folder;

fn attack() -> [super::Event; 4] {
    let ann = Who::User("ann", 'A');
    [
        event("a", 0, ann, Call::Describe),
        event("b", 1, ann, Call::CreateUser("eve")),
        unmarked("x", 2, ann, Call::CreateKey("eve", 'E')),
        from(OTHER_IP, event("c", 3, Who::User("eve", 'E'), Call::Trust("ops"))),
    ]
}

#[test]
fn identities_are_a_tree_and_steps_are_in_order() {
    let report = report(Cloud::Aws, &attack(), &[], &[]);
    let incident = &report["incidents"][0];
    let identities = incident["identities"].as_array().unwrap();
    let names: Vec<(&str, u64)> = identities
        .iter()
        .map(|of| (of["name"].as_str().unwrap(), of["depth"].as_u64().unwrap()))
        .collect();
    assert_eq!(names, [("ann", 0), ("eve", 1), ("ops", 2)]);
    assert_eq!(identities[1]["made_by"]["operation"], "iam.CreateUser");
    assert_eq!(identities[1]["keys"], json!(["AKIAEE…0001"]));
    let steps = incident["steps"].as_array().unwrap();
    let operations: Vec<&str> =
        steps.iter().map(|step| step["operations"][0].as_str().unwrap()).collect();
    assert_eq!(
        operations,
        ["ec2.DescribeInstances", "iam.CreateUser", "iam.UpdateAssumeRolePolicy"]
    );
    assert_eq!(steps[1]["targets"], json!([{ "kind": "user", "name": "eve" }]));
    assert_eq!(steps[2]["identity"], 1);
    assert_eq!(incident["start"]["source"], "198.51.100.7");
    assert_eq!(incident["tactics"], json!(["initial access"]));
    assert_eq!(
        incident["touched"],
        json!([{ "kind": "user", "name": "eve" }, { "kind": "role", "name": "ops" }])
    );
    assert_eq!(incident["accept"]["users"], json!(["ann", "eve"]));
}

#[test]
fn every_cloud_has_its_own_commands() {
    for (cloud, disable) in [
        (Cloud::Aws, "aws iam update-access-key --status Inactive --user-name ann"),
        (Cloud::Alibaba, "aliyun ram UpdateAccessKey --Status Inactive --UserName ann"),
        (Cloud::Tencent, "tccli cam UpdateAccessKey --Status Inactive --AccessKeyId"),
    ] {
        let report = report(cloud, &attack(), &[], &[]);
        let commands: Vec<&str> = report["incidents"][0]["actions"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|action| action["command"].as_str())
            .collect();
        assert!(commands[0].starts_with(disable), "{commands:#?}");
        assert!(commands.len() >= 3, "{commands:#?}");
    }
}

#[test]
fn the_id_stays_while_the_incident_grows() {
    let all = attack();
    let id = |events: &[super::Event]| {
        report(Cloud::Aws, events, &[], &[])["incidents"][0]["id"].clone()
    };
    assert_eq!(id(&all), id(&all[..2]));
    assert_ne!(id(&all), id(&all[1..]));
}

#[test]
fn findings_name_their_incident_in_json_and_sarif() {
    let log: String = attack().iter().map(|event| Cloud::Aws.line(event)).collect();
    let folder = Folder::new("incident-sarif")
        .file("marked.yaml", super::RULE)
        .file("keytrail.yaml", super::PROJECT)
        .file("log.ndjson", log);
    let run = |format: &str| -> Value {
        let ended = folder.keytrail(["scan", "log.ndjson", "-f", format, "--exit-zero"]).output();
        serde_json::from_str(&ended.stdout).unwrap()
    };
    let (json, sarif) = (run("json"), run("sarif"));
    let id = &json["incidents"][0]["id"];
    assert!(json["findings"].as_array().unwrap().iter().all(|of| of["incident"] == *id));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        assert_eq!(result["properties"]["incident"]["id"], *id);
        let steps = &result["codeFlows"][0]["threadFlows"][0]["locations"];
        assert_eq!(steps.as_array().unwrap().len(), 3, "{result:#}");
        let place = &steps[0]["location"]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(place, "log.ndjson");
    }
}

#[test]
fn what_the_allowlist_accepts_joins_nothing() {
    let allowlist = "entries:\n  - { id: ann, rules: [marked], match: { user: [ann] }, reason: She \
                     tests., owner: team, expires: 2099-01-01 }\n";
    let project = format!("{}allowlists: [allow.yaml]\n", super::PROJECT);
    let more = [("allow.yaml", allowlist), ("keytrail.yaml", project.as_str())];
    let report = report(Cloud::Aws, &attack(), &more, &[]);
    assert_eq!(incidents(&report), sets(&[&["a"], &["b"], &["c"]]), "{report:#}");
}

/// The messages of the incidents of a credential report and one event of a user.
fn beside(
    cloud: Cloud,
    user: &'static str,
    report: &str,
    more: &[&str],
) -> BTreeSet<BTreeSet<String>> {
    let rule = "rule:\n  id: no-mfa\n  title: No second factor\n  category: posture\n  severity: low\n  on: cred\n  when: cred.mfa == false\n  message: \"${cred.user}\"\n";
    let key = "rule:\n  id: key\n  title: An active key\n  category: posture\n  severity: low\n  on: key\n  when: key.active == true\n  message: \"key of ${cred.user}\"\n";
    let event = event("a", 0, Who::User(user, 'A'), Call::Describe);
    let folder = super::folder("incident-report")
        .file("marked.yaml", super::RULE)
        .file("no-mfa.yaml", rule)
        .file("key.yaml", key)
        .file("keytrail.yaml", "extends: []\nrule_paths: [marked.yaml, no-mfa.yaml, key.yaml]\n")
        .file("in/log.ndjson", cloud.line(&event))
        .file("in/report_2026-03-01.csv", report);
    let scan = ["scan", "in", "-f", "json", "--exit-zero"];
    let ended = folder.keytrail(scan.iter().chain(more)).output();
    incidents(&serde_json::from_str(&ended.stdout).expect(&ended.stderr))
}

/// A report and an event of one user are one incident, whatever lies between them.
#[test]
fn a_credential_report_stands_beside_what_the_user_did() {
    let header = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
    let row = |account: &str, user: &str| {
        format!(
            "{user},arn:aws:iam::{account}:user/{user},2025-01-01T00:00:00+00:00,true,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        )
    };
    let (ann, carl) = (row("111122223333", "ann"), row("111122223333", "carl"));
    let found = beside(Cloud::Aws, "ann", &format!("{header}\n{ann}\n{carl}\n"), &[]);
    assert_eq!(found, sets(&[&["a", "ann"], &["carl"]]));
    // A user of that name in another account.
    let ann = row("444455556666", "ann");
    let found = beside(Cloud::Aws, "ann", &format!("{header}\n{ann}\n"), &[]);
    assert_eq!(found, sets(&[&["a"], &["ann"]]));
}

/// Reports of Alibaba Cloud name neither account nor keys.
#[test]
fn a_report_without_account_joins_if_the_account_is_given() {
    let report = include_str!("../../data/credentials/alibaba.csv");
    let of = |user, more: &[&str]| beside(Cloud::Alibaba, user, report, more);
    let account = |id| ["--account", id];
    let (dora, of_key) = ("dora@example.onaliyun.com", "key of dora@example.onaliyun.com");
    let joined = of("dora", &account("1000000000000001"));
    assert!(joined.is_superset(&sets(&[&["a", dora, of_key]])), "{joined:#?}");
    for apart in [of("dora", &account("1000000000000002")), of("dora", &[]), of("erin", &[])] {
        assert!(apart.is_superset(&sets(&[&["a"], &[dora, of_key]])), "{apart:#?}");
    }
}

/// Reports of Tencent Cloud name the keys.
#[test]
fn a_report_joins_by_its_keys() {
    let header = "Account ID,Username,UserType,CreationTime,PasswordEnabled,PasswordLastRotation,LoginConsoleActive,LoginProtectionActive,OperationProtectionActive,MFADeviceActive,\"Abnormal LoginsNumWithin30Days\",AccessKey1SecretId,AccessKey1MayBeAtRisk,AccessKey1CreationTime,AccessKey1Status,AccessKey1lastUsedDate,AccessKey1CreatedOver90Days,AccessKey1CreatedOver30Days,AccessKey2SecretId,AccessKey2MayBeAtRisk,AccessKey2CreationTime,AccessKey2Status,AccessKey2lastUsedDate,AccessKey2CreatedOver90Days,AccessKey2CreatedOver30Days,Last Console Login Time";
    let row = |key: String| {
        format!(
            "100000000012,grace,Sub-user,2019-08-16 9:25:56,TRUE,2025/6/1 9:00:00,TRUE,TRUE,FALSE,FALSE,FALSE,{key},FALSE,2025-01-01 8:00:00,Active,2025/12/31 23:59:59,TRUE,TRUE,N/A,N/A,N/A,N/A,N/A,N/A,N/A,2025-12-30 7:05:09"
        )
    };
    let (same, other) = (&["a", "grace", "key of grace"], &["grace", "key of grace"]);
    for (letter, expected) in [('A', sets(&[same])), ('B', sets(&[&["a"], other]))] {
        let report = format!("{header}\n{}\n", row(Cloud::Tencent.user_key(letter)));
        // The event names another user, so only the key joins.
        assert_eq!(beside(Cloud::Tencent, "ann", &report, &[]), expected, "{letter}");
    }
}

#[test]
fn the_text_report_tells_an_incident_once() {
    let log: String = attack().iter().map(|event| Cloud::Aws.line(event)).collect();
    let folder = Folder::new("incident-text")
        .file("marked.yaml", super::RULE)
        .file("keytrail.yaml", super::PROJECT)
        .file("log.ndjson", log);
    let arguments = ["scan", "log.ndjson", "--now", "2026-03-02T00:00:00Z", "--exit-zero"];
    let brief = folder.keytrail(arguments).output().stdout;
    insta::assert_snapshot!(brief);
    let verbose = folder.keytrail(arguments.iter().chain(&["-v"])).output().stdout;
    assert!(verbose.contains("high[marked]: a"), "{verbose}");
}

#[test]
fn an_account_that_no_record_names_is_not_shown() {
    let record = json!({
        "eventVersion": "1.08", "eventTime": "2026-03-04T10:00:00Z",
        "eventSource": "iam.amazonaws.com", "eventName": "PutUserPolicy",
        "userIdentity": { "type": "Root" },
        "requestParameters": { "userName": "bob", "policyName": "own" },
    });
    let folder = Folder::new("incidents-no-account").file("log.json", record.to_string());
    let ended = folder.keytrail(["scan", "log.json", "--exit-zero"]).output();
    assert!(ended.stdout.contains("user bob, changed by iam.PutUserPolicy"), "{ended}");
    assert!(!ended.stdout.contains(", account"), "{ended}");
}
