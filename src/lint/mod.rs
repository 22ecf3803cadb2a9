//! Advice on a policy that is valid but may not do what its author intended; one file per lint.
//!
//! Lints inspect a loaded policy and the run clock. Problems that are visible while a single file
//! is loaded (negated tests, rules without tests) are reported by the loader. A lint changes
//! nothing and must not depend on how its advice is printed.

mod agent_only_entry;
mod by_without_account;
mod entry_expiry;
mod idle_severity;
#[allow(clippy::module_inception)]
mod lint;
mod run;
mod unused_list;

pub use lint::Lint;
pub use run::run;

/// Every lint, sorted by name.
pub static LINTS: &[&Lint] = &[
    &agent_only_entry::AGENT_ONLY_ENTRY,
    &by_without_account::BY_WITHOUT_ACCOUNT,
    &entry_expiry::EXPIRED_ENTRY,
    &entry_expiry::EXPIRING_ENTRY,
    &idle_severity::IDLE_SEVERITY,
    &unused_list::UNUSED_LIST,
];
