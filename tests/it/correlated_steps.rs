//! Steps that require several records, and steps that name values of earlier ones, as a user sees
//! them.

use serde_json::Value;

use crate::run::{Folder, Run};

const SWAPPED: &str = r#"
rule:
  id: swapped
  title: A key was disabled and another created by another person
  category: abuse
  severity: high
  on: event
  by: [event.account, event.params.userName]
  sequence:
    within: 1h
    steps:
      - { id: disabled, when: event.api == "UpdateAccessKey" }
      - id: created
        when: event.api == "CreateAccessKey"
        where: |
          has(disabled.user) && has(event.user) && disabled.user != event.user
            && ["al", "x"].some(|name| name == disabled.user)
  raise:
    - { to: critical, when: "has(disabled.ip) && has(event.ip) && disabled.ip != event.ip" }
  message: >-
    ${disabled.user} (${disabled.ak}, ${disabled.actor}) disabled a key, ${event.user} (${created.ak}) created one
    ${event.time - disabled.time} later; ${disabled.params.password}
"#;

const GUESSED: &str = r#"
rule:
  id: guessed
  title: A password was guessed
  category: abuse
  severity: high
  on: event
  by: [event.account, event.ip]
  params:
    failures: { type: int, default: 5 }
  sequence:
    within: 10m
    steps:
      - { id: failed, count: params.failures, when: event.api == "SignIn" && event.ok == false }
      - { id: succeeded, when: event.api == "SignIn" && event.ok == true }
  message: "${event.user} after a failure of ${failed.user}"
  tests:
    - name: five
      records:
        - event: { time: "2026-01-02T08:00:00Z", provider: aws, account: "1", ip: 1.1.1.1, api: SignIn, ok: false }
        - event: { time: "2026-01-02T08:00:00Z", provider: aws, account: "1", ip: 1.1.1.1, api: SignIn, ok: false }
        - event: { time: "2026-01-02T08:00:00Z", provider: aws, account: "1", ip: 1.1.1.1, api: SignIn, ok: false }
        - event: { time: "2026-01-02T08:00:00Z", provider: aws, account: "1", ip: 1.1.1.1, api: SignIn, ok: false }
        - event: { time: "2026-01-02T08:00:00Z", provider: aws, account: "1", ip: 1.1.1.1, api: SignIn, ok: false }
        - event: { time: "2026-01-02T08:00:00Z", provider: aws, account: "1", ip: 1.1.1.1, api: SignIn, ok: true }
      expect: match
"#;

/// A call by a user in a second, with a parameter `userName`.
fn call(id: usize, second: usize, user: &str, api: &str, name: &str, ok: bool) -> String {
    let (hour, minute, second) = (8 + second / 3600, second / 60 % 60, second % 60);
    let error = if ok { "" } else { r#""errorCode":"Failed","# };
    let ip = 1 + user.len();
    format!(
        r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE00000000{ip}","userName":"{user}"}},"eventTime":"2026-01-02T{hour:02}:{minute:02}:{second:02}Z","eventSource":"iam.amazonaws.com","eventName":"{api}","awsRegion":"us-east-1",{error}"sourceIPAddress":"198.51.100.{ip}","requestParameters":{{"userName":"{name}","password":"hunter2"}},"eventID":"e-{id}","eventType":"AwsApiCall","recipientAccountId":"111122223333"}}"#
    ) + "\n"
}

fn scan(folder: &Folder, arguments: &[&str]) -> Run {
    let fixed = ["scan", "--no-builtin", "-r", "rules", "-f", "json"];
    folder.keytrail(fixed.iter().chain(arguments))
}

fn report(run: Run, code: i32) -> Value {
    let run = run.output();
    assert_eq!(run.code, Some(code), "{run}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_message_shows_values_of_the_steps_masked_and_redacted() {
    let log = [
        call(1, 0, "al", "UpdateAccessKey", "bob", true),
        call(2, 60, "cleo", "UpdateAccessKey", "bob", true),
        call(3, 600, "cleo", "CreateAccessKey", "bob", true),
        call(4, 700, "cleo", "UpdateAccessKey", "dan", true),
        call(5, 800, "cleo", "CreateAccessKey", "dan", true),
    ];
    let folder = Folder::new("steps-message")
        .file("rules/swapped.yaml", SWAPPED)
        .file("a.json", log.concat());
    let expected = "al (AKIAEX…0003, AKIAEX…0003) disabled a key, cleo (AKIAEX…0005) created one 10m later; \
                    [redacted]";
    let found = report(scan(&folder, &["a.json"]), 1);
    assert_eq!(found["findings"].as_array().unwrap().len(), 1, "{found:#}");
    let finding = &found["findings"][0];
    assert_eq!(finding["message"], expected);
    assert_eq!(finding["severity"], "critical");
    assert_eq!(finding["count"], 2, "the second call of cleo is not part of it");
    let measures = &finding["occurrences"][0]["measures"];
    assert_eq!(measures["disabled.user"], "al");
    assert_eq!(measures["disabled.ak"], "AKIAEX…0003");
    assert_eq!(measures["disabled.params.password"], "[redacted]");

    let listed = folder.keytrail(["rules", "--no-builtin", "-r", "rules", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.output().stdout).unwrap();
    let related = listed[0]["where"]["created"].as_str().unwrap();
    assert!(related.starts_with("has(disabled.user)"), "{related}");

    // Standard input is read only once, and the message is the same.
    let piped = scan(&folder, &["-"]).stdin(log.concat());
    assert_eq!(report(piped, 1)["findings"][0]["message"], expected);
    let shown = scan(&folder, &["a.json", "--show-keys"]).output().stdout;
    assert!(shown.contains("al (AKIAEXAMPLE000000003"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_step_counts_its_records_within_the_window() {
    let guesses = |failures: usize, apart: usize| -> String {
        let failed = (0..failures).map(|n| call(n, n * apart, "al", "SignIn", "-", false));
        failed.chain([call(99, failures * apart, "al", "SignIn", "-", true)]).collect()
    };
    let folder = Folder::new("steps-count").file("rules/guessed.yaml", GUESSED);
    for (failures, apart, found) in [(4, 10, 0), (5, 10, 1), (7, 10, 1), (7, 119, 1), (7, 121, 0)] {
        let folder = Folder::new("steps-count-log").file("a.json", guesses(failures, apart));
        let rules = Folder::new("steps-count").file("rules/guessed.yaml", GUESSED);
        let rules = rules.path("rules").display().to_string();
        let run = folder.keytrail(["scan", "--no-builtin", "-r", &rules, "-f", "json", "a.json"]);
        let report = report(run, found);
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), found as usize, "{failures} failures, {apart} apart");
        if let [finding] = &findings[..] {
            assert_eq!(finding["message"], "al after a failure of al");
        }
    }
    // The number is a parameter, and a test of the rule uses it.
    let run = folder.keytrail(["test", "--no-builtin", "-r", "rules"]).output();
    assert_eq!(run.code, Some(0), "{run}");
    let folder = folder.file("rules/guessed.yaml", GUESSED.replace("default: 5", "default: 6"));
    let run = folder.keytrail(["test", "--no-builtin", "-r", "rules"]).output();
    assert_eq!(run.code, Some(1), "{run}");
    let output = run.to_string();
    assert!(output.contains("each step as many records as its `count`"), "{output}");
}

#[test]
fn combinations_of_one_subject_have_a_bound() {
    let rule = SWAPPED
        .replace("by: [event.account, event.params.userName]", "by: [event.account]")
        .replace(
            "disabled.user != event.user",
            "disabled.params.userName == event.params.userName",
        );
    let log = |values: usize| -> String {
        let pair = |n: usize| {
            let name = format!("u{n}");
            let made = call(2 * n, 0, "al", "UpdateAccessKey", &name, true);
            made + &call(2 * n + 1, 30, "cleo", "CreateAccessKey", &name, true)
        };
        (0..values).map(pair).collect()
    };
    let folder = Folder::new("steps-bound")
        .file("rules/swapped.yaml", rule)
        .file("some.json", log(300))
        .file("many.json", log(2_100));
    let some = report(scan(&folder, &["some.json"]), 1);
    assert_eq!(some["findings"][0]["count"], 600);
    let many = report(scan(&folder, &["many.json"]), 3);
    let text = many["incomplete"][0]["text"].as_str().unwrap();
    assert!(text.contains("can be combined in more than 4000000 ways"), "{text}");
}
