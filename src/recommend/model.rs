//! What the outputs show.

use super::caller::{CredentialKind, NoCredential};
use super::comparison::Comparison;
use super::policy::Policy;
use super::priority::Priority;
use super::resources::Widened;
use super::selection::UnmatchedName;
use super::usage::Calls;
use crate::engine::{Accounting, FileReport};
use crate::record::Provider;
use crate::value::Time;

/// The recommendations for the credentials of some inputs.
#[derive(Debug)]
pub struct Recommendations {
    /// The credentials, by cloud, account, kind, user and name.
    pub credentials: Vec<Recommendation>,
    /// What the logs contain, by cloud and account.
    pub logs: Vec<LogCoverage>,
    /// Operations that the tables do not know, the most called first.
    pub unknown: Vec<UnknownOperation>,
    /// The number of different operations.
    pub operations: usize,
    /// Events that belong to no credential.
    pub uncredited: Vec<(NoCredential, u64)>,
    /// Events outside the period.
    pub outside: u64,
    /// Events without a time, if there is a period.
    pub untimed: u64,
    /// Credentials in the inputs, selected or not.
    pub found: usize,
    /// Names of attached policies whose text is not known or not JSON.
    pub unread_policies: Vec<String>,
    /// Names that select nothing.
    pub unmatched: Vec<UnmatchedName>,
    /// The days that a log must cover.
    pub min_days: u64,
    /// The reports on the files.
    pub files: Vec<FileReport>,
    /// The sums over all files.
    pub accounting: Accounting,
    /// Reasons why something may be missing.
    pub incomplete: Vec<String>,
}

/// The recommendation for one credential.
#[derive(Debug)]
pub struct Recommendation {
    /// Its cloud.
    pub provider: Provider,
    /// Its account.
    pub account: Option<String>,
    /// Its kind.
    pub kind: CredentialKind,
    /// The key's id as it may be shown, or the name of the role or user.
    pub name: String,
    /// The user of a key.
    pub user: Option<String>,
    /// Calls that succeeded, were refused, or failed for another reason.
    pub calls: [Calls; 3],
    /// Days with a call.
    pub days: u64,
    /// Its operations, by name.
    pub operations: Vec<OperationSummary>,
    /// The smallest policy; `None` if no policy can limit the credential, or it needs none.
    pub policy: Option<Policy>,
    /// The addresses of its calls; `None` if there are many.
    pub addresses: Option<Vec<String>>,
    /// What its attached policies allow and it did not use; `None` if they are not known.
    pub attached: Option<Comparison>,
    /// How urgent it is to narrow or remove it.
    pub priority: Priority,
    /// The age of the key in days, according to a report.
    pub key_age_days: Option<i64>,
    /// Whether the user has a second factor, according to a report.
    pub mfa: Option<bool>,
    /// What to know about the recommendation.
    pub notes: Vec<Note>,
    /// The name of its policy file.
    pub file: String,
}

impl Recommendation {
    /// All calls.
    pub fn all_calls(&self) -> Calls {
        let mut all = Calls::default();
        self.calls.iter().for_each(|calls| all.merge(calls));
        all
    }

    /// Whether it called nothing.
    pub fn is_idle(&self) -> bool {
        self.notes.contains(&Note::Idle)
    }

    /// The number of different actions of its policy.
    pub fn action_count(&self) -> usize {
        self.policy.as_ref().map_or(0, |policy| policy.actions().len())
    }

    /// Whether the log is too short to rely on.
    pub fn is_early(&self) -> bool {
        self.notes.iter().any(|note| matches!(note, Note::TooEarly { .. }))
    }
}

/// The calls of one operation.
#[derive(Debug)]
pub struct OperationSummary {
    /// `s3.ListBuckets`.
    pub name: String,
    /// The actions that its calls required; empty if it needs no permission.
    pub actions: Vec<String>,
    /// Whether the only action has the name of the operation.
    pub same_name: bool,
    /// Whether the tables know it.
    pub known: bool,
    /// Calls that succeeded, were refused, or failed for another reason.
    pub calls: [Calls; 3],
    /// The first error codes in alphabetical order.
    pub codes: Vec<String>,
}

/// What the log of an account contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogCoverage {
    /// Its cloud.
    pub provider: Provider,
    /// The account; `None` if the records do not say it.
    pub account: Option<String>,
    /// All calls.
    pub calls: Calls,
    /// Days from the first to the last call, begun days included.
    pub span_days: u64,
    /// Days with a call.
    pub days: u64,
    /// Calls that read or write data, which trails record only if they are configured to.
    pub data_events: u64,
    /// Calls that read, which a trail may leave out.
    pub read_events: u64,
}

/// An operation that the tables do not know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownOperation {
    /// Its cloud.
    pub provider: Provider,
    /// `s3.NoSuchOperation`.
    pub name: String,
    /// The number of its calls.
    pub calls: u64,
}

/// Other credentials of a user that a note names. Each credential has such a note, so a user with
/// thousands of keys would need millions of names.
pub const OTHER_CREDENTIALS: usize = 10;

/// What to know about a recommendation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The log covers fewer days than required.
    TooEarly {
        /// The days that it covers.
        days: u64,
        /// The days that are required.
        required: u64,
    },
    /// It belongs to the root user.
    Root,
    /// Its permissions come from the identity that created the session.
    Federated,
    /// Several credentials of a user share the user's policies.
    SharedUser {
        /// The first of the others, at most [`OTHER_CREDENTIALS`].
        first: Vec<String>,
        /// The number of the rest.
        more: usize,
    },
    /// The log has no data events.
    NoDataEvents,
    /// The log has no calls that read.
    NoReads,
    /// Calls were refused; the policy does not allow them unless it was asked to.
    Refused {
        /// The number of operations that were only refused.
        operations: usize,
        /// Whether the policy allows them.
        granted: bool,
    },
    /// Calls failed for another reason and never succeeded.
    Failed {
        /// The number of operations.
        operations: usize,
        /// Whether the policy allows them.
        granted: bool,
    },
    /// Operations that the tables do not know; their action is guessed from their name.
    Unknown(Vec<String>),
    /// Actions on more resources than the log shows.
    Widened(Widened, Vec<String>),
    /// Operations that were called on one day only, as a monthly job would.
    Rare(usize),
    /// The policy is longer than the provider accepts.
    TooLong {
        /// Its characters, as the provider counts them.
        size: usize,
        /// The limit of the provider.
        limit: usize,
    },
    /// The policy is not bound to addresses, although it was asked to.
    NoAddresses(&'static str),
    /// It called nothing in the period.
    Idle,
    /// The log does not show its last use, which a report states.
    UsedElsewhere(Time),
    /// The attached policies also deny, which the comparison ignores.
    DenyIgnored,
    /// A permission boundary, by its name, limits what the attached policies allow.
    Boundary(String),
}

/// The days from the first to the last call, begun days included.
pub(super) fn span_days(calls: &Calls) -> u64 {
    match (calls.first, calls.last) {
        (Some(Time(first)), Some(Time(last))) => {
            let day = crate::value::Duration::DAY;
            u64::try_from((last.saturating_sub(first)).div_euclid(day) + 1).unwrap_or(1)
        }
        _ => 0,
    }
}
