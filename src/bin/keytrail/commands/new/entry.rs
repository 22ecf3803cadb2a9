//! `keytrail new entry`: the tightest allowlist entry that covers a finding.

use std::fs;
use std::path::{Path, PathBuf};

use keytrail::config::Policy;
use keytrail::scaffold::{self, EntryText, PLACEHOLDER, entry_of, with_entry};
use keytrail::value::{Duration, Time, Zone};

use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::new_file::create;
use crate::policy::PolicyArgs;
use crate::report_file::ReportFile;

/// The days after which a new entry ends, unless the user names a day.
const DAYS: i64 = 30;

/// Write the tightest allowlist entry that covers a finding.
///
/// The entry names the rule and the values that the calls of the finding have. The report is one of
/// `keytrail scan --format json:FILE`. Access keys are named only if the report shows them whole
/// (`--show-keys`).
#[derive(Debug, clap::Args)]
pub(super) struct NewEntry {
    /// The fingerprint of the finding as reports print it; its first digits are enough, at least 6.
    #[arg(long, value_name = "FINGERPRINT")]
    from: String,
    /// The JSON report; `-` reads standard input.
    #[arg(value_name = "REPORT")]
    report: String,
    /// The allowlist to add the entry to; it is created if there is none [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The id of the entry [default: the rule and the fingerprint].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Why the calls are accepted [default: a placeholder].
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The person or team responsible for the entry [default: a placeholder].
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// The last day on which it applies [default: 30 days from now].
    #[arg(long, value_name = "DAY", value_parser = args::day)]
    expires: Option<String>,
    #[command(flatten)]
    policy: PolicyArgs,
}

impl NewEntry {
    /// Says so if the project does not load the entry.
    fn check(&self, path: &Path, entry: &EntryText, host: &Host<'_>) {
        let loaded = Policy::load(&self.policy.options(host));
        let is_it = |id: &str| entry.lines.starts_with(&format!("id: {id}\n"));
        match loaded {
            Ok(policy) if policy.allowlist.entries.iter().any(|of| is_it(&of.id)) => {}
            Ok(_) => host.term.status(&format!(
                "note: the project does not load it; add `{}` to `allowlists` in keytrail.yaml",
                path.display()
            )),
            Err((sources, problems)) => {
                for problem in problems.iter().filter(|problem| problem.is_error()) {
                    host.term.diagnostic(problem, &sources);
                }
            }
        }
    }

    pub(super) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let file = ReportFile::read(&self.report)?;
        let report = file.report()?;
        let finding = file.finding(&report, &self.from)?;
        let later = Time(host.clock.0.saturating_add(DAYS * Duration::DAY));
        let expires = self.expires.clone().or_else(|| later.date(&Zone::utc()));
        let entry = entry_of(
            &report,
            finding,
            scaffold::NewEntry {
                id: self.id.as_deref(),
                reason: self.reason.as_deref(),
                owner: self.owner.as_deref(),
                expires: expires.as_deref().unwrap_or("never"),
            },
        );
        match &self.output {
            None => host.term.print(&entry.file())?,
            Some(path) => {
                let whole = host.directory.join(path);
                match fs::read_to_string(&whole) {
                    Ok(text) => {
                        let text = with_entry(&text, &entry).ok_or_else(|| {
                            Failure::because(format!(
                                "nothing can be added to {}: its entries are not a list of lines at its end",
                                path.display()
                            ))
                            .help("leave out `--output`, and paste the entry where it belongs")
                        })?;
                        fs::write(&whole, text).map_err(|error| {
                            Failure::because(format!("cannot write {}: {error}", path.display()))
                        })?;
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                        create(&whole, &entry.file())?;
                    }
                    Err(error) => {
                        return Err(Failure::because(format!(
                            "cannot read {}: {error}",
                            path.display()
                        )));
                    }
                }
                host.term.print(&format!("wrote an entry to {}\n", path.display()))?;
                self.check(path, &entry, host);
            }
        }
        for note in &entry.notes {
            host.term.status(&format!("note: {note}"));
        }
        if entry.lines.contains(PLACEHOLDER) {
            host.term.status(&format!("note: replace {PLACEHOLDER} in the entry, and choose the day on which it ends"));
        }
        Ok(Exit::Clean)
    }
}
