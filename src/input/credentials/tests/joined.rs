//! Joining the rows of one user.

use std::io::Write as _;

use insta::assert_snapshot;

use super::*;

const AUDIT_HEADER: &str = "account_id,account_name,username,password_status,password_last_used,access_key_id,status,created_date,last_used_date,service_name,mfa_status";

fn audit(rows: &[&str]) -> FileRead {
    let text = format!("{AUDIT_HEADER}\n{}\n", rows.join("\n"));
    read_bytes("iam_audit_report_20260101_000000.csv", text.as_bytes())
}

/// Line, rows, and the ids of the keys of each record.
fn shape(read: &FileRead) -> String {
    let keys = |text: &str| {
        let ids = text.split_whitespace().filter_map(|word| word.strip_prefix("id="));
        ids.map(|id| id.trim_start_matches("AKIAEXAMPLE")).collect::<Vec<_>>().join(" ")
    };
    let records =
        read.records.iter().map(|(line, rows, text)| format!("{line}/{rows}: {}", keys(text)));
    records.collect::<Vec<_>>().join("; ")
}

#[test]
fn consistent_rows_of_a_user_are_one_cred() {
    let row = |id: &str| {
        format!(
            "1,prod,ann,Configurada,Nunca,AKIAEXAMPLE{id},Active,2025-01-01 00:00:00,Nunca utilizada,N/A,Virtual"
        )
    };
    let bob = "1,prod,bob,No configurada,Nunca,AKIAEXAMPLE9,Active,2025-01-01 00:00:00,Nunca utilizada,N/A,None";
    let read = audit(&[&row("1"), &row("2"), &row("3")]);
    assert_eq!((shape(&read).as_str(), read.notes.len()), ("2/3: 1 2 3", 0));
    let read = audit(&[&row("1"), bob, &row("2"), "", &row("3")]);
    assert_eq!((shape(&read).as_str(), read.notes.len()), ("2/3: 1 2 3; 3/1: 9", 0));
    // The same name in another account is another user.
    let read = audit(&[&row("1"), &row("2").replace("1,prod", "2,test")]);
    assert_eq!((shape(&read).as_str(), read.notes.len()), ("2/1: 1; 3/1: 2", 0));
}

#[test]
fn contradicting_rows_stay_separate_and_are_reported() {
    let row = |id: &str, mfa: &str| {
        format!(
            "1,prod,ann,Configurada,Nunca,AKIAEXAMPLE{id},Active,2025-01-01 00:00:00,Nunca utilizada,N/A,{mfa}"
        )
    };
    let read = audit(&[
        &row("1", "Virtual"),
        &row("2", "None"),
        &row("3", "Virtual"),
        &row("4", "Hardware"),
    ]);
    assert_eq!(shape(&read), "2/2: 1 3; 3/1: 2; 5/1: 4");
    assert_snapshot!(read.notes.join("\n"), @"users with contradictory rows, each a separate cred: `ann`");
    let read = audit(&[&row("1", "None"), &row("1", "None").replace("Active", "Inactive")]);
    assert_eq!(shape(&read), "2/2: 1 1");
    assert_snapshot!(read.notes.join("\n"), @"users with contradictory rows for one key, each a separate key: `ann`");
}

#[test]
fn a_repeated_row_counts_once() {
    let row = "1,prod,ann,Configurada,Nunca,AKIAEXAMPLE1,Active,2025-01-01 00:00:00,Nunca utilizada,N/A,Virtual";
    let quoted = row.replace("ann", "\"ann\"");
    let read = audit(&[row, &row.replace("EXAMPLE1", "EXAMPLE2"), row, &quoted]);
    assert_eq!(shape(&read), "2/4: 1 2");
    assert_snapshot!(read.notes.join("\n"), @"repeated rows, each counted once: 2");

    let csv = fs::read_to_string(fixture("alibaba.csv")).unwrap();
    let last = csv.lines().last().unwrap();
    let read = read_bytes("20260101.csv", format!("{csv}{last}\n").as_bytes());
    let rows: Vec<u64> = read.records.iter().map(|(_, rows, _)| *rows).collect();
    assert_eq!(rows, [1, 1, 1, 2]);
    // And one that only nearly does is another cred.
    let read = read_bytes(
        "20260101.csv",
        format!("{csv}{}\n", last.replace("TRUE,FALSE", "TRUE,TRUE")).as_bytes(),
    );
    assert_eq!(read.records.len(), 5);
    assert_snapshot!(read.notes.join("\n"), @"users with contradictory rows, each a separate cred: `fay@example.onaliyun.com`");
}

#[test]
fn notes_name_a_few_users_and_escape_them() {
    let mut rows = Vec::new();
    for user in 0..9 {
        for mfa in ["None", "Virtual", "Hardware"] {
            rows.push(format!("1,prod,u{user}\u{1b}[2J,Configurada,Nunca,AKIA{user}{mfa},Active,2025-01-01 00:00:00,Nunca utilizada,N/A,{mfa}"));
        }
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_snapshot!(audit(&rows).notes.join("\n"), @r"users with contradictory rows, each a separate cred: `u0\u{1b}[2J`, `u1\u{1b}[2J`, `u2\u{1b}[2J`, `u3\u{1b}[2J`, `u4\u{1b}[2J` and 4 more");
}

#[test]
fn unreadable_values_are_faults_by_column() {
    let rows = [
        "1,prod,a,Configurado,Nunca,AKIAEXAMPLE1,Active,2025-01-01 00:00:00,Nunca utilizada,N/A,Virtual",
        "1,prod,b,Configurada,hace mucho,AKIAEXAMPLE2,Activa,2025-13-01 00:00:00,Nunca utilizada,N/A,U2F",
        "1,prod,c,Sin,Nunca,AKIAEXAMPLE3,Active,2025-01-01 00:00:00,Nunca utilizada,N/A,None",
    ];
    assert_snapshot!(audit(&rows).faults.join("\n"), @"
    values of `password_status` that are not yes or no, treated as missing: 2, such as `Configurado`
    values of `password_last_used` that are not a time, treated as missing: 1, such as `hace mucho`
    values of `status` that are not yes or no, treated as missing: 1, such as `Activa`
    values of `created_date` that are not a time, treated as missing: 1, such as `2025-13-01 00:00:00`
    values of `mfa_status` that are not `Virtual`, `Hardware` or `None`, treated as missing: 1, such as `U2F`
    ");
    let good = "1,prod,c,No configurada,Nunca,AKIAEXAMPLE3,Active,2025-01-01 00:00:00,Nunca utilizada,N/A,None";
    let read = audit(&[good]);
    assert_eq!((read.notes.len(), read.faults.len()), (0, 0));
}

#[test]
fn an_excerpt_is_read_with_the_columns_it_has() {
    for (columns, row, expected) in [
        (
            "account_id,account_name,username,access_key_id,created_date",
            "111122223333,production,svc-deploy,AKIAI...,2023-01-15 09:30:00",
            "account=111122223333 account_name=production user=svc-deploy user_type=user [Missing of 1 active]\n  slot=1 id=AKIAI... created=2023-01-15T09:30:00Z age_days=1081",
        ),
        (
            "account_id,account_name,username,access_key_id,mfa_status,last_used_date,service_name",
            "111122223333,production,svc-deploy,AKIAI...,None,2025-12-30 10:00:00,s3",
            "account=111122223333 account_name=production user=svc-deploy user_type=user mfa=false [Missing of 1 active]\n  slot=1 id=AKIAI... used=true last_used=2025-12-30T10:00:00Z last_service=s3 idle_days=1",
        ),
        (
            "account_id,account_name,username,password_status,password_last_used,last_used_date",
            "111122223333,production,zoe,Configurada,2025-01-05 10:00:00,Nunca utilizada",
            "account=111122223333 account_name=production user=zoe user_type=user password=true console=true password_used=true password_last_used=2025-01-05T10:00:00Z [Missing of 1 active]\n  slot=1 used=false",
        ),
    ] {
        let read = read_bytes("audit_20260101.csv", format!("{columns}\n{row}\n").as_bytes());
        assert_eq!((read.format, read.records[0].2.as_str()), ("iam-audit-report", expected));
    }
}

#[test]
fn the_number_of_keys_of_a_user_is_limited() {
    let rows: Vec<String> = (0..1002)
        .map(|n| {
            format!(
                "1,p,ann,Configurada,Nunca,AKIA{n:06},Active,2025-01-01 00:00:00,Nunca,N/A,None"
            )
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let read = audit(&rows[..1000]);
    assert_eq!((read.records[0].1, read.skips.len()), (1000, 0));
    let read = audit(&rows);
    assert_eq!((read.records.len(), read.records[0].1), (1, 1000));
    assert_eq!(read.skips.len(), 2);
    assert!(read.skips[0].starts_with("1002 @"), "{:?}", read.skips);
    assert!(read.skips[0].ends_with("too-long: its user has more than 1000 keys"));
}

#[test]
fn rows_beyond_the_memory_limit_are_skipped() {
    use super::super::user_rows::{MAX_STORED, UserRows};
    let mut users = UserRows::new(&AUDIT, &Origin::default());
    assert_eq!(MAX_STORED, 768 << 20);
    users.limit(1000);
    let row = "1,p,ann,Configurada,Nunca,AKIA,Active,2025-01-01 00:00:00,Nunca,N/A,None";
    let rows: Vec<String> = (0..8).map(|n| row.replace("AKIA", &format!("AKIA{n}"))).collect();
    let mut batch = Batch::default();
    for row in &rows {
        let start = batch.bytes.len();
        batch.bytes.extend_from_slice(row.as_bytes());
        let end = batch.bytes.len();
        let placed = crate::record::BatchRecord {
            start,
            end,
            envelope: Default::default(),
            offset: start as u64,
            line: 1,
            column: 1,
            ordinal: 0,
            rows: 1,
        };
        batch.records.push(placed);
    }
    users.take(&mut batch);
    let skipped = batch.skipped.len() as u64;
    assert!(skipped > 0);
    batch.clear();
    assert_eq!(users.emit(&mut batch), BatchStatus::Done);
    assert_eq!(batch.records[0].rows + skipped, 8, "every row is one or the other");
}

#[test]
fn many_rows_are_returned_in_batches_without_loss() {
    let mut text = Vec::new();
    writeln!(text, "{AUDIT_HEADER}").unwrap();
    let users = 6000;
    for round in 0..3 {
        for user in 0..users {
            writeln!(text, "1,p,user{user},Configurada,Nunca,AKIA{round}{user},Active,2025-01-01 00:00:00,Nunca,N/A,None").unwrap();
        }
    }
    let read = read_bytes("audit_20260101.csv", &text);
    assert_eq!((read.records.len(), read.skips.len()), (users, 0));
    for (number, (line, rows, text)) in read.records.iter().enumerate() {
        assert_eq!((*line, *rows), (number as u64 + 2, 3));
        for round in 0..3 {
            assert!(text.contains(&format!(" id=AKIA{round}{number} ")), "{text}");
        }
    }
}
