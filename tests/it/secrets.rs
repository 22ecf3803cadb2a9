//! Secrets in every place from which a policy can read, checked in every output of every command.

use keytrail::output::OUTPUTS;
use serde_json::json;

use crate::project::record;
use crate::run::Folder;

const PASSWORD: &str = "hunter2-correct-horse";
const TOKEN: &str = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA";
const PIN: &str = "47114711";

/// Expressions that read a secret, directly and in ways that change its form.
const EXPRESSIONS: [&str; 30] = [
    "event.params.password",
    "event.params[\"password\"]",
    "event.params",
    "event.response",
    "event.raw",
    "event.raw.requestParameters",
    "event.raw.requestParameters.password",
    "event.raw.responseElements.credentials",
    "event.params.pin_secret",
    "event.params.nested",
    "event.params.nested.list[0].secretString",
    "event.params.blob",
    "event.params.blobs",
    "event.params.text",
    "str(event.params)",
    "\"of \" + str(event.params)",
    "`of ${event.params} and ${event.params.password}`",
    "event.params.password ?? event.user",
    "event.params.other ?? event.params.password",
    "if event.ok == true { event.params.password } else { event.user }",
    "[event.user, str(event.params.password), str(event.params.blob)]",
    "event.params.values()",
    "event.params.values().map(|value| str(value))",
    "event.params.nested.values()[0][0].values()[0]",
    "event.params.values_at(\"nested.list[*].secretString\")",
    "parse_json(event.params.text)",
    "parse_json(event.params.text).values()",
    "as_list(event.params.nested.list)[0]",
    "str(event.params.line).split(\"password=\")[1]",
    "str(event.params.line).capture(\"password=(.+)\")",
];

/// Two calls whose parameters and response contain secrets.
fn log() -> String {
    let call = |id| {
        let text = record(id, "CreateLoginProfile");
        let mut call: serde_json::Value = serde_json::from_str(&text).unwrap();
        call["requestParameters"] = json!({
            "userName": "bob",
            "password": PASSWORD,
            "pin_secret": PIN.parse::<u64>().unwrap(),
            "nested": { "list": [{ "secretString": PASSWORD }] },
            "blob": TOKEN,
            "blobs": [TOKEN, "x"],
            "text": format!("{{\"Password\":\"{PASSWORD}\"}}"),
            "line": format!("login --password={PASSWORD}"),
        });
        call["responseElements"] = json!({ "credentials": { "sessionToken": PASSWORD } });
        call.to_string() + "\n"
    };
    [1, 2].map(call).concat()
}

/// For each expression a plain rule, a `correlate`, a `sequence` and a `first_seen` rule.
fn project(name: &str) -> Folder {
    let mut folder = Folder::new(name).file("log.json", log());
    for (number, expression) in EXPRESSIONS.iter().enumerate() {
        let quoted = serde_json::to_string(expression).unwrap();
        let message = serde_json::to_string(&format!("it says ${{{expression}}}")).unwrap();
        let by = format!("  by: [event.account, {quoted}]\n");
        let is_login = "event.api == \"CreateLoginProfile\"";
        for (kind, body) in [
            ("plain", format!("{by}  when: {is_login}\n  message: {message}\n")),
            (
                "burst",
                format!(
                    "{by}  when: {is_login}\n  correlate:\n    measures:\n      least: {{ min: int(str(event.params.pin_secret)) }}\n      most: {{ max: int(str(event.params.pin_secret)) }}\n      all: {{ distinct: {quoted} }}\n    having: all >= 0\n  message: \"from ${{least}} to ${{most}}, ${{all}} in all\"\n"
                ),
            ),
            (
                "steps",
                format!(
                    "  message: {message}\n  sequence:\n    within: 1h\n    steps:\n      - id: a\n        when: {is_login}\n        by: [{quoted}]\n      - id: b\n        when: {is_login}\n        by: [{quoted}]\n"
                ),
            ),
            (
                "new",
                format!(
                    "{by}  when: {is_login}\n  message: {message}\n  first_seen: {{ of: [event.ip], history: 1d }}\n"
                ),
            ),
        ] {
            let rule = format!(
                "rule:\n  id: {kind}-{number}\n  title: t\n  category: abuse\n  severity: high\n  on: event\n{body}"
            );
            folder = folder.file(&format!("rules/{kind}-{number}.yaml"), rule);
        }
    }
    folder
}

fn assert_no_secret(shown: &str, of: &str) {
    for secret in [PASSWORD, TOKEN, PIN, "hunter2"] {
        let at = shown.find(secret).map(|at| {
            let from = (0..=at.saturating_sub(200)).rev().find(|n| shown.is_char_boundary(*n));
            shown[from.unwrap_or(0)..at].to_owned()
        });
        assert_eq!(at, None, "{secret} behind this, in {of}");
    }
}

const POLICY: [&str; 4] = ["--no-config", "--no-builtin", "-r", "rules"];

#[test]
fn no_output_of_a_scan_shows_secrets_that_subjects_messages_or_measures_read() {
    let folder = project("secrets-scan");
    for output in OUTPUTS {
        for more in [&["log.json"][..], &["log.json", "--show-keys"], &["-"]] {
            let arguments = ["scan", "--verbose", "-f", output.name];
            let run = folder.keytrail([&arguments, &POLICY[..], more].concat());
            let ended = if more == ["-"] { run.stdin(log()).output() } else { run.output() };
            assert!(matches!(ended.code, Some(1 | 3)), "{ended}");
            let shown = format!("{}{}", ended.stdout, ended.stderr);
            assert_no_secret(&shown, &format!("{} of {more:?}", output.name));
            for kind in ["plain", "burst", "steps", "new"] {
                for number in 0..EXPRESSIONS.len() {
                    let id = format!("{kind}-{number}");
                    // A rule whose subject is missing in a step has no finding.
                    assert!(shown.contains(&id), "{id} has no finding in {}", output.name);
                }
            }
        }
    }
}

#[test]
fn watch_emits_no_secret() {
    let folder = project("secrets-watch");
    let arguments = ["watch", "log.json", "--once", "--lateness", "0s"];
    let ended = folder.keytrail([&arguments, &POLICY[..]].concat()).output();
    assert!(ended.stdout.contains("plain-0"), "{ended}");
    assert_no_secret(&ended.to_string(), "watch");
}

#[test]
fn query_and_inspect_show_no_secret() {
    let folder = project("secrets-query");
    let run = |arguments: &[&str]| {
        let ended = folder.keytrail(arguments).output();
        assert_eq!(ended.code, Some(0), "{ended}");
        assert_no_secret(&ended.to_string(), &format!("{arguments:?}"));
    };
    for expression in EXPRESSIONS {
        run(&["query", "event.ok == true", "log.json", "--count-by", expression, "-f", "json"]);
    }
    for format in ["human", "json"] {
        run(&["query", "event.ok == true", "log.json", "-f", format]);
        run(&["inspect", "log.json", "-f", format]);
    }
}
