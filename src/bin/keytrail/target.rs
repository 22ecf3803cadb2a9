//! The reports to write and their destinations.

use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use keytrail::config::FILE_NAME;
use keytrail::diag::nearest;
use keytrail::output::{self, Folders, OUTPUTS, Output, SarifProfile, Style};
use keytrail::report::Report;
use keytrail::source::walk;

use crate::arg_error::ArgError;
use crate::args;
use crate::destination::{Destination, Draft, reject_inputs, write_device};
use crate::exit::Failure;
use crate::host::Host;
use crate::term::stdout_failed;

/// Which reports to write, and what they show.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Report options")]
pub(crate) struct ReportArgs {
    /// A report to write, and its file; repeatable [default: human, on standard output].
    #[arg(short, long, value_name = "FORMAT[:FILE]", value_parser = Target::parse)]
    #[arg(env = "KEYTRAIL_FORMAT", hide_env_values = true, long_help = formats())]
    format: Vec<Target>,
    /// The file for the report without a file of its own; `-` is standard output.
    #[arg(short, long, value_name = "FILE", env = "KEYTRAIL_OUTPUT", hide_env_values = true)]
    output: Option<PathBuf>,
    /// Show findings that the allowlist covers.
    #[arg(long, env = "KEYTRAIL_SHOW_SUPPRESSED", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    show_suppressed: bool,
    /// The service that SARIF is written for: `generic`, `github`, `gitlab` or `azure`.
    #[arg(long, value_name = "PROFILE", value_parser = args::sarif_profile())]
    #[arg(env = "KEYTRAIL_SARIF_PROFILE", hide_env_values = true, default_value = "generic")]
    sarif_profile: SarifProfile,
}

impl ReportArgs {
    /// Whether a format is named.
    pub(crate) fn names_format(&self) -> bool {
        !self.format.is_empty() || self.output.is_some()
    }

    /// Where files are, if the working directory is inside a repository. The project is that of the
    /// working directory.
    fn folders(&self, host: &Host<'_>) -> Option<Folders> {
        let git = walk::find_upward(&host.directory, ".git")?;
        let project = walk::find_upward(&host.directory, FILE_NAME);
        let directory = walk::resolve(&host.directory);
        let project = project.as_deref().and_then(Path::parent).unwrap_or(&directory).to_owned();
        Some(Folders { repository: git.parent()?.to_owned(), directory, project })
    }

    /// The style of reports on standard output.
    pub(crate) fn style(&self, host: &Host<'_>, exit_zero: bool) -> Style {
        Style {
            color: host.term.color_out,
            width: host.term.width,
            show_suppressed: self.show_suppressed,
            verbose: host.term.verbose,
            exit_zero,
            sarif: self.sarif_profile,
            folders: self.folders(host),
        }
    }
}

/// The help of `--format`, generated from the registry of outputs.
fn formats() -> String {
    let mut text = "A report to write, and its file; repeatable \
                    [default: human, on standard output].\n\nFormats:"
        .to_owned();
    for output in OUTPUTS {
        text.push_str(&format!("\n- {}: {}", output.name, output.doc));
    }
    text
}

/// The value of `--format`: `FORMAT[:FILE]`.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    output: &'static Output,
    file: Option<PathBuf>,
}

impl Target {
    /// Parses `FORMAT[:FILE]`.
    pub(crate) fn parse(text: &str) -> Result<Self, ArgError> {
        let (name, file) = match text.split_once(':') {
            Some((_, "")) => return Err(ArgError::NoFile),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let output = output::find(name).ok_or_else(|| unknown(name))?;
        Ok(Self { output, file })
    }
}

fn unknown(name: &str) -> ArgError {
    let candidates: Vec<&'static str> = OUTPUTS.iter().map(|output| output.name).collect();
    let near = nearest(name, candidates.iter().copied());
    ArgError::Format { name: name.to_owned(), near, candidates }
}

/// The reports to write, each with its own destination.
#[derive(Debug)]
pub(crate) struct Targets(Vec<(&'static Output, Destination)>);

impl Targets {
    /// Resolves the flags, and checks before a long run that each destination can be written.
    pub(crate) fn resolve(args: &ReportArgs) -> Result<Self, Failure> {
        let file = args.output.as_deref();
        let human = [Target { output: human()?, file: None }];
        let typed = match args.format.as_slice() {
            [] => {
                file.map_or(Ok(()), reject_mismatched_extension)?;
                &human
            }
            typed => typed,
        };
        let unnamed = typed.iter().filter(|target| target.file.is_none()).count();
        if let (Some(file), 0) = (file, unnamed) {
            return Err(Failure::because(format!(
                "--output {} is not used: every --format names its own file",
                file.display()
            )));
        }
        let mut targets: Vec<(&'static Output, Destination)> = Vec::new();
        for target in typed {
            let destination = match target.file.as_deref().or(file) {
                None => Destination::Stdout,
                Some(file) => Destination::of(file)?,
            };
            if let Some((other, _)) = targets.iter().find(|(_, taken)| *taken == destination) {
                return Err(Failure::because(format!(
                    "two reports would go to {destination}: {} and {}",
                    other.name, target.output.name
                ))
                .help(format!("give each its own file: --format {}:FILE", target.output.name)));
            }
            targets.push((target.output, destination));
        }
        Ok(Self(targets))
    }

    /// Whether standard output contains a report for people.
    pub(crate) fn shown(&self) -> bool {
        self.0.iter().any(|(output, destination)| {
            output.name == HUMAN && *destination == Destination::Stdout
        })
    }

    /// Whether one of the reports shows records.
    pub(crate) fn show_records(&self) -> bool {
        self.0.iter().any(|(output, _)| output.records)
    }

    /// The destinations, as the user typed them.
    pub(crate) fn destinations(&self) -> impl Iterator<Item = &Destination> {
        self.0.iter().map(|(_, destination)| destination)
    }

    /// Fails if a report would be written to the destination of another file.
    pub(crate) fn reject_destination(&self, other: Option<&Destination>) -> Result<(), Failure> {
        match self.destinations().find(|destination| Some(*destination) == other) {
            Some(destination) => Err(Failure::because(format!(
                "a report and the baseline would both be written to {destination}"
            ))),
            None => Ok(()),
        }
    }

    /// Fails if a report would overwrite an input.
    pub(crate) fn reject_input_paths<'p>(
        &self,
        inputs: impl Iterator<Item = &'p Path>,
    ) -> Result<(), Failure> {
        reject_inputs(self.destinations(), inputs)
    }

    /// Writes every report. Files get their final names only once all of them are complete.
    pub(crate) fn write(
        &self,
        report: &Report,
        style: &Style,
        host: &mut Host<'_>,
    ) -> Result<(), Failure> {
        let plain = Style { color: host.term.color_files, ..style.clone() };
        let mut drafts = Vec::new();
        for (output, destination) in &self.0 {
            match destination {
                Destination::File { typed, real } => {
                    drafts.push(Draft::write(typed, real, |file| {
                        (output.write)(report, &plain, file)
                    })?)
                }
                Destination::Device(path) => {
                    write_device(path, |file| (output.write)(report, &plain, file))?;
                }
                Destination::Stdout => {}
            }
        }
        drafts.into_iter().try_for_each(Draft::publish)?;
        for (output, _) in
            self.0.iter().filter(|(_, destination)| *destination == Destination::Stdout)
        {
            (output.write)(report, style, host.term.out()).map_err(|e| stdout_failed(&e))?;
        }
        host.term.finish()
    }
}

const HUMAN: &str = "human";

fn human() -> Result<&'static Output, Failure> {
    output::find(HUMAN).ok_or_else(|| Failure::because("this build has no format for people"))
}

/// Fails if the extension of the file belongs to another format. `-o out.sarif` without
/// `--format sarif` would write text for people to a file that a program reads.
fn reject_mismatched_extension(file: &Path) -> Result<(), Failure> {
    let extension = file.extension().and_then(|extension| extension.to_str());
    let meant = OUTPUTS.iter().find(|output| Some(output.extension) == extension);
    match meant.filter(|output| output.name != HUMAN) {
        Some(meant) => Err(Failure::because(format!(
            "{} would contain text for people, not {}",
            file.display(),
            meant.name
        ))
        .help(format!("add --format {}", meant.name))),
        None => Ok(()),
    }
}
