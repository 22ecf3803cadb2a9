//! Reports that a spreadsheet, a shell or `grep` rewrote.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;

use super::*;

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date\n";

/// A report of AWS with these rows.
fn aws(rows: &str) -> FileRead {
    read_bytes("report_2026-01-01.csv", format!("{COLUMNS}{rows}").as_bytes())
}

#[test]
fn values_that_a_spreadsheet_rewrote_are_restored() {
    let plain = aws(
        "erin,N/A,2025-03-14T08:05:00+00:00,true,2025-12-20T07:00:00Z,false,true,2025-11-30T10:00:00Z,N/A\n",
    );
    for row in [
        "erin,N/A,14.03.2025 08:05,WAHR,20.12.2025 07:00,FALSCH,WAHR,30.11.2025 10:00,N/A\n",
        "erin,N/A,14/03/2025 08:05,VRAI,20/12/2025 07:00,FAUX,VRAI,30/11/2025 10:00,N/A\n",
        "erin,N/A,3/14/2025 8:05,TRUE,12/20/2025 7:00,FALSE,TRUE,11/30/2025 10:00,N/A\n",
        "erin,N/A,3/14/2025 8:05 AM,TRUE,12/20/2025 7:00 AM,FALSE,TRUE,11/30/2025 10:00 AM,N/A\n",
        "erin,N/A,14-Mar-25 8:05,TRUE,20-Dec-25 7:00,FALSE,TRUE,30-Nov-25 10:00,N/A\n",
        "erin,N/A,2025-03-14 08:05,WAAR,2025-12-20 07:00,ONWAAR,WAAR,2025-11-30 10:00,N/A\n",
        "erin,N/A,45730.3368055556,1,46011.2916666667,0,1,45991.4166666667,N/A\n",
        "erin,N/A,\"45730,3368055556\",WAHR,\"46011,2916666667\",FALSCH,WAHR,\"45991,4166666667\",N/A\n",
    ] {
        let read = aws(row);
        assert_eq!((&read.records, &read.faults), (&plain.records, &Vec::new()), "{row}");
    }
}

#[test]
fn other_dates_of_a_file_resolve_an_ambiguous_date() {
    let row = |user: &str, created: &str| format!("{user},N/A,{created},FALSE,N/A,FALSE,,,\n");
    let created = |read: &FileRead| -> Vec<String> {
        let of = |text: &String| text.split("created=").nth(1).map(|rest| rest[..10].to_owned());
        read.records.iter().map(|(_, _, text)| of(text).unwrap_or_else(|| "-".into())).collect()
    };
    let either = row("a", "4/3/2025 0:00");
    for (others, expected, faults) in [
        (row("b", "25/3/2025 0:00"), ["2025-03-04", "2025-03-25"], 0),
        (row("b", "3/25/2025 0:00"), ["2025-04-03", "2025-03-25"], 0),
        // The same day in either order settles nothing.
        (row("b", "5/5/2025 0:00"), ["-", "2025-05-05"], 1),
        (row("b", "2025-03-25T00:00:00Z"), ["-", "2025-03-25"], 1),
    ] {
        let read = aws(&format!("{either}{others}"));
        assert_eq!(
            (created(&read), read.faults.len()),
            (expected.map(str::to_owned).to_vec(), faults)
        );
    }
    // Two concatenated files with different orders.
    let read =
        aws(&format!("{either}{}{}", row("b", "25/3/2025 0:00"), row("c", "3/25/2025 0:00")));
    assert_eq!(created(&read), ["-", "2025-03-25", "2025-03-25"]);
    assert_eq!(read.faults.len(), 1);
}

#[test]
fn values_that_cannot_be_restored_are_faults() {
    let read =
        aws("#NAME?,N/A,3/9/2025 8:05,maybe,########,#N/A,TRUE,4/5/2025 0:00,13/13/2025 0:00\n");
    assert_snapshot!(read.text(), @"
    2: user=#NAME? user_type=user [1 of 1 active]
      slot=1 active=true
    fault: values of `user` that a spreadsheet replaced: 1, such as `#NAME?`; use the report as downloaded from the cloud
    fault: ambiguous dates of `user_creation_time`, treated as missing: 1, such as `3/9/2025 8:05`; use the report as downloaded from the cloud, not as a spreadsheet saved it
    fault: values of `password_enabled` that are not yes or no, treated as missing: 1, such as `maybe`
    fault: values of `password_last_used` that are not a time, treated as missing: 1, such as `########`
    fault: values of `mfa_active` that are not yes or no, treated as missing: 1, such as `#N/A`
    fault: ambiguous dates of `access_key_1_last_rotated`, treated as missing: 1, such as `4/5/2025 0:00`; use the report as downloaded from the cloud, not as a spreadsheet saved it
    fault: values of `access_key_1_last_used_date` that are not a time, treated as missing: 1, such as `13/13/2025 0:00`
    ");
    let audit = read_bytes(
        "iam_audit_report_20260101_000000.csv",
        b"account_id,account_name,username,password_status,mfa_status\n1.11122E+11,p,ann,Configurada,None\n11112222,p,bob,Configurada,None\n",
    );
    assert_snapshot!(audit.text(), @"
    2: account_name=p user=ann user_type=user password=true console=true mfa=false [Missing of Missing active]
    3: account=000011112222 account_name=p user=bob user_type=user password=true console=true mfa=false [Missing of Missing active]
    fault: values of `account_id` that a spreadsheet replaced: 1, such as `1.11122E+11`; use the report as downloaded from the cloud
    ");
}

#[test]
fn spreadsheets_rewrite_the_reports_of_every_cloud() {
    let alibaba = read_bytes(
        "report_2026-01-01.csv",
        b"user,user_creation_time,user_last_logon,password_exist,password_active,mfa_active,access_key_1_exist,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used\neva@example.onaliyun.com,02.02.2022 02:02,-,WAHR,WAHR,FALSCH,WAHR,WAHR,30.09.2025 00:00,-\n",
    );
    assert_snapshot!(alibaba.text(), @"
    2: user=eva@example.onaliyun.com user_type=user created=2022-02-02T02:02:00Z password=true console=true password_used=false mfa=false [1 of 1 active]
      slot=1 active=true created=2025-09-30T00:00:00Z used=false age_days=93 idle_days=93
    note: dates that a spreadsheet rewrote, read in zone UTC: 2
    ");
    let tencent = read_bytes(
        "report_2026-01-01.csv",
        b"Account ID,Username,UserType,CreationTime,PasswordEnabled,PasswordLastRotation,LoginConsoleActive,MFADeviceActive,AccessKey1SecretId,AccessKey1CreationTime,AccessKey1Status,AccessKey1lastUsedDate\n100000000099,ole,Sub-user,16.08.2019 09:25,SANN,USANN,SANN,not_supported,AKIDexample01,13.11.2025 08:00,Active,N/A\n",
    );
    assert_snapshot!(tencent.text(), @"
      2: user=ole user_id=100000000099 user_type=user created=2019-08-16T01:25:00Z password=true console=true mfa=false [1 of 1 active]
        slot=1 id=AKIDexample01 active=true created=2025-11-13T00:00:00Z used=false age_days=49 idle_days=49
      note: dates that a spreadsheet rewrote, read in zone +08:00: 2
      ");
}

#[test]
fn a_base64_report_is_read_regardless_of_its_file_name() {
    let report = fs::read(fixture("aws_20260101_000000.csv")).unwrap();
    let plain = read(&fixture("aws_20260101_000000.csv"));
    let encoded = STANDARD.encode(&report);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for (name, text, time) in [
        ("undecoded_20260101_000000.csv", encoded.clone(), "2026-01-01T00:00:00Z"),
        ("undecoded_20260101_000000.txt", lines.join("\n"), "2026-01-01T00:00:00Z"),
        ("content.json", format!("\"{encoded}\"\n"), "-"),
        (
            "answer.txt",
            format!("{encoded}\t2026-01-01T00:00:00+00:00\ttext/csv\n"),
            "2026-01-01T00:00:00Z",
        ),
    ] {
        let read = read_bytes(name, text.as_bytes());
        assert_eq!(read.status, "rows base64", "{name}");
        assert_eq!(read.records, plain.records, "{name}");
        assert_eq!(read.time.as_deref().unwrap_or("-"), time, "{name}");
    }
    let cut = read_bytes("cut.txt", &encoded.as_bytes()[..encoded.len() - 31]);
    assert_eq!(cut.skips.len(), 1, "{cut:?}");
    let broken = format!("{}!{}", &encoded[..800], &encoded[801..]);
    let broken = read_bytes("broken.txt", broken.as_bytes());
    assert_snapshot!(broken.text(), @"");
    // Base64 of anything else is not a report.
    let other = read_bytes("other.txt", STANDARD.encode("a,b,c\n1,2,3\n".repeat(9)).as_bytes());
    assert!(other.status.starts_with("Unclaimed"), "{}", other.status);
}

#[test]
fn spreadsheet_separators_and_encodings_are_rejected_with_advice() {
    let report = fs::read_to_string(fixture("aws_20260101_000000.csv")).unwrap();
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(report.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, advice) in [
        (
            report.replace(',', ";").into_bytes(),
            "separated by semicolons: only commas are read, so convert it",
        ),
        (
            report.replace(',', "\t").into_bytes(),
            "separated by tabs: only commas are read, so convert it",
        ),
        (utf16, "UTF-16 text: convert it to UTF-8"),
    ] {
        let read = read_bytes("report.csv", &bytes);
        assert!(read.status.contains(advice), "{}", read.status);
        assert_eq!(read.records.len(), 0);
    }
    let plain = read(&fixture("aws_20260101_000000.csv"));
    let variant = format!("\u{feff}{}", report.replace('\n', "\r\n"));
    let variant = read_bytes("aws_20260101_000000.csv", variant.as_bytes());
    assert_eq!((variant.records, variant.faults), (plain.records, plain.faults));
}

#[test]
fn rows_joined_by_grep_remain_separate_dated_reports() {
    let columns = "account_id,username,password_status,password_last_used,mfa_status";
    let row = |file: &str, user: &str, mfa: &str| {
        format!("{file}:111122223333,{user},Configurada,2025-10-01 08:00:00,{mfa}\n")
    };
    let text = [
        row("old/audit_20251101_090000.csv", "ann", "None"),
        row("audit_20251201_090000.csv", "ann", "Virtual"),
        row("old/audit_20251101_090000.csv", "ben", "None"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("joined.csv");
    fs::write(&path, text.concat()).unwrap();
    let columns = Columns::new(columns.split(',').map(str::to_owned));
    let hint = crate::record::Hint {
        columns: Some(crate::record::Setting::new(columns, "a test")),
        ..crate::record::Hint::default()
    };
    let hints = crate::record::Hints { every: hint, ..crate::record::Hints::default() };
    let set = InputSet::new(&[path.to_str().unwrap().to_owned()]).unwrap();
    let set = set.hints(&hints, folder.path());
    let mut file = set.open(0);
    let (mut batch, mut found) = (Batch::default(), Vec::new());
    loop {
        let step = file.next(&mut batch);
        let made = file.origin().time.map(|time| time.to_string()[..10].to_owned());
        for raw in batch.iter() {
            let user = raw.unwrap().text.split(',').nth(1).unwrap().to_owned();
            found.push(format!("{user} {}", made.as_deref().unwrap_or("-")));
        }
        if step == BatchStatus::Done {
            break;
        }
    }
    assert_eq!(found, ["ann 2025-11-01", "ben 2025-11-01", "ann 2025-12-01"]);
    assert_eq!(file.account().notes, [""; 0]);
}
