//! Counts of users, and the remediation steps for them.

use super::super::age::{Ages, Bucket};
use super::super::coverage::Coverage;
use super::super::elapsed::Elapsed;
use super::super::pattern::{shared, zombie};
use super::super::remediation_event::{RemediationLog, ReportUser};
use super::super::remedy;
use super::super::trend::{Series, TrendPoint, sum};
use super::{NOW, time, user};
use crate::record::Provider;

#[test]
fn age_buckets_end_exactly_after_their_last_day() {
    let age = |text: &str| user(&format!("/created={text}"), None).keys().next().unwrap().age;
    for (created, bucket) in [
        ("2026-01-01T00:00:00Z", Bucket::Acceptable),
        ("2025-12-02T00:00:00Z", Bucket::Acceptable),
        ("2025-12-01T23:59:59Z", Bucket::RotateSoon),
        ("2025-10-03T00:00:00Z", Bucket::RotateSoon),
        ("2025-10-02T23:59:59Z", Bucket::Overdue),
        ("2025-01-01T00:00:00Z", Bucket::Overdue),
        ("2024-12-31T23:59:59Z", Bucket::Critical),
        ("1980-01-01T00:00:00Z", Bucket::Critical),
    ] {
        assert_eq!(Bucket::of(age(created).unwrap()), bucket, "{created}");
    }
    assert_eq!(age("2026-01-01T00:00:01Z"), None);
}

/// `buckets | unknown age, outliers, gross outliers, unknown status, inactive` of keys.
#[test]
fn keys_are_counted_by_age() {
    for (key, expected) in [
        ("active=true created=29d", "1 0 0 0 | 0 0 0 0 0"),
        ("active=true created=30d", "0 1 0 0 | 0 0 0 0 0"),
        ("active=true created=364d", "0 0 1 0 | 0 0 0 0 0"),
        ("active=true created=365d", "0 0 0 1 | 0 0 0 0 0"),
        ("active=true created=729d", "0 0 0 1 | 0 0 0 0 0"),
        ("active=true created=730d", "0 0 0 1 | 0 1 0 0 0"),
        ("active=true created=1094d", "0 0 0 1 | 0 1 0 0 0"),
        ("active=true created=1095d", "0 0 0 1 | 0 1 1 0 0"),
        ("active=true", "0 0 0 0 | 1 0 0 0 0"),
        // No report states that it is not in use.
        ("created=1096d", "0 0 0 1 | 0 1 1 1 0"),
        ("active=false created=1096d", "0 0 0 0 | 0 0 0 0 1"),
        // Later than now: the age is missing, and a missing age is not young.
        ("active=true created=2026-02-01T00:00:00Z", "0 0 0 0 | 1 0 0 0 0"),
    ] {
        let mut ages = Ages::default();
        user(&format!("/{key}"), None).keys().for_each(|key| ages.add(key));
        let [a, b, c, d] = ages.buckets;
        let Ages { unknown, outliers, gross_outliers, status_unknown, inactive, .. } = ages;
        let counted = format!(
            "{a} {b} {c} {d} | {unknown} {outliers} {gross_outliers} {status_unknown} {inactive}"
        );
        assert_eq!(counted, expected, "{key}");
    }
}

/// `password, MFA, without, MFA unknown, password unknown: tenths of a percent`.
#[test]
fn coverage_counts_users_who_can_sign_in() {
    for (users, expected) in [
        (&[][..], "0 0 0 0 0: None"),
        (&["console=true mfa=true"], "1 1 0 0 0: Some(1000)"),
        (&["console=true mfa=false"], "1 0 1 0 0: Some(0)"),
        (&["console=false mfa=true"], "0 0 0 0 0: None"),
        (&["console=false mfa=false"], "0 0 0 0 0: None"),
        (&["console=true mfa=true"], "1 1 0 0 0: Some(1000)"),
        (&["mfa=true"], "0 0 0 0 1: None"),
        // An unknown value does not count as good, and without any value there is no percentage.
        (&["console=true"], "1 0 0 1 0: None"),
        (&["console=true", "console=true mfa=true"], "2 1 0 1 0: Some(500)"),
        (
            &["console=true mfa=true", "console=true mfa=true", "console=true mfa=false"],
            "3 2 1 0 0: Some(666)",
        ),
    ] {
        let mut coverage = Coverage::default();
        for user in users.iter().map(|text| user(text, None)) {
            coverage.count(user.console, user.mfa);
        }
        let Coverage { console, mfa, mfa_unknown, console_unknown } = coverage;
        let (without, tenths) = (coverage.without(), coverage.tenths());
        let counted =
            format!("{console} {mfa} {without} {mfa_unknown} {console_unknown}: {tenths:?}");
        assert_eq!(counted, expected, "{users:?}");
    }
    // 1000 of 1001 rounds down and is not 100%.
    let coverage = Coverage { console: 1001, mfa: 1000, ..Coverage::default() };
    assert_eq!(coverage.tenths(), Some(999));
}

/// The steps about a user one of whose keys, `LEAKED`, is known to have leaked.
fn recommended(text: &str) -> String {
    let user = user(text, Some(NOW));
    let of = ReportUser { provider: Provider::Aws, account: "1", name: "ann", user: &user };
    let mut recommended = Vec::new();
    let leaked = |id: &str| id == "LEAKED";
    remedy::of(&of, &RemediationLog::default(), &leaked, &mut |recommendation, _, _| {
        let (severity, action) = (recommendation.severity.name(), recommendation.action.name());
        recommended.push(format!("{severity} {action}: {}", recommendation.reason.text()));
    });
    recommended.join("; ")
}

#[test]
fn steps_depend_on_age_and_use() {
    for (text, expected) in [
        ("/active=true created=2025-12-25T00:00:00Z used=false", ""),
        (
            "/active=true created=2025-12-24T23:59:59Z used=false",
            "medium delete-key: 7 d old, never used",
        ),
        ("/active=true created=366d used=false", "medium delete-key: 366 d old, never used"),
        ("/active=true created=2025-10-03T00:00:01Z used=true last_used=1d", ""),
        (
            "/active=true created=2025-10-03T00:00:00Z used=true last_used=2025-12-02T00:00:00Z",
            "medium rotate-key: 90 d old, used 30 d ago",
        ),
        (
            "/active=true created=2025-10-03T00:00:00Z used=true last_used=2025-12-01T23:59:59Z",
            "medium deactivate-key: not used for 30 d",
        ),
        (
            "/active=true created=2025-01-01T00:00:00Z used=true last_used=0d",
            "medium rotate-key: 365 d old, used today",
        ),
        (
            "/active=true created=2024-12-31T23:59:59Z used=true last_used=0d",
            "high migrate-key: 365 d old, used today",
        ),
        (
            "/active=true created=900d used=true last_used=2024-12-31T23:59:59Z",
            "high deactivate-key: not used for 365 d",
        ),
        ("/active=true created=366d", "high rotate-key: 366 d old, last use unknown"),
        ("/created=366d", "high rotate-key: 366 d old, last use unknown"),
        ("/active=false created=1d", "medium delete-key: inactive, but not deleted"),
        // Without an age there is no step; the key is counted as unknown.
        ("/active=true used=false", ""),
        (
            "user_type=root/active=true created=1d",
            "critical delete-root-key: root user has a key, 1 d old",
        ),
        ("user_type=root/active=false", "medium delete-key: inactive, but not deleted"),
        ("user_type=root mfa=false", "critical enable-mfa: root user without MFA"),
        ("user_type=root", ""),
        (
            "console=true mfa=false password_used=true password_last_used=2025-12-02T00:00:00Z",
            "critical enable-mfa: no MFA, signed in 30 d ago",
        ),
        (
            "console=true mfa=false password_used=true password_last_used=2025-12-01T23:59:59Z",
            "high enable-mfa: no MFA, signed in 30 d ago",
        ),
        (
            "console=true mfa=false login_protected=true password_used=true password_last_used=1d",
            "high enable-mfa: no MFA, signed in 1 d ago",
        ),
        ("console=true mfa=false", "high enable-mfa: console without MFA"),
        ("console=true", ""),
        ("console=false mfa=false", ""),
    ] {
        assert_eq!(recommended(text), expected, "{text}");
    }
}

#[test]
fn a_leaked_key_has_one_step() {
    for (text, expected) in [
        ("/id=LEAKED active=true created=900d", "critical revoke-key: leaked, and active"),
        ("/id=LEAKED", "critical revoke-key: leaked, and active"),
        ("/id=LEAKED active=false", "medium delete-key: inactive, but not deleted"),
        ("/id=LEAK... active=true created=1d", ""),
        (
            "/id=K active=true at_risk=true used=true last_used=900d created=901d",
            "critical revoke-key: may have leaked, according to the provider",
        ),
        (
            "/id=K active=false at_risk=true",
            "high delete-key: may have leaked, according to the provider",
        ),
        ("/id=K active=true at_risk=false created=1d", ""),
    ] {
        assert_eq!(recommended(text), expected, "{text}");
    }
}

#[test]
fn patterns_have_their_step() {
    let two = "/id=1 active=true last_used=1d last_service=s3 created=9d used=true\
               /id=2 active=true last_used=2d last_service=ec2 created=9d used=true";
    for (text, expected) in [
        (two.to_owned(), "high split-user: 2 keys serve several services"),
        (format!("mfa=false{two}"), "critical split-user: 2 keys serve several services"),
        (format!("mfa=false console=false{two}"), "high split-user: 2 keys serve several services"),
        (
            "console=true mfa=true password_used=false created=271d".to_owned(),
            "medium delete-user: no sign-in for 271 d, no key ever used",
        ),
    ] {
        assert_eq!(recommended(&text), expected, "{text}");
    }
}

#[test]
fn zombies_can_sign_in_and_are_inactive() {
    let gone = "console=true mfa=true password_used=true password_last_used=";
    for (text, expected) in [
        (format!("{gone}2025-04-06T00:00:00Z"), None),
        (format!("{gone}2025-04-05T23:59:59Z"), Some(270)),
        (format!("{gone}271d/used=false/used=false"), Some(271)),
        (format!("{gone}271d/used=false/used=true last_used=300d"), None),
        // It is unknown whether the key was used, so the user is not a zombie.
        (format!("{gone}271d/active=true"), None),
        ("console=true password_used=false created=271d".into(), Some(271)),
        ("console=true password_used=false created=269d".into(), None),
        ("console=true password_used=false".into(), None),
        // A user is at least as old as its keys.
        ("console=true password_used=false/used=false created=300d".into(), Some(300)),
        ("console=true password_used=false created=2d/used=false created=300d".into(), Some(300)),
        ("console=true created=900d".into(), None),
        ("console=false password_last_used=900d".into(), None),
        ("user_type=root console=true password_used=true password_last_used=900d".into(), None),
    ] {
        assert_eq!(zombie(&user(&text, None)).map(Elapsed::days), expected, "{text}");
    }
}

#[test]
fn shared_accounts_have_keys_for_several_services_at_once() {
    let at = |first: &str, second: &str, service: &str| {
        format!(
            "/id=1 active=true last_used={first} last_service=s3\
             /id=2 active=true last_used={second} last_service={service}"
        )
    };
    let week = |end: &str| at("1d", end, "ec2");
    for (text, expected) in [
        (week("2025-12-25T00:00:00Z"), Some("2 ec2 s3")),
        (week("2025-12-24T23:59:59Z"), None),
        (at("1d", "1d", "s3"), None),
        (at("1d", "1d", "ec2").replace("id=2 active=true", "id=2 active=false"), None),
        (at("1d", "1d", "ec2").replace("active=true ", ""), Some("2 ec2 s3")),
        (at("1d", "1d", "ec2").replace(" last_service=ec2", ""), None),
        ("/id=1 active=true last_used=1d last_service=s3".into(), None),
        // The third key is no longer in use.
        (
            at("1d", "1d", "ec2") + "/id=3 active=true last_used=90d last_service=iam",
            Some("2 ec2 s3"),
        ),
    ] {
        let user = user(&text, None);
        let found = shared(&user).map(|(keys, services)| {
            format!("{keys} {}", services.into_iter().collect::<Vec<_>>().join(" "))
        });
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

/// Of two reports the newer one counts; of two rows of one time, the worse value.
#[test]
fn repeated_rows_of_a_user_are_merged() {
    let (old, new) = ("2025-06-01T00:00:00Z", NOW);
    let merged = |first: (&str, &str), second: (&str, &str)| {
        let mut merged = user(first.0, Some(first.1));
        merged.merge(user(second.0, Some(second.1)));
        let keys: Vec<String> = merged
            .keys()
            .map(|key| format!("{}{:?}", key.id.as_deref().unwrap_or("-"), key.active))
            .collect();
        format!("{:?} {:?} {}", merged.console, merged.mfa, keys.join(","))
    };
    let both = |first, second, expected: &str| {
        assert_eq!(merged(first, second), expected);
        assert_eq!(merged(second, first), expected);
    };
    both(("mfa=true", old), ("mfa=false", new), "None Some(false) ");
    both(("mfa=false", old), ("mfa=true", new), "None Some(true) ");
    both(("mfa=false", old), ("", new), "None Some(false) ");
    both(
        ("mfa=true console=true", new),
        ("mfa=false console=false", new),
        "Some(true) Some(false) ",
    );
    // A key with an id and one without are one key when they were created in one second.
    let at = "created=2025-01-01T10:00:00";
    let (named, slot) =
        (format!("/id=K {at}.5Z active=true"), format!("/slot=1 {at}Z active=true"));
    both((&named, new), (&slot, new), "None None KSome(true)");
    both((&slot, new), ("/id=K created=2025-01-01T10:00:01Z", new), "None None KNone,-Some(true)");
    both(("/id=K active=true", new), ("/id=K active=false", new), "None None KSome(true)");
    both(("/id=K active=true", old), ("/id=K active=false", new), "None None KSome(false)");
    both(("/id=K active=false/id=K active=true", new), ("", new), "None None KSome(true)");
    // Shortened ids do not distinguish keys.
    let short = "/slot=1 id=AKIAI... created=1d/slot=2 id=AKIAI... created=2d";
    assert_eq!(user(short, None).keys().len(), 2);
}

#[test]
fn a_total_trend_begins_when_every_account_has_a_report() {
    let point = |day: &str, keys| TrendPoint {
        time: time(&format!("2025-{day}T00:00:00Z")),
        users: 1,
        coverage: Coverage::default(),
        keys,
        old_keys: 0,
        age_unknown: 0,
    };
    let series = |account, points: &[(&str, u64)]| Series {
        account,
        points: points.iter().map(|(day, keys)| point(day, *keys)).collect(),
    };
    let all = [
        series(0, &[("01-01", 1), ("03-01", 2), ("05-01", 4)]),
        series(1, &[("02-01", 10), ("04-01", 20)]),
    ];
    let sums: Vec<String> = sum(&all.iter().collect::<Vec<_>>())
        .iter()
        .map(|point| format!("{} {}", &point.time.to_string()[5..10], point.keys))
        .collect();
    assert_eq!(sums, ["02-01 11", "03-01 12", "04-01 22", "05-01 24"]);
    assert_eq!(sum(&[]), []);
}
