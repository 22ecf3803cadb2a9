//! `keytrail recommend`: the permissions that credentials need, from what they did.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use keytrail::diag::escape;
use keytrail::finding::Redactor;
use keytrail::output::Style;
use keytrail::output::read_report;
use keytrail::output::recommend::{
    RecommendFacts, has_privileges, write_human, write_json, write_patches, write_policy,
    write_privileges,
};
use keytrail::query::Bound;
use keytrail::recommend::{
    self, AttachedPolicies, CallOutcome, CredentialFinding, CredentialSelection, MAX_ADDRESSES, MIN_DAYS, Options, Recommendations,
};
use keytrail::record::reference::KEY_POLICIES;
use keytrail::rule::Severity;
use keytrail::table::Table;
use keytrail::value::{Period, Time, Zone};

use crate::args::{self, Layout};
use crate::destination::{Destination, Draft};
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::InputArgs;
use crate::policy::{ProjectArgs, data_file};
use crate::progress::{Counted, during};
use crate::term::stdout_failed;

/// The file of the table `privileges` in the folder of policies. The name of a policy's file begins
/// with that of a cloud.
const PRIVILEGES: &str = "privileges.json";

/// Credentials that have a page each without being named.
const PAGES: usize = 3;

/// The end of the `--help` text.
const EXAMPLES: &str = "\
Examples:
  keytrail recommend logs
  keytrail recommend logs --user deploy-bot --since 90d
  keytrail recommend logs --ak AKIAIOSFODNN7EXAMPLE --by-address
  keytrail recommend logs --out policies";

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  everything was read
  2  cannot run: usage, project file, inputs that match no file, a credential that is not in the
     inputs, output
  3  incomplete: records or files that could not be read, or no record";

/// A kind of call that policies allow in addition to those that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum GrantArg {
    /// Calls that failed for another reason than missing permission.
    Failed,
    /// Calls that were refused for lack of permission.
    Refused,
}

/// Recommend the smallest policy for each credential, from what it did.
///
/// Reads logs of AWS CloudTrail, Alibaba Cloud ActionTrail and Tencent CloudAudit. For each
/// long-term key, role and user it shows what was called, and the smallest policy in the language
/// of the provider that allows the calls that succeeded. Refused calls are shown but not allowed.
///
/// A policy can only be as good as the log: calls that it does not contain are not in the policy.
/// Recommendations from logs that cover less than --min-days are marked as too early.
/// Duplicates of an event count.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES, after_long_help = long_help())]
#[command(mut_arg("account", |arg| arg.help(
    "Only credentials of this account; also the account of records that do not name one"
)))]
pub(crate) struct Recommend {
    /// Only this access key, as it is or masked; `*` matches any text; repeatable.
    #[arg(long, value_name = "KEY", help_heading = "Selection")]
    ak: Vec<String>,
    /// Only this user and the user's keys; `*` matches any text; repeatable.
    #[arg(long, value_name = "USER", help_heading = "Selection")]
    user: Vec<String>,
    /// Only this role; `*` matches any text; repeatable.
    #[arg(long, value_name = "ROLE", help_heading = "Selection")]
    role: Vec<String>,
    /// Start of the period, inclusive: a time, a day, or a duration before now, such as 90d.
    #[arg(long, value_name = "TIME", value_parser = args::bound, help_heading = "Selection")]
    since: Option<Bound>,
    /// End of the period, exclusive; written like --since.
    #[arg(long, value_name = "TIME", value_parser = args::bound, help_heading = "Selection")]
    until: Option<Bound>,
    /// Also allow calls that did not succeed; repeatable.
    #[arg(long, value_enum, value_name = "CALLS", help_heading = "Policy options")]
    grant: Vec<GrantArg>,
    /// Allow calls only from the addresses in the log, if these are few.
    #[arg(long, help_heading = "Policy options")]
    by_address: bool,
    /// The number of addresses that are few.
    #[arg(long, value_name = "N", default_value_t = MAX_ADDRESSES, help_heading = "Policy options")]
    max_addresses: usize,
    /// Days that a log must cover; a recommendation from a shorter one is too early.
    #[arg(long, value_name = "DAYS", default_value_t = MIN_DAYS, help_heading = "Policy options")]
    min_days: u64,
    /// The answer of `aws iam get-account-authorization-details`, to compare with what was used;
    /// repeatable.
    #[arg(long, value_name = "FILE")]
    attached: Vec<PathBuf>,
    /// A JSON report of `keytrail scan`, whose findings count in the priority list.
    #[arg(long, value_name = "REPORT")]
    report: Option<PathBuf>,
    /// Read the rows of a table from this CSV, JSON or YAML file; repeatable. The table
    /// `key_policies` has the policies of keys.
    #[arg(long, value_name = "NAME=FILE", value_parser = data_file, help_heading = "Policy options")]
    table: Vec<(String, String)>,
    /// Write each policy to a file of its own in this folder, and with --attached also
    /// `privileges.json`, the table for the rule `over-privileged`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
    /// Use this as the time of the run, to which durations of --since and --until refer.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Number of threads; it does not change the result [default: all cores].
    #[arg(short, long, value_name = "N", env = "KEYTRAIL_JOBS", hide_env_values = true)]
    jobs: Option<NonZeroUsize>,
    /// Show access keys unmasked.
    #[arg(long)]
    show_keys: bool,
    #[command(flatten)]
    inputs: InputArgs,
    #[command(flatten)]
    project: ProjectArgs,
}

fn long_help() -> String {
    format!("{EXAMPLES}\n\n{EXIT_CODES}")
}

impl Recommend {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let policy = self.project.load_tables(&self.table, host)?;
        let inputs = self.inputs.open(&policy.inputs, host)?;
        for note in inputs.notes() {
            host.term.status(&format!("note: {}", note.text));
        }
        let mut options = self.options(&policy.zone, host)?;
        options.attached = self.attached(policy.tables.get(KEY_POLICIES).map(|table| &**table))?;
        options.findings = self.findings()?;
        let counted = Counted::new(&inputs);
        let all =
            during(&counted, host.term.progress, || recommend::read(&counted, &options));
        if let Some(failure) = unmatched(&all) {
            return Err(failure);
        }
        let written = match &self.out {
            Some(folder) => write_policies(&all, folder)?,
            None => 0,
        };
        let facts = RecommendFacts {
            version: env!("CARGO_PKG_VERSION"),
            show_keys: self.show_keys,
            written,
            folder: self.out.iter().map(|folder| folder.display().to_string()).collect(),
        };
        let style = Style {
            color: host.term.color_out,
            width: host.term.width,
            verbose: host.term.verbose,
            ..Style::default()
        };
        let names_one = !(self.ak.is_empty() && self.user.is_empty() && self.role.is_empty());
        let pages = names_one || host.term.verbose || all.credentials.len() <= PAGES;
        let printed = match self.format {
            Layout::Human => write_human(&all, &facts, pages, &style, host.term.out()),
            Layout::Json => write_json(&all, &facts, host.term.out()),
        };
        printed.map_err(|error| stdout_failed(&error))?;
        Ok(if all.incomplete.is_empty() { Exit::Clean } else { Exit::Incomplete })
    }

    /// The policies that are attached to credentials.
    fn attached(&self, key_policies: Option<&Table>) -> Result<AttachedPolicies, Failure> {
        let mut attached = AttachedPolicies::default();
        if let Some(table) = key_policies {
            attached.add_key_policies(table);
        }
        for path in &self.attached {
            let refused = |why: String| {
                Failure::because(format!("cannot use --attached {}: {why}", path.display()))
                    .help("write it with `aws iam get-account-authorization-details >FILE`")
            };
            let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
            attached.add_account_details(&text).map_err(|error| refused(error.to_string()))?;
        }
        Ok(attached)
    }

    /// The findings of the report.
    fn findings(&self) -> Result<Vec<CredentialFinding>, Failure> {
        let Some(path) = &self.report else { return Ok(Vec::new()) };
        let refused = |why: String| {
            Failure::because(format!("cannot use --report {}: {why}", path.display()))
                .help("write it with `keytrail scan … --format json --output FILE`")
        };
        let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
        let report = read_report(&text).map_err(|error| refused(error.to_string()))?;
        let mut found = Vec::new();
        for finding in &report.findings {
            let severe = finding.severity.0 >= Severity::High;
            let mut of: Vec<CredentialFinding> = finding
                .calls
                .iter()
                .map(|calls| {
                    let ak = calls.ak.as_deref();
                    let long_term = |ak: &&str| {
                        ["AKIA", "LTAI", "AKID"].iter().any(|begin| ak.starts_with(begin))
                    };
                    let user = calls.user.as_deref().map(str::to_owned);
                    let is_role = calls.user_type.as_deref() == Some("role");
                    CredentialFinding {
                        key: ak.filter(long_term).map(str::to_owned),
                        role: user.clone().filter(|_| is_role),
                        user: user.filter(|_| !is_role),
                        severe,
                    }
                })
                .collect();
            of.sort_by(|a, b| (&a.key, &a.user, &a.role).cmp(&(&b.key, &b.user, &b.role)));
            of.dedup();
            found.extend(of);
        }
        Ok(found)
    }

    fn options(&self, zone: &Zone, host: &Host<'_>) -> Result<Options, Failure> {
        let clock = self.now.unwrap_or(host.clock);
        let instant = |bound: &Option<Bound>| bound.as_ref().map(|one| one.instant(clock, zone));
        let period = Period { since: instant(&self.since), until: instant(&self.until) };
        if period.is_empty() {
            return Err(Failure::because(format!("the period is empty: {period}"))
                .help("--since must be earlier than --until"));
        }
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let mut granted = vec![CallOutcome::Succeeded];
        granted.extend(self.grant.iter().map(|calls| match calls {
            GrantArg::Failed => CallOutcome::Failed,
            GrantArg::Refused => CallOutcome::Refused,
        }));
        Ok(Options {
            selection: CredentialSelection {
                keys: self.ak.clone(),
                users: self.user.clone(),
                roles: self.role.clone(),
                accounts: self.inputs.account().map(str::to_owned).into_iter().collect(),
            },
            period,
            granted,
            min_days: self.min_days,
            by_address: self.by_address,
            max_addresses: self.max_addresses,
            attached: AttachedPolicies::default(),
            findings: Vec::new(),
            now: self.now,
            clock,
            jobs: self.jobs.unwrap_or_else(cores),
            redactor: Redactor { show_keys: self.show_keys },
        })
    }
}

/// The names that select nothing.
fn unmatched(all: &Recommendations) -> Option<Failure> {
    let first = all.unmatched.first()?;
    let names: Vec<String> =
        all.unmatched.iter().map(|one| format!("{} {}", one.flag, escape(&one.name))).collect();
    let failure = Failure::because(format!("no credential in the inputs fits {}", names.join(", ")));
    Some(failure.help(first.near.clone().unwrap_or_else(|| {
        "`keytrail recommend` without a selection lists every credential".to_owned()
    })))
}

/// Writes each policy that allows something; returns the number of files.
fn write_policies(all: &Recommendations, folder: &std::path::Path) -> Result<usize, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::because(format!("cannot create the folder {}: {error}", folder.display()))
            .help("--out names a folder; each policy is a file in it")
    })?;
    let mut drafts = Vec::new();
    for one in &all.credentials {
        let Some(policy) = one.policy.as_ref().filter(|policy| !policy.is_empty()) else { continue };
        let path = folder.join(&one.file);
        match Destination::of(&path)? {
            Destination::File { typed, real } => {
                drafts.push(Draft::write(&typed, &real, |out| write_policy(policy, out))?);
            }
            Destination::Stdout | Destination::Device(_) => {
                return Err(Failure::because(format!("cannot write {}", path.display()))
                    .help("it is not a regular file"));
            }
        }
    }
    let written = drafts.len();
    for one in &all.credentials {
        let Some(attached) = one.attached.as_ref().filter(|of| !of.patches.is_empty()) else {
            continue;
        };
        let name = one.file.strip_suffix(".json").unwrap_or(&one.file);
        let path = folder.join(format!("{name}.patch.json"));
        if let Destination::File { typed, real } = Destination::of(&path)? {
            let write = |out: &mut dyn std::io::Write| write_patches(&attached.patches, out);
            drafts.push(Draft::write(&typed, &real, write)?);
        }
    }
    let path = folder.join(PRIVILEGES);
    if has_privileges(all)
        && let Destination::File { typed, real } = Destination::of(&path)?
    {
        drafts.push(Draft::write(&typed, &real, |out| write_privileges(all, out))?);
    }
    drafts.into_iter().try_for_each(Draft::publish)?;
    Ok(written)
}
