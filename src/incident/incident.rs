//! The incident as reports show it.

use super::making::Making;
use super::node::Node;
use crate::finding::{Location, Target};
use crate::rule::{Severity, Tactic};
use crate::value::Time;

/// Findings that belong together, told as one story. Texts are redacted, and their access keys are
/// masked unless the run shows keys. Nodes and targets contain unmasked keys: outputs mask them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// 32 hex digits: a digest of the fingerprint and the time of its earliest finding, so that it
    /// stays the same while the incident grows.
    pub id: String,
    /// One sentence.
    pub title: String,
    /// The highest severity of its findings.
    pub severity: Severity,
    /// Why it has its place among the incidents.
    pub rank: String,
    /// Its findings, as indices into the findings of the report, in their order.
    pub findings: Vec<usize>,
    /// The time of its first match.
    pub first: Option<Time>,
    /// The time of its last match.
    pub last: Option<Time>,
    /// Where it began; `None` if no finding of it is about events.
    pub start: Option<Start>,
    /// The identities in it. Whoever made an identity comes before it.
    pub identities: Vec<IncidentIdentity>,
    /// What was done, in the order of time. Successive calls of one kind are one step. Empty in an
    /// incident of one finding, whose evidence shows it.
    pub steps: Vec<Step>,
    /// How many later steps are left out.
    pub more_steps: u64,
    /// The tactics in the order of their first steps.
    pub tactics: Vec<Tactic>,
    /// What the calls that succeeded name, sorted.
    pub touched: Vec<Target>,
    /// Findings about credential reports, as indices into the findings of the report.
    pub facts: Vec<usize>,
    /// Findings that the input does not reach far enough to be certain of.
    pub uncertain: usize,
    /// What to do, in order.
    pub actions: Vec<Action>,
    /// What an allowlist entry would accept; `None` if nothing identifies the caller.
    pub accept: Option<Accept>,
}

/// What an allowlist entry would accept. Each list is sorted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accept {
    /// The ids of the rules.
    pub rules: Vec<String>,
    /// The names of users and roles.
    pub users: Vec<String>,
    /// The public addresses.
    pub addresses: Vec<String>,
}

/// Where an incident began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The time of the first step.
    pub time: Time,
    /// Who made the call, as an index into the identities.
    pub identity: Option<usize>,
    /// The source of the call.
    pub source: Option<String>,
}

/// An identity of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentIdentity {
    /// A user, or the key of a session.
    pub node: Node,
    /// The role of a session.
    pub role: Option<String>,
    /// The name that the log gives to the caller of a key, if it does not say what kind of identity
    /// that is.
    pub user: Option<String>,
    /// The kind of identity: `root`, `user`, `role`, ….
    pub user_type: Option<String>,
    /// The account that it belongs to.
    pub account: Option<String>,
    /// The access keys that it used, unmasked, sorted.
    pub keys: Vec<String>,
    /// The sources that it called from, in the order of their first calls.
    pub sources: Vec<String>,
    /// The time of its first step.
    pub first: Option<Time>,
    /// Its depth in the tree: 0 if nobody in the incident made it.
    pub depth: usize,
    /// Who made it, and by which call.
    pub made_by: Option<MadeBy>,
}

/// The call that made or changed an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeBy {
    /// The maker, as an index into the identities.
    pub identity: usize,
    /// Whether the call opened a session, created the identity or changed it.
    pub making: Making,
    /// The operation, such as `iam.CreateUser`.
    pub operation: String,
    /// When it was called.
    pub time: Time,
    /// The provider's id of the event.
    pub event: Option<String>,
}

/// Calls of an incident that are told as one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The time of the first call.
    pub first: Time,
    /// The time of the last call.
    pub last: Time,
    /// The operations, in the order of their first calls.
    pub operations: Vec<String>,
    /// Calls that succeeded.
    pub ok: u64,
    /// Calls that were refused or failed.
    pub failed: u64,
    /// Calls of which the log does not show the outcome.
    pub other: u64,
    /// Who called, as an index into the identities.
    pub identity: Option<usize>,
    /// The source of the calls.
    pub source: Option<String>,
    /// Where one of the records is, if a finding shows one.
    pub location: Option<Location>,
    /// What they name, sorted.
    pub targets: Vec<Target>,
    /// The rules that mark them, as indices into the rules of the report, sorted.
    pub rules: Vec<usize>,
    /// The tactics of those rules, in the order of the matrix.
    pub tactics: Vec<Tactic>,
}

/// What to do about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// One sentence.
    pub text: String,
    /// The command of the provider's own tool; `None` if there is none, or if a value cannot be
    /// quoted safely.
    pub command: Option<String>,
}
