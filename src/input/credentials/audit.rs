//! The report of the IAM audit script: AWS users and keys over several accounts.
//!
//! The report has one row for each key, with the data of its user. It does not contain users
//! without keys and the root user. Times are UTC, with or without an offset. Excerpts without some
//! of the columns can be read too.
//!
//! The script calls a second factor virtual if its serial number contains "virtual". The serial
//! numbers of most virtual devices do not, so `cred.mfa_kind` is only as reliable as the file.

use super::column::CellKind::{AwsAccount, Factor, Flag, LastUse, Name, Text, Time};
use super::column::{Blank, ReportColumn};
use super::report::{CredentialReport, KeyLayout};
use crate::record::Provider;
use crate::record::field::{cred, key};

/// The IAM audit report.
pub static AUDIT: CredentialReport = CredentialReport {
    name: "iam-audit-report",
    doc: "IAM audit report of AWS accounts, one row for each access key",
    provider: Provider::Aws,
    header: &[
        "account_id",
        "account_name",
        "username",
        "password_status",
        "password_last_used",
        "access_key_id",
        "status",
        "created_date",
        "last_used_date",
        "service_name",
        "mfa_status",
    ],
    identified_by: &["account_id", "username"],
    and_one_of: &[
        "access_key_id",
        "password_status",
        "password_last_used",
        "last_used_date",
        "mfa_status",
    ],
    identity: &["account_id", "username"],
    root: None,
    zone: "UTC",
    omits: Some("users without keys and the root user"),
    user: &[
        ReportColumn { name: "account_id", kind: AwsAccount, fields: &[cred::ACCOUNT] },
        ReportColumn { name: "account_name", kind: Text, fields: &[cred::ACCOUNT_NAME] },
        ReportColumn { name: "username", kind: Name, fields: &[cred::USER] },
        ReportColumn {
            name: "password_status",
            kind: Flag,
            fields: &[cred::PASSWORD, cred::CONSOLE],
        },
        ReportColumn {
            name: "password_last_used",
            kind: LastUse(Blank::Unknown),
            fields: &[cred::PASSWORD_LAST_USED, cred::PASSWORD_USED],
        },
        ReportColumn { name: "mfa_status", kind: Factor, fields: &[cred::MFA, cred::MFA_KIND] },
    ],
    keys: KeyLayout::Rows(&[
        ReportColumn { name: "access_key_id", kind: Text, fields: &[key::ID] },
        ReportColumn { name: "status", kind: Flag, fields: &[key::ACTIVE] },
        ReportColumn { name: "created_date", kind: Time, fields: &[key::CREATED] },
        ReportColumn {
            name: "last_used_date",
            kind: LastUse(Blank::Unknown),
            fields: &[key::LAST_USED, key::USED],
        },
        ReportColumn { name: "service_name", kind: Text, fields: &[key::LAST_SERVICE] },
    ]),
};
