//! A page of text for people: colours, headings and paragraphs.

use std::io::{self, Write};

use super::text::{columns, wrap};
use crate::output::Style;
use crate::rule::Severity;

/// The role of a piece of text, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::output) enum Ink {
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

/// Writes a page line by line. It escapes nothing.
pub(in crate::output) struct LayoutWriter<'a> {
    pub(in crate::output) style: &'a Style,
    out: &'a mut dyn Write,
}

impl<'a> LayoutWriter<'a> {
    pub(in crate::output) fn new(style: &'a Style, out: &'a mut dyn Write) -> Self {
        Self { style, out }
    }

    /// The width to fill, in columns. A very narrow terminal gets long lines rather than fragments.
    pub(in crate::output) fn width(&self) -> usize {
        self.style.width.clamp(60, 160)
    }

    pub(in crate::output) fn ink(&self, ink: Ink, text: &str) -> String {
        if self.style.color && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code())
        } else {
            text.to_owned()
        }
    }

    pub(in crate::output) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end())
    }

    pub(in crate::output) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading across the page.
    pub(in crate::output) fn heading(
        &mut self,
        ink: Ink,
        title: &str,
        after: &str,
    ) -> io::Result<()> {
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

    /// A paragraph with a hanging indent: `label` in colour, then `text`, which must be escaped
    /// already.
    pub(in crate::output) fn paragraph(
        &mut self,
        label: (Ink, &str),
        text: &str,
        indent: &str,
    ) -> io::Result<()> {
        self.lines(label, None, text, indent)
    }

    /// A paragraph with emphasised text.
    pub(in crate::output) fn title(
        &mut self,
        label: (Ink, &str),
        text: &str,
        indent: &str,
    ) -> io::Result<()> {
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
}
