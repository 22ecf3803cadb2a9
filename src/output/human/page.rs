//! The page that a report is written to.

use std::io::{self, Write};
use std::ops::{Deref, DerefMut};

use super::layout_writer::LayoutWriter;
use crate::diag::{escape, escaped};
use crate::output::Style;
use crate::report::Report;

pub(super) use super::layout_writer::Ink;

/// The report being written.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report,
    layout: LayoutWriter<'a>,
}

impl<'a> Deref for Page<'a> {
    type Target = LayoutWriter<'a>;

    fn deref(&self) -> &LayoutWriter<'a> {
        &self.layout
    }
}

impl DerefMut for Page<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.layout
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report, style: &'a Style, out: &'a mut dyn Write) -> Self {
        Self { report, layout: LayoutWriter::new(style, out) }
    }

    /// A value from a record or a file: access keys masked, hostile characters escaped, shortened.
    pub(super) fn value(&self, text: &str, limit: usize) -> String {
        // Mask before shortening: a key cut in half would no longer be recognised. Masking a
        // megabyte is cheap.
        escaped(&self.report.facts.text(text), limit)
    }

    /// A warning or an error about the run itself; `text` is escaped here.
    pub(super) fn remark(&mut self, label: (Ink, &str), text: &str) -> io::Result<()> {
        let text = self.value(text, 600);
        self.paragraph(label, &text, "    ")
    }

    /// A note about the run. It may name every rule, so its limit is high.
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
