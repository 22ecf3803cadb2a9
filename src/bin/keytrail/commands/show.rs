//! `keytrail show`: one finding of a report, whole.

use clap::builder::Resettable;
use keytrail::finding::Redactor;
use keytrail::input::STDIN;
use keytrail::inspect::{self, Options, ReadRecords, Viewer};
use keytrail::output::finding::{human, json, places, stored_records};
use keytrail::output::records::{Lines, Vertical};
use keytrail::output::report_v1::{Finding, Report};
use keytrail::output::Style;
use keytrail::record::field;
use keytrail::value::RecordKind;
use serde_json::value::RawValue;

use crate::args::Layout;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::HintArgs;
use crate::policy::ProjectArgs;
use crate::report_file::ReportFile;
use crate::term::stdout_failed;

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  the finding was shown, with its records if inputs were named
  2  cannot show it: usage, a report that cannot be read, no such finding, inputs, output
  3  incomplete: some of its records are not in the inputs, or were not read";

/// Show one finding of a report whole: every field, every row of evidence, and its records.
///
/// The report is one of `keytrail scan --format json:FILE`. With INPUT, the records of the finding are
/// read again, and shown redacted and with all of their fields; the inputs may have moved, as long
/// as the ends of their paths are the same. Without INPUT the records are shown as the report stored
/// them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Show {
    /// The fingerprint as reports print it; its first digits are enough, at least 6.
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,
    /// The JSON report; `-` reads standard input.
    #[arg(value_name = "REPORT")]
    report: String,
    /// Files, folders and globs that contain the records of the finding.
    #[arg(value_name = "INPUT", help_heading = Resettable::Reset)]
    inputs: Vec<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
    /// Show access keys unmasked in the records that are read; the report is shown as it was
    /// written.
    #[arg(long)]
    show_keys: bool,
    #[command(flatten)]
    hints: HintArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

impl Show {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        if self.report == STDIN && self.inputs.iter().any(|input| input == STDIN) {
            return Err(Failure::because("standard input cannot be both the report and an input")
                .help("write one of them to a file"));
        }
        let file = ReportFile::read(&self.report)?;
        let report = file.report()?;
        let finding = file.finding(&report, &self.fingerprint)?;
        let style = Style {
            color: host.term.color_out,
            width: host.term.width,
            ..Style::default()
        };
        let read = match self.format {
            Layout::Human => self.human(&report, finding, &style, host)?,
            Layout::Json => self.json(&report, finding, host)?,
        };
        host.term.finish()?;
        let Some(ReadRecords { complete, unmet }) = read else { return Ok(Exit::Clean) };
        for (place, _) in &unmet {
            let event = place.event_id.as_deref().map(|id| format!(" (event {id})"));
            let line = place.line.unwrap_or_default();
            host.term.status(&format!(
                "incomplete: the inputs contain no record of the finding at {}:{line}{}",
                place.path,
                event.unwrap_or_default()
            ));
        }
        if !complete {
            host.term.status(
                "incomplete: not everything in the inputs could be read; `keytrail inspect` shows what",
            );
        }
        Ok(if complete && unmet.is_empty() { Exit::Clean } else { Exit::Incomplete })
    }

    fn human(
        &self,
        report: &Report<'_>,
        finding: &Finding<'_>,
        style: &Style,
        host: &mut Host<'_>,
    ) -> Result<Option<ReadRecords>, Failure> {
        let failed = |error| stdout_failed(&error);
        human(report, finding, style, host.term.out()).map_err(failed)?;
        if self.inputs.is_empty() {
            stored_records(report, finding, style, host.term.out()).map_err(failed)?;
            return Ok(None);
        }
        let (redactor, table) = (self.redactor(), host.term.table_style());
        let mut text = Vec::new();
        let mut viewer = Vertical::new(&mut text, redactor, table);
        let read = self.read(finding, &mut viewer, host)?;
        let shown = viewer.shown();
        let heading = format!("records: {shown} read again\n\n");
        let out = host.term.out();
        let written = out.write_all(heading.as_bytes()).and_then(|()| out.write_all(&text));
        written.map_err(failed)?;
        Ok(Some(read))
    }

    fn json(
        &self,
        report: &Report<'_>,
        finding: &Finding<'_>,
        host: &mut Host<'_>,
    ) -> Result<Option<ReadRecords>, Failure> {
        let (mut lines, mut read) = (Vec::new(), None);
        if !self.inputs.is_empty() {
            let mut viewer = Lines::new(&mut lines, self.redactor());
            read = Some(self.read(finding, &mut viewer, host)?);
        }
        let lines = String::from_utf8_lossy(&lines);
        let records: Vec<Box<RawValue>> = lines
            .lines()
            .filter(|line| is_record(line))
            .filter_map(|line| RawValue::from_string(line.to_owned()).ok())
            .collect();
        let records = read.is_some().then_some(&records[..]);
        json(report, finding, records, host.term.out()).map_err(|error| stdout_failed(&error))?;
        Ok(read)
    }

    /// Reads the records of the finding again.
    fn read(
        &self,
        finding: &Finding<'_>,
        viewer: &mut dyn Viewer,
        host: &Host<'_>,
    ) -> Result<ReadRecords, Failure> {
        let project = self.project.load(host)?;
        let inputs = self.hints.open(&self.inputs, &project.inputs, host)?;
        let options = Options {
            fields: RecordKind::ALL.into_iter().flat_map(field::of_kind).collect(),
            // No record is shown of a file that contains none of the finding.
            limit: Some(0),
            places: places(finding),
            now: None,
            clock: host.clock,
            redactor: self.redactor(),
        };
        let read = inspect::read(&inputs, inputs.roots(), &options, viewer);
        read.map_err(|error| stdout_failed(&error))
    }

    fn redactor(&self) -> Redactor {
        Redactor { show_keys: self.show_keys }
    }
}

/// Whether a line of [`Lines`] is a record.
fn is_record(line: &str) -> bool {
    let value: Option<serde_json::Value> = serde_json::from_str(line).ok();
    value.is_some_and(|value| value.get("event").is_some() || value.get("cred").is_some())
}
