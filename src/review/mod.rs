//! Reviews a policy: why a rule matches records or does not, what its allowlist covers, and what a change of
//! the policy does.
//!
//! Values leave this module redacted and masked. It must not depend on how a result is printed.

mod audit;
pub mod diff;
mod entry_text;
mod explain;
mod patch;
mod rule_rows;
mod written_entry;

pub use audit::{
    Audit, AuditOptions, AuditedEntry, Corpus, EntryCoverage, Problem, ProblemKind, Tightened,
    audit,
};
pub(crate) use entry_text::{Selected, block as entry_block, list as entry_list};
pub use explain::{
    ExplainOptions, ExplainedCondition, ExplainedEntry, ExplainedFinding, ExplainedNode,
    ExplainedRecord, ExplainedValue, Explanation, SubjectState, SubjectStep, SubjectValue,
    UnmetTest, explain, explain_each,
};
pub use patch::unified;
