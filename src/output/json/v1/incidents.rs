//! Incidents: findings that belong together.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calls::{Location, Target, time};
use crate::output::json::word::Word;
use crate::rule;

type Text<'a> = Cow<'a, str>;

/// Findings that share identities within a window, told as one story. A finding without a partner is
/// an incident of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Incident<'a> {
    /// 32 hex digits; they stay the same while the incident grows.
    pub id: Text<'a>,
    /// One sentence.
    pub title: Text<'a>,
    /// The highest severity of its findings.
    pub severity: Word<rule::Severity>,
    /// Why the incident has its place in the list: severity, tactics, successes, identities made.
    pub rank: Text<'a>,
    /// The fingerprints of its findings, in the order of `findings`.
    pub findings: Vec<Text<'a>>,
    /// The time of the first match.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// The time of the last match.
    #[schemars(schema_with = "time")]
    pub last: Option<String>,
    /// Where it began; null if no finding of it is about events.
    pub start: Option<IncidentStart<'a>>,
    /// The identities in it; whoever made an identity comes before it.
    pub identities: Vec<IncidentIdentity<'a>>,
    /// What was done, in the order of time. Empty in an incident of one finding, whose `calls` show
    /// it.
    pub steps: Vec<IncidentStep<'a>>,
    /// How many later steps `steps` leaves out.
    #[serde(default)]
    pub more_steps: u64,
    /// The tactics of MITRE ATT&CK, in the order of their first steps.
    pub tactics: Vec<Word<rule::Tactic>>,
    /// What the calls that succeeded name.
    pub touched: Vec<Target<'a>>,
    /// The fingerprints of its findings about credential reports.
    pub facts: Vec<Text<'a>>,
    /// How many of its findings are uncertain.
    pub uncertain: usize,
    /// What to do, in order.
    pub actions: Vec<Action<'a>>,
    /// What an allowlist entry would accept; null if nothing identifies the caller.
    pub accept: Option<Accept<'a>>,
}

/// What an allowlist entry would accept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accept<'a> {
    /// The ids of the rules.
    pub rules: Vec<Text<'a>>,
    /// The names of users and roles.
    pub users: Vec<Text<'a>>,
    /// The public addresses.
    pub addresses: Vec<Text<'a>>,
}

/// Where an incident began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentStart<'a> {
    /// The time of the first step.
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    /// Who made the call, as an index into `identities`.
    pub identity: Option<usize>,
    /// The source of the call.
    pub source: Option<Text<'a>>,
}

/// An identity of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentIdentity<'a> {
    /// What it is.
    pub kind: Word<IdentityKind>,
    /// The name of the user, role or policy, or the access key of a session; a key is masked unless
    /// `run.show_keys` is true.
    pub name: Text<'a>,
    /// The role of a session.
    pub role: Option<Text<'a>>,
    /// The name that the log gives to the caller of a key whose kind of identity it does not say.
    pub user: Option<Text<'a>>,
    /// What kind of identity called: `root`, `user`, `role`, ….
    pub user_type: Option<Text<'a>>,
    /// The account that it belongs to.
    pub account: Option<Text<'a>>,
    /// The access keys that it used; masked unless `run.show_keys` is true.
    pub keys: Vec<Text<'a>>,
    /// The sources that it called from, in the order of their first calls.
    pub sources: Vec<Text<'a>>,
    /// The time of its first step; null if it made no call that a rule marks.
    #[schemars(schema_with = "time")]
    pub first: Option<String>,
    /// Its depth in the tree of identities: 0 if nobody in the incident made it.
    pub depth: usize,
    /// Who made it.
    pub made_by: Option<MadeBy<'a>>,
}

crate::value::words! {
    /// What an identity of an incident is.
    IdentityKind {
        /// A user.
        User = "user",
        /// A role.
        Role = "role",
        /// A policy.
        Policy = "policy",
        /// An access key whose user is not known, usually of a session.
        Key = "key",
        /// A source address.
        Address = "address",
    }
}

/// The call that made or changed an identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MadeBy<'a> {
    /// The maker, as an index into `identities`.
    pub identity: usize,
    /// `session`, `created` or `changed`.
    pub how: Word<crate::incident::Making>,
    /// The operation, `iam.CreateUser`.
    pub operation: Text<'a>,
    /// When it was called.
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    /// The provider's id of the event.
    pub event: Option<Text<'a>>,
}

/// Calls that are told as one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentStep<'a> {
    /// The time of the first call.
    #[schemars(extend("format" = "date-time"))]
    pub first: String,
    /// The time of the last call.
    #[schemars(extend("format" = "date-time"))]
    pub last: String,
    /// The operations, in the order of their first calls.
    pub operations: Vec<Text<'a>>,
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that were refused or failed.
    pub failed: u64,
    /// Calls of which the log does not show the outcome.
    pub other: u64,
    /// Who called, as an index into `identities`.
    pub identity: Option<usize>,
    /// The source of the calls.
    pub source: Option<Text<'a>>,
    /// Where one of the records is; null if no finding shows one.
    #[serde(default)]
    pub location: Option<Location<'a>>,
    /// What they name.
    pub targets: Vec<Target<'a>>,
    /// The rules that mark them.
    pub rules: Vec<Text<'a>>,
    /// The tactics of those rules.
    pub tactics: Vec<Word<rule::Tactic>>,
}

/// What to do about an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Action<'a> {
    /// One sentence.
    pub text: Text<'a>,
    /// The command line of the provider's own tool; null if there is none.
    pub command: Option<Text<'a>>,
}
