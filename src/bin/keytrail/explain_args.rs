//! The explanation of the findings of a scan.

use std::collections::BTreeSet;
use std::path::PathBuf;

use keytrail::config::Policy;
use keytrail::finding::Redactor;
use keytrail::input::InputSet;
use keytrail::output::explain::{write_human, write_json_of_all};
use keytrail::report::Report;
use keytrail::review::{ExplainOptions, Explanation, explain_each};
use keytrail::value::Time;

use crate::destination::{Destination, Draft, write_device};
use crate::exit::Failure;
use crate::host::Host;
use crate::progress::{Counted, during};
use crate::target::Targets;
use crate::term::stdout_failed;

/// The explanation of findings.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// Explain each finding after the report, or as JSON in a file: the condition with the value of
    /// every part, why values are missing, and which allowlist entries nearly apply. Reads the inputs a
    /// second time.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "-")]
    explain: Option<PathBuf>,
}

/// Findings of each rule that are explained.
const EXPLAINED: usize = 50;

impl ExplainArgs {
    /// Where findings are explained: after the report for people, or in a file. The inputs must be
    /// files, which can be read twice.
    pub(crate) fn destination(
        &self,
        targets: &Targets,
        reads_stdin: bool,
    ) -> Result<Option<Destination>, Failure> {
        let Some(path) = &self.explain else { return Ok(None) };
        let destination = Destination::of(path)?;
        if destination == Destination::Stdout && !targets.shown() {
            return Err(Failure::because(
                "--explain needs the report for people on standard output",
            )
            .help("add `--format human`, or name a file for JSON: `--explain=FILE`"));
        }
        if reads_stdin {
            return Err(Failure::because(
                "--explain reads the inputs twice, and standard input cannot be",
            )
            .help("write it to a file"));
        }
        if targets.destinations().any(|of| destination.real().is_some() && *of == destination) {
            return Err(Failure::because(format!(
                "a report and the explanation would both be written to {destination}"
            )));
        }
        Ok(Some(destination))
    }
}

/// Explains the rules that have findings, each with the first match of every subject.
pub(crate) fn explain_findings(
    (policy, inputs, report): (&Policy, &InputSet, &Report),
    (now, show_keys): (Option<Time>, bool),
    destination: &Destination,
    host: &mut Host<'_>,
) -> Result<(), Failure> {
    let found: BTreeSet<usize> = report.findings.iter().map(|finding| finding.rule).collect();
    let rules: Vec<usize> = found.into_iter().collect();
    let fingerprints = report.findings.iter().map(|finding| finding.fingerprint.clone());
    let options = ExplainOptions {
        matches: EXPLAINED,
        misses: 0,
        subjects: EXPLAINED,
        now,
        clock: now.unwrap_or(host.clock),
        redactor: Redactor { show_keys },
        findings: Some(fingerprints.collect()),
    };
    let counted = Counted::new(inputs);
    let explained = during(&counted, host.term.progress, || {
        explain_each(policy, &rules, &counted, inputs.roots(), &options)
    });
    write(&explained.map_err(|error| stdout_failed(&error))?, destination, host)
}

fn write(
    explained: &[Explanation],
    destination: &Destination,
    host: &mut Host<'_>,
) -> Result<(), Failure> {
    match destination {
        Destination::Stdout => {
            let style = host.term.table_style();
            for explanation in explained {
                host.term.print("\n")?;
                write_human(explanation, style, host.term.out())
                    .map_err(|error| stdout_failed(&error))?;
            }
            host.term.finish()
        }
        Destination::File { typed, real } => {
            Draft::write(typed, real, |file| write_json_of_all(explained, file))?.publish()
        }
        Destination::Device(path) => write_device(path, |file| write_json_of_all(explained, file)),
    }
}
