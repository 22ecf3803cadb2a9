//! Files and counts of a report.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::values::{Restored, all, field, name, texts, word};
use crate::output::json::v1;
use crate::record::{FieldGap, FileAccount, FileStatus, Skip};
use crate::report::{Accounting, FileReport};

pub(super) fn file(of: v1::File<'_>) -> Restored<FileReport> {
    let reason = of.reason.map(Cow::into_owned).unwrap_or_default();
    let status = match &*of.status {
        "read" => FileStatus::Read,
        "not-an-input" => FileStatus::NotAnInput { reason },
        "declined" => FileStatus::Declined { reason },
        "unclaimed" => FileStatus::Unclaimed { reason },
        "unreadable" => FileStatus::Unreadable { reason },
        other => {
            return Err(format!("`{}` is no status of a file", crate::diag::escaped(other, 40)));
        }
    };
    Ok(FileReport {
        account: FileAccount {
            root: of.root,
            path: of.path.into_owned(),
            status,
            container: name(&of.container)?,
            compression: of.compression.as_deref().map(name).transpose()?,
            bytes: of.bytes,
            decompressed: of.decompressed,
            sha256: of.sha256.as_deref().map(digest).transpose()?,
            notes: texts(of.notes),
            faults: Vec::new(),
        },
        formats: counts(of.formats)?,
        skipped: counts(of.skipped)?,
        skips: all(of.skips, |skip| {
            Ok(Skip {
                offset: skip.offset,
                line: skip.line,
                ordinal: skip.ordinal,
                reason: word(&skip.reason, "files.skips.reason")?,
                detail: skip.detail.into_owned(),
            })
        })?,
        gaps: gaps(of.gaps)?,
    })
}

pub(super) fn accounting(of: v1::Accounting<'_>) -> Restored<Accounting> {
    let by_rule = |counts: BTreeMap<Cow<'_, str>, u64>| {
        counts.into_iter().map(|(rule, count)| (rule.into_owned(), count)).collect()
    };
    Ok(Accounting {
        files_read: of.files_read,
        files_other: of.files_other,
        bytes: of.bytes,
        decompressed: of.decompressed,
        read: of.read,
        evaluated: of.evaluated,
        skipped: of.skipped,
        gapped: of.gapped,
        creds: of.creds,
        keys: of.keys,
        formats: counts(of.formats)?,
        skipped_by_reason: counts(of.skipped_by_reason)?,
        gaps: gaps(of.gaps)?,
        matches: of.matches,
        duplicates: of.duplicates,
        suppressed: of.suppressed,
        unplaced: by_rule(of.unplaced),
        rule_errors: by_rule(of.rule_errors),
    })
}

fn counts(of: BTreeMap<Cow<'_, str>, u64>) -> Restored<BTreeMap<&'static str, u64>> {
    of.into_iter().map(|(key, count)| Ok((name(&key)?, count))).collect()
}

fn gaps(of: Vec<v1::Gap<'_>>) -> Restored<BTreeMap<FieldGap, u64>> {
    let gap = |of: v1::Gap<'_>| {
        let gap = FieldGap {
            field: field(&of.field)?,
            source: name(&of.source)?,
            defect: word(&of.defect, "gaps.defect")?,
        };
        Ok((gap, of.records))
    };
    of.into_iter().map(gap).collect()
}

/// A SHA-256 from its hexadecimal digits.
fn digest(hex: &str) -> Restored<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    for (at, byte) in bytes.iter_mut().enumerate().take(if digits { 32 } else { 0 }) {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap_or_default();
    }
    let not = || format!("`{}` is not a SHA-256", crate::diag::escaped(hex, 40));
    digits.then_some(bytes).ok_or_else(not)
}
