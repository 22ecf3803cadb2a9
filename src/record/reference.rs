//! Fields whose values come from the reference tables of the policy, never from a record.

use super::field::{cred, event};
use super::{FieldId, FieldSet};

/// The table of addresses that belong to the user's own accounts.
pub const ASSETS: &str = "ip_assets";
/// The table of addresses with a remark.
pub const NOTES: &str = "ip_notes";
/// The table of access keys with a remark.
pub const AK_NOTES: &str = "ak_notes";
/// The table of the permissions of access keys.
pub const KEY_POLICIES: &str = "key_policies";
/// The table of accounts.
pub const ACCOUNTS: &str = "accounts";

/// The table of roles that several people share, in addition to those that single sign-on services
/// create.
pub const SHARED_ROLES: &str = "shared_roles";

/// The tables that give fields to records or remarks to findings.
pub const TABLES: [&str; 6] = [ASSETS, NOTES, AK_NOTES, KEY_POLICIES, ACCOUNTS, SHARED_ROLES];

/// A field whose value comes from a table.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The field.
    pub field: FieldId,
    /// The field whose value is looked up as the key.
    pub key: FieldId,
    /// The table; if it has no rows, the field is missing.
    pub table: &'static str,
}

/// Every field whose value comes from a table.
pub const REFERENCES: [Reference; 3] = [
    Reference { field: event::IP_TYPE, key: event::IP, table: ASSETS },
    Reference { field: event::ACCOUNT_NAME, key: event::ACCOUNT, table: ACCOUNTS },
    Reference { field: cred::ACCOUNT_NAME, key: cred::ACCOUNT, table: ACCOUNTS },
];

/// The fields whose values come from tables.
pub fn fields() -> FieldSet {
    REFERENCES.iter().map(|reference| reference.field).collect()
}
