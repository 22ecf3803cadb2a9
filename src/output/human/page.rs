//! Where text goes: escaped, coloured, to the end of a line.

use std::io::{self, Write};

use super::text::{columns, wrap};
use crate::diag::{escape, escaped};
use crate::output::Style;
use crate::report::Report;
use crate::rule::Severity;

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Severity(Severity),
    Strong,
    Quiet,
    Bad,
    Warn,
    Good,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Severity(Severity::Critical) => "1;97;41",
            Ink::Severity(Severity::High) | Ink::Bad => "1;31",
            Ink::Severity(Severity::Medium) | Ink::Warn => "1;33",
            Ink::Severity(Severity::Low) => "1;36",
            Ink::Severity(Severity::Info) => "1;34",
            Ink::Strong => "1",
            Ink::Quiet => "2",
            Ink::Good => "1;32",
        }
    }
}

/// The report being written.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report,
    pub(super) style: &'a Style,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report, style: &'a Style, out: &'a mut dyn Write) -> Self {
        Self { report, style, out }
    }

    /// Columns to fill; a narrow terminal gets long lines rather than shreds.
    pub(super) fn width(&self) -> usize {
        self.style.width.clamp(60, 160)
    }

    /// A value of a record or a file: keys masked, hostile characters escaped, cut.
    pub(super) fn value(&self, text: &str, limit: usize) -> String {
        // Cut before masking would let the rest of a key pass; masking a megabyte is cheap.
        escaped(&self.report.facts.text(text), limit)
    }

    pub(super) fn ink(&self, ink: Ink, text: &str) -> String {
        if self.style.color && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code())
        } else {
            text.to_owned()
        }
    }

    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end())
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading across the page.
    pub(super) fn heading(&mut self, ink: Ink, title: &str, after: &str) -> io::Result<()> {
        let after = if after.is_empty() { String::new() } else { format!(": {after}") };
        let used = columns(title) + columns(&after) + 4;
        let rest = "─".repeat(self.width().saturating_sub(used));
        let line = format!(
            "{} {}{after} {}",
            self.ink(Ink::Quiet, "──"),
            self.ink(ink, title),
            self.ink(Ink::Quiet, &rest),
        );
        self.line(&line)
    }

    /// A paragraph whose further lines stand below the first: `label` in ink, then `text`, already
    /// escaped.
    pub(super) fn paragraph(
        &mut self,
        label: (Ink, &str),
        text: &str,
        indent: &str,
    ) -> io::Result<()> {
        self.lines(label, None, text, indent)
    }

    /// A paragraph to be seen first.
    pub(super) fn title(&mut self, label: (Ink, &str), text: &str, indent: &str) -> io::Result<()> {
        self.lines(label, Some(Ink::Strong), text, indent)
    }

    fn lines(
        &mut self,
        (ink, label): (Ink, &str),
        text_ink: Option<Ink>,
        text: &str,
        indent: &str,
    ) -> io::Result<()> {
        let lines = wrap(
            text,
            self.width().saturating_sub(columns(indent)),
            columns(label).saturating_sub(columns(indent)) + 1,
        );
        let mut lines =
            lines.iter().map(|line| text_ink.map_or(line.clone(), |ink| self.ink(ink, line)));
        let first = format!("{} {}", self.ink(ink, label), lines.next().unwrap_or_default());
        let rest: Vec<String> = lines.collect();
        self.line(&first)?;
        rest.iter().try_for_each(|line| self.line(&format!("{indent}{line}")))
    }

    /// A warning or an error about the run itself; `text` is escaped here.
    pub(super) fn remark(&mut self, label: (Ink, &str), text: &str) -> io::Result<()> {
        let text = self.value(text, 600);
        self.paragraph(label, &text, "    ")
    }

    /// A note about the run, which may name every rule.
    pub(super) fn note(&mut self, text: &str) -> io::Result<()> {
        let text = self.value(text, 6_000);
        self.paragraph((Ink::Strong, "note:"), &text, "    ")
    }

    /// A place in a file.
    pub(super) fn place(&self, path: &str, line: u64, column: Option<u64>) -> String {
        let path = escape(path);
        match column {
            Some(column) => format!("{path}:{line}:{column}"),
            None => format!("{path}:{line}"),
        }
    }
}
