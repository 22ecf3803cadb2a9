//! A rule whose fields an input's format cannot carry is reported as blind, not as clean.

use crate::run::Folder;

const EVENT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","accountId":"111122223333"},"eventTime":"2026-03-02T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListUsers","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.1","userAgent":"aws-cli","readOnly":true,"eventID":"e-1","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#;

/// The notes and the exit code of a scan of one CloudTrail event with a rule of this condition.
fn scan(name: &str, when: &str, flags: &[&str]) -> (Option<i32>, Vec<String>) {
    let rule = format!(
        "rule:\n  id: watched\n  title: t\n  category: abuse\n  severity: low\n  status: stable\n  on: event\n  description: d\n  remediation: r\n  when: |\n    {when}\n"
    );
    let folder =
        Folder::new(&format!("blind-{name}")).file("watched.yaml", rule).file("log.json", EVENT);
    let arguments = ["scan", "log.json", "--no-builtin", "-r", "watched.yaml", "-f", "json"];
    let ended = folder.keytrail(arguments.iter().chain(flags)).output();
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter();
    (ended.code, notes.map(|note| note["text"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn blind_rules_are_reported_and_gate_when_strict() {
    for (name, when, code, strict, note) in [
        ("carried", r#"event.user_type == "root""#, 0, 0, None),
        (
            "lacking",
            r#"event.location == "Hamburg" && event.ok == true"#,
            0,
            3,
            Some(
                "rule watched is blind on cloudtrail, which does not carry event.location, so the absence \
                 of findings does not mean that there are none",
            ),
        ),
        (
            "one-arm",
            r#"event.location == "Hamburg" || event.region == "nowhere""#,
            0,
            0,
            Some("rule watched is partly blind on cloudtrail, which does not carry event.location"),
        ),
        (
            "other-provider",
            r#"event.provider == "tencent" && event.location == "Hamburg""#,
            0,
            0,
            Some("not applicable to cloudtrail, and not evaluated on it: watched"),
        ),
        // A rule that needs a report that was not given is not configured.
        ("joined", "event.key.active == false", 0, 0, None),
        (
            "joined-and-lacking",
            r#"event.key.active == false && event.location == "Hamburg""#,
            0,
            3,
            Some(
                "rule watched is blind on cloudtrail, which does not carry event.location, so \
                 the absence of findings does not mean that there are none",
            ),
        ),
    ] {
        let (plain, notes) = scan(name, when, &[]);
        assert_eq!(plain, Some(code), "{name}: {notes:?}");
        assert_eq!(notes, note.iter().map(ToString::to_string).collect::<Vec<_>>(), "{name}");
        assert_eq!(scan(name, when, &["--strict"]).0, Some(strict), "{name}");
    }
}

/// A report with few columns names the blind rules in one note.
#[test]
fn rules_that_lack_the_same_fields_share_a_note() {
    let report = "user,user_creation_time,password_enabled,mfa_active\n\
                  alice,2025-01-01T00:00:00+00:00,true,false\n";
    let rule = |id: &str, when: &str| {
        format!(
            "rule:\n  id: {id}\n  title: t\n  category: posture\n  severity: low\n  on: key\n  \
             description: d\n  remediation: r\n  when: |\n    {when}\n"
        )
    };
    let folder = Folder::new("blind-shared")
        .file("report.csv", report)
        .file("rules/active.yaml", rule("active", "key.active == true"))
        .file("rules/idle.yaml", rule("idle", "key.active == true && key.idle_days > 9"))
        .file("rules/inactive.yaml", rule("inactive", "key.active == false"));
    let arguments = ["scan", "report.csv", "--no-builtin", "-r", "rules", "-f", "json"];
    let ended = folder.keytrail(arguments).output();
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter();
    let notes: Vec<&str> = notes.map(|note| note["text"].as_str().unwrap()).collect();
    insta::assert_snapshot!(notes.join("\n"), @r"
    3 rules are blind on aws-credential-report, so the absence of findings does not mean that there are none. It does not carry key.active (for active, inactive); key.active, key.idle_days (for idle)
    ");
}

/// A note that applies to several formats appears once.
#[test]
fn formats_that_lack_the_same_fields_share_a_note() {
    let rule = |id: &str, on: &str, when: &str| {
        format!(
            "rule:\n  id: {id}\n  title: t\n  category: posture\n  severity: low\n  on: {on}\n  \
             description: d\n  remediation: r\n  when: {when}\n"
        )
    };
    let folder = Folder::new("blind-formats")
        .file("keytrail.yaml", "expect: [credential-report]\n")
        .file("rules/joined.yaml", rule("joined", "event", "event.key.active == false"))
        .file("rules/report.yaml", rule("report", "key", "key.active == false"));
    let example = |name: &str| format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut texts = String::new();
    for names in [&["cloudaudit"][..], &["actiontrail", "cloudaudit", "cloudtrail"]] {
        let fixed = ["scan", "--no-builtin", "-r", "rules", "-f", "json"].map(str::to_owned);
        let arguments = fixed.into_iter().chain(names.iter().map(|name| example(name)));
        let ended = folder.keytrail(arguments).output();
        let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        for note in report["notes"].as_array().unwrap() {
            texts += note["text"].as_str().unwrap();
            texts += "\n";
        }
        texts += "\n";
    }
    insta::assert_snapshot!(texts, @"
    blind, because no input is a credential report, so the absence of findings does not mean that there are none: report
    rule joined is blind on cloudaudit, which does not carry key.active, so the absence of findings does not mean that there are none

    blind, because no input is a credential report, so the absence of findings does not mean that there are none: report
    rule joined is blind on actiontrail, cloudaudit and cloudtrail, which do not carry key.active, so the absence of findings does not mean that there are none
    ");
}

/// A credential report without key ids cannot be joined with events by key, which the note states.
#[test]
fn a_report_without_key_ids_leaves_rules_over_keys_blind() {
    let rule = "rule:\n  id: joined\n  title: t\n  category: posture\n  severity: low\n  on: event\n  \
                description: d\n  remediation: r\n  when: event.key.active == false\n";
    let report = "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active\n\
                  ann,arn:aws:iam::111122223333:user/ann,2025-01-01T00:00:00+00:00,true,false,true\n";
    let folder = Folder::new("blind-key-ids")
        .file("rules/joined.yaml", rule)
        .file("log.json", EVENT)
        .file("report.csv", report);
    let arguments = ["scan", "log.json", "report.csv", "--no-builtin", "-r", "rules", "-f", "json"];
    let ended = folder.keytrail(arguments).output();
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter();
    let notes: Vec<&str> = notes.map(|note| note["text"].as_str().unwrap()).collect();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("blind on cloudtrail") && note.contains("carry key.id")),
        "{notes:#?}"
    );
}
