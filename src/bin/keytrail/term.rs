//! Standard output and standard error: the only place that touches them.

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

/// The two streams and how to write on them.
pub(crate) struct Term {
    out: Stdout,
    /// Whether standard output is coloured.
    pub(crate) color_out: bool,
    /// Whether text in files is coloured: only when it was asked for.
    pub(crate) color_files: bool,
    /// Columns of standard output.
    pub(crate) width: usize,
    /// Whether standard error is coloured.
    pub(crate) color_err: bool,
    /// Whether progress may be drawn on standard error.
    pub(crate) progress: bool,
    /// Whether to tell more.
    pub(crate) verbose: bool,
    /// Whether to tell only what is wrong.
    pub(crate) quiet: bool,
}

impl Term {
    /// The streams as the environment asks for them, before any flag is read.
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

    /// Standard output. Once nobody reads it any more, writing to it does nothing.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Standard output for what can end early: a reader who left is an error of the kind
    /// `BrokenPipe`.
    pub(crate) fn stream(&mut self) -> &mut dyn Write {
        &mut self.out.writer
    }

    /// Makes sure that everything reached standard output.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| stdout_failed(&error))
    }

    /// Prints text that is already safe on standard output.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        self.out.write_all(text.as_bytes()).map_err(|error| stdout_failed(&error))
    }

    /// Says one line on standard error, unless `--quiet`.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            self.err(&format!("{}\n", escape(line)));
        }
    }

    /// Says one line on standard error with `--verbose`.
    pub(crate) fn detail(&self, line: &str) {
        if self.verbose {
            self.say(line);
        }
    }

    /// Warns in one line on standard error, unless `--quiet`.
    pub(crate) fn warn(&self, line: &str) {
        self.say(&format!("warning: {line}"));
    }

    /// Prints a diagnostic on standard error; `--quiet` leaves the errors.
    pub(crate) fn diagnostic(&self, diagnostic: &Diagnostic, sources: &Sources) {
        if diagnostic.is_error() || !self.quiet {
            self.err(&render(diagnostic, sources, self.color_err));
        }
    }

    /// Prints why a command cannot go on.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.err(&failure.render(self.color_err));
    }

    /// Prints text that is already safe on standard error. Where that is closed there is nobody
    /// left to tell, so a failure to write has no consequence.
    pub(crate) fn err(&self, text: &str) {
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// `--color`, then NO_COLOR, then CLICOLOR_FORCE, then whether somebody looks at it.
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

/// What a terminal shows in a line; elsewhere a width that does not depend on the machine.
fn width() -> usize {
    match terminal_size::terminal_size_of(io::stdout()) {
        Some((terminal_size::Width(columns), _)) if columns > 0 => usize::from(columns),
        _ => 100,
    }
}

/// Standard output that takes a reader who left (`| head`) for one who has seen enough.
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

/// What to say when standard output takes no more.
pub(crate) fn stdout_failed(error: &io::Error) -> Failure {
    Failure::because(format!("cannot write to standard output: {error}"))
}
