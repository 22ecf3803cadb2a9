//! `keytrail timeline`: everything that some identities did, in the order of time.

use std::io;

use clap::builder::Resettable;
use keytrail::diag::escape;
use keytrail::finding::Redactor;
use keytrail::inspect::{Selection, select};
use keytrail::output::report_v1::{Incident, Report};
use keytrail::output::timeline::{Collector, Marks, csv, findings_of, human, json};
use keytrail::output::{Style, read_report};
use keytrail::query::{Bound, Limits, QuerySource};
use keytrail::source::Fragment;
use keytrail::value::{Period, Time, is_masked};

use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::HintArgs;
use crate::policy::PolicyArgs;
use crate::report_file::ReportFile;
use crate::progress::{Counted, during};
use crate::term::stdout_failed;

/// The fewest digits of an incident's id.
const DIGITS: usize = 6;

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  everything was read
  2  cannot run: usage, a report that cannot be read, no such incident, inputs, output
  3  incomplete: records or files that could not be read, nothing to evaluate";

/// Show everything that some identities did, in the order of time.
///
/// With --incident, the identities and the window are those of an incident of a JSON report
/// (`keytrail scan --format json:FILE`), and the steps that its rules mark are highlighted. Otherwise
/// --ak, --user and --ip name the callers. The logs are read again, so the timeline also has the calls
/// that no rule marks.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
#[command(group(clap::ArgGroup::new("who").required(true).multiple(true).args(["incident", "ak", "user", "ip"])))]
pub(crate) struct Timeline {
    /// With --incident, first the JSON report that contains it. Then the files, folders and globs to
    /// read; `-` reads standard input.
    #[arg(required = true, value_name = "[REPORT] INPUT", help_heading = Resettable::Reset)]
    paths: Vec<String>,
    /// The id of an incident as reports print it; its first digits are enough, at least 6.
    #[arg(long, value_name = "ID")]
    incident: Option<String>,
    /// Calls that are signed with this access key; repeatable. A masked key stands for the key of the
    /// inputs that has this mask.
    #[arg(long, value_name = "KEY")]
    ak: Vec<String>,
    /// Calls by this user; repeatable.
    #[arg(long, value_name = "USER")]
    user: Vec<String>,
    /// Calls from this address; repeatable.
    #[arg(long, value_name = "ADDRESS")]
    ip: Vec<String>,
    /// Start of the time range, inclusive: a time, a day, or a duration before now, such as 15m or
    /// 90d [default: that of the incident].
    #[arg(long, value_name = "TIME", value_parser = args::bound)]
    since: Option<Bound>,
    /// End of the time range, exclusive; written like --since.
    #[arg(long, value_name = "TIME", value_parser = args::bound)]
    until: Option<Bound>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: TimelineFormat,
    /// Show access keys unmasked.
    #[arg(long)]
    show_keys: bool,
    /// Use this as the time of the run.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    #[command(flatten)]
    hints: HintArgs,
    #[command(flatten)]
    policy: PolicyArgs,
}

/// The format of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum TimelineFormat {
    /// Text for people.
    Human,
    /// One JSON object on each line.
    Json,
    /// A table for spreadsheets.
    Csv,
}

/// The callers, and the time of their incident.
#[derive(Debug, Default)]
struct Callers {
    keys: Vec<String>,
    /// Users, each with its account if that is known.
    users: Vec<(String, Option<String>)>,
    addresses: Vec<String>,
    period: Period,
}

impl Timeline {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let clock = self.now.unwrap_or(host.clock);
        let (report, inputs) = match (&self.incident, self.paths.split_first()) {
            (Some(id), Some((report, inputs))) => (Some((id, report)), inputs),
            _ => (None, self.paths.as_slice()),
        };
        if inputs.is_empty() {
            return Err(Failure::because("no input is named after the report")
                .help("`keytrail timeline --incident ID REPORT INPUT…`"));
        }
        let (mut callers, marks) = match report {
            Some((id, path)) => incident(id, path)?,
            None => (Callers::default(), Marks::default()),
        };
        callers.keys.extend(self.ak.iter().cloned());
        callers.users.extend(self.user.iter().map(|user| (user.clone(), None)));
        callers.addresses.extend(self.ip.iter().cloned());
        let condition = callers.condition();
        if condition.is_empty() {
            return Err(Failure::because("the incident has no identity that calls")
                .help("name callers with --ak, --user or --ip"));
        }
        let mut policy = self.policy.load(clock, host)?;
        let text = Fragment::whole(policy.sources.add("<timeline>", &condition), &condition);
        let source = QuerySource { on: None, expr: text, count_by: Vec::new() };
        let query = match source.compile(&policy) {
            Ok((query, _)) => query,
            Err(errors) => {
                errors.iter().for_each(|error| host.term.diagnostic(error, &policy.sources));
                return Err(Failure::because("the callers cannot be looked up; nothing was read"));
            }
        };
        let instant = |bound: &Option<Bound>| bound.as_ref().map(|of| of.instant(clock, &policy.zone));
        let period = Period {
            since: instant(&self.since).or(callers.period.since),
            until: instant(&self.until).or(callers.period.until),
        };
        let inputs = self.hints.open(inputs, &policy.inputs, host)?;
        for note in inputs.notes() {
            host.term.status(&format!("note: {}", note.text));
        }
        let selection = Selection {
            query: &query,
            period,
            fields: Collector::fields(),
            limit: None,
            order: &[],
            limits: Limits::default(),
            now: self.now,
            clock: host.clock,
            redactor: Redactor { show_keys: self.show_keys },
            allowed: None,
        };
        let mut collector = Collector::new(&marks);
        let counted = Counted::new(&inputs);
        let result = during(&counted, host.term.progress, || {
            select(&counted, inputs.roots(), &policy, &selection, &mut collector)
        })
        .map_err(|error| stdout_failed(&error))?;
        if !result.ambiguous().is_empty() {
            for error in result.ambiguous() {
                host.term.diagnostic(&error, &policy.sources);
            }
            return Err(Failure::because("a masked key is ambiguous in the inputs; there is no result")
                .help("write the report with --show-keys, or name the whole key with --ak"));
        }
        let style = Style {
            color: host.term.color_out,
            width: host.term.width,
            ..Style::default()
        };
        let out = host.term.out();
        let written = match self.format {
            TimelineFormat::Human => human(&collector, &style, out),
            TimelineFormat::Json => json(&collector, out),
            TimelineFormat::Csv => csv(&collector, out),
        };
        written.and_then(|()| out.flush()).map_err(|error: io::Error| stdout_failed(&error))?;
        let reasons = result.incomplete();
        for reason in &reasons {
            host.term.status(&format!("incomplete: {reason}"));
        }
        Ok(if reasons.is_empty() { Exit::Clean } else { Exit::Incomplete })
    }
}

/// The callers of an incident, and its steps.
fn incident(id: &str, path: &str) -> Result<(Callers, Marks), Failure> {
    let report = ReportFile::read(path)?.parse(read_report)?;
    let incident = find(&report, id, path)?;
    let marks = Marks::new(findings_of(&report, &incident.id));
    let time = |text: &Option<String>| Time::parse(text.as_deref()?);
    let mut callers = Callers {
        period: Period {
            since: time(&incident.first),
            // The end of a period is exclusive.
            until: time(&incident.last).map(|last| Time(last.0.saturating_add(1))),
        },
        ..Callers::default()
    };
    for identity in &incident.identities {
        callers.keys.extend(identity.keys.iter().map(|key| key.clone().into_owned()));
        if identity.kind.0.name() == "user" {
            let account = identity.account.as_deref().map(str::to_owned);
            callers.users.push((identity.name.clone().into_owned(), account));
        }
    }
    Ok((callers, marks))
}

fn find<'r>(report: &'r Report<'_>, id: &str, path: &str) -> Result<&'r Incident<'r>, Failure> {
    let is_id = id.len() >= DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        return Err(Failure::because(format!(
            "`{}` is not the id of an incident: expected 6 to 32 hexadecimal digits",
            escape(id)
        ))
        .help("reports print it as the last line of each incident"));
    }
    let id = id.to_ascii_lowercase();
    let mut found = report.incidents.iter().filter(|incident| incident.id.starts_with(&id));
    match (found.next(), found.next()) {
        (Some(incident), None) => Ok(incident),
        (None, _) => Err(Failure::because(format!("no incident of {path} has the id `{id}`"))
            .help("the report may be from another run")),
        (Some(_), Some(_)) => {
            Err(Failure::because(format!("several incidents have ids that begin with `{id}`"))
                .help("give more digits"))
        }
    }
}

impl Callers {
    /// The condition of a query for their calls; empty if there is nobody.
    fn condition(&self) -> String {
        let mut parts = Vec::new();
        let mut put = |part: String| {
            if !parts.contains(&part) {
                parts.push(part);
            }
        };
        for key in &self.keys {
            // A mask without a character of the key stands for every key.
            if !is_masked(key) || key.chars().count() > 8 {
                put(format!("event.ak == {}", literal(key)));
            }
        }
        for (user, account) in &self.users {
            let mut part = match user.as_str() {
                "root" => "event.user_type == \"root\"".to_owned(),
                user => format!("event.user == {} && event.user_type != \"role\"", literal(user)),
            };
            if let Some(account) = account {
                part.push_str(&format!(
                    " && (event.caller_account ?? event.account) == {}",
                    literal(account)
                ));
            }
            put(format!("({part})"));
        }
        for address in &self.addresses {
            put(format!("event.ip == {}", literal(address)));
        }
        parts.join(" || ")
    }
}

/// A text as a literal of the expression language.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
