//! The command line of Keytrail.
//!
//! Only the binary accesses standard output, standard error, the environment and the clock.

#![allow(
    clippy::disallowed_methods,
    reason = "only the binary accesses the terminal, the environment and the clock"
)]

mod amount;
mod arg_error;
mod args;
mod baseline_args;
mod cli;
mod command_tree;
mod commands;
mod exit;
mod explain_args;
mod gate_args;
mod git;
mod host;
mod inputs;
mod destination;
mod new_file;
mod notify;
mod policy;
mod progress;
mod query_args;
mod report_file;
mod signals;
mod stream;
mod table;
mod target;
mod term;
mod triage_file;
mod version;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use exit::{Exit, Failure};
use host::Host;
use term::Term;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let exit = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Term::new().failure(
            &Failure::because("an internal error stopped Keytrail; its message is above")
                .help("this is a bug: please report it with the message and the command line"),
        );
        Exit::CannotRun
    });
    exit.into()
}

/// Parses the command line, runs the command and returns its exit code.
fn run() -> Exit {
    let mut term = Term::new();
    let cli = match cli::parse(std::env::args_os(), &|name| std::env::var_os(name)) {
        Ok(cli) => cli,
        Err(error) => return not_a_command(&mut term, &error),
    };
    term.configure(cli.global.color, cli.global.quiet, cli.global.verbose);
    warn_of_unknown_variables(&term);

    let ended =
        Host::new(&mut term, cli::described).and_then(|mut host| cli.command.run(&mut host));
    let ended = ended.and_then(|exit| term.finish().map(|()| exit));
    ended.unwrap_or_else(|failure| cannot_run(&term, &failure))
}

fn cannot_run(term: &Term, failure: &Failure) -> Exit {
    term.failure(failure);
    Exit::CannotRun
}

/// Prints help or the version if they were requested, and otherwise the usage error.
fn not_a_command(term: &mut Term, error: &clap::Error) -> Exit {
    let text = error.render();
    let shown = |color: bool| {
        let text = if color { text.ansi().to_string() } else { text.to_string() };
        format!("{}\n", text.trim_end())
    };
    if error.use_stderr() {
        term.err(&shown(term.color_err));
        return Exit::CannotRun;
    }
    let printed = term.print(&shown(term.color_out)).and_then(|()| term.finish());
    printed.map_or_else(|failure| cannot_run(term, &failure), |()| Exit::Clean)
}

/// Warns about unknown variables, because a misspelt one would silently leave a threshold at its
/// default.
fn warn_of_unknown_variables(term: &Term) {
    let variables = cli::variables();
    let mut unknown: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("KEYTRAIL_") && !variables.contains(name))
        .collect();
    unknown.sort();
    for name in unknown {
        let near = keytrail::diag::did_you_mean(&name, variables.iter().map(String::as_str));
        let hint = near.map(|near| format!("; {near}")).unwrap_or_default();
        term.warn(&format!("the environment variable {name} is unknown to Keytrail{hint}"));
    }
}
