//! Standard output and standard error. No other module accesses them.

use std::io::{self, BufWriter, IsTerminal, Write};

use keytrail::diag::{Diagnostic, escape, render};
use keytrail::output::TableStyle;
use keytrail::source::Sources;

use crate::exit::Failure;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The two streams and their settings.
pub(crate) struct Term {
    out: Stdout,
    /// Whether standard output is coloured.
    pub(crate) color_out: bool,
    /// Whether text in files is coloured; only if the user requested colour.
    pub(crate) color_files: bool,
    /// The width of standard output, in columns.
    pub(crate) width: usize,
    /// The width that tables must fit; `None` if standard output is not a terminal.
    terminal_width: Option<usize>,
    /// Whether standard error is coloured.
    pub(crate) color_err: bool,
    /// Whether progress may be drawn on standard error.
    pub(crate) progress: bool,
    /// Whether to print details.
    pub(crate) verbose: bool,
    /// Whether to print only problems.
    pub(crate) quiet: bool,
}

impl Term {
    /// The streams with the settings from the environment, before any flag is read.
    pub(crate) fn new() -> Self {
        let terminal_width = terminal_width();
        let mut term = Self {
            out: Stdout { writer: BufWriter::new(io::stdout()), closed: false },
            color_out: false,
            color_files: false,
            // Without a terminal the width must not depend on the machine.
            width: terminal_width.unwrap_or(100),
            terminal_width,
            color_err: false,
            progress: false,
            quiet: false,
            verbose: false,
        };
        term.configure(ColorWhen::Auto, false, false);
        term
    }

    /// Applies the flags.
    pub(crate) fn configure(&mut self, color: ColorWhen, quiet: bool, verbose: bool) {
        let terminal = io::stderr().is_terminal() && !dumb();
        self.color_out = colored(color, io::stdout().is_terminal());
        self.color_files = color == ColorWhen::Always;
        self.color_err = colored(color, io::stderr().is_terminal());
        self.progress = terminal && !quiet;
        self.quiet = quiet;
        self.verbose = verbose;
    }

    /// How tables on standard output look.
    pub(crate) fn table_style(&self) -> TableStyle {
        TableStyle { color: self.color_out, width: self.terminal_width }
    }

    /// Standard output. Once the reader has closed it, writing has no effect.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Standard output for commands that can stop early. If the reader has closed it, writing fails
    /// with `BrokenPipe`.
    pub(crate) fn stream(&mut self) -> &mut dyn Write {
        &mut self.out.writer
    }

    /// Flushes standard output.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| stdout_failed(&error))
    }

    /// Prints text that is already escaped on standard output.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes()).map_err(|error| stdout_failed(&error))
    }

    /// Prints one line on standard error, unless `--quiet` is set.
    pub(crate) fn status(&self, line: &str) {
        if !self.quiet {
            self.err(&format!("{}\n", escape(line)));
        }
    }

    /// Prints one line on standard error if `--verbose` is set.
    pub(crate) fn detail(&self, line: &str) {
        if self.verbose {
            self.status(line);
        }
    }

    /// Prints a warning of one line on standard error, unless `--quiet` is set.
    pub(crate) fn warn(&self, line: &str) {
        self.status(&format!("warning: {line}"));
    }

    /// Prints a diagnostic on standard error. With `--quiet`, only errors are printed.
    pub(crate) fn diagnostic(&self, diagnostic: &Diagnostic, sources: &Sources) {
        if diagnostic.is_error() || !self.quiet {
            self.err(&render(diagnostic, sources, self.color_err));
        }
    }

    /// Prints why a command cannot continue.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.err(&failure.render(self.color_err));
    }

    /// Prints text that is already escaped on standard error. Errors are ignored: if standard error
    /// is closed, there is nowhere to report them.
    pub(crate) fn err(&self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Whether to use colour: decided by `--color`, then NO_COLOR, then CLICOLOR_FORCE, then whether
/// the stream is a terminal.
fn colored(when: ColorWhen, terminal: bool) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto if set("NO_COLOR", "") => false,
        ColorWhen::Auto if set("CLICOLOR_FORCE", "0") => true,
        ColorWhen::Auto => terminal && !dumb(),
    }
}

fn set(variable: &str, unless: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != unless)
}

fn dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The width of the terminal; `None` if standard output is not a terminal. The variable COLUMNS
/// takes precedence over the size of the terminal.
fn terminal_width() -> Option<usize> {
    let size = terminal_size::terminal_size_of(io::stdout());
    let size = size.map(|(terminal_size::Width(columns), _)| usize::from(columns));
    let terminal = io::stdout().is_terminal().then_some(size.unwrap_or(0));
    width_of(terminal, std::env::var("COLUMNS").ok().as_deref())
}

/// The width to fit, given the size of the terminal (0 if unknown) and the value of COLUMNS.
fn width_of(terminal: Option<usize>, columns: Option<&str>) -> Option<usize> {
    let size = terminal?;
    let set = columns.and_then(|columns| columns.trim().parse().ok());
    [set, Some(size)].into_iter().flatten().find(|width| *width > 0)
}

/// Standard output. If the reader has closed the pipe, as `head` does, further output is discarded
/// without an error.
struct Stdout {
    writer: BufWriter<io::Stdout>,
    closed: bool,
}

impl Stdout {
    fn unless_closed<T>(&mut self, result: io::Result<T>, otherwise: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(otherwise)
            }
            result => result,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let written = self.writer.write(bytes);
        self.unless_closed(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let flushed = self.writer.flush();
        self.unless_closed(flushed, ())
    }
}

/// The failure if writing to standard output fails.
pub(crate) fn stdout_failed(error: &io::Error) -> Failure {
    Failure::because(format!("cannot write to standard output: {error}"))
}

#[cfg(test)]
mod tests {
    use super::width_of;

    #[test]
    fn only_a_terminal_limits_the_width() {
        for (terminal, columns, width) in [
            (None, None, None),
            (None, Some("80"), None),
            (Some(120), None, Some(120)),
            (Some(120), Some("80"), Some(80)),
            (Some(120), Some("0"), Some(120)),
            (Some(120), Some("wide"), Some(120)),
            (Some(0), Some("80"), Some(80)),
            (Some(0), None, None),
        ] {
            assert_eq!(width_of(terminal, columns), width, "{terminal:?} {columns:?}");
        }
    }
}
