//! `keytrail allowlist audit`: what each entry covers, and what is wrong with it.

use keytrail::allow::Strictness;
use keytrail::finding::Redactor;
use keytrail::output::audit::{write_human, write_json};
use keytrail::record::Inputs;
use keytrail::review::{AuditOptions, audit};
use keytrail::value::Time;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::HintArgs;
use crate::policy::PolicyArgs;
use crate::progress::{Counted, during};
use crate::term::stdout_failed;

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  no entry has a problem
  1  an entry has a problem
  2  cannot run: usage, project file, policy files, inputs that match no file, output
  3  incomplete: records or files that could not be read, or no record";

/// Show what each allowlist entry covers, what is wrong with it, and the tightest entry that covers the
/// same.
///
/// Without INPUT, an entry is judged by the policy alone: it names no rule, has expired or expires soon,
/// can never match, is covered by another entry, is too broad, or tests only what the caller chooses.
/// With INPUT, the audit also says which matches each entry covers, of how many identities, which
/// entries are unused, and how each could be tightened.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Audit {
    /// Files, folders and globs of logs and credential reports.
    #[arg(value_name = "INPUT", help_heading = clap::builder::Resettable::Reset)]
    inputs: Vec<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: AuditFormat,
    /// Use this as the time of the run and as `now`.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Name whole access keys in tightened entries.
    #[arg(long)]
    show_keys: bool,
    #[command(flatten)]
    hints: HintArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// The output format of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum AuditFormat {
    /// Text for people.
    Human,
    /// JSON for programs.
    Json,
    /// The tightened entries as a unified diff, for `git apply`.
    Patch,
}

impl Audit {
    pub(super) fn run(mut self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        if self.format == AuditFormat::Patch && self.inputs.is_empty() {
            return Err(Failure::because("a patch needs inputs, which show what entries cover")
                .help("name logs or credential reports: `keytrail allowlist audit INPUT --format patch`"));
        }
        let clock = self.now.unwrap_or(host.clock);
        self.policy.entries = Strictness::Audit;
        let policy = self.policy.load(clock, host)?;
        let options = AuditOptions {
            now: self.now,
            clock,
            redactor: Redactor { show_keys: self.show_keys },
        };
        let audited = if self.inputs.is_empty() {
            audit(&policy, None, &options)
        } else {
            let inputs = self.hints.open(&self.inputs, &policy.inputs, host)?;
            for note in inputs.notes() {
                host.term.status(&format!("note: {}", note.text));
            }
            let counted = Counted::new(&inputs);
            during(&counted, host.term.progress, || {
                let corpus: (&dyn Inputs, &[String]) = (&counted, inputs.roots());
                audit(&policy, Some(corpus), &options)
            })
        };
        let audited = audited.map_err(|error| stdout_failed(&error))?;
        let style = host.term.table_style();
        let out = host.term.out();
        let written = match self.format {
            AuditFormat::Human => write_human(&audited, style, out),
            AuditFormat::Json => write_json(&audited, &audited.patch(&policy.sources), out),
            AuditFormat::Patch => out.write_all(audited.patch(&policy.sources).as_bytes()),
        };
        written.map_err(|error| stdout_failed(&error))?;
        host.term.finish()?;
        if audited.corpus.is_some_and(|corpus| !corpus.complete) {
            host.term.status("incomplete: not everything could be read and evaluated, or there was no record");
            return Ok(Exit::Incomplete);
        }
        Ok(if audited.problems() > 0 { Exit::Findings } else { Exit::Clean })
    }
}
