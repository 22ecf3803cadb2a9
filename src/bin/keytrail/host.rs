//! What the process provides to a command, read once at the start.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use keytrail::value::Time;

use crate::exit::Failure;
use crate::term::Term;

/// The streams, the working directory and the clock.
pub(crate) struct Host<'t> {
    /// Standard output and standard error.
    pub(crate) term: &'t mut Term,
    /// The directory to which relative paths refer.
    pub(crate) directory: PathBuf,
    /// The run clock, unless `--now` sets it.
    pub(crate) clock: Time,
    /// The command line as data, which completions and manual pages describe.
    pub(crate) command_line: fn() -> clap::Command,
}

impl<'t> Host<'t> {
    /// Reads the working directory and the clock.
    pub(crate) fn new(
        term: &'t mut Term,
        command_line: fn() -> clap::Command,
    ) -> Result<Self, Failure> {
        let directory = std::env::current_dir().map_err(|error| {
            Failure::because(format!("cannot find the working directory: {error}"))
        })?;
        Ok(Self { term, directory, clock: clock()?, command_line })
    }
}

/// The current time.
pub(crate) fn clock() -> Result<Time, Failure> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_micros()).ok())
        .map(Time)
        .filter(|time| time.timestamp().is_some())
        .ok_or_else(|| {
            Failure::because("the clock of this machine is set to a time before 1970")
                .help("set the clock, or use --now on another machine")
        })
}
