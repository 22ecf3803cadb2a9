//! What was read for a result, and what may be missing from it.

use std::collections::BTreeMap;
use std::io;

use super::Manner;
use crate::diag::{escape, escaped};
use crate::inspect::{FileNote, QueryResult};
use crate::output::human::text::{bytes, counted, number, times};
use crate::record::FieldSet;
use crate::source::Sources;
use crate::value::RecordKind;

/// Files that a line names before it counts the rest.
const NAMED: usize = 3;

/// Skipped records, and notes on files, that are listed.
const MAX_LISTED: usize = 5;

/// Characters shown of a text.
const DETAIL: usize = 300;

pub(super) fn write(
    result: &QueryResult,
    sources: &Sources,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = SummaryPage { manner, out };
    page.fact("matches", &matches(result))?;
    let more = result.matches.count.saturating_sub(result.shown);
    match &result.ranked {
        Some(ranked) if !ranked.groups.is_empty() => {
            page.fact("groups", &number(ranked.groups.len() as u64))?;
        }
        None if more > 0 => {
            let (shown, more) = (number(result.shown), number(more));
            page.fact("", &format!("{shown} shown, {more} more (--limit 0 shows all)"))?;
        }
        _ => {}
    }
    if result.period.is_bounded() {
        let period = result.period.to_string();
        let unplaced = match result.unplaced {
            0 => String::new(),
            n => format!("; {} without a time left out", counted(n, result.on.name())),
        };
        page.fact("period", &format!("{period}{unplaced}"))?;
    }
    page.fact("records", &records(result))?;
    files(result, &mut page)?;
    for (format, lacking) in &result.blind {
        let fields = paths(lacking);
        page.fact("blind", &format!("where {format} does not carry {fields}, nothing can match"))?;
    }
    for (format, missing) in &result.missing {
        let fields = paths(missing);
        let text = format!(
            "where {format} does not carry {fields}, those fields are missing in all records"
        );
        page.remark("1", "note:", &text)?;
    }
    for masked in result.masked.iter().filter(|masked| masked.count() == 0) {
        let key = escaped(&masked.masked.text, DETAIL);
        page.remark("1", "note:", &format!("no access key in the inputs looks like {key}"))?;
    }
    for FileNote { path, text } in result.notes.iter().take(MAX_LISTED) {
        page.remark("1", "note:", &format!("{}: {}", escape(path), escaped(text, DETAIL)))?;
    }
    let more = result.more_notes + result.notes.len().saturating_sub(MAX_LISTED) as u64;
    if more > 0 {
        let more = counted(more, "more note");
        page.remark("1", "note:", &format!("… {more} on files (`keytrail inspect` shows them)"))?;
    }
    for (note, count) in &result.record_notes {
        page.remark("1", "note:", &format!("{}: {note}", counted(*count, "record")))?;
    }
    skips(result, &mut page)?;
    if let Some((error, path, line)) = &result.failures.first {
        let file = sources.file(error.span.file);
        let (row, column) = file.line_col(error.span.start);
        let place = format!("{}:{row}:{column}", file.name);
        let text = format!("{} at {place}, on the record at {path}:{line}", error.message);
        page.remark("1;31", "failed:", &escaped(&text, DETAIL))?;
    }
    for reason in result.incomplete() {
        page.remark("1;31", "incomplete:", &escaped(&reason, 2 * DETAIL))?;
    }
    gate(result, &mut page)
}

/// Writes whether the gate of the query passed, and why.
fn gate(result: &QueryResult, page: &mut SummaryPage<'_>) -> io::Result<()> {
    let Some(allowed) = result.allowed else { return Ok(()) };
    let count = counted(result.matches.count, "match");
    let text = match allowed {
        0 if result.fails() => format!("{count}, and the gate allows none"),
        0 => "no match".to_owned(),
        _ => {
            let flag = format!("--fail-over {allowed}");
            let more = if result.fails() { "more than" } else { "no more than" };
            format!("{count}, {more} {flag} allows")
        }
    };
    match result.fails() {
        true => page.remark("1;31", "gate failed:", &text),
        // A gate cannot pass on records that were not read.
        false if !result.incomplete().is_empty() => {
            page.remark("1;33", "gate undecided:", &format!("{text}, but the result is incomplete"))
        }
        false => page.remark("1;32", "gate passed:", &text),
    }
}

fn paths(fields: &FieldSet) -> String {
    fields.iter().map(|field| field.field().path()).collect::<Vec<_>>().join(", ")
}

/// `3 of 17 events, 2 ok, 1 failed, 2026-03-01 10:00:01 to 10:00:03 UTC`.
fn matches(result: &QueryResult) -> String {
    let tally = &result.matches;
    let of = counted(result.rows_of_kind(), result.on.name());
    let mut text = format!("{} of {of}", number(tally.count));
    if tally.count > 0 && result.on == RecordKind::Event {
        let (ok, failed) = (number(tally.ok), number(tally.failed));
        text.push_str(&format!(", {ok} ok, {failed} failed"));
    }
    if let Some(times) = times(tally.first, tally.last) {
        text.push_str(&format!(", {times}"));
    }
    text
}

fn records(result: &QueryResult) -> String {
    let skipped = result.skipped_records();
    let (read, evaluated) = (number(result.records), number(result.records - skipped));
    let mut text = format!("{read} read = {evaluated} evaluated + {} skipped", number(skipped));
    if skipped > 0 {
        text.push_str(&format!(" ({})", amounts(&result.skipped)));
    }
    text
}

fn amounts(counts: &BTreeMap<&'static str, u64>) -> String {
    let parts = counts.iter().map(|(name, count)| format!("{} {name}", number(*count)));
    parts.collect::<Vec<_>>().join(", ")
}

fn files(result: &QueryResult, page: &mut SummaryPage<'_>) -> io::Result<()> {
    page.fact("files", &format!("{} read, {}", number(result.files), bytes(result.bytes)))?;
    for (other, (count, named)) in &result.other_files {
        let names = named.iter().take(NAMED).map(|note| escaped(&note.path, DETAIL));
        let mut names = names.collect::<Vec<_>>().join(", ");
        let more = count.saturating_sub(NAMED as u64);
        if more > 0 {
            names.push_str(&format!(" and {} more", number(more)));
        }
        page.fact("", &format!("{} {}: {names}", number(*count), other.name()))?;
    }
    Ok(())
}

fn skips(result: &QueryResult, page: &mut SummaryPage<'_>) -> io::Result<()> {
    for skip in result.skips.iter().take(MAX_LISTED) {
        let place = format!("{}:{} (byte {})", escape(&skip.path), skip.line, skip.byte);
        let text = format!("{place}: {}: {}", skip.reason, escaped(&skip.detail, DETAIL));
        page.remark("1;33", "skipped:", &text)?;
    }
    let more = result.skipped_records().saturating_sub(result.skips.len().min(MAX_LISTED) as u64);
    if more > 0 {
        page.remark("1;33", "skipped:", &format!("… {}", counted(more, "more record")))?;
    }
    Ok(())
}

struct SummaryPage<'p> {
    manner: Manner,
    out: &'p mut dyn io::Write,
}

impl SummaryPage<'_> {
    /// Writes a fact of the run; `text` is already escaped.
    fn fact(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.manner.ink("2", &format!("{label:<9}"));
        writeln!(self.out, "{label} {text}")
    }

    /// Writes a remark on a separate line; `text` is already escaped.
    fn remark(&mut self, code: &str, label: &str, text: &str) -> io::Result<()> {
        writeln!(self.out, "{} {text}", self.manner.ink(code, label))
    }
}
