//! The global flags of the command line. Each command defines its own flags.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::{Args, CommandFactory, FromArgMatches, Parser};

use crate::command_tree::commands;
use crate::commands::Command;
use crate::exit::EXIT_CODES;
use crate::term::ColorWhen;

/// Policy as code for cloud credentials.
///
/// Finds risky use of cloud access keys in audit logs with rules that are YAML files in git.
#[derive(Debug, Parser)]
#[command(name = "keytrail", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// When to use colours; NO_COLOR and CLICOLOR_FORCE apply too.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    #[arg(env = "KEYTRAIL_COLOR", hide_env_values = true)]
    pub(crate) color: ColorWhen,
    /// Print only errors to standard error.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print to standard error what was loaded and how long it took.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// Reads the command line. An empty environment variable counts as not set, because CI systems pass
/// one for an omitted input.
pub(crate) fn parse(
    arguments: impl Iterator<Item = OsString>,
    environment: &dyn Fn(&std::ffi::OsStr) -> Option<OsString>,
) -> Result<Cli, clap::Error> {
    let mut command = command(environment);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// The command line as data.
fn command(environment: &dyn Fn(&std::ffi::OsStr) -> Option<OsString>) -> clap::Command {
    let drop_empty = |arg: clap::Arg| {
        let empty = arg.get_env().and_then(environment).is_some_and(|value| value.is_empty());
        if empty { arg.env(Resettable::Reset) } else { arg }
    };
    each_command(Cli::command(), &|command| command.mut_args(drop_empty))
}

/// Changes a command and those below it.
fn each_command(
    command: clap::Command,
    change: &dyn Fn(clap::Command) -> clap::Command,
) -> clap::Command {
    let mut command = change(command);
    let names: Vec<String> =
        command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| each_command(sub, change));
    }
    command
}

/// The command line as data, for completions and manual pages.
pub(crate) fn described() -> clap::Command {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    command
}

/// Every environment variable that a flag reads.
pub(crate) fn variables() -> Vec<String> {
    let root = Cli::command();
    let mut names: Vec<String> = commands(&root)
        .into_iter()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|arg| Some(arg.get_env()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// Every command and flag has a help text, and each variable is named after its flag.
    #[test]
    fn flags_are_documented_and_variables_are_named_after_them() {
        let root = Cli::command();
        for command in super::commands(&root).into_iter().skip(1) {
            assert!(command.get_about().is_some(), "{} has no help text", command.get_name());
            for arg in command.get_arguments() {
                let id = arg.get_id();
                assert!(arg.get_help().is_some(), "{} {id} has no help text", command.get_name());
                if let Some(variable) = arg.get_env() {
                    let expected = format!("KEYTRAIL_{}", id.as_str().to_uppercase());
                    assert_eq!(variable, expected.as_str());
                }
            }
        }
    }
}
