//! `keytrail triage prune`: removes decisions.

use std::collections::BTreeSet;

use keytrail::diag::escape;
use keytrail::triage::without;
use keytrail::value::Time;

use super::exit_codes::EXIT_CODES;
use crate::amount::amount;
use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::report_file::ReportFile;
use crate::triage_file::FileArgs;

/// Remove decisions that have expired, that are about no finding of a report, or that are named.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Prune {
    /// Fingerprints of entries; the first digits are enough, at least 6. Without any, expired entries
    /// are removed.
    #[arg(value_name = "FINGERPRINT")]
    ids: Vec<String>,
    /// Also remove entries about findings that this JSON report does not contain. The report must be
    /// of all logs: an entry about a finding of another log is removed too.
    #[arg(long, value_name = "REPORT", conflicts_with = "ids")]
    report: Option<String>,
    /// Only print what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// Use this as the time of the run, which decides whether decisions have expired.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    #[command(flatten)]
    file: FileArgs,
}

/// Digits that name an entry.
const LEAST: usize = 6;

impl Prune {
    pub(super) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let file = self.file.read(host)?;
        let triage = file.decisions(host)?;
        let mut gone: BTreeSet<&str> = BTreeSet::new();
        for id in &self.ids {
            let entries = || triage.entries().map(|entry| entry.fingerprint.as_str());
            let named: Vec<&str> = entries().filter(|of| of.starts_with(id.as_str())).collect();
            match named[..] {
                [one] if id.len() >= LEAST => drop(gone.insert(one)),
                [] => {
                    return Err(Failure::because(format!(
                        "no entry of {} is about `{}`",
                        file.name,
                        escape(id)
                    ))
                    .help("`keytrail triage list` lists every entry"));
                }
                _ => {
                    return Err(Failure::because(format!(
                        "`{}` does not name one entry of {}",
                        escape(id),
                        file.name
                    ))
                    .help(format!("give more digits, at least {LEAST}")));
                }
            }
        }
        if self.ids.is_empty() {
            let clock = self.now.unwrap_or(host.clock);
            let expired = triage.entries().filter(|entry| entry.is_expired(clock));
            gone.extend(expired.map(|entry| entry.fingerprint.as_str()));
        }
        if let Some(name) = &self.report {
            let report = ReportFile::read(name)?;
            let report = report.report()?;
            let found: BTreeSet<&str> = report.findings.iter().map(|of| &*of.fingerprint).collect();
            let all = triage.entries().map(|entry| entry.fingerprint.as_str());
            gone.extend(all.filter(|fingerprint| !found.contains(fingerprint)));
        }
        let mut text = String::new();
        for entry in triage.entries().filter(|of| gone.contains(of.fingerprint.as_str())) {
            let (state, by) = (entry.state.name(), &entry.by);
            let reason = entry.reason.split_whitespace().collect::<Vec<_>>().join(" ");
            let line = format!("{} {state} by {by}: {reason}", entry.fingerprint);
            text.push_str(&format!("{}\n", escape(&line)));
        }
        let entries = amount(gone.len(), "entry", "entries");
        let done = match self.dry_run {
            true => format!("{entries} of {} would be removed\n", file.name),
            false => {
                let gone: Vec<&str> = gone.into_iter().collect();
                file.replace(without(&file.text, &gone))?;
                format!("removed {entries} from {}\n", file.name)
            }
        };
        host.term.print(&format!("{text}{done}"))?;
        Ok(Exit::Clean)
    }
}
