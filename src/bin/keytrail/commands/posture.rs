//! `keytrail posture`: the state of passwords, second factors and keys.

use std::io::{self, Write};
use std::path::PathBuf;

use keytrail::finding::Redactor;
use keytrail::output::Style;
use keytrail::output::posture::{PostureFacts, write_html, write_human, write_json};
use keytrail::posture::{self, Options};
use keytrail::record::reference::ACCOUNTS;
use keytrail::value::Time;

use crate::args;
use crate::destination::{Destination, Draft, reject_inputs, write_device};
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::host::Host;
use crate::inputs::InputArgs;
use crate::policy::{ProjectArgs, data_file};
use crate::progress::{Counted, during};
use crate::term::stdout_failed;

/// The name of the table of leaked keys.
const LEAKED_KEYS: &str = "leaked_keys";

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Text for people.
    Human,
    /// JSON for programs.
    Json,
    /// A page for people, in one file: steps to filter and sort, MFA coverage, key ages and the trend.
    Html,
}

/// Show the posture of credentials: key ages, MFA coverage, remediation steps.
///
/// Reads credential reports of AWS, Alibaba Cloud and Tencent Cloud and of the IAM audit script. If
/// there are several dated reports of one format and account, the newest counts and the older ones
/// show the trend. Event logs among the inputs show which steps are already done: keys deleted or
/// deactivated, passwords removed, users deleted, MFA enabled.
///
/// The column `env` of the table `accounts` marks production accounts. Values that the reports do
/// not contain are shown as unknown. The posture does not fail a pipeline: the exit code is 0 for
/// any result, and 3 if something could not be read or there is no report.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Posture {
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Format,
    /// The file for the output; `-` is standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Compute ages at this time instead of the time of the report, or now.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Show access keys unmasked.
    #[arg(long)]
    show_keys: bool,
    /// Read the rows of a table from this CSV, JSON or YAML file; repeatable.
    #[arg(long, value_name = "NAME=FILE", value_parser = data_file)]
    #[arg(help_heading = "Policy options")]
    table: Vec<(String, String)>,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

impl Posture {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let destination = Destination::of(&self.output)?;
        let policy = self.project.load_tables(&self.table, host)?;
        let inputs = self.inputs.open(&policy.inputs, host)?;
        reject_inputs(std::iter::once(&destination), inputs.paths())?;
        for note in inputs.notes() {
            host.term.status(&format!("note: {}", note.text));
        }
        let options = Options {
            now: self.now,
            clock: host.clock,
            redactor: Redactor { show_keys: self.show_keys },
            accounts: policy.tables.get(ACCOUNTS).cloned(),
            leaked_keys: policy.tables.get(LEAKED_KEYS).cloned(),
            zone: policy.zone.clone(),
        };
        let counted = Counted::new(&inputs);
        let posture = during(&counted, host.term.progress, || {
            posture::read(&counted, inputs.roots(), &options)
        });
        let facts = PostureFacts {
            version: env!("CARGO_PKG_VERSION"),
            now: self.now,
            clock: self.now.unwrap_or(host.clock),
            show_keys: self.show_keys,
        };
        let write = |color, out: &mut dyn Write| -> io::Result<()> {
            let style =
                Style { color, width: host.term.width, verbose: host.term.verbose, ..Style::default() };
            match self.format {
                Format::Human => write_human(&posture, &facts, &style, out),
                Format::Json => write_json(&posture, &facts, out),
                Format::Html => write_html(&posture, &facts, out),
            }
        };
        let plain = host.term.color_files;
        match &destination {
            Destination::File { typed, real } => {
                Draft::write(typed, real, |file| write(plain, file))?.publish()?;
            }
            Destination::Device(path) => write_device(path, |file| write(plain, file))?,
            Destination::Stdout => {
                let mut text = Vec::new();
                write(host.term.color_out, &mut text)
                    .and_then(|()| host.term.out().write_all(&text))
                    .map_err(|error| stdout_failed(&error))?;
            }
        }
        Ok(if posture.is_complete() { Exit::Clean } else { Exit::Incomplete })
    }
}
