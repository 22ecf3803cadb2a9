//! `keytrail triage list`: the decisions, and what they mean now.

use std::collections::BTreeMap;

use keytrail::triage::{TriageEffect, TriageEntry};
use keytrail::value::Time;

use super::exit_codes::EXIT_CODES;
use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::report_file::ReportFile;
use crate::triage_file::FileArgs;
use crate::table::Table;

/// List the decisions about findings.
///
/// The column EFFECT says whether a decision is in force. With --report it also says which decisions
/// were reopened by a later match, and which are about no finding of the report.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct List {
    /// A JSON report to compare with.
    #[arg(long, value_name = "REPORT")]
    report: Option<String>,
    /// Use this as the time of the run, which decides whether decisions have expired [default: that
    /// of the report, or now].
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    #[command(flatten)]
    file: FileArgs,
}

impl List {
    pub(super) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let file = self.file.read(host)?;
        let triage = file.decisions(host)?;
        let (found, of_report) = match &self.report {
            None => (None, None),
            Some(name) => {
                let report = ReportFile::read(name)?;
                let report = report.report()?;
                let last = report.findings.iter().map(|of| {
                    (of.fingerprint.to_string(), of.last.as_deref().and_then(Time::parse))
                });
                (Some(last.collect::<BTreeMap<_, _>>()), Time::parse(&report.run.clock))
            }
        };
        let clock = self.now.or(of_report).unwrap_or(host.clock);
        if triage.is_empty() {
            host.term.print(&format!("{} has no decisions\n", file.name))?;
            return Ok(Exit::Clean);
        }
        let headings =
            ["FINGERPRINT", "STATE", "EFFECT", "RULE", "BY", "TIME", "EXPIRES", "REASON"];
        let mut table = Table::new(headings);
        for entry in triage.entries() {
            let effect = match &found {
                None => effect(entry, Some(entry.time), clock),
                Some(found) => match found.get(&entry.fingerprint) {
                    Some(last) => effect(entry, *last, clock),
                    None => "unused",
                },
            };
            table.row([
                entry.fingerprint.clone(),
                entry.state.name().to_owned(),
                effect.to_owned(),
                entry.rule.as_ref().map_or_else(|| "-".to_owned(), |(rule, _)| rule.clone()),
                entry.by.clone(),
                entry.time.to_string(),
                entry.expires.clone(),
                entry.reason.split_whitespace().collect::<Vec<_>>().join(" "),
            ]);
        }
        host.term.print(&table.to_string())?;
        Ok(Exit::Clean)
    }
}

fn effect(entry: &TriageEntry, last: Option<Time>, clock: Time) -> &'static str {
    let effect: TriageEffect = entry.effect(last, clock);
    effect.name()
}
