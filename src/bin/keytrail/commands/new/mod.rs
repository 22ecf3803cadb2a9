//! `keytrail new`: the first text of a rule or an allowlist entry.

mod entry;
mod rule;

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Write a new rule, or an allowlist entry for a finding.
#[derive(Debug, clap::Args)]
pub(crate) struct New {
    #[command(subcommand)]
    what: What,
}

/// What to write.
#[derive(Debug, clap::Subcommand)]
enum What {
    Rule(rule::NewRule),
    Entry(entry::NewEntry),
}

impl New {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        match self.what {
            What::Rule(rule) => rule.run(host),
            What::Entry(entry) => entry.run(host),
        }
    }
}
