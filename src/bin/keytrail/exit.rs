//! How a command ends: the exit codes, and the message if it cannot continue.

use std::process::ExitCode;

use keytrail::diag::escape;

/// The exit codes; they are part of the interface and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// No finding fails the run.
    Clean = 0,
    /// Findings fail the run, or rule tests failed.
    Findings = 1,
    /// An error in usage, the project file, policy files, inputs that match nothing, or output.
    CannotRun = 2,
    /// Something was not read or not evaluated.
    Incomplete = 3,
    /// SIGINT ended it.
    Interrupted = 130,
    /// SIGTERM ended it.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// The exit codes as `--help` lists them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  no finding fails the run
  1  findings at or above --fail-on, or failed rule tests
  2  cannot run: usage, project file, policy files, inputs that match no file, output
  3  incomplete: records skipped, a rule that failed, nothing to evaluate
  If several apply, 2 takes precedence over 3, and 3 over 1; --exit-zero turns only 1 into 0";

/// Why a command cannot continue; the exit code is always 2.
#[derive(Debug)]
pub(crate) struct Failure {
    text: String,
    help: Vec<String>,
}

impl Failure {
    /// A failure that is explained by one sentence.
    pub(crate) fn because(text: impl Into<String>) -> Self {
        Failure { text: text.into(), help: Vec::new() }
    }

    /// Adds a suggestion of what to do next.
    #[must_use]
    pub(crate) fn help(mut self, line: impl Into<String>) -> Self {
        self.help.push(line.into());
        self
    }
}

impl Failure {
    /// The sentence and its help, one line each.
    pub(crate) fn render(&self, color: bool) -> String {
        let (strong, plain) = if color { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let mut text = format!("{strong}error{plain}: {}\n", escape(&self.text));
        for line in &self.help {
            text.push_str(&format!("  = help: {}\n", escape(line)));
        }
        text
    }
}
