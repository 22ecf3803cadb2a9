//! `keytrail explain`: why a rule matches records, or does not.

use std::io;

use keytrail::config::Policy;
use keytrail::diag::{did_you_mean, escape};
use keytrail::finding::Redactor;
use keytrail::output::explain::{write_human, write_json};
use keytrail::review::{ExplainOptions, explain};
use keytrail::value::Time;

use crate::args::{self, Layout};
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::InputArgs;
use crate::policy::PolicyArgs;
use crate::progress::{Counted, during};
use crate::term::stdout_failed;

/// Matches that are shown of each condition.
const MATCHES: usize = 5;

/// Records that are shown of a condition that no record meets.
const MISSES: usize = 3;

/// Subjects that are shown of a rule that relates matches to each other.
const SUBJECTS: usize = 5;

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  the rule was explained, whether or not it matches
  2  cannot run: usage, project file, policy files, no such rule, inputs that match no file, output
  3  incomplete: records or files that could not be read, or no record";

/// Explain why a rule matches records, or does not.
///
/// Shows the condition of the rule as a tree, with the result of every part and the values that it
/// reads. For a missing value it says where the provider stores it. Without a match, the records are
/// shown for which the fewest clauses would have to change. For a match, it shows which allowlist
/// entry covers it, or by which selector one fails. For a rule that relates matches to each other, it
/// shows what the rule holds of each subject.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Explain {
    /// The id of the rule.
    #[arg(value_name = "RULE")]
    rule: String,
    /// Matches to show of each condition; 0 shows all [default: 5].
    #[arg(long, value_name = "N")]
    matches: Option<usize>,
    /// Records to show that do not match, the nearest first [default: 3 if no record matches].
    #[arg(long, value_name = "N")]
    misses: Option<usize>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
    /// Use this as the time of the run and as `now`.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Show access keys unmasked.
    #[arg(long)]
    show_keys: bool,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

impl Explain {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let clock = self.now.unwrap_or(host.clock);
        let policy = self.policy.load(clock, host)?;
        let Some(index) = policy.rules.iter().position(|rule| rule.id == self.rule) else {
            return Err(self.unknown(&policy));
        };
        let inputs = self.inputs.open(&policy.inputs, host)?;
        for note in inputs.notes() {
            host.term.status(&format!("note: {}", note.text));
        }
        let all = |most: usize| if most == 0 { usize::MAX } else { most };
        let options = ExplainOptions {
            matches: self.matches.map_or(MATCHES, all),
            misses: self.misses.unwrap_or(MISSES),
            subjects: SUBJECTS,
            now: self.now,
            clock,
            redactor: Redactor { show_keys: self.show_keys },
            findings: None,
        };
        let counted = Counted::new(&inputs);
        let explained = during(&counted, host.term.progress, || {
            explain(&policy, index, &counted, inputs.roots(), &options)
        });
        let explained = explained.map_err(|error| stdout_failed(&error))?;
        let Some(mut explanation) = explained else { return Err(self.unknown(&policy)) };
        if self.misses.is_none() {
            explanation.keep_misses_of_unmet_conditions();
        }
        let style = host.term.table_style();
        let out = host.term.out();
        let written = match self.format {
            Layout::Human => write_human(&explanation, style, out),
            Layout::Json => write_json(&explanation, out),
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.map_err(|error| stdout_failed(&error))?,
        }
        host.term.finish()?;
        if explanation.complete {
            return Ok(Exit::Clean);
        }
        host.term.status(match explanation.skipped {
            0 => "incomplete: there was no record, or not every file could be read",
            _ => "incomplete: records could not be read; `keytrail inspect` shows which",
        });
        Ok(Exit::Incomplete)
    }

    fn unknown(&self, policy: &Policy) -> Failure {
        let id = escape(&self.rule);
        if policy.disabled.contains(&self.rule) {
            return Failure::because(format!("the project file disables the rule `{id}`"))
                .help("`--no-config` runs without the project file");
        }
        let failure = Failure::because(format!("there is no rule `{id}`"));
        match did_you_mean(&self.rule, policy.rules.iter().map(|rule| rule.id.as_str())) {
            Some(near) => failure.help(near),
            None => failure.help("`keytrail rules` lists every rule; `--extended` adds those for hunting"),
        }
    }
}
