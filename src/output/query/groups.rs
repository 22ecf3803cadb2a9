//! The groups of a result as a table.

use std::io;

use super::Manner;
use crate::diag::{escape, escaped};
use crate::finding::show;
use crate::inspect::QueryResult;
use crate::output::fit::Shrink;
use crate::output::human::text::{columns, counted, number, shorten};
use crate::query::Tally;
use crate::value::{RecordKind, Time, Value};

/// The maximum width of a value, in columns.
const WIDEST: usize = 60;

pub(super) fn write(
    result: &QueryResult,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let Some(ranked) = &result.ranked else { return Ok(()) };
    if ranked.groups.is_empty() {
        return Ok(());
    }
    let shown = manner.top.unwrap_or(usize::MAX).min(ranked.groups.len());
    let (named, left) = ranked.groups.split_at(shown);
    let before =
        Before { calls: result.on == RecordKind::Event, times: result.matches.first.is_some() };
    let names = result.columns.iter().map(|name| escaped(name, WIDEST));
    let mut rows: Vec<Vec<String>> = vec![before.names().into_iter().chain(names).collect()];
    for group in named {
        rows.push(before.row(&group.tally, group.values.iter().map(cell)));
    }
    if !left.is_empty() {
        let mut tally = Tally::default();
        left.iter().for_each(|group| tally.merge(&group.tally));
        let more = counted(left.len() as u64, "more group");
        let name = format!("… {more} (--top 0 shows all)");
        rows.push(before.row(&tally, std::iter::once(name)));
    }
    if ranked.others.count > 0 {
        let name = "… groups beyond the limit".to_owned();
        rows.push(before.row(&ranked.others, std::iter::once(name)));
    }
    lined_up(&rows, before, manner, out)?;
    writeln!(out)
}

/// The columns before the values. Their width is fixed, so that the values are aligned.
#[derive(Clone, Copy)]
struct Before {
    /// Whether the records are calls, which succeed or fail.
    calls: bool,
    /// Whether any record has a time.
    times: bool,
}

impl Before {
    fn names(self) -> Vec<String> {
        let calls: &[&str] = if self.calls { &["ok", "failed"] } else { &[] };
        let times: &[&str] = if self.times { &["first", "last"] } else { &[] };
        [&["count"], calls, times].concat().into_iter().map(str::to_owned).collect()
    }

    /// How many of the columns are numbers; they come first.
    fn numbers(self) -> usize {
        if self.calls { 3 } else { 1 }
    }

    fn row(self, tally: &Tally, values: impl Iterator<Item = String>) -> Vec<String> {
        let mut cells = vec![number(tally.count)];
        if self.calls {
            cells.extend([number(tally.ok), number(tally.failed)]);
        }
        if self.times {
            let time = |time: Option<Time>| time.map_or("-".to_owned(), |time| time.to_string());
            cells.extend([time(tally.first), time(tally.last)]);
        }
        cells.extend(values);
        cells
    }
}

fn cell(value: &Value<'static>) -> String {
    let text = show(value).unwrap_or_else(|| "-".to_owned());
    shorten(&escape(&text), WIDEST)
}

/// Writes the rows with right-aligned numbers and left-aligned text.
fn lined_up(
    rows: &[Vec<String>],
    before: Before,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let (numbers, fixed) = (before.numbers(), before.names().len());
    let width = |at: usize| {
        // In a row with fewer columns, the last cell is a remark that may be wider than its column.
        let full = |row: &&Vec<String>| row.len() == rows[0].len() || at < fixed;
        rows.iter().filter(full).filter_map(|row| row.get(at)).map(|cell| columns(cell)).max()
    };
    let mut widths: Vec<usize> = (0..rows[0].len()).map(|at| width(at).unwrap_or(0)).collect();
    let shrink = |at: usize| match at {
        _ if at < numbers => Shrink::Whole,
        _ if at < fixed => Shrink::Time,
        _ => Shrink::Text,
    };
    let shrinks: Vec<Shrink> = (0..widths.len()).map(shrink).collect();
    manner.style.fit(&mut widths, &shrinks, 0);
    for (index, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // A remark may be wider than its column.
            let cell = match manner.style.width {
                Some(_) if row.len() == widths.len() || at < fixed => shrink(at).cell(cell, *width),
                _ => cell.clone(),
            };
            let gap = " ".repeat(width.saturating_sub(columns(&cell)));
            let parts = if at < numbers { [&*gap, &*cell] } else { [&*cell, &*gap] };
            line.extend(parts);
            line.push_str("  ");
        }
        let line = manner.style.cut(line.trim_end());
        match index {
            0 => writeln!(out, "{}", manner.ink("1", &line))?,
            _ => writeln!(out, "{line}")?,
        }
    }
    Ok(())
}
