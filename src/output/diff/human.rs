//! The comparison for people.

use std::io;

use super::sentences::{aspects, blamed, effects, example, failure, findings, place, version};
use crate::diag::{escape, escaped};
use crate::output::TableStyle;
use crate::output::human::text::wrap;
use crate::review::diff::{Change, Diff, Effect, FindingChange, FindingChangeKind};

/// The longest message that is shown, in characters.
const MESSAGE: usize = 300;

/// Writes the comparison.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(diff: &Diff, style: TableStyle, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { diff, style, out };
    let versions = format!("{} -> {}", version(&diff.base), version(&diff.head));
    page.line(0, &versions)?;
    page.line(0, &format!("policy: {}", effects(diff)))?;
    page.line(0, &format!("findings: {}", findings(diff)))?;
    diff.changes.iter().try_for_each(|change| page.change(change))?;
    diff.findings.iter().try_for_each(|finding| page.finding(finding))?;
    let last: Vec<String> =
        diff.incomplete.iter().map(|note| format!("incomplete: {note}")).collect();
    let last: Vec<String> = last.into_iter().chain(failure(diff)).collect();
    if !last.is_empty() {
        writeln!(page.out)?;
    }
    last.iter().try_for_each(|line| page.line(0, line))
}

struct Page<'o> {
    diff: &'o Diff,
    style: TableStyle,
    out: &'o mut dyn io::Write,
}

impl Page<'_> {
    fn change(&mut self, change: &Change) -> io::Result<()> {
        let ink = match change.effect {
            Effect::Weaker => "31",
            Effect::Undecided => "33",
            Effect::Stronger => "32",
            Effect::Neutral => "2",
        };
        let word = self.style.ink(ink, change.effect.name());
        let at = change.place().map(|at| format!("  {}", escape(&place(at)))).unwrap_or_default();
        let gone = match (&change.head, &change.base) {
            (None, Some(_)) => "  (at the base)",
            _ => "",
        };
        writeln!(self.out, "\n{word}{at}{gone}")?;
        self.line(2, &change.message)?;
        match &change.record {
            Some(record) => self.line(2, &format!("for example {}", example(record))),
            None => Ok(()),
        }
    }

    fn finding(&mut self, of: &FindingChange) -> io::Result<()> {
        let Some(shown) = of.shown() else { return Ok(()) };
        let ink = match of.kind {
            FindingChangeKind::Lost | FindingChangeKind::NewlySuppressed => "31",
            FindingChangeKind::Changed => "33",
            FindingChangeKind::Gained | FindingChangeKind::Unsuppressed => "32",
        };
        let word = self.style.ink(ink, of.kind.name());
        writeln!(self.out, "\n{word}  {}  {}", shown.severity.name(), escape(&of.rule))?;
        self.line(2, &escaped(&shown.message, MESSAGE))?;
        self.line(2, &shown.place)?;
        let entry = match of.kind {
            FindingChangeKind::NewlySuppressed => of.head.as_ref(),
            FindingChangeKind::Unsuppressed => of.base.as_ref(),
            _ => None,
        };
        if let Some(entry) = entry.and_then(|of| of.entry.as_ref()) {
            self.line(2, &format!("covered by the entry {entry}"))?;
        }
        for clause in aspects(of) {
            self.line(2, &clause)?;
        }
        let places: Vec<String> = blamed(of, self.diff).into_iter().map(place).collect();
        match places.as_slice() {
            [] => self.line(2, "no change of the policy explains it"),
            [one] => self.line(2, &format!("because of {one}")),
            [first @ .., last] => {
                self.line(2, &format!("because of {} or {last}", first.join(", ")))
            }
        }
    }

    /// Writes a text, wrapped to the width of the terminal.
    fn line(&mut self, indent: usize, text: &str) -> io::Result<()> {
        let text = escape(text);
        let lines = match self.style.width {
            Some(width) => wrap(&text, width.saturating_sub(indent), 0),
            None => vec![text.into_owned()],
        };
        lines.iter().try_for_each(|line| writeln!(self.out, "{:indent$}{line}", ""))
    }
}
