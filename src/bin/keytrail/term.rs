//! Standard output and standard error. No other module accesses them.

use std::io::{self, BufWriter, IsTerminal, Write};

use keytrail::diag::{Diagnostic, escape, render};
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
        let mut term = Self {
            out: Stdout { writer: BufWriter::new(io::stdout()), closed: false },
            color_out: false,
            color_files: false,
            width: width(),
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
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            self.err(&format!("{}\n", escape(line)));
        }
    }

    /// Prints one line on standard error if `--verbose` is set.
    pub(crate) fn detail(&self, line: &str) {
        if self.verbose {
            self.say(line);
        }
    }

    /// Prints a warning of one line on standard error, unless `--quiet` is set.
    pub(crate) fn warn(&self, line: &str) {
        self.say(&format!("warning: {line}"));
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

/// The width of the terminal, or a fixed width that does not depend on the machine.
fn width() -> usize {
    match terminal_size::terminal_size_of(io::stdout()) {
        Some((terminal_size::Width(columns), _)) if columns > 0 => usize::from(columns),
        _ => 100,
    }
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
