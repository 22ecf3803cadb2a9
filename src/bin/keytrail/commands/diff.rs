//! `keytrail diff`: what a change of the policy does.

use std::io;
use std::num::NonZeroUsize;

use clap::builder::Resettable;
use keytrail::ScanOptions;
use keytrail::config::{FAIL_ON, MAX_SKIPPED, Policy};
use keytrail::input::{InputSet, STDIN};
use keytrail::output::diff::{write_human, write_json, write_markdown, write_sarif};
use keytrail::report::Report;
use keytrail::review::diff::{self, FailKind, same_inputs};
use keytrail::value::Time;

use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::{HintArgs, notes};
use crate::policy::PolicyArgs;
use crate::progress::{Counted, during};
use crate::term::stdout_failed;
use crate::version::Version;

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  both versions were compared, and nothing of --fail-on was found
  1  something of --fail-on was found
  2  cannot run: usage, git, policy files, inputs that match no file, output
  3  incomplete: records skipped, a rule that failed, inputs without a record
  If several apply, 2 takes precedence over 3, and 3 over 1";

/// Compare two versions of the policy, and their findings.
///
/// Loads the whole policy at a base and at a head, each a git revision or a folder, and says what
/// changed: rules, conditions, severities, lists, tables, parameters, allowlist entries, guards and
/// settings. A condition that matches fewer records, or an entry that covers more, is named even if
/// the inputs have no such record; an example shows it. With inputs, the findings of both versions
/// are compared, and each difference names the line of the change that is to blame.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Diff {
    /// Files, folders and globs whose findings are compared; `-` reads standard input.
    #[arg(value_name = "INPUT", help_heading = Resettable::Reset)]
    inputs: Vec<String>,
    /// The version before: a git revision or a folder.
    #[arg(long, value_name = "REV|FOLDER")]
    base: String,
    /// The version after: a git revision or a folder [default: the files in the working tree].
    #[arg(long, value_name = "REV|FOLDER")]
    head: Option<String>,
    /// What fails the comparison; repeatable, or separated by commas. `weakened` includes changes of
    /// which it was not decided whether they hide something.
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = args::fail_kind())]
    fail_on: Vec<FailKind>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: DiffFormat,
    /// Use this as the time of the run and as `now`.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Number of threads; it does not change the result [default: all cores].
    #[arg(short, long, value_name = "N", env = "KEYTRAIL_JOBS", hide_env_values = true)]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    hints: HintArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// The output format of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// Text for people.
    Human,
    /// JSON for programs.
    Json,
    /// Markdown for a comment on a pull request, of bounded size.
    Markdown,
    /// SARIF, which code hosts show at the lines of a change.
    Sarif,
}

impl Diff {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let base = Version::named(&self.base, &self.policy, host)?;
        let head = match &self.head {
            Some(head) => Version::named(head, &self.policy, host)?,
            None => Version::working_tree(host),
        };
        let policies = [base.load(&self.policy, host)?, head.load(&self.policy, host)?];
        let reports = match self.inputs.is_empty() {
            true => None,
            false => Some(self.evaluate(&policies, host)?),
        };
        let mut compared = diff::diff(
            (&base.name, base.commit.as_deref(), &policies[0]),
            (&head.name, head.commit.as_deref(), &policies[1]),
            reports.as_ref(),
        );
        compared.fail_on(&self.fail_on);
        self.write(&compared, host)?;
        Ok(match (compared.incomplete.is_empty(), compared.failed.is_empty()) {
            (false, _) => Exit::Incomplete,
            (true, false) => Exit::Findings,
            (true, true) => Exit::Clean,
        })
    }

    /// The reports of both versions. The inputs are read once, unless the versions state different
    /// facts about them.
    fn evaluate(&self, policies: &[Policy; 2], host: &Host<'_>) -> Result<[Report; 2], Failure> {
        let [base, head] = policies;
        let once = same_inputs(base, head);
        if !once && self.inputs.iter().any(|input| input == STDIN) {
            return Err(Failure::because(
                "the versions have different `inputs`, so the inputs are read twice, and standard \
                 input can be read only once",
            )
            .help("write the records to a file, and name it"));
        }
        let options = [self.options(base, policies, host), self.options(head, policies, host)];
        let open = |policy: &Policy| self.hints.open(&self.inputs, &policy.inputs, host);
        if once {
            let inputs = open(head)?;
            let both = [(base, &options[0]), (head, &options[1])];
            return Ok(during_scan(&inputs, host, &|counted| {
                keytrail::scan_each(both, counted, inputs.roots().to_vec(), notes(&inputs))
            }));
        }
        let scan = |policy: &Policy, options: &ScanOptions| -> Result<Report, Failure> {
            let inputs = open(policy)?;
            Ok(during_scan(&inputs, host, &|counted| {
                keytrail::scan(policy, counted, inputs.roots().to_vec(), notes(&inputs), options)
            }))
        };
        Ok([scan(base, &options[0])?, scan(head, &options[1])?])
    }

    fn options(&self, policy: &Policy, both: &[Policy; 2], host: &Host<'_>) -> ScanOptions {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        // The head must not raise the number of records that it may skip.
        let skipped = both.iter().map(|policy| policy.max_skipped.unwrap_or(MAX_SKIPPED)).min();
        ScanOptions {
            clock_given: self.now.is_some(),
            jobs: self.jobs.unwrap_or_else(cores),
            fail_on: policy.fail_on.unwrap_or(FAIL_ON),
            max_skipped: skipped.unwrap_or(MAX_SKIPPED),
            records: self.format == DiffFormat::Json,
            ..ScanOptions::at(self.now.unwrap_or(host.clock))
        }
    }

    fn write(&self, compared: &diff::Diff, host: &mut Host<'_>) -> Result<(), Failure> {
        let style = host.term.table_style();
        let out = host.term.out();
        let written = match self.format {
            DiffFormat::Human => write_human(compared, style, out),
            DiffFormat::Json => write_json(compared, out),
            DiffFormat::Markdown => write_markdown(compared, out),
            DiffFormat::Sarif => write_sarif(compared, out),
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.map_err(|error| stdout_failed(&error))?,
        }
        host.term.finish()
    }
}

/// Runs a scan and shows its progress.
fn during_scan<R: Send>(
    inputs: &InputSet,
    host: &Host<'_>,
    scan: &(dyn Fn(&Counted<'_>) -> R + Sync),
) -> R {
    let counted = Counted::new(inputs);
    during(&counted, host.term.progress, || scan(&counted))
}
