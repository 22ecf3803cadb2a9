//! Alibaba Cloud: the RAM user credential report.
//!
//! The columns are documented in "Generate and download user credential reports". The report
//! contains neither the account nor key ids. Users from before the limit of two keys can have more.

use super::column::CellKind::{Flag, LastUse, Name, Time, Veto};
use super::column::{Blank, ReportColumn};
use super::report::{CredentialReport, KeyLayout};
use crate::record::Provider;
use crate::record::field::{cred, key};

/// The columns of one key.
macro_rules! slot {
    ($prefix:literal) => {
        &[
            ReportColumn { name: concat!($prefix, "exist"), kind: Flag, fields: &[key::EXISTS] },
            ReportColumn { name: concat!($prefix, "active"), kind: Flag, fields: &[key::ACTIVE] },
            ReportColumn {
                name: concat!($prefix, "last_rotated"),
                kind: Time,
                fields: &[key::CREATED],
            },
            // `-` means never, and `N/A` means that there is no key.
            ReportColumn {
                name: concat!($prefix, "last_used"),
                kind: LastUse(Blank::Unknown),
                fields: &[key::LAST_USED, key::USED],
            },
        ]
    };
}

/// The user credential report of Alibaba Cloud RAM.
pub static ALIBABA: CredentialReport = CredentialReport {
    name: "alibaba-credential-report",
    doc: "Alibaba Cloud RAM user credential report, as CSV or as GetCredentialReport responses",
    provider: Provider::Alibaba,
    header: &[
        "user",
        "user_creation_time",
        "user_last_logon",
        "password_exist",
        "password_active",
        "password_last_changed",
        "password_next_rotation",
        "mfa_active",
        "access_key_1_exist",
        "access_key_1_active",
        "access_key_1_last_rotated",
        "access_key_1_last_used",
        "access_key_2_exist",
        "access_key_2_active",
        "access_key_2_last_rotated",
        "access_key_2_last_used",
        "additional_access_key_1_exist",
        "additional_access_key_1_active",
        "additional_access_key_1_last_rotated",
        "additional_access_key_1_last_used",
        "additional_access_key_2_exist",
        "additional_access_key_2_active",
        "additional_access_key_2_last_rotated",
        "additional_access_key_2_last_used",
        "additional_access_key_3_exist",
        "additional_access_key_3_active",
        "additional_access_key_3_last_rotated",
        "additional_access_key_3_last_used",
    ],
    identified_by: &["user"],
    and_one_of: &[
        "user_last_logon",
        "password_exist",
        "password_active",
        "access_key_1_exist",
        "access_key_1_last_used",
    ],
    identity: &["user"],
    root: Some("<root>"),
    zone: "UTC",
    omits: None,
    user: &[
        ReportColumn { name: "user", kind: Name, fields: &[cred::USER] },
        ReportColumn { name: "user_creation_time", kind: Time, fields: &[cred::CREATED] },
        ReportColumn {
            name: "user_last_logon",
            kind: LastUse(Blank::Unknown),
            fields: &[cred::PASSWORD_LAST_USED, cred::PASSWORD_USED],
        },
        // An inactive password counts as no password; `N/A` in the second column changes nothing.
        ReportColumn {
            name: "password_exist",
            kind: Flag,
            fields: &[cred::PASSWORD, cred::CONSOLE],
        },
        ReportColumn {
            name: "password_active",
            kind: Veto,
            fields: &[cred::PASSWORD, cred::CONSOLE],
        },
        ReportColumn {
            name: "password_last_changed",
            kind: Time,
            fields: &[cred::PASSWORD_CHANGED],
        },
        ReportColumn { name: "password_next_rotation", kind: Time, fields: &[cred::PASSWORD_NEXT] },
        ReportColumn { name: "mfa_active", kind: Flag, fields: &[cred::MFA] },
    ],
    keys: KeyLayout::Slots(&[
        slot!("access_key_1_"),
        slot!("access_key_2_"),
        slot!("additional_access_key_1_"),
        slot!("additional_access_key_2_"),
        slot!("additional_access_key_3_"),
    ]),
};
