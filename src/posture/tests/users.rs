//! What is counted of users, and what is asked for.

use super::super::age::{Ages, Bucket};
use super::super::coverage::Coverage;
use super::super::deed::{Deeds, Whose};
use super::super::pattern::{shared, zombie};
use super::super::remedy;
use super::super::trend::{Point, Series, sum};
use super::{NOW, time, user};
use crate::record::Provider;

#[test]
fn each_bucket_has_its_days() {
    for (days, bucket) in [
        (0, Bucket::Acceptable),
        (30, Bucket::Acceptable),
        (31, Bucket::RotateSoon),
        (90, Bucket::RotateSoon),
        (91, Bucket::Overdue),
        (365, Bucket::Overdue),
        (366, Bucket::Critical),
        (i64::MAX, Bucket::Critical),
    ] {
        assert_eq!(Bucket::of(days), bucket, "{days}");
    }
    for bucket in Bucket::ALL {
        let (first, last) = bucket.days();
        assert_eq!(Bucket::of(first), bucket);
        assert_eq!(last.map_or(bucket, Bucket::of), bucket);
    }
}

/// `buckets | unknown age, outliers, gross ones, unknown status, inactive` of keys.
#[test]
fn keys_are_counted_by_age() {
    for (key, expected) in [
        ("active=true created=30d", "1 0 0 0 | 0 0 0 0 0"),
        ("active=true created=31d", "0 1 0 0 | 0 0 0 0 0"),
        ("active=true created=365d", "0 0 1 0 | 0 0 0 0 0"),
        ("active=true created=366d", "0 0 0 1 | 0 0 0 0 0"),
        ("active=true created=730d", "0 0 0 1 | 0 0 0 0 0"),
        ("active=true created=731d", "0 0 0 1 | 0 1 0 0 0"),
        ("active=true created=1095d", "0 0 0 1 | 0 1 0 0 0"),
        ("active=true created=1096d", "0 0 0 1 | 0 1 1 0 0"),
        ("active=true", "0 0 0 0 | 1 0 0 0 0"),
        // Nobody says that it is not in use.
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
fn coverage_is_over_users_with_a_console_password() {
    for (users, expected) in [
        (&[][..], "0 0 0 0 0: None"),
        (&["password=true mfa=true"], "1 1 0 0 0: Some(1000)"),
        (&["password=true mfa=false"], "1 0 1 0 0: Some(0)"),
        (&["password=false mfa=true"], "0 0 0 0 0: None"),
        (&["password=true console=false mfa=false"], "0 0 0 0 0: None"),
        (&["console=true mfa=true"], "1 1 0 0 0: Some(1000)"),
        (&["mfa=true"], "0 0 0 0 1: None"),
        // Not known is not good, and where nothing is known there is no number.
        (&["password=true"], "1 0 0 1 0: None"),
        (&["password=true", "password=true mfa=true"], "2 1 0 1 0: Some(500)"),
        (
            &["password=true mfa=true", "password=true mfa=true", "password=true mfa=false"],
            "3 2 1 0 0: Some(666)",
        ),
    ] {
        let mut coverage = Coverage::default();
        for user in users.iter().map(|text| user(text, None)) {
            coverage.count(user.signs_in, user.mfa);
        }
        let Coverage { password, mfa, mfa_unknown, password_unknown } = coverage;
        let (without, tenths) = (coverage.without(), coverage.tenths());
        let counted =
            format!("{password} {mfa} {without} {mfa_unknown} {password_unknown}: {tenths:?}");
        assert_eq!(counted, expected, "{users:?}");
    }
    // All but one of a thousand and one are not all of them.
    let coverage = Coverage { password: 1001, mfa: 1000, ..Coverage::default() };
    assert_eq!(coverage.tenths(), Some(999));
}

fn asked(text: &str) -> String {
    let user = user(text, Some(NOW));
    let whose = Whose { provider: Provider::Aws, account: "1", name: "ann", user: &user };
    let mut asked = Vec::new();
    remedy::of(&whose, zombie(&user), &Deeds::default(), &mut |ask, _, _| {
        asked.push(format!("{} {}: {}", ask.0.name(), ask.1.name(), ask.2.text()));
    });
    asked.join("; ")
}

#[test]
fn what_is_asked_for_goes_by_age_and_use() {
    for (text, expected) in [
        ("/active=true created=7d used=false", ""),
        ("/active=true created=8d used=false", "medium delete-key: 8 d old, never used"),
        ("/active=true created=365d used=false", "medium delete-key: 365 d old, never used"),
        ("/active=true created=366d used=false", "high delete-key: 366 d old, never used"),
        ("/active=true created=90d used=true last_used=1d", ""),
        (
            "/active=true created=91d used=true last_used=30d",
            "medium rotate-key: 91 d old, used 30 d ago",
        ),
        (
            "/active=true created=91d used=true last_used=31d",
            "medium deactivate-key: 91 d old, used 31 d ago",
        ),
        (
            "/active=true created=365d used=true last_used=0d",
            "medium rotate-key: 365 d old, used today",
        ),
        (
            "/active=true created=366d used=true last_used=30d",
            "high migrate-key: 366 d old, used 30 d ago",
        ),
        (
            "/active=true created=366d used=true last_used=31d",
            "high deactivate-key: 366 d old, used 31 d ago",
        ),
        ("/active=true created=366d", "high rotate-key: 366 d old, last use unknown"),
        ("/created=366d", "high rotate-key: 366 d old, last use unknown"),
        ("/active=false created=1d", "medium delete-key: inactive and still there"),
        // Without an age there is nothing to say of it; it is counted as unknown.
        ("/active=true used=false", ""),
        (
            "user_type=root/active=true created=1d",
            "critical delete-root-key: root user has a key, 1 d old",
        ),
        ("user_type=root/active=false", "medium delete-key: inactive and still there"),
        ("user_type=root mfa=false", "critical enable-mfa: root user without MFA"),
        ("user_type=root", ""),
        (
            "password=true mfa=false password_used=true password_last_used=30d",
            "critical enable-mfa: no MFA, signed in 30 d ago",
        ),
        (
            "password=true mfa=false password_used=true password_last_used=31d",
            "high enable-mfa: no MFA, signed in 31 d ago",
        ),
        ("password=true mfa=false", "high enable-mfa: password without MFA"),
        ("password=true", ""),
        ("password=false mfa=false", ""),
    ] {
        assert_eq!(asked(text), expected, "{text}");
    }
}

#[test]
fn zombies_have_a_password_and_do_nothing() {
    let gone = "password=true mfa=true password_used=true password_last_used=";
    for (text, expected) in [
        (format!("{gone}270d"), None),
        (format!("{gone}271d"), Some(271)),
        (format!("{gone}271d/used=false/used=false"), Some(271)),
        (format!("{gone}271d/used=false/used=true last_used=300d"), None),
        // Whether the key was used is not known: no zombie on a guess.
        (format!("{gone}271d/active=true"), None),
        ("password=true password_used=false created=271d".into(), Some(271)),
        ("password=true password_used=false created=270d".into(), None),
        ("password=true password_used=false".into(), None),
        ("password=true created=900d".into(), None),
        ("password=false password_last_used=900d".into(), None),
        ("user_type=root password=true password_used=true password_last_used=900d".into(), None),
    ] {
        assert_eq!(zombie(&user(&text, None)), expected, "{text}");
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
    let week = |end: &str| at("2025-12-01T00:00:00Z", end, "ec2");
    for (text, expected) in [
        (week("2025-12-08T00:00:00Z"), Some("2 ec2 s3")),
        (week("2025-12-08T00:00:01Z"), None),
        (at("1d", "1d", "s3"), None),
        (at("1d", "1d", "ec2").replace("id=2 active=true", "id=2 active=false"), None),
        (at("1d", "1d", "ec2").replace("active=true ", ""), Some("2 ec2 s3")),
        (at("1d", "1d", "ec2").replace(" last_service=ec2", ""), None),
        ("/id=1 active=true last_used=1d last_service=s3".into(), None),
        // The third is not used beside another service.
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

/// Of two reports the newer one goes before, of two rows of one time the worse word.
#[test]
fn what_is_said_twice_of_a_user_is_put_together() {
    let (old, new) = ("2025-06-01T00:00:00Z", NOW);
    let merged = |first: (&str, &str), second: (&str, &str)| {
        let mut merged = user(first.0, Some(first.1));
        merged.merge(user(second.0, Some(second.1)));
        let keys: Vec<String> = merged
            .keys()
            .map(|key| format!("{}{:?}", key.id.as_deref().unwrap_or("-"), key.active))
            .collect();
        format!("{:?} {:?} {}", merged.signs_in, merged.mfa, keys.join(","))
    };
    let both = |first, second, expected: &str| {
        assert_eq!(merged(first, second), expected);
        assert_eq!(merged(second, first), expected);
    };
    both(("mfa=true", old), ("mfa=false", new), "None Some(false) ");
    both(("mfa=false", old), ("mfa=true", new), "None Some(true) ");
    both(("mfa=false", old), ("", new), "None Some(false) ");
    both(
        ("mfa=true password=true", new),
        ("mfa=false password=false", new),
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
    // Ids that were shortened tell no keys apart.
    let short = "/slot=1 id=AKIAI... created=1d/slot=2 id=AKIAI... created=2d";
    assert_eq!(user(short, None).keys().len(), 2);
}

#[test]
fn a_sum_of_trends_begins_when_all_have_begun() {
    let point = |day: &str, keys| Point {
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
    let sums: Vec<String> = sum(&all)
        .iter()
        .map(|point| format!("{} {}", &point.time.to_string()[5..10], point.keys))
        .collect();
    assert_eq!(sums, ["02-01 11", "03-01 12", "04-01 22", "05-01 24"]);
    assert_eq!(sum(&[]), []);
}
