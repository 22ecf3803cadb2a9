//! The expression language: Rhai syntax, our types, our evaluation.
//!
//! Rhai's parser defines the syntax, and its engine is the reference for the semantics. The typed
//! tree in [`ir`] is what is evaluated. This module uses records and tables. It must not know a
//! rule, a YAML file or a function by name: functions, lists and definitions come through [`Env`].

mod operator;
mod env;
mod function;
mod required;
mod limits;
mod reserved;
mod tokens;
mod hint;
mod ast;
mod syntax;
mod check;
pub mod ir;
mod json;
mod set;
mod fold;
mod lint;
mod compare;
mod arithmetic;
mod text;
mod trace;
mod eval;
mod program;
mod redact;
mod compile;
mod split;
mod name_scan;
mod typed;
mod tolerant;
mod completion;

pub use compile::{Expr, compile, compile_template};
pub use completion::{Completion, Item, ItemKind, complete};
pub use env::{
    Bindings, Declarations, Definition, Env, EvalError, Expected, Measured, NamedStep, Param,
    Reports,
};
pub use fold::Assumptions;
pub use function::{
    ArgumentKind, BadArgument, Constant, Example, Function, Prepared, Returns, Role, Signature,
};
pub use json::PathStep;
pub(crate) use json::{list, members, scalar};
pub use limits::{
    MAX_DEFINITIONS, MAX_LIST, MAX_NESTING, MAX_NODES, MAX_REGEX, MAX_SOURCE, MAX_STRING,
};
pub use lint::{EXPR_LINTS, ExprLint};
pub use name_scan::{between_commas, records_named};
pub use redact::{Redact, Unredacted};
pub use required::Required;
pub use reserved::{is_identifier, is_keyword, is_reserved};
pub use set::Set;
pub use split::Part;
pub use syntax::{StackError, on_large_stack};
pub use tolerant::{Analysis, analyze, analyze_template};
pub use trace::Trace;
pub use typed::Typed;

#[cfg(test)]
mod tests;
