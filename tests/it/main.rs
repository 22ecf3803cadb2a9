//! The integration tests, one binary.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods, reason = "the docs of tests are not published")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests print what they skip and measure"
)]

mod allowlists;
mod architecture;
mod audit;
mod baseline;
mod blind;
mod builtin;
mod cases;
mod check_formats;
mod cli;
mod clouds;
mod code_examples;
mod commands;
mod correlated_runs;
mod correlated_steps;
mod correlated_values;
mod correlation;
mod credentials;
mod diagnostics;
mod diff;
mod engine;
mod environment;
mod evidence;
mod examples;
mod expected_inputs;
mod explain;
mod expr;
mod field_gaps;
mod fuzz;
mod guards;
mod hostile;
mod hostile_policies;
mod incidents;
mod index;
mod inputs;
mod inspect;
mod key_case;
mod key_owners;
mod laws;
mod limits;
mod lint_corpus;
mod lints;
mod pack;
mod packaging;
mod packs;
mod pages;
mod period;
mod policy;
mod prefilter;
mod policy_changes;
mod policy_files;
mod posture;
mod project;
mod query;
mod query_gate;
mod query_policy;
mod readme;
mod recommend;
mod reference;
mod report_command;
mod reports;
mod rules;
#[allow(dead_code, reason = "every test may use each part of it")]
mod run;
mod scale;
mod scan;
mod scaffold;
mod schemas;
mod secret_forms;
mod secrets;
mod show;
mod tables;
mod triage;
mod test_command;
mod watch;
mod whole_policies;
