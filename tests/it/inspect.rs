//! `inspect`, and the user's declarations about inputs.

use insta::assert_snapshot;

use crate::project::record;
use crate::run::Folder;

/// A folder with files of several kinds.
fn folder(name: &str) -> Folder {
    let hostile = record(3, "DeleteUser")
        .replace(r#""userName":"ann""#, r#""userName":"eve\u001b[2J\u202e""#)
        .replace(r#"{"userName":"bob"}"#, r#"{"userName":"bob","password":"hunter2hunter2"}"#);
    let trail = [&record(1, "CreateAccessKey"), "{\"eventVersion\":", &hostile].join("\n");
    Folder::new(name)
        .file("logs/trail.json", trail + "\n")
        .file("logs/digest.json", include_bytes!("../data/cloudtrail/digest.json"))
        .file("logs/empty.json", "")
        .file("logs/notes.txt", "hello\n")
        .file("logs/package.json", r#"{"name":"x","\u001b[2J":{"a":1}}"#)
}

#[test]
fn the_detected_format_of_every_file_is_shown() {
    let folder = folder("inspect-kinds");
    let message = folder.keytrail(["inspect", "logs"]).output().to_string();
    let (before, tried) = message.split_once("(tried: ").unwrap();
    let (tried, after) = tried.split_once(')').unwrap();
    assert!(tried.split(", ").any(|format| format == "cloudtrail"), "{tried}");
    assert_snapshot!(format!("{before}(tried: …){after}"), @r"
    exit: 3
    ----- stdout
    logs/digest.json
    not read  no records: a CloudTrail digest, which contains no records
    stored    265 bytes, object

    logs/empty.json
    not read  no records: empty

    logs/notes.txt
    not read  not an input: neither JSON, nor lines of JSON, nor a table of a known format
    stored    6 bytes

    logs/package.json
    not read  of no known format: none of its records has a known format (tried: …); the first has the keys `name`, `\u{1b}[2J`
    stored    32 bytes, object

    logs/trail.json
    format    cloudtrail (aws): AWS CloudTrail records from S3, LookupEvents, EventBridge and CloudWatch Logs
    event  time                  user                  ak           source       method  operation                code  ok
           2026-03-01T10:00:01Z  ann                   AKIAEX…0001  203.0.113.7  api     aws:iam.CreateAccessKey  -     true
           2026-03-01T10:00:03Z  eve\u{1b}[2J\u{202e}  AKIAEX…0001  203.0.113.7  api     aws:iam.DeleteUser       -     true
    records   3 read, 2 records shown, 1 skipped
    stored    1.2 KiB, lines
    skipped   logs/trail.json:2 (byte 609): syntax: EOF while parsing a value at line 1 column 16
    ");
    // `scan` of the same files has the same exit code.
    let scan = folder.keytrail(["scan", "logs"]).output();
    assert_eq!(scan.code, Some(3));
    for line in [
        "formats   2 cloudtrail",
        "1 of no known format: logs/package.json",
        "2 without records: logs/digest.json, logs/empty.json",
        "1 not an input: logs/notes.txt",
    ] {
        assert!(scan.stdout.contains(line), "{line}\n{scan}");
    }
    let incomplete = "incomplete: logs/package.json is not read by any format: none of its records";
    assert!(scan.stdout.contains(incomplete), "{scan}");
    assert_eq!(folder.keytrail(["inspect", "nowhere"]).output().code, Some(2));
    assert_eq!(folder.keytrail(["inspect", "logs/digest.json"]).output().code, Some(3));
    let good = folder.file("good.json", record(1, "ListUsers"));
    assert_eq!(good.keytrail(["inspect", "good.json"]).output().code, Some(0));
}

#[test]
fn json_lines_contain_every_record_and_file() {
    let folder = folder("inspect-json");
    let fields = ["--fields", "event.user,event.ak,event.time,event.params,event.code"];
    let json = |more: &[&str]| {
        let base = ["inspect", "logs/trail.json", "--format", "json"];
        folder.keytrail(base.iter().chain(&fields).chain(more)).output()
    };
    assert_snapshot!(json(&[]), @r#"
    exit: 3
    ----- stdout
    {"input":"logs/trail.json","line":1,"byte":0,"pointer":"record 1","format":"cloudtrail","event":{"time":"2026-03-01T10:00:01Z","user":"ann","ak":"AKIAEX…0001","params":{"userName":"bob"}}}
    {"input":"logs/trail.json","line":2,"byte":609,"skipped":{"reason":"syntax","detail":"EOF while parsing a value at line 1 column 16"}}
    {"input":"logs/trail.json","line":3,"byte":626,"pointer":"record 3","format":"cloudtrail","event":{"time":"2026-03-01T10:00:03Z","user":"eve\u001b[2J\u202e","ak":"AKIAEX…0001","params":{"userName":"bob","password":"[redacted]"}}}
    {"input":"logs/trail.json","file":{"status":"read","reason":null,"format":"cloudtrail","provider":"aws","container":"lines","compression":null,"bytes":1273,"decompressed":1273,"columns":null,"account":null,"account_by":null,"zone":null,"zone_by":null,"time":null,"records":3,"shown":2,"skipped":{"syntax":1},"rows":{"event":2},"notes":[]}}
    "#);
    assert!(json(&["--show-keys"]).stdout.contains(r#""ak":"AKIAEXAMPLEKEY000001""#));
    assert!(json(&["--show-keys"]).stdout.contains("[redacted]"), "secrets are never shown");
    let all = folder.keytrail(["inspect", "logs/trail.json", "-f", "json"]).output().stdout;
    for line in all.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let keys = ["event", "cred", "skipped", "file"];
        assert_eq!(keys.iter().filter(|key| value.get(key).is_some()).count(), 1, "{line}");
        assert!(
            value.pointer("/event/raw").is_none(),
            "the record itself is shown only on request"
        );
    }
    let raw = folder.keytrail(["inspect", "logs", "-f", "json", "--fields", "event.raw"]).output();
    assert!(raw.stdout.contains(r#""raw":{"eventVersion":"1.08","#), "{raw}");
    assert!(!raw.stdout.contains("hunter2"), "{raw}");
    assert!(!raw.stdout.contains("AKIAEXAMPLEKEY000001"), "{raw}");
}

/// A limit hides records but still counts them, and changes nothing else.
#[test]
fn records_beyond_a_limit_are_counted() {
    let records: Vec<String> = (0..9).map(|id| record(id, "ListUsers")).collect();
    let text = records.join("\n") + "\n";
    let folder = Folder::new("inspect-limit").file("a.json", text.repeat(3)).file("b.json", &text);
    let shown = |arguments: &[&str]| {
        let ended = folder.keytrail(["inspect"].iter().chain(arguments)).output();
        assert_eq!(ended.code, Some(0), "{ended}");
        let counts = ended.stdout.lines().filter(|line| line.starts_with("records"));
        let rows = ended.stdout.matches("aws:iam.ListUsers").count();
        format!("{rows}: {}", counts.collect::<Vec<_>>().join("; "))
    };
    for (arguments, expected) in [
        (&["a.json"][..], "20: records   27 read, 20 records shown, 7 more (--limit 0 shows all)"),
        (
            &["a.json", "b.json"],
            "6: records   27 read, 3 records shown, 24 more (--limit 0 shows all); \
             records   9 read, 3 records shown, 6 more (--limit 0 shows all)",
        ),
        (&["b.json", "--limit", "0"], "9: records   9 read, 9 records shown"),
        (
            &["b.json", "--limit", "1"],
            "1: records   9 read, 1 record shown, 8 more (--limit 0 shows all)",
        ),
    ] {
        assert_eq!(shown(arguments), expected);
    }
}

#[test]
fn fields_can_be_selected_by_name_and_glob() {
    let folder = folder("inspect-fields");
    let inspect = |fields: &str| {
        folder.keytrail(["inspect", "logs/trail.json", "--limit", "1", "--fields", fields]).output()
    };
    let table = inspect("event.user*").stdout;
    assert!(table.contains("event  user  user_id               user_type\n"), "{table}");
    assert!(table.contains("       ann   AIDAEXAMPLEUSER00001  user\n"), "{table}");
    assert_snapshot!(inspect("ip"), @r"
    exit: 2
    ----- stderr
    error: invalid value 'ip' for '--fields <FIELDS>': no field matches `ip`; did you mean `event.ip`?

    For more information, try '--help'.
    ");
}

/// Flags take precedence over the environment, and the environment over the project file, in which
/// the first matching entry decides.
#[test]
fn hints_about_inputs_apply() {
    let folder = folder("inspect-hints").file(
        "keytrail.yaml",
        "inputs:\n  - { path: logs/t*.json, account: 000011112222, zone: \"+08:00\" }\n  - { path: \
         \"**/*.json\", account: \"2\" }\n  - { path: \"-\", account: \"3\" }\n  - { path: \
         reports/*.csv, columns: [user, mfa] }\n",
    );
    let message = |run: crate::run::Run| {
        let ended = run.output();
        let facts = ended.stdout.lines().filter(|line| {
            ["account", "zone", "columns"].iter().any(|label| line.starts_with(label))
        });
        format!("{}{}", facts.map(|line| format!("{line}\n")).collect::<String>(), ended.stderr)
    };
    assert_snapshot!(message(folder.keytrail(["inspect", "logs/trail.json"])), @r"
    account   000011112222 (by keytrail.yaml:2), where a record names none
    zone      +08:00 (by keytrail.yaml:2), where a time names none
    note: the entry of `inputs` at keytrail.yaml:4 names no input of this run: `-`
    note: the entry of `inputs` at keytrail.yaml:5 names no input of this run: `reports/*.csv`
    ");
    let stdin = |run: crate::run::Run| message(run.stdin(record(1, "ListUsers")));
    assert_snapshot!(stdin(folder.keytrail(["inspect", "-", "-q"])), @r"
    account   3 (by keytrail.yaml:4), where a record names none
    ");
    let flags = ["inspect", "-", "-q", "--account", "7", "--input-zone", "Asia/Shanghai"];
    assert_snapshot!(stdin(folder.keytrail(flags)), @r"
    account   7 (by --account), where a record names none
    zone      Asia/Shanghai (by --input-zone), where a time names none
    ");
    let variable = folder.keytrail(["inspect", "-", "-q"]).env("KEYTRAIL_ACCOUNT", "8");
    assert!(stdin(variable).contains("account   8 "));
    let without = folder.keytrail(["inspect", "-", "--no-config"]);
    assert_eq!(stdin(without), "");
    let scan = folder.keytrail(["scan", "logs/trail.json"]).output();
    let note = "note: the entry of `inputs` at keytrail.yaml:5 names no input of this run";
    assert!(scan.stdout.contains(note), "{scan}");
    for (flag, value, problem) in [
        ("--input-zone", "Asia/Shangai", "there is no such time zone"),
        ("--columns", "user,,mfa", "column 2 has no name"),
        ("--columns", "user,USER", "the column `USER` is named twice"),
        ("--account", " ", "expected an account id"),
    ] {
        let ended = folder.keytrail(["inspect", "-", flag, value]).output();
        assert_eq!(ended.code, Some(2), "{ended}");
        assert!(ended.stderr.contains(problem), "{ended}");
    }
}

/// A declared value applies only to records that lack it.
#[test]
fn data_in_a_record_takes_precedence_over_hints() {
    let silent = r#"{"userIdentity":{"type":"CAMUser","principalId":"100000000002","secretId":"AKIDEXAMPLEKEY00000000000000000000001","userName":"dev"},"eventTime":"2026-03-01 09:30:00","eventType":"ApiCall","eventName":"ListUsers","resourceType":"cam","eventSource":"cam.tencentcloudapi.com","eventRegion":"ap-guangzhou","requestID":"r-1","eventID":"e-1","errorCode":0,"sourceIPAddress":"203.0.113.9","apiErrorCode":0}"#;
    let speaking =
        silent.replace(r#""principalId""#, r#""accountId":"100000000001","principalId""#);
    let folder = Folder::new("inspect-own-word")
        .file("silent.json", silent)
        .file("speaking.json", speaking)
        .file("dated.json", record(1, "ListUsers"));
    let fields = ["--fields", "event.time,event.account", "-q"];
    let shown = |arguments: &[&str]| {
        let ended = folder.keytrail(["inspect"].iter().chain(arguments).chain(&fields)).output();
        let row = ended.stdout.lines().find(|line| line.starts_with("       ")).unwrap();
        row.trim().to_owned()
    };
    let message = ["--account", "42", "--input-zone", "UTC"];
    for (file, unsaid, with) in [
        ("silent.json", "2026-03-01T01:30:00Z  -", "2026-03-01T09:30:00Z  42"),
        (
            "speaking.json",
            "2026-03-01T01:30:00Z  100000000001",
            "2026-03-01T09:30:00Z  100000000001",
        ),
        ("dated.json", "2026-03-01T10:00:01Z  123456789012", "2026-03-01T10:00:01Z  123456789012"),
    ] {
        assert_eq!(shown(&[file]), unsaid, "{file}");
        assert_eq!(shown(&[&[file], &message[..]].concat()), with, "{file}");
    }
}

#[test]
fn a_format_mismatch_names_the_origin_of_the_hint() {
    let folder = folder("inspect-format")
        .file("keytrail.yaml", "inputs:\n  - { path: logs/package.json, format: cloudtrail }\n");
    let ended = folder.keytrail(["inspect", "logs/package.json"]).output();
    let reason = "of no known format: it is not cloudtrail, the format that keytrail.yaml:2 sets: \
                  none of its records";
    assert!(ended.stdout.contains(reason), "{ended}");
    let broken = folder.file("keytrail.yaml", "rule_paths: [nowhere]\n");
    let inspect = broken.keytrail(["inspect", "logs/trail.json"]).output();
    assert_eq!((inspect.code, inspect.stderr.as_str()), (Some(3), ""), "rules are not loaded");
}

/// A closed pipe ends the command without an error.
#[cfg(unix)]
#[test]
fn a_reader_that_stops_early_is_not_an_error() {
    let records: Vec<String> = (0..400).map(|id| record(id % 10, "ListUsers")).collect();
    let folder = Folder::new("inspect-pipe").file("long.json", records.join("\n"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = folder.keytrail(["inspect", "long.json", "-f", "json"]).output_into(writer);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_key_is_masked_as_the_actor() {
    // An old key id without a prefix, which only its field identifies.
    let event = r#"{"eventId":"e-1","eventVersion":1,"eventTime":"2026-01-02T03:04:05Z","eventName":"ListUsers","eventType":"ApiCall","serviceName":"Ram","eventSource":"ram.aliyuncs.com","acsRegion":"cn-hangzhou","requestId":"r-1","sourceIpAddress":"198.51.100.7","userAgent":"Aliyun-CLI/3.0","userIdentity":{"type":"ram-user","principalId":"200000000000000001","accountId":"100000000000000001","userName":"ann","accessKeyId":"a1b2c3d4e5f6g7h8"}}"#;
    let folder = Folder::new("inspect-actor").file("log.json", event);
    let fields = ["inspect", "log.json", "-f", "json", "--fields", "event.a*"];
    let run = folder.keytrail(fields).output();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains(r#""actor":"a1b2c3…g7h8""#), "{run}");
    assert!(!run.stdout.contains("a1b2c3d4e5f6g7h8"), "{run}");
    let run = folder.keytrail(fields.iter().chain(&["--show-keys"])).output();
    assert!(run.stdout.contains(r#""actor":"a1b2c3d4e5f6g7h8""#), "{run}");
}
