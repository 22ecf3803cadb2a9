//! `keytrail man`: manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use keytrail::diag::did_you_mean;

use crate::command_tree::commands;
use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Print a manual page, or write all of them.
///
/// `keytrail man scan | man -l -` shows the page of a command. Packages install the pages that
/// `--output` writes.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The command that the page describes, for example `allowlist audit`; the program itself if
    /// there is none.
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Vec<String>,
    /// Write the pages of the program and of every command to this folder, which must exist.
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let root = (host.command_line)();
        match &self.output {
            Some(folder) => {
                for command in commands(&root) {
                    write(command, folder)?;
                }
            }
            None => {
                let text = page(find(&root, &self.command)?).1;
                host.term.print(&String::from_utf8_lossy(&text))?;
            }
        }
        Ok(Exit::Clean)
    }
}

/// The command with this path.
fn find<'c>(root: &'c clap::Command, path: &[String]) -> Result<&'c clap::Command, Failure> {
    path.iter().try_fold(root, |command, name| {
        command.find_subcommand(name).ok_or_else(|| {
            let failure = Failure::because(format!("there is no command `{}`", path.join(" ")));
            match did_you_mean(name, command.get_subcommands().map(clap::Command::get_name)) {
                Some(near) => failure.help(near),
                None => failure.help("`keytrail help` lists every command"),
            }
        })
    })
}

/// The file name of a command's page, and its text.
fn page(command: &clap::Command) -> (String, Vec<u8>) {
    let man = clap_mangen::Man::new(command.clone());
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = man.render(&mut text);
    (man.get_filename(), text)
}

fn write(command: &clap::Command, folder: &Path) -> Result<(), Failure> {
    let (name, text) = page(command);
    let path = folder.join(name);
    fs::write(&path, text)
        .map_err(|error| Failure::because(format!("cannot write {}: {error}", path.display())))
}
