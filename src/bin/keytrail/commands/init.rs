//! `keytrail init`: the files of a new project.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use keytrail::scaffold::{CI_SYSTEMS, project};

use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::new_file::{create, exists};

/// Write the files of a new project.
///
/// The project file, a rule with tests, the JSON schemas with which editors complete and
/// check policy files, and a workflow for a CI system. No file is overwritten.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The folder of the project.
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// The CI system to write a workflow for: github, gitlab or none.
    #[arg(long, value_name = "SYSTEM", default_value = "github", value_parser = systems())]
    ci: String,
}

fn systems() -> PossibleValuesParser {
    PossibleValuesParser::new(CI_SYSTEMS.iter().map(|ci| ci.name).chain(["none"]))
}

impl Init {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let files = project(CI_SYSTEMS.iter().find(|ci| ci.name == self.ci));
        let path = |file: &str| host.directory.join(&self.folder).join(file);
        if let Some(taken) = files.iter().map(|file| path(file.path)).find(|path| path.exists()) {
            return Err(exists(&taken).help("init writes into a folder that has none of its files"));
        }
        for file in &files {
            create(&path(file.path), &file.text)?;
            let shown = match self.folder.as_os_str() == "." {
                true => PathBuf::from(file.path),
                false => self.folder.join(file.path),
            };
            host.term.print(&format!("wrote {}\n", shown.display()))?;
        }
        host.term.print("\nnext: keytrail check, keytrail test, keytrail scan LOGS\n")?;
        Ok(Exit::Clean)
    }
}
