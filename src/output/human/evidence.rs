//! The evidence of a finding: a table, or one line if there is a single row.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use super::page::{Ink, Page};
use super::text::{columns, counted, number, shorten};
use crate::diag::escape;
use crate::finding::{CallRecord, Finding, VerdictRole};

/// Rows shown without `--verbose`.
const ROWS: usize = 5;

/// The columns, each with its maximum width.
const COLUMNS: [(&str, usize); 6] =
    [("result", 8), ("source", 39), ("method", 12), ("api", 40), ("user", 40), ("key", 20)];

/// The minimum width to which a column shrinks on a narrow page.
const NARROW: usize = 14;

/// The prefix of every line of a finding after the first.
pub(super) const MARGIN: &str = "   |";
/// [`MARGIN`] before a continuation line.
pub(super) const INDENT: &str = "   | ";

/// One row: its cells in the order of [`COLUMNS`], and its calls.
type Row = (Vec<String>, u64);

/// Writes the rows with the most calls. Rows that differ only in the day are merged.
pub(super) fn write(
    page: &mut Page<'_>,
    finding: &Finding,
    noun: &str,
    margin: &str,
) -> io::Result<()> {
    let rows = rows(page, finding);
    let used = used_columns(finding, &rows);
    match rows.as_slice() {
        [] => Ok(()),
        [(cells, _)] if finding.others.is_none() => match is_subject(finding, cells) {
            true if noun != "call" => Ok(()),
            _ => line(page, cells, &used),
        },
        rows => {
            page.line(margin)?;
            table(page, finding, (rows, &used), noun, margin)?;
            page.line(margin)
        }
    }
}

/// Whether the subject already shows every value.
fn is_subject(finding: &Finding, cells: &[String]) -> bool {
    let in_subject = |cell: &String| finding.subject.iter().any(|(_, v)| v.as_ref() == Some(cell));
    cells.iter().all(|cell| cell == "-" || in_subject(cell))
}

fn rows(page: &Page<'_>, finding: &Finding) -> Vec<Row> {
    let mut rows: BTreeMap<Vec<String>, u64> = BTreeMap::new();
    for calls in &finding.calls {
        let counted = match finding.role {
            VerdictRole::Suppressed => calls.count,
            _ => calls.count.saturating_sub(calls.suppressed),
        };
        if counted > 0 {
            *rows.entry(cells(page, &calls.call)).or_default() += counted;
        }
    }
    let mut rows: Vec<Row> = rows.into_iter().collect();
    rows.sort_by_key(|(_, count)| Reverse(*count));
    rows
}

/// `iam.CreateUser by alice from 192.0.2.1, method api`.
fn line(page: &mut Page<'_>, cells: &[String], used: &[usize]) -> io::Result<()> {
    let cell = |name: &str| {
        let at = COLUMNS.iter().position(|(column, _)| *column == name)?;
        cells.get(at).filter(|cell| used.contains(&at) && *cell != "-")
    };
    let mut text = cell("api").cloned().unwrap_or_default();
    let parts =
        [("user", " by "), ("source", " from "), ("method", ", method "), ("key", ", key ")];
    for (name, before) in parts {
        if let Some(cell) = cell(name) {
            text.push_str(before);
            text.push_str(cell);
        }
    }
    page.paragraph((Ink::Quiet, MARGIN), text.trim_start_matches([' ', ',']), INDENT)
}

fn table(
    page: &mut Page<'_>,
    finding: &Finding,
    (rows, used): (&[Row], &[usize]),
    noun: &str,
    margin: &str,
) -> io::Result<()> {
    let shown = if page.style.verbose { rows.len() } else { ROWS.min(rows.len()) };
    let (top, rest) = rows.split_at(shown);
    let head = format!("{noun}s");
    let counts: Vec<String> = top.iter().map(|(_, count)| number(*count)).collect();
    let count_width = counts.iter().map(String::len).max().unwrap_or(0).max(head.len());
    let widths = widths(used, top, page.width().saturating_sub(count_width + 6));
    let line = |count: &str, cells: &[&str]| {
        let mut line = format!("{count:>count_width$}");
        for (cell, &width) in cells.iter().zip(&widths) {
            let cell = shorten(cell, width);
            let gap = width.saturating_sub(columns(&cell));
            line.push_str(&format!("  {cell}{:gap$}", ""));
        }
        line.trim_end().to_owned()
    };
    let titles: Vec<&str> = used.iter().map(|&at| COLUMNS[at].0).collect();
    let titles = page.ink(Ink::Quiet, &line(&head, &titles));
    page.line(&format!("{margin}  {titles}"))?;
    for ((cells, _), count) in top.iter().zip(&counts) {
        let cells: Vec<&str> = used.iter().map(|&at| cells.get(at).map_or("", |c| c)).collect();
        page.line(&format!("{margin}  {}", line(count, &cells)))?;
    }
    let (other_rows, other_calls) = finding.others.unwrap_or_default();
    let more = rest.len() as u64 + other_rows;
    if more > 0 {
        let calls = other_calls + rest.iter().map(|(_, count)| count).sum::<u64>();
        let more = format!("… {} with {}", counted(more, "more row"), counted(calls, noun));
        let more = page.ink(Ink::Quiet, &more);
        page.line(&format!("{margin}  {:count_width$}  {more}", ""))?;
    }
    Ok(())
}

/// The column widths. Each column is as wide as its cells; if the table does not fit, the widest
/// columns shrink.
fn widths(used: &[usize], rows: &[Row], available: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = used
        .iter()
        .map(|&at| {
            let cells = rows.iter().filter_map(|(cells, _)| cells.get(at));
            cells.map(|cell| columns(cell)).max().unwrap_or(0).max(COLUMNS[at].0.len())
        })
        .collect();
    while widths.iter().map(|width| width + 2).sum::<usize>() > available {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROW => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn cells(page: &Page<'_>, call: &CallRecord) -> Vec<String> {
    let api = match (&call.service, &call.api) {
        (Some(service), Some(api)) => format!("{service}.{api}"),
        (None, Some(api)) => api.clone(),
        (Some(service), None) => service.clone(),
        (None, None) => "-".into(),
    };
    let facts = &page.report.facts;
    let ok = match call.ok {
        Some(true) => "ok",
        Some(false) => "failed",
        None => "-",
    };
    [
        ok,
        call.source.as_deref().unwrap_or("-"),
        call.method.as_deref().unwrap_or("-"),
        &api,
        call.user.as_deref().unwrap_or("-"),
        &call.ak.as_deref().map_or("-".into(), |ak| facts.key(ak)),
    ]
    .iter()
    .zip(COLUMNS)
    .map(|(cell, (_, most))| escape(&shorten(&facts.text(cell), most)).into_owned())
    .collect()
}

/// The columns worth showing. Columns without any value are left out, and so is the key if the
/// subject already shows it.
fn used_columns(finding: &Finding, rows: &[Row]) -> Vec<usize> {
    let key = COLUMNS.len() - 1;
    let in_subject = |cell: &str| finding.subject.iter().any(|(_, v)| v.as_deref() == Some(cell));
    (0..COLUMNS.len())
        .filter(|&at| rows.iter().any(|(cells, _)| cells.get(at).is_some_and(|cell| cell != "-")))
        .filter(|&at| {
            at != key || !rows.iter().all(|(cells, _)| cells.get(at).is_some_and(|c| in_subject(c)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_columns_give_way() {
        let row = |api: usize, user: usize| {
            (vec!["ok".into(), "-".into(), "cli".into(), "a".repeat(api), "u".repeat(user)], 1)
        };
        let rows = [row(40, 20), row(10, 40)];
        for (available, expected) in
            [(200, [6, 6, 6, 40, 40]), (90, [6, 6, 6, 31, 31]), (40, [6, 6, 6, NARROW, NARROW])]
        {
            assert_eq!(widths(&[0, 1, 2, 3, 4], &rows, available), expected, "{available}");
        }
    }
}
