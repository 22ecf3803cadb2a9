//! Alibaba Cloud: the RAM user credential report.
//!
//! The columns are documented in "Generate and download user credential reports". The report
//! contains neither the account nor key ids. Users from before the limit of two keys can have more.

use super::column::Kind::{Flag, LastUse, Name, Time, Veto};
use super::column::{Blank, Column};
use super::report::{CredentialReport, Keys};
use crate::record::Provider;
use crate::record::field::{cred, key};

/// The columns of one key.
macro_rules! slot {
    ($prefix:literal) => {
        &[
            Column { name: concat!($prefix, "exist"), kind: Flag, fields: &[key::EXISTS] },
            Column { name: concat!($prefix, "active"), kind: Flag, fields: &[key::ACTIVE] },
            Column { name: concat!($prefix, "last_rotated"), kind: Time, fields: &[key::CREATED] },
            // `-` means never, and `N/A` means that there is no key.
            Column {
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
    doc: "Alibaba Cloud RAM user credential report, as CSV or as GetCredentialReport answers",
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
    told_by: &["user"],
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
        Column { name: "user", kind: Name, fields: &[cred::USER] },
        Column { name: "user_creation_time", kind: Time, fields: &[cred::CREATED] },
        Column {
            name: "user_last_logon",
            kind: LastUse(Blank::Unknown),
            fields: &[cred::PASSWORD_LAST_USED, cred::PASSWORD_USED],
        },
        // An inactive password counts as no password; `N/A` in the second column changes nothing.
        Column { name: "password_exist", kind: Flag, fields: &[cred::PASSWORD, cred::CONSOLE] },
        Column { name: "password_active", kind: Veto, fields: &[cred::PASSWORD, cred::CONSOLE] },
        Column { name: "password_last_changed", kind: Time, fields: &[cred::PASSWORD_CHANGED] },
        Column { name: "password_next_rotation", kind: Time, fields: &[cred::PASSWORD_NEXT] },
        Column { name: "mfa_active", kind: Flag, fields: &[cred::MFA] },
    ],
    keys: Keys::Slots(&[
        slot!("access_key_1_"),
        slot!("access_key_2_"),
        slot!("additional_access_key_1_"),
        slot!("additional_access_key_2_"),
        slot!("additional_access_key_3_"),
    ]),
};
