//! Notes on a posture: what reports do not contain, and what was not read.

use std::collections::BTreeMap;

use super::accounts::Accounts;
use super::collect::{REQUIRED_FIELDS, Reports};
use super::model::{Posture, Unknown};
use crate::record::Provider;

/// What the columns of the counted reports do not contain.
pub(super) fn unknown(reports: &BTreeMap<(&'static str, String), Reports>) -> Vec<Unknown> {
    let mut found: BTreeMap<(&'static str, usize), u64> = BTreeMap::new();
    for ((format, _), of) in reports {
        for (at, (field, _)) in REQUIRED_FIELDS.iter().enumerate() {
            let lacks = of
                .in_force()
                .any(|(_, files)| files.carries.is_some_and(|carries| !carries.contains(*field)));
            if lacks {
                *found.entry((format, at)).or_default() += 1;
            }
        }
    }
    let row = |((format, at), accounts): ((&'static str, usize), u64)| {
        let (field, what) = REQUIRED_FIELDS[at];
        Unknown { format, field, what, accounts }
    };
    found.into_iter().map(row).collect()
}

/// Notes about the reports themselves.
pub(super) fn of_reports(
    reports: &BTreeMap<(&'static str, String), Reports>,
    accounts_table: &Accounts,
) -> Vec<String> {
    let mut notes = Vec::new();
    let mut formats: BTreeMap<(Provider, &str), Vec<&str>> = BTreeMap::new();
    let mut omits: BTreeMap<&str, &str> = BTreeMap::new();
    for ((format, account), of) in reports {
        formats.entry((of.format.provider(), account)).or_default().push(format);
        omits.extend(of.format.omits().map(|whom| (*format, whom)));
        let files: u64 = of.files.values().map(|files| files.count).sum();
        if account.is_empty() && files > 1 {
            notes.push(format!(
                "{files} files of {format} name no account and are counted as one account; \
                 `--account`, or `inputs` in the project file, sets it"
            ));
        }
        if of.newest.is_some() && !of.undated.is_empty() {
            let account = if account.is_empty() { "without a name" } else { account };
            notes.push(format!(
                "a {format} of account {account} has no date; it counts in addition to the newest \
                 dated one"
            ));
        }
    }
    notes.extend(omits.iter().map(|(format, whom)| format!("{format} does not list {whom}")));
    let joined = formats.values().filter(|formats| formats.len() > 1).count();
    if joined > 0 {
        let accounts =
            if joined == 1 { "1 account has" } else { &format!("{joined} accounts have") };
        notes.push(format!(
            "{accounts} reports of several formats: users are joined by name, keys by id or the \
             second they were created in"
        ));
    }
    if accounts_table.is_empty() && !reports.is_empty() {
        notes.push(
            "the table `accounts` has no rows, so no account has a kind: `tables` in the project \
             file, or `--table accounts=FILE`, gives them"
                .to_owned(),
        );
    }
    notes
}

/// Reasons why a posture is incomplete.
pub(super) fn incomplete(posture: &Posture, complete: bool, creds: u64) -> Vec<String> {
    let mut reasons = Vec::new();
    for lost in &posture.files.lost {
        if let Some(reason) = &lost.reason {
            reasons.push(format!("{} is not read: {reason}", lost.path));
        }
        if lost.skipped > 0 {
            let records = if lost.skipped == 1 { "record" } else { "records" };
            let mut text = format!("{}: {} {records} skipped", lost.path, lost.skipped);
            for (at, (line, detail)) in lost.records.iter().enumerate() {
                let before = if at == 0 { ", the first in" } else { ";" };
                text.push_str(&format!("{before} line {line}: {detail}"));
            }
            reasons.push(text);
        }
        reasons.extend(lost.faults.iter().map(|fault| format!("{}: {fault}", lost.path)));
    }
    let more_lost = posture.files.more_lost;
    if more_lost > 0 {
        let files = if more_lost == 1 { "file" } else { "files" };
        reasons.push(format!("{more_lost} more {files} could not be read completely"));
    }
    if creds == 0 {
        reasons.push("no credential report was read".to_owned());
    } else if !complete && reasons.is_empty() {
        reasons.push("not everything could be read".to_owned());
    }
    reasons
}
