//! Whole files.

use insta::assert_snapshot;

use super::*;

#[test]
fn the_words_of_aws_reports_are_mapped() {
    let read = read(&fixture("aws_20260101_000000.csv"));
    assert_eq!((read.format, read.status.as_str()), ("aws-credential-report", "rows -"));
    assert_eq!(read.time.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_snapshot!(read.text(), @"
    2: account=000011112222 user=<root_account> arn=arn:aws:iam::000011112222:root user_type=root created=2021-02-03T10:00:00Z password_used=true password_last_used=2025-11-20T08:15:00Z mfa=true [0 of 0 active]
    3: account=000011112222 user=alice arn=arn:aws:iam::000011112222:user/alice user_type=user created=2023-05-02T07:30:00Z password=true console=true password_used=true password_last_used=2025-12-28T16:40:00Z password_changed=2025-10-01T09:00:00Z mfa=true [1 of 2 active]
      slot=1 active=true created=2025-06-15T12:00:00Z used=true last_used=2025-12-31T23:00:00Z last_service=s3 last_region=eu-central-1 age_days=199 idle_days=0
      slot=2 active=false created=2024-01-10T12:00:00Z used=true last_used=2025-05-30T08:00:00Z last_service=iam age_days=721 idle_days=215
    4: account=000011112222 user=build-bot arn=arn:aws:iam::000011112222:user/ci/build-bot user_type=user created=2024-03-01T00:00:00Z password=false console=false mfa=false [1 of 1 active]
      slot=1 active=true created=2025-10-03T00:00:00Z used=false age_days=90 idle_days=90
    5: account=000011112222 user=carol arn=arn:aws:iam::000011112222:user/carol user_type=user created=2025-12-30T11:00:00Z password=true console=true password_used=false password_changed=2025-12-30T11:00:05Z password_next=2026-03-30T11:00:05Z mfa=false [0 of 0 active]
    ");
}

#[test]
fn alibaba_reports_have_up_to_five_keys_without_ids() {
    let read = read(&fixture("alibaba.csv"));
    assert_eq!((read.format, &read.time), ("alibaba-credential-report", &None));
    assert_snapshot!(read.text(), @"
    2: user=<root> user_type=root created=2020-04-05T06:07:08Z password=true console=true password_used=true password_last_used=2025-12-01T01:02:03Z password_changed=2024-01-01T00:00:00Z mfa=true [0 of 0 active]
    3: user=dora@example.onaliyun.com user_type=user created=2022-02-02T02:02:02Z password=true console=true password_used=false password_changed=2022-02-02T02:02:02Z mfa=false [3 of 4 active]
      slot=1 active=true created=2025-01-01T00:00:00Z used=true last_used=2025-12-20T10:00:00Z age_days=365 idle_days=11
      slot=2 active=true created=2025-09-23T00:00:00Z used=false age_days=100 idle_days=100
      slot=3 active=false created=2019-01-01T00:00:00Z used=true last_used=2019-06-02T00:00:00Z age_days=2557 idle_days=2405
      slot=5 active=true created=2018-01-01T00:00:00Z used=false age_days=2922 idle_days=2922
    4: user=emil@example.onaliyun.com user_type=user created=2023-03-03T03:03:03Z console=false [1 of 1 active]
      slot=1 active=true created=2025-12-31T00:00:00Z used=true last_used=2025-12-31T12:00:00Z age_days=1 idle_days=0
    5: user=fay@example.onaliyun.com user_type=user created=2023-03-03T03:03:03Z password=false console=false password_used=true password_last_used=2025-03-03T03:03:03Z password_changed=2023-03-03T03:03:03Z password_next=2024-03-03T03:03:03Z mfa=true [0 of 0 active]
    note: neither the report nor its name contains its time: without `--now`, ages are computed at the time of the run
    ");
}

#[test]
fn tencent_reports_use_beijing_time_and_contain_key_ids() {
    let read = read(&fixture("tencent_2026-01-01T00-00-00Z.csv"));
    assert_eq!(read.format, "tencent-credential-report");
    assert_snapshot!(read.text(), @"
    2: user=grace user_id=100012345678 user_type=user created=2019-08-16T01:25:56Z password=true console=true password_used=true password_last_used=2025-12-29T23:05:09Z password_changed=2025-06-01T01:00:00Z mfa=true login_protected=true op_protected=false abnormal_login=false [1 of 1 active]
      slot=1 id=AKIDexampleexample0000000000000000aa active=true created=2025-01-01T00:00:00Z used=true last_used=2025-12-31T15:59:59Z at_risk=true over30=true over90=true age_days=365 idle_days=0
    3: user=henry user_id=100012345679 user_type=collaborator created=2019-08-16T01:25:56Z mfa=false login_protected=false op_protected=false abnormal_login=true [1 of 2 active]
      slot=1 id=AKIDexampleexample0000000000000000bb active=false created=2025-12-20T02:00:00Z used=false at_risk=false over30=false over90=false age_days=11 idle_days=11
      slot=2 id=AKIDexampleexample0000000000000000cc active=true created=2025-12-20T02:00:00Z used=false at_risk=false over30=false over90=false age_days=11 idle_days=11
    4: user=ivy user_id=100012345680 user_type=federated created=2024-02-29T15:00:00Z console=true password_used=false login_protected=true op_protected=true abnormal_login=false [0 of 0 active]
    5: user=jobs user_id=100012345681 user_type=receiver created=2024-02-29T15:00:00Z abnormal_login=false [0 of 0 active]
    6: user=kim user_id=100012345682 user_type=user created=2025-11-11T03:11:11Z password=false console=false mfa=false login_protected=false op_protected=false abnormal_login=false [0 of 0 active]
    ");
}

#[test]
fn audit_reports_have_a_row_for_each_key() {
    let read = read(&fixture("iam_audit_report_20260101_000000.csv"));
    assert_eq!(read.format, "iam-audit-report");
    assert_snapshot!(read.text(), @"
    2 (3 rows): account=000011112222 account_name=production user=leo user_type=user password=true console=true password_used=true password_last_used=2025-12-29T14:20:00Z mfa=true mfa_kind=virtual [2 of 3 active]
      slot=1 id=AKIAEXAMPLE000000001 active=true created=2025-01-15T09:30:00Z used=true last_used=2025-12-31T08:00:00Z last_service=s3 age_days=350 idle_days=0
      slot=2 id=AKIAEXAMPLE000000003 active=false created=2023-02-01T09:30:00Z used=true last_used=2024-02-01T09:30:00Z last_service=ec2 age_days=1064 idle_days=699
      slot=3 id=AKIAEXAMPLE000000005 active=true created=2025-12-01T09:30:00Z used=false age_days=30 idle_days=30
    3: account=333344445555 account_name=staging user=mia user_type=user password=false console=false password_used=false mfa=false [1 of 1 active]
      slot=1 id=AKIAEXAMPLE000000002 active=true created=2024-06-01T00:00:00Z used=false age_days=579 idle_days=579
    5: account=333344445555 account_name=staging user=leo user_type=user password=true console=true password_used=false mfa=true mfa_kind=hardware [1 of 1 active]
      slot=1 id=AKIAEXAMPLE000000004 active=true created=2025-12-31T09:30:00Z used=true last_used=2025-12-31T10:00:00Z last_service=sts age_days=0 idle_days=0
    ");
}

#[test]
fn a_base64_report_in_an_api_response_is_decoded() {
    for (file, report, time) in [
        ("aws-answer.json", "aws_20260101_000000.csv", "2026-01-01T04:05:06Z"),
        ("alibaba-answer.json", "alibaba.csv", "2026-01-01T00:00:00Z"),
    ] {
        let read_file = read(&fixture(file));
        assert_eq!(read_file.status, "rows base64", "{file}");
        assert_eq!(read_file.time.as_deref(), Some(time), "the content goes before the name");
        let places = |read: &FileRead| -> Vec<(u64, u64)> {
            read.records.iter().map(|(line, rows, _)| (*line, *rows)).collect()
        };
        let bare = read(&fixture(report));
        assert_eq!(places(&read_file), places(&bare), "lines are those of the report inside");
        assert_eq!(read_file.records, bare.records, "{file}");
    }
}

#[test]
fn every_shape_of_api_response_is_read() {
    let whole: serde_json::Value =
        serde_json::from_slice(&fs::read(fixture("aws-answer.json")).unwrap()).unwrap();
    let encoded = whole["Content"].as_str().unwrap();
    let broken_lines = encoded.as_bytes().chunks(76).map(|c| std::str::from_utf8(c).unwrap());
    let broken_lines = broken_lines.collect::<Vec<_>>().join("\\n");
    let csv = fs::read_to_string(fixture("aws_20260101_000000.csv")).unwrap();
    let plain = serde_json::to_string(&csv).unwrap();
    let at = |read: &FileRead| read.time.clone().unwrap_or_else(|| "-".to_owned());
    for (json, status, time) in [
        (format!(r#"{{"Content":"{broken_lines}"}}"#), "rows base64", "-"),
        (format!(r#"{{"Content":"{}"}}"#, encoded.trim_end_matches('=')), "rows base64", "-"),
        (
            format!(r#"{{"Content":{plain},"GeneratedTime":1767225600.0}}"#),
            "rows -",
            "2026-01-01T00:00:00Z",
        ),
        (
            format!(
                r#"{{"status_code":200,"data":{{"Content":{plain},"ReportFormat":"text/csv"}}}}"#
            ),
            "rows -",
            "-",
        ),
        (
            format!(
                r#"{{"body":{{"GeneratedTime":"2025-05-05T05:05:05Z","Content":"{encoded}"}}}}"#
            ),
            "rows base64",
            "2025-05-05T05:05:05Z",
        ),
        (format!("\n {{\n\"Content\":\"{encoded}\"\n}}\n\n"), "rows base64", "-"),
    ] {
        let read = read_bytes("answer.json", json.as_bytes());
        assert_eq!((read.status.as_str(), at(&read).as_str()), (status, time), "{json}");
        assert_eq!((read.records.len(), read.skips.len()), (4, 0), "{json}");
    }
    let odd = format!(r#"{{"Content":"{encoded}","GeneratedTime":"soon"}}"#);
    let read = read_bytes("answer_20260102.json", odd.as_bytes());
    assert_eq!(at(&read), "2026-01-02T00:00:00Z", "then the name says");
    assert_snapshot!(read.notes.join("\n"), @"the `GeneratedTime` of the response is not a time that Keytrail can read");
}

#[test]
fn a_response_that_cannot_be_decoded_is_a_located_skip() {
    for (json, expected) in [
        (
            "{\n \"Content\": \"dXNlcix*cm4=\"}",
            "2 @22: syntax: the `Content` of the response is not base64",
        ),
        ("{\"Content\":\"dXNlc\"}", "1 @17: syntax: the `Content` of the response is not base64"),
        ("{\"Content\":17}", "1 @11: syntax: the `Content` of the response is not a text"),
        (
            "{\"Content\":\"dXNlcg==\",\"Content\":\"dXNlcg==\"}",
            "1 @32: syntax: the response contains a key twice, so it is ambiguous",
        ),
    ] {
        let read = read_bytes("answer.json", json.as_bytes());
        assert_eq!(read.skips, [expected], "{json}");
        assert_eq!((read.records.len(), read.status.as_str()), (0, "answer -"), "{json}");
    }
    // The content is checked like a separate file.
    let other = read_bytes("answer.json", br#"{"Content":"aGVsbG8gd29ybGQK"}"#);
    assert!(other.status.contains("Unclaimed"), "{}", other.status);
    // A file that only begins like a response is read as its actual format.
    for json in [r#"{"Content":"dXNlcg==""#, r#"{"Content":"a,b"} {"Content":"a,b"}"#] {
        let other = read_bytes("answer.json", json.as_bytes());
        assert!(other.status.contains("Unclaimed"), "{json}: {}", other.status);
    }
}

#[test]
fn reports_are_read_before_events() {
    let read_order = |name: &str| {
        let path = fixture(name).to_str().unwrap().to_owned();
        InputSet::new(&[path]).unwrap().read_order(0)
    };
    for name in ["aws_20260101_000000.csv", "aws-answer.json", "alibaba-answer.json"] {
        assert_eq!(read_order(name), ReadOrder::Reports, "{name}");
    }
    assert_eq!(read_order("../cloudtrail/s3.json"), ReadOrder::Events);
    assert_eq!(read_order("../cloudtrail/lines.ndjson"), ReadOrder::Events);

    let stream = |bytes: Vec<u8>| {
        InputSet::new(&["-".to_owned()]).unwrap().stdin(Box::new(std::io::Cursor::new(bytes)))
    };
    for name in ["alibaba.csv", "aws-answer.json"] {
        let set = stream(fs::read(fixture(name)).unwrap());
        assert_eq!(set.read_order(0), ReadOrder::Reports, "{name}");
        assert_eq!(set.read_order(0), ReadOrder::Reports, "asked again");
        assert_eq!(read_set(&set).records.len(), 4, "nothing was lost by looking");
    }
    let set = stream(fs::read(fixture("../cloudtrail/single.json")).unwrap());
    assert_eq!(set.read_order(0), ReadOrder::Events);
}

#[test]
fn columns_may_be_in_any_order_with_others_after_them() {
    let csv = fs::read_to_string(fixture("aws_20260101_000000.csv")).unwrap();
    let turned: String = csv
        .lines()
        .map(|row| {
            let mut cells: Vec<&str> = row.split(',').collect();
            cells.reverse();
            format!("{},new\n", cells.join(","))
        })
        .collect();
    let header = turned.lines().next().unwrap().to_owned();
    let spaced = turned.replacen(&header, &header.to_uppercase().replace(',', " ,"), 1);
    let expected = read(&fixture("aws_20260101_000000.csv")).records;
    for text in [turned, spaced] {
        assert_eq!(read_bytes("aws_20260101_000000.csv", text.as_bytes()).records, expected);
    }
}
