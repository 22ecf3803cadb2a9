//! `keytrail triage`: decisions about findings.

mod exit_codes;
mod list;
mod prune;
mod set;

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Decide about findings: list, set and prune the entries of the triage file.
///
/// The triage file is named by `triage` in keytrail.yaml, or by --triage. A processed finding fails a
/// run again on a match later than the decision; an ignored one does not until its entry expires.
/// Reports list both.
#[derive(Debug, clap::Args)]
pub(crate) struct Triage {
    #[command(subcommand)]
    action: Action,
}

/// What to do with the triage file.
#[derive(Debug, clap::Subcommand)]
enum Action {
    List(list::List),
    Set(set::Set),
    Prune(prune::Prune),
}

impl Triage {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::List(list) => list.run(host),
            Action::Set(set) => set.run(host),
            Action::Prune(prune) => prune.run(host),
        }
    }
}
