//! Recommends policies: what each credential called, and the smallest policy that allows it.
//!
//! Records are read on several threads; each collects in bounded memory for each credential what
//! was called and on which resources, and the collections merge in any order. Tables in `data` say
//! which permissions an operation requires, because its name is often not that of the permission.
//! A recommendation states what the log cannot show.
//!
//! Values leave this module redacted and masked. It does not print.

mod attached;
mod build;
mod caller;
mod catalog;
mod collect;
mod comparison;
mod model;
mod operations;
mod options;
mod policy;
mod policy_file;
mod priority;
mod refusal;
mod reported;
mod request;
mod requirement;
mod resources;
mod selection;
mod template;
mod usage;
mod wildcard;

use crate::engine::{FoldOptions, fold_records};
use crate::record::Inputs;

pub use attached::{AttachedError, AttachedPolicies};
pub use caller::{CredentialKind, NoCredential};
pub use catalog::AccessLevel;
pub use comparison::{Comparison, PatchOperation, PolicyPatch, WildcardGrant};
pub use model::{
    LogCoverage, Note, OTHER_CREDENTIALS, OperationSummary, Recommendation, Recommendations,
    UnknownOperation,
};
pub use options::{CredentialFinding, Options};
pub use policy::{Policy, PolicyStatement};
pub use priority::{Advice, Priority, PriorityReason};
pub use resources::Widened;
pub use selection::{CredentialSelection, UnmatchedName};
pub use usage::{ADDRESSES, CallOutcome, Calls};

use collect::{Collecting, Collector};

/// The days that a log must cover, unless the user states another number: a quarter, because jobs
/// of the end of a month or a quarter are in no shorter log.
pub const MIN_DAYS: u64 = 90;

/// The addresses to which a policy may be bound, unless the user states another number.
pub const MAX_ADDRESSES: usize = 5;

/// Reads every input to its end and recommends policies for the credentials among them.
pub fn read(inputs: &dyn Inputs, options: &Options) -> Recommendations {
    let granted = CallOutcome::ALL.map(|outcome| options.granted.contains(&outcome));
    let collecting = Collecting { period: options.period, granted };
    let folding = FoldOptions {
        fields: Collector::fields().union(reported::fields()),
        now: options.now,
        clock: options.clock,
        jobs: options.jobs,
    };
    let folded = fold_records(inputs, &folding, &|| Collector::new(collecting));
    build::recommendations(folded, options)
}
