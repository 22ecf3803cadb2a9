//! `keytrail gate`: decides about a JSON report again.

use std::path::PathBuf;

use keytrail::diag::escape;
use keytrail::finding::VerdictRole;
use keytrail::output::restore_report;
use keytrail::report::Report;

use crate::baseline_args;
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::gate_args::{GateArgs, verdict};
use crate::host::Host;
use crate::report_file::ReportFile;
use crate::target::{ReportArgs, Targets};
use crate::triage_file::TriageFile;

/// Findings that are listed without `--verbose`.
const LISTED: usize = 20;

/// Decide the verdict of a JSON report again, with other thresholds and without the logs.
///
/// The report is one of `keytrail scan --format json:FILE`. A threshold that is not given stays that
/// of the scan. Prints the findings that fail the run, and the verdict. With `--format`, writes the
/// report with the new verdict in that format instead.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Gate {
    /// The JSON report; `-` reads standard input.
    #[arg(value_name = "REPORT")]
    report: String,
    /// Findings that this file contains do not fail the run: a JSON report, SARIF of Keytrail, or a
    /// file of `scan --write-baseline` [default: as in the report].
    #[arg(long, value_name = "FILE", env = "KEYTRAIL_BASELINE", hide_env_values = true)]
    #[arg(help_heading = "Gate options")]
    baseline: Option<PathBuf>,
    /// Decide with the decisions of this triage file [default: those in the report].
    #[arg(long, value_name = "FILE", help_heading = "Gate options")]
    triage: Option<PathBuf>,
    #[command(flatten)]
    reports: ReportArgs,
    #[command(flatten)]
    gate: GateArgs,
}

impl Gate {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let targets = Targets::resolve(&self.reports)?;
        targets.reject_input_paths(std::iter::once(self.report.as_ref()))?;
        let mut report = ReportFile::read(&self.report)?.parse(restore_report)?;
        if let Some(path) = &self.baseline {
            report.compare(&baseline_args::read(path)?);
        }
        if let Some(path) = &self.triage {
            let path = host.directory.join(path);
            if !path.is_file() {
                return Err(Failure::because(format!("there is no file {}", path.display())));
            }
            report.triage(&TriageFile::at(path, host)?.decisions(host)?);
        }
        self.gate.decide(&mut report);
        if self.reports.names_format() {
            targets.write(&report, &self.reports.style(host, self.gate.exit_zero), host)?;
        } else {
            let text = summary(&report, host.term.verbose);
            host.term.print(&text)?;
            host.term.finish()?;
        }
        Ok(self.gate.exit(&report))
    }
}

/// The findings that fail the run, the reasons why it is incomplete, and the verdict.
fn summary(report: &Report, all: bool) -> String {
    let gating = || report.findings.iter().filter(|of| of.role == VerdictRole::Gates);
    let most = if all { usize::MAX } else { LISTED };
    let mut text = String::new();
    for finding in gating().take(most) {
        let rule = report.rule_of(finding).map_or("", |rule| &rule.id);
        let message = report.facts.text(&finding.message);
        text.push_str(&format!(
            "{}[{}]: {} ({})\n",
            finding.severity.name(),
            escape(rule),
            escape(&message),
            escape(&finding.fingerprint)
        ));
    }
    let more = gating().count().saturating_sub(most);
    if more > 0 {
        text.push_str(&format!("… {more} more; -v shows all\n"));
    }
    let hidden = report.gating_below_min_severity();
    if hidden > 0 {
        let least = report.facts.min_severity.name();
        text.push_str(&format!("{hidden} more below {least}, which the scan left out\n"));
    }
    for reason in &report.incomplete {
        text.push_str(&format!("incomplete: {}\n", escape(&report.facts.text(&reason.text))));
    }
    text.push_str(&format!("{} (exit {})\n", verdict(report), report.exit_code()));
    text
}
