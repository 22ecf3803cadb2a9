//! `keytrail scan`: finds risky use of credentials.

use std::num::NonZeroUsize;
use std::time::Instant;

use clap::builder::BoolishValueParser;
use keytrail::ScanOptions;
use keytrail::config::{FAIL_ON, MAX_SKIPPED, MIN_SEVERITY, Policy};
use keytrail::input::InputSet;
use keytrail::query::Bound;
use keytrail::report::{Note, Report};
use keytrail::rule::Severity;
use keytrail::source::walk;
use keytrail::value::Time;

use crate::args;
use crate::baseline_args::BaselineArgs;
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::explain_args::{ExplainArgs, explain_findings};
use crate::gate_args::{GateArgs, verdict};
use crate::host::Host;
use crate::inputs::{InputArgs, notes};
use crate::policy::{PolicyArgs, RuleChoice};
use crate::query_args::period;
use crate::progress::{Counted, during};
use crate::target::{ReportArgs, Targets};
use crate::version::Version;

/// Find risky use of credentials in audit logs and credential reports.
///
/// Reads logs of AWS CloudTrail, Alibaba Cloud ActionTrail and Tencent CloudAudit in each form that
/// their providers write, and credential reports of all three, plain or compressed. Files are
/// recognised by their content; `keytrail inspect` shows how.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Scan {
    /// Use this as the time of the run: as `now` in rules, and to decide whether allowlist entries
    /// have expired.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Report only matches from this time on: a time, a day, or a duration before now, such as 15m or
    /// 90d. Earlier records still count for windows and histories.
    #[arg(long, value_name = "TIME", value_parser = args::bound)]
    since: Option<Bound>,
    /// Report only matches before this time; written like --since.
    #[arg(long, value_name = "TIME", value_parser = args::bound)]
    until: Option<Bound>,
    /// Number of threads; it does not change the result [default: all cores].
    #[arg(short, long, value_name = "N", env = "KEYTRAIL_JOBS", hide_env_values = true)]
    jobs: Option<NonZeroUsize>,
    /// Memory for matches, such as `512M`; beyond it they spill to temporary files [default: 64M].
    #[arg(long, value_name = "SIZE", value_parser = args::memory)]
    #[arg(env = "KEYTRAIL_MEMORY", hide_env_values = true)]
    memory: Option<usize>,
    /// Compute the SHA-256 of each input file, for JSON and SARIF reports.
    #[arg(long, env = "KEYTRAIL_DIGESTS", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    digests: bool,
    /// Records of each row of evidence that reports for programs show, 1 to 1000; more than 3 are read
    /// again from the log [default: 3].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    samples: Option<u16>,
    /// Parse only records that contain a text that a rule needs, if every rule needs one. Whether the other
    /// records are well formed stays unknown, and they join no incidents.
    #[arg(long, env = "KEYTRAIL_PREFILTER", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    prefilter: bool,
    #[command(flatten)]
    explain: ExplainArgs,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    choice: RuleChoice,
    #[command(flatten)]
    reports: ReportArgs,
    /// Show access keys unmasked.
    #[arg(long, help_heading = "Report options")]
    show_keys: bool,
    #[command(flatten)]
    baseline: BaselineArgs,
    #[command(flatten)]
    gate: GateArgs,
    /// Take guards, decisions about findings and thresholds (`fail_on`, `fail_on_extended`, `min_severity`, `max_skipped`,
    /// `expect`) from this git revision or folder, so that a change cannot lower its own bar.
    #[arg(long, value_name = "REV", env = "KEYTRAIL_POLICY_FROM", hide_env_values = true)]
    #[arg(help_heading = "Gate options")]
    policy_from: Option<String>,
    /// The lowest severity that is reported; findings below it can still fail the run [default:
    /// info].
    #[arg(long, value_name = "SEVERITY", value_parser = args::severity(), ignore_case = true)]
    #[arg(env = "KEYTRAIL_MIN_SEVERITY", hide_env_values = true, help_heading = "Report options")]
    min_severity: Option<Severity>,
}

impl Scan {
    pub(crate) fn run(mut self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let start = Instant::now();
        let targets = Targets::resolve(&self.reports)?;
        let mut baselines = self.baseline.read()?;
        targets.reject_destination(baselines.destination())?;
        self.policy.choice = std::mem::take(&mut self.choice);
        let explain = self.explain.destination(&targets, self.inputs.reads_stdin())?;
        let mut policy = self.policy.load(self.now.unwrap_or(host.clock), host)?;
        if let Some(name) = &self.policy_from {
            // `--only` and `--disable` are about the rules of this run.
            let choice = std::mem::take(&mut self.policy.choice);
            let from = Version::named(name, &self.policy, host)?;
            policy.adopt_bar(&from.load(&self.policy, host)?);
            self.policy.choice = choice;
        }
        let inputs = self.inputs.open(&policy.inputs, host)?.hash(self.digests);
        targets.reject_input_paths(inputs.paths())?;
        let mut options = self.options(&policy, &targets, host);
        options.period = period(&self.since, &self.until, &policy, options.clock)?;
        (options.baseline, options.new_only) = (baselines.known.take(), baselines.new_only);
        let report = evaluate(&policy, &inputs, self.notes(&inputs), &options, host);
        let mut style = self.reports.style(host, self.gate.exit_zero);
        if let Some(folders) = &mut style.folders {
            folders.project = walk::resolve(&policy.root);
        }
        targets.write(&report, &style, host)?;
        if let Some(destination) = &explain {
            let options = (self.now, self.show_keys);
            explain_findings((&policy, &inputs, &report), options, destination, host)?;
        }
        baselines.write(&report, options.baseline)?;
        summarise(&report, &targets, start, host);
        Ok(self.gate.exit(&report))
    }

    fn notes(&self, inputs: &InputSet) -> Vec<Note> {
        let from = self.policy_from.as_ref().map(|name| Note {
            id: "policy-from",
            text: format!("guards, triage and thresholds are those of {name} (--policy-from)"),
        });
        notes(inputs).into_iter().chain(from).collect()
    }

    /// The options of the run, from flags and environment, then the project file, then the
    /// defaults.
    fn options(&self, policy: &Policy, targets: &Targets, host: &Host<'_>) -> ScanOptions {
        let gate = &self.gate;
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        ScanOptions {
            records: targets.show_records(),
            clock_given: self.now.is_some(),
            jobs: self.jobs.unwrap_or_else(cores),
            fail_on: gate.fail_on.or(policy.fail_on).unwrap_or(FAIL_ON),
            fail_on_uncertain: gate.fail_on_uncertain,
            min_severity: self.min_severity.or(policy.min_severity).unwrap_or(MIN_SEVERITY),
            max_skipped: gate.max_skipped.or(policy.max_skipped).unwrap_or(MAX_SKIPPED),
            strict: gate.strict,
            allow_empty: gate.allow_empty,
            show_keys: self.show_keys,
            memory: self.memory.unwrap_or(keytrail::engine::MEMORY),
            samples: self.samples.map_or(keytrail::engine::SAMPLES_PER_CALL, usize::from),
            prefilter: if self.prefilter { keytrail::input::FORMATS } else { &[] },
            ..ScanOptions::at(self.now.unwrap_or(host.clock))
        }
    }
}

fn evaluate(
    policy: &Policy,
    inputs: &InputSet,
    notes: Vec<Note>,
    options: &ScanOptions,
    host: &Host<'_>,
) -> Report {
    let counted = Counted::new(inputs);
    during(&counted, host.term.progress, || {
        keytrail::scan(policy, &counted, inputs.roots().to_vec(), notes, options)
    })
}

/// If standard output contains no report for people, the reasons for the exit code are written to
/// standard error.
fn summarise(report: &Report, targets: &Targets, start: Instant, host: &Host<'_>) {
    if !targets.shown() {
        for note in &report.incomplete {
            host.term.status(&format!("incomplete: {}", note.text));
        }
        let destinations: Vec<String> = targets.destinations().map(ToString::to_string).collect();
        host.term.status(&format!("{}; reported to {}", verdict(report), destinations.join(", ")));
    }
    let seconds = start.elapsed().as_secs_f64();
    host.term.detail(&format!("read {} records in {seconds:.2} s", report.accounting.read));
}
