//! `query`: gates, the order of its result, and the places of its records.

use insta::assert_snapshot;

use crate::project::record;
use crate::run::{Ended, Folder};

const DENIED: (&str, &str) =
    (r#""responseElements":null"#, r#""errorCode":"AccessDenied","responseElements":null"#);

/// Two logs: three calls of one API, one of which was denied, and one of another.
fn folder(name: &str) -> Folder {
    let first = [record(1, "ListUsers"), record(4, "CreateUser")];
    let second = [record(3, "ListUsers").replace(DENIED.0, DENIED.1), record(2, "ListUsers")];
    Folder::new(name)
        .file("logs/a.json", first.join("\n") + "\n")
        .file("logs/b.json", format!("{{\"Records\":[{}]}}", second.join(",")))
}

fn query(folder: &Folder, arguments: &[&str]) -> Ended {
    let base = ["query", "--now", "2026-03-02T00:00:00Z"];
    folder.keytrail(base.iter().chain(arguments)).output()
}

/// The last line of standard output.
fn last(ended: &Ended) -> &str {
    ended.stdout.lines().last().unwrap_or_default()
}

#[test]
fn a_gate_fails_when_more_records_match_than_it_allows() {
    let folder = folder("query-gate");
    let users = "event.api == \"ListUsers\"";
    for (condition, flags, code, line) in [
        (users, &["--fail-if-any"][..], 1, "gate failed: 3 matches, and the gate allows none"),
        (users, &["--fail-over", "0"], 1, "gate failed: 3 matches, and the gate allows none"),
        (users, &["--fail-over", "2"], 1, "gate failed: 3 matches, more than --fail-over 2 allows"),
        (
            users,
            &["--fail-over", "3"],
            0,
            "gate passed: 3 matches, no more than --fail-over 3 allows",
        ),
        // Groups and limits change what is shown, not what is counted.
        (
            users,
            &["--fail-over", "2", "--count-by", "event.ok", "--top", "1"],
            1,
            "gate failed: 3 matches, more than --fail-over 2 allows",
        ),
        ("event.api == \"X\"", &["--fail-if-any"], 0, "gate passed: no match"),
    ] {
        let ended = query(&folder, &[&[condition, "logs"], flags].concat());
        assert_eq!((ended.code, last(&ended)), (Some(code), line), "{flags:?}");
        let ended = query(&folder, &[&[condition, "logs", "-f", "json"], flags].concat());
        let total: serde_json::Value = serde_json::from_str(last(&ended)).unwrap();
        assert_eq!(ended.code, Some(code), "{flags:?}");
        assert_eq!(total["total"]["gate"]["failed"], code == 1, "{flags:?}");
    }
    let ended = query(&folder, &[users, "logs", "-f", "json"]);
    assert!(!ended.stdout.contains("\"gate\""), "{ended}");
    let both = query(&folder, &[users, "logs", "--fail-if-any", "--fail-over", "2"]);
    assert_eq!(both.code, Some(2));
    assert!(both.stderr.contains("cannot be used with '--fail-over <N>'"), "{both}");
}

/// Unread records might match, so an incomplete result does not decide the gate.
#[test]
fn a_gate_over_an_incomplete_result_neither_passes_nor_fails() {
    let folder = folder("query-gate-incomplete").file("logs/c.json", "{\"eventVersion\":");
    let ended = query(&folder, &["event.api == \"X\"", "logs", "--fail-if-any"]);
    let line = "gate undecided: no match, but the result is incomplete";
    assert_eq!((ended.code, last(&ended)), (Some(3), line));
    let ended = query(&folder, &["event.ok == true", "logs", "--fail-if-any"]);
    let line = "gate failed: 3 matches, and the gate allows none";
    assert_eq!((ended.code, last(&ended)), (Some(3), line));
}

/// A reader that closes the pipe must not turn a failed gate into a passed one.
#[test]
fn a_gate_is_decided_even_if_the_output_is_closed() {
    let folder = folder("query-gate-pipe");
    for (flags, code) in [(&["--fail-if-any"][..], 1), (&[], 0)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let arguments = [&["query", "event.ok == true", "logs", "-f", "json"], flags].concat();
        let ended = folder.keytrail(arguments).output_into(writer);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(code), ""), "{flags:?}");
    }
}

#[test]
fn records_are_sorted_over_all_files_and_show_their_places() {
    let folder = folder("query-sort");
    let sort = |by: &[&str]| {
        let base = ["has(event.api)", "logs", "--fields", "event.time,event.api"];
        query(&folder, &[&base[..], by].concat())
    };
    assert_snapshot!(sort(&["--sort", "event.api,time:desc"]), @r"
    exit: 0
    ----- stdout
    event  time                  api         place
           2026-03-01T10:00:04Z  CreateUser  logs/a.json:2:1
           2026-03-01T10:00:03Z  ListUsers   logs/b.json:1:13
           2026-03-01T10:00:02Z  ListUsers   logs/b.json:1:643
           2026-03-01T10:00:01Z  ListUsers   logs/a.json:1:1

    matches   4 of 4 events, 3 ok, 1 failed, 2026-03-01 10:00:01 to 10:00:04 UTC
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.4 KiB
    ");
    assert_snapshot!(sort(&["--sort", "event.time:desc", "--limit", "1"]), @r"
    exit: 0
    ----- stdout
    event  time                  api         place
           2026-03-01T10:00:04Z  CreateUser  logs/a.json:2:1

    matches   4 of 4 events, 3 ok, 1 failed, 2026-03-01 10:00:01 to 10:00:04 UTC
              1 shown, 3 more (--limit 0 shows all)
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.4 KiB
    ");
    let ended = sort(&["--sort", "event.time", "-f", "json"]);
    let times: Vec<String> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter_map(|line| Some(line["event"]["time"].as_str()?.to_owned()))
        .collect();
    assert_eq!(times.len(), 4);
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_field_to_sort_by_is_always_shown() {
    let folder = folder("query-sort-shown");
    let ended = query(
        &folder,
        &["event.ok == false", "logs", "--fields", "event.api", "--sort", "event.id"],
    );
    assert!(ended.stdout.starts_with("event  id"), "{ended}");
}

#[test]
fn groups_are_sorted_by_any_of_their_columns() {
    let folder = folder("query-sort-groups");
    let groups = |by: &str| {
        let base = ["has(event.api)", "logs", "--count-by", "event.api, event.ok", "-f", "json"];
        let ended = query(&folder, &[&base[..], &["--sort", by]].concat());
        let lines = ended.stdout.lines().map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let group = line.get("group")?;
            Some(format!("{} {}", group["event.api"].as_str().unwrap(), group["event.ok"]))
        });
        lines.flatten().collect::<Vec<String>>().join(", ")
    };
    assert_eq!(groups("count:desc"), "ListUsers true, CreateUser true, ListUsers false");
    assert_eq!(groups("count,event.api"), "CreateUser true, ListUsers false, ListUsers true");
    assert_eq!(groups("failed:desc,last:desc"), "ListUsers false, CreateUser true, ListUsers true");
    assert_eq!(groups("event.ok,first"), "ListUsers false, ListUsers true, CreateUser true");
}

#[test]
fn an_unknown_column_to_sort_by_is_an_error() {
    let folder = folder("query-sort-unknown");
    let sort = |more: &[&str]| query(&folder, &[&["has(event.api)", "logs"], more].concat());
    for (arguments, message) in [
        (
            &["--sort", "event.tiem"][..],
            "--sort: events have no column `event.tiem` to sort by; did you mean `event.time`?",
        ),
        (&["--sort", "tiem"], "did you mean `time`?"),
        (&["--sort", "cred.user"], "events have no column `cred.user` to sort by"),
        (
            &["--sort", "cuont", "--count-by", "event.ip"],
            "--sort: groups have no column `cuont` to sort by; did you mean `count`?",
        ),
        (
            &["--sort", "zzz", "--count-by", "event.ip"],
            "the columns are count, ok, failed, first, last, event.ip",
        ),
        (&["--sort", "time:down"], "`down` is not a direction; write `:asc` or `:desc`"),
    ] {
        let ended = sort(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.stderr.contains(message), "{arguments:?}: {ended}");
    }
}

/// The keys of one user are sorted independently.
#[test]
fn keys_are_sorted_one_by_one() {
    let report = "user,arn,user_creation_time,password_enabled,mfa_active,access_key_1_active,\
                  access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated\n\
                  ann,arn:aws:iam::111122223333:user/ann,2025-01-01T00:00:00+00:00,true,false,true,\
                  2025-03-01T00:00:00+00:00,true,2025-01-01T00:00:00+00:00\n\
                  bob,arn:aws:iam::111122223333:user/bob,2025-01-01T00:00:00+00:00,true,false,true,\
                  2025-02-01T00:00:00+00:00,false,N/A\n";
    let folder = Folder::new("query-sort-keys").file("report.csv", report);
    let fields = ["--fields", "cred.user,key.slot,key.created"];
    let arguments = ["key.active == true", "report.csv", "--sort", "key.created"];
    let ended = query(&folder, &[&arguments[..], &fields].concat());
    let rows: Vec<&str> = ended.stdout.lines().take_while(|line| !line.is_empty()).collect();
    let keys: Vec<String> = rows
        .iter()
        .filter(|row| row.trim_start().starts_with("- "))
        .map(|row| row.split_whitespace().nth(2).unwrap().to_owned())
        .collect();
    let days = ["2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z", "2025-03-01T00:00:00Z"];
    assert_eq!(keys, days, "{ended}");
}

#[test]
fn inspect_opens_the_places_that_reports_and_queries_print() {
    let folder = folder("inspect-places").file("odd:7", record(5, "DeleteUser"));
    let inspect = |place: &str| folder.keytrail(["inspect", place]).output();
    for place in [
        "logs/b.json:1:643 (/Records/1)",
        "logs/b.json:1:643",
        "logs/b.json:1 (/Records/1)",
        "logs/b.json (/Records/1)",
        // Any place inside the record.
        "logs/b.json:1:800",
    ] {
        let ended = inspect(place);
        assert_eq!(ended.code, Some(0), "{place}: {ended}");
        let begin = "logs/b.json:1:643 (/Records/1)\nformat  cloudtrail\n";
        assert!(ended.stdout.starts_with(begin), "{place}: {ended}");
        assert_eq!(ended.stdout.matches("event.id ").count(), 1, "{place}: {ended}");
        assert!(ended.stdout.contains("event-2"), "{place}: {ended}");
    }
    let line = inspect("logs/a.json:2");
    assert!(line.stdout.contains("event-4") && !line.stdout.contains("event-1"), "{line}");
    assert!(inspect("odd:7:1:1 (/)").stdout.contains("event-5"));
    let whole = inspect("odd:7");
    assert!(whole.stdout.starts_with("odd:7\nformat    cloudtrail (aws)"), "{whole}");
    assert_snapshot!(inspect("logs/a.json:9:1"), @r"
    exit: 2
    ----- stderr
    error: there is no record at logs/a.json:9:1; the last one before it is logs/a.json:2:1
      = help: the file may have changed since the report was written; `keytrail inspect FILE` shows its records
    ");
    assert_snapshot!(inspect("logs/aa.json:2:1"), @"
    exit: 2
    ----- stderr
    error[KT6001]: there is no file or folder `logs/aa.json`
     |
     = help: did you mean `a.json`?
     = help: name a file, a folder, a quoted glob, or `-` for standard input
    error: 1 input names nothing; nothing was run
    ");
    let ended = inspect("logs:3");
    assert!(ended.stderr.contains("`logs` is a folder, which has no lines"), "{ended}");
    let stdin = folder.keytrail(["inspect", "stdin:1:1", "-f", "json"]).stdin(record(6, "X"));
    assert!(stdin.output().stdout.contains("\"id\":\"event-6\""));
    // Every place that a scan prints opens the record of the finding.
    let scan = folder.keytrail(["scan", "logs", "--exit-zero", "-v"]).output();
    let places: Vec<&str> =
        scan.stdout.lines().filter_map(|line| line.strip_prefix("  --> ")).collect();
    assert!(!places.is_empty(), "{scan}");
    for place in places {
        assert_eq!(inspect(place).code, Some(0), "{place}");
    }
}
