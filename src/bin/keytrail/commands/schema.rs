//! `keytrail schema`: JSON schemas of what Keytrail reads and writes.

use keytrail::diag::did_you_mean;
use keytrail::{config, output};

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// The name of a schema's file in `schemas/`, and the function that generates it.
type Generated = (&'static str, fn() -> String);

/// Every schema.
static SCHEMAS: &[Generated] = &[
    ("audit", output::audit::audit_schema),
    ("baseline", output::baseline_schema),
    ("check", output::check::check_schema),
    ("config", config::project_schema),
    ("diff", output::diff::diff_schema),
    ("explain", output::explain::explain_schema),
    ("explanations", output::explain::explanations_schema),
    ("ndjson", output::ndjson_schema),
    ("policy", config::policy_schema),
    ("posture", output::posture::posture_schema),
    ("recommend", output::recommend::recommend_schema),
    ("report", output::report_schema),
    ("test", output::rule_tests::test_schema),
    ("triage", config::triage_schema),
    ("watch", output::watch_schema),
];

/// Print a JSON schema, or list the schemas there are.
///
/// `audit` describes the output of `allowlist audit --format json`; `baseline` describes a file of
/// `scan --write-baseline`; `check` describes the output of `check --format json`; `config` describes the project file;
/// `diff` describes the output of `diff --format json`; `explain` describes the output of `explain --format json`;
/// `explanations` describes the file of `scan --explain=FILE`;
/// `ndjson` describes a line of `scan --format ndjson`; `policy` describes rules, lists, definitions and allowlists;
/// `posture` describes the output of `posture --format json`; `recommend` describes the output of
/// `recommend --format json`; `report` describes the output of `scan --format json`; `test` describes the output of
/// `test --format json`; `triage` describes the triage file; `watch` describes a line of `keytrail watch`.
#[derive(Debug, clap::Args)]
pub(crate) struct Schema {
    /// The name of the schema.
    name: Option<String>,
}

impl Schema {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let text = match &self.name {
            None => SCHEMAS.iter().map(|(name, _)| format!("{name}\n")).collect(),
            Some(wanted) => {
                let schema = SCHEMAS.iter().find(|(name, _)| name == wanted);
                let (_, write) = schema.ok_or_else(|| unknown(wanted))?;
                write()
            }
        };
        host.term.print(&text)?;
        Ok(Exit::Clean)
    }
}

fn unknown(name: &str) -> Failure {
    let failure = Failure::because(format!("there is no schema `{name}`"));
    match did_you_mean(name, SCHEMAS.iter().map(|(name, _)| *name)) {
        Some(near) => failure.help(near),
        None => failure.help("`keytrail schema` lists every schema"),
    }
}
