//! Text -> syntax tree. Only this folder knows Rhai's tree.
//!
//! Rhai's parser decides what is an expression. Whatever this folder does not know in Rhai's tree
//! is refused with its position, so that nothing reaches an evaluation by accident.

mod problem;
mod parse;
mod convert;
mod operator;
mod chain;
mod stack;

pub(super) use parse::parse;
#[cfg(test)]
pub(super) use parse::parse_here;
pub(super) use problem::Problem;
pub use stack::{StackError, on_large_stack};
