//! Secrets that are recognised by their form: no output of any command shows one, at any position.

use std::time::{Duration, Instant};

use keytrail::finding::Redactor;
use keytrail::output::OUTPUTS;
use serde_json::{Value, json};

use crate::run::Folder;

/// One secret of each sort. The first part announces the secret and may be shown; the second may
/// not.
const SECRETS: &[(&str, &str)] = &[
    ("", "ghp_Abcdefghijklmnopqrstuvwxyz0123456781"),
    ("", "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz0123456782"),
    ("", "glpat-abcdefghij0123456783"),
    ("", "xoxb-123456789012-123456789012-abcdefABCDE4"),
    ("https://hooks.slack.com/services/", "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXX5"),
    ("", "sk_live_abcdefghijklmno6"),
    ("", "rk_test_abcdefghijklmno7"),
    ("", "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQ8"),
    ("", "ya29.a0AfH6SMBexampleexampleexampl9"),
    ("", "npm_abcdefghijklmnopqrstuvwxyz0123456710"),
    ("", "pypi-AgEIcHlwaS5vcmcCJGFiY2RlZm11"),
    ("", "hf_abcdefghijklmnopqrstuvwxyzABCDEF12"),
    (
        "",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoG13w==",
    ),
    ("https://a.blob.core.windows.net/c?sv=2022&sig=", "abc%2Bdefghijkl14"),
    ("", "abc8Q~defghijklmnopqrstuvwxyz0123456715"),
    ("Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey=", "abcdefghijklmnop16="),
    ("", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl17"),
    ("", "sk-proj-abcdefghijklmnopqrstuvwx18"),
    ("", "sk-ant-api03-abcdefghijklmnopqrst19"),
    ("", "SK0123456789abcdef0123456789abcd20"),
    ("", "SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDE21"),
    ("", "dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd22"),
    ("", "hvs.CAESIJabcdefghijklmn23"),
    ("", "dckr_pat_abcdefghijklmnopqrstuvwxy24"),
    ("", "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCI25"),
    ("", "CAISzgJ1q6Ft5B2yfSjIr5fRGOjGra8exampleexampleexampl26"),
    ("aws_secret_access_key=", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEK27"),
    ("AccessKeySecret: ", "abcdefghijklmnopqrstuvwxyz0128"),
    ("LTAI5tExampleKey00000001 ", "abcdefghijklmnopqrstuvwxyz0129"),
    ("", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE30\n-----END EC PRIVATE KEY-----"),
    ("", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz31\n-----END OPENSSH PRIVATE KEY-----"),
    ("", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nlQdGBF32\n-----END PGP PRIVATE KEY BLOCK-----"),
    ("", "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAB33\nPrivate-MAC: 0123abcd33"),
    ("", "AGE-SECRET-KEY-1QQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQP34"),
    (r#"{"kty":"EC","d":""#, "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj35"),
    ("password=", "hunterhunter36"),
    ("password ", "hunterhunter37"),
    ("redis://", ":hunterhunter38@"),
    ("Authorization: Bearer ", "abcdefghi39"),
];

/// The part of a secret that must not be shown: its end.
fn tail(secret: &str) -> &str {
    let line = secret.lines().rfind(|line| !line.starts_with("---"));
    let line = line.unwrap_or(secret).trim_end_matches(['=', 'w', '@', '"']);
    let start = line.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    &line[start..]
}

const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::000011112222:user/leo","accountId":"000011112222","accessKeyId":"AKIAEXAMPLE000000001","userName":"leo","sessionContext":{"sessionIssuer":{"userName":"r"}}},"eventTime":"2026-01-02T08:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateLoginProfile","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.13","errorCode":"AccessDenied","errorMessage":"no","requestParameters":{"userName":"mia","note":"n","list":["a"]},"responseElements":{"note":"n"},"additionalEventData":{"note":"n"},"resources":[{"ARN":"arn:aws:iam::000011112222:user/mia"}],"requestID":"r-77","eventID":"e-1","eventType":"AwsApiCall","recipientAccountId":"000011112222"}"#;

const RULE: &str = r#"rule:
  id: every-text
  title: Every text
  category: abuse
  severity: high
  status: stable
  on: event
  description: Prints all there is.
  remediation: None.
  when: event.service != "x"
  message: "${event.user} ${event.agent} ${event.message} ${event.params} ${event.response} ${event.raw} ${event.api} ${event.actor}"
  by: [event.account, event.user, event.agent, event.message, event.source, event.api, str(event.params.note), event.resources]
  tests:
    - name: any
      event: { provider: aws, service: iam, api: CreateUser }
      expect: match
"#;

/// The record with each of its texts in turn followed by the secret.
fn planted(secret: &str) -> Vec<String> {
    fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::String(_) => found.push(at.to_owned()),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items.for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), found));
            }
            Value::Object(entries) => {
                entries
                    .iter()
                    .for_each(|(key, item)| pointers(item, &format!("{at}/{key}"), found));
            }
            _ => {}
        }
    }
    let record: Value = serde_json::from_str(RECORD).unwrap();
    let mut found = Vec::new();
    pointers(&record, "", &mut found);
    let plant = |pointer: &String| {
        let mut record = record.clone();
        let text = record.pointer_mut(pointer).unwrap();
        *text = Value::String(format!("{} {secret}", text.as_str().unwrap()));
        record.to_string() + "\n"
    };
    found.iter().map(plant).collect()
}

/// A project whose log, reports and tables contain every secret in every text.
fn folder(name: &str) -> Folder {
    let secrets = || SECRETS.iter().map(|(before, secret)| format!("{before}{secret}"));
    let log: String = secrets().flat_map(|secret| planted(&secret)).collect();
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut report = "account_id,account_name,username,password_status,password_last_used,access_key_id,status,created_date,last_used_date,service_name,mfa_status\n".to_owned();
    let mut remarks = "ip,remark\n203.0.113.7,x\n".to_owned();
    for (index, secret) in secrets().enumerate() {
        let secret = cell(&secret);
        report.push_str(&format!(
            "000011112222,{secret},{secret},No configurada,Nunca,AKIAEXAMPLE0000001{index:02},Active,2024-01-15 09:30:00,2026-01-02 08:00:00,{secret},None\n"
        ));
        remarks.push_str(&format!("198.51.100.{index},{secret}\n"));
    }
    let source = |index: usize| {
        RECORD
            .replace("203.0.113.7", &format!("198.51.100.{index}"))
            .replace("e-1", &format!("x{index}"))
            + "\n"
    };
    let sources: String = (0..SECRETS.len()).map(source).collect();
    Folder::new(name)
        .file(
            "keytrail.yaml",
            "extends: [builtin]\nrule_paths: [rules]\ntables:\n  ip_notes: notes.csv\n",
        )
        .file("rules/every-text.yaml", RULE)
        .file("notes.csv", remarks)
        .file("in/log.json", log)
        .file("in/sources.json", sources)
        .file("in/iam_audit_report_20260103_000000.csv", report)
}

#[test]
fn no_output_shows_a_secret() {
    let folder = folder("secret-forms");
    let now = "2026-02-01T00:00:00Z";
    let commands: &[&[&str]] = &[
        &["scan", "in", "--verbose", "--show-suppressed", "--min-severity", "info"],
        &["scan", "in", "-f", "json"],
        &["scan", "in", "-f", "sarif"],
        &["scan", "in", "-f", "json", "--show-keys"],
        &["inspect", "in", "--limit", "0"],
        &["inspect", "in", "--limit", "0", "-f", "json"],
        &["query", "event.service != \"x\"", "in"],
        &["query", "event.service != \"x\"", "in", "-f", "json"],
        &[
            "query",
            "event.service != \"x\"",
            "in",
            "--count-by",
            "event.user,event.agent",
            "--top",
            "0",
        ],
        &[
            "query",
            "event.service != \"x\"",
            "in",
            "--count-by",
            "str(event.raw)",
            "--top",
            "0",
            "-f",
            "json",
        ],
        &["query", "cred.user != \"x\"", "in", "--count-by", "cred.user", "--top", "0"],
        &["posture", "in", "--verbose"],
        &["posture", "in", "-f", "json"],
        &["watch", "in", "--once", "--state", "state"],
    ];
    let mut leaks = Vec::new();
    for arguments in commands {
        let run = folder.keytrail([*arguments, &["--now", now]].concat()).output();
        let printed = format!("{}{}", run.stdout, run.stderr);
        assert!(printed.len() > 1000 && run.code != Some(2), "{arguments:?}: {run}");
        for (_, secret) in SECRETS {
            if let Some(at) = printed.find(tail(secret)) {
                let start = printed[..at].char_indices().rev().nth(120).map_or(0, |(at, _)| at);
                leaks.push(format!("{arguments:?}: {secret}: …{}", &printed[start..at + 8]));
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn redaction_takes_linear_time() {
    // Quadratic time would take very long.
    let started = Instant::now();
    for unit in [
        "password ",
        "sk-",
        "eyJaaaaaaaa.",
        "--token ",
        "-----BEGIN A",
        "token=\"",
        "ab1",
        "\\\"p\\\":",
    ] {
        let text = unit.repeat((1 << 18) / unit.len());
        assert!(Redactor { show_keys: false }.text(&text).len() <= 2 * text.len());
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

/// A sign-in to the console of AWS.
fn sign_in(second: u32, user: &str, outcome: &str) -> String {
    json!({
        "eventVersion": "1.08",
        "userIdentity": { "type": "IAMUser", "accountId": "000011112222", "userName": user },
        "eventTime": format!("2026-01-02T08:00:{second:02}Z"),
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "Mozilla/5.0",
        "errorMessage": if outcome == "Failure" { Some("Failed authentication") } else { None },
        "requestParameters": null,
        "responseElements": { "ConsoleLogin": outcome },
        "additionalEventData": { "LoginTo": format!("https://console.aws.amazon.com/?u={user}") },
        "eventID": format!("s-{second}"),
        "eventType": "AwsConsoleSignIn",
        "recipientAccountId": "000011112222",
    })
    .to_string()
        + "\n"
}

#[test]
fn a_typed_user_name_is_shown_only_for_a_confirmed_user() {
    let call = RECORD
        .replace("\"leo\"", "\"carol\"")
        .replace(r#""errorCode":"AccessDenied","errorMessage":"no","#, "");
    let report = "account_id,account_name,username,password_status,password_last_used,access_key_id,status,created_date,last_used_date,service_name,mfa_status\n000011112222,shop,erin,No configurada,Nunca,AKIAEXAMPLE000000001,Active,2024-01-15 09:30:00,2026-01-02 08:00:00,iam,None\n";
    let log = [
        sign_in(1, "Tr0ub4dor&3", "Failure"),
        sign_in(2, "plainword", "Failure"),
        sign_in(3, "alice", "Failure"),
        sign_in(4, "carol", "Failure"),
        sign_in(5, "erin", "Failure"),
        sign_in(6, "HIDDEN_DUE_TO_SECURITY_REASONS", "Failure"),
        sign_in(7, "alice", "Success"),
        call + "\n",
    ];
    let folder = Folder::new("secret-sign-ins")
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\n")
        .file("rules/every-text.yaml", RULE)
        .file("in/log.json", log.concat())
        .file("in/iam_audit_report_20260103_000000.csv", report);
    let now = ["--now", "2026-02-01T00:00:00Z"];
    let scans = OUTPUTS.iter().map(|output| vec!["scan", "in", "--verbose", "-f", output.name]);
    let failed = "event.kind == \"signin\" && event.ok == false";
    let others = [
        vec!["watch", "in", "--once", "--no-state"],
        vec!["inspect", "in", "-f", "json"],
        vec!["inspect", "in/log.json", "--fields", "event.user,event.raw"],
        vec!["query", failed, "in", "-f", "json"],
        vec!["query", failed, "in", "--count-by", "event.user,str(event.raw)"],
    ];
    for arguments in scans.chain(others) {
        let shown = folder.keytrail(arguments.iter().chain(&now)).output().to_string();
        for secret in ["Tr0ub4dor", "plainword"] {
            assert!(!shown.contains(secret), "{secret} in {arguments:?}: {shown}");
        }
        let mut names = vec!["HIDDEN_DUE_TO_SECURITY_REASONS", "unknown user "];
        if arguments[0] == "scan" {
            names.extend(["alice", "carol", "erin"]);
        }
        for name in names {
            assert!(shown.contains(name), "no {name} in {arguments:?}: {shown}");
        }
    }
}
