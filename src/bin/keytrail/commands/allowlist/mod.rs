//! `keytrail allowlist`: commands about allowlist entries.

mod audit;

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Audit allowlist entries.
#[derive(Debug, clap::Args)]
pub(crate) struct Allowlist {
    #[command(subcommand)]
    action: Action,
}

/// What to do with the allowlist.
#[derive(Debug, clap::Subcommand)]
enum Action {
    Audit(audit::Audit),
}

impl Allowlist {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        match self.action {
            Action::Audit(audit) => audit.run(host),
        }
    }
}
