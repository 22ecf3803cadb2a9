//! `keytrail report`: a JSON report in other formats.

use keytrail::output::restore_report;

use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::report_file::ReportFile;
use crate::target::{ReportArgs, Targets};

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  the reports were written, whatever their verdict is; `keytrail gate` exits by the verdict
  2  cannot run: usage, a report that cannot be read, output";

/// Write a JSON report in other formats, without the logs.
///
/// The report is one of `keytrail scan --format json:FILE`. Every format has the same bytes as if the
/// scan had written it. Access keys stay masked as they are in the report.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Report {
    /// The JSON report; `-` reads standard input.
    #[arg(value_name = "REPORT")]
    report: String,
    #[command(flatten)]
    reports: ReportArgs,
}

impl Report {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let targets = Targets::resolve(&self.reports)?;
        targets.reject_input_paths(std::iter::once(self.report.as_ref()))?;
        let report = ReportFile::read(&self.report)?.parse(restore_report)?;
        targets.write(&report, &self.reports.style(host, false), host)?;
        Ok(Exit::Clean)
    }
}
