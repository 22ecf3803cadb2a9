//! The trait of an output format, and the style in which it shows a report.

use std::io;
use std::path::{Path, PathBuf};

use super::sarif_profile::SarifProfile;
use crate::report::Report;
use crate::source::walk;

/// One way to write a report.
#[derive(Debug)]
pub struct Output {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, in one sentence.
    pub doc: &'static str,
    /// The extension of its files, without a dot.
    pub extension: &'static str,
    /// Whether it shows the records of findings.
    pub records: bool,
    /// Writes a report; the caller flushes `out` and handles the error.
    pub write: fn(&Report, &Style, &mut dyn io::Write) -> io::Result<()>,
}

/// How to show a report. Formats for machines use only the settings that change their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// The width in columns.
    pub width: usize,
    /// Whether to show findings that the allowlist covers.
    pub show_suppressed: bool,
    /// Whether to show every row instead of the first ones.
    pub verbose: bool,
    /// Whether findings leave the exit code at 0.
    pub exit_zero: bool,
    /// The service that SARIF is written for.
    pub sarif: SarifProfile,
    /// Where the files are, if the run is inside a repository.
    pub folders: Option<Folders>,
}

/// Folders that paths of a report are relative to. Each path is absolute and without symbolic links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The top folder of the repository.
    pub repository: PathBuf,
    /// The working directory, which paths of inputs are relative to.
    pub directory: PathBuf,
    /// The folder of the project, which paths of policy files are relative to.
    pub project: PathBuf,
}

impl Folders {
    /// The path of an input below the repository, with `/`; `None` if it is outside.
    pub(super) fn input(&self, shown: &str) -> Option<String> {
        self.below(&self.directory, shown)
    }

    /// The same for a policy file.
    pub(super) fn policy(&self, shown: &str) -> Option<String> {
        self.below(&self.project, shown)
    }

    fn below(&self, folder: &Path, shown: &str) -> Option<String> {
        let full = walk::normalized(&folder.join(shown));
        let below = full.strip_prefix(&self.repository).ok()?;
        let parts: Option<Vec<&str>> = below.iter().map(|part| part.to_str()).collect();
        parts.filter(|parts| !parts.is_empty()).map(|parts| parts.join("/"))
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            show_suppressed: false,
            verbose: false,
            exit_zero: false,
            sarif: SarifProfile::Generic,
            folders: None,
        }
    }
}
