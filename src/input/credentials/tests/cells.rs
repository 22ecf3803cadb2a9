//! The meaning of single cells.

use super::*;

/// A row of the report with some of its columns, and the resulting record.
fn check(format: &CredentialReport, columns: &str, cases: &[(&str, &str)]) {
    for (row, expected) in cases {
        assert_eq!(map(format, Some(columns), row), *expected, "{columns}\n{row}");
    }
}

#[test]
fn passwords_of_aws() {
    check(
        &AWS,
        "user,arn,password_enabled,password_last_used",
        &[
            (
                "a,N/A,true,2025-01-01T00:00:00Z",
                "user=a user_type=user password=true console=true password_used=true password_last_used=2025-01-01T00:00:00Z [Missing of Missing active]",
            ),
            (
                "a,N/A,true,no_information",
                "user=a user_type=user password=true console=true password_used=false [Missing of Missing active]",
            ),
            (
                "a,N/A,false,N/A",
                "user=a user_type=user password=false console=false [Missing of Missing active]",
            ),
            (
                "<root_account>,N/A,not_supported,no_information",
                "user=<root_account> user_type=root password_used=false [Missing of Missing active]",
            ),
            (
                "a,arn:aws-cn:iam::000011112222:user/a,ture,once",
                "account=000011112222 user=a arn=arn:aws-cn:iam::000011112222:user/a user_type=user [Missing of Missing active]",
            ),
            (
                "<root>,arn:aws,,",
                "user=<root> arn=arn:aws user_type=user [Missing of Missing active]",
            ),
            (" ,arn:aws,,", "Skipped(Malformed, \"it does not name a user\")"),
        ],
    );
}

#[test]
fn keys_of_aws() {
    let columns = "user,arn,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service";
    check(
        &AWS,
        columns,
        &[
            ("a,N/A,false,N/A,N/A,N/A,N/A", "user=a user_type=user [0 of 0 active]"),
            // An inactive key is still a key.
            (
                "a,N/A,false,2025-12-01T00:00:00Z,N/A,N/A,N/A",
                "user=a user_type=user [0 of 1 active]\n  slot=2 active=false created=2025-12-01T00:00:00Z used=false age_days=31 idle_days=31",
            ),
            (
                "a,N/A,TRUE,2025-12-01T00:00:00Z,2025-12-31T00:00:01Z,N/A,s3",
                "user=a user_type=user [1 of 1 active]\n  slot=2 active=true created=2025-12-01T00:00:00Z used=true last_used=2025-12-31T00:00:01Z last_service=s3 age_days=31 idle_days=0",
            ),
            ("a,N/A,true,N/A,,,", "user=a user_type=user [1 of 1 active]\n  slot=2 active=true"),
            // Neither yes nor no: the key exists, and the number of active keys is unknown.
            (
                "a,N/A,perhaps,2025-12-01T00:00:00Z,N/A,N/A,N/A",
                "user=a user_type=user [Missing of 1 active]\n  slot=2 created=2025-12-01T00:00:00Z used=false age_days=31 idle_days=31",
            ),
            (
                "a,N/A,true,2099-02-03T09:50:21+00:00,N/A,N/A,N/A",
                "user=a user_type=user [1 of 1 active]\n  slot=2 active=true created=2099-02-03T09:50:21Z used=false\n! a time of a key is later than `now`: the days since then are missing",
            ),
            (
                "a,N/A,true,2026-01-01T00:00:00Z,2026-01-01T00:00:00.000001Z,N/A,N/A",
                "user=a user_type=user [1 of 1 active]\n  slot=2 active=true created=2026-01-01T00:00:00Z used=true last_used=2026-01-01T00:00:00.000001Z age_days=0\n! a time of a key is later than `now`: the days since then are missing",
            ),
        ],
    );
}

#[test]
fn passwords_of_alibaba() {
    check(
        &ALIBABA,
        "user,user_last_logon,password_exist,password_active",
        &[
            (
                "a,-,TRUE,TRUE",
                "user=a user_type=user password=true console=true password_used=false [Missing of Missing active]",
            ),
            (
                "<root>,N/A,TRUE,N/A",
                "user=<root> user_type=root password=true console=true [Missing of Missing active]",
            ),
            (
                "a,-,TRUE,FALSE",
                "user=a user_type=user password=false console=false password_used=false [Missing of Missing active]",
            ),
            (
                "a,N/A,FALSE,N/A",
                "user=a user_type=user password=false console=false [Missing of Missing active]",
            ),
            (
                "a,LOGIN_DISABLED,TRUE,N/A",
                "user=a user_type=user password=true console=false [Missing of Missing active]",
            ),
            (
                "a,LOGIN_DISABLED,LOGIN_DISABLED,LOGIN_DISABLED",
                "user=a user_type=user console=false [Missing of Missing active]",
            ),
        ],
    );
    // Without that column the field is missing.
    check(
        &ALIBABA,
        "user,user_last_logon,password_active",
        &[("a,LOGIN_DISABLED,FALSE", "user=a user_type=user [Missing of Missing active]")],
    );
}

#[test]
fn passwords_of_tencent() {
    let columns =
        "Username,PasswordEnabled,PasswordLastRotation,LoginConsoleActive,Last Console Login Time";
    let unknown = "user_type=unknown";
    for (row, expected) in [
        (
            "a,TRUE,2025-12-31 8:00:00,TRUE,2025/12/31 9:05:06",
            "password=true console=true password_used=true password_last_used=2025-12-31T01:05:06Z password_changed=2025-12-31T00:00:00Z",
        ),
        // For users who may sign in, no record of a sign-in means never; for others it is missing.
        ("a,TRUE,not_supported,FALSE,N/A", "password=true console=false password_used=false"),
        ("a,not_supported,not_supported,TRUE,N/A", "console=true password_used=false"),
        ("a,FALSE,FALSE,FALSE,N/A", "password=false console=false"),
        ("a,TRUE,FALSE,TRUE,not_supported", "password=true console=true"),
    ] {
        let expected = format!("user=a {unknown} {expected} [Missing of Missing active]");
        assert_eq!(map(&TENCENT, Some(columns), row), expected, "{row}");
    }
    let zone = Zone::parse("UTC");
    let columns = Some(Columns::new(["Username", "CreationTime"].map(str::to_owned)));
    let origin =
        Origin { columns, zone, account: Some("100000000001".into()), ..Origin::default() };
    assert_eq!(
        map_with(&TENCENT, &origin, "a,2025-12-31 8:00:00"),
        "account=100000000001 user=a user_type=unknown created=2025-12-31T08:00:00Z [Missing of Missing active]"
    );
}

#[test]
fn keys_of_tencent() {
    check(
        &TENCENT,
        "Username,UserType,AccessKey1SecretId,AccessKey1Status,AccessKey1lastUsedDate",
        &[
            ("a,Sub-user,N/A,N/A,N/A", "user=a user_type=user [0 of 0 active]"),
            (
                "a,Message receiver,not_supported,not_supported,not_supported",
                "user=a user_type=receiver [0 of 0 active]",
            ),
            (
                "a,WeWork-Sub-user,AKIDexample,Disable,N/A",
                "user=a user_type=federated [0 of 1 active]\n  slot=1 id=AKIDexample active=false used=false",
            ),
            (
                "a,collaborator,AKIDexample,ACTIVE,-",
                "user=a user_type=collaborator [1 of 1 active]\n  slot=1 id=AKIDexample active=true used=false",
            ),
            (
                "a,Robot,N/A,Active,N/A",
                "user=a user_type=unknown [1 of 1 active]\n  slot=1 active=true used=false",
            ),
        ],
    );
}

#[test]
fn factors_of_the_audit_report() {
    check(
        &AUDIT,
        "account_id,username,mfa_status",
        &[
            (
                "000011112222,a,Virtual",
                "account=000011112222 user=a user_type=user mfa=true mfa_kind=virtual [Missing of Missing active]",
            ),
            (
                "1,a,HARDWARE",
                "account=1 user=a user_type=user mfa=true mfa_kind=hardware [Missing of Missing active]",
            ),
            ("1,a,None", "account=1 user=a user_type=user mfa=false [Missing of Missing active]"),
            ("1,a,U2F", "account=1 user=a user_type=user [Missing of Missing active]"),
            ("1,a,", "account=1 user=a user_type=user [Missing of Missing active]"),
        ],
    );
}

#[test]
fn a_row_of_the_audit_report_is_a_key_only_if_it_describes_one() {
    check(
        &AUDIT,
        "account_id,username,password_status,last_used_date",
        &[
            (
                "1,a,No configurada,Nunca utilizada",
                "account=1 user=a user_type=user password=false console=false [Missing of 1 active]\n  slot=1 used=false",
            ),
            (
                "1,a,Configurada,2025-12-31 00:00:00",
                "account=1 user=a user_type=user password=true console=true [Missing of 1 active]\n  slot=1 used=true last_used=2025-12-31T00:00:00Z idle_days=1",
            ),
            (
                "1,a,Configurada,",
                "account=1 user=a user_type=user password=true console=true [Missing of 0 active]",
            ),
        ],
    );
}

#[test]
fn every_column_that_a_format_reads_is_in_its_header() {
    for report in REPORTS {
        let origin = Origin::default();
        let user = report.user.iter().map(|column| column.name);
        let keys = report.key_columns(&origin).concat();
        let named: Vec<&str> = user.chain(keys.iter().map(|(_, column)| column.name)).collect();
        let all = named
            .iter()
            .chain(report.identified_by)
            .chain(report.and_one_of)
            .chain(report.identity);
        for name in all {
            assert!(report.header.contains(name), "{}: {name}", report.name);
        }
        let every = Columns::new(report.header.iter().map(|&name| name.to_owned()));
        assert!(report.knows(&every), "{}", report.name);
        assert_eq!(
            report.carries(&Origin { columns: Some(every), ..origin.clone() }),
            report.carries(&origin)
        );
    }
    let lengths: Vec<usize> = REPORTS.iter().map(|report| report.header.len()).collect();
    assert_eq!(lengths, [22, 28, 26, 11]);
}

#[test]
fn no_header_matches_two_formats() {
    for report in REPORTS {
        let every = Columns::new(report.header.iter().map(|&name| name.to_owned()));
        let matching = REPORTS.iter().filter(|other| other.knows(&every)).count();
        assert_eq!(matching, 1, "{}", report.name);
    }
    // The audit script's events, and tables of other people.
    for columns in [
        "eventTime,eventName,username,account_id,account_name,resources",
        "user,name",
        "username,password",
    ] {
        let columns = Columns::new(columns.split(',').map(str::to_owned));
        assert!(!REPORTS.iter().any(|report| report.knows(&columns)), "{columns:?}");
    }
}

#[test]
fn fields_of_a_missing_column_are_not_carried() {
    for report in REPORTS {
        let whole = report.carries(&Origin::default());
        for left_out in report.header {
            let columns = report.header.iter().filter(|name| *name != left_out);
            let columns = Columns::new(columns.map(|&name| name.to_owned()));
            let without = report.carries(&Origin { columns: Some(columns), ..Origin::default() });
            let lost: Vec<FieldId> = whole.iter().filter(|id| !without.contains(*id)).collect();
            let keys = report.key_columns(&Origin::default()).concat();
            let all = report.user.iter().chain(keys.iter().map(|(_, column)| *column));
            let others: Vec<_> = all.clone().filter(|column| column.name != *left_out).collect();
            let only_here = |id: &&FieldId| !others.iter().any(|column| column.fields.contains(id));
            let own =
                all.filter(|column| column.name == *left_out).flat_map(|column| column.fields);
            // The column of the user is required.
            for id in own.filter(only_here).filter(|id| **id != cred::USER && **id != key::EXISTS) {
                assert!(
                    lost.contains(id),
                    "{}: {} without {left_out}",
                    report.name,
                    id.field().path()
                );
            }
            for id in &lost {
                let name = id.field().name;
                let derived = ["active_keys", "age_days", "idle_days", "password", "console"];
                let own = report
                    .user
                    .iter()
                    .chain(keys.iter().map(|(_, column)| *column))
                    .any(|column| column.name == *left_out && column.fields.contains(id));
                assert!(
                    own || derived.contains(&name),
                    "{}: {name} without {left_out}",
                    report.name
                );
            }
        }
    }
}

#[test]
fn carried_fields_are_those_of_the_fixtures() {
    for (report, name) in [
        (&AWS, "aws_20260101_000000.csv"),
        (&ALIBABA, "alibaba.csv"),
        (&TENCENT, "tencent_2026-01-01T00-00-00Z.csv"),
        (&AUDIT, "iam_audit_report_20260101_000000.csv"),
    ] {
        let set = InputSet::new(&[fixture(name).to_str().unwrap().to_owned()]).unwrap();
        let mut file = set.open(0);
        let mut batch = Batch::default();
        let mut filled = FieldSet::EMPTY;
        while file.next(&mut batch) == BatchStatus::More || !batch.records.is_empty() {
            for raw in batch.iter().flatten() {
                let mapper = report.mapper(&all(), &file.origin(), NOW);
                mapper.map(&raw, &mut Scratch::default(), &mut |rows| {
                    for record in std::iter::once(rows.record).chain(rows.keys) {
                        let has = of_kind(record.kind).filter(|id| !record.get(*id).is_missing());
                        has.for_each(|id| filled.insert(id));
                    }
                });
            }
            batch.clear();
        }
        let paths =
            |set: FieldSet| -> Vec<String> { set.iter().map(|id| id.field().path()).collect() };
        assert_eq!(paths(filled), paths(report.carries(&Origin::default())), "{name}");
    }
    let account = Origin { account: Some("1".into()), ..Origin::default() };
    for report in [&ALIBABA, &TENCENT] {
        assert!(!report.carries(&Origin::default()).contains(cred::ACCOUNT));
        assert!(report.carries(&account).contains(cred::ACCOUNT));
    }
}
