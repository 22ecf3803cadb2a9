//! `query` with a policy: saved queries, tables, and rows of credential reports.

use insta::assert_snapshot;

use crate::query::{folder, matches, query};
use crate::run::Folder;

const PROJECT: &str = r#"
rule_paths: [rules]
tables: { accounts: accounts.csv, ip_assets: assets.csv }
queries:
  by-address:
    description: Who calls from where.
    expr: has(event.ip)
    count_by: [event.ip, event.user]
    since: 14h
  denied: { expr: denied && event.operation in lists.watched }
"#;

fn project(name: &str) -> Folder {
    folder(name)
        .file("keytrail.yaml", PROJECT)
        .file(
            "rules/watched.yaml",
            "list: { id: watched, of: event.operation, values: [\"aws:iam.List*\"] }\n",
        )
        .file(
            "rules/denied.yaml",
            "definitions:\n  denied: { on: event, expr: event.ok == false }\n",
        )
        .file("accounts.csv", "account,name,env,provider,owner\n123456789012,prod,,,\n")
        .file("assets.csv", "ip,id,name,account\n203.0.113.0/24,,,\n")
}

#[test]
fn saved_queries_run_by_name() {
    let folder = project("query-saved");
    assert_snapshot!(query(&folder, &["--list"]), @r"
    exit: 0
    ----- stdout
    NAME         SINCE  CONDITION                                   COUNTED BY            DESCRIPTION
    @by-address  14h    has(event.ip)                               event.ip, event.user  Who calls from where.
    @denied      -      denied && event.operation in lists.watched
    ");
    assert_snapshot!(query(&folder, &["@by-address", "logs"]), @r"
    exit: 0
    ----- stdout
    count  ok  failed  first                 last                  event.ip      event.user
        2   1       1  2026-03-01T10:00:03Z  2026-03-01T10:00:04Z  198.51.100.9  ann
        2   1       1  2026-03-01T10:00:01Z  2026-03-01T10:00:02Z  203.0.113.7   ann

    matches   4 of 4 events, 2 ok, 2 failed, 2026-03-01 10:00:01 to 10:00:04 UTC
    groups    2
    period    from 2026-03-01T10:00:00Z on
    records   4 read = 4 evaluated + 0 skipped
    files     2 read, 2.5 KiB
              1 not an input: logs/notes.txt
    ");
    let flags =
        ["@by-address", "logs", "--since", "2026-03-01T10:00:03Z", "--count-by", "event.ok"];
    let ended = query(&folder, &flags);
    assert_eq!(matches(&ended), "2 of 4 events", "{ended}");
    assert!(ended.stdout.contains("event.ok\n") && !ended.stdout.contains("event.user"), "{ended}");
    assert_eq!(matches(&query(&folder, &["@denied", "logs"])), "2 of 4 events");
    let records = query(&folder, &["@by-address", "logs", "--count-by", ""]);
    assert!(records.stdout.contains("event  time "), "{records}");
    assert_snapshot!(query(&folder, &["@by-adress", "logs"]), @r"
    exit: 2
    ----- stderr
    error: the project file has no query `by-adress`
      = help: did you mean `by-address`?
    ");
    let listed = query(&folder, &["--list", "-f", "json"]).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["name"], "by-address");
    assert_eq!(listed[0]["since"], "14h");
}

#[test]
fn check_reports_errors_in_saved_queries() {
    let folder = project("query-check");
    assert_eq!(folder.keytrail(["check"]).output().code, Some(0));
    let wrong =
        PROJECT.replace("lists.watched", "lists.wached").replace("event.user]", "event.usr]");
    let folder = folder.file("keytrail.yaml", wrong);
    let ended = folder.keytrail(["check"]).output();
    assert_eq!(ended.code, Some(2), "{ended}");
    for message in ["did you mean `watched`?", "did you mean `user`?", "keytrail.yaml:"] {
        assert!(ended.stderr.contains(message), "{ended}");
    }
}

#[test]
fn tables_of_the_policy_fill_fields() {
    let folder = project("query-tables");
    let by = ["has(event.ip)", "logs", "--count-by", "event.ip_type, event.account_name"];
    let ended = query(&folder, &by).stdout;
    assert!(
        ended.contains("  account        prod\n") && ended.contains("  external       prod\n"),
        "{ended}"
    );
    let shown = ["event.ip_type == \"external\"", "logs", "--fields", "event.ip,event.ip_type"];
    let ended = query(&folder, &shown);
    assert!(ended.stdout.contains("198.51.100.9  external\n"), "{ended}");
    assert_eq!(matches(&ended), "2 of 4 events");
}

/// A format that cannot carry a field is named, and the other formats are still evaluated.
#[test]
fn a_format_without_the_fields_is_blind() {
    let folder = folder("query-blind")
        .file("tencent.json", include_bytes!("../data/cloudaudit/lines.ndjson"));
    let both = query(&folder, &["event.sensitive == false", "logs", "tencent.json"]);
    assert_eq!(both.code, Some(0), "{both}");
    let message = "blind     where cloudtrail does not carry event.sensitive, nothing can match\n";
    assert!(both.stdout.contains(message), "{both}");
    let one = query(&folder, &["event.sensitive == false", "logs"]);
    assert_eq!(one.code, Some(3), "{one}");
    assert!(one.stdout.contains("incomplete: no event can satisfy the condition"), "{one}");
    let by = ["event.ok == true", "logs", "--count-by", "event.name, event.location"];
    let counted = query(&folder, &by);
    assert_eq!(counted.code, Some(0), "{counted}");
    let message = "note: where cloudtrail does not carry event.location, those fields are missing in all records\n";
    assert!(counted.stdout.contains(message), "{counted}");
    let other = query(&folder, &["event.provider == \"aws\"", "tencent.json"]);
    assert_eq!(other.code, Some(0), "{other}");
}

/// Each table of a format is named with the columns that it lacks.
#[test]
fn files_of_one_format_lack_different_fields() {
    let row = "alice,2025-01-01T00:00:00+00:00,true";
    let head = "user,user_creation_time,password_enabled";
    let folder = Folder::new("query-lacking")
        .file("a.csv", format!("{head},password_last_used\n{row},N/A\n"))
        .file("b.csv", format!("{head},mfa_active\n{row},false\n"))
        .file("c.csv", format!("{head}\n{row}\n"));
    let by = ["cred.password == true", "a.csv", "b.csv", "c.csv", "--count-by"];
    let ended = query(&folder, &[&by[..], &["cred.mfa, cred.password_last_used"]].concat());
    let message = "note: where aws-credential-report does not carry \
                cred.password_last_used, cred.mfa, those fields are missing in all records\n";
    assert!(ended.stdout.contains(message), "{ended}");
    let ended = query(&folder, &["cred.mfa == false", "a.csv", "b.csv"]);
    assert_eq!((matches(&ended), ended.code), ("1 of 2 creds", Some(0)), "{ended}");
    let message = "where aws-credential-report does not carry cred.mfa, nothing can match\n";
    assert!(ended.stdout.contains(message), "{ended}");
}

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n";

fn report(mfa: &str) -> String {
    format!(
        "{HEADER}ann,arn:aws:iam::123456789012:user/ann,2025-01-01T00:00:00+00:00,true,2025-06-01T00:00:00+00:00,2025-01-01T00:00:00+00:00,N/A,{mfa},true,2025-01-01T00:00:00+00:00,2025-06-01T00:00:00+00:00,us-east-1,iam,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
    )
}

#[test]
fn events_see_the_report_row_of_their_caller() {
    let folder = folder("query-joined")
        .file("reports/aws_20260201_000000.csv", report("false"))
        .file("later/aws_20260202_000000.csv", report("true"));
    let unsafe_calls =
        ["event.cred.mfa == false", "logs", "reports", "--count-by", "event.ip, event.cred.user"];
    let ended = query(&folder, &unsafe_calls);
    assert_eq!((matches(&ended), ended.code), ("4 of 4 events", Some(0)), "{ended}");
    assert!(ended.stdout.contains("203.0.113.7   ann\n"), "{ended}");
    let newer = query(&folder, &["event.cred.mfa == false", "logs", "reports", "later"]);
    assert_eq!((matches(&newer), newer.code), ("0 of 4 events", Some(0)), "{newer}");
    let keys = query(&folder, &["key.age_days > 90", "reports", "later"]);
    assert_eq!((matches(&keys), keys.code), ("1 of 2 keys", Some(0)), "{keys}");
    assert!(keys.stdout.contains("note: 1 record: older than another report"), "{keys}");
    assert_snapshot!(query(&folder, &["cred.mfa == false", "reports"]), @r"
    exit: 0
    ----- stdout
    cred   account       user  user_type  created               password  password_last_used    mfa
      key    slot  id  active  created               last_used             age_days  idle_days
    reports/aws_20260201_000000.csv
           123456789012  ann   user       2025-01-01T00:00:00Z  true      2025-06-01T00:00:00Z  false
           - 1     -   true    2025-01-01T00:00:00Z  2025-06-01T00:00:00Z  425       274

    matches   1 of 1 cred, 2026-02-01 00:00:00 UTC
    records   1 read = 1 evaluated + 0 skipped
    files     1 read, 703 bytes
    ");
}

#[test]
fn a_query_looks_up_rows_of_reports() {
    let folder = folder("query-look-up").file("reports/aws_20260201_000000.csv", report("false"));
    for (condition, inputs, expected, code) in [
        ("lookup(\"creds\", event.user)?.mfa == false", "logs", "4 of 4 events", 0),
        ("lookup(\"creds\", event.user)?.mfa == true", "logs", "0 of 4 events", 0),
        ("in_table(\"creds\", \"nobody\")", "logs", "0 of 4 events", 0),
        ("lookup(\"creds\", cred.user)?.key_count == 1", "reports", "1 of 1 cred", 0),
    ] {
        let on = if condition.contains("nobody") { "event" } else { "" };
        let mut arguments = vec![condition, inputs, "reports"];
        if !on.is_empty() {
            arguments.extend(["--on", on]);
        }
        let ended = query(&folder, &arguments);
        assert_eq!((matches(&ended), ended.code), (expected, Some(code)), "{condition}: {ended}");
    }
    // Ann's two rows differ, which does not affect a look-up of Bob.
    let (ann, other) = (report("false"), report("true"));
    let other = other.strip_prefix(HEADER).unwrap();
    let bob = other.replace("ann,", "bob,").replace("user/ann", "user/bob");
    let folder = folder.file("several/aws_20260201_000000.csv", [&*ann, other, &bob].concat());
    let ambiguous = "several rows of the credential reports fit it equally well";
    for (user, expected, message) in
        [("bob", "4 of 4 events", false), ("ann", "0 of 4 events", true)]
    {
        let condition = format!("lookup(\"creds\", \"{user}\")?.mfa == true");
        let ended = query(&folder, &[&condition, "--on", "event", "logs", "several"]);
        assert_eq!(matches(&ended), expected, "{ended}");
        assert_eq!(ended.to_string().contains(ambiguous), message, "{ended}");
    }
    // Without a report nothing can be looked up, so the result is incomplete.
    let ended = query(&folder, &["lookup(\"creds\", event.user)?.mfa == false", "logs"]);
    assert_eq!(ended.code, Some(3), "{ended}");
}
