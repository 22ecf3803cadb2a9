//! Text -> syntax tree. Only this folder uses Rhai's tree.
//!
//! Rhai's parser defines the syntax. Nodes of Rhai's tree that this folder does not know are
//! rejected with their position, so that nothing is evaluated by accident.

mod problem;
mod foreign;
mod parse;
mod convert;
mod operator;
mod chain;
mod stack;

pub(super) use parse::parse;
#[cfg(test)]
pub(super) use parse::parse_here;
pub(super) use problem::SyntaxProblem;
pub use stack::{StackError, on_large_stack};
