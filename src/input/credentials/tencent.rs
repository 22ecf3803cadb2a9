//! Tencent Cloud: the CAM user credential report.
//!
//! The columns are documented in "Downloading Security Analysis Report". `AccountID` is the id of
//! the sub-account; the account that owns it is not in the file. Times have no zone; they are read
//! as China Standard Time, which the console shows.

use super::column::CellKind::{Device, Flag, LastUse, Name, Text, Time, UserType};
use super::column::{Blank, ReportColumn};
use super::report::{CredentialReport, KeyLayout};
use crate::record::Provider;
use crate::record::field::{cred, key};

/// The columns of one key.
macro_rules! slot {
    ($prefix:literal) => {
        &[
            ReportColumn { name: concat!($prefix, "SecretId"), kind: Text, fields: &[key::ID] },
            ReportColumn {
                name: concat!($prefix, "MayBeAtRisk"),
                kind: Flag,
                fields: &[key::AT_RISK],
            },
            ReportColumn {
                name: concat!($prefix, "CreationTime"),
                kind: Time,
                fields: &[key::CREATED],
            },
            ReportColumn { name: concat!($prefix, "Status"), kind: Flag, fields: &[key::ACTIVE] },
            // `N/A` for a key that exists means that it was never used.
            ReportColumn {
                name: concat!($prefix, "lastUsedDate"),
                kind: LastUse(Blank::Never),
                fields: &[key::LAST_USED, key::USED],
            },
            ReportColumn {
                name: concat!($prefix, "CreatedOver90Days"),
                kind: Flag,
                fields: &[key::OVER90],
            },
            ReportColumn {
                name: concat!($prefix, "CreatedOver30Days"),
                kind: Flag,
                fields: &[key::OVER30],
            },
        ]
    };
}

/// The user credential report of Tencent Cloud CAM.
pub static TENCENT: CredentialReport = CredentialReport {
    name: "tencent-credential-report",
    doc: "Tencent Cloud CAM user credential report",
    provider: Provider::Tencent,
    header: &[
        "AccountID",
        "Username",
        "UserType",
        "CreationTime",
        "PasswordEnabled",
        "PasswordLastRotation",
        "LoginConsoleActive",
        "LoginProtectionActive",
        "OperationProtectionActive",
        "MFADeviceActive",
        "Abnormal LoginsNumWithin30Days",
        "AccessKey1SecretId",
        "AccessKey1MayBeAtRisk",
        "AccessKey1CreationTime",
        "AccessKey1Status",
        "AccessKey1lastUsedDate",
        "AccessKey1CreatedOver90Days",
        "AccessKey1CreatedOver30Days",
        "AccessKey2SecretId",
        "AccessKey2MayBeAtRisk",
        "AccessKey2CreationTime",
        "AccessKey2Status",
        "AccessKey2lastUsedDate",
        "AccessKey2CreatedOver90Days",
        "AccessKey2CreatedOver30Days",
        "Last Console Login Time",
    ],
    identified_by: &["Username"],
    and_one_of: &[
        "AccessKey1SecretId",
        "AccessKey1Status",
        "LoginConsoleActive",
        "LoginProtectionActive",
        "OperationProtectionActive",
        "MFADeviceActive",
    ],
    identity: &["AccountID", "Username"],
    root: None,
    zone: "+08:00",
    omits: Some("the root user"),
    user: &[
        ReportColumn { name: "AccountID", kind: Text, fields: &[cred::USER_ID] },
        ReportColumn { name: "Username", kind: Name, fields: &[cred::USER] },
        ReportColumn { name: "UserType", kind: UserType, fields: &[cred::USER_TYPE] },
        ReportColumn { name: "CreationTime", kind: Time, fields: &[cred::CREATED] },
        ReportColumn { name: "PasswordEnabled", kind: Flag, fields: &[cred::PASSWORD] },
        // A time, or `FALSE` if there is no password.
        ReportColumn {
            name: "PasswordLastRotation",
            kind: Time,
            fields: &[cred::PASSWORD_CHANGED],
        },
        ReportColumn { name: "LoginConsoleActive", kind: Flag, fields: &[cred::CONSOLE] },
        ReportColumn {
            name: "LoginProtectionActive",
            kind: Flag,
            fields: &[cred::LOGIN_PROTECTED],
        },
        ReportColumn {
            name: "OperationProtectionActive",
            kind: Flag,
            fields: &[cred::OP_PROTECTED],
        },
        ReportColumn { name: "MFADeviceActive", kind: Device, fields: &[cred::MFA] },
        ReportColumn {
            name: "Abnormal LoginsNumWithin30Days",
            kind: Flag,
            fields: &[cred::ABNORMAL_LOGIN],
        },
        // `N/A` means that there is no record of a sign-in.
        ReportColumn {
            name: "Last Console Login Time",
            kind: LastUse(Blank::NeverSignedIn),
            fields: &[cred::PASSWORD_LAST_USED, cred::PASSWORD_USED],
        },
    ],
    keys: KeyLayout::Slots(&[slot!("AccessKey1"), slot!("AccessKey2")]),
};
