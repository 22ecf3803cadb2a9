//! The format `keytrail/recommend/v1`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::policy::PolicyDocument;

/// The value of `schema`.
pub(super) const SCHEMA: &str = "keytrail/recommend/v1";

/// The output of `keytrail recommend`, version 1. Later releases may add fields, but do not change
/// existing ones.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Recommendations<'a> {
    /// The format and its version.
    #[schemars(extend("const" = SCHEMA))]
    pub(super) schema: &'static str,
    /// The version of Keytrail.
    pub(super) version: &'static str,
    /// Whether access keys are shown unmasked.
    pub(super) show_keys: bool,
    /// Whether everything was read.
    pub(super) complete: bool,
    /// Reasons why something may be missing; empty if everything was read.
    pub(super) incomplete: &'a [String],
    /// The days that a log must cover; a shorter one makes a recommendation too early.
    pub(super) min_days: u64,
    /// What the logs contain, by provider and account.
    pub(super) logs: Vec<Log<'a>>,
    /// The recommendations, by provider, account, kind, user and name.
    pub(super) credentials: Vec<Credential<'a>>,
    /// Operations that the tables do not know, the most called first.
    pub(super) unknown_operations: Vec<UnknownOperation<'a>>,
    /// Names of attached policies whose text is not known or not JSON.
    pub(super) unread_policies: &'a [String],
    /// What also decides about a call and is not in the inputs.
    pub(super) unseen: [&'static str; 4],
    /// What was read.
    pub(super) read: Read<'a>,
}

/// What the log of an account contains.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Log<'a> {
    /// `aws`, `alibaba` or `tencent`.
    pub(super) provider: &'static str,
    /// The account; null if the records do not say it.
    pub(super) account: Option<&'a str>,
    /// The calls of credentials.
    pub(super) calls: Calls,
    /// Days from the first to the last call, begun days included.
    pub(super) span_days: u64,
    /// Days with a call.
    pub(super) days: u64,
    /// Calls that read or write data.
    pub(super) data_events: u64,
    /// Calls that only read.
    pub(super) read_events: u64,
}

/// Calls, counted.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Calls {
    /// The number of calls.
    pub(super) count: u64,
    /// The time of the first call; null if there is none or it has no time.
    #[schemars(extend("format" = "date-time"))]
    pub(super) first: Option<String>,
    /// The time of the last call.
    #[schemars(extend("format" = "date-time"))]
    pub(super) last: Option<String>,
}

/// The recommendation for one credential.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Credential<'a> {
    /// `aws`, `alibaba` or `tencent`.
    pub(super) provider: &'static str,
    /// Its account; null if the records do not say it.
    pub(super) account: Option<&'a str>,
    /// `key`, `user`, `role`, `federated` or `root`.
    pub(super) kind: &'static str,
    /// The key's id, masked unless `show_keys`; or the name of the role or user.
    pub(super) name: &'a str,
    /// The user of a key.
    pub(super) user: Option<&'a str>,
    /// Whether the log is too short to rely on the recommendation.
    pub(super) too_early: bool,
    /// Calls that succeeded.
    pub(super) succeeded: Calls,
    /// Calls that were refused for lack of permission.
    pub(super) refused: Calls,
    /// Calls that failed for another reason.
    pub(super) failed: Calls,
    /// Days with a call.
    pub(super) days: u64,
    /// The addresses of calls that the policy allows; null if there are more than 16.
    pub(super) addresses: Option<&'a [String]>,
    /// Its operations, by name.
    pub(super) operations: Vec<Operation<'a>>,
    /// The smallest policy, in the language of the provider; null if no policy can limit the
    /// credential, or if its calls need no permission.
    pub(super) policy: Option<PolicyDocument<'a>>,
    /// The number of its actions that change who may do what; null if the policy is null, and for
    /// providers whose actions Keytrail has no list of.
    pub(super) permission_actions: Option<usize>,
    /// The name of its policy file in the folder of `--out`.
    pub(super) file: &'a str,
    /// What its attached policies allow and its identity did not use; null if they are not known.
    pub(super) attached: Option<Attached<'a>>,
    /// What to do: `delete`, `disable`, `narrow` or `keep`; null if its policies are not known.
    pub(super) advice: Option<&'static str>,
    /// How urgent it is: the sum of the points of its reasons.
    pub(super) score: u32,
    /// Why, the reason with the most points first.
    pub(super) reasons: Vec<Reason>,
    /// The age of the key in days, according to a credential report.
    pub(super) key_age_days: Option<i64>,
    /// Whether the user has a second factor, according to a credential report.
    pub(super) mfa: Option<bool>,
    /// What to know about the recommendation.
    pub(super) notes: Vec<Note>,
}

/// The calls of one operation.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Operation<'a> {
    /// `service.operation`.
    pub(super) name: &'a str,
    /// The actions that its calls required; empty if it needs no permission.
    pub(super) actions: &'a [String],
    /// Whether the tables know it; if not, its action is guessed from its name.
    pub(super) known: bool,
    /// Calls that succeeded.
    pub(super) succeeded: Calls,
    /// Calls that were refused for lack of permission.
    pub(super) refused: Calls,
    /// Calls that failed for another reason.
    pub(super) failed: Calls,
    /// The first error codes in alphabetical order.
    pub(super) codes: &'a [String],
}

/// The attached policies of a credential.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Attached<'a> {
    /// The names of the policies.
    pub(super) policies: &'a [String],
    /// The number of granted actions; null if wildcards are of a provider whose actions Keytrail has
    /// no list of.
    pub(super) granted_actions: Option<usize>,
    /// Used actions that they grant.
    pub(super) used_actions: usize,
    /// Whether they grant everything on everything.
    pub(super) administrator: bool,
    /// Whether permissions were changed.
    pub(super) administrated: bool,
    /// Actions that are granted by name and were never used.
    pub(super) unused_actions: &'a [String],
    /// Services of which something is granted and nothing was used.
    pub(super) unused_services: &'a [String],
    /// Granted and unused actions that change permissions.
    pub(super) unused_permission_actions: usize,
    /// Patterns with wildcards.
    pub(super) wildcards: Vec<Wildcard<'a>>,
    /// Used actions that no attached policy grants.
    pub(super) not_granted: &'a [String],
    /// Changes that take away what is unused.
    pub(super) patches: Vec<Patch<'a>>,
}

/// A granted pattern with wildcards.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Wildcard<'a> {
    /// The pattern.
    pub(super) pattern: &'a str,
    /// The number of actions that it stands for, if Keytrail has a list of them.
    pub(super) actions: Option<usize>,
    /// The actions that were used of it.
    pub(super) used: &'a [String],
}

/// A change to one attached policy.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Patch<'a> {
    /// The name of the policy.
    pub(super) policy: &'a str,
    /// The group whose policy it is.
    pub(super) group: Option<&'a str>,
    /// How many identities with the policy are known; the patch keeps what any of them used.
    pub(super) holders: usize,
    /// The operations as JSON Patch (RFC 6902). An empty path is the whole policy, which can be
    /// detached.
    pub(super) operations: Vec<PatchOperation<'a>>,
}

/// An operation of JSON Patch.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PatchOperation<'a> {
    /// `replace`, `add` or `remove`.
    pub(super) op: &'static str,
    /// A JSON pointer into the policy document.
    pub(super) path: &'a str,
    /// The new actions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<&'a [String]>,
}

/// Why a credential is urgent.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reason {
    /// Its kind, such as `root-key`.
    pub(super) kind: &'static str,
    /// The points that it adds to the score.
    pub(super) points: u32,
    /// A few words.
    pub(super) text: String,
}

/// What to know about a recommendation.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Note {
    /// Its kind, such as `too-early`.
    pub(super) kind: &'static str,
    /// A sentence.
    pub(super) text: String,
}

/// An operation that the tables do not know.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UnknownOperation<'a> {
    /// `aws`, `alibaba` or `tencent`.
    pub(super) provider: &'static str,
    /// `service.operation`.
    pub(super) name: &'a str,
    /// The number of its calls.
    pub(super) calls: u64,
}

/// What was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Read<'a> {
    /// Files that were read as records.
    pub(super) files: u64,
    /// Records.
    pub(super) records: u64,
    /// Records by format.
    pub(super) formats: &'a BTreeMap<&'static str, u64>,
    /// Records that could not be read, by reason.
    pub(super) skipped: &'a BTreeMap<&'static str, u64>,
    /// Different operations.
    pub(super) operations: usize,
    /// Credentials, selected or not.
    pub(super) credentials: usize,
    /// Events that belong to no credential: `not-a-call`, `service`, `unidentified`.
    pub(super) uncredited: BTreeMap<&'static str, u64>,
    /// Events outside the period.
    pub(super) outside_period: u64,
    /// Events without a time, which a period leaves out.
    pub(super) without_time: u64,
}
