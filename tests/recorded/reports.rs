//! Findings of the pack in two recorded credential reports of AWS (`aws/credential-report`),
//! compared with a manual analysis.
//!
//! The analysis used the columns of the CSV and the descriptions of the rules, not their
//! conditions: for each user the password (`password_enabled`), the second factor (`mfa_active`)
//! and the last sign-in, and for each key whether it is active, when it was created
//! (`last_rotated`) and last used. The root user has `not_supported` as its password and no key.
//! `christopher` has two rows with different contents: the first never signed in; the second signed
//! in on 2016-11-21 and has a key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::check::keytrail;

const FIRST: &str = "test_account_credential_report.GetCredentialReport_1.csv";
const SECOND: &str = "test_iam_user_credential_multi_delete_noop.GetCredentialReport_1.csv";

/// The findings of each rule: users, and `user#slot` for a finding about a key.
type Reading = BTreeMap<String, Vec<String>>;

fn reading(rows: &[(&str, &str)]) -> Reading {
    let sorted = |users: &str| {
        let mut users: Vec<String> = users.split_whitespace().map(str::to_owned).collect();
        users.sort();
        users
    };
    rows.iter().map(|(rule, users)| ((*rule).to_owned(), sorted(users))).collect()
}

/// The findings of a report in the form of the analysis. A finding about a whole account lists the
/// users of its evidence. A user with several rows is listed once.
fn found(report: &Value) -> Reading {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in list(report, "findings") {
        let mut subject = list(finding, "subject").iter();
        let slot = subject.find(|part| text(part, "by").starts_with("key."));
        let slot = slot.map_or(String::new(), |slot| format!("#{}", text(slot, "value")));
        for calls in list(finding, "calls") {
            let users = found.entry(text(finding, "rule").to_owned()).or_default();
            users.insert(format!("{}{slot}", text(calls, "user")));
        }
    }
    found.into_iter().map(|(rule, users)| (rule, users.into_iter().collect())).collect()
}

/// The JSON report of a scan with the built-in rules, evaluated at `now`.
fn scan(folder: &Path, file: &str, now: &str) -> Result<Value, Failed> {
    let output = keytrail(folder, &["scan", file, "--no-config", "--now", now, "-f", "json"])?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or("-")
}

fn of_rule<'v>(report: &'v Value, rule: &str) -> Vec<&'v Value> {
    list(report, "findings").iter().filter(|finding| text(finding, "rule") == rule).collect()
}

/// The analysis of the account as a whole: the messages of a rule's findings.
fn messages<'r>(report: &'r Value, rule: &str) -> Vec<&'r str> {
    of_rule(report, rule).into_iter().map(|finding| text(finding, "message")).collect()
}

const COVERAGE: &str = "9 of 18 console users of account 644160558196 have MFA (50 %)";
/// All users with a password.
const CONSOLE: &str = "andrew anthony calvin chrissy christopher david jeff Jennifer joshua kapil kit \
                       mandeep matt rob ryanwolfe scot steven";
/// All users with a key for which the report names the service of its last use.
const USED: &str =
    "Jennifer andrew calvin christopher david joshua kapil kit mandeep rob scot steven";
/// All users with a password and a second factor.
const WITH_MFA: &str = "anthony calvin chrissy david joshua mandeep matt rob ryanwolfe";

pub(crate) fn a_report_at_its_own_time(folder: &Path) -> Result<(), Failed> {
    let report = scan(folder, FIRST, "2016-11-25T12:00:00Z")?;
    assert_eq!(
        found(&report),
        reading(&[
            ("console-without-mfa", "andrew christopher Jennifer kapil kit scot"),
            ("console-user-without-mfa-device", "christopher jeff steven"),
            ("unused-key", "andrew#1 c7n-iam-test#1 ryanwolfe#1"),
            ("idle-active-key", "andrew#2 steven#1"),
            ("ageing-key-in-use", "kapil#1"),
            ("two-active-keys", "andrew kit"),
            ("shared-service-account", "kit"),
            ("mfa-coverage", CONSOLE),
            ("console-with-mfa", WITH_MFA),
            ("young-key-in-use", "Jennifer calvin"),
            ("services-in-use", USED),
        ])
    );
    assert_eq!(messages(&report, "mfa-coverage"), [COVERAGE]);
    assert_eq!(of_rule(&report, "console-with-mfa").len(), 1);
    // The row with a sign-in, and the row without one.
    let of_christopher = |rule| {
        let mut messages = messages(&report, rule).into_iter();
        messages.find(|message| message.starts_with("christopher ")).unwrap_or_default()
    };
    assert!(of_christopher("console-without-mfa").ends_with("last on 2016-11-21"));
    assert!(of_christopher("console-user-without-mfa-device").ends_with("last sign-in: -"));
    Ok(())
}

pub(crate) fn the_same_report_a_year_later(folder: &Path) -> Result<(), Failed> {
    let report = scan(folder, FIRST, "2017-11-01T00:00:00Z")?;
    assert_eq!(
        found(&report),
        reading(&[
            (
                "console-user-without-mfa-device",
                "andrew christopher jeff Jennifer kapil kit scot steven",
            ),
            ("old-password", WITH_MFA),
            (
                "idle-active-key",
                "andrew#2 kit#1 kit#2 Jennifer#1 calvin#1 christopher#1 david#1 joshua#1 kapil#1 \
                 mandeep#1 rob#1 scot#1 steven#1",
            ),
            ("zombie-account", "anthony chrissy christopher jeff matt ryanwolfe"),
            ("unused-key", "andrew#1 c7n-iam-test#1 ryanwolfe#1"),
            ("two-active-keys", "andrew kit"),
            ("mfa-coverage", CONSOLE),
            ("console-with-mfa", WITH_MFA),
            ("services-in-use", USED),
        ])
    );
    assert_eq!(messages(&report, "mfa-coverage"), [COVERAGE]);
    let rows = |rule| {
        of_rule(&report, rule).iter().map(|finding| finding["count"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(rows("console-user-without-mfa-device"), 9, "christopher in both rows");
    assert_eq!(
        rows("zombie-account"),
        6,
        "christopher in one row: the other has a key that was used"
    );
    Ok(())
}

pub(crate) fn a_key_from_the_future_has_no_age(folder: &Path) -> Result<(), Failed> {
    let report = scan(folder, SECOND, "2020-12-23T00:00:00Z")?;
    assert_eq!(
        found(&report),
        reading(&[
            ("inactive-key", "test1#1"),
            ("new-active-key", "test1#2"),
            ("root-without-mfa", "<root_account>"),
        ])
    );
    let gating =
        list(&report, "findings").iter().filter(|finding| text(finding, "role") == "gates");
    assert_eq!(gating.count(), 1, "the root user's");
    let notes = list(&list(&report, "files")[0], "notes");
    assert!(notes.iter().any(|note| note.to_string().contains("later than")), "{notes:#?}");
    Ok(())
}
