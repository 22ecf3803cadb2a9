//! `recommend` run as a program.

use std::collections::BTreeSet;
use std::path::Path;

use insta::assert_snapshot;
use keytrail::recommend::OTHER_CREDENTIALS;
use serde_json::Value;

use crate::run::{Ended, Folder};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/recommend");

/// A folder with the logs of these tests.
fn folder(name: &str) -> Folder {
    let mut folder = Folder::new(name);
    for entry in glob::glob(&format!("{DATA}/**/*.*")).unwrap().map(Result::unwrap) {
        let name = entry.strip_prefix(DATA).unwrap().to_str().unwrap();
        folder = folder.file(name, std::fs::read(&entry).unwrap());
    }
    folder
}

fn recommend(folder: &Folder, arguments: &[&str]) -> Ended {
    folder.keytrail(["recommend"].iter().chain(arguments)).output()
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let ended = recommend(folder, &[arguments, &["-f", "json"]].concat());
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"))
}

/// The recommendation for the credential with this name.
fn of<'j>(all: &'j Value, name: &str) -> &'j Value {
    let credentials = all["credentials"].as_array().unwrap();
    let found = credentials.iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {all:#}"))
}

/// The statements of a policy, one a line.
fn statements(credential: &Value) -> String {
    let policy = &credential["policy"];
    let field = |one: &Value, names: [&str; 2]| {
        let value = names.iter().find_map(|name| one.get(name)).unwrap();
        let items: Vec<&str> =
            value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        items.join(" ")
    };
    let all = policy.get("Statement").or_else(|| policy.get("statement")).unwrap();
    let line = |one: &Value| {
        let condition = one.get("Condition").or_else(|| one.get("condition"));
        let bound = condition.map(|value| format!(" if {value}")).unwrap_or_default();
        let (actions, on) =
            (field(one, ["Action", "action"]), field(one, ["Resource", "resource"]));
        format!("{actions} on {on}{bound}")
    };
    all.as_array().unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The kinds of a recommendation's notes.
fn notes(credential: &Value) -> String {
    let notes = credential["notes"].as_array().unwrap().iter();
    notes.map(|note| note["kind"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_key_gets_the_policy_of_what_it_did() {
    let folder = folder("recommend-key");
    assert_snapshot!(recommend(&folder, &["aws.ndjson", "--ak", "AKIAEXAMPLECI0000001"]));
}

#[test]
fn the_overview_lists_every_credential() {
    let folder = folder("recommend-overview");
    assert_snapshot!(recommend(&folder, &["aws.ndjson"]));
}

#[test]
fn an_operation_may_need_other_actions_than_its_name() {
    let folder = folder("recommend-actions");
    let all = json(&folder, &["aws.ndjson"]);
    assert_snapshot!(statements(of(&all, "deploy")));
    assert_eq!(notes(of(&all, "deploy")), "unknown-operations resources-unnamed");
    assert_eq!(all["unknown_operations"][0]["name"], "s3.FrobnicateBucket");
    assert_eq!(all["unknown_operations"].as_array().unwrap().len(), 1);
}

#[test]
fn refused_and_failed_calls_are_allowed_only_on_request() {
    let folder = folder("recommend-grant");
    let actions = |arguments: &[&str]| {
        let all =
            json(&folder, &[&["aws.ndjson", "--ak", "AKIAEXAMPLECI0000001"], arguments].concat());
        let text = statements(&all["credentials"][0]);
        ["iam:CreateUser", "s3:GetBucketPolicy"].map(|action| text.contains(action))
    };
    assert_eq!(actions(&[]), [false, false]);
    assert_eq!(actions(&["--grant", "refused"]), [true, false]);
    assert_eq!(actions(&["--grant", "failed"]), [false, true]);
    assert_eq!(actions(&["--grant", "failed", "--grant", "refused"]), [true, true]);
}

#[test]
fn a_policy_can_be_bound_to_the_few_addresses_of_the_log() {
    let folder = folder("recommend-addresses");
    let key = ["aws.ndjson", "--ak", "AKIAEXAMPLECI0000001", "--by-address"];
    let all = json(&folder, &key);
    let text = statements(&all["credentials"][0]);
    let bound = r#"{"IpAddress":{"aws:SourceIp":["192.0.2.10"]}}"#;
    for line in text.lines() {
        // The service calls KMS for the key, from no address.
        assert_eq!(line.contains(bound), !line.starts_with("kms:"), "{line}");
    }
    let none = json(&folder, &[&key[..], &["--max-addresses", "0"]].concat());
    assert!(!statements(&none["credentials"][0]).contains("IpAddress"));
    assert!(notes(&none["credentials"][0]).contains("no-addresses"));
}

#[test]
fn a_short_log_makes_a_recommendation_too_early() {
    let folder = folder("recommend-early");
    let early = |arguments: &[&str]| {
        let all = json(&folder, &[&["aws.ndjson"], arguments].concat());
        of(&all, "deploy")["too_early"].as_bool().unwrap()
    };
    assert!(!early(&[]));
    assert!(early(&["--min-days", "120"]));
    assert!(early(&["--since", "2026-02-01"]));
    assert!(!early(&["--since", "2026-02-01", "--min-days", "5"]));
}

#[test]
fn a_period_limits_the_calls() {
    let folder = folder("recommend-period");
    let all = json(
        &folder,
        &["aws.ndjson", "--since", "2026-02-01T09:00:12Z", "--until", "2026-02-01T09:00:13Z"],
    );
    assert_eq!(all["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(statements(of(&all, "alice")), "ec2:DescribeInstances on *");
    let empty =
        recommend(&folder, &["aws.ndjson", "--since", "2026-02-02", "--until", "2026-02-01"]);
    assert_snapshot!(empty, @r"
    exit: 2
    ----- stderr
    error: the period is empty: from 2026-02-02T00:00:00Z on, before 2026-02-01T00:00:00Z
      = help: --since must be earlier than --until
    ");
    let back = json(&folder, &["aws.ndjson", "--now", "2026-02-02T00:00:00Z", "--since", "1d"]);
    assert_eq!(of(&back, "alice")["succeeded"]["count"], 2);
}

#[test]
fn each_policy_is_written_to_a_file_of_its_own() {
    let folder = folder("recommend-out");
    let ended = recommend(&folder, &["aws.ndjson", "--out", "new/policies"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(ended.stdout.contains("written  3 policy files in new/policies"), "{ended}");
    let written = |folder: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let names = written(&folder.path("new/policies"));
    assert_eq!(
        names.iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "aws-111122223333-key-ci-AKIAEX-0001.json",
            "aws-111122223333-role-deploy.json",
            "aws-111122223333-user-alice.json",
        ]
    );
    let all = json(&folder, &["aws.ndjson"]);
    for name in names {
        let policy: Value =
            serde_json::from_str(&folder.read(&format!("new/policies/{name}"))).unwrap();
        let credentials = all["credentials"].as_array().unwrap();
        let credential = credentials.iter().find(|one| one["file"] == *name).unwrap();
        assert_eq!(policy, credential["policy"]);
    }
    assert_snapshot!(recommend(&folder, &["aws.ndjson", "--out", "aws.ndjson"]));
}

#[test]
fn a_name_that_selects_nothing_is_an_error() {
    let folder = folder("recommend-unmatched");
    assert_snapshot!(recommend(&folder, &["aws.ndjson", "--role", "deplyo"]), @r"
    exit: 2
    ----- stderr
    error: no credential in the inputs fits --role deplyo
      = help: did you mean `deploy`?
    ");
    let key = ["aws.ndjson", "--ak", "AKIAEXAMPLECI0000003", "--user", "ci"];
    assert_snapshot!(recommend(&folder, &key), @r"
    exit: 2
    ----- stderr
    error: no credential in the inputs fits --ak AKIAEXAMPLECI0000003
      = help: did you mean `AKIAEX…0001`?
    ");
    assert_snapshot!(recommend(&folder, &["aws.ndjson", "--account", "999999999999"]), @r"
    exit: 2
    ----- stderr
    error: no credential in the inputs fits --account 999999999999
      = help: `keytrail recommend` without a selection lists every credential
    ");
    let masked = json(&folder, &["aws.ndjson", "--ak", "AKIA…0001"]);
    assert_eq!(masked["credentials"].as_array().unwrap().len(), 2, "{masked:#}");
}

/// The policies of a cloud conform to the grammar that its documentation states.
fn check_grammar(all: &Value, cloud: &str) {
    let schema = std::fs::read_to_string(format!("{DATA}/grammar/{cloud}.json")).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let mut checked = 0;
    for credential in all["credentials"].as_array().unwrap() {
        let policy = &credential["policy"];
        let errors: Vec<String> = validator.iter_errors(policy).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{policy:#}: {errors:?}");
        checked += 1;
    }
    assert!(checked > 0);
    let mut broken = all["credentials"][0]["policy"].clone();
    broken["extra"] = Value::Null;
    assert!(!validator.is_valid(&broken));
}

#[test]
fn a_policy_of_alibaba_cloud_is_in_its_language() {
    let folder = folder("recommend-alibaba");
    let all = json(&folder, &["alibaba.ndjson"]);
    check_grammar(&all, "alibaba");
    check_grammar(&json(&folder, &["alibaba.ndjson", "--by-address"]), "alibaba");
    assert_snapshot!(statements(&all["credentials"][0]), @r"
    ecs:AuthorizeSecurityGroup ecs:DescribeInstances ecs:RunInstances on *
    ecs:StopInstance on acs:ecs:cn-hangzhou:1234567890123456:instance/i-bp1example0001 acs:ecs:cn-hangzhou:1234567890123456:instance/i-bp1example0002
    newproduct:DoSomething on *
    ram:PassRole on *
    slb:DescribeLoadBalancers on *
    ");
    let expected = "no-data-events refused unknown-operations resources-unnamed rare-operations";
    assert_eq!(notes(&all["credentials"][0]), expected);
    assert_eq!(statements(of(&all, "deploy")), "rds:DescribeDBInstances on *");
}

#[test]
fn a_policy_of_tencent_cloud_is_in_its_language() {
    let folder = folder("recommend-tencent");
    let all = json(&folder, &["tencent.ndjson"]);
    check_grammar(&all, "tencent");
    check_grammar(&json(&folder, &["tencent.ndjson", "--by-address"]), "tencent");
    assert_snapshot!(statements(&all["credentials"][0]), @r"
    cam:PassRole on *
    cvm:DescribeInstances cvm:RunInstances on *
    cvm:StopInstances on qcs::cvm:ap-guangzhou:uin/100000000001:instance/ins-example1 qcs::cvm:ap-guangzhou:uin/100000000001:instance/ins-example2
    newproduct:DoSomething on *
    tke:DescribeClusters on qcs::tke:ap-guangzhou:uin/100000000001:cluster/cls-example1
    ");
    let expected = "no-data-events refused unknown-operations resources-unnamed rare-operations";
    assert_eq!(notes(&all["credentials"][0]), expected);
}

#[test]
fn threads_and_order_change_nothing() {
    let log = std::fs::read_to_string(format!("{DATA}/aws.ndjson")).unwrap();
    let mut folder = Folder::new("recommend-jobs");
    for part in 0..5 {
        let lines: Vec<&str> = log.lines().skip(part).step_by(5).collect();
        folder = folder.file(&format!("part{part}.ndjson"), lines.join("\n"));
    }
    let parts = ["part0.ndjson", "part1.ndjson", "part2.ndjson", "part3.ndjson", "part4.ndjson"];
    let run = |parts: &[&str], jobs: &str| {
        let ended = recommend(&folder, &[parts, &["-f", "json", "--jobs", jobs]].concat());
        assert_eq!(ended.code, Some(0), "{ended}");
        ended.stdout
    };
    let one = run(&parts, "1");
    let reversed: Vec<&str> = parts.iter().rev().copied().collect();
    for jobs in ["2", "5"] {
        assert_eq!(run(&parts, jobs), one);
        assert_eq!(run(&reversed, jobs), one);
    }
}

#[test]
fn hostile_values_are_escaped_and_secrets_do_not_appear() {
    let folder = folder("recommend-hostile");
    for arguments in [&["aws.ndjson", "-v"] as &[&str], &["aws.ndjson", "-f", "json"]] {
        let ended = recommend(&folder, arguments);
        assert!(!ended.stdout.contains('\u{1b}'), "{ended}");
        assert!(!ended.stdout.contains("ghp_"), "{ended}");
        assert!(!ended.stdout.contains("AKIAEXAMPLECI0000001"), "{ended}");
    }
    let shown = recommend(&folder, &["aws.ndjson", "--show-keys"]);
    assert!(shown.stdout.contains("AKIAEXAMPLECI0000001"), "{shown}");
    // An object with the name `*` does not allow every object.
    let all = json(&folder, &["aws.ndjson"]);
    assert!(statements(of(&all, "deploy")).contains("arn:aws:s3:::uploads/${*}"));
}

#[test]
fn what_cannot_be_read_makes_the_run_incomplete() {
    let folder =
        folder("recommend-incomplete").file("broken.ndjson", "{\"eventVersion\":\"1.10\",\n");
    let ended = recommend(&folder, &["aws.ndjson", "broken.ndjson", "--role", "deploy"]);
    assert_eq!(ended.code, Some(3), "{ended}");
    assert!(ended.stdout.contains("incomplete: "), "{ended}");
}

/// A folder with the example logs, reports and attached policies.
fn examples(name: &str) -> Folder {
    let folder = Folder::new(name);
    for part in ["cloudtrail", "reports", "attached", "tables"] {
        crate::readme::copy(&crate::readme::root().join("examples").join(part), &folder.path(part));
    }
    folder
}

const ATTACHED: [&str; 4] =
    ["cloudtrail", "reports/aws", "--attached", "attached/account-authorization-details.json"];

#[test]
fn the_most_urgent_credentials_come_first() {
    let folder = examples("recommend-priority");
    let ended = recommend(&folder, &ATTACHED);
    let shown: Vec<&str> =
        ended.stdout.lines().skip_while(|line| !line.contains("priority")).collect();
    let end = shown.iter().position(|line| line.contains("── credentials")).unwrap();
    assert_snapshot!(shown[..end].join("\n"));
}

#[test]
fn attached_policies_are_compared_with_what_was_used() {
    let folder = examples("recommend-attached");
    let page = recommend(
        &folder,
        &[&ATTACHED[..], &["--role", "terraform-deploy", "--user", "ci-artifacts"]].concat(),
    );
    let lines = page.stdout.lines().filter(|line| {
        ["attached", "grants", "unused", "wildcard"].iter().any(|label| line.starts_with(label))
    });
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    let all = json(&folder, &ATTACHED);
    let attached = &of(&all, "terraform-deploy")["attached"];
    assert_eq!(attached["administrator"], true);
    assert_eq!(attached["patches"][0]["holders"], 3);
    let idle = of(&all, "migration");
    assert_eq!(idle["advice"], "disable");
    assert_eq!(idle["policy"], Value::Null);
    assert_eq!(of(&all, "metrics-reader")["advice"], "keep");
}

#[test]
fn a_patch_of_each_credential_is_written_beside_its_policy() {
    let folder = examples("recommend-patches");
    let ended = recommend(
        &folder,
        &[&ATTACHED[..], &["--user", "ci-artifacts", "--out", "policies"]].concat(),
    );
    assert_eq!(ended.code, Some(0), "{ended}");
    let file =
        std::fs::read_dir(folder.path("policies")).unwrap().map(|entry| entry.unwrap().path());
    let patch = file.filter(|path| path.to_str().unwrap().ends_with(".patch.json")).last().unwrap();
    assert_snapshot!(std::fs::read_to_string(patch).unwrap());
}

/// The rows of the table that is written beside the policies, read by the rule about them.
#[test]
fn users_whose_policies_allow_too_much_are_findings() {
    let folder = examples("recommend-privileges");
    let out = ["--out", "policies", "--min-days"];
    let scan = |days: &str| {
        let ended = recommend(&folder, &[&ATTACHED[..], &out, &[days]].concat());
        assert_eq!(ended.code, Some(0), "{ended}");
        let table = "privileges=policies/privileges.json";
        let arguments = ["scan", "reports", "--table", table, "--only", "over-privileged"];
        folder.keytrail(arguments.iter().chain(&["--format", "json"])).output()
    };
    let found = |ended: &Ended| {
        let report: Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"));
        let text = |finding: &Value| {
            let field = |name: &str| finding[name].as_str().unwrap().to_owned();
            field("severity") + ": " + &field("message")
        };
        report["findings"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(found(&scan("3")));
    assert_eq!(found(&scan("90")), "");
}

#[test]
fn nothing_is_written_about_policies_that_are_not_known() {
    let folder = examples("recommend-no-privileges");
    let ended = recommend(&folder, &["cloudtrail", "--out", "policies"]);
    assert_eq!(ended.code, Some(0), "{ended}");
    assert!(!folder.path("policies/privileges.json").exists());
}

#[test]
fn a_user_with_many_keys_has_a_short_note() {
    let record = |number: usize| {
        let record = serde_json::json!({
            "eventVersion": "1.08", "eventTime": "2026-03-04T10:00:00Z", "awsRegion": "eu-west-1",
            "eventSource": "ec2.amazonaws.com", "eventName": "DescribeInstances",
            "eventID": format!("{number}"), "eventType": "AwsApiCall",
            "sourceIPAddress": "192.0.2.10", "recipientAccountId": "111122223333",
            "userIdentity": { "type": "IAMUser", "userName": "ci", "accountId": "111122223333",
                "accessKeyId": format!("AKIAEXAMPLE{number:09}") },
        });
        format!("{record}\n")
    };
    let note = |keys: usize| {
        let log: String = (0..keys).map(record).collect();
        let folder = Folder::new("recommend-many-keys").file("log.ndjson", log);
        let all = json(&folder, &["log.ndjson"]);
        let notes = all["credentials"][0]["notes"].as_array().unwrap().clone();
        let shared = notes.iter().find(|note| note["kind"] == "shared-user");
        let text = shared.unwrap()["text"].as_str().unwrap();
        text.split_once("in the log: ").unwrap().1.to_owned()
    };
    assert_eq!(note(OTHER_CREDENTIALS + 1).split(", ").count(), OTHER_CREDENTIALS);
    assert!(!note(OTHER_CREDENTIALS + 1).contains("more"));
    let many = note(OTHER_CREDENTIALS + 3);
    assert_eq!(many.split(", ").count(), OTHER_CREDENTIALS);
    assert!(many.ends_with(" and 2 more credentials"), "{many}");
}

#[test]
fn a_permission_boundary_is_stated() {
    let details = r#"{"UserDetailList":[{"UserName":"ci","Arn":"arn:aws:iam::111122223333:user/ci",
        "PermissionsBoundary":{"PermissionsBoundaryType":"PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn":"arn:aws:iam::111122223333:policy/team/developers"}},
        {"UserName":"free","Arn":"arn:aws:iam::111122223333:user/free"}]}"#;
    let folder = folder("recommend-boundary").file("details.json", details);
    let arguments = ["aws.ndjson", "--ak", "AKIAEXAMPLECI0000001", "--attached", "details.json"];
    let ended = recommend(&folder, &arguments);
    let stated = "the permission boundary developers limits what the attached policies allow";
    assert!(ended.stdout.contains(stated), "{ended}");
    let all = json(&folder, &arguments);
    assert!(notes(&all["credentials"][0]).contains("permission-boundary"));
    let without = recommend(&folder, &arguments[..3]);
    assert!(!without.stdout.contains("permission boundary developers"), "{without}");
    assert_eq!(all["unseen"][1], "permission boundaries");
}

#[test]
fn the_policies_of_keys_come_from_a_table() {
    let table = "- ak: AKIAEXAMPLECI0000001\n  name: [ci]\n  document: '{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"s3:*\",\"ec2:StopInstances\"],\"Resource\":\"*\"}}'\n- ak: AKIAEXAMPLECI0000002\n  name: [text]\n  document: not json\n";
    let folder = folder("recommend-key-policies").file("policies.yaml", table);
    let all = json(&folder, &["aws.ndjson", "--table", "key_policies=policies.yaml"]);
    let attached = &all["credentials"][0]["attached"];
    assert_eq!(attached["unused_actions"][0], "ec2:StopInstances");
    assert_eq!(attached["wildcards"][0]["pattern"], "s3:*");
    assert_eq!(attached["wildcards"][0]["used"].as_array().unwrap().len(), 5);
    assert_eq!(all["unread_policies"][0], "text");
}

#[test]
fn findings_of_a_scan_count_in_the_priority() {
    let folder = examples("recommend-findings");
    let scan = [
        "scan",
        "cloudtrail",
        "--exit-zero",
        "--quiet",
        "--format",
        "json",
        "--output",
        "report.json",
    ];
    assert_eq!(folder.keytrail(scan).output().code, Some(0));
    let score = |arguments: &[&str]| {
        let all = json(&folder, &[&["cloudtrail", "--user", "backup-sync"], arguments].concat());
        all["credentials"][0]["score"].as_u64().unwrap()
    };
    assert_eq!(score(&[]), 0);
    assert_eq!(score(&["--report", "report.json"]), 40);
    let wrong = recommend(&folder, &["cloudtrail", "--report", "tables/accounts.yaml"]);
    assert_eq!(wrong.code, Some(2), "{wrong}");
    let wrong = recommend(&folder, &["cloudtrail", "--attached", "tables/accounts.yaml"]);
    assert_eq!(wrong.code, Some(2), "{wrong}");
}

#[test]
fn a_key_that_did_nothing_is_to_be_disabled() {
    let folder = examples("recommend-idle");
    let all = json(&folder, &["cloudtrail", "reports/aws"]);
    let idle: Vec<String> = all["credentials"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["succeeded"]["count"] == 0 && one["refused"]["count"] == 0)
        .map(|one| format!("{} of {}: {} {}", one["name"], one["user"], one["advice"], notes(one)))
        .collect();
    assert_snapshot!(idle.join("\n"));
}
