//! The baseline of a run: which file it is read from, and which file it is written to.

use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use keytrail::output::{read_baseline, write_baseline};
use keytrail::report::{Baseline, Report};

use crate::destination::{Destination, Draft};
use crate::exit::Failure;

/// Findings that are already known.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Baseline options")]
pub(crate) struct BaselineArgs {
    /// Findings that this file contains do not fail the run: a JSON report, SARIF of Keytrail, or a
    /// file of `--write-baseline`.
    #[arg(long, value_name = "FILE", env = "KEYTRAIL_BASELINE", hide_env_values = true)]
    baseline: Option<PathBuf>,
    /// Report only findings that the baseline does not contain.
    #[arg(long, env = "KEYTRAIL_NEW_ONLY", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    new_only: bool,
    /// Add the findings of the run to this file; what it already contains stays.
    #[arg(long, value_name = "FILE", env = "KEYTRAIL_WRITE_BASELINE", hide_env_values = true)]
    write_baseline: Option<PathBuf>,
}

/// The baseline to compare with, and the one to write.
pub(crate) struct Baselines {
    /// What is known.
    pub(crate) known: Option<Baseline>,
    /// Whether the report leaves out what is known.
    pub(crate) new_only: bool,
    /// The file to write, and what it contains already.
    written: Option<(Destination, Baseline)>,
}

impl BaselineArgs {
    /// Reads the files before a long run.
    pub(crate) fn read(&self) -> Result<Baselines, Failure> {
        let known = self.baseline.as_deref().map(read).transpose()?;
        if self.new_only && known.is_none() {
            return Err(Failure::because("--new-only needs a baseline").help("add --baseline FILE"));
        }
        let written = match &self.write_baseline {
            Some(path) => {
                let destination = Destination::of(path)?;
                if destination.real().is_none() {
                    return Err(Failure::because(format!(
                        "--write-baseline {} is not a file",
                        path.display()
                    )));
                }
                let old = if path.exists() { read(path)? } else { Baseline::default() };
                Some((destination, old))
            }
            None => None,
        };
        Ok(Baselines { known, new_only: self.new_only, written })
    }
}

impl Baselines {
    /// The file that is written, as it is named in the file system.
    pub(crate) fn destination(&self) -> Option<&Destination> {
        self.written.as_ref().map(|(destination, _)| destination)
    }

    /// Adds the findings of the report to the file. If the report leaves out what is known, that is
    /// added too.
    pub(crate) fn write(self, report: &Report, known: Option<Baseline>) -> Result<(), Failure> {
        let Some((Destination::File { typed, real }, mut all)) = self.written else {
            return Ok(());
        };
        all.merge(known.filter(|_| self.new_only).unwrap_or_default());
        all.merge(Baseline::of(report));
        Draft::write(&typed, &real, |file| write_baseline(&all, file))?.publish()
    }
}

/// Reads a baseline.
pub(crate) fn read(path: &Path) -> Result<Baseline, Failure> {
    let refused = |why: String| {
        Failure::because(format!("cannot read the baseline {}: {why}", path.display()))
            .help("`keytrail scan INPUT --write-baseline FILE` writes one")
    };
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    read_baseline(&text).map_err(|error| refused(error.to_string()))
}
