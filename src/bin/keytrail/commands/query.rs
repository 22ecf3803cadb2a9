//! `keytrail query`: which records meet a condition, listed or counted.

use std::io;

use keytrail::config::Policy;
use keytrail::finding::Redactor;
use keytrail::input::InputSet;
use keytrail::inspect::{QueryResult, Selection, Viewer, select};
use keytrail::output::query::{Manner, Matches, Sorted, SortedAs, human, lines};
use keytrail::output::records::{Lines, default_fields};
use keytrail::query::{
    Bound, GroupColumn, Limits, Query as Compiled, Saved, SortColumn, SortError, SortKey, sort_fields,
};
use keytrail::record::field::event;
use keytrail::record::{FieldId, FieldSet, field};
use keytrail::value::{RecordKind, Time, Type};
use serde_json::{Value, json};

use crate::amount::amount;
use crate::args::{self, Layout};
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::inputs::InputArgs;
use crate::policy::PolicyArgs;
use crate::progress::{Counted, during};
use crate::query_args::QueryArgs;
use crate::table::Table;
use crate::term::stdout_failed;

/// Records shown to a person.
const SHOWN: u64 = 50;

/// Groups shown to a person.
const TOP: usize = 50;

/// The end of the `--help` text.
const EXAMPLES: &str = "\
Examples:
  keytrail query 'event.ak == \"LTAI5tExample0000000001\"' logs --since 90d --count-by event.ip,event.name
  keytrail query 'event.ok == false && event.user_type == \"root\"' logs
  keytrail query 'key.idle_days > 90' credential-report.csv --count-by cred.user
  keytrail query 'event.user_type == \"root\"' logs --sort event.time:desc --limit 10
  keytrail query 'event.ok == false' logs --count-by event.ip --sort failed:desc,event.ip
  keytrail query 'event.user == \"legacy-sync\"' logs --fail-if-any
  keytrail query @stale-keys credential-report.csv";

/// What the exit codes mean.
const EXIT_CODES: &str = "\
Exit codes:
  0  everything was read, and no gate failed
  1  more records match than --fail-if-any or --fail-over allows
  2  cannot run: usage, the query, project file, policy files, inputs that match no file, output
  3  incomplete: records or files that could not be read, an expression that failed, nothing to
     evaluate
  If several apply, 2 takes precedence over 3, and 3 over 1";

/// Find records by a condition, or count them.
///
/// The condition is written as in a rule, over events, creds or keys, and can name the lists,
/// tables and definitions of the policy. Matching records are shown, or counted by the values of
/// expressions. Duplicates of an event count, and allowlists do not apply.
///
/// With --format json each line is one object: a record (`event`, or `cred` with its `keys`), a
/// record that could not be read (`skipped`), a file with notes (`file`), a
/// group with its counts (`group`), and at the end the `total`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES, after_long_help = long_help())]
pub(crate) struct Query {
    #[command(flatten)]
    query: QueryArgs,
    /// List the queries of the project file.
    #[arg(long, conflicts_with_all = ["expr", "inputs"])]
    list: bool,
    /// Groups to show, the largest first; 0 shows all [default: 50, all with --format json].
    #[arg(long, value_name = "N", requires = "expr")]
    top: Option<usize>,
    /// Fields to show, separated by commas; globs are allowed: `event.ip,key.*`.
    #[arg(long, value_name = "FIELDS", value_parser = args::fields)]
    fields: Option<FieldSet>,
    /// Records to show; 0 shows all [default: 50, all with --format json].
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Sort by this field, or by this column of groups; repeatable, and several between commas.
    /// Ascending, unless `:desc` follows.
    #[arg(long, value_name = "COLUMN[:desc]", value_parser = SortColumn::parse)]
    sort: Vec<Vec<SortColumn>>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
    #[command(flatten)]
    gate: QueryGate,
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

/// How many records may match.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Gate options")]
struct QueryGate {
    /// Fail if any record matches: exit with 1.
    #[arg(long, conflicts_with = "fail_over")]
    fail_if_any: bool,
    /// Fail if more than this many records match, counted over all groups: exit with 1.
    #[arg(long, value_name = "N")]
    fail_over: Option<u64>,
}

impl QueryGate {
    /// The number of matches that is allowed; `None` without a gate.
    fn allowed(&self) -> Option<u64> {
        if self.fail_if_any { Some(0) } else { self.fail_over }
    }
}

/// The order in which the result is shown.
struct QueryOrder {
    /// Of records; empty for the order of the inputs.
    records: Vec<SortKey<FieldId>>,
    /// Of groups; empty for the most records first.
    groups: Vec<SortKey<GroupColumn>>,
}

fn long_help() -> String {
    format!("{EXAMPLES}\n\n{EXIT_CODES}")
}

impl Query {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        if self.list {
            let project = self.policy.project.load(host)?;
            return list(&project, self.format, host).map(|()| Exit::Clean);
        }
        let mut policy = self.policy.load(self.clock(host), host)?;
        let (query, period) = self.query.resolve(&mut policy, self.clock(host), host)?;
        let order = self.order(&query)?;
        let fields = self.chosen(&query)?.union(sort_fields(&order.records));
        let inputs = self.inputs.open(&policy.inputs, host)?;
        for note in inputs.notes() {
            host.term.status(&format!("note: {}", note.text));
        }
        let selection = Selection {
            query: &query,
            period,
            fields,
            // The first records in an order are known only after all are read.
            limit: self.most(self.limit, SHOWN).filter(|_| order.records.is_empty()),
            order: &order.groups,
            limits: Limits::default(),
            now: self.now,
            clock: host.clock,
            redactor: Redactor { show_keys: self.show_keys },
            allowed: self.gate.allowed(),
        };
        match self.execute(&selection, &order, &inputs, &policy, host) {
            Ok(result) if !result.ambiguous().is_empty() => {
                Err(ambiguous(&result, &policy, host))
            }
            Ok(result) if !result.incomplete().is_empty() => Ok(Exit::Incomplete),
            Ok(result) if result.fails() => Ok(Exit::Findings),
            Ok(_) => Ok(Exit::Clean),
            // If the reader closes the pipe, it needs no more output.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Clean),
            Err(error) => Err(stdout_failed(&error)),
        }
    }

    fn execute(
        &self,
        selection: &Selection<'_>,
        order: &QueryOrder,
        inputs: &InputSet,
        policy: &Policy,
        host: &mut Host<'_>,
    ) -> io::Result<QueryResult> {
        let counted = Counted::new(inputs);
        let sorted = !order.records.is_empty();
        // Records appear on the terminal where progress would be drawn.
        let progress = host.term.progress && (sorted || !selection.query.columns.is_empty());
        let (style, top) = (host.term.table_style(), self.most(self.top, TOP));
        // A gate is decided by all records, even if the reader of the output closes the pipe.
        let out = match selection.allowed {
            Some(_) => host.term.out(),
            None => host.term.stream(),
        };
        let read = |viewer: &mut dyn Viewer| {
            during(&counted, progress, || {
                select(&counted, inputs.roots(), policy, selection, viewer)
            })
        };
        let result = match self.format {
            _ if sorted => {
                let written = match self.format {
                    Layout::Human => SortedAs::Table(style),
                    Layout::Json => SortedAs::Lines(selection.redactor),
                };
                let shown = (selection.query.on, selection.fields);
                let limit = self.most(self.limit, SHOWN);
                let mut viewer = Sorted::new(out, shown, order.records.clone(), limit, written);
                let mut result = read(&mut viewer)?;
                if result.ambiguous().is_empty() {
                    (result.shown, result.unsorted) = viewer.finish()?;
                }
                result
            }
            Layout::Human => {
                let mut viewer = Matches::new(out, selection.fields, style);
                let result = read(&mut viewer)?;
                if result.ambiguous().is_empty() {
                    viewer.finish()?;
                }
                result
            }
            Layout::Json => read(&mut Lines::new(out, selection.redactor))?,
        };
        match self.format {
            _ if !result.ambiguous().is_empty() => {}
            Layout::Human => human(&result, &policy.sources, Manner { top, style }, out)?,
            Layout::Json => lines(&result, selection.redactor, top, out)?,
        }
        out.flush()?;
        Ok(result)
    }

    /// The order that `--sort` names: of groups if records are counted, otherwise of records.
    fn order(&self, query: &Compiled) -> Result<QueryOrder, Failure> {
        let by = self.sort.concat();
        let wrong = |error: SortError| Failure::because(format!("--sort: {error}"));
        Ok(match query.columns.is_empty() {
            true => QueryOrder {
                records: query.record_order(&by).map_err(wrong)?,
                groups: Vec::new(),
            },
            false => {
                QueryOrder { records: Vec::new(), groups: query.group_order(&by).map_err(wrong)? }
            }
        })
    }

    fn clock(&self, host: &Host<'_>) -> Time {
        self.now.unwrap_or(host.clock)
    }

    /// The number of items to show: the user's choice, or all for programs and a few for people.
    fn most<N: PartialEq + From<u8>>(&self, given: Option<N>, few: N) -> Option<N> {
        match (given, self.format) {
            (Some(all), _) if all == N::from(0) => None,
            (None, Layout::Json) => None,
            (Some(given), _) => Some(given),
            (None, Layout::Human) => Some(few),
        }
    }

    /// The fields to show. People see the fields of the condition besides those that `inspect`
    /// shows.
    fn chosen(&self, query: &Compiled) -> Result<FieldSet, Failure> {
        let ours = |field: &field::FieldId| match query.on {
            RecordKind::Event => field.kind() == RecordKind::Event,
            RecordKind::Cred | RecordKind::Key => field.kind() != RecordKind::Event,
        };
        let of_kind = |set: FieldSet| -> FieldSet { set.iter().filter(ours).collect() };
        if let Some(chosen) = self.fields {
            let chosen = of_kind(chosen);
            if chosen.is_empty() {
                let kind = query.on.name();
                return Err(Failure::because(format!(
                    "--fields names no field of the {kind}s that the query reads"
                )));
            }
            return Ok(chosen);
        }
        Ok(match self.format {
            Layout::Human => {
                let read = query.condition.fields();
                let read = read.iter().filter(|id| id.field().ty != Type::Untyped);
                of_kind(default_fields().union(read.collect()))
            }
            // `event.raw` is left out, because the other fields contain the same data.
            Layout::Json => {
                let all = RecordKind::ALL.into_iter().flat_map(field::of_kind);
                of_kind(all.filter(|field| *field != event::RAW).collect())
            }
        })
    }
}

/// Prints which access keys each masked key of the query may stand for.
fn ambiguous(result: &QueryResult, policy: &Policy, host: &Host<'_>) -> Failure {
    let errors = result.ambiguous();
    errors.iter().for_each(|error| host.term.diagnostic(error, &policy.sources));
    let keys = amount(errors.len(), "masked key is", "masked keys are");
    Failure::because(format!("{keys} ambiguous in the inputs; there is no result"))
}

fn list(project: &Policy, layout: Layout, host: &mut Host<'_>) -> Result<(), Failure> {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let by = |saved: &Saved| -> Vec<String> {
        saved.source.count_by.iter().map(|part| line(&part.text)).collect()
    };
    if layout == Layout::Json {
        let query = |(name, saved): (&String, &Saved)| {
            json!({
                "name": name,
                "on": saved.source.on.map(RecordKind::name),
                "expr": saved.source.expr.text,
                "count_by": by(saved),
                "since": saved.since.as_ref().map(Bound::to_string),
                "until": saved.until.as_ref().map(Bound::to_string),
                "description": saved.description,
            })
        };
        let all: Vec<Value> = project.queries.iter().map(query).collect();
        return host.term.print(&format!("{:#}\n", Value::Array(all)));
    }
    if project.queries.is_empty() {
        return Err(Failure::because("the project file has no queries")
            .help("write them under `queries`: `NAME: { expr: …, count_by: […] }`"));
    }
    let mut table = Table::new(["NAME", "SINCE", "CONDITION", "COUNTED BY", "DESCRIPTION"]);
    for (name, saved) in &project.queries {
        let since = saved.since.as_ref().map(Bound::to_string);
        table.row([
            format!("@{name}"),
            since.unwrap_or_else(|| "-".to_owned()),
            line(&saved.source.expr.text),
            by(saved).join(", "),
            saved.description.as_deref().map(line).unwrap_or_default(),
        ]);
    }
    host.term.print(&table.to_string())
}
