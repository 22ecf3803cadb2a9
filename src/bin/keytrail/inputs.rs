//! The inputs, and the user's hints about them.

use std::path::Path;

use clap::Args;
use clap::builder::Resettable;
use keytrail::input::{Follow, FollowedFile, InputSet, STDIN};
use keytrail::inspect::RecordPlace;
use keytrail::record::{Columns, Hint, HintEntry, Hints, Setting};
use keytrail::report::Note;
use keytrail::source::Sources;
use keytrail::value::Zone;

use crate::amount::amount;
use crate::args;
use crate::exit::Failure;
use crate::host::Host;

/// The name of standard input in reports.
const STDIN_NAME: &str = "stdin";

/// The inputs, and hints about them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input options")]
pub(crate) struct InputArgs {
    /// Files, folders and globs to read; `-` reads standard input.
    #[arg(required = true, value_name = "INPUT", help_heading = Resettable::Reset)]
    inputs: Vec<String>,
    #[command(flatten)]
    hints: HintArgs,
}

/// Properties of inputs that the user sets.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input options")]
pub(crate) struct HintArgs {
    /// The account of records that do not name one.
    #[arg(long, value_name = "ID", value_parser = args::account)]
    #[arg(env = "KEYTRAIL_ACCOUNT", hide_env_values = true)]
    account: Option<String>,
    /// The columns of tables without a header line, separated by commas.
    #[arg(long, value_name = "NAMES", value_parser = args::columns)]
    #[arg(env = "KEYTRAIL_COLUMNS", hide_env_values = true)]
    columns: Option<Columns>,
    /// The time zone of times that are written without one [default: that of the provider].
    #[arg(long, value_name = "ZONE", value_parser = args::zone)]
    #[arg(env = "KEYTRAIL_INPUT_ZONE", hide_env_values = true)]
    input_zone: Option<Zone>,
}

impl InputArgs {
    /// Finds the inputs; `entries` are the hints from the project file.
    pub(crate) fn open(&self, entries: &[HintEntry], host: &Host<'_>) -> Result<InputSet, Failure> {
        self.hints.open(&self.inputs, entries, host)
    }

    /// Finds the inputs; some of the arguments may be places in files. The file of a place is an input.
    pub(crate) fn open_places(
        &self,
        entries: &[HintEntry],
        host: &Host<'_>,
    ) -> Result<(InputSet, Vec<RecordPlace>), Failure> {
        let exists = |name: &str| name == STDIN || std::fs::symlink_metadata(name).is_ok();
        let (mut named, mut places) = (Vec::new(), Vec::new());
        for text in &self.inputs {
            match RecordPlace::parse(text, &exists) {
                Some(mut place) => {
                    // Reports call standard input by a name.
                    if place.path == STDIN_NAME && !exists(STDIN_NAME) {
                        place.path = STDIN.to_owned();
                    }
                    named.push(place.path.clone());
                    if place.path == STDIN {
                        place.path = STDIN_NAME.to_owned();
                    }
                    places.push(place);
                }
                None => named.push(text.clone()),
            }
        }
        let folder = places.iter().find(|place| Path::new(&place.path).is_dir());
        if let Some(RecordPlace { path, .. }) = folder {
            return Err(Failure::because(format!("`{path}` is a folder, which has no lines"))
                .help("a place names a file: `logs/a.json:12:5`"));
        }
        Ok((self.hints.open(&named, entries, host)?, places))
    }

    /// Follows the inputs; `files` is the progress of an earlier watch.
    pub(crate) fn follow(
        &self,
        entries: &[HintEntry],
        host: &Host<'_>,
        files: Vec<FollowedFile>,
    ) -> Follow {
        let hints = Hints { every: self.hints.hint(), entries: entries.to_vec() };
        Follow::new(self.inputs.clone(), hints, host.directory.clone(), files)
    }

    /// The account that the user names.
    pub(crate) fn account(&self) -> Option<&str> {
        self.hints.account.as_deref()
    }

    /// Whether standard input is an input.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.inputs.iter().any(|input| input == STDIN)
    }

    /// Whether any input other than standard input is named.
    pub(crate) fn names_files(&self) -> bool {
        self.inputs.iter().any(|input| input != STDIN)
    }
}

impl HintArgs {
    /// Finds the named inputs; `entries` are the hints from the project file.
    pub(crate) fn open(
        &self,
        named: &[String],
        entries: &[HintEntry],
        host: &Host<'_>,
    ) -> Result<InputSet, Failure> {
        let hints = Hints { every: self.hint(), entries: entries.to_vec() };
        match InputSet::new(named) {
            Ok(inputs) => {
                Ok(inputs.stdin(Box::new(std::io::stdin())).hints(&hints, &host.directory))
            }
            Err(errors) => {
                for error in &errors {
                    host.term.diagnostic(error, &Sources::default());
                }
                let wrong = amount(errors.len(), "input names", "inputs name");
                Err(Failure::because(format!("{wrong} nothing; nothing was run")))
            }
        }
    }

    fn hint(&self) -> Hint {
        Hint {
            format: None,
            account: self.account.clone().map(|account| Setting::new(account, "--account")),
            zone: self.input_zone.clone().map(|zone| Setting::new(zone, "--input-zone")),
            columns: self.columns.clone().map(|columns| Setting::new(columns, "--columns")),
        }
    }
}

/// Notes from finding the inputs.
pub(crate) fn notes(inputs: &InputSet) -> Vec<Note> {
    let notes = inputs.notes().iter();
    notes.map(|note| Note { id: note.id, text: note.text.clone() }).collect()
}
