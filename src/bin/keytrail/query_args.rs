//! The flags of a query: the command line, applied on top of a query saved in the project file.

use std::ops::Range;

use clap::Args;
use keytrail::config::Policy;
use keytrail::diag::{Diagnostic, did_you_mean, escape};
use keytrail::expr::between_commas;
use keytrail::query::{Bound, Query, QuerySource, Saved};
use keytrail::source::{Fragment, Span};
use keytrail::value::{Period, RecordKind, Time};

use crate::amount::amount;
use crate::args;
use crate::exit::Failure;
use crate::host::Host;

/// The query.
#[derive(Debug, Args)]
pub(crate) struct QueryArgs {
    /// The condition, or @NAME for a query of the project file.
    #[arg(value_name = "EXPR", required = true)]
    expr: Option<String>,
    /// Count records by these expressions, separated by commas; '' lists records instead.
    #[arg(long, value_name = "EXPRS")]
    count_by: Option<String>,
    /// The kind of record to read, if the fields of the condition do not show it.
    #[arg(long, value_name = "RECORD", value_parser = args::kind())]
    on: Option<RecordKind>,
    /// Start of the time range, inclusive: a time, a day, or a duration before now, such as 15m or
    /// 90d.
    #[arg(long, value_name = "TIME", value_parser = args::bound)]
    since: Option<Bound>,
    /// End of the time range, exclusive; written like --since.
    #[arg(long, value_name = "TIME", value_parser = args::bound)]
    until: Option<Bound>,
}

impl QueryArgs {
    /// The compiled query and its time range.
    pub(crate) fn resolve(
        &self,
        policy: &mut Policy,
        clock: Time,
        host: &Host<'_>,
    ) -> Result<(Query, Period), Failure> {
        let requested = self.requested(policy)?;
        Ok((compile(&requested.source, policy, host)?, requested.period(policy, clock)?))
    }

    /// The query on the command line. If it names a saved query, the other flags change that
    /// query.
    fn requested(&self, policy: &mut Policy) -> Result<RequestedQuery, Failure> {
        let text = self.expr.as_deref().unwrap_or_default();
        let mut requested = match text.strip_prefix('@') {
            Some(name) => saved(name, policy)?,
            None => {
                let expr = Fragment::whole(policy.sources.add("<query>", text), text);
                let source = QuerySource { on: None, expr, count_by: Vec::new() };
                RequestedQuery { source, since: None, until: None }
            }
        };
        requested.source.on = self.on.or(requested.source.on);
        requested.since = self.since.clone().or(requested.since);
        requested.until = self.until.clone().or(requested.until);
        if let Some(text) = self.count_by.as_deref() {
            let file = policy.sources.add("<count-by>", text);
            let part = |range: Range<usize>| {
                let span = Span::new(file, range.start, range.end);
                Fragment::copied(text[range].to_owned(), span, span.start)
            };
            // An empty value removes the saved expressions.
            let parts = if text.trim().is_empty() { Vec::new() } else { between_commas(text) };
            requested.source.count_by = parts.into_iter().map(part).collect();
        }
        Ok(requested)
    }
}

/// The source of a query and its time range.
struct RequestedQuery {
    source: QuerySource,
    since: Option<Bound>,
    until: Option<Bound>,
}

impl RequestedQuery {
    fn period(&self, policy: &Policy, clock: Time) -> Result<Period, Failure> {
        period(&self.since, &self.until, policy, clock)
    }
}

/// The period between two bounds, which must not be empty.
pub(crate) fn period(
    since: &Option<Bound>,
    until: &Option<Bound>,
    policy: &Policy,
    clock: Time,
) -> Result<Period, Failure> {
    let instant = |bound: &Option<Bound>| bound.as_ref().map(|b| b.instant(clock, &policy.zone));
    let period = Period { since: instant(since), until: instant(until) };
    match (period.is_empty(), period.since, period.until) {
        (true, Some(since), Some(until)) => {
            let message = format!("the time range from {since} to {until} is empty");
            Err(Failure::because(message).help("--since must be earlier than --until"))
        }
        _ => Ok(period),
    }
}

fn saved(name: &str, policy: &Policy) -> Result<RequestedQuery, Failure> {
    match policy.queries.get(name) {
        Some(Saved { source, since, until, .. }) => Ok(RequestedQuery {
            source: source.clone(),
            since: since.clone(),
            until: until.clone(),
        }),
        None => {
            let failure =
                Failure::because(format!("the project file has no query `{}`", escape(name)));
            let near = did_you_mean(name, policy.queries.keys().map(String::as_str));
            Err(failure.help(near.unwrap_or_else(|| {
                "`keytrail query --list` lists them; `queries` in keytrail.yaml adds one".into()
            })))
        }
    }
}

fn compile(source: &QuerySource, policy: &Policy, host: &Host<'_>) -> Result<Query, Failure> {
    let (problems, compiled) = match source.compile(policy) {
        Ok((query, warnings)) => (warnings, Some(query)),
        Err(errors) => (errors, None),
    };
    for diagnostic in &problems {
        host.term.diagnostic(diagnostic, &policy.sources);
    }
    compiled.ok_or_else(|| {
        let errors = problems.iter().filter(|problems: &&Diagnostic| problems.is_error()).count();
        let errors = amount(errors, "error", "errors");
        Failure::because(format!("the query has {errors}; nothing was read"))
    })
}
