//! The project file, and the whole policy of a run: rules, lists, tables, definitions, allowlists.
//!
//! It loads and checks the whole policy before a run, and must not know records, inputs or
//! findings. Policy files are named relative to the project; the files that ship with Keytrail are
//! named `builtin:rules/…`.

mod builtin_files;
mod changes;
mod files;
mod finish;
mod incidents;
mod inputs;
mod load;
mod load_options;
mod parallel;
mod policy;
mod project;
mod schema;
mod tables;
mod triage;
mod version;

pub use files::{BUILTIN_PREFIX, extended_help};
pub use incidents::IncidentSettings;
pub use load_options::LoadOptions;
pub use policy::{FAIL_ON, MAX_SKIPPED, MIN_SEVERITY, Policy, SeverityChange};
pub use project::{FILE_NAME, LintLevel, PROJECT};
pub use schema::{policy_schema, project_schema, triage_schema};
