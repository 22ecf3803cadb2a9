//! Writes a timeline for people, as JSON and as CSV.

use std::io;

use serde_json::json;

use super::collector::Collector;
use super::entry::Entry;
use crate::diag::escaped;
use crate::output::Style;
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::human::text::{counted, day_and_clock};
use crate::output::inert::write_line;

/// Writes the entries as a page. Entries that a rule marks are emphasised.
///
/// # Errors
///
/// If writing fails.
pub fn human(of: &Collector<'_>, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = LayoutWriter::new(style, out);
    let mut day = String::new();
    let mut count = 0u64;
    let mut marked = 0u64;
    for (time, entry) in of.entries() {
        let (date, clock) = day_and_clock(time).unwrap_or_default();
        if date != day {
            if !day.is_empty() {
                page.blank()?;
            }
            page.heading(Ink::Strong, &date, "")?;
            day = date;
        }
        count += 1;
        marked += u64::from(!entry.rules.is_empty());
        let text = sentence(entry);
        match entry.rules.is_empty() {
            true => page.paragraph((Ink::Quiet, &format!("  {clock}")), &text, "           ")?,
            false => page.title((Ink::Warn, &format!("* {clock}")), &text, "           ")?,
        }
    }
    if count > 0 {
        page.blank()?;
    }
    let mut line = counted(count, "event");
    if marked > 0 {
        line.push_str(&format!(", {marked} marked by rules (*)"));
    }
    if of.left_out > 0 {
        line.push_str(&format!("; {} left out", counted(of.left_out, "later event")));
    }
    page.line(&line)
}

/// `backup-sync from 198.51.100.23: iam.CreateUser on user eve (refused: AccessDenied) [rule]`.
fn sentence(entry: &Entry) -> String {
    let shown = |text: &str| escaped(text, 120);
    let mut text = entry.caller.as_deref().map_or_else(|| "-".to_owned(), shown);
    if let Some(source) = &entry.source {
        text.push_str(&format!(" from {}", shown(source)));
    }
    text.push_str(&format!(": {}", shown(&entry.operation())));
    if !entry.targets.is_empty() {
        let targets: Vec<String> = entry.targets.iter().take(3).map(|of| shown(of)).collect();
        text.push_str(&format!(" on {}", targets.join(", ")));
    }
    match (entry.ok, &entry.code) {
        (Some(false), Some(code)) => text.push_str(&format!(" (refused: {})", shown(code))),
        (Some(false), None) => text.push_str(" (refused)"),
        _ => {}
    }
    if !entry.rules.is_empty() {
        text.push_str(&format!(" [{}]", escaped(&entry.rules.join(", "), 600)));
    }
    text
}

/// Writes one JSON object for each entry, and at the end one with the counts.
///
/// # Errors
///
/// If writing fails.
pub fn json(of: &Collector<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut count = 0u64;
    for (time, entry) in of.entries() {
        count += 1;
        let line = json!({
            "time": time.to_string(),
            "id": entry.id,
            "provider": entry.provider,
            "account": entry.account,
            "region": entry.region,
            "caller": entry.caller,
            "ak": entry.ak,
            "source": entry.source,
            "service": entry.service,
            "api": entry.api,
            "ok": entry.ok,
            "code": entry.code,
            "targets": entry.targets,
            "rules": entry.rules,
            "place": entry.place,
        });
        write_line(&line, out)?;
    }
    write_line(&json!({ "total": { "events": count, "left_out": of.left_out } }), out)
}

/// The columns of the CSV form.
const COLUMNS: [&str; 14] = [
    "time",
    "rules",
    "caller",
    "source",
    "operation",
    "ok",
    "code",
    "targets",
    "ak",
    "provider",
    "account",
    "region",
    "id",
    "place",
];

/// Writes a table with a header line. A value that a spreadsheet would compute begins with `'`.
///
/// # Errors
///
/// If writing fails.
pub fn csv(of: &Collector<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{}", COLUMNS.join(","))?;
    for (time, entry) in of.entries() {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            time.to_string(),
            entry.rules.join(" "),
            text(&entry.caller),
            text(&entry.source),
            entry.operation(),
            entry.ok.map_or_else(String::new, |ok| ok.to_string()),
            text(&entry.code),
            entry.targets.join("; "),
            text(&entry.ak),
            text(&entry.provider),
            text(&entry.account),
            text(&entry.region),
            text(&entry.id),
            entry.place.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// A cell that no spreadsheet computes and that stays on its line.
fn csv_cell(text: &str) -> String {
    let text = escaped(text, 2_000);
    let computed = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if computed { format!("'{text}") } else { text };
    match text.contains(['"', ',', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_or_a_second_line() {
        for (text, cell) in [
            ("ann", "ann"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
        ] {
            assert_eq!(csv_cell(text), cell);
        }
        assert!(!csv_cell("a\nb").contains('\n'));
    }
}
