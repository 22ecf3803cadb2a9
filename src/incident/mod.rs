//! Incidents: findings that share identities within a window, told as one story.
//!
//! The engine notes who made whom while it reads the events ([`Lineage`]). At the end of a run
//! [`incidents`] joins the findings and tells each group. This module does not read records beyond
//! the lineage, and does not print.

mod address_use;
mod containment;
mod identities;
#[allow(clippy::module_inception)]
mod incident;
mod join;
mod lineage;
mod making;
mod node;
mod open_incidents;
mod options;
mod steps;
mod story;
mod story_rule;
#[cfg(test)]
mod tests;

pub use incident::{Accept, Action, Incident, IncidentIdentity, MadeBy, Start, Step};
pub use lineage::{Edge, Lineage};
pub use making::Making;
pub use node::Node;
pub use open_incidents::{OpenIncidents, Trace};
pub use options::IncidentOptions;
pub use story::incidents;
pub use story_rule::{Shown, StoryRule};
