//! Flags that select the policy, and loading it.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::BoolishValueParser;
use keytrail::allow::Strictness;
use keytrail::config::{FILE_NAME, LoadOptions, Policy};
use keytrail::diag::Diagnostic;
use keytrail::lint;
use keytrail::source::Sources;
use keytrail::value::Time;

use crate::amount::amount;
use crate::arg_error::ArgError;
use crate::exit::Failure;
use crate::host::Host;

/// The files of the policy.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy options")]
pub(crate) struct PolicyArgs {
    /// Rules, lists and definitions to load: a file, folder or glob; repeatable.
    #[arg(short, long, value_name = "PATH", env = "KEYTRAIL_RULES", hide_env_values = true)]
    pub(crate) rules: Vec<String>,
    /// Allowlists to load: a file, folder or glob; repeatable.
    #[arg(short, long, value_name = "PATH", env = "KEYTRAIL_ALLOWLISTS", hide_env_values = true)]
    pub(crate) allowlists: Vec<String>,
    /// The file of decisions about findings, instead of that of the project file.
    #[arg(long, value_name = "FILE", env = "KEYTRAIL_TRIAGE", hide_env_values = true)]
    pub(crate) triage: Option<String>,
    /// Read the rows of a table from this CSV, JSON or YAML file; repeatable.
    #[arg(long, value_name = "NAME=FILE", value_parser = data_file)]
    pub(crate) table: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Do not load the built-in rules.
    #[arg(long)]
    pub(crate) no_builtin: bool,
    /// Add the built-in rules of the extended pack, for hunting; their findings do not fail the run.
    #[arg(long, env = "KEYTRAIL_EXTENDED", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub(crate) extended: bool,
    /// The loaded rules to run.
    #[arg(skip)]
    pub(crate) choice: RuleChoice,
    /// What happens to allowlist entries that an audit reports.
    #[arg(skip)]
    pub(crate) entries: Strictness,
}

/// The rules to run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Policy options")]
pub(crate) struct RuleChoice {
    /// Run only the rules with this id; `*` matches any text; repeatable.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,
    /// Do not run the rules with this id; `*` matches any text; repeatable.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    disable: Vec<String>,
}

/// `NAME=FILE`.
pub(crate) fn data_file(text: &str) -> Result<(String, String), ArgError> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok((name.to_owned(), file.to_owned()))
        }
        _ => Err(ArgError::Table),
    }
}

/// The project file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy options")]
pub(crate) struct ProjectArgs {
    /// Project file [default: keytrail.yaml in this folder or the nearest parent].
    #[arg(short, long, value_name = "FILE", env = "KEYTRAIL_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// Do not read a project file.
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

impl ProjectArgs {
    fn options(&self, host: &Host<'_>) -> LoadOptions {
        LoadOptions {
            config: self.config.clone(),
            no_config: self.no_config,
            directory: host.directory.clone(),
            functions: keytrail::stdlib::FUNCTIONS,
            formats: keytrail::input::FORMATS,
            ..LoadOptions::default()
        }
    }

    /// Loads the project file but not the files that it names: an input can be inspected even if
    /// the rules do not load.
    pub(crate) fn load(&self, host: &Host<'_>) -> Result<Policy, Failure> {
        loaded(Policy::project(&self.options(host)), "the project file has", host)
    }

    /// Loads the project file and the tables with their rows; `tables` names data files for some of
    /// them.
    pub(crate) fn load_tables(
        &self,
        tables: &[(String, String)],
        host: &Host<'_>,
    ) -> Result<Policy, Failure> {
        let options = LoadOptions { tables: tables.to_vec(), ..self.options(host) };
        let policy = loaded(Policy::with_tables(&options), "the policy has", host)?;
        for diagnostic in &policy.diagnostics {
            host.term.diagnostic(diagnostic, &policy.sources);
        }
        Ok(policy)
    }
}

/// Prints the diagnostics if loading failed.
fn loaded(
    policy: Result<Policy, (Sources, Vec<Diagnostic>)>,
    what_has: &str,
    host: &Host<'_>,
) -> Result<Policy, Failure> {
    policy.map_err(|(sources, diagnostics)| {
        for diagnostic in &diagnostics {
            host.term.diagnostic(diagnostic, &sources);
        }
        let errors = diagnostics.iter().filter(|d| d.is_error()).count();
        let errors = amount(errors, "error", "errors");
        Failure::because(format!("{what_has} {errors}; nothing was read"))
    })
}

impl PolicyArgs {
    /// The options for loading the policy.
    pub(crate) fn options(&self, host: &Host<'_>) -> LoadOptions {
        LoadOptions {
            rules: self.rules.clone(),
            allowlists: self.allowlists.clone(),
            triage: self.triage.clone(),
            tables: self.table.clone(),
            no_builtin: self.no_builtin,
            extended: self.extended,
            only: self.choice.only.clone(),
            disable: self.choice.disable.clone(),
            entries: self.entries,
            ..self.project.options(host)
        }
    }

    /// Loads the policy and prints its diagnostics. Only errors of lints are printed here; `check`
    /// prints all lints. The tests of built-in rules are left out.
    pub(crate) fn load(&self, clock: Time, host: &Host<'_>) -> Result<Policy, Failure> {
        let options = LoadOptions { without_builtin_tests: true, ..self.options(host) };
        self.loaded(&options, clock, host)
    }

    /// The same with the tests of every rule.
    pub(crate) fn load_with_tests(&self, clock: Time, host: &Host<'_>) -> Result<Policy, Failure> {
        self.loaded(&self.options(host), clock, host)
    }

    /// Loads the policy of a folder: that of its own project file if it has one, else that of the run.
    pub(crate) fn of_folder(
        &self,
        folder: &Path,
        clock: Time,
        host: &Host<'_>,
    ) -> Result<Policy, Failure> {
        let mut options = LoadOptions { without_builtin_tests: true, ..self.options(host) };
        let own = folder.join(FILE_NAME);
        if own.is_file() {
            options.config = Some(own);
            options.no_config = false;
        }
        self.loaded(&options, clock, host)
    }

    fn loaded(
        &self,
        options: &LoadOptions,
        clock: Time,
        host: &Host<'_>,
    ) -> Result<Policy, Failure> {
        let checked = Policy::load(options).and_then(|policy| {
            let found = lint::run_errors(&policy, clock);
            let found = lint::ignored(&policy, found, false);
            if found.is_empty() { Ok(policy) } else { Err((policy.sources, found)) }
        });
        match checked {
            Ok(mut policy) => {
                let advice = std::mem::take(&mut policy.diagnostics);
                policy.diagnostics = lint::ignored(&policy, advice, false);
                for diagnostic in &policy.diagnostics {
                    host.term.diagnostic(diagnostic, &policy.sources);
                }
                host.term.detail(&format!(
                    "loaded {} from {}",
                    amount(policy.rules.len(), "rule", "rules"),
                    amount(policy.sources.iter().count(), "policy file", "policy files"),
                ));
                Ok(policy)
            }
            Err((sources, diagnostics)) => {
                for diagnostic in &diagnostics {
                    host.term.diagnostic(diagnostic, &sources);
                }
                let errors = diagnostics.iter().filter(|d| d.is_error()).count();
                Err(Failure::because(format!(
                    "the policy has {}; nothing was run",
                    amount(errors, "error", "errors")
                )))
            }
        }
    }
}
