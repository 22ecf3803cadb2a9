//! Reviews a policy with records: why a rule matches them, or does not.
//!
//! This module evaluates rules on records that it reads with `inspect`. Values leave it redacted and
//! masked. It must not depend on how a result is printed.

mod explain;

pub use explain::{
    ExplainOptions, ExplainedCondition, ExplainedEntry, ExplainedFinding, ExplainedNode,
    ExplainedRecord, ExplainedValue, Explanation, SubjectState, SubjectStep, SubjectValue,
    UnmetTest, explain,
};
