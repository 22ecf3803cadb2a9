//! Compares two versions of a policy: what changed, what is weaker, and which findings differ.
//!
//! Conditions are compared with `decide`, so a narrower rule or a wider entry is named even if no
//! input has such a record. The findings of both versions come from one pass over the inputs. This
//! module must not know where a version comes from.

mod change;
mod version;
mod decided;
mod context;
mod data;
mod rule_changes;
mod parts;
mod steps;
mod triage;
mod table_rows;
mod construct;
mod raises;
mod rule;
mod rules;
mod entries;
mod guards;
mod settings;
mod findings;
#[allow(clippy::module_inception)]
mod diff;

pub use change::{Change, ChangeKind, ChangePlace, CounterExample, Effect};
pub use diff::{Diff, FailKind, VersionFacts, changes, diff, same_inputs};
pub use findings::{Aspect, ComparedFinding, FindingChange, FindingChangeKind};

#[cfg(test)]
mod tests;
