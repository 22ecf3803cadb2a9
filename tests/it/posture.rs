//! `posture` run as a program.

use std::collections::BTreeSet;

use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::run::{Ended, Folder};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/posture");

/// A folder with a copy of the fixtures: reports of three clouds and of an IAM audit, an older
/// report of one account, and a log of later changes.
fn folder(name: &str) -> Folder {
    let mut folder = Folder::new(name);
    for entry in glob::glob(&format!("{DATA}/**/*.*")).unwrap().map(Result::unwrap) {
        let name = entry.strip_prefix(DATA).unwrap().to_str().unwrap();
        folder = folder.file(name, std::fs::read(&entry).unwrap());
    }
    folder
}

fn posture(folder: &Folder, arguments: &[&str]) -> Ended {
    folder.keytrail(["posture"].iter().chain(arguments)).output()
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let ended = posture(folder, &[arguments, &["-f", "json"]].concat());
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended}"))
}

/// The values at JSON pointers, separated by blanks.
fn at(value: &Value, pointers: &[&str]) -> String {
    let texts = pointers.iter().map(|pointer| match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => panic!("{pointer} does not exist in {value}"),
    });
    texts.collect::<Vec<_>>().join(" ")
}

const ALL: [&str; 4] = ["reports", "logs", "--table", "accounts=accounts.yaml"];

#[test]
fn the_report_for_people_begins_with_the_steps() {
    let folder = folder("posture-human");
    assert_snapshot!(posture(&folder, &ALL), @r"
    exit: 0
    ----- stdout
    ── posture: 5 accounts, 17 users, 19 keys ──────────────────────────────────────────────────────────

    MFA      40.0% of 10 users who can sign in to the console; in production 33.3% of 6; 1 unknown
    keys     15 in use: 5 older than 365 days, 3 than 730, 1 than 1095; the age of 1 unknown
    to do    3 critical, 9 high, 11 medium; 5 done since, by later events
    as of    2026-01-01 00:00:00 to 09:30:00 UTC

    ── to do: 23 steps ─────────────────────────────────────────────────────────────────────────────────

      severity  within  key                 do                       because
    - <root_account> of aws 000011112222 shop, production
      critical  24 h                        enforce MFA              root user without MFA
    - bob of aws 000011112222 shop, production
      critical  24 h                        enforce MFA              no MFA, signed in 12 d ago
      high      30 d    key 1               migrate to a role        671 d old, used 3 d ago; perhaps
                                                                     done: DeleteAccessKey on
                                                                     2026-01-03, the report does not
                                                                     identify the key
      medium            key 2               delete after check       306 d old, never used; perhaps
                                                                     done: DeleteAccessKey on
                                                                     2026-01-03, the report does not
                                                                     identify the key
    - judy@example.onaliyun.com of alibaba (no account)
      critical  24 h                        enforce MFA              no MFA, signed in 29 d ago
      medium            key 1               rotate                   365 d old, used 11 d ago
      medium            key 2               delete after check       inactive, but not deleted
    - backup of aws 000011112222 shop, production
      high      30 d                        cross-account role       keys of one day in 3 accounts
      medium            key 1               rotate                   122 d old, used 1 d ago
    - carol of aws 000011112222 shop, production
      high      30 d                        delete user after check  no sign-in for 334 d, no key ever
                                                                     used
    - deploy of aws 000011112222 shop, production
      high      30 d    key 1               migrate to a role        1675 d old, used 1 d ago
      high      30 d    key 2               migrate to a role        945 d old, used 2 d ago
      high      30 d                        a role per workload      2 keys serve several services
    - backup of aws 444455556666 payments, production
      high      30 d                        cross-account role       keys of one day in 3 accounts
      medium            AKIAEX…0041         rotate                   121 d old, used 1 d ago
    - backup of aws 333344445555 staging, test
      high      30 d                        cross-account role       keys of one day in 3 accounts
      medium            AKIAEX…0031         rotate                   121 d old, used 1 d ago
    - mallory@example.onaliyun.com of alibaba (no account)
      high      30 d                        delete user after check  no sign-in for 731 d, no key ever
                                                                     used
      medium            key 1               delete after check       731 d old, never used
    - heidi of aws 444455556666 payments, production
      medium            AKIAEX…0043         delete after check       inactive, but not deleted
    - ivan of aws 444455556666 payments, production
      medium            AKIAEX…0044         delete after check       333 d old, never used
    - niaj of tencent (no account)
      medium            AKIDex…000000000aa  rotate                   365 d old, used today
    - olivia of tencent (no account)
      medium            AKIDex…000000000cc  delete after check       inactive, but not deleted

    ── done since the report: 5 steps ──────────────────────────────────────────────────────────────────

      do                  key          done by
    - heidi of aws 444455556666 payments, production
      enforce MFA                      EnableMFADevice by admin on 2026-01-02
      migrate to a role   AKIAEX…0042  DeleteAccessKey by admin on 2026-01-02
    - carol of aws 000011112222 shop, production
      enforce MFA                      DeleteLoginProfile by admin on 2026-01-03
    - eve\u{1b}[2J\u{202e} of aws 000011112222 shop, production
      enforce MFA                      DeleteUser by admin on 2026-01-04
      delete after check  key 1        DeleteUser by admin on 2026-01-04

    ── MFA: users who can sign in to the console ───────────────────────────────────────────────────────

      kind or account            users  console  MFA  without  MFA n/a  coverage  root MFA
      production                    10        6    2        4        0     33.3%
      test                           2        1    1        0        0    100.0%
      (no kind)                      5        3    1        1        1     33.3%
      all                           17       10    4        5        1     40.0%
      aws 000011112222 shop          7        4    1        3        0     25.0%  no
      aws 444455556666 payments      3        2    1        1        0     50.0%  n/a
      aws 333344445555 staging       2        1    1        0        0    100.0%  n/a
      alibaba (no account)           3        2    1        1        0     50.0%  yes
      tencent (no account)           2        1    0        0        1       n/a  n/a

    ── key ages: keys in use, by days since they were created ──────────────────────────────────────────

      bucket       days      keys  share  production
      acceptable   0–30         1     7%           1  ██
      rotate soon  31–90        1     7%           0  ██
      overdue      91–365       7    47%           4  ██████████
      critical     over 365     5    33%           4  ███████
      unknown      n/a          1     7%           0  ██
      in addition: 4 inactive

    ── outliers: 3 keys older than 730 days ────────────────────────────────────────────────────────────

      account                kind        user                          key     days  last used
      aws 000011112222 shop  production  deploy                        key 1  1,675  1 day ago
      aws 000011112222 shop  production  deploy                        key 2    945  2 days ago
      alibaba (no account)               mallory@example.onaliyun.com  key 1    731  never

    ── uniform keys: of one day in several accounts ────────────────────────────────────────────────────

      user    created     keys  accounts  in
      backup  2025-09-01     3         3  aws 000011112222 shop, aws 444455556666 payments, aws
                                          333344445555 staging

    ── shared accounts: keys of one user serve several services ────────────────────────────────────────

      account                kind        user    keys  MFA  services
      aws 000011112222 shop  production  deploy     2  no   ecr, s3

    ── zombie accounts: console users, no sign-in for 270 days, no key ever used ───────────────────────

      account                kind        user                          days  since             keys
      aws 000011112222 shop  production  carol                          334  the last sign-in     0
      alibaba (no account)               mallory@example.onaliyun.com   731  it was created       1

    ── keys by user name: several keys, or several accounts ────────────────────────────────────────────

      user    cloud  in use  accounts  oldest, days
      backup  aws         3         3           122
      bob     aws         2         1           671
      deploy  aws         2         1         1,675

    ── trend: aws-credential-report ────────────────────────────────────────────────────────────────────

    production: 1 account
      report of                users  console  MFA  coverage  keys  over 365 d
      2025-07-01 09:00:00 UTC      6        4    0      0.0%     6           4
      2026-01-01 09:00:00 UTC      7        4    1     25.0%     6           3

    aws 000011112222 shop
      report of                users  console  MFA  coverage  keys  over 365 d
      2025-07-01 09:00:00 UTC      6        4    0      0.0%     6           4
      2026-01-01 09:00:00 UTC      7        4    1     25.0%     6           3

    ── not known: columns that reports do not have ─────────────────────────────────────────────────────

      format                     field             accounts  so it is not known
      alibaba-credential-report  key.last_service         1  shared service accounts
      tencent-credential-report  cred.mfa                 1  who has a second factor
      tencent-credential-report  key.last_service         1  shared service accounts

    ── read ────────────────────────────────────────────────────────────────────────────────────────────

    files    6 files
    records  33: 3 alibaba-credential-report, 13 aws-credential-report, 9 cloudtrail, 6
             iam-audit-report, 2 tencent-credential-report; 8 changes of credentials
    older    1 older report, counted in the trend alone
    note: iam-audit-report does not list users without keys and the root user
    note: tencent-credential-report does not list the root user
    ");
}

/// The JSON output is not shortened, and it follows the schema.
#[test]
fn json_contains_the_whole_posture() {
    let folder = folder("posture-json");
    let posture = json(&folder, &ALL);
    let schema = folder.keytrail(["schema", "posture"]).output().stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&posture).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_snapshot!(serde_json::to_string(&posture["all"]).unwrap(), @r#"{"keys":{"age_unknown":1,"buckets":[{"from_days":0,"keys":1,"name":"acceptable","to_days":30},{"from_days":31,"keys":1,"name":"rotate soon","to_days":90},{"from_days":91,"keys":7,"name":"overdue","to_days":365},{"from_days":366,"keys":5,"name":"critical","to_days":null}],"in_use":15,"inactive":4,"over_three_years":1,"over_two_years":3,"status_unknown":0},"mfa":{"mfa_unknown":1,"password_unknown":0,"percent":40.0,"with_mfa":4,"with_password":10,"without_mfa":5},"users":17}"#);
    assert_snapshot!(serde_json::to_string(&posture["accounts"][1]).unwrap(), @r#"{"id":"444455556666","keys":{"age_unknown":0,"buckets":[{"from_days":0,"keys":0,"name":"acceptable","to_days":30},{"from_days":31,"keys":0,"name":"rotate soon","to_days":90},{"from_days":91,"keys":2,"name":"overdue","to_days":365},{"from_days":366,"keys":1,"name":"critical","to_days":null}],"in_use":3,"inactive":1,"over_three_years":0,"over_two_years":0,"status_unknown":0},"kind":"production","mfa":{"mfa_unknown":0,"password_unknown":0,"percent":50.0,"with_mfa":1,"with_password":2,"without_mfa":1},"name":"payments","production":true,"provider":"aws","reports":[{"format":"iam-audit-report","made":"2026-01-01T09:30:00Z","older":0}],"root_mfa":null,"users":3}"#);
    assert_snapshot!(serde_json::to_string(&posture["remedies"][1]).unwrap(), @r#"{"account":0,"action":"enable-mfa","event":null,"key":null,"reason":"no MFA, signed in 12 d ago","rule":"console-without-mfa","severity":"critical","state":"open","step":"enforce MFA","user":"bob","within_hours":24}"#);
    let mut remedies = posture["remedies"].as_array().unwrap().iter();
    let done = remedies.find(|remedy| remedy["state"] == "done").unwrap();
    assert_snapshot!(serde_json::to_string(done).unwrap(), @r#"{"account":1,"action":"enable-mfa","event":{"api":"EnableMFADevice","by":"admin","doubt":null,"time":"2026-01-02T11:00:00Z"},"key":null,"reason":"no MFA, signed in today","rule":"console-without-mfa","severity":"critical","state":"done","step":"enforce MFA","user":"heidi","within_hours":24}"#);
    assert_snapshot!(serde_json::to_string(&posture["patterns"]).unwrap(), @r#"{"shared_accounts":[{"account":0,"keys":2,"mfa":false,"services":["ecr","s3"],"user":"deploy"}],"uniform_keys":[{"accounts":[0,1,2],"day":"2025-09-01","keys":3,"provider":"aws","user":"backup"}],"zombie_accounts":[{"account":0,"idle_days":334,"keys":0,"signed_in":true,"user":"carol"},{"account":3,"idle_days":731,"keys":1,"signed_in":false,"user":"mallory@example.onaliyun.com"}]}"#);
    assert_snapshot!(serde_json::to_string(&posture["trends"][0]["total"][1]).unwrap(), @r#"{"age_unknown":0,"keys":6,"mfa":{"mfa_unknown":0,"password_unknown":0,"percent":25.0,"with_mfa":1,"with_password":4,"without_mfa":3},"old_keys":3,"time":"2026-01-01T09:00:00Z","users":7}"#);
    assert_snapshot!(serde_json::to_string(&posture["read"]).unwrap(), @r#"{"changes":8,"files":6,"files_other":0,"formats":{"alibaba-credential-report":3,"aws-credential-report":13,"cloudtrail":9,"iam-audit-report":6,"tencent-credential-report":2},"records":33,"skipped":{}}"#);
    assert_eq!(at(&posture, &["/clock", "/now", "/complete"]), "null null true");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let folder = folder("posture-order");
    let whole = posture(&folder, &[&ALL[..], &["-f", "json"]].concat()).stdout;
    let files = [
        "logs/cloudtrail.ndjson",
        "reports/tencent_2026-01-01T00-00-00Z.csv",
        "reports/iam_audit_report_20260101_093000.csv",
        "reports/aws_20260101_090000.csv",
        "reports/aws_20250701_090000.csv",
        "reports/alibaba_2026-01-01T00-00-00Z.csv",
    ];
    let again = posture(&folder, &[&files[..], &ALL[2..], &["-f", "json"]].concat()).stdout;
    assert_eq!(whole, again);
    // A copy of a report changes nothing.
    let folder = folder.file("reports/copy_20260101_090000.csv", read("aws_20260101_090000.csv"));
    let folder = folder.file("reports/copy_20250701_090000.csv", read("aws_20250701_090000.csv"));
    let copied = json(&folder, &ALL);
    let whole: Value = serde_json::from_str(&whole).unwrap();
    for part in ["all", "accounts", "kinds", "remedies", "outliers", "names", "patterns", "trends"]
    {
        assert_eq!(copied[part], whole[part], "{part}");
    }
}

fn read(report: &str) -> String {
    std::fs::read_to_string(Path::new(DATA).join("reports").join(report)).unwrap()
}

/// Keys are masked unless requested, and no value of a report controls the terminal.
#[test]
fn names_are_inert_and_keys_masked() {
    let folder = folder("posture-hostile");
    for format in ["human", "json"] {
        let shown = |more: &[&str]| {
            posture(&folder, &[&ALL[..], &["-v", "-f", format], more].concat()).stdout
        };
        let text = shown(&[]);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        assert!(text.contains("eve"), "{text}");
        assert!(!text.contains("AKIAEXAMPLE000000043"), "{text}");
        assert!(text.contains("AKIAEX…0043"), "{text}");
        assert!(shown(&["--show-keys"]).contains("AKIAEXAMPLE000000043"));
    }
}

/// Everything that could not be read is named and leads to exit code 3.
#[test]
fn unread_inputs_are_named() {
    let broken = read("aws_20260101_090000.csv") + "short,row\n";
    let folder = folder("posture-lost")
        .file("broken/aws_20260101_090000.csv", broken)
        .file("broken/odd.json", r#"{"a":1}"#);
    let ended = posture(&folder, &["broken"]);
    assert_eq!(ended.code, Some(3), "{ended}");
    assert!(
        ended.stdout.contains("\nincomplete: broken/aws_20260101_090000.csv: 1 record skipped")
    );
    let posture_of = json(&folder, &["broken"]);
    let message: Vec<&str> = posture_of["incomplete"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().split(" (tried: ").next().unwrap())
        .collect();
    assert_snapshot!(message.join("\n"), @r"
    broken/aws_20260101_090000.csv: 1 record skipped, the first in line 9: syntax: it has 2 cells, but the table has 22 columns
    broken/odd.json is not read: none of its records has a known format
    ");
    assert_eq!(at(&posture_of, &["/complete", "/read/skipped/syntax"]), "false 1");
    assert_snapshot!(posture(&folder, &["logs"]), @r"
    exit: 3
    ----- stdout
    ── read ────────────────────────────────────────────────────────────────────────────────────────────

    files    1 file
    records  9: 9 cloudtrail; 8 changes of credentials
    incomplete: no credential report was read
    ");
    assert_eq!(posture(&folder, &["nowhere"]).code, Some(2));
    assert_eq!(posture(&folder, &["reports", "--table", "acounts=accounts.yaml"]).code, Some(2));
    let unknown = posture(&folder, &["reports", "--show-key"]);
    assert!(unknown.stderr.contains("'--show-keys'"), "{unknown}");
}

#[test]
fn unreadable_files_are_described_up_to_a_bound_and_all_are_counted() {
    let mut folder = Folder::new("posture-many-lost");
    for number in 0..101 {
        folder = folder.file(&format!("lost/{number:03}.json"), "{");
    }
    let incomplete = json(&folder, &["lost"])["incomplete"].clone();
    let incomplete = incomplete.as_array().unwrap();
    assert_eq!(incomplete.len(), 100 + 2, "{incomplete:?}");
    assert_eq!(incomplete[100], "1 more file could not be read completely");
    assert_eq!(incomplete[101], "no credential report was read");
}

/// The output in docs/posture.md is the shortened output of its command.
#[test]
fn the_documented_example_is_what_is_printed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/posture.md");
    let text = std::fs::read_to_string(path).unwrap();
    let block = |language: &str| {
        let (_, rest) = text.split_once(&format!("```{language}\n")).unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    let command = block("sh");
    let arguments: Vec<&str> = command.split_whitespace().skip(2).collect();
    let ended = posture(&folder("posture-docs"), &arguments);
    let mut printed = ended.stdout.lines();
    for line in block("text").lines().filter(|line| *line != "…") {
        assert!(
            printed.any(|own| own == line),
            "`{line}` is not printed, or not at this position:\n{ended}"
        );
    }
}

/// The newest dated report counts; undated reports all count; `--now` changes ages but not the
/// trend.
#[test]
fn ages_are_computed_at_the_time_of_the_report() {
    let folder = folder("posture-time");
    let aws = "reports/aws_2026*.csv";
    let summary = |arguments: &[&str]| {
        let posture = json(&folder, arguments);
        at(&posture, &["/all/users", "/all/keys/over_two_years", "/now", "/clock"])
            + &format!(" {}", posture["trends"].as_array().unwrap().len())
    };
    assert_eq!(summary(&[aws]), "7 2 null null 0");
    assert_eq!(summary(&[aws, "--now", "2023-07-01T00:00:00Z"]), "7 1 2023-07-01T00:00:00Z null 0");
    assert_eq!(summary(&["reports/aws_*.csv"]), "7 2 null null 1");
    let now = ["reports/aws_*.csv", "--now", "2023-07-01T00:00:00Z"];
    let (plain, moved) = (json(&folder, &now[..1]), json(&folder, &now));
    assert_eq!(plain["trends"], moved["trends"]);
    assert_eq!(
        at(&plain, &["/accounts/0/reports/0/made", "/accounts/0/reports/0/older"]),
        "2026-01-01T09:00:00Z 1"
    );
    let undated = folder.file("undated.csv", read("aws_20260101_090000.csv"));
    let ended = json(&undated, &["undated.csv"]);
    assert!(ended["clock"].is_string() && ended["accounts"][0]["reports"][0]["made"].is_null());
    let log = json(&undated, &["undated.csv", "logs"]);
    let states = |posture: &Value| {
        let remedies = posture["remedies"].as_array().unwrap().clone();
        remedies.iter().filter(|one| one["state"] == "done").count()
    };
    assert_eq!(states(&log), 0, "no event is known to be later than a report without a date");
}

/// Two files of one format without an account can belong to two accounts, which a note states.
#[test]
fn the_user_can_name_the_accounts_of_reports() {
    let folder = folder("posture-account")
        .file("ali/one_2026-01-01.csv", read("alibaba_2026-01-01T00-00-00Z.csv"))
        .file("ali/two_2026-01-01.csv", read("alibaba_2026-01-01T00-00-00Z.csv"))
        .file("six/six_2026-01-01.csv", read("alibaba_2026-01-01T00-00-00Z.csv"))
        .file(
            "named.yaml",
            "inputs:\n  - { path: ali/one*, account: \"11\" }\n  - { path: ali/two*, account: \"22\" }\n  - { path: six/*, account: \"33\" }\n",
        );
    let one = json(&folder, &["ali"]);
    assert_eq!(one["accounts"].as_array().unwrap().len(), 1);
    let note = "2 files of alibaba-credential-report name no account";
    assert!(one["notes"][0].as_str().unwrap().starts_with(note), "{}", one["notes"]);
    let two = json(&folder, &["ali", "-c", "named.yaml"]);
    assert_eq!(at(&two, &["/accounts/0/id", "/accounts/1/id", "/all/users"]), "11 22 6");
    let uniform = |posture: &Value| posture["patterns"]["uniform_keys"].as_array().unwrap().len();
    assert_eq!(uniform(&two), 0, "two accounts are not a pattern");
    assert_eq!(uniform(&json(&folder, &["ali", "six", "-c", "named.yaml"])), 2);
}

/// Reports of two formats for one account are merged: each supplies what the other lacks.
#[test]
fn two_formats_of_one_account_are_one_account() {
    let rows = "account_id,account_name,username,password_status,access_key_id,status,created_date\n\
        000011112222,shop,bob,Configurada,AKIAEXAMPLE000000011,Active,2024-03-01 09:00:00\n\
        000011112222,shop,zoe,No configurada,AKIAEXAMPLE000000012,Active,2025-12-01 09:00:00\n";
    let folder = folder("posture-joined").file("both/iam_audit_report_20260101_093000.csv", rows);
    let folder = folder.file("both/aws_20260101_090000.csv", read("aws_20260101_090000.csv"));
    let posture = json(&folder, &["both", "logs"]);
    let counted = ["/accounts/0/users", "/accounts/0/keys/in_use", "/accounts/0/root_mfa"];
    assert_eq!(at(&posture, &counted), "8 7 false");
    assert_eq!(posture["accounts"].as_array().unwrap().len(), 1);
    let note = "1 account has reports of several formats: users are joined by name, keys by id or the \
        second they were created in";
    assert!(posture["notes"].as_array().unwrap().iter().any(|own| own == note));
    let of_bob = |remedy: &&Value| remedy["user"] == "bob" && remedy["action"] == "migrate-key";
    let bob = posture["remedies"].as_array().unwrap().iter().find(of_bob).unwrap();
    assert_eq!(at(bob, &["/key/id", "/state"]), "AKIAEX…0011 done");
}

/// A value that a report does not contain counts as unknown, never as good.
#[test]
fn missing_columns_are_named() {
    let columns = "account_id,account_name,username,access_key_id,created_date";
    let rows = "1,prod,ann,AKIAEXAMPLE000000001,2025-01-01\n";
    let folder =
        Folder::new("posture-columns").file("some_20260101.csv", format!("{columns}\n{rows}"));
    let posture = json(&folder, &["some_20260101.csv"]);
    assert_eq!(
        at(
            &posture,
            &["/all/mfa/percent", "/all/mfa/password_unknown", "/all/keys/status_unknown"]
        ),
        "null 1 1"
    );
    let fields: Vec<&str> = posture["unknown"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unknown| unknown["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "cred.console",
            "cred.mfa",
            "cred.password_last_used",
            "key.active",
            "key.last_used",
            "key.last_service"
        ]
    );
}

/// `scan` and `posture` use the same thresholds: exactly at each threshold, and a second beyond it,
/// their results for a user agree.
#[test]
fn scan_and_posture_agree_at_every_threshold() {
    // 2026-03-05T12:00:00Z minus this many days, and another second if there is a plus.
    let at = |days: &str| {
        let (days, more) = days.strip_suffix('+').map_or((days, 0), |days| (days, 1));
        let seconds = 1_772_712_000 - days.parse::<i64>().unwrap() * 86_400 - more;
        let time = keytrail::value::Time::from_seconds(seconds).unwrap();
        time.to_string().replace('T', " ").replace('Z', "")
    };
    let mut rows = "account_id,account_name,username,password_status,password_last_used,\
        access_key_id,status,created_date,last_used_date,service_name,mfa_status\n"
        .to_owned();
    let mut number = 0;
    let mut row = |console: &str, created: &str, used: &str, status: &str, mfa: &str| {
        number += 1;
        let (password, login) = match console {
            "no" => ("No configurada", "Nunca".to_owned()),
            "never" => ("Configurada", "Nunca".to_owned()),
            days => ("Configurada", at(days)),
        };
        let used = if used == "never" { "Nunca utilizada".to_owned() } else { at(used) };
        let created = at(created);
        rows += &format!(
            "111122223333,shop,user{number},{password},{login},AKIAEDGECASE{number:08},{status},\
             {created},{used},s3,{mfa}\n"
        );
    };
    // The last one is later than the report, as in a file whose name contains only the day.
    for edge in ["7", "30", "90", "365", "270", "0", "-1"] {
        for edge in [edge.to_owned(), format!("{edge}+")] {
            row("no", &edge, "never", "Active", "None");
            row("no", &edge, "1", "Active", "None");
            row("no", "500", &edge, "Active", "None");
            row(&edge, "3", "1", "Active", "None");
            row(&edge, "3", "1", "Active", "Virtual");
            row(&edge, "3", "never", "Active", "None");
            row("never", &edge, "never", "Inactive", "Virtual");
        }
    }
    let folder = Folder::new("posture-agrees").file("iam_audit_20260305_120000.csv", rows);
    let file = "iam_audit_20260305_120000.csv";
    let steps = json(&folder, &[file])["remedies"].clone();
    let of_steps: BTreeSet<String> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|one| at_text(&[&one["user"], &one["rule"], &one["severity"]]))
        .collect();
    let report = folder.keytrail(["scan", "-f", "json", file]).output().stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    let rules: BTreeSet<&str> = [
        "console-without-mfa",
        "console-user-without-mfa-device",
        "old-key-in-use",
        "ageing-key-in-use",
        "idle-active-key",
        "unused-key",
        "inactive-key",
        "zombie-account",
    ]
    .into();
    let found: BTreeSet<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| rules.contains(one["rule"].as_str().unwrap()))
        .map(|one| at_text(&[&one["subject"][1]["value"], &one["rule"], &one["severity"]]))
        .collect();
    assert_eq!(of_steps, found);
    for rule in rules {
        assert!(found.iter().any(|one| one.contains(rule)), "no case of {rule}");
    }
}

fn at_text(values: &[&Value]) -> String {
    values.iter().map(|value| value.as_str().unwrap_or("-")).collect::<Vec<_>>().join(" ")
}

/// The data of the page are those of the JSON, whatever a name contains, and the file is complete.
#[test]
fn the_page_contains_the_posture() {
    let folder = folder("posture-page");
    let ended = posture(&folder, &[&ALL[..], &["-f", "html", "-o", "page.html"]].concat());
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{ended}");
    let page = folder.read("page.html");
    assert_eq!(posture(&folder, &[&ALL[..], &["-f", "html"]].concat()).stdout, page);
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"posture\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    assert!(!data.contains(['<', '>', '&']), "{data}");
    assert!(data.contains(r"\u003croot_account\u003e"), "{data}");
    assert_eq!(serde_json::from_str::<Value>(data).unwrap(), json(&folder, &ALL));
}

#[test]
fn the_output_is_never_an_input() {
    let folder = folder("posture-output");
    let report = "reports/aws_20260101_090000.csv";
    let before = folder.read(report);
    assert_snapshot!(posture(&folder, &["reports", "-o", report]), @r"
    exit: 2
    ----- stderr
    error: a report would be written over the input reports/aws_20260101_090000.csv
    ");
    assert_eq!(folder.read(report), before);
}
