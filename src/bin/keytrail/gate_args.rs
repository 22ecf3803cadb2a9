//! The thresholds that decide whether findings fail a run.

use clap::builder::BoolishValueParser;
use keytrail::report::{Facts, Report, Verdict};
use keytrail::rule::FailOn;

use crate::args;
use crate::exit::Exit;

/// What fails the run.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Gate options")]
pub(crate) struct GateArgs {
    /// The lowest severity that fails the run, or `never` [default: high; of `gate`,
    /// that of the report].
    #[arg(long, value_name = "SEVERITY", value_parser = args::fail_on(), ignore_case = true)]
    #[arg(env = "KEYTRAIL_FAIL_ON", hide_env_values = true)]
    pub(crate) fail_on: Option<FailOn>,
    /// Fail the run for uncertain findings too: the input does not cover the history that they
    /// need.
    #[arg(long, env = "KEYTRAIL_FAIL_ON_UNCERTAIN", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub(crate) fail_on_uncertain: bool,
    /// Records that may be skipped before the run is incomplete [default: 0; of `gate`, the number
    /// of the report].
    #[arg(long, value_name = "N", env = "KEYTRAIL_MAX_SKIPPED", hide_env_values = true)]
    pub(crate) max_skipped: Option<u64>,
    /// Make the run incomplete if rules are blind, and fail it for uncertain findings.
    #[arg(long, env = "KEYTRAIL_STRICT", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub(crate) strict: bool,
    /// Exit with 0 even if findings fail the run.
    #[arg(long, env = "KEYTRAIL_EXIT_ZERO", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub(crate) exit_zero: bool,
    /// Accept a run without any record or any rule.
    #[arg(long, env = "KEYTRAIL_ALLOW_EMPTY", hide_env_values = true)]
    #[arg(value_parser = BoolishValueParser::new())]
    pub(crate) allow_empty: bool,
}

impl GateArgs {
    /// The exit code for a verdict.
    pub(crate) fn exit(&self, report: &Report) -> Exit {
        match report.verdict {
            Verdict::Clean | Verdict::Passed => Exit::Clean,
            Verdict::Findings if self.exit_zero => Exit::Clean,
            Verdict::Findings => Exit::Findings,
            Verdict::Incomplete => Exit::Incomplete,
        }
    }

    /// Decides again. A threshold that is not given stays that of the report.
    pub(crate) fn decide(&self, report: &mut Report) {
        let Facts { fail_on, fail_on_uncertain, max_skipped, strict, .. } = &mut report.facts;
        *fail_on = self.fail_on.unwrap_or(*fail_on);
        *max_skipped = self.max_skipped.unwrap_or(*max_skipped);
        *fail_on_uncertain |= self.fail_on_uncertain;
        *strict |= self.strict;
        if self.allow_empty {
            report.allow_empty();
        }
        report.decide();
    }
}

/// The verdict in a few words.
pub(crate) fn verdict(report: &Report) -> String {
    let gate = report.gate.sentence(report.facts.fail_on);
    match report.verdict {
        Verdict::Clean => "clean: no finding".to_owned(),
        Verdict::Passed => format!("passed: {gate}"),
        Verdict::Findings => format!("failed: {gate}"),
        Verdict::Incomplete => format!("incomplete, with {gate}"),
    }
}
