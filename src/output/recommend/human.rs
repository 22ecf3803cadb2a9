//! Recommendations for a person: what the logs cover, the credentials, and one page for each.

use std::io;

use super::convert::uncredited;
use super::facts::RecommendFacts;
use super::facts::UNSEEN;
use super::notes;
use super::policy::write_policy;
use crate::diag::escaped;
use crate::output::Style;
use crate::output::human::grid::{Cell, Grid};
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::human::text::{counted, number, times};
use crate::recommend::{
    Advice, CallOutcome, Comparison, LogCoverage, OperationSummary, Policy, Recommendation,
    Recommendations,
};
use crate::value::Time;

/// Characters shown of a text.
const TEXT: usize = 400;

/// Credentials in the overview without `--verbose`.
const ROWS: usize = 40;

/// Names of a list that are shown.
const LISTED: usize = 12;

/// Logs and unknown operations without `--verbose`.
const FEW: usize = 10;

/// Rows of the priority list without `--verbose`.
const URGENT_ROWS: usize = 15;

/// The score from which a credential is marked.
const URGENT: u32 = 80;

/// Writes recommendations as text. A credential has a page of its own if `pages`.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(
    all: &Recommendations,
    facts: &RecommendFacts,
    pages: bool,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut layout = LayoutWriter::new(style, &mut *out);
    head(all, facts, &mut layout)?;
    priorities(all, &mut layout)?;
    overview(all, &mut layout)?;
    if pages {
        for one in &all.credentials {
            let mut layout = LayoutWriter::new(style, &mut *out);
            page(one, &mut layout)?;
            if let Some(policy) = one.policy.as_ref().filter(|policy| !policy.is_empty()) {
                layout.line("  policy")?;
                layout.blank()?;
                write_policy(policy, &mut *out)?;
            }
            LayoutWriter::new(style, &mut *out).blank()?;
        }
    }
    tail(all, pages, &mut LayoutWriter::new(style, out))
}

fn head(
    all: &Recommendations,
    facts: &RecommendFacts,
    layout: &mut LayoutWriter<'_>,
) -> io::Result<()> {
    let shown = all.credentials.len();
    let mut title = counted(shown as u64, "credential");
    if shown != all.found {
        title += &format!(" of {}", number(all.found as u64));
    }
    layout.heading(Ink::Strong, "recommend", &title)?;
    layout.blank()?;
    let limit = if layout.style.verbose { usize::MAX } else { FEW };
    for log in all.logs.iter().take(limit) {
        fact(layout, "log", &log_text(log))?;
    }
    if all.logs.len() > limit {
        let more = counted((all.logs.len() - limit) as u64, "more log");
        fact(layout, "log", &format!("… {more}; -v shows all"))?;
    }
    let early = all.credentials.iter().filter(|one| one.is_early()).count();
    if early > 0 {
        let text = format!(
            "{} of {}: the log covers less than {}, so a rare job may be missing",
            number(early as u64),
            counted(shown as u64, "recommendation"),
            counted(all.min_days, "day"),
        );
        layout.paragraph((Ink::Warn, "early   "), &text, "         ")?;
    }
    let unseen = format!("{}, which also decide about a call", UNSEEN.join(", "));
    fact(layout, "unseen", &unseen)?;
    if facts.written > 0 {
        let folder = escaped(&facts.folder, TEXT);
        let text = format!("{} in {folder}", counted(facts.written as u64, "policy file"));
        fact(layout, "written", &text)?;
    }
    layout.blank()
}

fn log_text(log: &LogCoverage) -> String {
    let account = log.account.as_deref().unwrap_or("(no account)");
    let mut text = format!("{} {}", log.provider.name(), escaped(account, TEXT));
    text += &format!(": {}", counted(log.span_days, "day"));
    if let Some(times) = times(log.calls.first, log.calls.last) {
        text += &format!(", {times}");
    }
    text += &format!("; {}", counted(log.calls.count, "call"));
    text += &match log.data_events {
        0 => ", no data events".to_owned(),
        some => format!(", {} of data", number(some)),
    };
    if log.read_events == 0 {
        text += ", none that reads";
    }
    text
}

/// The name of a credential, escaped.
fn name(one: &Recommendation) -> String {
    let mut text = format!("{} {}", one.kind.name(), escaped(&one.name, TEXT));
    if let Some(user) = &one.user {
        text += &format!(" of {}", escaped(user, TEXT));
    }
    text
}

fn account(one: &Recommendation) -> String {
    let account = one.account.as_deref().unwrap_or("(no account)");
    format!("{} {}", one.provider.name(), escaped(account, TEXT))
}

/// The credentials to narrow or remove, the most urgent first.
fn priorities(all: &Recommendations, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let mut urgent: Vec<&Recommendation> =
        all.credentials.iter().filter(|one| one.priority.score > 0).collect();
    if urgent.is_empty() {
        return Ok(());
    }
    urgent.sort_by_key(|one| std::cmp::Reverse(one.priority.score));
    layout.heading(Ink::Strong, "priority", "what to narrow or remove first")?;
    layout.blank()?;
    let mut grid = Grid::new(["score", "<do", "<credential", "<because"]);
    for one in &urgent {
        let mut advice = one.priority.advice.map_or("-", Advice::name).to_owned();
        if one.is_early() && matches!(one.priority.advice, Some(Advice::Disable | Advice::Narrow)) {
            advice += " (early)";
        }
        let reasons: Vec<String> = one.priority.reasons.iter().map(notes::reason).collect();
        let cell = Cell::new(advice);
        grid.row([
            Cell::new(one.priority.score.to_string()),
            if one.priority.score >= URGENT { cell.ink(Ink::Bad) } else { cell },
            Cell::new(name(one)),
            Cell::new(reasons.join("; ")),
        ]);
    }
    grid.write(layout, if layout.style.verbose { usize::MAX } else { URGENT_ROWS })?;
    layout.blank()
}

fn overview(all: &Recommendations, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    if all.credentials.is_empty() {
        return Ok(());
    }
    layout.heading(Ink::Strong, "credentials", "")?;
    layout.blank()?;
    let mut grid = Grid::new([
        "<credential",
        "calls",
        "?refused",
        "?failed",
        "days",
        "operations",
        "actions",
        "?permissions",
        "?unknown",
    ]);
    let mut last = None;
    let count = |n: usize| Cell::new(number(n as u64));
    for one in &all.credentials {
        let of = account(one);
        if last.as_ref() != Some(&of) {
            grid.title(format!("- {of}"));
            last = Some(of);
        }
        let [_, refused, failed] = &one.calls;
        let refused = Cell::new(number(refused.count));
        grid.row([
            Cell::new(name(one)),
            Cell::new(number(one.all_calls().count)),
            if one.calls[CallOutcome::Refused as usize].count > 0 {
                refused.ink(Ink::Warn)
            } else {
                refused
            },
            Cell::new(number(failed.count)),
            Cell::new(number(one.days)),
            count(one.operations.len()),
            match &one.policy {
                Some(_) => count(one.action_count()),
                None => Cell::new("-"),
            },
            permissions(one),
            count(one.operations.iter().filter(|operation| !operation.known).count()),
        ]);
    }
    grid.write(layout, if layout.style.verbose { usize::MAX } else { ROWS })?;
    layout.blank()
}

/// The number of actions that change permissions.
fn permissions(one: &Recommendation) -> Cell {
    match one.policy.as_ref().and_then(Policy::permission_actions) {
        Some(some @ 1..) => Cell::new(number(some as u64)).ink(Ink::Warn),
        _ => Cell::new("-"),
    }
}

fn page(one: &Recommendation, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    layout.heading(Ink::Strong, &name(one), &account(one))?;
    layout.blank()?;
    let mut grid = Grid::new(["ok", "?refused", "?failed", "<first", "<last", "<operation"]);
    for operation in &one.operations {
        let [succeeded, refused, failed] = &operation.calls;
        let mut all = *succeeded;
        for calls in [refused, failed] {
            all.first = all.first.into_iter().chain(calls.first).min();
            all.last = all.last.max(calls.last);
        }
        let day = |time: Option<Time>| {
            let text = time.map(|time| time.to_string()).unwrap_or_default();
            text.get(..10).unwrap_or(&text).to_owned()
        };
        grid.row([
            Cell::new(number(succeeded.count)),
            Cell::new(number(refused.count)),
            Cell::new(number(failed.count)),
            Cell::new(day(all.first)),
            Cell::new(day(all.last)),
            Cell::new(operation_text(operation)),
        ]);
    }
    grid.write(layout, usize::MAX)?;
    layout.blank()?;
    if let Some(addresses) = one.addresses.as_ref().filter(|some| !some.is_empty()) {
        fact(layout, "from", &escaped(&addresses.join(", "), TEXT))?;
    }
    if let Some(attached) = &one.attached {
        attached_policies(attached, layout)?;
    }
    for note in &one.notes {
        layout.paragraph(
            (Ink::Quiet, "note    "),
            &escaped(&notes::text(note), 2_000),
            "         ",
        )?;
    }
    layout.blank()
}

/// What the attached policies allow and the identity did not use.
fn attached_policies(of: &Comparison, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let list = |names: &[String]| {
        let mut shown: Vec<String> = names.iter().take(LISTED).cloned().collect();
        if names.len() > LISTED {
            shown.push(format!("… {} more", names.len() - LISTED));
        }
        escaped(&shown.join(", "), TEXT * 2)
    };
    let mut text = list(&of.policies);
    if let Some(granted) = of.granted {
        text += &format!(
            "; {} of {} granted used",
            number(of.used as u64),
            counted(granted as u64, "action")
        );
    }
    fact(layout, "attached", &text)?;
    if of.administrator {
        let text = match of.administrated {
            true => "everything on everything",
            false => "everything on everything; no user and no permission was changed",
        };
        layout.paragraph((Ink::Warn, "grants  "), text, "         ")?;
    }
    for (what, names) in [("services", &of.unused_services), ("actions", &of.unused_actions)] {
        if !names.is_empty() {
            fact(layout, "unused", &format!("{what}: {}", list(names)))?;
        }
    }
    for one in of.wildcards.iter().filter(|one| one.actions != Some(one.used.len())) {
        let all = one.actions.map(|all| format!(" of {}", number(all as u64))).unwrap_or_default();
        let used = match one.used.as_slice() {
            [] => "nothing used".to_owned(),
            some => format!("{} used: {}", some.len(), list(some)),
        };
        fact(layout, "wildcard", &format!("{}{all}, {used}", escaped(&one.pattern, TEXT)))?;
    }
    if !of.not_granted.is_empty() {
        let text = format!(
            "by a policy that is not attached, such as that of a resource: {}",
            list(&of.not_granted)
        );
        fact(layout, "granted", &text)?;
    }
    Ok(())
}

/// The operation, its actions if they have other names, and its error codes.
fn operation_text(operation: &OperationSummary) -> String {
    let mut text = escaped(&operation.name, TEXT);
    if !operation.known {
        text += ", which no table knows";
    }
    match operation.actions.as_slice() {
        [] => text += ": needs no permission",
        _ if operation.same_name => {}
        actions => text += &format!(": needs {}", escaped(&actions.join(", "), TEXT)),
    }
    if !operation.codes.is_empty() {
        let codes: Vec<String> = operation.codes.iter().map(|code| escaped(code, TEXT)).collect();
        text += &format!(" ({})", codes.join(", "));
    }
    text
}

fn tail(all: &Recommendations, pages: bool, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    layout.heading(Ink::Strong, "read", "")?;
    layout.blank()?;
    let read = &all.accounting;
    let mut text =
        format!("{}, {}", counted(read.files_read, "file"), counted(read.read, "record"));
    if read.skipped > 0 {
        text += &format!(", {} skipped", number(read.skipped));
    }
    let others: Vec<String> = all
        .uncredited
        .iter()
        .map(|(why, count)| format!("{} {}", number(*count), uncredited(*why).replace('-', " ")))
        .collect();
    if !others.is_empty() {
        text += &format!("; without a credential: {}", others.join(", "));
    }
    if all.outside > 0 {
        text += &format!("; {} outside the period", number(all.outside));
    }
    if all.untimed > 0 {
        text += &format!("; {} without a time", number(all.untimed));
    }
    fact(layout, "records", &text)?;
    let limit = if layout.style.verbose { usize::MAX } else { FEW };
    if !all.unknown.is_empty() {
        let mut names: Vec<String> = all
            .unknown
            .iter()
            .take(limit)
            .map(|one| {
                format!("{}:{} ({})", one.provider.name(), escaped(&one.name, TEXT), one.calls)
            })
            .collect();
        if all.unknown.len() > limit {
            names.push(format!("… {} more; -v shows all", all.unknown.len() - limit));
        }
        fact(layout, "unknown", &names.join(", "))?;
    }
    if !all.unread_policies.is_empty() {
        let names = escaped(&all.unread_policies.join(", "), TEXT);
        fact(layout, "note", &format!("attached policies whose text is not known: {names}"))?;
    }
    for reason in &all.incomplete {
        layout.paragraph((Ink::Bad, "incomplete:"), &escaped(reason, TEXT), "    ")?;
    }
    if !pages && !all.credentials.is_empty() {
        let text = "--ak, --user or --role shows one credential with its policy; --out DIR writes \
                    every policy";
        layout.paragraph((Ink::Quiet, "next:"), text, "      ")?;
    }
    Ok(())
}

fn fact(layout: &mut LayoutWriter<'_>, label: &str, text: &str) -> io::Result<()> {
    layout.paragraph((Ink::Quiet, &format!("{label:<8}")), text, "         ")
}
