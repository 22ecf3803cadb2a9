//! `keytrail completions`: completions of the command line for a shell.

use clap_complete::{Shell, generate};

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Print the completions of a shell.
///
/// The shell reads them from a file: for bash `keytrail` in a folder `bash-completion/completions`,
/// for zsh `_keytrail` in a folder of `$fpath`, for fish `keytrail.fish` in a folder `completions`.
/// Packages install them there.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let mut text = Vec::new();
        generate(self.shell, &mut (host.command_line)(), "keytrail", &mut text);
        host.term.print(&String::from_utf8_lossy(&text))?;
        Ok(Exit::Clean)
    }
}
