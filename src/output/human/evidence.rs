//! The evidence of a finding: a table, or one line if there is a single row.

use std::collections::HashMap;
use std::io;

use super::page::{Ink, Page};
use super::text::{columns, counted, number, shorten};
use crate::diag::escape;
use crate::finding::{CallRecord, Finding, LeftOut, VerdictRole};

/// Rows shown without `--verbose`.
const ROWS: usize = 5;

/// Operations that are listed of the rows that are not shown.
const OPERATIONS: usize = 4;

/// The index of the operation among the columns.
const API: usize = 3;

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
type CallRow = (Vec<String>, u64);

/// Writes the weightiest rows. Rows that look the same are merged.
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

fn rows(page: &Page<'_>, finding: &Finding) -> Vec<CallRow> {
    let mut rows: Vec<CallRow> = Vec::new();
    let mut index_of: HashMap<Vec<String>, usize> = HashMap::new();
    for calls in &finding.calls {
        let counted = match finding.role {
            VerdictRole::Suppressed => calls.count,
            _ => calls.count.saturating_sub(calls.suppressed),
        };
        if counted > 0 {
            let cells = cells(page, &calls.call);
            match index_of.get(&cells) {
                Some(at) => rows[*at].1 += counted,
                None => {
                    index_of.insert(cells.clone(), rows.len());
                    rows.push((cells, counted));
                }
            }
        }
    }
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
    (rows, used): (&[CallRow], &[usize]),
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
    let none = LeftOut::default();
    let others = finding.others.as_ref().unwrap_or(&none);
    let more = rest.len() as u64 + others.rows;
    if more > 0 {
        let calls = others.count + rest.iter().map(|(_, count)| count).sum::<u64>();
        let mut more = format!("… {} with {}", counted(more, "more row"), counted(calls, noun));
        more.push_str(&operations(page, rest, others, calls));
        let more = page.ink(Ink::Quiet, &more);
        page.paragraph((Ink::Quiet, MARGIN), &format!("{:count_width$}  {more}", ""), INDENT)?;
    }
    Ok(())
}

/// The first operations of the rows that are not shown, with their calls:
/// `: s3.GetObject 20, iam.ListUsers 8, …`.
fn operations(page: &Page<'_>, rest: &[CallRow], others: &LeftOut, calls: u64) -> String {
    let api = |cells: &Vec<String>| cells.get(API).cloned().unwrap_or_default();
    let rest = rest.iter().map(|(cells, count)| (api(cells), *count));
    let others = others.operations.iter().map(|(name, count)| (page.value(name, 40), *count));
    let mut sums: Vec<(String, u64)> = Vec::new();
    for (name, count) in rest.chain(others).filter(|(name, _)| name != "-") {
        match sums.iter_mut().find(|(operation, _)| *operation == name) {
            Some((_, sum)) => *sum += count,
            None => sums.push((name, count)),
        }
    }
    let listed: u64 = sums.iter().take(OPERATIONS).map(|(_, count)| count).sum();
    let texts = sums.iter().take(OPERATIONS);
    let mut texts: Vec<String> =
        texts.map(|(name, count)| format!("{name} {}", number(*count))).collect();
    match texts.is_empty() {
        true => String::new(),
        false => {
            texts.extend((listed < calls).then(|| "…".to_owned()));
            format!(": {}", texts.join(", "))
        }
    }
}

/// The column widths. Each column is as wide as its cells; if the table does not fit, the widest
/// columns shrink.
fn widths(used: &[usize], rows: &[CallRow], available: usize) -> Vec<usize> {
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
    let api = call.operation();
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
fn used_columns(finding: &Finding, rows: &[CallRow]) -> Vec<usize> {
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
    fn the_widest_columns_are_shortened() {
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
