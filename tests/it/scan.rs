//! `keytrail scan` from the outside: exit codes, streams and files.

use insta::assert_snapshot;
use serde_json::Value;

use crate::key_case::gzip;
use crate::project::{project, record, scan};
use crate::run::Run;

/// The exit codes are part of the interface: extend this table, but never change its rows.
#[test]
fn exit_codes() {
    let folder = project("scan-exit-codes");
    for (arguments, expected) in [
        // Clean.
        ("good.json", 0),
        ("bad.json --fail-on critical", 0),
        ("bad.json --exit-zero", 0),
        ("empty.json --allow-empty", 0),
        ("broken.json --max-skipped 1 --exit-zero", 0),
        // Findings.
        ("bad.json", 1),
        ("good.json bad.json", 1),
        ("bad.json --fail-on low", 1),
        ("broken.json --max-skipped 1", 1),
        // Cannot run.
        ("", 2),
        ("no-such.json", 2),
        ("*.no-such", 2),
        ("bad.json --no-such-flag", 2),
        ("bad.json --fail-on hihg", 2),
        ("bad.json --format sarfi", 2),
        ("bad.json --format human --format human", 2),
        ("bad.json --format human:a --format human:./a", 2),
        ("bad.json --format human:a --output b", 2),
        ("bad.json --now yesterday", 2),
        ("bad.json --jobs 0", 2),
        ("bad.json --max-skipped -1", 2),
        ("bad.json -r no-such-rules", 2),
        ("bad.json -a no-such-allowlist.yaml", 2),
        ("bad.json -c no-such-config.yaml", 2),
        ("bad.json -o no-such-folder/report.txt", 2),
        ("bad.json no-such.json --exit-zero", 2),
        ("broken.json -o no-such-folder/report.txt", 2),
        // Incomplete, even with findings and with `--exit-zero`.
        ("broken.json", 3),
        ("broken.json good.json", 3),
        ("broken.json --exit-zero", 3),
        ("empty.json", 3),
    ] {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        let ended = scan(&folder, &arguments).output();
        assert_eq!(ended.code, Some(expected), "{arguments:?}\n{ended}");
    }
}

#[test]
fn flags_override_the_environment_and_it_overrides_the_project_file() {
    let folder = project("scan-precedence").file("keytrail.yaml", "fail_on: critical\n");
    let code = |run: Run| run.output().code;
    assert_eq!(code(scan(&folder, &["bad.json"])), Some(0));
    assert_eq!(code(scan(&folder, &["bad.json"]).env("KEYTRAIL_FAIL_ON", "low")), Some(1));
    assert_eq!(code(scan(&folder, &["bad.json"]).env("KEYTRAIL_FAIL_ON", "")), Some(0));
    let flag = scan(&folder, &["bad.json", "--fail-on", "critical"]);
    assert_eq!(code(flag.env("KEYTRAIL_FAIL_ON", "low")), Some(0));
    let env = scan(&folder, &["bad.json", "--fail-on", "low"]);
    assert_eq!(code(env.env("KEYTRAIL_EXIT_ZERO", "true")), Some(0));
    let env = scan(&folder, &["bad.json", "--fail-on", "low"]);
    assert_eq!(code(env.env("KEYTRAIL_EXIT_ZERO", "false")), Some(1));
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let folder = project("scan-stdin");
    assert_eq!(scan(&folder, &["-"]).stdin(record(1, "CreateAccessKey")).output().code, Some(1));
    assert_eq!(scan(&folder, &["-"]).stdin(record(1, "ListAccessKeys")).output().code, Some(0));
    assert_eq!(scan(&folder, &["-"]).stdin("").output().code, Some(3));
}

/// Records of plain files are read again at their offsets, those of compressed files and of standard
/// input are retained. The finding shows the same.
#[test]
fn a_finding_shows_the_same_records_however_they_are_stored() {
    let envelope = |id| format!(r#"{{"message":{}}}"#, Value::from(record(id, "CreateAccessKey")));
    let first = record(1, "CreateAccessKey");
    let lines = format!("{first}\n  {}\n{}\n", envelope(2), record(3, "ListAccessKeys"));
    let array = format!("[ {},\n{}]", record(1, "CreateAccessKey"), record(2, "CreateAccessKey"));
    let plain = project("scan-read-again").file("log.ndjson", &lines).file("array.json", &array);
    let stored =
        project("scan-retained").file("log.ndjson", gzip(&lines)).file("array.json", gzip(&array));
    let report = |run: Run| -> Value { serde_json::from_str(&run.output().stdout).unwrap() };
    for file in ["log.ndjson", "array.json"] {
        let read_again = report(scan(&plain, &[file, "-f", "json"]));
        let retained = report(scan(&stored, &[file, "-f", "json"]));
        assert_eq!(read_again["findings"], retained["findings"]);
        let calls = &read_again["findings"][0]["calls"][0];
        assert_eq!(calls["samples"].as_array().unwrap().len(), 2, "{calls}");
        assert!(calls["samples"][1]["text"].as_str().unwrap().contains("\"event-2\""), "{calls}");
        assert_eq!(read_again["findings"][0]["message"], "ann created a key");
    }
    let piped = report(scan(&plain, &["-", "-f", "json"]).stdin(lines));
    let file = report(scan(&plain, &["log.ndjson", "-f", "json"]));
    let texts = |report: &Value| report["findings"][0]["calls"][0]["samples"][1]["text"].clone();
    assert_eq!(texts(&piped), texts(&file));
}

/// A record of a compressed file and a copy of it in a plain one are one match. It is shown where the
/// inputs have it first.
#[test]
fn a_copy_of_a_record_is_shown_at_the_first_place() {
    let record = record(1, "CreateAccessKey");
    let place = |name: &str, first: Vec<u8>, second: Vec<u8>| {
        let folder = project(name).file("a.json", first).file("b.json", second);
        let ended = scan(&folder, &["a.json", "b.json", "-f", "json"]).output();
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        let finding = &report["findings"][0];
        assert_eq!(
            (&finding["count"], &report["accounting"]["duplicates"]),
            (&1.into(), &1.into())
        );
        let sample = &finding["calls"][0]["samples"][0];
        assert!(sample["text"].as_str().unwrap().contains("CreateAccessKey"));
        assert_eq!(sample["location"], finding["sample"]["location"]);
        sample["location"]["path"].clone()
    };
    let plain = || record.clone().into_bytes();
    assert_eq!(place("scan-copy-plain-first", plain(), gzip(&record)), "a.json");
    assert_eq!(place("scan-copy-plain-last", gzip(&record), plain()), "a.json");
}

/// No digest is computed unless it is requested, and SARIF says so.
#[test]
fn digests_of_inputs_are_computed_on_request() {
    let folder = project("scan-digests");
    let report = |arguments: &[&str]| -> Value {
        serde_json::from_str(&scan(&folder, arguments).output().stdout).unwrap()
    };
    let run = |sarif: &Value, pointer: &str| sarif["runs"][0].pointer(pointer).cloned();
    let without = report(&["bad.json", "-f", "sarif"]);
    let expected = "not computed; `--digests` computes them";
    assert_eq!(run(&without, "/properties/inputDigests"), Some(expected.into()));
    assert_eq!(run(&without, "/artifacts/0/hashes/sha-256"), None);
    let with = report(&["bad.json", "-f", "sarif", "--digests"]);
    assert_eq!(run(&with, "/properties/inputDigests"), Some("sha-256".into()));
    let digest = run(&with, "/artifacts/0/hashes/sha-256").unwrap();
    assert_eq!(digest.as_str().unwrap().len(), 64);
    assert_eq!(report(&["bad.json", "-f", "json"])["files"][0]["sha256"], Value::Null);
    assert_eq!(report(&["bad.json", "-f", "json", "--digests"])["files"][0]["sha256"], digest);
}

#[test]
fn problems_that_cost_no_record_are_noted_with_their_file() {
    let row = |inner: &str| {
        format!(
            r#"{{"EventId":"{inner}","EventName":"ListUsers","EventTime":"2026-03-01T00:00:00Z","EventSource":"iam.amazonaws.com","CloudTrailEvent":"{{{inner}"}}"#
        )
    };
    let response = format!(r#"{{"Events":[{},{}]}}"#, row("one"), row("two"));
    let folder = project("scan-notes").file("lookup.json", response);
    let report = scan(&folder, &["lookup.json", "-f", "json"]).output();
    assert_eq!(report.code, Some(0));
    let note = "CloudTrailEvent is not JSON: the fields around it were read; records: 2";
    assert!(report.stdout.contains(note), "{}", report.stdout);
}

#[test]
fn sarif_describes_each_kind_of_notification() {
    let folder = project("scan-notifications");
    let sarif = folder.keytrail(["scan", "good.json", "-f", "sarif"]).output().stdout;
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let kinds = sarif["runs"][0]["tool"]["driver"]["notifications"].as_array().unwrap().clone();
    let ids: Vec<&str> = kinds.iter().filter_map(|kind| kind["id"].as_str()).collect();
    assert!(ids.contains(&"short-log") && ids.contains(&"rules-without-input"), "{ids:?}");
    for kind in &kinds {
        let text = kind["shortDescription"]["text"].as_str().unwrap();
        let words = text.split(' ').count();
        assert!(words > 4, "{}: {text}", kind["id"]);
    }
}

#[test]
fn an_allowlist_changes_the_verdict_until_it_expires() {
    let allow = r#"
entries:
  - id: rotation
    rules: [create-key]
    match: { ak: [AKIAEXAMPLEKEY000001], api: ["aws:iam.CreateAccessKey"] }
    reason: Keys are rotated by hand.
    owner: platform
    expires: 2026-06-30
"#;
    let folder = project("scan-allowlist").file("allow.yaml", allow);
    let at = |now: &str| {
        let allow = ["bad.json", "-a", "allow.yaml", "--now", now];
        folder.keytrail(["scan", "--no-builtin", "-r", "rules"].iter().chain(&allow)).output()
    };
    assert_eq!(at("2026-06-30T23:59:59Z").code, Some(0));
    assert_eq!(at("2026-07-01T00:00:00Z").code, Some(1));
    let stdout = at("2026-06-30T23:59:59Z").stdout;
    assert!(stdout.contains("rotation"), "the ledger names the entry: {stdout}");
}

#[test]
fn keys_are_masked_unless_requested() {
    let folder = project("scan-keys");
    let shown = |arguments: &[&str]| {
        scan(&folder, arguments).output().stdout.contains("AKIAEXAMPLEKEY000001")
    };
    for format in keytrail::output::OUTPUTS {
        assert!(!shown(&["bad.json", "-f", format.name]), "{}", format.name);
    }
    assert!(shown(&["bad.json", "--show-keys"]));
}

#[test]
fn several_reports_come_from_one_run() {
    let folder = project("scan-several");
    let ended = scan(&folder, &["bad.json", "-f", "human", "-f", "json:a.json", "-f", "sarif:b"]);
    let ended = ended.output();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert_eq!(ended.stdout, scan(&folder, &["bad.json"]).output().stdout);
    let json = scan(&folder, &["bad.json", "-f", "json"]).output();
    assert_eq!(folder.read("a.json"), json.stdout);
    assert_snapshot!(json.stderr, @"failed: 1 finding at or above high; reported to standard output");
    assert_eq!(folder.read("b"), scan(&folder, &["bad.json", "-f", "sarif", "-q"]).output().stdout);
}

/// A machine-readable report does not show on a terminal why the run failed, so the program prints
/// it.
#[test]
fn reasons_go_to_stderr_if_no_report_for_people_is_written() {
    let folder = project("scan-reasons");
    let ended = scan(&folder, &["broken.json", "-f", "json:report.json"]).output();
    assert_snapshot!(ended, @r"
    exit: 3
    ----- stderr
    incomplete: 1 record was not evaluated (1 syntax); --max-skipped is 0
    incomplete, with 1 finding at or above high; reported to report.json
    ");
    assert_eq!(scan(&folder, &["broken.json", "-f", "json:r.json", "-q"]).output().stderr, "");
}

#[test]
fn names_that_look_like_flags_are_files_after_two_dashes() {
    let folder = project("scan-dashes").file("-rf.json", record(1, "CreateAccessKey"));
    assert_eq!(scan(&folder, &["--", "-rf.json"]).output().code, Some(1));
    assert_eq!(scan(&folder, &["-rf.json"]).output().code, Some(2));
}

#[test]
fn a_report_replaces_its_file_atomically() {
    let folder = project("scan-output");
    let ended = scan(&folder, &["bad.json", "-o", "report.txt"]).output();
    assert_snapshot!(ended, @r"
    exit: 1
    ----- stderr
    failed: 1 finding at or above high; reported to report.txt
    ");
    let printed = scan(&folder, &["bad.json"]).output();
    assert_eq!(folder.read("report.txt"), printed.stdout);
    assert_eq!(
        folder.names(),
        ["bad.json", "broken.json", "empty.json", "good.json", "report.txt", "rules"]
    );
}

#[test]
fn a_report_is_never_written_over_an_input() {
    let folder = project("scan-over-input");
    let before = folder.read("bad.json");
    assert_snapshot!(scan(&folder, &["bad.json", "-f", "human:./bad.json"]).output(), @r"
    exit: 2
    ----- stderr
    error: a report would be written over the input bad.json
    ");
    assert_snapshot!(scan(&folder, &[".", "-f", "human:bad.json"]).output(), @r"
    exit: 2
    ----- stderr
    error: a report would be written over the input ./bad.json
    ");
    assert_eq!(folder.read("bad.json"), before);
}

#[test]
fn human_text_is_rejected_for_a_file_of_another_format() {
    let folder = project("scan-disguise");
    assert_snapshot!(scan(&folder, &["bad.json", "-o", "report.json"]).output(), @r"
    exit: 2
    ----- stderr
    error: report.json would contain text for people, not json
      = help: add --format json
    ");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_left_unchanged() {
    let folder = project("scan-places").file("target.txt", "old");
    std::os::unix::fs::symlink("target.txt", folder.path("link.txt")).unwrap();
    let message = |place: &str| scan(&folder, &["bad.json", "-o", place]).output().to_string();
    assert_snapshot!(message("link.txt"), @r"
    exit: 2
    ----- stderr
    error: cannot write link.txt: it is a symbolic link
      = help: name the file it points to
    ");
    assert_eq!(folder.read("target.txt"), "old");
    assert_snapshot!(message("rules"), @r"
    exit: 2
    ----- stderr
    error: cannot write rules: it is a folder
    ");
    assert_snapshot!(message("nowhere/report.txt"), @r"
    exit: 2
    ----- stderr
    error: cannot write nowhere/report.txt: its folder nowhere cannot be used: No such file or directory (os error 2)
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    let folder = project("scan-full");
    assert_snapshot!(scan(&folder, &["bad.json", "-o", "/dev/full"]).output(), @r"
    exit: 2
    ----- stderr
    error: cannot write /dev/full: No space left on device (os error 28)
    ");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_snapshot!(scan(&folder, &["bad.json"]).output_into(full), @r"
    exit: 2
    ----- stderr
    error: cannot write to standard output: No space left on device (os error 28)
    ");
}

#[test]
fn a_closed_pipe_does_not_change_the_verdict() {
    let folder = project("scan-broken-pipe");
    for (input, code) in [("bad.json", 1), ("good.json", 0), ("broken.json", 3)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = scan(&folder, &[input]).output_into(writer);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(code), ""));
    }
}

#[test]
fn colours_are_used_only_where_requested() {
    let folder = project("scan-colours");
    let colored = |run: Run| run.output().stdout.contains('\u{1b}');
    let always = || scan(&folder, &["bad.json", "--color", "always"]);
    let auto = || scan(&folder, &["bad.json"]);
    assert!(!colored(auto()), "it is not a terminal");
    assert!(colored(always()));
    assert!(colored(always().env("NO_COLOR", "1")), "a flag overrides the environment");
    assert!(colored(auto().env("CLICOLOR_FORCE", "1")));
    assert!(!colored(auto().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")));
    assert!(!colored(auto().env("KEYTRAIL_COLOR", "never").env("CLICOLOR_FORCE", "1")));
}

/// The output contains nothing of the machine.
#[test]
fn the_output_does_not_depend_on_the_machine() {
    let folder = project("scan-machine");
    let plain = scan(&folder, &["bad.json", "broken.json"]).output();
    let hostile = scan(&folder, &["bad.json", "broken.json", "--jobs", "7"])
        .env("TZ", "Asia/Kathmandu")
        .env("LANG", "tr_TR.UTF-8")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TERM", "dumb")
        .env("COLUMNS", "20")
        .env("HOME", "/nonexistent");
    assert_eq!(plain.to_string(), hostile.output().to_string());
}
