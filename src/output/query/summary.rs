//! What was read for an answer, and what may be missing from it.

use std::collections::BTreeMap;
use std::io;

use super::Manner;
use crate::diag::{escape, escaped};
use crate::inspect::{Answer, FileNote};
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
    answer: &Answer,
    sources: &Sources,
    manner: Manner,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = SummaryPage { manner, out };
    page.fact("matches", &matches(answer))?;
    let more = answer.matches.count.saturating_sub(answer.shown);
    match &answer.ranked {
        Some(ranked) if !ranked.groups.is_empty() => {
            page.fact("groups", &number(ranked.groups.len() as u64))?;
        }
        None if more > 0 => {
            let (shown, more) = (number(answer.shown), number(more));
            page.fact("", &format!("{shown} shown, {more} more (--limit 0 shows all)"))?;
        }
        _ => {}
    }
    if answer.period.is_bounded() {
        let period = answer.period.to_string();
        let unplaced = match answer.unplaced {
            0 => String::new(),
            n => format!("; {} without a time left out", counted(n, answer.on.name())),
        };
        page.fact("period", &format!("{period}{unplaced}"))?;
    }
    page.fact("records", &records(answer))?;
    files(answer, &mut page)?;
    for (format, lacking) in &answer.blind {
        let fields = paths(lacking);
        page.fact("blind", &format!("where {format} does not carry {fields}, nothing can match"))?;
    }
    for (format, missing) in &answer.missing {
        let fields = paths(missing);
        let text = format!(
            "where {format} does not carry {fields}, those fields are missing in all records"
        );
        page.remark("1", "note:", &text)?;
    }
    for masked in answer.masked.iter().filter(|masked| masked.count() == 0) {
        let key = escaped(&masked.masked.text, DETAIL);
        page.remark("1", "note:", &format!("no access key in the inputs looks like {key}"))?;
    }
    for FileNote { path, text } in answer.notes.iter().take(MAX_LISTED) {
        page.remark("1", "note:", &format!("{}: {}", escape(path), escaped(text, DETAIL)))?;
    }
    let more = answer.more_notes + answer.notes.len().saturating_sub(MAX_LISTED) as u64;
    if more > 0 {
        let more = counted(more, "more note");
        page.remark("1", "note:", &format!("… {more} on files (`keytrail inspect` shows them)"))?;
    }
    for (note, count) in &answer.record_notes {
        page.remark("1", "note:", &format!("{}: {note}", counted(*count, "record")))?;
    }
    skips(answer, &mut page)?;
    if let Some((error, path, line)) = &answer.failures.first {
        let file = sources.file(error.span.file);
        let (row, column) = file.line_col(error.span.start);
        let place = format!("{}:{row}:{column}", file.name);
        let text = format!("{} at {place}, on the record at {path}:{line}", error.message);
        page.remark("1;31", "failed:", &escaped(&text, DETAIL))?;
    }
    for reason in answer.incomplete() {
        page.remark("1;31", "incomplete:", &escaped(&reason, 2 * DETAIL))?;
    }
    gate(answer, &mut page)
}

/// Writes whether the gate of the query passed, and why.
fn gate(answer: &Answer, page: &mut SummaryPage<'_>) -> io::Result<()> {
    let Some(allowed) = answer.allowed else { return Ok(()) };
    let count = counted(answer.matches.count, "match");
    let text = match allowed {
        0 if answer.fails() => format!("{count}, and the gate allows none"),
        0 => "no match".to_owned(),
        _ => {
            let flag = format!("--fail-over {allowed}");
            let more = if answer.fails() { "more than" } else { "no more than" };
            format!("{count}, {more} {flag} allows")
        }
    };
    match answer.fails() {
        true => page.remark("1;31", "gate failed:", &text),
        // A gate cannot pass on records that were not read.
        false if !answer.incomplete().is_empty() => {
            page.remark("1;33", "gate undecided:", &format!("{text}, but the answer is incomplete"))
        }
        false => page.remark("1;32", "gate passed:", &text),
    }
}

fn paths(fields: &FieldSet) -> String {
    fields.iter().map(|field| field.field().path()).collect::<Vec<_>>().join(", ")
}

/// `3 of 17 events, 2 ok, 1 failed, 2026-03-01 10:00:01 to 10:00:03 UTC`.
fn matches(answer: &Answer) -> String {
    let tally = &answer.matches;
    let of = counted(answer.rows_of_kind(), answer.on.name());
    let mut text = format!("{} of {of}", number(tally.count));
    if tally.count > 0 && answer.on == RecordKind::Event {
        let (ok, failed) = (number(tally.ok), number(tally.failed));
        text.push_str(&format!(", {ok} ok, {failed} failed"));
    }
    if let Some(times) = times(tally.first, tally.last) {
        text.push_str(&format!(", {times}"));
    }
    text
}

fn records(answer: &Answer) -> String {
    let skipped = answer.skipped_records();
    let (read, evaluated) = (number(answer.records), number(answer.records - skipped));
    let mut text = format!("{read} read = {evaluated} evaluated + {} skipped", number(skipped));
    if skipped > 0 {
        text.push_str(&format!(" ({})", amounts(&answer.skipped)));
    }
    text
}

fn amounts(counts: &BTreeMap<&'static str, u64>) -> String {
    let parts = counts.iter().map(|(name, count)| format!("{} {name}", number(*count)));
    parts.collect::<Vec<_>>().join(", ")
}

fn files(answer: &Answer, page: &mut SummaryPage<'_>) -> io::Result<()> {
    page.fact("files", &format!("{} read, {}", number(answer.files), bytes(answer.bytes)))?;
    for (other, (count, named)) in &answer.other_files {
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

fn skips(answer: &Answer, page: &mut SummaryPage<'_>) -> io::Result<()> {
    for skip in answer.skips.iter().take(MAX_LISTED) {
        let place = format!("{}:{} (byte {})", escape(&skip.path), skip.line, skip.byte);
        let text = format!("{place}: {}: {}", skip.reason, escaped(&skip.detail, DETAIL));
        page.remark("1;33", "skipped:", &text)?;
    }
    let more = answer.skipped_records().saturating_sub(answer.skips.len().min(MAX_LISTED) as u64);
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
