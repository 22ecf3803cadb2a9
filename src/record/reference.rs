//! Fields that the reference tables of the policy give, whatever a record says.

use super::field::{cred, event};
use super::{FieldId, FieldSet};

/// The table of addresses that belong to one's own accounts.
pub const ASSETS: &str = "ip_assets";
/// The table of addresses that somebody has remarked on.
pub const NOTES: &str = "ip_notes";
/// The table of access keys that somebody has remarked on.
pub const AK_NOTES: &str = "ak_notes";
/// The table of what access keys may do.
pub const KEY_POLICIES: &str = "key_policies";
/// The table of accounts.
pub const ACCOUNTS: &str = "accounts";

/// The table of roles that people share, beside those that single sign-on services create.
pub const SHARED_ROLES: &str = "shared_roles";

/// A field that a table gives.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The field.
    pub field: FieldId,
    /// The field whose value finds the row.
    pub key: FieldId,
    /// The table; without rows the field is missing.
    pub table: &'static str,
}

/// Every field that a table gives.
pub const REFERENCES: [Reference; 3] = [
    Reference { field: event::IP_TYPE, key: event::IP, table: ASSETS },
    Reference { field: event::ACCOUNT_NAME, key: event::ACCOUNT, table: ACCOUNTS },
    Reference { field: cred::ACCOUNT_NAME, key: cred::ACCOUNT, table: ACCOUNTS },
];

/// The fields that tables give.
pub fn fields() -> FieldSet {
    REFERENCES.iter().map(|reference| reference.field).collect()
}
