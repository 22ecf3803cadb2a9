//! Advice on a policy that is valid but may not do what its author intended; one file per lint.
//!
//! Lints inspect a loaded policy and the run clock. Problems of a single expression are lints of
//! [`crate::expr::EXPR_LINTS`]; rules without tests are reported by the loader. A lint changes
//! nothing and must not depend on how its advice is printed.

mod agent_only_entry;
mod by_without_account;
mod conditions;
mod constant_condition;
mod constant_subject;
mod dead_branch;
mod entry_expiry;
mod foreign_placeholder;
mod guarded_entry;
mod idle_severity;
mod ignore;
#[allow(clippy::module_inception)]
mod lint;
mod literal_regex;
mod missing_metadata;
mod not_looked_up;
mod operation_names;
mod run;
mod stale_decision;
mod subsumed_rule;
mod unknown_operation;
mod untested_provider;
mod unused_definition;
mod unused_list;
mod unused_parameter;
mod unused_table;
mod words;

pub use ignore::ignored;
pub use lint::Lint;
pub use run::{run, run_errors};

/// Every lint, sorted by name.
pub static LINTS: &[&Lint] = &[
    &agent_only_entry::AGENT_ONLY_ENTRY,
    &by_without_account::BY_WITHOUT_ACCOUNT,
    &constant_condition::CONSTANT_CONDITION,
    &constant_subject::CONSTANT_SUBJECT,
    &dead_branch::DEAD_BRANCH,
    &entry_expiry::EXPIRED_ENTRY,
    &entry_expiry::EXPIRING_ENTRY,
    &foreign_placeholder::FOREIGN_PLACEHOLDER,
    &guarded_entry::GUARDED_ENTRY,
    &idle_severity::IDLE_SEVERITY,
    &literal_regex::LITERAL_REGEX,
    &missing_metadata::MISSING_METADATA,
    &not_looked_up::NOT_LOOKED_UP,
    &stale_decision::STALE_DECISION,
    &subsumed_rule::SUBSUMED_RULE,
    &unknown_operation::UNKNOWN_OPERATION,
    &untested_provider::UNTESTED_PROVIDER,
    &unused_definition::UNUSED_DEFINITION,
    &unused_list::UNUSED_LIST,
    &unused_parameter::UNUSED_PARAMETER,
    &unused_table::UNUSED_TABLE,
];
