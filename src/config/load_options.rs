//! The settings that determine a policy.

use std::path::PathBuf;
use std::sync::Arc;

use crate::allow::Strictness;
use crate::expr::Function;
use crate::record::Format;
use crate::source::Snapshot;

/// The settings from the command line and the environment that determine the policy. The binary
/// fills them in.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The project file; `None` = search `keytrail.yaml` upward from `directory`.
    pub config: Option<PathBuf>,
    /// Do not search for a project file.
    pub no_config: bool,
    /// The directory that relative paths are relative to.
    pub directory: PathBuf,
    /// `--rules`: folders, files and globs that replace the project file's `rule_paths`.
    pub rules: Vec<String>,
    /// `--allowlists`: the same for allowlists.
    pub allowlists: Vec<String>,
    /// `--triage`: the triage file, instead of that of the project file.
    pub triage: Option<String>,
    /// `--table`: names of tables, each with the data file that contains its rows.
    pub tables: Vec<(String, String)>,
    /// Exclude the built-in rules.
    pub no_builtin: bool,
    /// `--extended`: add the built-in rules of the extended pack.
    pub extended: bool,
    /// `--only`: ids of rules, with `*`, to which the run is limited; if empty, every rule runs.
    pub only: Vec<String>,
    /// `--disable`: ids of rules, with `*`, that are turned off.
    pub disable: Vec<String>,
    /// What happens to allowlist entries that an audit reports.
    pub entries: Strictness,
    /// The copy that the files are read from, such as a git revision; `None` = the files themselves.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Leave out the tests of the built-in rules, which are more than half of their text. They are
    /// the same in every run, and only commands that run tests need them.
    pub without_builtin_tests: bool,
    /// The functions of the expression language.
    pub functions: &'static [&'static dyn Function],
    /// The input formats that the project file may name.
    pub formats: &'static [&'static dyn Format],
}
