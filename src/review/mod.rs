//! Reviews a policy: why a rule matches records, or does not, and what a change of the policy does.
//!
//! Values leave this module redacted and masked. It must not depend on how a result is printed.

pub mod diff;
mod explain;

pub use explain::{
    ExplainOptions, ExplainedCondition, ExplainedEntry, ExplainedFinding, ExplainedNode,
    ExplainedRecord, ExplainedValue, Explanation, SubjectState, SubjectStep, SubjectValue,
    UnmetTest, explain,
};
