//! `query`: records that match a condition, listed or counted.

use insta::assert_snapshot;
use keytrail::config::{LoadOptions, Policy};
use keytrail::finding::Redactor;
use keytrail::input::InputSet;
use keytrail::inspect::{QueryResult, Selection, select};
use keytrail::output::TableStyle;
use keytrail::output::query::{Manner, human};
use keytrail::output::records::Lines;
use keytrail::query::{Limits, QuerySource};
use keytrail::record::FieldSet;
use keytrail::source::{Fragment, Sources};
use keytrail::value::{Period, Time};

use crate::project::record;
use crate::run::{Ended, Folder};

/// A call of a user, with parts of its text replaced.
fn call(second: u32, api: &str, replaced: &[(&str, &str)]) -> String {
    let mut text = record(second, api);
    for (from, to) in replaced {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

const DENIED: (&str, &str) =
    (r#""responseElements":null"#, r#""errorCode":"AccessDenied","responseElements":null"#);
const ELSEWHERE: (&str, &str) = ("203.0.113.7", "198.51.100.9");
const SECRET: (&str, &str) = (
    r#"{"userName":"bob"}"#,
    r#"{"userName":"bob","password":"hunter2hunter2","accessKeyId":"AKIAEXAMPLEKEY000002","token":4711}"#,
);

/// Two logs of four calls, and a file that is not a log.
pub(crate) fn folder(name: &str) -> Folder {
    let first = [call(1, "CreateAccessKey", &[SECRET]), call(2, "ListUsers", &[DENIED])];
    let second = [call(3, "ListUsers", &[ELSEWHERE]), call(4, "ListUsers", &[ELSEWHERE, DENIED])];
    Folder::new(name)
        .file("logs/a.json", first.join("\n") + "\n")
        .file("logs/b.json", second.join("\n") + "\n")
        .file("logs/notes.txt", "hello\n")
}

pub(crate) fn query(folder: &Folder, arguments: &[&str]) -> Ended {
    let base = ["query", "--now", "2026-03-02T00:00:00Z"];
    folder.keytrail(base.iter().chain(arguments)).output()
}

#[test]
fn matching_records_form_one_table() {
    let folder = folder("query-table");
    assert_snapshot!(query(&folder, &["event.agent.contains(\"cli\") && event.ok == true", "logs"]), @r"
    exit: 0
    ----- stdout
    event  time                  user  ak           source        method  operation                code  ok    agent
    logs/a.json
           2026-03-01T10:00:01Z  ann   AKIAEX…0001  203.0.113.7   api     aws:iam.CreateAccessKey  -     true  aws-cli/2.15
    logs/b.json
           2026-03-01T10:00:03Z  ann   AKIAEX…0001  198.51.100.9  api     aws:iam.ListUsers        -     true  aws-cli/2.15

    matches   2 of 4 events, 2 ok, 0 failed, 2026-03-01 10:00:01 to 10:00:03 UTC
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.5 KiB
              1 not an input: logs/notes.txt
    ");
    assert_snapshot!(query(&folder, &["event.ok == false", "logs", "--limit", "1", "--fields", "event.t*,event.code"]), @r"
    exit: 0
    ----- stdout
    event  time                  code          target_user
    logs/a.json
           2026-03-01T10:00:02Z  AccessDenied  bob

    matches   2 of 4 events, 0 ok, 2 failed, 2026-03-01 10:00:02 to 10:00:04 UTC
              1 shown, 1 more (--limit 0 shows all)
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.5 KiB
              1 not an input: logs/notes.txt
    ");
    assert_snapshot!(query(&folder, &["event.api == \"DeleteUser\"", "logs"]), @r"
    exit: 0
    ----- stdout
    matches   0 of 4 events
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.5 KiB
              1 not an input: logs/notes.txt
    ");
    let shown = [
        "event.name == \"iam.CreateAccessKey\"",
        "logs",
        "-f",
        "json",
        "--fields",
        "event.ak,event.params",
    ];
    assert_snapshot!(query(&folder, &shown), @r#"
    exit: 0
    ----- stdout
    {"input":"logs/a.json","line":1,"byte":0,"pointer":"record 1","format":"cloudtrail","event":{"ak":"AKIAEX…0001","params":{"userName":"bob","password":"[redacted]","accessKeyId":"AKIAEX…0002","token":"[redacted]"}}}
    {"input":"logs/a.json","file":{"status":"read","reason":null,"format":"cloudtrail","provider":"aws","container":"lines","compression":null,"bytes":1317,"decompressed":1317,"columns":null,"account":null,"account_by":null,"zone":null,"zone_by":null,"time":null,"records":2,"matched":1,"shown":1,"skipped":{},"rows":{"event":2},"notes":[]}}
    {"input":"logs/notes.txt","file":{"status":"not-an-input","reason":"neither JSON, nor lines of JSON, nor a table of a known format","format":null,"provider":null,"container":"","compression":null,"bytes":6,"decompressed":6,"columns":null,"account":null,"account_by":null,"zone":null,"zone_by":null,"time":null,"records":0,"shown":0,"skipped":{},"rows":{},"notes":[]}}
    {"total":{"on":"event","since":null,"until":null,"matches":{"count":1,"ok":1,"failed":0,"first":"2026-03-01T10:00:01Z","last":"2026-03-01T10:00:01Z"},"shown":1,"unplaced":0,"rows":{"event":4},"records":4,"skipped":{},"failed_evaluations":0,"files":{"not an input":1,"read":2},"bytes":2558,"blind":{},"missing":{},"notes":{},"incomplete":[]}}
    "#);
}

#[test]
fn groups_are_sorted_by_count() {
    let folder = folder("query-groups");
    let by = ["true", "logs", "--count-by", "event.ip, event.name"];
    assert_snapshot!(query(&folder, &by), @r"
    exit: 0
    ----- stdout
    count  ok  failed  first                 last                  event.ip      event.name
        2   1       1  2026-03-01T10:00:03Z  2026-03-01T10:00:04Z  198.51.100.9  iam.ListUsers
        1   1       0  2026-03-01T10:00:01Z  2026-03-01T10:00:01Z  203.0.113.7   iam.CreateAccessKey
        1   0       1  2026-03-01T10:00:02Z  2026-03-01T10:00:02Z  203.0.113.7   iam.ListUsers

    matches   4 of 4 events, 2 ok, 2 failed, 2026-03-01 10:00:01 to 10:00:04 UTC
    groups    3
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.5 KiB
              1 not an input: logs/notes.txt
    ");
    assert_snapshot!(query(&folder, &[&by[..], &["--top", "1"]].concat()), @r"
    exit: 0
    ----- stdout
    count  ok  failed  first                 last                  event.ip      event.name
        2   1       1  2026-03-01T10:00:03Z  2026-03-01T10:00:04Z  198.51.100.9  iam.ListUsers
        2   1       1  2026-03-01T10:00:01Z  2026-03-01T10:00:02Z  … 2 more groups (--top 0 shows all)

    matches   4 of 4 events, 2 ok, 2 failed, 2026-03-01 10:00:01 to 10:00:04 UTC
    groups    3
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.5 KiB
              1 not an input: logs/notes.txt
    ");
    assert_snapshot!(query(&folder, &[&by[..], &["--top", "1", "-f", "json"]].concat()), @r#"
    exit: 0
    ----- stdout
    {"input":"logs/notes.txt","file":{"status":"not-an-input","reason":"neither JSON, nor lines of JSON, nor a table of a known format","format":null,"provider":null,"container":"","compression":null,"bytes":6,"decompressed":6,"columns":null,"account":null,"account_by":null,"zone":null,"zone_by":null,"time":null,"records":0,"shown":0,"skipped":{},"rows":{},"notes":[]}}
    {"group":{"event.ip":"198.51.100.9","event.name":"iam.ListUsers"},"count":2,"ok":1,"failed":1,"first":"2026-03-01T10:00:03Z","last":"2026-03-01T10:00:04Z"}
    {"total":{"on":"event","count_by":["event.ip","event.name"],"since":null,"until":null,"matches":{"count":4,"ok":2,"failed":2,"first":"2026-03-01T10:00:01Z","last":"2026-03-01T10:00:04Z"},"shown":1,"groups":3,"unplaced":0,"rows":{"event":4},"records":4,"skipped":{},"failed_evaluations":0,"files":{"not an input":1,"read":2},"bytes":2558,"blind":{},"missing":{},"notes":{},"incomplete":[]}}
    "#);
}

/// The output is the same for every order of the file arguments.
#[test]
fn the_order_of_the_arguments_changes_nothing() {
    let folder = folder("query-order");
    for more in [&["--count-by", "event.ip"][..], &["-f", "json"], &[]] {
        let message = |files: [&str; 2]| {
            query(&folder, &[&["has(event.ip)"], &files[..], more].concat()).to_string()
        };
        assert_eq!(
            message(["logs/a.json", "logs/b.json"]),
            message(["logs/b.json", "logs/a.json"])
        );
    }
}

/// The totals in the last lines.
pub(crate) fn matches(ended: &Ended) -> &str {
    let line = ended.stdout.lines().find_map(|line| line.strip_prefix("matches   "));
    line.unwrap_or_default().split(',').next().unwrap()
}

#[test]
fn a_period_is_half_open_and_records_without_a_time_are_counted() {
    let timeless =
        call(5, "ListUsers", &[("\"eventTime\":\"2026-03-01T10:00:05Z\"", "\"eventTime\":null")]);
    let folder = folder("query-period").file("logs/c.json", timeless);
    for (bounds, expected) in [
        (&[][..], "5 of 5 events"),
        (&["--since", "2026-03-01T10:00:02Z"], "3 of 5 events"),
        (&["--until", "2026-03-01T10:00:02Z"], "1 of 5 events"),
        (&["--since", "2026-03-01T10:00:02Z", "--until", "2026-03-01T10:00:04Z"], "2 of 5 events"),
        (&["--since", "2026-03-01"], "4 of 5 events"),
        (&["--since", "2026-03-02"], "0 of 5 events"),
        (&["--since", "14h"], "4 of 5 events"),
        (&["--since", "13h"], "0 of 5 events"),
        (&["--since", "1d", "--until", "13h59m57s"], "2 of 5 events"),
    ] {
        let ended = query(&folder, &[&["true", "logs", "--on", "event"], bounds].concat());
        assert_eq!(matches(&ended), expected, "{bounds:?}\n{ended}");
        let unplaced = ended.stdout.contains("; 1 event without a time left out\n");
        assert_eq!(unplaced, !bounds.is_empty(), "{ended}");
        assert_eq!(ended.code, Some(3), "its time is a gap\n{ended}");
    }
    let zone = folder.file("keytrail.yaml", "zone: \"+14:00\"\n");
    let local = ["true", "logs", "--on", "event", "--since", "2026-03-02"];
    assert_eq!(
        matches(&query(&zone, &local)),
        "4 of 5 events",
        "a day is in the zone of the project"
    );
    let wrong = query(&zone, &["true", "logs", "--on", "event", "--since", "1d", "--until", "2d"]);
    assert_snapshot!(wrong, @r"
    exit: 2
    ----- stderr
    error: the time range from 2026-03-01T00:00:00Z to 2026-02-28T00:00:00Z is empty
      = help: --since must be earlier than --until
    ");
    assert_eq!(query(&zone, &["true", "logs", "--since", "soon"]).code, Some(2));
}

#[test]
fn the_exit_code_states_whether_the_result_is_complete() {
    let folder = folder("query-exit")
        .file("broken.json", record(1, "ListUsers") + "\n{\"eventVersion\":\n")
        .file("empty.json", "")
        .file("other.json", r#"{"name":"x"}"#);
    let overflow = "event.api.len() * 9223372036854775807 > 0";
    for (arguments, code, message) in [
        (&["event.ok == true", "logs"][..], 0, ""),
        (&["event.api == \"Nothing\"", "logs"], 0, "matches   0 of 4 events"),
        (&["event.ok == true", "broken.json"], 3, "incomplete: 1 record could not be read"),
        (&["event.ok == true", "empty.json"], 3, "incomplete: no record was found in any input"),
        (&["event.ok == true", "other.json"], 3, "other.json is not read by any format: "),
        (
            &["key.active == true", "logs"],
            3,
            "incomplete: the query reads keys, but the inputs contain none",
        ),
        (&["event.mfa == true", "logs"], 0, ""),
        (&[overflow, "logs"], 3, "incomplete: an expression failed on 4 events"),
        (
            &["event.cred.mfa == false", "logs"],
            3,
            "incomplete: the query reads `event.cred`, `event.key` or rows of reports, but no",
        ),
        (&["event.ok", "logs"], 2, "help: "),
        (&["true", "logs"], 2, "error[KT9001]"),
        (&["event.ok == true", "nowhere"], 2, "nothing was run"),
        (
            &["event.ok == true", "logs", "--fields", "key.id"],
            2,
            "--fields names no field of the events",
        ),
        (&["event.ok == true", "logs", "--count-by", "event.ip,event.ip"], 2, "are the same"),
        (&["event.ok == true"], 2, "<INPUT>..."),
        (&[], 2, "<EXPR> <INPUT>..."),
    ] {
        let ended = query(&folder, arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}\n{ended}");
        assert!(ended.to_string().contains(message), "{arguments:?}\n{ended}");
    }
    let failed = query(&folder, &[overflow, "logs"]).stdout;
    assert!(failed.contains(" at <query>:1:1, on the record at logs/a.json:1\n"), "{failed}");
}

/// Secrets are never shown; keys are shown on request.
#[test]
fn groups_are_redacted_and_masked() {
    let folder = folder("query-redacted");
    let by = |expr: &str, more: &[&str]| {
        let ended = query(
            &folder,
            &[&["event.api == \"CreateAccessKey\"", "logs", "--count-by", expr], more].concat(),
        );
        assert_eq!(ended.code, Some(0), "{ended}");
        for secret in ["hunter2", "4711"] {
            assert!(!ended.stdout.contains(secret), "{expr}\n{ended}");
        }
        if more.is_empty() {
            for key in ["AKIAEXAMPLEKEY000001", "AKIAEXAMPLEKEY000002", "akiaexamplekey"] {
                assert!(!ended.stdout.contains(key), "{expr}\n{ended}");
            }
        }
        let row = ended.stdout.lines().nth(1).unwrap_or_default();
        row.rsplit("Z  ").next().unwrap_or_default().to_owned()
    };
    for (expr, shown) in [
        ("event.ak", "AKIAEX…0001"),
        ("event.actor", "AKIAEX…0001"),
        ("event.ak.to_lower()", "akiaex…0001"),
        ("`${event.ak} of ${event.user}`", "AKIAEX…0001 of ann"),
        ("event.params.password", "[redacted]"),
        ("str(event.params.password).len()", "[redacted]"),
        ("\"x\" + str(event.params.password)", "[redacted]"),
        ("event.params.token", "[redacted]"),
        ("event.params.accessKeyId", "AKIAEX…0002"),
        ("event.raw.requestParameters.password", "[redacted]"),
        ("event.params?.userName", "bob"),
        ("event.params", "{\"userName\":\"bob\",\"pa"),
        ("event.raw", ""),
        ("[event.ak, event.user]", ""),
        ("event.code", "-"),
        ("has(event.ak)", "true"),
    ] {
        let row = by(expr, &[]);
        assert!(row.starts_with(shown.trim_end_matches('…')), "{expr}: {row}");
        by(expr, &["-f", "json", "--top", "0"]);
    }
    assert_eq!(by("event.ak", &["--show-keys"]), "AKIAEXAMPLEKEY000001");
}

#[test]
fn hostile_values_are_escaped_in_every_result() {
    let texts = [
        "\\u001b[2J\\u001b]0;pwned\\u0007",
        "::error file=a.rs::pwned",
        "##[error]pwned",
        "\\n::add-mask::x",
        "\\u202egnp.exe",
        "\\u0000\\u009b31m",
    ];
    let lines: Vec<String> = texts
        .iter()
        .map(|text| {
            let agent = format!("\"userAgent\":\"{text}\"");
            call(
                1,
                "ListUsers",
                &[("\"userAgent\":\"aws-cli/2.15\"", &agent), ("203.0.113.7", text)],
            )
        })
        .collect();
    let folder = Folder::new("query-hostile").file("log.json", lines.join("\n"));
    for more in [
        &["--fields", "event.agent,event.source"][..],
        &["--count-by", "event.agent,event.source"],
        &["--count-by", "`${event.agent}`, [event.source]"],
        &["--fields", "event.agent,event.source", "-f", "json"],
        &["--count-by", "event.agent", "-f", "json"],
    ] {
        let ended = query(&folder, &[&["has(event.agent)", "log.json"], more].concat());
        assert!(ended.to_string().contains("pwned"), "{ended}");
        for line in ended.stdout.lines() {
            let hostile = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{9b}');
            assert!(!line.contains(hostile), "{line:?}");
            assert!(!line.trim_start().starts_with("::"), "{line:?}");
            assert!(!line.contains("##["), "{line:?}");
        }
    }
    // The typed expression is untrusted as well, because it can come from a script.
    let ended = query(&folder, &["event.agent == \"\u{1b}[2J\" && x", "log.json"]);
    assert!(!ended.stderr.contains('\u{1b}'), "{ended}");
}

#[test]
fn long_values_of_groups_are_cut_and_stay_distinct() {
    let agent = |last: &str| format!("\"userAgent\":\"{}日{last}\"", "a".repeat(510));
    let lines = ["x", "y", "x"]
        .map(|last| call(1, "ListUsers", &[("\"userAgent\":\"aws-cli/2.15\"", &agent(last))]));
    let folder = Folder::new("query-long").file("log.json", lines.join("\n"));
    let by = ["true", "log.json", "--count-by", "event.agent", "-f", "json"];
    let message = query(&folder, &by).stdout;
    assert_eq!(message.matches("a… (4 bytes more)\"}").count(), 2, "{message}");
    assert!(message.contains("\"count\":2") && message.contains("\"count\":1,"), "{message}");
}

/// A closed pipe ends the command without an error.
#[cfg(unix)]
#[test]
fn a_reader_that_stops_early_is_not_an_error() {
    let records: Vec<String> = (0..400).map(|id| record(id % 10, "ListUsers")).collect();
    let folder = Folder::new("query-pipe").file("long.json", records.join("\n"));
    for more in [&["-f", "json"][..], &["--limit", "0"], &["--count-by", "event.id"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let arguments = [&["query", "has(event.ip)", "long.json"], more].concat();
        let ended = folder.keytrail(arguments).output_into(writer);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{more:?}");
    }
}

/// Groups beyond the limit are counted in one row, and the result is incomplete.
#[test]
fn groups_beyond_the_limit_make_the_result_incomplete() {
    let records: Vec<String> = (1..9)
        .map(|id| call(id, "ListUsers", &[("203.0.113.7", &format!("203.0.113.{}", id % 4))]))
        .collect();
    let folder = Folder::new("query-limit").file("log.json", records.join("\n"));
    let result = |groups: usize| -> QueryResult {
        let options = LoadOptions {
            directory: folder.path(""),
            functions: keytrail::stdlib::FUNCTIONS,
            formats: keytrail::input::FORMATS,
            ..LoadOptions::default()
        };
        let mut policy = Policy::load(&options).unwrap();
        let text =
            |sources: &mut Sources, text: &str| Fragment::whole(sources.add("<query>", text), text);
        let expr = text(&mut policy.sources, "has(event.ip)");
        let count_by = vec![text(&mut policy.sources, "event.ip")];
        let (query, _) = QuerySource { on: None, expr, count_by }.compile(&policy).unwrap();
        let redactor = Redactor { show_keys: false };
        let selection = Selection {
            query: &query,
            period: Period::default(),
            fields: FieldSet::EMPTY,
            limit: None,
            order: &[],
            limits: Limits { groups, ..Limits::default() },
            now: None,
            clock: Time(0),
            redactor,
            allowed: None,
        };
        let inputs = InputSet::new(&[folder.path("log.json").display().to_string()]).unwrap();
        let mut out = Vec::new();
        let mut viewer = Lines::new(&mut out, redactor);
        select(&inputs, inputs.roots(), &policy, &selection, &mut viewer).unwrap()
    };
    let whole = result(4);
    assert!(whole.incomplete().is_empty(), "{:?}", whole.incomplete());
    let cut = result(3);
    let ranked = cut.ranked.as_ref().unwrap();
    assert_eq!((ranked.groups.len(), ranked.others.count), (3, 2));
    assert_eq!(cut.matches, whole.matches);
    let message = "there are more than 3 groups; the others are counted together";
    assert_eq!(cut.incomplete(), [message]);
    let mut out = Vec::new();
    human(&cut, &Sources::default(), Manner { top: None, style: TableStyle::default() }, &mut out)
        .unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @r"
    count  ok  failed  first                 last                  event.ip
        2   2       0  2026-03-01T10:00:01Z  2026-03-01T10:00:05Z  203.0.113.1
        2   2       0  2026-03-01T10:00:02Z  2026-03-01T10:00:06Z  203.0.113.2
        2   2       0  2026-03-01T10:00:03Z  2026-03-01T10:00:07Z  203.0.113.3
        2   2       0  2026-03-01T10:00:04Z  2026-03-01T10:00:08Z  … groups beyond the limit

    matches   8 of 8 events, 8 ok, 0 failed, 2026-03-01 10:00:01 to 10:00:08 UTC
    groups    3
    records   8 read = 8 evaluated + 0 skipped
    files     1 read, 4.7 KiB
    incomplete: there are more than 3 groups; the others are counted together
    ");
}
