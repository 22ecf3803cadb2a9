//! The addresses, keys and requests that findings show.

use serde_json::{Value, json};

use crate::run::Folder;

const LOG: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","accountId":"000011112222","accessKeyId":"AKIAEXAMPLE000000001","userName":"leo"},"eventTime":"2026-01-02T08:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateLoginProfile","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.13","readOnly":false,"requestParameters":{"userName":"mia","password":"correct horse"},"requestID":"r-77","eventID":"e-1","eventType":"AwsApiCall","recipientAccountId":"000011112222"}"#;
const HEADER: &str = "account_id,account_name,username,password_status,password_last_used,access_key_id,status,created_date,last_used_date,service_name,mfa_status\n";

fn folder(name: &str) -> Folder {
    Folder::new(name)
        .file("in/log.json", LOG)
        .file(
            "in/iam_audit_report_20260103_000000.csv",
            format!(
                "{HEADER}000011112222,shop,leo,No configurada,Nunca,AKIAEXAMPLE000000001,Active,2024-01-15 09:30:00,2026-01-02 08:00:00,iam,None\n"
            ),
        )
        .file("assets.csv", "ip,id,name,account\n203.0.113.0/24,eip-1,gateway,000011112222\n")
        .file("notes.csv", "ip,remark\n203.0.113.7,the runner of the shop team\n")
        .file("keys.csv", "ak,remark\nAKIAEXAMPLE000000001,deploys the shop\n")
        .file(
            "policies.json",
            r#"[{"ak":"AKIAEXAMPLE000000001","name":["PowerUserAccess","IAMFullAccess"],"document":null}]"#,
        )
}

const TABLES: [&str; 8] = [
    "--table",
    "ip_assets=assets.csv",
    "--table",
    "ip_notes=notes.csv",
    "--table",
    "ak_notes=keys.csv",
    "--table",
    "key_policies=policies.json",
];

/// The finding of a rule.
fn finding(folder: &Folder, arguments: &[&str], rule: &str) -> Value {
    let run = folder.keytrail(["scan", "in", "-f", "json"].iter().chain(arguments)).output();
    assert_eq!(run.code, Some(1), "{run}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["rule"] == rule).unwrap().clone()
}

#[test]
fn evidence_shows_data_of_tables_and_reports() {
    let folder = folder("evidence-known");
    let found = finding(&folder, &TABLES, "permission-escalation");
    assert_eq!(
        found["sources"],
        json!([{
            "source": "203.0.113.7",
            "ip_type": "account_noted",
            // At most 20 characters.
            "remark": "the runner of the sh",
            "asset": { "id": "eip-1", "name": "gateway" },
            "locations": [],
        }])
    );
    let key = &found["keys"][0];
    assert_eq!(key["ak"], "AKIAEX…0001");
    assert_eq!((&key["remark"], &key["policy_count"]), (&json!("deploys the shop"), &json!(2)));
    assert_eq!(key["policies"], json!(["IAMFullAccess", "PowerUserAccess"]));
    let open: Vec<&str> =
        key["open"].as_array().unwrap().iter().map(|of| of["rule"].as_str().unwrap()).collect();
    assert_eq!(open, ["old-key-in-use", "services-in-use"]);

    // The time, the request id and the parameters are shown, without the password.
    let sample = &found["calls"][0]["samples"][0];
    assert_eq!(sample["time"], "2026-01-02T08:00:00Z");
    assert_eq!(sample["request_id"], "r-77");
    assert_eq!(sample["request"], r#"{"userName":"mia","password":"[redacted]"}"#);
}

/// A CloudAudit response whose rows contain the location of the address.
fn response(location: Option<&str>) -> String {
    let record = json!({
        "userIdentity": {
            "type": "CAMUser", "principalId": "100000000077", "accountId": "100000000070",
            "secretId": "AKIDexample0000000000000000000000077", "userName": "noa",
        },
        "eventTime": 1_772_600_000, "eventType": "ApiCall", "eventName": "CreateAccessKey",
        "eventSource": "cam.tencentcloudapi.com", "resourceType": "cam", "eventRegion": "ap-guangzhou",
        "errorCode": 0, "apiErrorCode": "", "requestID": "r-70", "eventID": "t-70",
        "apiVersion": "3.0", "httpMethod": "POST", "userAgent": "SDK_PYTHON_3.0.1",
        "requestParameters": "{}", "responseElements": "{}", "sourceIPAddress": "203.0.113.70",
        "actionType": "Write",
    });
    let mut row = json!({
        "EventId": "t-70", "Username": "noa", "EventTime": "1772600000",
        "CloudAuditEvent": record.to_string(), "ErrorCode": 0, "EventName": "CreateAccessKey",
        "SecretId": "AKIDexample0000000000000000000000077", "EventSource": "cam",
        "RequestID": "r-70", "AccountID": 100_000_000_070_u64, "SourceIPAddress": "203.0.113.70",
        "Resources": { "ResourceType": "cam", "ResourceName": "*" }, "EventRegion": "ap-guangzhou",
    });
    if let Some(location) = location {
        row["Location"] = json!(location);
    }
    json!({ "Response": { "Events": [row], "ListOver": true, "TotalCount": 1 } }).to_string()
}

#[test]
fn every_output_shows_the_account_identity_region_and_policies() {
    let document = r#"{\"statement\":[{\"action\":\"cam:PassRole\",\"password\":\"correct horse\",\"key\":\"AKIDexample0000000000000000000000077\"}]}"#;
    let folder = Folder::new("evidence-outputs")
        .file("in/log.json", response(Some("China-Shanghai")))
        .file(
            "accounts.csv",
            "account,name,env,provider,owner\n100000000070,Shop,prod,tencent,Holding\n",
        )
        .file("assets.csv", "ip,id,name,account\n203.0.113.70,ins-70,runner,100000000070\n")
        .file("notes.csv", "ip,remark\n203.0.113.70,build network\n")
        .file("keys.csv", "ak,remark\nAKIDexample0000000000000000000000077,deploys the shop\n")
        .file(
            "policies.json",
            format!(
                r#"[{{"ak":"AKIDexample0000000000000000000000077","name":["QcloudCamFullAccess"],"document":"{document}"}}]"#
            ),
        );
    let tables = ["accounts=accounts.csv"].into_iter();
    let tables: Vec<&str> = tables
        .chain(TABLES.into_iter().filter(|table| table.contains('=')))
        .flat_map(|table| ["--table", table])
        .collect();
    let mut lacking = Vec::new();
    // Annotations and messages to a chat are short, and lead to a report.
    let short = ["github", "webhook"];
    for output in keytrail::output::OUTPUTS.iter().filter(|output| !short.contains(&output.name)) {
        // The text report tells incidents first, and every finding with `-v`.
        let scan = ["scan", "in", "-v", "-f", output.name];
        let run = folder.keytrail(scan.iter().chain(&tables)).output();
        assert_eq!(run.code, Some(1), "{run}");
        for shown in [
            "100000000070",
            "Shop",
            "Holding",
            "noa",
            "account_noted",
            "build network",
            "ins-70",
            "runner",
            "deploys the shop",
            "QcloudCamFullAccess",
            "cam:PassRole",
            "China-Shanghai",
        ] {
            if !run.stdout.contains(shown) {
                lacking.push(format!("{} lacks {shown}", output.name));
            }
        }
        for secret in ["correct horse", "AKIDexample0000000000000000000000077"] {
            assert!(!run.stdout.contains(secret), "{} shows {secret}: {run}", output.name);
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
    let found = finding(&folder, &tables, "create-access-key");
    let account = "100000000070";
    assert_eq!(
        found["accounts"],
        json!([{ "account": account, "name": "Shop", "env": "prod", "owner": "Holding" }])
    );
    assert_eq!(
        found["identities"],
        json!([{ "user_type": "user", "user": "noa", "account": account }])
    );
    let call = &found["calls"][0];
    assert_eq!(
        [&call["account"], &call["user_type"], &call["location"], &call["caller_account"]],
        [&json!(account), &json!("user"), &json!("China-Shanghai"), &Value::Null]
    );

    // Without tables, only the content of the log.
    let found = finding(&folder, &[], "create-access-key");
    assert_eq!(found["accounts"], json!([]));
    assert_eq!(found["sources"][0]["locations"], json!(["China-Shanghai"]));
    let folder = Folder::new("evidence-nowhere").file("in/log.json", response(None));
    let found = finding(&folder, &[], "create-access-key");
    assert_eq!((&found["sources"], &found["calls"][0]["location"]), (&json!([]), &Value::Null));
}

#[test]
fn without_tables_evidence_is_not_enriched() {
    let folder = folder("evidence-unknown");
    let found = finding(&folder, &[], "permission-escalation");
    assert_eq!(found["sources"], json!([]));
    // Another finding about the key is shown even without a table.
    assert_eq!(found["keys"][0]["remark"], "-");
    assert_eq!(found["keys"][0]["policy_count"], Value::Null);
    // A remark alone does not make an address internal.
    let noted = finding(&folder, &["--table", "ip_notes=notes.csv"], "permission-escalation");
    assert_eq!(noted["sources"][0]["ip_type"], Value::Null);
    assert_eq!(noted["sources"][0]["remark"], "the runner of the sh");
}

#[test]
fn keys_of_a_scanner_report_are_searched_in_logs_and_reports() {
    let sarif = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scanner"}},"results":[{"ruleId":"aws-key","message":{"text":"key AKIAEXAMPLE000000001 and its secret wJalrXUtnFEMIK7MDENG"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"deploy/env"},"region":{"startLine":3}}}]}]}]}"#;
    let folder = folder("evidence-leaked").file("gitleaks.sarif", sarif);
    let leaked = ["--table", "leaked_keys=gitleaks.sarif"];
    for rule in ["leaked-key-used", "leaked-key-active"] {
        let found = finding(&folder, &leaked, rule);
        assert_eq!(found["severity"], "critical", "{found:#}");
        let text = found.to_string();
        assert!(text.contains("scanner, deploy/env:3"), "{text}");
        assert!(!text.contains("wJalr"), "{text}");
    }
}

/// A call of a session of the role `deploy`, whose temporary key no table names.
fn session_call(id: u32) -> String {
    let call = json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:ci", "accountId": "000011112222",
            "arn": "arn:aws:sts::000011112222:assumed-role/deploy/ci",
            "accessKeyId": "ASIAEXAMPLE000000001",
            "sessionContext": { "sessionIssuer": {
                "type": "Role", "principalId": "AROAEXAMPLE", "accountId": "000011112222",
                "arn": "arn:aws:iam::000011112222:role/deploy", "userName": "deploy",
            } },
        },
        "eventTime": format!("2026-01-02T08:00:{:02}Z", id % 60), "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey", "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.13", "readOnly": false, "requestParameters": { "userName": "mia" },
        "responseElements": null, "requestID": format!("r-{id}"), "eventID": format!("e-{id}"),
        "eventType": "AwsApiCall", "recipientAccountId": "000011112222",
    });
    call.to_string() + "\n"
}

#[test]
fn a_temporary_key_is_described_by_its_role() {
    let folder = Folder::new("evidence-role")
        .file("in/log.ndjson", session_call(1))
        .file("policies.json", r#"[{"ak":"deploy","name":["Deploy"],"document":null}]"#);
    let found = finding(&folder, &["--table", "key_policies=policies.json"], "create-access-key");
    let key = &found["keys"][0];
    assert_eq!((&key["role"], &key["policies"]), (&json!("deploy"), &json!(["Deploy"])));
}

#[test]
fn more_samples_are_read_from_the_log_on_demand() {
    let calls: String = (0..20).map(session_call).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, calls.as_bytes()).unwrap();
    let samples = |folder: &Folder, arguments: &[&str]| -> usize {
        let found = finding(folder, arguments, "create-access-key");
        let all = found["calls"].as_array().unwrap().iter();
        let shown = all.flat_map(|of| of["samples"].as_array().unwrap().clone());
        shown.filter(|of| of["text"].as_str().unwrap().contains("requestID")).count()
    };
    for (name, bytes) in
        [("log.ndjson", calls.clone().into_bytes()), ("log.gz", packed.finish().unwrap())]
    {
        let folder =
            Folder::new(&format!("evidence-samples-{name}")).file(&format!("in/{name}"), bytes);
        assert_eq!(samples(&folder, &[]), 3, "{name}");
        assert_eq!(samples(&folder, &["--samples", "15"]), 15, "{name}");
        assert_eq!(samples(&folder, &["--samples", "1000"]), 20, "{name}");
    }
}
