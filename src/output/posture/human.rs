//! A posture for a person: the summary, the steps to take, then the data behind them.

use std::io;

use super::PostureFacts;
use super::labels::percent;
use super::{sections, steps};
use crate::diag::escaped;
use crate::output::Style;
use crate::output::human::layout_writer::{Ink, LayoutWriter};
use crate::output::human::text::{counted, number, times};
use crate::posture::threshold::{GROSS_OUTLIER, OUTLIER, OVERDUE};
use crate::posture::{Bucket, Coverage, Posture};

/// Characters shown of a note.
const NOTE: usize = 600;

/// Notes shown without `--verbose`.
const NOTES: usize = 15;

/// Writes a posture as text. Lists are shortened unless the style is verbose.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(
    posture: &Posture,
    facts: &PostureFacts,
    style: &Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut layout = LayoutWriter::new(style, out);
    let layout = &mut layout;
    if !posture.accounts.is_empty() {
        head(posture, facts, layout)?;
        steps::to_do(posture, layout)?;
        steps::done(posture, layout)?;
        sections::coverage(posture, layout)?;
        sections::ages(posture, layout)?;
        sections::outliers(posture, layout)?;
        sections::patterns(posture, layout)?;
        sections::names(posture, layout)?;
        sections::trend(posture, layout)?;
        sections::unknown(posture, layout)?;
    }
    tail(posture, layout)
}

/// The summary.
fn head(posture: &Posture, facts: &PostureFacts, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    let all = &posture.all;
    let keys = all.ages.in_use() + all.ages.inactive;
    let title = format!(
        "{}, {}, {}",
        counted(posture.accounts.len() as u64, "account"),
        counted(all.users, "user"),
        counted(keys, "key"),
    );
    layout.heading(Ink::Strong, "posture", &title)?;
    layout.blank()?;

    let of = |coverage: &Coverage, users: &str| format!("{} of {users}", percent(coverage));
    let users = counted(all.coverage.console, "user");
    let mut mfa = format!("{} who can sign in to the console", of(&all.coverage, &users));
    if let Some(production) = posture.production() {
        let coverage = &production.coverage;
        mfa += &format!("; in production {}", of(coverage, &number(coverage.console)));
    }
    let unknown = all.coverage.mfa_unknown + all.coverage.console_unknown;
    if unknown > 0 {
        mfa += &format!("; {} unknown", number(unknown));
    }
    fact(layout, "MFA", &mfa)?;

    let ages = &all.ages;
    let mut old = format!(
        "{} in use: {} older than {OVERDUE} days, {} than {OUTLIER}, {} than {GROSS_OUTLIER}",
        number(ages.in_use()),
        number(ages.in_bucket(Bucket::Critical)),
        number(ages.outliers),
        number(ages.gross_outliers),
    );
    if ages.unknown > 0 {
        old += &format!("; the age of {} unknown", number(ages.unknown));
    }
    fact(layout, "keys", &old)?;

    let open: Vec<String> = posture
        .open_by_severity()
        .into_iter()
        .map(|(severity, count)| format!("{} {}", number(count), severity.name()))
        .collect();
    let mut to_do = if open.is_empty() { "nothing".to_owned() } else { open.join(", ") };
    if posture.done() > 0 {
        to_do += &format!("; {} done since, by later events", number(posture.done()));
    }
    fact(layout, "to do", &to_do)?;
    fact(layout, "as of", &as_of(posture, facts))?;
    layout.blank()
}

/// The times of the reports that are counted.
fn as_of(posture: &Posture, facts: &PostureFacts) -> String {
    let reports = || posture.accounts.iter().flat_map(|account| &account.reports);
    let made = || reports().filter_map(|report| report.made);
    let mut text = times(made().min(), made().max()).unwrap_or_default();
    if posture.is_undated() {
        text += if text.is_empty() { "" } else { ", and " };
        text += "reports without a date";
    }
    let ages = match facts.now {
        Some(now) => times(Some(now), None),
        None if posture.is_undated() => times(Some(facts.clock), None),
        None => None,
    };
    ages.map_or(text.clone(), |now| format!("{text}; ages are computed at {now}"))
}

/// What was read, with the notes and the reasons for an incomplete run.
fn tail(posture: &Posture, layout: &mut LayoutWriter<'_>) -> io::Result<()> {
    layout.heading(Ink::Strong, "read", "")?;
    layout.blank()?;
    let files = &posture.files;
    let mut text = counted(files.read, "file");
    if files.other > 0 {
        text += &format!(", {} without records", number(files.other));
    }
    let lost = files.lost.len() as u64 + files.more_lost;
    if lost > 0 {
        text += &format!(", {} incomplete", number(lost));
    }
    fact(layout, "files", &text)?;
    let formats: Vec<String> =
        files.formats.iter().map(|(format, n)| format!("{} {format}", number(*n))).collect();
    let skipped: u64 = files.skipped.values().sum();
    let mut text = number(files.records);
    if !formats.is_empty() {
        text += &format!(": {}", formats.join(", "));
    }
    if skipped > 0 {
        let reasons: Vec<String> =
            files.skipped.iter().map(|(reason, n)| format!("{} {reason}", number(*n))).collect();
        text += &format!("; {} skipped ({})", number(skipped), reasons.join(", "));
    }
    if posture.changes > 0 {
        text += &format!("; {} of credentials", counted(posture.changes, "change"));
    }
    fact(layout, "records", &text)?;
    let older: u64 =
        posture.accounts.iter().flat_map(|account| &account.reports).map(|one| one.older).sum();
    if older > 0 {
        let text = format!("{}, counted in the trend alone", counted(older, "older report"));
        fact(layout, "older", &text)?;
    }
    let limit = if layout.style.verbose { usize::MAX } else { NOTES };
    for note in posture.notes.iter().take(limit) {
        layout.paragraph((Ink::Quiet, "note:"), &escaped(note, NOTE), "      ")?;
    }
    if posture.notes.len() > limit {
        let more = counted((posture.notes.len() - limit) as u64, "more note");
        layout.paragraph((Ink::Quiet, "note:"), &format!("… {more}; -v shows all"), "      ")?;
    }
    for reason in &posture.incomplete {
        layout.paragraph((Ink::Bad, "incomplete:"), &escaped(reason, NOTE), "    ")?;
    }
    Ok(())
}

fn fact(layout: &mut LayoutWriter<'_>, label: &str, text: &str) -> io::Result<()> {
    layout.paragraph((Ink::Quiet, &format!("{label:<8}")), text, "         ")
}
