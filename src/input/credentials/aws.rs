//! AWS: the IAM credential report.
//!
//! The columns and their words are documented in the IAM User Guide, "Getting credential reports
//! for your AWS account". The report does not contain key ids. `last_rotated` is when a key was
//! created or last changed.

use super::column::CellKind::{Arn, Flag, LastUse, Name, Text, Time};
use super::column::{Blank, ReportColumn};
use super::report::{CredentialReport, KeyLayout};
use crate::record::Provider;
use crate::record::field::{cred, key};

/// The columns of one key.
macro_rules! slot {
    ($prefix:literal) => {
        &[
            ReportColumn { name: concat!($prefix, "active"), kind: Flag, fields: &[key::ACTIVE] },
            ReportColumn {
                name: concat!($prefix, "last_rotated"),
                kind: Time,
                fields: &[key::CREATED],
            },
            // `N/A` for a key that exists means that it was never used.
            ReportColumn {
                name: concat!($prefix, "last_used_date"),
                kind: LastUse(Blank::Never),
                fields: &[key::LAST_USED, key::USED],
            },
            ReportColumn {
                name: concat!($prefix, "last_used_region"),
                kind: Text,
                fields: &[key::LAST_REGION],
            },
            ReportColumn {
                name: concat!($prefix, "last_used_service"),
                kind: Text,
                fields: &[key::LAST_SERVICE],
            },
        ]
    };
}

/// The credential report of AWS IAM.
pub static AWS: CredentialReport = CredentialReport {
    name: "aws-credential-report",
    doc: "AWS IAM credential report, as CSV or as GetCredentialReport responses",
    provider: Provider::Aws,
    header: &[
        "user",
        "arn",
        "user_creation_time",
        "password_enabled",
        "password_last_used",
        "password_last_changed",
        "password_next_rotation",
        "mfa_active",
        "access_key_1_active",
        "access_key_1_last_rotated",
        "access_key_1_last_used_date",
        "access_key_1_last_used_region",
        "access_key_1_last_used_service",
        "access_key_2_active",
        "access_key_2_last_rotated",
        "access_key_2_last_used_date",
        "access_key_2_last_used_region",
        "access_key_2_last_used_service",
        "cert_1_active",
        "cert_1_last_rotated",
        "cert_2_active",
        "cert_2_last_rotated",
    ],
    identified_by: &["user"],
    and_one_of: &[
        "arn",
        "password_enabled",
        "access_key_1_last_used_date",
        "access_key_1_last_used_service",
        "cert_1_active",
    ],
    identity: &["arn", "user"],
    root: Some("<root_account>"),
    zone: "UTC",
    omits: None,
    user: &[
        ReportColumn { name: "user", kind: Name, fields: &[cred::USER] },
        ReportColumn { name: "arn", kind: Arn, fields: &[cred::ARN, cred::ACCOUNT] },
        ReportColumn { name: "user_creation_time", kind: Time, fields: &[cred::CREATED] },
        ReportColumn {
            name: "password_enabled",
            kind: Flag,
            fields: &[cred::PASSWORD, cred::CONSOLE],
        },
        // Users without a password have `N/A`.
        ReportColumn {
            name: "password_last_used",
            kind: LastUse(Blank::Unknown),
            fields: &[cred::PASSWORD_LAST_USED, cred::PASSWORD_USED],
        },
        ReportColumn {
            name: "password_last_changed",
            kind: Time,
            fields: &[cred::PASSWORD_CHANGED],
        },
        ReportColumn { name: "password_next_rotation", kind: Time, fields: &[cred::PASSWORD_NEXT] },
        ReportColumn { name: "mfa_active", kind: Flag, fields: &[cred::MFA] },
    ],
    keys: KeyLayout::Slots(&[slot!("access_key_1_"), slot!("access_key_2_")]),
};
