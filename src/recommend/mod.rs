//! Recommends policies: what each credential called, and the smallest policy that allows it.
//!
//! Records are read on several threads; each collects in bounded memory for each credential what
//! was called and on which resources, and the collections merge in any order. Tables in `data` say
//! which permissions an operation requires, because its name is often not that of the permission.
//! A recommendation states what the log cannot show.
//!
//! Values leave this module redacted and masked. It does not print.

mod build;
mod caller;
mod catalog;
mod collect;
mod model;
mod operations;
mod policy;
mod policy_file;
mod refusal;
mod request;
mod requirement;
mod resources;
mod selection;
mod template;
mod usage;
mod wildcard;

use std::num::NonZeroUsize;

use crate::engine::{FileReport, FoldOptions, fold_records};
use crate::finding::Redactor;
use crate::query::Period;
use crate::record::{FileStatus, Inputs};
use crate::value::Time;

pub use caller::{CredentialKind, NoCredential};
pub use catalog::AccessLevel;
pub use model::{
    LogCoverage, Note, OperationSummary, Recommendation, Recommendations, UnknownOperation,
};
pub use policy::{Policy, PolicyStatement};
pub use resources::Widened;
pub use selection::{CredentialSelection, UnmatchedName};
pub use usage::{ADDRESSES, CallOutcome, Calls};

use collect::{Collecting, Collector};

/// The days that a log must cover, unless the user states another number: a quarter, because jobs
/// of the end of a month or a quarter are in no shorter log.
pub const MIN_DAYS: u64 = 90;

/// The addresses to which a policy may be bound, unless the user states another number.
pub const MAX_ADDRESSES: usize = 5;

/// The options of recommendations.
#[derive(Debug, Clone)]
pub struct Options {
    /// The credentials to show.
    pub selection: CredentialSelection,
    /// The period whose calls count.
    pub period: Period,
    /// The outcomes of calls that policies allow.
    pub granted: Vec<CallOutcome>,
    /// The days that a log must cover; a shorter one makes a recommendation too early.
    pub min_days: u64,
    /// Whether policies allow calls only from the addresses of the log, if they are few.
    pub by_address: bool,
    /// The number of addresses that are few.
    pub max_addresses: usize,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The time of the run.
    pub clock: Time,
    /// The number of threads.
    pub jobs: NonZeroUsize,
    /// Redacts and masks values.
    pub redactor: Redactor,
}

/// Reads every input to its end and recommends policies for the credentials among them.
pub fn read(inputs: &dyn Inputs, options: &Options) -> Recommendations {
    let granted = CallOutcome::ALL.map(|outcome| options.granted.contains(&outcome));
    let collecting = Collecting { period: options.period, granted };
    let folding = FoldOptions {
        fields: Collector::fields(),
        now: options.now,
        clock: options.clock,
        jobs: options.jobs,
    };
    let folded = fold_records(inputs, &folding, &|| Collector::new(collecting));
    build::recommendations(folded, options)
}

/// Whether a file, or a part of it, could not be read.
fn is_unread(file: &FileReport) -> bool {
    let status = &file.account.status;
    matches!(status, FileStatus::Unclaimed { .. } | FileStatus::Unreadable { .. })
        || !file.account.faults.is_empty()
}
