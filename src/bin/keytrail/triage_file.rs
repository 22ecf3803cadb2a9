//! The triage file: where it is, its text, and its replacement.

use std::io::ErrorKind;
use std::path::PathBuf;

use keytrail::diag::Diagnostic;
use keytrail::source::{Sources, walk};
use keytrail::triage::{EditError, Triage, read};
use keytrail::yaml;

use crate::destination::{Destination, Draft};
use crate::exit::Failure;
use crate::host::Host;
use crate::policy::ProjectArgs;

/// Which triage file is used.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Policy options")]
pub(crate) struct FileArgs {
    /// The triage file [default: that of keytrail.yaml].
    #[arg(long, value_name = "FILE", env = "KEYTRAIL_TRIAGE", hide_env_values = true)]
    triage: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArgs,
}

/// A triage file and its text.
pub(crate) struct TriageFile {
    pub(crate) path: PathBuf,
    /// The path as people see it.
    pub(crate) name: String,
    /// Its text; empty if it does not exist yet.
    pub(crate) text: String,
}

impl FileArgs {
    /// Reads the file; one that does not exist has no entries.
    pub(crate) fn read(&self, host: &Host<'_>) -> Result<TriageFile, Failure> {
        let path = match &self.triage {
            Some(path) => host.directory.join(path),
            None => self.project.load(host)?.triage_file.ok_or_else(|| {
                Failure::because("the project names no triage file")
                    .help("write `triage: triage.yaml` into keytrail.yaml, or pass --triage FILE")
            })?,
        };
        TriageFile::at(path, host)
    }
}

impl TriageFile {
    /// Reads the file at a path; one that does not exist has no entries.
    pub(crate) fn at(path: PathBuf, host: &Host<'_>) -> Result<Self, Failure> {
        let name = walk::relative(&path, &host.directory);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::because(format!("cannot read {name}: {error}"))),
        };
        Ok(Self { path, name, text })
    }

    /// The decisions, and the text that they were read from. Errors are printed.
    pub(crate) fn decisions(&self, host: &Host<'_>) -> Result<Triage, Failure> {
        let (mut triage, mut sources) = (Triage::default(), Sources::default());
        if self.text.trim().is_empty() {
            return Ok(triage);
        }
        let file = sources.add(self.name.as_str(), &self.text);
        let problems = match yaml::parse(file, &sources) {
            Ok(document) => read(&document, &sources, &mut triage),
            Err(problems) => problems,
        };
        if !problems.iter().any(Diagnostic::is_error) {
            return Ok(triage);
        }
        problems.iter().for_each(|problem| host.term.diagnostic(problem, &sources));
        Err(Failure::because(format!("{} has errors; nothing was changed", self.name)))
    }

    /// Replaces the text at once: a reader sees the old text or the new one.
    pub(crate) fn replace(&self, edited: Result<String, EditError>) -> Result<(), Failure> {
        let text = edited.map_err(|error| {
            Failure::because(format!("cannot edit {}: {error}", self.name))
                .help("edit it by hand, or give each entry lines of its own")
        })?;
        if text == self.text {
            return Ok(());
        }
        let Destination::File { typed, real } = Destination::of(&self.path)? else {
            return Err(Failure::because(format!("{} is not a file", self.name)));
        };
        Draft::write(&typed, &real, |file| file.write_all(text.as_bytes()))?.publish()
    }
}
