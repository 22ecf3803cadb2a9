//! `keytrail triage set`: decides about findings and incidents.

use std::collections::BTreeMap;

use keytrail::diag::escape;
use keytrail::output::report_v1::Report;
use keytrail::triage::{Decided, TriageState, without, written};
use keytrail::value::{Duration, Time};

use super::exit_codes::EXIT_CODES;
use crate::amount::amount;
use crate::args;
use crate::exit::{Exit, Failure};
use crate::git;
use crate::host::Host;
use crate::report_file::ReportFile;
use crate::triage_file::FileArgs;

/// Decide about findings, or about every finding of an incident.
///
/// `processed`: the finding was dealt with; it fails a run again on a match later than this decision.
/// `ignored`: it does not fail a run until the entry expires. `unprocessed`: there is no decision; the
/// entry is removed. The triage file is created if it does not exist.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Set {
    /// The decision.
    #[arg(value_enum, value_name = "STATE")]
    state: State,
    /// Fingerprints of findings or ids of incidents, as reports print them. With --report, their first
    /// digits are enough, at least 6.
    #[arg(value_name = "FINGERPRINT", required = true)]
    ids: Vec<String>,
    /// A JSON report that contains them. An incident needs it.
    #[arg(long, value_name = "REPORT")]
    report: Option<String>,
    /// Why it is decided so; required unless the state is `unprocessed`.
    #[arg(long, value_name = "TEXT", required_if_eq_any([("state", "processed"), ("state", "ignored")]))]
    reason: Option<String>,
    /// Who decides [default: `user.name` of git].
    #[arg(long, value_name = "PERSON", env = "KEYTRAIL_BY", hide_env_values = true)]
    by: Option<String>,
    /// The last day on which the decision applies, or `never`.
    #[arg(long, value_name = "DAY", value_parser = args::day)]
    expires: Option<String>,
    /// Use this as the time of the decision.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    #[command(flatten)]
    file: FileArgs,
}

/// A decision, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum State {
    Processed,
    Ignored,
    Unprocessed,
}

/// A finding to decide about.
#[derive(Debug, Default)]
struct Chosen {
    rule: Option<String>,
    incident: Option<String>,
}

impl Set {
    pub(super) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let file = self.file.read(host)?;
        let before = file.decisions(host)?;
        let chosen = self.chosen()?;
        let fingerprints: Vec<&str> = chosen.keys().map(String::as_str).collect();
        let findings = amount(chosen.len(), "finding", "findings");
        let state = match self.state {
            State::Processed => TriageState::Processed,
            State::Ignored => TriageState::Ignored,
            State::Unprocessed => {
                file.replace(without(&file.text, &fingerprints))?;
                let gone = fingerprints.iter().filter(|of| before.of(of).is_some()).count();
                let entries = amount(gone, "entry", "entries");
                host.term.print(&format!("removed {entries} from {}\n", file.name))?;
                return Ok(Exit::Clean);
            }
        };
        let by = self.person(host)?;
        let reason = self.reason.as_deref().unwrap_or_default();
        for (value, flag) in [(reason, "--reason"), (&by, "--by")] {
            if value.trim().is_empty() {
                return Err(Failure::because(format!("{flag} is empty")));
            }
        }
        let decided: Vec<Decided<'_>> = chosen
            .iter()
            .map(|(fingerprint, of)| Decided {
                fingerprint,
                rule: of.rule.as_deref(),
                incident: of.incident.as_deref(),
                state,
                reason,
                by: &by,
                time: in_seconds(self.now.unwrap_or(host.clock)),
                expires: self.expires.as_deref(),
            })
            .collect();
        file.replace(written(&file.text, &decided))?;
        let name = state.name();
        host.term.print(&format!("{findings} set to {name} in {}\n", file.name))?;
        Ok(Exit::Clean)
    }

    /// Who decides.
    fn person(&self, host: &Host<'_>) -> Result<String, Failure> {
        let own = self.by.clone().or_else(|| git::user_name(&host.directory));
        own.ok_or_else(|| {
            Failure::because("it is not known who decides").help(
                "pass --by PERSON, or set a name with `git config user.name NAME`",
            )
        })
    }

    /// The findings that the arguments name, by fingerprint.
    fn chosen(&self) -> Result<BTreeMap<String, Chosen>, Failure> {
        let mut chosen = BTreeMap::new();
        let Some(name) = &self.report else {
            for id in &self.ids {
                if !is_fingerprint(id) {
                    return Err(Failure::because(format!(
                        "`{}` is not a whole fingerprint of 32 hexadecimal digits",
                        escape(id)
                    ))
                    .help("pass --report REPORT to name a finding by its first digits, or an incident"));
                }
                chosen.insert(id.clone(), Chosen::default());
            }
            return Ok(chosen);
        };
        let file = ReportFile::read(name)?;
        let report = file.report()?;
        for id in &self.ids {
            match incident(&report, id)? {
                Some((incident, findings)) => {
                    for fingerprint in findings {
                        let rule = rule_of(&report, &fingerprint);
                        let incident = Some(incident.clone());
                        chosen.insert(fingerprint, Chosen { rule, incident });
                    }
                }
                None => {
                    let finding = file.finding(&report, id)?;
                    let rule = Some(finding.rule.to_string());
                    let of = Chosen { rule, incident: None };
                    chosen.insert(finding.fingerprint.to_string(), of);
                }
            }
        }
        Ok(chosen)
    }
}

/// The time without fractions of a second, which nobody needs in a file for people.
fn in_seconds(time: Time) -> Time {
    Time(time.0 - time.0.rem_euclid(Duration::SECOND))
}

/// Digits that begin the id of an incident.
const LEAST: usize = 6;

/// The incident of several findings whose id begins so, with its findings. An incident of one finding
/// is the finding.
fn incident(report: &Report<'_>, id: &str) -> Result<Option<(String, Vec<String>)>, Failure> {
    if id.len() < LEAST {
        return Ok(None);
    }
    let named = |of: &&keytrail::output::report_v1::Incident<'_>| of.id.starts_with(id);
    let found: Vec<_> = report.incidents.iter().filter(named).collect();
    let findings = report.findings.iter().filter(|of| of.fingerprint.starts_with(id)).count();
    match found[..] {
        [] => Ok(None),
        [one] if findings == 0 => {
            let all = one.findings.iter().map(ToString::to_string).collect();
            Ok(Some((one.id.to_string(), all)))
        }
        _ => Err(Failure::because(format!(
            "{} incidents and {findings} findings begin with `{}`",
            found.len(),
            escape(id)
        ))
        .help("give more digits")),
    }
}

fn rule_of(report: &Report<'_>, fingerprint: &str) -> Option<String> {
    let finding = report.findings.iter().find(|of| of.fingerprint == fingerprint)?;
    Some(finding.rule.to_string())
}

pub(super) fn is_fingerprint(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.len() == 32 && text.chars().all(is_digit)
}
