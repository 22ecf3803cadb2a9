//! Explains what a rule decides about the records of inputs.

mod options;
mod explanation;
mod clause;
mod missing;
mod node;
mod nearest;
mod subject_matches;
mod evaluator;
#[allow(clippy::module_inception)]
mod explain;

pub use explain::{explain, explain_each};
pub use explanation::{
    ExplainedCondition, ExplainedEntry, ExplainedFinding, ExplainedNode, ExplainedRecord,
    ExplainedValue, Explanation, SubjectState, SubjectStep, SubjectValue, UnmetTest,
};
pub use options::ExplainOptions;
