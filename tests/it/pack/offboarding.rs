//! Off-boarding in the CSV of an IAM audit, whose rows on keys can name the key alone.

use std::path::Path;

use keytrail::finding::Finding;

use super::{of_rule, pack, scan};
use crate::run::Folder;

const EVENTS: &str = "\
eventTime,eventName,username,account_id,account_name,resources
2026-03-01 08:00:00,DeleteAccessKey,hr-bot,111122223333,production,AKIAI44QH8DHBEXAMPLE
2026-03-01 08:05:00,DeleteLoginProfile,hr-bot,111122223333,production,lea.novak
2026-03-02 08:00:00,DeleteUser,hr-bot,111122223333,production,lea.novak
";

const REPORT: &str = "\
account_id,account_name,username,password_status,password_last_used,access_key_id,status,created_date,last_used_date,service_name,mfa_status
111122223333,production,OWNER,Configurada,2026-02-01 09:00:00,AKIAI44QH8DHBEXAMPLE,Active,2025-01-10 09:00:00,2026-02-20 09:00:00,s3,Virtual
";

/// The messages and subjects of the rule's findings, given the owner of the key in the report.
fn off_boarded(name: &str, owner: Option<&str>) -> Vec<String> {
    let mut folder = Folder::new(name).file("events_20260305_120000.csv", EVENTS);
    if let Some(owner) = owner {
        let report = REPORT.replace("OWNER", owner);
        folder = folder.file("iam_audit_report_20260228_120000.csv", report);
    }
    let path = folder.path("");
    let files: Vec<&Path> = vec![&path];
    let report = scan(&pack(), &files, None);
    let shown = |found: &&Finding| {
        let subject = found.subject.iter().filter_map(|(_, value)| value.clone());
        subject.chain([found.message.clone()]).collect::<Vec<_>>().join("; ")
    };
    of_rule(&report, "offboarding-in-order").iter().map(shown).collect()
}

#[test]
fn a_key_is_resolved_to_its_user_through_the_report() {
    assert_eq!(
        off_boarded("off-boarding-own", Some("lea.novak")),
        [
            "111122223333; lea.novak; lea.novak was off-boarded in order: keys, password, user; deleted by hr-bot"
        ]
    );
    assert!(off_boarded("off-boarding-other", Some("ben.ito")).is_empty());
    assert!(off_boarded("off-boarding-none", None).is_empty());
}
