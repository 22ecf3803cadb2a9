//! The trait of an output format, and the style in which it shows a report.

use std::io;

use crate::report::Report;

/// One way to write a report.
#[derive(Debug)]
pub struct Output {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its purpose, in one sentence.
    pub doc: &'static str,
    /// The extension of its files, without a dot.
    pub extension: &'static str,
    /// Whether it shows the records of findings.
    pub records: bool,
    /// Writes a report; the caller flushes `out` and handles the error.
    pub write: fn(&Report, &Style, &mut dyn io::Write) -> io::Result<()>,
}

/// How to show a report. Formats for machines use only the settings that change their content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// The width in columns.
    pub width: usize,
    /// Whether to show findings that the allowlist covers.
    pub show_suppressed: bool,
    /// Whether to show every row instead of the first ones.
    pub verbose: bool,
    /// Whether findings leave the exit code at 0.
    pub exit_zero: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, show_suppressed: false, verbose: false, exit_zero: false }
    }
}
