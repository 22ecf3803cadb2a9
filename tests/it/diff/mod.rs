//! `diff`: what a change of the policy does.

mod changes;
mod findings;
mod git;
mod outputs;
mod policy_from;
pub(crate) mod project;
