//! `keytrail inspect`: how files are recognised, and their records.

use std::io;

use keytrail::finding::Redactor;
use keytrail::inspect::{self, Options, RecordPlace, Viewer};
use keytrail::output::records::{Lines, Table, Vertical, default_fields};
use keytrail::record::field::{cred, event};
use keytrail::record::{FieldSet, Inputs, field};
use keytrail::value::{RecordKind, Time};

use crate::args::{self, Layout};
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::host::Host;
use crate::inputs::InputArgs;
use crate::policy::ProjectArgs;
use crate::term::stdout_failed;

/// Records shown of a single file.
const OF_ONE_FILE: u64 = 20;

/// Records shown of each of several files.
const OF_EACH_FILE: u64 = 3;

/// Show how files are recognised, and their records.
///
/// A place that a report prints, `logs/a.json:12:5 (/Records/3)`, shows that record with all of its
/// fields; the column and the part in parentheses may be left out.
///
/// Prints the format and columns of each file, then its records in canonical form: the fields that
/// rules read. Secrets are redacted and access keys masked, as in findings.
///
/// With --format json each line is one object: a record (`event`, or `cred` with its `keys`), a
/// record that could not be read (`skipped`), or, at the end of each file, the file (`file`).
/// Missing fields are left out, times are RFC 3339. Fields that only tables of the policy give,
/// such as `event.ip_type`, are missing here.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Inspect {
    /// Fields to show, separated by commas; globs are allowed: `event.ip,key.*`.
    #[arg(long, value_name = "FIELDS", value_parser = args::fields)]
    fields: Option<FieldSet>,
    /// Records to show of each file; 0 shows all [default: 20 for a single file, 3 for each of
    /// several, all with --format json].
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
    /// Compute ages at this time instead of the time of the report, or now.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Show access keys unmasked.
    #[arg(long)]
    show_keys: bool,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

impl Inspect {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let project = self.project.load(host)?;
        let (inputs, places) = self.inputs.open_places(&project.inputs, host)?;
        for note in inputs.notes() {
            host.term.status(&format!("note: {}", note.text));
        }
        let options = self.options(inputs.count(), places, host);
        let (fields, redactor) = (options.fields, options.redactor);
        let style = host.term.table_style();
        let out = host.term.stream();
        let viewer: &mut dyn Viewer = match self.format {
            Layout::Human if !options.places.is_empty() => &mut Vertical::new(out, redactor, style),
            Layout::Human => &mut Table::new(out, fields, redactor, style),
            Layout::Json => &mut Lines::new(out, redactor),
        };
        match inspect::read(&inputs, inputs.roots(), &options, viewer) {
            Ok(read) if !read.unmet.is_empty() => Err(unmet(&read.unmet)),
            Ok(read) if read.complete => Ok(Exit::Clean),
            Ok(_) => Ok(Exit::Incomplete),
            // If the reader closes the pipe, it needs no more output.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Clean),
            Err(error) => Err(stdout_failed(&error)),
        }
    }

    fn options(&self, files: usize, places: Vec<RecordPlace>, host: &Host<'_>) -> Options {
        let limit = match (self.limit, self.format) {
            (Some(0), _) | (None, Layout::Json) => None,
            (Some(limit), _) => Some(limit),
            (None, Layout::Human) => Some(if files == 1 { OF_ONE_FILE } else { OF_EACH_FILE }),
        };
        Options {
            fields: self.chosen(!places.is_empty()),
            limit,
            places,
            now: self.now,
            clock: host.clock,
            redactor: Redactor { show_keys: self.show_keys },
        }
    }

    /// The fields to show. If `cred.keys` is chosen but no field of keys, the default fields of
    /// keys are added.
    fn chosen(&self, at_places: bool) -> FieldSet {
        let default = match self.format {
            Layout::Human if at_places => {
                RecordKind::ALL.into_iter().flat_map(field::of_kind).collect()
            }
            Layout::Human => default_fields(),
            // `event.raw` is left out, because the other fields contain the same data.
            Layout::Json => {
                let all = RecordKind::ALL.into_iter().flat_map(field::of_kind);
                all.filter(|field| *field != event::RAW).collect()
            }
        };
        let Some(chosen) = self.fields else { return default };
        let of_keys = |set: FieldSet| -> FieldSet {
            set.iter().filter(|field| field.kind() == RecordKind::Key).collect()
        };
        if chosen.contains(cred::KEYS) && of_keys(chosen).is_empty() {
            chosen.union(of_keys(default))
        } else {
            chosen
        }
    }
}

/// The error for places without a record.
fn unmet(places: &[(RecordPlace, Option<(u64, u64)>)]) -> Failure {
    let mut failures = places.iter().map(|(place, before)| {
        let RecordPlace { path, line, column, pointer, .. } = place;
        let mut text = path.clone();
        let numbers = line.iter().chain(column);
        numbers.for_each(|number| text.push_str(&format!(":{number}")));
        if let Some(pointer) = pointer {
            text.push_str(&format!(" ({pointer})"));
        }
        let near = before.map(|(line, column)| format!("; the last one before it is {path}:{line}:{column}"));
        format!("there is no record at {text}{}", near.unwrap_or_default())
    });
    let first = Failure::because(failures.next().unwrap_or_default());
    let all = failures.fold(first, Failure::help);
    all.help("the file may have changed since the report was written; `keytrail inspect FILE` shows its records")
}
