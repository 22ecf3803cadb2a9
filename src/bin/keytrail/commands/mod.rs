//! The commands, one file each.

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Declares the commands. Each is a module with a type that clap fills and that has a `run` method.
macro_rules! commands {
    ($($module:ident $name:ident;)*) => {
        $(mod $module;)*

        /// What to do.
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Command {
            $($name($module::$name),)*
        }

        impl Command {
            /// Runs the command.
            pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
                match self {
                    $(Command::$name(command) => command.run(host),)*
                }
            }
        }
    };
}

commands! {
    scan Scan;
    report Report;
    gate Gate;
    watch Watch;
    inspect Inspect;
    show Show;
    posture Posture;
    recommend Recommend;
    query Query;
    timeline Timeline;
    check Check;
    test Test;
    explain Explain;
    diff Diff;
    allowlist Allowlist;
    triage Triage;
    init Init;
    new New;
    fields Fields;
    functions Functions;
    rules Rules;
    schema Schema;
    explain_code ExplainCode;
    completions Completions;
    man Man;
}
