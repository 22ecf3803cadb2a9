//! Logs written to mislead: their cost, the exit code, and the form of their values in every
//! output.

use std::io::Write as _;
use std::path::Path;

use keytrail::diag::is_hostile;
use keytrail::output::OUTPUTS;
use serde_json::{Value, json};

use crate::project::{project, record, scan};
use crate::run::{Ended, Folder};

/// A call that creates a key, with some keys replaced.
fn call(id: u32, changes: Value) -> String {
    let mut call: Value = serde_json::from_str(&record(id, "CreateAccessKey")).unwrap();
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Object(inner) if call[key].is_object() => {
                inner.iter().for_each(|(name, value)| call[key][name] = value.clone());
            }
            _ => call[key] = value.clone(),
        }
    }
    call.to_string()
}

/// The JSON report of a scan.
fn report(folder: &Folder, arguments: &[&str]) -> (Option<i32>, Value) {
    let ended = scan(folder, &[arguments, &["--format", "json"]].concat()).output();
    let parsed = serde_json::from_str(&ended.stdout);
    (ended.code, parsed.unwrap_or_else(|error| panic!("{error}: {ended}")))
}

/// Each output of a scan that shows everything.
fn in_every_output(folder: &Folder, input: &str) -> Vec<(&'static str, Ended)> {
    let run = |name: &'static str| {
        let arguments = [input, "--show-suppressed", "--verbose", "--format", name];
        (name, scan(folder, &arguments).output())
    };
    OUTPUTS.iter().map(|output| run(output.name)).collect()
}

#[test]
fn records_before_a_truncated_record_are_read() {
    let cut = format!("{{\"Records\":[{},{{\"ev", record(1, "CreateAccessKey"));
    let folder = project("hostile-cut").file("cut.json", &cut);
    let (code, report) = report(&folder, &["cut.json"]);
    assert_eq!(code, Some(3));
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let counts = &report["accounting"];
    assert_eq!((&counts["read"], &counts["evaluated"]), (&json!(2), &json!(1)));
    let skip = &report["files"][0]["skips"][0];
    assert_eq!(skip["reason"], "truncated");
    assert_eq!(skip["offset"], cut.rfind("{\"ev").unwrap());
}

/// Each input is scanned alone, so that other records cannot hide that nothing was evaluated.
#[test]
fn a_run_without_records_is_never_clean() {
    let utf16: Vec<u8> =
        format!("\u{feff}{}", record(1, "A")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let digest = include_bytes!("../data/cloudtrail/digest.json");
    let inputs: [(&str, &[u8]); 11] = [
        ("empty.json", b""),
        ("blank.json", b"\n \r\n"),
        ("object.json", b"{}"),
        ("records.json", br#"{"Records":[]}"#),
        ("null.json", b"null"),
        ("array.json", b"[]"),
        ("digest.json", digest),
        ("picture.json", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (".DS_Store", b"\0\0\0\x01Bud1\0\0\x10\0"),
        ("utf16.json", &utf16),
        ("windows.json", b"{\"eventVersion\":\"1.08\",\"userAgent\":\"Citro\xebn\"}"),
    ];
    let mut folder = project("hostile-nothing");
    for (name, bytes) in inputs {
        folder = folder.file(&format!("logs/{name}"), bytes);
    }
    for (name, _) in inputs {
        let (code, report) = report(&folder, &[&format!("logs/{name}")]);
        assert_eq!(code, Some(3), "{name}");
        assert_eq!(report["files"][0]["path"], name);
        assert_ne!(report["files"][0]["status"], "read", "{name}");
        assert_eq!(report["accounting"]["files_other"], 1, "{name}");
    }
    let (code, report) = report(&folder, &["logs"]);
    assert_eq!((code, &report["accounting"]["files_other"]), (Some(3), &json!(11)));
}

#[test]
fn a_duplicate_key_cannot_hide_a_value() {
    let twice = record(1, "CreateAccessKey").replacen(
        "\"eventName\"",
        "\"eventName\":\"DescribeX\",\"eventName\"",
        1,
    );
    let folder = project("hostile-twice").file("twice.json", twice);
    let (code, report) = report(&folder, &["twice.json", "good.json"]);
    assert_eq!(code, Some(3));
    assert_eq!(report["accounting"]["skipped_by_reason"]["duplicate-key"], 1);
    assert_eq!(report["accounting"]["evaluated"], 1);
}

const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;pwned\u{7}",
    "::error file=x::pwned",
    "x\n::error::pwned",
    "##[error]pwned",
    "%0A::add-mask::pwned",
    "\u{202e}drowssap",
    "\u{feff}\u{200b}\u{e0041}\u{9b}31m",
    "=HYPERLINK(\"http://x.example\",\"y\")",
    "<script>alert(1)</script>",
    "@everyone",
    "`backticks` ```and more",
    "]]>",
    "[x](javascript:1)",
    "a\r\nb\tc",
];

#[test]
fn hostile_values_of_a_record_are_inert_in_every_output() {
    let calls: Vec<String> = (0..)
        .zip(HOSTILE)
        .map(|(id, text)| {
            let arn = format!("arn:aws:iam::123456789012:user/{text}");
            call(id % 10, json!({
                "eventID": format!("{id} {text}"), "requestID": text, "userAgent": text,
                "sourceIPAddress": text, "awsRegion": text, "errorCode": text, "errorMessage": text,
                "recipientAccountId": text, "requestParameters": { (*text): text, "userName": text },
                "userIdentity": {
                    "userName": text, "arn": arn, "accessKeyId": text, "principalId": text,
                },
            }))
        })
        .collect();
    let broken = format!("{}\n{{\"eventName\": {}\n", calls.join("\n"), HOSTILE[0]);
    let folder = project("hostile-values").file("hostile.ndjson", broken);
    for (name, ended) in in_every_output(&folder, "hostile.ndjson") {
        assert_eq!(ended.code, Some(3), "{name}: {ended}");
        let text = &ended.stdout;
        assert!(text.contains("pwned"), "{name} shows the values");
        for (number, line) in text.lines().enumerate() {
            let place = format!("{name} line {}: {line:?}", number + 1);
            assert!(!line.chars().any(is_hostile), "{place}");
            assert!(is_no_command(name, line), "{place}");
            assert!(!line.contains("##["), "{place}");
        }
        let lower = text.to_lowercase();
        match name {
            // A value is inside its line, so it cannot start a cell, a mention or a tag.
            "human" => assert!(!lower.lines().any(|line| line.starts_with(['=', '@', '<', '`']))),
            // The elements of the page are its own.
            "html" => {
                let elements = |name: &str| lower.matches(&format!("<{name}")).count();
                assert_eq!((elements("script"), elements("img"), elements("a ")), (4, 0, 0));
            }
            _ => match keytrail::output::find(name).unwrap().extension {
                "json" | "sarif" => assert!(serde_json::from_str::<Value>(text).is_ok(), "{name}"),
                "ndjson" => assert!(
                    text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
                    "{name}"
                ),
                // No cell is a formula, no value a tag, a mention or the end of a CDATA section.
                "csv" => {
                    assert!(!lower.contains("\"=hyper") && !lower.contains(",=hyper"), "{name}")
                }
                "md" => {
                    assert!(is_in_code(text, "@everyone") && is_in_code(text, "<script"), "{name}")
                }
                "xml" => assert!(!lower.contains("<script") && !lower.contains("]]>"), "{name}"),
                "txt" => {}
                other => panic!("{name} has the extension {other}: how is it parsed?"),
            },
        }
        if name == "sarif" {
            assert!(!message_texts(text).iter().any(|text| links(text)), "links are inert");
        }
    }
}

/// Whether a text stands only in spans of code: after an odd number of backticks of its line.
fn is_in_code(text: &str, value: &str) -> bool {
    let before = |line: &str| Some(line.split_once(value)?.0.matches('`').count());
    text.lines().filter_map(before).all(|ticks| ticks > 0)
}

/// Whether a line is no workflow command, except that of a finding in the format that consists of them.
fn is_no_command(format: &str, line: &str) -> bool {
    let of_finding = ["::error ", "::warning ", "::notice "];
    match line.trim_start().starts_with("::") {
        false => true,
        true => format == "github" && of_finding.iter().any(|command| line.starts_with(command)),
    }
}

/// Whether a text contains something that viewers turn into a link.
fn links(text: &str) -> bool {
    text.match_indices("](").any(|(at, _)| !text[..at].ends_with('\\'))
}

/// Every `message.text` of a SARIF log, where `[x](y)` would be a link.
fn message_texts(log: &str) -> Vec<String> {
    fn collect(value: &Value, texts: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                texts
                    .extend(map.get("message").and_then(|m| m["text"].as_str()).map(str::to_owned));
                map.values().for_each(|value| collect(value, texts));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    collect(&serde_json::from_str(log).unwrap(), &mut texts);
    assert!(!texts.is_empty());
    texts
}

#[test]
fn a_megabyte_of_user_name_is_cut_between_characters() {
    for (what, text) in [
        ("long", "x".repeat(1 << 20)),
        ("emoji", "😀".repeat(2_000)),
        ("shifted emoji", format!("a{}", "😀".repeat(2_000))),
        ("combining marks", format!("e{}", "\u{301}".repeat(5_000))),
        ("family", "👨\u{200d}👩\u{200d}👧".repeat(1_000)),
    ] {
        let long = call(1, json!({ "userAgent": text, "userIdentity": { "userName": text } }));
        let folder = project(&format!("hostile-long-{}", what.replace(' ', "-")));
        let folder = folder.file("long.json", long);
        for (name, ended) in in_every_output(&folder, "long.json") {
            assert_eq!(ended.code, Some(1), "{what} {name}");
            // `Ended` holds text, so no character was cut in half.
            assert!(!ended.stdout.contains('\u{fffd}'), "{what} {name}");
            // These hold whole findings.
            let whole = ["json", "html", "ndjson"].contains(&name);
            assert!(whole || ended.stdout.len() < 1 << 17, "{what} {name}");
        }
    }
}

#[test]
fn a_lookalike_name_is_not_covered_by_an_entry() {
    let allow = r#"
entries:
  - id: deploy
    rules: [create-key]
    match: { user: [deploy] }
    reason: Keys are rotated by the pipeline.
    owner: platform
    expires: 2026-12-31
"#;
    // Latin, Cyrillic е, Cyrillic о, full width, a zero-width space, a combining mark, a blank.
    for (user, code) in [
        ("deploy", 0),
        ("d\u{435}ploy", 1),
        ("depl\u{43e}y", 1),
        ("\u{ff44}eploy", 1),
        ("dep\u{200b}loy", 1),
        ("deploy\u{301}", 1),
        ("deploy ", 1),
        ("Deploy", 1),
        ("deploy\u{0}", 1),
    ] {
        let folder = project("hostile-homoglyph")
            .file("allow.yaml", allow)
            .file("log.json", call(1, json!({ "userIdentity": { "userName": user } })));
        let ended = scan(&folder, &["log.json", "-a", "allow.yaml"]).output();
        assert_eq!(ended.code, Some(code), "{user:?}: {ended}");
    }
}

#[test]
fn no_output_contains_secrets_of_a_request() {
    let secrets = [
        "hunter2-correct-horse",
        "IyEvYmluL2Jhc2gKZXhwb3J0IFBBU1M9c2VjcmV0",
        "MIIEowIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY",
        "FwoGZXIvYXdzEBYaDkExampleSessionToken",
        "s3cr3t-in-a-flag",
    ];
    let [password, user_data, pem, secret_key, token, flag] = secrets;
    let record = call(
        1,
        json!({
            "userAgent": format!("tool --password {flag} https://u:{password}@h.example/"),
            "errorMessage": format!("login with password={password} failed"),
            "requestParameters": {
                "userName": "bob",
                "masterUserPassword": password,
                "userData": user_data,
                "document": format!("-----BEGIN RSA PRIVATE KEY-----\n{pem}\n-----END RSA PRIVATE KEY-----"),
                "environment": { "variables": { "DB_PASSWORD": password } },
                "text": format!("{{\"SecretString\":\"{password}\"}}"),
            },
            "responseElements": {
                "accessKey": { "secretAccessKey": secret_key, "userName": "bob" },
                "credentials": { "sessionToken": token },
            },
        }),
    );
    let folder = project("hostile-secrets").file("log.json", record);
    for show_keys in [false, true] {
        for output in OUTPUTS {
            let keys: &[&str] = if show_keys { &["--show-keys"] } else { &[] };
            let all = [&["log.json", "--verbose", "-f", output.name], keys].concat();
            let ended = scan(&folder, &all).output();
            let shown = format!("{}{}", ended.stdout, ended.stderr);
            for secret in secrets {
                assert!(!shown.contains(secret), "{secret} in {}", output.name);
            }
            assert!(shown.contains("create-key") && shown.contains("ann"), "{}", output.name);
        }
    }
}

#[test]
fn the_same_event_in_two_files_is_one_finding() {
    let event = record(1, "CreateAccessKey");
    let folder = project("hostile-again")
        .file("a.json", &event)
        .file("b.ndjson", format!("{event}\n{event}\n"));
    let (code, report) = report(&folder, &["a.json", "b.ndjson"]);
    assert_eq!(code, Some(1));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!((findings.len(), &findings[0]["count"]), (1, &json!(1)));
    assert_eq!(report["accounting"]["duplicates"], 2);
    assert_eq!(report["accounting"]["evaluated"], 3);
}

#[test]
fn values_are_compared_exactly_and_never_rounded() {
    let rule = |when: &str| {
        format!(
            "rule:\n  id: exact\n  title: t\n  category: abuse\n  severity: high\n  status: stable\n  on: event\n  description: d\n  remediation: r\n  when: |\n    {when}\n"
        )
    };
    let event = call(
        1,
        json!({
            "recipientAccountId": "000011112222",
            "requestParameters": {
                "big": 9_007_199_254_740_993u64, "yes": true, "said": "true", "zero": 0, "off": "0",
            },
        }),
    );
    for (when, code) in [
        ("event.params.big == 9007199254740993", 1),
        ("event.params.big == 9007199254740992", 0),
        ("event.params.big == \"9007199254740993\"", 0),
        ("event.params.yes == true", 1),
        ("event.params.yes == \"true\"", 0),
        ("event.params.said == \"true\"", 1),
        ("event.params.said == true", 0),
        ("event.params.zero == 0", 1),
        ("event.params.off == 0", 0),
        ("event.account == \"000011112222\"", 1),
        ("event.account == \"11112222\"", 0),
    ] {
        let folder = Folder::new("hostile-exact")
            .file("rules/exact.yaml", rule(when))
            .file("log.json", &event);
        let ended = scan(&folder, &["log.json"]).output();
        assert_eq!(ended.code, Some(code), "{when}: {ended}");
    }
}

/// More output than a pipe holds, so that the reader is gone before it is written.
#[test]
fn a_closed_pipe_does_not_cause_a_panic_in_any_format() {
    let events: Vec<String> = (0..400)
        .map(|id| {
            let user = format!("user-{id}");
            call(1, json!({ "eventID": user, "userIdentity": { "userName": user, "accessKeyId": user } }))
        })
        .collect();
    let folder = project("hostile-pipe").file("many.ndjson", events.join("\n"));
    for output in OUTPUTS {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let leaving = std::thread::spawn(move || {
            let mut first = [0; 100];
            std::io::Read::read_exact(&mut reader, &mut first).unwrap();
        });
        let arguments = ["many.ndjson", "--verbose", "-f", output.name];
        let ended = scan(&folder, &arguments).output_into(writer);
        leaving.join().unwrap();
        assert_eq!(ended.code, Some(1), "{}: {ended}", output.name);
        let expected = ended.stderr.to_lowercase();
        assert!(
            !expected.contains("panic") && !expected.contains("error"),
            "{}: {expected}",
            output.name
        );
    }
}

#[test]
fn two_runs_writing_one_file_leave_one_complete_report() {
    let folder = project("hostile-race");
    let path = folder.path("report.json");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let ended =
                    scan(&folder, &["bad.json", "-f", "json", "-o", "report.json"]).output();
                assert_eq!(ended.code, Some(1), "{ended}");
            });
        }
    });
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(whole["findings"].as_array().unwrap().len(), 1);
    assert!(!folder.names().iter().any(|name| name.ends_with(".tmp")), "{:?}", folder.names());
}

/// Whether this process ignores a signal, which its children would inherit.
#[cfg(target_os = "linux")]
fn ignored(signal: u32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal - 1) & 1 == 1
}

/// A shell reports 128 plus the number of the signal: 130 and 143.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_the_run_and_leaves_the_old_report() {
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Command, Stdio};
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        if ignored(number) {
            continue;
        }
        let folder = project("hostile-signal").file("report.json", "old");
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("keytrail"))
            .env_clear()
            .current_dir(folder.path(""))
            .args(["scan", "--no-builtin", "-r", "rules", "-", "-f", "json", "-o", "report.json"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // More than a pipe holds: once it is written, the program has started to read.
        let line = record(1, "CreateAccessKey") + "\n";
        stdin.write_all(line.repeat(200).as_bytes()).unwrap();
        let kill = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let ended = child.wait().unwrap();
        assert_eq!((ended.signal(), ended.code()), (Some(number as i32), None));
        drop(stdin);
        assert_eq!(folder.read("report.json"), "old");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn odd_file_names_are_inert_in_every_output() {
    let names = ["-rf.json", "a\n::error::pwned.json", "\u{1b}[2Jpwned.json", "50% #1 ä?.json"];
    let mut folder = project("hostile-file-names");
    for (id, name) in (1..).zip(names) {
        let user = format!("user-{id}");
        let event = call(
            id,
            json!({ "eventID": user, "userIdentity": { "userName": user, "accessKeyId": user } }),
        );
        folder = folder.file(&format!("logs/{name}"), event);
    }
    for (name, ended) in in_every_output(&folder, "logs") {
        assert_eq!(ended.code, Some(1), "{name}: {ended}");
        for line in ended.stdout.lines() {
            assert!(!line.chars().any(is_hostile), "{name}: {line:?}");
            assert!(is_no_command(name, line), "{name}: {line:?}");
        }
        if name == "sarif" {
            for uri in [
                "-rf.json",
                "a%0A%3A%3Aerror%3A%3Apwned.json",
                "%1B%5B2Jpwned.json",
                "50%25%20%231%20%C3%A4%3F.json",
            ] {
                assert!(
                    ended.stdout.contains(&format!("\"uri\":\"{uri}\"")),
                    "{uri}: {}",
                    ended.stdout
                );
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_an_error() {
    use std::os::unix::ffi::OsStrExt;
    let folder = project("hostile-argument");
    let arguments = [b"scan".as_slice(), b"caf\xe9.json"].map(std::ffi::OsStr::from_bytes);
    let ended = folder.keytrail(arguments).output();
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("invalid UTF-8"), "{ended}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_failed_report_leaves_the_old_one() {
    // Filling a small file system is beyond a test. A folder that accepts no new files fails before
    // anything is written.
    let folder = project("hostile-read-only").file("protected/report.json", "old");
    let protected = folder.path("protected");
    let mode = |mode: u32| {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&protected, permissions).unwrap();
    };
    mode(0o555);
    let writable = std::fs::write(protected.join("probe"), "").is_ok();
    if writable {
        mode(0o755);
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: this user may write everywhere");
        }
        return;
    }
    let ended = scan(&folder, &["bad.json", "-f", "json", "-o", "protected/report.json"]).output();
    mode(0o755);
    assert_eq!(ended.code, Some(2), "{ended}");
    assert!(ended.stderr.contains("cannot write protected/report.json"), "{ended}");
    assert_eq!(folder.read("protected/report.json"), "old");
    assert!(Path::new(&protected).join("report.json").exists());
}

#[test]
fn evidence_is_bounded_and_omitted_rows_are_counted() {
    let long = "x".repeat(8 << 10);
    let calls: Vec<String> = (0..250)
        .map(|id| {
            let (ip, id) = (format!("198.51.100.{id}"), format!("event-{id}"));
            let params = json!({ "note": long });
            call(1, json!({ "eventID": id, "sourceIPAddress": ip, "requestParameters": params }))
        })
        .collect();
    let folder = project("hostile-evidence").file("many.ndjson", calls.join("\n"));
    let (_, report) = report(&folder, &["many.ndjson"]);
    let finding = &report["findings"][0];
    let rows = finding["calls"].as_array().unwrap();
    assert_eq!((&finding["count"], rows.len()), (&json!(250), 200));
    let operations = json!([{ "name": "iam.CreateAccessKey", "count": 50 }]);
    assert_eq!(finding["others"], json!({ "rows": 50, "count": 50, "operations": operations }));
    let samples: Vec<&Value> =
        rows.iter().flat_map(|row| row["samples"].as_array().unwrap()).collect();
    assert!((40..=60).contains(&samples.len()), "{}", samples.len());
    for sample in samples {
        let text = sample["text"].as_str().unwrap();
        assert!(text.len() < 4200 && text.ends_with(" bytes more)"), "{}", text.len());
    }
}

#[test]
fn the_samples_of_all_findings_of_a_rule_are_bounded() {
    // Each of 505 callers makes two calls.
    let calls: Vec<String> = (0..1010)
        .map(|id| {
            let user = json!({ "accessKeyId": format!("AKIAEXAMPLE{:09}", id % 505) });
            call(1, json!({ "eventID": format!("event-{id}"), "userIdentity": user }))
        })
        .collect();
    let folder = project("hostile-samples").file("many.ndjson", calls.join("\n"));
    let (_, report) = report(&folder, &["many.ndjson"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 505);
    let samples = |finding: &Value| -> usize {
        let rows = finding["calls"].as_array().unwrap();
        rows.iter().map(|row| row["samples"].as_array().unwrap().len()).sum()
    };
    assert_eq!(findings.iter().map(samples).sum::<usize>(), 1000);
    assert!(findings.iter().all(|finding| !finding["sample"]["text"].as_str().unwrap().is_empty()));
    let notes = report["notes"].as_array().unwrap();
    let note = notes.iter().find(|note| note["id"] == "samples-limited").unwrap();
    assert!(note["text"].as_str().unwrap().starts_with("5 findings show only the first record"));
}

#[test]
fn skips_are_described_up_to_a_bound_and_all_are_counted() {
    let lines = (record(1, "ListUsers") + "\n").repeat(10) + &"{\"eventName\":\n".repeat(30);
    let folder = project("hostile-skips").file("broken.ndjson", lines);
    let (code, report) = report(&folder, &["broken.ndjson"]);
    assert_eq!(code, Some(3));
    assert_eq!(report["accounting"]["skipped"], 30);
    assert_eq!(report["files"][0]["skipped"], json!({ "syntax": 30 }));
    assert_eq!(report["files"][0]["skips"].as_array().unwrap().len(), 20);
}
